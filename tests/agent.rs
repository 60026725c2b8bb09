//! The agent in a real browser, signed in by a provider inside of the page: gates, calls, renewal, sign-out.

#![cfg(target_arch = "wasm32")]

#[path = "support/mounted.rs"]
mod mounted;
#[path = "support/page.rs"]
mod page;

use hushkey::{ApiError, ApiRequest, Reason, SignInOptions, View};
use mounted::Mounted;
use page::{Provider, a_while, frames, history_length, run, run_text, until};
use serde_json::{Value, json};
use std::{cell::Cell, collections::HashSet, rc::Rc, time::Duration};
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

async fn signed_in(provider: &Provider) -> Mounted {
    let app = Mounted::new(provider.config(), true).await;
    app.reads("in Ada at / protected").await;
    app
}

#[wasm_bindgen_test]
async fn si_01_a_session_is_restored_by_a_real_frame_and_the_gates_show_it() {
    let provider = Provider::fresh();
    let history = history_length().await;
    let app = Mounted::new(provider.config(), true).await;
    assert_eq!(app.text(), "restoring at / waiting", "a protected page stays calm meanwhile");
    assert_eq!(frames(), 1);
    app.reads("in Ada at / protected").await;
    assert_eq!((frames(), provider.grants()), (0, 1));
    assert_eq!(run("return history.length"), history, "no entry in the history");
    assert!(provider.left().is_empty());
}

#[wasm_bindgen_test]
async fn bp_07_nothing_secret_is_anywhere_but_in_memory() {
    let provider = Provider::fresh();
    provider.set("refresh", true);
    run(
        "window.logged = []; for (const level of ['log', 'info', 'warn', 'error', 'debug']) console[level] = ((old) => (...all) => { logged.push(String(all)); old.apply(console, all); })(console[level])",
    );
    let app = signed_in(&provider).await;
    app.auth().fetch(ApiRequest::get("/api/me")).await.expect("answered");
    app.auth().renew();
    until("the renewal", || provider.grants() == 2).await;
    a_while().await;
    let places = run_text(
        "return JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, window.name, history.state, location.href, \
         document.documentElement.outerHTML, logged])",
    );
    for secret in ["canary", "code~", "eyJ", "verifier"] {
        assert!(!places.contains(secret), "{secret} in {places}");
    }
    assert_eq!(run_text("return Object.keys(localStorage).join() + Object.keys(sessionStorage).join()"), "hushkey:tests:hint");
    assert!(!run_text("return JSON.stringify({...localStorage})").contains("usr_1"));
}

#[wasm_bindgen_test]
async fn bp_13_a_call_carries_the_token_and_what_the_app_adds_and_nothing_else() {
    let provider = Provider::fresh();
    let app = signed_in(&provider).await;
    let request = ApiRequest::post("/api/orders").header("authorization", "Bearer other").header("X-Mine", "1").json(&json!({ "n": 1 }));
    let response = app.auth().fetch(request).await.expect("answered");
    assert_eq!((response.status(), response.ok(), response.header("content-type").as_deref()), (200, true, Some("application/json")));
    assert_eq!(response.json::<Value>().await.expect("JSON")["used"], "canary-at-1");
    let call = &provider.get("calls")[0];
    assert_eq!(call["headers"], json!({ "authorization": "Bearer canary-at-1", "content-type": "application/json", "x-mine": "1" }));
    assert_eq!((&call["method"], &call["body"]), (&json!("POST"), &json!(r#"{"n":1}"#)));
    assert_eq!(
        (&call["credentials"], &call["redirect"], &call["referrerPolicy"]),
        (&json!("omit"), &json!("error"), &json!("no-referrer"))
    );
}

#[wasm_bindgen_test]
async fn ri_02_calls_to_other_addresses_are_not_sent_and_say_what_to_do() {
    let provider = Provider::fresh();
    let app = signed_in(&provider).await;
    for address in [
        "https://evil.example/api/", "//evil.example/api/", "/other", "/api/..%2fother", "/api\\..\\other", "/api/../other", "javascript:1",
    ] {
        let refused = app.auth().fetch(ApiRequest::get(address)).await.expect_err(address);
        assert_eq!(refused.code(), "api_not_allowed", "{address}");
        assert!(refused.to_string().contains("add the address to \"api\" in the configuration"), "{refused}");
    }
    assert_eq!(provider.get("calls"), json!([]));
}

#[wasm_bindgen_test]
async fn tr_11_after_a_401_the_token_is_renewed_and_the_call_sent_once_more() {
    let provider = Provider::fresh();
    provider.set("refused", vec!["canary-at-1"]);
    let app = signed_in(&provider).await;
    let answer: Value = app.auth().fetch(ApiRequest::get("/api/me")).await.expect("answered").json().await.expect("JSON");
    assert_eq!(answer["used"], "canary-at-2");
    assert_eq!((provider.grants(), provider.get("calls").as_array().map(Vec::len)), (2, Some(2)));
    assert_eq!(app.text(), "in Ada at / protected", "nobody noticed");
}

#[wasm_bindgen_test]
async fn tr_11_a_second_401_is_the_answer() {
    let provider = Provider::fresh();
    provider.set("refused", "all");
    let app = signed_in(&provider).await;
    let response = app.auth().fetch(ApiRequest::get("/api/me")).await.expect("answered");
    assert_eq!((response.status(), response.ok()), (401, false));
    assert_eq!((provider.grants(), provider.get("calls").as_array().map(Vec::len)), (2, Some(2)));
}

#[wasm_bindgen_test]
async fn tr_18_three_hundred_calls_that_find_the_token_expired_cause_one_renewal() {
    let provider = Provider::fresh();
    // So short that it is never handed out.
    provider.set("lifetime", 2);
    let app = signed_in(&provider).await;
    provider.set("lifetime", 300);
    let answered = Rc::new(Cell::new(0));
    for _ in 0..300 {
        let (auth, answered) = (app.auth(), Rc::clone(&answered));
        spawn_local(async move {
            let answer: Value = auth.fetch(ApiRequest::get("/api/me")).await.expect("answered").json().await.expect("JSON");
            assert_eq!(answer["used"], "canary-at-2");
            answered.set(answered.get() + 1);
        });
    }
    until("every answer", || answered.get() == 300).await;
    assert_eq!(provider.grants(), 2);
}

#[wasm_bindgen_test]
async fn tr_18_three_hundred_refused_calls_cause_one_renewal() {
    let provider = Provider::fresh();
    provider.set("refused", vec!["canary-at-1"]);
    let app = signed_in(&provider).await;
    let answered = Rc::new(Cell::new(0));
    for _ in 0..300 {
        let (auth, answered) = (app.auth(), Rc::clone(&answered));
        spawn_local(async move {
            assert!(auth.fetch(ApiRequest::get("/api/me")).await.expect("answered").ok());
            answered.set(answered.get() + 1);
        });
    }
    until("every answer", || answered.get() == 300).await;
    assert_eq!(provider.grants(), 2);
}

#[wasm_bindgen_test]
async fn a_call_waits_for_a_session_that_is_being_restored_and_no_longer_than_it_may() {
    let provider = Provider::fresh();
    provider.set("authorization", "silence");
    let app = Mounted::new(provider.config(), false).await;
    let request = ApiRequest::get("/api/me").patience(Duration::from_millis(100));
    assert_eq!(app.auth().fetch(request).await.expect_err("nobody is there"), ApiError::TimedOut);
    drop(app);

    provider.set("authorization", "code");
    let app = Mounted::new(provider.config(), false).await;
    assert_eq!(app.text(), "restoring at /");
    assert!(app.auth().fetch(ApiRequest::get("/api/me")).await.expect("answered").ok());
}

#[wasm_bindgen_test]
async fn what_goes_wrong_with_a_call_has_a_name() {
    let provider = Provider::fresh();
    let app = signed_in(&provider).await;
    let fetch = |request| {
        let auth = app.auth();
        async move { auth.fetch(request).await }
    };
    assert_eq!(fetch(ApiRequest::get("/api/me").header("bad name", "x")).await.expect_err("a header").code(), "api_request_invalid");
    let body = fetch(ApiRequest::get("/api/me")).await.expect("answered").json::<u32>().await;
    assert_eq!(body.expect_err("an object").code(), "api_body_invalid");
    provider.set("down", true);
    assert_eq!(fetch(ApiRequest::get("/api/me")).await.expect_err("down").code(), "api_unreachable");
    assert_eq!(app.text(), "in Ada at / protected", "a call that fails ends no session");
}

#[wasm_bindgen_test]
async fn a_provider_that_cannot_be_reached_leaves_every_page_calm() {
    let provider = Provider::fresh();
    provider.set("down", true);
    provider.set("authorization", "silence");
    let app = Mounted::new(provider.config(), true).await;
    until("the failure to be told", || matches!(app.auth().view(), View::Restoring { delay: Some(_) })).await;
    assert_eq!(app.text(), "restoring at / waiting");
    assert_eq!((frames(), provider.left().len()), (0, 0));
    // The person says so, or the network comes back: it is tried again at once.
    provider.set("down", false);
    provider.set("authorization", "code");
    run("dispatchEvent(new Event('online'))");
    app.reads("in Ada at / protected").await;
}

#[wasm_bindgen_test]
async fn bp_01_an_app_without_what_it_needs_is_shown_signed_out_and_inert() {
    let provider = Provider::fresh();
    run("Object.defineProperty(crypto, 'subtle', { configurable: true, value: undefined })");
    let app = Mounted::new(provider.config(), true).await;
    run("delete crypto.subtle");
    let View::SignedOut(Reason::Problem(error)) = app.auth().view() else { panic!("{}", app.text()) };
    assert_eq!(error.code(), "platform_crypto_subtle");
    let auth = app.auth();
    auth.sign_in(SignInOptions::default());
    auth.renew();
    auth.retry();
    auth.sign_out();
    assert_eq!(auth.fetch(ApiRequest::get("/api/me")).await.expect_err("inert"), ApiError::SignedOut);
    a_while().await;
    assert!(app.text().starts_with("out at / Problem"), "{}", app.text());
    assert_eq!((frames(), provider.left().len(), provider.grants()), (0, 0, 0));
}

#[wasm_bindgen_test]
async fn tr_10_an_absurdly_long_life_causes_no_storm() {
    let provider = Provider::fresh();
    provider.set("lifetime", 4_294_967_296_u64);
    let app = signed_in(&provider).await;
    a_while().await;
    assert_eq!(provider.grants(), 1);
    assert!(!app.auth().is_renewing());
}

#[wasm_bindgen_test]
async fn lo_01_sign_out_ends_the_session_at_once_and_tells_the_other_tabs() {
    let provider = Provider::fresh();
    run("window.told = []; window.ear = new BroadcastChannel('hushkey:tests'); ear.onmessage = ({ data }) => told.push(data)");
    let app = signed_in(&provider).await;
    let auth = app.auth();
    auth.sign_out();
    assert_eq!(auth.fetch(ApiRequest::get("/api/me")).await.expect_err("nobody"), ApiError::SignedOut);
    assert_eq!((auth.token_expires_at(), auth.granted_scopes()), (None, Vec::new()));
    // This provider has no page to sign out at, so the app shows its own.
    app.reads("out at /signed-out ByChoice").await;
    until("the message", || !run_text("return told.join()").is_empty()).await;
    let told = run_text("ear.close(); return told.join()");
    assert!(told.contains("signed_out") && !told.contains("usr_1") && !told.contains("Ada"), "{told}");
    drop(app);
    let app = Mounted::new(provider.config(), true).await;
    app.reads("out at /signed-out ByChoice").await;
    assert_eq!((frames(), provider.grants()), (0, 1), "nobody is looked up behind their back");
}

#[wasm_bindgen_test]
async fn lo_14_another_tab_can_end_the_session_or_make_this_one_look() {
    let provider = Provider::fresh();
    let app = signed_in(&provider).await;
    run("window.tab = new BroadcastChannel('hushkey:tests')");
    let say = |what: &str| run(&format!("tab.postMessage({what})"));
    let message = |event: &str, client: &str| {
        format!("JSON.stringify({{hushkey: 1, issuer: location.origin + '/provider', client_id: '{client}', event: '{event}'}})")
    };
    for bad in ["null", "{}", "new Map()", "'x'", &message("signed_in", "tests"), &message("signed_out", "other")] {
        say(bad);
    }
    until("all of them heard", || app.auth().ignored().values().sum::<u32>() >= 6).await;
    assert_eq!(app.text(), "in Ada at / protected");
    say(&message("signed_out", "tests"));
    app.reads("out at / Elsewhere").await;
    // Somebody signs in there: this tab looks for itself, and believes the provider alone.
    say(&message("signed_in', salt: 's', mark: 'm", "tests"));
    app.reads("in Ada at / protected").await;
    run("tab.close()");
}

#[wasm_bindgen_test]
async fn lo_15_a_page_from_the_back_forward_cache_hears_what_it_missed() {
    let provider = Provider::fresh();
    let app = signed_in(&provider).await;
    let back = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))";
    run(back);
    a_while().await;
    assert_eq!(app.text(), "in Ada at / protected");
    // What another tab leaves behind when it signs out, while this one is frozen and hears nothing.
    run(&format!("localStorage.setItem('hushkey:tests:hint', '{{\"v\":1,\"last\":\"signed_out_by_choice\"}}'); {back}"));
    assert_eq!(app.auth().fetch(ApiRequest::get("/api/me")).await.expect_err("nobody"), ApiError::SignedOut);
    app.reads("out at / Elsewhere").await;
}

#[wasm_bindgen_test]
async fn ar_01_sign_in_leaves_with_a_challenge_and_remembers_the_verifier() {
    let provider = Provider::fresh();
    provider.set("authorization", "login_required");
    run("history.replaceState(null, '', '/cart?item=1#top')");
    let app = Mounted::new(provider.config(), false).await;
    app.reads("out at /cart").await;
    app.auth().sign_in(SignInOptions::default());
    until("the page to leave", || !provider.left().is_empty()).await;
    let left = &provider.left()[0];
    assert!(left.contains("response_type=code") && left.contains("code_challenge_method=S256") && left.contains("%2Fcallback"), "{left}");
    assert!(!left.contains("prompt="), "{left}");
    let stored = run_text("return JSON.stringify({...sessionStorage})");
    let record: Value = serde_json::from_str(&run_text("return Object.values(sessionStorage)[0]")).expect("JSON");
    assert!(stored.contains("hushkey:tests:pending:") && run("return sessionStorage.length") == 1, "{stored}");
    assert_eq!(record["return_to"], "/cart?item=1#top");
    assert!(!left.contains(record["verifier"].as_str().expect("a text")));
    until("the page to say so", || matches!(app.auth().view(), View::Leaving(_))).await;
}

#[wasm_bindgen_test]
async fn si_16_a_page_that_needs_somebody_leaves_once_per_load() {
    let provider = Provider::fresh();
    provider.set("authorization", "login_required");
    let app = Mounted::new(provider.config(), true).await;
    until("the page to leave", || !provider.left().is_empty()).await;
    app.reads(" at / waiting").await;
    // It comes back, for the Back button: the page is as it was, and does not leave again.
    run("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
    app.reads("out at / NoSession").await;
    a_while().await;
    assert_eq!(provider.left().len(), 1);
}

#[wasm_bindgen_test]
async fn si_12_a_provider_that_wants_to_ask_something_is_left_alone() {
    let provider = Provider::fresh();
    provider.set("authorization", "interaction_required");
    let app = Mounted::new(provider.config(), false).await;
    app.reads("out at /").await;
    assert_eq!(app.auth().view(), View::SignedOut(Reason::NoSession));
    assert_eq!((frames(), provider.left().len()), (0, 0));
}

#[wasm_bindgen_test]
async fn si_14_another_account_takes_the_place_of_the_first_whole() {
    let provider = Provider::fresh();
    let app = signed_in(&provider).await;
    provider.set("subject", "usr_2");
    provider.set("name", "Bea");
    // A call on behalf of the first is under way when the second takes over: its answer is not theirs.
    provider.set("slow", 500);
    let auth = app.auth();
    let renewing = auth.clone();
    spawn_local(async move {
        a_while().await;
        renewing.renew();
    });
    assert_eq!(auth.fetch(ApiRequest::get("/api/me")).await.expect_err("another person"), ApiError::PersonChanged);
    app.reads("in Bea at / protected").await;
    assert!(app.auth().fetch(ApiRequest::get("/api/me")).await.expect("answered").ok());
}

#[wasm_bindgen_test]
async fn a_provider_that_is_down_ends_no_session() {
    let provider = Provider::fresh();
    provider.set("refresh", true);
    let app = signed_in(&provider).await;
    provider.set("down", true);
    app.auth().renew();
    until("the failure", || app.auth().is_renewing()).await;
    a_while().await;
    assert_eq!(app.text(), "in Ada at / protected");
    provider.set("down", false);
    app.auth().retry();
    until("the renewal", || !app.auth().is_renewing()).await;
    assert_eq!(app.text(), "in Ada at / protected");
}

#[wasm_bindgen_test]
async fn ar_02_no_attempt_repeats_the_secrets_of_another() {
    let provider = Provider::fresh();
    let app = signed_in(&provider).await;
    for grants in 2..5 {
        app.auth().renew();
        until("the renewal", || provider.grants() == grants && !app.auth().is_renewing()).await;
    }
    let nonces: Vec<String> = serde_json::from_value(provider.get("nonces")).expect("a list");
    assert_eq!((nonces.len(), nonces.iter().collect::<HashSet<_>>().len()), (4, 4));
    assert!(nonces.iter().all(|nonce| nonce.len() == 43));
}

#[wasm_bindgen_test]
async fn ar_21_a_foreign_response_is_scrubbed_from_the_address_and_the_router_sees_it() {
    let provider = Provider::fresh();
    run("history.replaceState({ left: 'over' }, '', '/callback?code=stolen&state=unknown')");
    let app = Mounted::new(provider.config(), false).await;
    assert_eq!(run_text("return location.pathname + location.search"), "/callback", "before anything is drawn");
    assert_eq!(app.text(), "restoring at /callback");
    // There is a session, so a forged link changes nothing; and the router follows to where people go from there.
    app.reads("in Ada at /").await;
    assert_eq!(run_text("return location.pathname + location.search + JSON.stringify(history.state)"), "/null");
    assert_eq!(provider.get("grants"), json!(["authorization_code"]), "the stolen code was not redeemed");
}

#[wasm_bindgen_test]
async fn bp_16_nothing_is_left_when_the_app_is_gone() {
    let provider = Provider::fresh();
    // The app of the test before may still be going.
    a_while().await;
    run("window.ears = {}; \
         if (!window.counting) { window.counting = true; \
           const count = (by) => (old) => function (type, ...rest) { ears[type] = (ears[type] ?? 0) + by; return old.call(this, type, ...rest); }; \
           for (const on of [window, document]) { on.addEventListener = count(1)(on.addEventListener); on.removeEventListener = count(-1)(on.removeEventListener); } }");
    let ears = |event: &str| run(&format!("return ears['{event}'] ?? 0")).as_f64();
    let app = signed_in(&provider).await;
    assert_eq!((ears("message"), ears("storage")), (Some(0.0), Some(0.0)), "nobody listens to messages while nothing is waited for");
    assert!(ears("focus") > Some(0.0));
    app.auth().renew();
    until("a frame", || frames() == 1).await;
    assert_eq!(ears("message"), Some(1.0));
    drop(app);
    until("the frame to go", || frames() == 0).await;
    for event in ["message", "focus", "online", "pageshow", "visibilitychange"] {
        assert_eq!(ears(event), Some(0.0), "{event}");
    }
}
