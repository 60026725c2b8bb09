//! An API that demands another sign-in, and the userinfo endpoint, in a real browser: what is sent, what is not, and where the page goes.

#![cfg(target_arch = "wasm32")]

#[path = "support/mounted.rs"]
mod mounted;
#[path = "support/page.rs"]
mod page;

use hushkey::{ApiError, ApiRequest, Config, browser::navigation, protocol::error::StepUpFailure};
use mounted::Mounted;
use page::{Provider, until};
use serde_json::{Value, json};
use std::rc::Rc;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const GOLD: &str = r#"Bearer error="insufficient_user_authentication", acr_values="gold silver", max_age="60""#;

/// Somebody is signed in, in an app whose API may demand another sign-in.
async fn signed_in(provider: &Provider, members: &Value) -> Mounted {
    let block = provider.block_with(&json!({ "userinfo_endpoint": "ORIGIN/provider/userinfo" }), members);
    let config = Config::from_json(&block, &navigation::origin()).expect("a good configuration");
    let app = Mounted::new(Rc::new(config), true).await;
    app.reads("in Ada at / protected").await;
    app
}

fn may_step_up() -> Value {
    json!({ "api": [{ "url": "ORIGIN/api/", "step_up": true }] })
}

fn calls(provider: &Provider) -> usize {
    provider.get("calls").as_array().map_or(0, Vec::len)
}

async fn refused(app: &Mounted) -> ApiError {
    app.auth().fetch(ApiRequest::get("/api/me")).await.expect_err("it is refused")
}

#[wasm_bindgen_test]
async fn su_01_a_demand_is_told_to_the_app_and_nothing_is_renewed_or_sent_again() {
    let provider = Provider::fresh();
    let app = signed_in(&provider, &may_step_up()).await;
    provider.set("challenge", GOLD);
    let ApiError::StepUp(challenge) = refused(&app).await else { panic!("a demand") };
    assert_eq!((challenge.acr_values.join(" "), challenge.max_age), ("gold silver".to_owned(), Some(60)));
    assert_eq!((provider.grants(), calls(&provider)), (1, 1));
    assert!(provider.left().is_empty(), "nobody is sent anywhere without having chosen it");
    assert_eq!(app.text(), "in Ada at / protected");
    app.auth().step_up(&challenge);
    until("the page to leave", || provider.left().len() == 1).await;
    let left = &provider.left()[0];
    assert!(left.contains("acr_values=gold+silver") && left.contains("max_age=60") && !left.contains("prompt="), "{left}");
}

#[wasm_bindgen_test]
async fn su_01_a_malformed_demand_is_an_error_and_keeps_the_session() {
    let provider = Provider::fresh();
    let app = signed_in(&provider, &may_step_up()).await;
    for params in ["max_age=-1", "max_age=1e9", "acr_values=\"gold", "max_age=1, max_age=2"] {
        provider.set("challenge", format!(r#"Bearer error="insufficient_user_authentication", {params}"#));
        let error = refused(&app).await;
        assert!(matches!(error, ApiError::StepUpFailed(StepUpFailure::Malformed(_))), "{params}: {error:?}");
    }
    assert_eq!((provider.grants(), calls(&provider), app.text().as_str()), (1, 4, "in Ada at / protected"));
}

#[wasm_bindgen_test]
async fn su_02_an_api_that_may_not_demand_it_is_refused_like_any_other() {
    let provider = Provider::fresh();
    let app = signed_in(&provider, &json!({})).await;
    provider.set("challenge", GOLD);
    let response = app.auth().fetch(ApiRequest::get("/api/me")).await.expect("an answer");
    assert_eq!(
        (response.status(), provider.grants(), calls(&provider)),
        (401, 2, 2),
        "renewed once, sent once more, and that is the answer"
    );
    assert!(provider.left().is_empty());
}

#[wasm_bindgen_test]
async fn su_02_a_demand_that_is_met_already_is_a_loop_and_no_trip() {
    let provider = Provider::fresh();
    provider.set("claims", json!({ "acr": "silver", "auth_time": (navigation_now() / 1000.0).floor() }));
    let app = signed_in(&provider, &may_step_up()).await;
    provider.set("challenge", GOLD);
    assert_eq!(refused(&app).await, ApiError::StepUpFailed(StepUpFailure::Loop));
    assert_eq!((provider.grants(), calls(&provider)), (1, 1));
}

fn navigation_now() -> f64 {
    page::run("return Date.now()").as_f64().expect("a number")
}

#[wasm_bindgen_test]
async fn su_03_too_little_scope_escalates_nothing() {
    let provider = Provider::fresh();
    let app = signed_in(&provider, &may_step_up()).await;
    provider.set("status", 403);
    for challenge in [r#"Bearer error="insufficient_scope", scope="admin""#, GOLD] {
        provider.set("challenge", challenge);
        let response = app.auth().fetch(ApiRequest::get("/api/me")).await.expect("an answer");
        assert_eq!(response.status(), 403);
    }
    assert_eq!((provider.grants(), calls(&provider)), (1, 2));
    assert!(provider.left().is_empty());
}

#[wasm_bindgen_test]
async fn tr_11_only_what_may_be_sent_twice_is() {
    let provider = Provider::fresh();
    provider.set("refused", "all");
    let app = signed_in(&provider, &json!({})).await;
    let mut seen = 0;
    for (request, times) in [
        (ApiRequest::get("/api/me"), 2),
        (ApiRequest::get("/api/me").method("HEAD"), 2),
        (ApiRequest::get("/api/me").method("PUT"), 2),
        (ApiRequest::get("/api/me").method("DELETE"), 2),
        (ApiRequest::post("/api/orders"), 1),
        (ApiRequest::get("/api/me").method("PATCH"), 1),
        (ApiRequest::post("/api/orders").header("idempotency-key", "k"), 2),
    ] {
        let shown = format!("{request:?}");
        let response = app.auth().fetch(request).await.expect("an answer");
        assert_eq!((response.status(), calls(&provider) - seen), (401, times), "{shown}");
        seen = calls(&provider);
    }
}

#[wasm_bindgen_test]
async fn ui_02_the_endpoint_is_asked_once_with_the_token_in_the_header_alone() {
    let provider = Provider::fresh();
    provider.set("userinfo", json!({ "sub": "usr_1", "name": "Ada Lovelace" }));
    let block = provider.block_with(&json!({ "userinfo_endpoint": "ORIGIN/provider/userinfo" }), &json!({ "userinfo": true }));
    let config = Config::from_json(&block, &navigation::origin()).expect("a good configuration");
    let app = Mounted::new(Rc::new(config), true).await;
    app.reads("in Ada Lovelace at / protected").await;
    app.auth().renew();
    until("the renewal", || provider.grants() == 2).await;
    page::a_while().await;
    let asked = provider.get("asked_userinfo");
    assert_eq!(asked.as_array().map(Vec::len), Some(1), "{asked}");
    let asked = &asked[0];
    assert_eq!(asked["headers"], json!({ "accept": "application/json, application/jwt", "authorization": "Bearer canary-at-1" }));
    assert_eq!((&asked["method"], &asked["body"], &asked["cache"]), (&json!("GET"), &Value::Null, &json!("no-store")));
    assert!(!asked["url"].as_str().expect("an address").contains(['?', '#']), "{asked}");
    assert_eq!(app.text(), "in Ada Lovelace at / protected", "a renewal takes nothing of it away");
}

#[wasm_bindgen_test]
async fn ui_01_a_wrong_subject_shows_nothing_and_keeps_the_session() {
    let provider = Provider::fresh();
    provider.set("userinfo", json!({ "sub": "usr_1invalid", "name": "Mallory" }));
    let app = signed_in(&provider, &json!({ "userinfo": true })).await;
    until("the question", || provider.get("asked_userinfo").as_array().is_some_and(|asked| asked.len() == 1)).await;
    page::a_while().await;
    assert_eq!(app.text(), "in Ada at / protected");
}
