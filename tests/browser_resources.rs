//! Calls to several resources, in a real browser: a token for each, and to no other address.

#![cfg(target_arch = "wasm32")]

#[path = "support/mounted.rs"]
mod mounted;
#[path = "support/page.rs"]
mod page;

use hushkey::{ApiError, ApiRequest, Config, browser::navigation};
use mounted::Mounted;
use page::Provider;
use serde_json::{Value, json};
use std::rc::Rc;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

async fn app(provider: &Provider) -> Mounted {
    let rule = |path: &str, resource: &str| json!({ "url": format!("ORIGIN/api/{path}/"), "resource": resource });
    let block = provider.block_with(&json!({}), &json!({ "api": [rule("one", "urn:one"), rule("two", "urn:two")] }));
    let config = Config::from_json(&block, &navigation::origin()).expect("a good configuration");
    let app = Mounted::new(Rc::new(config), true).await;
    app.reads("in Ada at / protected").await;
    app
}

/// The token that a call went with.
async fn used(app: &Mounted, address: &str) -> Value {
    let answer: Value = app.auth().fetch(ApiRequest::get(address)).await.expect("answered").json().await.expect("JSON");
    answer["used"].clone()
}

#[wasm_bindgen_test]
async fn ri_01_each_call_goes_with_the_token_of_its_resource() {
    for refreshes in [true, false] {
        let provider = Provider::fresh();
        provider.set("refresh", refreshes);
        let app = app(&provider).await;
        assert_eq!(used(&app, "/api/one/me").await, "canary-at-1");
        assert_eq!(used(&app, "/api/two/me").await, "canary-at-2");
        assert_eq!((used(&app, "/api/one/x/../me").await, used(&app, "/api/two/").await), ("canary-at-1".into(), "canary-at-2".into()));
        assert_eq!(provider.get("targets"), json!(["urn:one", "urn:two"]), "each was asked for once");
        // One that the API refuses is replaced, and no other.
        provider.set("refused", vec!["canary-at-2"]);
        assert_eq!((used(&app, "/api/two/me").await, used(&app, "/api/one/me").await), ("canary-at-3".into(), "canary-at-1".into()));
        assert_eq!(provider.get("targets"), json!(["urn:one", "urn:two", "urn:two"]));
        let grants = provider.get("grants");
        assert_eq!(grants[1], if refreshes { "refresh_token" } else { "authorization_code" });
    }
}

#[wasm_bindgen_test]
async fn ri_01_a_resource_that_is_not_known_fails_its_calls_and_nothing_else() {
    let provider = Provider::fresh();
    provider.set("unknown", "urn:two");
    let app = app(&provider).await;
    for _ in 0..2 {
        let error = app.auth().fetch(ApiRequest::get("/api/two/me")).await.expect_err("there is no token");
        let ApiError::NoToken(why) = &error else { panic!("{error}") };
        assert_eq!((error.code(), why.code().as_str()), ("api_no_token", "invalid_target"));
    }
    assert_eq!(provider.get("targets"), json!(["urn:one", "urn:two"]), "it is not asked for again and again");
    assert_eq!(used(&app, "/api/one/me").await, "canary-at-1");
    assert!(app.auth().person().is_some());
}

#[wasm_bindgen_test]
async fn ri_02_no_token_leaves_for_another_address_and_no_redirect_is_followed() {
    let provider = Provider::fresh();
    let app = app(&provider).await;
    let (origin, host) = (navigation::origin(), navigation::origin().replacen("http://", "", 1));
    for bad in [
        format!("{origin}.evil/api/one/me"),
        format!("{origin}@evil/api/one/me"),
        format!("http://evil@{host}/api/one/me"),
        "//evil/api/one/me".into(),
        format!("https://{host}/api/one/me"),
        "http://127.0.0.1:1/api/one/me".into(),
        "/api/one/../three/me".into(),
        "/api/one/..%2fthree/me".into(),
        "/api/one/%2e%2e/three".into(),
        "/api/one%2fme".into(),
        "/API/one/me".into(),
        "/api/onetwo".into(),
        "/api/".into(),
        "javascript:alert(1)".into(),
    ] {
        let refused = app.auth().fetch(ApiRequest::get(&bad)).await;
        assert!(matches!(refused, Err(ApiError::NotAllowed { .. })), "{bad}");
    }
    assert_eq!(provider.get("calls"), json!([]));
    used(&app, "/api/two/me").await;
    let calls = provider.get("calls");
    assert_eq!((&calls[0]["redirect"], &calls[0]["credentials"]), (&json!("error"), &json!("omit")));
}
