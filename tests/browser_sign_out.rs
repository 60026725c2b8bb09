//! The end of a session in a real browser: what is sent, who is heard, and what is left in memory.

#![cfg(target_arch = "wasm32")]

#[path = "support/mounted.rs"]
mod mounted;
#[path = "support/page.rs"]
mod page;

use hushkey::{ApiError, ApiRequest, Config, browser::navigation};
use js_sys::{Function, Uint8Array};
use mounted::Mounted;
use page::{Provider, a_while, frames, run, run_text, until};
use serde_json::{Value, json};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn configured(provider: &Provider, metadata: Value, members: Value) -> Rc<Config> {
    let block = provider.block_with(&metadata, &members);
    Rc::new(Config::from_json(&block, &navigation::origin()).expect("a good configuration"))
}

fn revoking(provider: &Provider) -> Rc<Config> {
    configured(provider, json!({ "revocation_endpoint": "ORIGIN/provider/revoke" }), json!({ "revoke_at_sign_out": true }))
}

/// What the console is told from here on.
fn listen_to_console() {
    run("window.said = []; for (const level of ['warn', 'error']) console[level] = (...all) => said.push(all.join(' '))");
}

#[wasm_bindgen_test]
async fn lo_03_by_a_form_the_id_token_is_in_no_address_and_in_no_document() {
    let provider = Provider::fresh();
    let endpoint = json!({ "end_session_endpoint": "ORIGIN/provider/logout?tenant=a" });
    for (method, posts) in [("get", false), ("post", true)] {
        let provider = Provider::fresh();
        let app = Mounted::new(configured(&provider, endpoint.clone(), json!({ "logout_method": method })), true).await;
        app.reads("in Ada at / protected").await;
        app.auth().sign_out();
        until("the page to leave", || !provider.left().is_empty()).await;
        let (left, form) = (provider.left().remove(0), provider.get("forms")[0].clone());
        assert_eq!(left.contains("id_token_hint=eyJ"), !posts, "{method}: {left}");
        assert!(left.starts_with(&format!("{}/provider/logout?tenant=a", navigation::origin())), "{method}: {left}");
        if posts {
            let names: Vec<&String> = form.as_object().expect("a form").keys().collect();
            assert_eq!(names, ["client_id", "id_token_hint", "post_logout_redirect_uri", "state"]);
            assert!(form["id_token_hint"].as_str().is_some_and(|token| token.starts_with("eyJ")));
            assert!(!run_text("return document.documentElement.outerHTML").contains("eyJ"), "it stays in the document");
        } else {
            assert_eq!(form, Value::Null);
        }
    }
    assert!(provider.get("revoked") == json!([]));
}

#[wasm_bindgen_test]
async fn lo_12_the_token_is_revoked_by_a_request_that_outlives_the_page() {
    let provider = Provider::fresh();
    provider.set("refresh", true);
    let app = Mounted::new(revoking(&provider), true).await;
    app.reads("in Ada at / protected").await;
    app.auth().sign_out();
    assert_eq!(app.auth().fetch(ApiRequest::get("/api/me")).await.expect_err("nobody"), ApiError::SignedOut);
    until("the request", || provider.get("revoked") != json!([])).await;
    assert_eq!(provider.get("revoked"), json!([{ "token": "canary-rt-1", "token_type_hint": "refresh_token", "client_id": "tests" }]));
    let sent = provider.get("sent");
    let sent = sent.as_array().and_then(|all| all.last()).expect("a request");
    let wanted = json!({ "method": "POST", "credentials": "omit", "redirect": "error", "referrerPolicy": "no-referrer", "cache": "no-store", "keepalive": true });
    assert_eq!(*sent, wanted);
    app.reads("out at /signed-out ByChoice").await;
}

#[wasm_bindgen_test]
async fn lo_12_off_means_that_nothing_is_sent_and_nothing_else_outlives_the_page() {
    let provider = Provider::fresh();
    provider.set("refresh", true);
    let config = configured(&provider, json!({ "revocation_endpoint": "ORIGIN/provider/revoke" }), json!({}));
    let app = Mounted::new(config, true).await;
    app.reads("in Ada at / protected").await;
    app.auth().sign_out();
    app.reads("out at /signed-out ByChoice").await;
    a_while().await;
    assert_eq!(provider.get("revoked"), json!([]));
    assert!(!provider.get("sent").to_string().contains("keepalive"), "{}", provider.get("sent"));
}

#[wasm_bindgen_test]
async fn lo_13_whatever_becomes_of_it_the_person_is_signed_out_and_developers_are_told() {
    for (answer, says) in [
        (json!(200), ""),
        (json!(503), "hushkey: sign-out: revocation: "),
        (json!(400), "hushkey: sign-out: revocation: unexpected status 400, expected status 200"),
        (json!("cors"), "hushkey: sign-out: revocation: "),
    ] {
        let provider = Provider::fresh();
        provider.set("refresh", true);
        provider.set("revocation", answer.clone());
        let app = Mounted::new(revoking(&provider), true).await;
        app.reads("in Ada at / protected").await;
        listen_to_console();
        app.auth().sign_out();
        app.reads("out at /signed-out ByChoice").await;
        until("the request", || provider.get("revoked") != json!([])).await;
        a_while().await;
        let said = run_text("return said.join('\\n')");
        assert!(said.starts_with(says) && said.is_empty() == says.is_empty() && said.lines().count() < 2, "{answer}: {said}");
        assert!(!said.contains("canary"), "{said}");
        assert_eq!(provider.get("revoked").as_array().map(Vec::len), Some(1), "{answer}: it is not tried again");
    }
}

#[wasm_bindgen_test]
async fn tr_23_the_token_that_comes_after_the_sign_out_is_revoked() {
    let provider = Provider::fresh();
    provider.set("refresh", true);
    let app = Mounted::new(revoking(&provider), true).await;
    app.reads("in Ada at / protected").await;
    provider.set("held", true);
    app.auth().renew();
    until("the token request", || provider.grants() == 2).await;
    app.auth().sign_out();
    app.reads("out at /signed-out ByChoice").await;
    provider.set("held", false);
    until("both to be revoked", || provider.get("revoked").as_array().map(Vec::len) == Some(2)).await;
    let tokens: Vec<Value> = provider.get("revoked").as_array().expect("a list").iter().map(|form| form["token"].clone()).collect();
    assert_eq!(tokens, [json!("canary-rt-1"), json!("canary-rt-2")]);
    assert_eq!(app.text(), "out at /signed-out ByChoice");
}

fn front_channel(provider: &Provider, more: Value) -> Rc<Config> {
    let mut members = json!({ "frontchannel_logout": true });
    members.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    configured(provider, json!({}), members)
}

/// What the page of the provider's frame says: `ISS` stands for the issuer.
fn say(message: &str) {
    let message = message.replace("ISS", "${location.origin}/provider");
    run(&format!("window.page ??= new BroadcastChannel('hushkey:frontchannel-logout'); page.postMessage({message})"));
}

#[wasm_bindgen_test]
async fn lo_06_what_the_providers_frame_says_ends_this_session_and_no_other() {
    let provider = Provider::fresh();
    let app = Mounted::new(front_channel(&provider, json!({})), true).await;
    app.reads("in Ada at / protected").await;
    let before = app.auth().ignored().values().sum::<u32>();
    let bad = [
        r#"`{"hushkey":1,"iss":["ISS1"],"sid":["ses_1"]}`"#, r#"`{"hushkey":1,"iss":["ISS"],"sid":["ses_2"]}`"#,
        r#"`{"hushkey":1,"iss":["ISS"],"sid":[]}`"#, r#"`{"hushkey":1,"iss":[],"sid":["ses_1"]}`"#,
        r#"`{"hushkey":1,"iss":["ISS","ISS"],"sid":["ses_1"]}`"#, r#"{ hushkey: 1, iss: [], sid: [] }"#, "null", "new Map()", "'x'", "7",
    ];
    for message in bad {
        say(message);
    }
    until("all of them heard", || app.auth().ignored().values().sum::<u32>() == before + 10).await;
    assert_eq!(app.text(), "in Ada at / protected");
    say(r#"`{"hushkey":1,"iss":["ISS"],"sid":["ses_1"]}`"#);
    app.reads("out at / SessionEnded").await;
    assert_eq!(app.auth().fetch(ApiRequest::get("/api/me")).await.expect_err("nobody"), ApiError::SignedOut);
    assert!(provider.left().is_empty(), "nobody is sent anywhere");
}

#[wasm_bindgen_test]
async fn lo_06_without_a_name_it_ends_what_is_there_unless_a_name_is_required() {
    let provider = Provider::fresh();
    let app = Mounted::new(front_channel(&provider, json!({ "frontchannel_logout_session_required": true })), true).await;
    app.reads("in Ada at / protected").await;
    let nameless = r#"`{"hushkey":1,"iss":[],"sid":[]}`"#;
    say(nameless);
    until("it is heard", || !app.auth().ignored().is_empty()).await;
    assert_eq!(app.text(), "in Ada at / protected");
    drop(app);
    let provider = Provider::fresh();
    let app = Mounted::new(front_channel(&provider, json!({})), true).await;
    app.reads("in Ada at / protected").await;
    say(nameless);
    app.reads("out at / SessionEnded").await;
}

#[wasm_bindgen_test]
async fn lo_06_bp_16_nobody_listens_where_it_is_off() {
    let provider = Provider::fresh();
    run("window.channels = []; window.Real ??= BroadcastChannel; \
         window.BroadcastChannel = class extends Real { constructor(name) { super(name); channels.push(name); } }");
    let app = Mounted::new(provider.config(), true).await;
    app.reads("in Ada at / protected").await;
    say(r#"`{"hushkey":1,"iss":["ISS"],"sid":["ses_1"]}`"#);
    a_while().await;
    assert_eq!(app.text(), "in Ada at / protected");
    drop(app);
    let off = run_text("return channels.splice(0).join()");
    let app = Mounted::new(front_channel(&provider, json!({})), false).await;
    until("somebody to be there", || app.text().starts_with("in Ada")).await;
    let on = run_text("window.BroadcastChannel = Real; return channels.join()");
    assert_eq!((off.as_str(), on.as_str()), ("hushkey:tests", "hushkey:tests,hushkey:frontchannel-logout"));
}

#[wasm_bindgen_test]
async fn bp_16_at_rest_nobody_listens_to_messages_or_storage() {
    let provider = Provider::fresh();
    a_while().await;
    run(
        "window.ears = {}; const count = (by, old) => function (type, ...rest) { ears[type] = (ears[type] ?? 0) + by; return old.call(this, type, ...rest); }; \
         window.restore = [window, document].map((on) => { const [add, remove] = [on.addEventListener, on.removeEventListener]; \
           on.addEventListener = count(1, add); on.removeEventListener = count(-1, remove); \
           return () => { on.addEventListener = add; on.removeEventListener = remove; }; })",
    );
    let app = Mounted::new(provider.config(), true).await;
    app.reads("in Ada at / protected").await;
    a_while().await;
    for event in ["message", "messageerror", "storage", "securitypolicyviolation", "unhandledrejection", "hashchange"] {
        assert_eq!(run(&format!("return ears['{event}'] ?? 0")).as_f64(), Some(0.0), "{event}");
    }
    assert_eq!(frames(), 0);
    drop(app);
    run("restore.forEach((one) => one())");
}

#[wasm_bindgen_test]
async fn bp_14_functions_that_are_replaced_after_the_start_see_no_token() {
    let provider = Provider::fresh();
    provider.set("refresh", true);
    let app = Mounted::new(revoking(&provider), true).await;
    app.reads("in Ada at / protected").await;
    run("window.seen = []; \
         const told = (one) => one instanceof Uint8Array ? new TextDecoder().decode(one) : one?.headers ? [...one.headers] + one.body : String(one); \
         const spy = (on, name) => { const old = on[name]; on[name] = function (...all) { seen.push(name, ...all.map(told)); return old.apply(this, all); }; \
           return () => { on[name] = old; }; }; \
         window.restore = [[window, 'fetch'], [window, 'postMessage'], [JSON, 'parse'], [JSON, 'stringify'], [SubtleCrypto.prototype, 'verify'], \
           [SubtleCrypto.prototype, 'importKey'], [SubtleCrypto.prototype, 'digest']].map(([on, name]) => spy(on, name))");
    app.auth().fetch(ApiRequest::get("/api/me")).await.expect("answered");
    app.auth().renew();
    until("the renewal", || provider.grants() == 2).await;
    app.auth().sign_out();
    app.reads("out at /signed-out ByChoice").await;
    // The spies work: what the page itself does they see.
    run("fetch('data:,canary-of-the-test').catch(() => {})");
    let seen = run_text("restore.forEach((one) => one()); return seen.join('\\n')");
    assert!(seen.contains("canary-of-the-test"), "nothing is seen at all: {seen}");
    for token in ["canary-at", "canary-rt", "Bearer", "code_verifier", "eyJ"] {
        assert!(!seen.contains(token), "{token} was seen: {seen}");
    }
}

#[wasm_bindgen_test]
async fn bp_10_what_is_left_of_tokens_in_memory_is_counted() {
    let provider = Provider::fresh();
    provider.set("refresh", true);
    let app = Mounted::new(provider.config(), true).await;
    app.reads("in Ada at / protected").await;
    // In pieces, so that the search itself leaves none.
    let count = || {
        let count = Function::new_with_args(
            "memory",
            "const needles = ['at', 'rt'].map((kind) => new TextEncoder().encode(['canary', kind, ''].join('-'))); let found = 0; \
             for (let at = 0; at < memory.length; at += 1) \
               if (needles.some((needle) => needle.every((byte, index) => memory[at + index] === byte) && memory[at + needle.length] === 49)) found += 1; \
             return found",
        );
        let memory = wasm_bindgen::memory().unchecked_into::<js_sys::WebAssembly::Memory>().buffer();
        count.call1(&JsValue::NULL, &Uint8Array::new(&memory)).expect("counted").as_f64().expect("a number")
    };
    let held = count();
    app.auth().sign_out();
    app.reads("out at /signed-out ByChoice").await;
    a_while().await;
    let left = count();
    console_log!("BP-10: of two tokens, wasm memory held {held} copies before the sign-out and {left} after it");
    assert!(held >= 2.0, "the search finds tokens that are there: {held}");
    assert!(left < held, "the sign-out wiped {held} - {left}");
}
