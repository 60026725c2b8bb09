//! Tokens that are bound to a key, in a real browser: real keys and signatures, and a provider inside of the page.

#![cfg(target_arch = "wasm32")]

#[path = "support/mounted.rs"]
mod mounted;
#[path = "support/page.rs"]
mod page;

use gloo::timers::future::TimeoutFuture;
use hushkey::{ApiError, ApiRequest, Config, browser::navigation, protocol::error::DpopFailure};
use mounted::Mounted;
use page::{Provider, run, until};
use serde_json::{Value, json};
use std::{collections::HashSet, rc::Rc};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// From here on it is seen what keys the browser makes for the app.
fn watch_keys() {
    run("window.made = [];
        const make = window.realMake ??= SubtleCrypto.prototype.generateKey;
        SubtleCrypto.prototype.generateKey = async function (...how) {
            const pair = await make.apply(this, how);
            made.push(pair);
            return pair;
        };");
}

fn config(provider: &Provider) -> Rc<Config> {
    let block = provider.block_with(&json!({}), &json!({ "dpop": true }));
    Rc::new(Config::from_json(&block, &navigation::origin()).expect("a good configuration"))
}

fn bound() -> Provider {
    let provider = Provider::fresh();
    provider.set("tokenType", "DPoP");
    provider
}

async fn signed_in(provider: &Provider) -> Mounted {
    let app = Mounted::new(config(provider), true).await;
    app.reads("in Ada at / protected").await;
    app
}

fn can(provider: &Provider, path: &str, answers: Value) {
    let mut canned = serde_json::Map::new();
    canned.insert(path.to_owned(), answers);
    provider.set("canned", canned);
}

async fn proofs_at(provider: &Provider, path: &str) -> Vec<Value> {
    let proofs: Vec<_> = provider.proofs().await.into_iter().filter(|proof| proof["path"] == path).collect();
    assert!(proofs.iter().all(|proof| proof["holds"] == true), "signatures: {proofs:?}");
    proofs
}

/// Each claim of a list of proofs.
fn claims<'a>(proofs: &'a [Value], name: &str) -> Vec<&'a Value> {
    proofs.iter().map(|proof| &proof["claims"][name]).collect()
}

const TOKEN: &str = "/provider/token";
const ME: &str = "/api/me";

#[wasm_bindgen_test]
async fn dp_01_a_key_cannot_be_had_from_the_browser_and_is_stored_nowhere() {
    let provider = bound();
    watch_keys();
    let _app = signed_in(&provider).await;
    until("a spare key", || run("return made.length") == 2.0).await;
    run("window.tried = null; (async () => {
            const list = [];
            for (const { privateKey } of made) {
                for (const format of ['jwk', 'pkcs8', 'raw']) list.push(await crypto.subtle.exportKey(format, privateKey).then(() => 'given out', () => 'refused'));
                list.push([privateKey.extractable, privateKey.usages.join(), privateKey.algorithm.namedCurve].join());
            }
            window.tried = list.join(' ');
        })()");
    until("an answer", || !run("return tried").is_null()).await;
    let one = "refused refused refused false,sign,P-256";
    assert_eq!(run("return tried"), format!("{one} {one}").as_str());
    let stored = page::run_text("return JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])");
    assert!(!stored.contains("jwk") && !stored.contains("P-256") && !stored.contains("jkt"), "{stored}");
    assert_eq!(run("return made.includes(Object.values(window).find((value) => made.includes(value)))"), false, "in no global");
}

#[wasm_bindgen_test]
async fn dp_01_without_the_setting_no_key_is_made_and_no_proof_sent() {
    let provider = Provider::fresh();
    watch_keys();
    let app = Mounted::new(provider.config(), true).await;
    app.reads("in Ada at / protected").await;
    app.auth().fetch(ApiRequest::get(ME)).await.expect("answered");
    assert_eq!(run("return made.length"), 0.0);
    assert!(provider.proofs().await.is_empty());
    assert_eq!(provider.get("named"), json!([null]));
    assert_eq!(provider.get("calls")[0]["headers"], json!({ "authorization": "Bearer canary-at-1" }));
}

#[wasm_bindgen_test]
async fn dp_01_a_browser_that_makes_no_key_says_so() {
    let provider = bound();
    watch_keys();
    run(
        "window.watched = SubtleCrypto.prototype.generateKey; SubtleCrypto.prototype.generateKey = async () => { throw new DOMException('no', 'NotSupportedError'); }",
    );
    let app = Mounted::new(config(&provider), true).await;
    until("the reason", || app.text().contains("Platform(")).await;
    run("SubtleCrypto.prototype.generateKey = window.realMake");
    assert!(app.text().contains("crypto.subtle"), "{}", app.text());
    assert_eq!((provider.get("asked"), provider.grants()), (json!(0), 0));
}

#[wasm_bindgen_test]
async fn dp_14_each_request_names_its_own_key_and_the_code_goes_with_that() {
    let provider = bound();
    let app = signed_in(&provider).await;
    app.auth().renew();
    until("another frame and its tokens", || provider.grants() == 2).await;
    until("the end of it", || !app.auth().is_renewing()).await;
    let (named, proofs) = (provider.get("named"), proofs_at(&provider, TOKEN).await);
    assert_eq!((&named[0], &named[1]), (&proofs[0]["jkt"], &proofs[1]["jkt"]));
    assert_ne!(named[0], named[1]);
}

#[wasm_bindgen_test]
async fn dp_13_a_refresh_is_proved_with_the_key_of_the_session() {
    let provider = bound();
    provider.set("refresh", true);
    let app = signed_in(&provider).await;
    app.auth().renew();
    until("the renewal", || provider.grants() == 2).await;
    until("the end of it", || !app.auth().is_renewing()).await;
    app.auth().fetch(ApiRequest::get(ME)).await.expect("answered");
    assert_eq!(provider.get("grants"), json!(["authorization_code", "refresh_token"]));
    let keys: HashSet<_> = provider.proofs().await.iter().map(|proof| proof["jkt"].to_string()).collect();
    assert_eq!(keys.len(), 1);
}

#[wasm_bindgen_test]
async fn dp_02_06_proofs_hold_and_a_call_carries_the_hash_of_its_token() {
    let provider = bound();
    let app = signed_in(&provider).await;
    let request = ApiRequest::get(format!("{ME}?who=x#y")).header("dpop", "mine").header("DPoP", "mine").header("X-Mine", "1");
    app.auth().fetch(request).await.expect("answered");
    let token = &proofs_at(&provider, TOKEN).await[0];
    assert_eq!(token["header"].as_object().expect("an object").keys().collect::<Vec<_>>(), ["alg", "jwk", "typ"]);
    assert_eq!(token["header"]["jwk"].as_object().expect("an object").keys().collect::<Vec<_>>(), ["crv", "kty", "x", "y"]);
    let origin = navigation::origin();
    assert_eq!((&token["claims"]["htm"], &token["claims"]["htu"]), (&json!("POST"), &json!(format!("{origin}{TOKEN}"))));
    assert!(token["claims"].get("ath").is_none());
    let call = &proofs_at(&provider, ME).await[0];
    assert_eq!((&call["claims"]["htm"], &call["claims"]["htu"]), (&json!("GET"), &json!(format!("{origin}{ME}"))));
    // printf canary-at-1 | openssl dgst -sha256 -binary | basenc --base64url
    assert_eq!(call["claims"]["ath"], "GmI_tYMQJIt1JPMY_1w8o6XPU4FTCx4yNPlz40n82ak");
    assert_eq!(call["authorization"], "DPoP canary-at-1");
}

#[wasm_bindgen_test]
async fn dp_05_each_request_has_a_proof_of_its_own_also_after_a_failure() {
    let provider = bound();
    let app = signed_in(&provider).await;
    for down in [false, true, false, false] {
        provider.set("down", down);
        assert_eq!(app.auth().fetch(ApiRequest::get(ME)).await.is_err(), down);
    }
    let proofs = provider.proofs().await;
    assert_eq!(proofs.len(), 5);
    assert_eq!(claims(&proofs, "jti").into_iter().map(Value::to_string).collect::<HashSet<_>>().len(), 5);
}

#[wasm_bindgen_test]
async fn dp_07_the_token_endpoint_is_asked_once_more_with_its_nonce_and_no_third_time() {
    let wish = |nonce: &str| json!({ "status": 400, "body": { "error": "use_dpop_nonce" }, "headers": { "dpop-nonce": nonce } });
    let provider = bound();
    can(&provider, TOKEN, json!([wish("as-1")]));
    let app = signed_in(&provider).await;
    let proofs = proofs_at(&provider, TOKEN).await;
    assert_eq!(claims(&proofs, "nonce"), [&Value::Null, &json!("as-1")]);
    assert_ne!(proofs[0]["claims"]["jti"], proofs[1]["claims"]["jti"]);
    assert_eq!(provider.grants(), 1);
    drop(app);

    for (answers, code) in [
        (json!([wish("as-1"), wish("as-2"), wish("as-3")]), "Nonce"),
        (json!([wish("a\"b")]), "Nonce"),
        (json!([{ "status": 400, "body": { "error": "use_dpop_nonce" } }]), "CorsExpose"),
    ] {
        let provider = bound();
        let most = if answers.as_array().is_some_and(|answers| answers.len() > 1) { 2 } else { 1 };
        can(&provider, TOKEN, answers);
        let app = Mounted::new(config(&provider), true).await;
        until("the reason", || app.text().contains(&format!("Dpop({code})"))).await;
        assert_eq!(proofs_at(&provider, TOKEN).await.len(), most, "{code}");
        assert_eq!(provider.grants(), 0);
    }
}

#[wasm_bindgen_test]
async fn dp_08_an_api_is_asked_once_more_with_its_nonce_and_no_third_time() {
    let wish = |challenge: &str, nonce: &str| json!({ "status": 401, "headers": { "www-authenticate": challenge, "dpop-nonce": nonce } });
    let provider = bound();
    let app = signed_in(&provider).await;
    for challenge in [r#"dPoP error="use_dpop_nonce""#, r#"Bearer, DPoP algs="ES256", error="use_dpop_nonce""#] {
        can(&provider, ME, json!([wish(challenge, "rs-1")]));
        let answer = app.auth().fetch(ApiRequest::get(ME)).await.expect("answered");
        assert_eq!(answer.status(), 200, "{challenge}");
        assert_eq!(proofs_at(&provider, ME).await.last().expect("a proof")["claims"]["nonce"], "rs-1");
    }
    assert_eq!(proofs_at(&provider, ME).await.len(), 4);
    assert_eq!(provider.grants(), 1, "it is no reason to renew anything");
    let again = wish(r#"DPoP error="use_dpop_nonce""#, "rs-2");
    can(&provider, ME, json!([again, again, again]));
    assert_eq!(app.auth().fetch(ApiRequest::get(ME)).await.map(drop), Err(ApiError::Dpop(DpopFailure::Nonce)));
    assert_eq!(proofs_at(&provider, ME).await.len(), 6);
}

#[wasm_bindgen_test]
async fn dp_09_the_newest_nonce_counts_and_those_of_two_servers_are_not_mixed() {
    let provider = bound();
    provider.set("refresh", true);
    provider.set("nonce", "as-1");
    let app = signed_in(&provider).await;
    let good = |nonce: &str| json!({ "status": 200, "headers": { "dpop-nonce": nonce } });
    can(
        &provider,
        ME,
        json!([good("rs-1"), good("rs-2"), { "status": 200 }, good("bad\"nonce"), { "status": 404, "headers": { "dpop-nonce": "rs-3" } }, { "status": 200 }]),
    );
    for _ in 0..6 {
        app.auth().fetch(ApiRequest::get(ME)).await.expect("answered");
    }
    let nonces = json!(claims(&proofs_at(&provider, ME).await, "nonce"));
    assert_eq!(nonces, json!([null, "rs-1", "rs-2", "rs-2", "rs-2", "rs-3"]), "from any answer, one that is none apart");
    app.auth().renew();
    until("the renewal", || provider.grants() == 2).await;
    assert_eq!(json!(claims(&proofs_at(&provider, TOKEN).await, "nonce")), json!([null, "as-1"]));
}

#[wasm_bindgen_test]
async fn dp_10_what_an_api_does_not_expose_is_named() {
    let provider = bound();
    let app = signed_in(&provider).await;
    can(&provider, ME, json!([{ "status": 401, "headers": { "www-authenticate": "DPoP error=\"use_dpop_nonce\"" } }]));
    assert_eq!(app.auth().fetch(ApiRequest::get(ME)).await.map(drop), Err(ApiError::Dpop(DpopFailure::CorsExpose)));
    // Not even the challenge can be read: once more with a new token, as after any 401, and then it is told.
    run("window.told = []; console.error = ((old) => (...all) => { told.push(String(all)); old.apply(console, all); })(console.error)");
    run("console.warn = ((old) => (...all) => { told.push(String(all)); old.apply(console, all); })(console.warn)");
    can(&provider, ME, json!([{ "status": 401 }, { "status": 401 }]));
    let answer = app.auth().fetch(ApiRequest::get(ME)).await.expect("answered");
    assert_eq!((answer.status(), provider.grants()), (401, 2));
    assert!(page::run_text("return told.join()").contains("Access-Control-Expose-Headers"), "{:?}", run("return told.join()"));
}

#[wasm_bindgen_test]
async fn dp_12_a_bound_token_never_goes_out_as_bearer() {
    let provider = bound();
    let app = signed_in(&provider).await;
    let refused = |challenge: &str| json!({ "status": 401, "headers": { "www-authenticate": challenge } });
    for challenge in ["Bearer", r#"Bearer error="use_dpop_nonce""#, r#"Bearer error="invalid_token", Basic realm="x""#] {
        can(&provider, ME, json!([refused(challenge), refused(challenge)]));
        assert_eq!(app.auth().fetch(ApiRequest::get(ME)).await.expect("answered").status(), 401, "{challenge}");
        TimeoutFuture::new(1).await;
    }
    let sent = provider.get("proved");
    let calls: Vec<_> = sent.as_array().expect("a list").iter().filter(|call| call["path"] == ME).collect();
    assert_eq!(calls.len(), 6);
    for call in calls {
        assert!(call["authorization"].as_str().is_some_and(|value| value.starts_with("DPoP ")) && call["dpop"].is_string(), "{call}");
    }
}

#[wasm_bindgen_test]
async fn dp_11_a_token_that_is_not_bound_is_refused() {
    let provider = Provider::fresh();
    let app = Mounted::new(config(&provider), true).await;
    until("the reason", || app.text().contains("token_type")).await;
    assert_eq!(provider.grants(), 1);
    assert!(!app.text().contains("Ada"));
}

#[wasm_bindgen_test]
async fn dp_15_requests_with_a_proof_follow_no_redirect() {
    let provider = bound();
    let app = signed_in(&provider).await;
    app.auth().fetch(ApiRequest::get(ME)).await.expect("answered");
    let (sent, proved) = (provider.get("sent"), provider.get("proved"));
    let pairs = sent.as_array().expect("a list").iter().zip(proved.as_array().expect("a list"));
    let proved: Vec<_> = pairs.filter(|(_, proved)| proved["dpop"].is_string()).map(|(sent, _)| sent["redirect"].clone()).collect();
    assert_eq!(proved, ["error", "error"]);
}
