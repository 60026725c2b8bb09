//! Every field of a configuration, right and wrong.

use super::*;
use serde_json::{Value, json};

const APP: &str = "https://app.example";

fn block() -> Value {
    json!({ "preset": "scalekit", "env_url": "https://acme.scalekit.com/", "client_id": "spac_1" })
}

fn with(field: &str, value: Value) -> Result<Config, ConfigError> {
    let mut block = block();
    block[field] = value;
    Config::from_json(&block.to_string(), APP)
}

#[test]
fn the_scalekit_preset_needs_two_fields() {
    let config = Config::from_json(&block().to_string(), APP).unwrap();
    assert_eq!(config.issuer(), "https://acme.scalekit.com");
    let Provider::Known(metadata) = &config.provider else { panic!("a preset needs no discovery") };
    assert_eq!(metadata.authorization_endpoint.as_str(), "https://acme.scalekit.com/oauth/authorize");
    assert_eq!(metadata.token_endpoint.as_str(), "https://acme.scalekit.com/oauth/token");
    assert_eq!(metadata.jwks_uri.as_str(), "https://acme.scalekit.com/keys");
    assert_eq!(metadata.end_session_endpoint.as_ref().unwrap().as_str(), "https://acme.scalekit.com/oidc/logout");
    assert_eq!(config.scopes.join(" "), "openid profile email offline_access");
    assert_eq!(config.access_tokens, AccessTokens::Checked { audiences: vec![], compat: true });
    assert_eq!(with("issuer", json!("https://login.acme.com")).unwrap().issuer(), "https://login.acme.com");
    assert_eq!(
        [config.redirect_path(), config.silent_path(), config.post_logout_path()],
        ["/callback", "/silent-refresh.html", "/signed-out"]
    );
    assert_eq!(config.client_id(), "spac_1");
}

#[test]
fn tr_21_offline_access_is_not_asked_for_by_default_elsewhere() {
    let config = Config::from_json(r#"{"issuer":"https://as.example","client_id":"c"}"#, APP).unwrap();
    assert_eq!(config.scopes.join(" "), "openid profile email");
    assert_eq!(config.access_tokens, AccessTokens::Opaque);
}

#[test]
fn every_wrong_field_is_named() {
    let table = [
        ("client_id", json!("")),
        ("client_id", json!(7)),
        ("client_id", Value::Null),
        ("env_url", json!("acme")),
        ("env_url", json!("http://acme.scalekit.com")),
        ("preset", json!("other")),
        ("scopes", json!(["profile"])),
        ("scopes", json!(["openid", "a b"])),
        ("scopes", json!(3)),
        ("redirect_path", json!("callback")),
        ("redirect_path", json!("//evil")),
        ("redirect_path", json!("/a?b")),
        ("redirect_path", json!("/a#b")),
        ("redirect_path", json!("https://app.example/callback")),
        ("redirect_path", json!("/a/../b")),
        ("silent_path", json!("/callback")),
        ("post_logout_path", json!("/callback")),
        ("api", json!("https://api.example")),
        ("api", json!([{"url": "http://api.example"}])),
        ("api", json!([{"uri": "https://api.example"}])),
        ("api", json!([{"url": "https://api.example", "resource": "x"}])),
        ("clock_skew", json!(86400)),
        ("clock_skew", json!(-1)),
        ("recheck_interval", json!(1)),
        ("recheck_interval", json!("300")),
        ("clock_skew", json!("60")),
        ("algorithms", json!(["HS256"])),
        ("algorithms", json!(["none"])),
        ("algorithms", json!([])),
        ("client_secret", json!("x")),
        ("clientid", json!("x")),
        ("response_type", json!("code token")),
        ("metadata", json!({})),
        ("validate_access_token", json!("yes")),
    ];
    for (field, value) in table {
        let error = with(field, value.clone()).expect_err(&format!("{field} = {value}"));
        assert!(error.to_string().contains(field), "{field} = {value}: {error}");
    }
}

#[test]
fn ar_01_06_tr_01_si_25_secrets_methods_response_types_and_modes_cannot_be_configured() {
    for field in ["client_secret", "code_challenge_method", "response_type", "response_mode", "skip_issuer_check", "nonce", "state"] {
        assert!(with(field, json!("x")).unwrap_err().to_string().contains("unknown field"), "{field}");
    }
}

#[test]
fn ar_22_redirect_uris_are_absolute_and_https_off_loopback() {
    let config = with("redirect_path", json!("/auth/callback")).unwrap();
    assert_eq!(config.redirect_uri(), "https://app.example/auth/callback");
    assert!(Config::from_json(&block().to_string(), "ftp://app.example").is_err());
    assert!(Config::from_json(&block().to_string(), "app.example").is_err());
    assert!(Config::from_json(&block().to_string(), "http://app.example").is_err());
}

#[test]
fn id_28_the_skew_has_a_ceiling() {
    assert_eq!(Config::from_json(&block().to_string(), APP).unwrap().clock_skew, Duration::from_secs(60));
    assert!(with("clock_skew", json!(301)).is_err());
    assert!(with("clock_skew", json!(300)).is_ok());
}

#[test]
fn ar_25_scopes_are_unique_and_hold_openid() {
    assert_eq!(with("scopes", json!("openid  email openid")).unwrap().scopes, ["openid", "email"]);
}

#[test]
fn di_10_metadata_by_hand_need_issuer_and_keys() {
    let metadata = json!({ "issuer": "https://as.example", "authorization_endpoint": "https://as.example/a", "token_endpoint": "https://as.example/t", "jwks_uri": "https://as.example/k" });
    let read = |metadata: Value| Config::from_json(&json!({ "metadata": metadata, "client_id": "c" }).to_string(), APP);
    assert!(read(metadata.clone()).is_ok());
    for field in ["issuer", "jwks_uri", "token_endpoint", "authorization_endpoint"] {
        let mut less = metadata.clone();
        less.as_object_mut().unwrap().remove(field);
        assert_eq!(read(less).unwrap_err().0.field, format!("metadata.{field}"));
    }
}

#[test]
fn of_each_resource_there_is_a_sample() {
    let of = |api: Value| {
        let config = with("api", api).unwrap();
        (config.api_prefixes().join(" "), config.api_samples().join(" "))
    };
    let (a, b, c) = ("https://a.example/", "https://b.example/", "https://c.example/");
    let all = format!("{a} {b} {c}");
    assert_eq!(of(json!([])), (String::new(), String::new()));
    assert_eq!(of(json!([a, b, c])), (all.clone(), a.to_owned()), "one token for all of them");
    let resources = |first: &str, second: &str, third: &str| json!([{"url": a, "resource": first}, {"url": b, "resource": second}, {"url": c, "resource": third}]);
    assert_eq!(of(resources("urn:1", "urn:2", "urn:1")), (all.clone(), format!("{a} {b}")));
    assert_eq!(of(resources("urn:1", "urn:1", "urn:2")), (all.clone(), format!("{a} {c}")));
    assert_eq!(of(resources("urn:1", "urn:2", "urn:3")), (all.clone(), all));
}

#[test]
fn di_11_si_21_origins_for_the_content_security_policy() {
    let config = with("api", json!([{"url": "https://api.example/v1/"}, "https://acme.scalekit.com/x"])).unwrap();
    assert_eq!(config.connect_origins(), ["https://acme.scalekit.com", "https://api.example"]);
    assert_eq!(config.frame_origins(), ["https://acme.scalekit.com"]);
}

#[test]
fn a_configuration_says_which_extensions_a_build_needs_for_it() {
    let needed = |field: &str, value: Value| with(field, value).unwrap().extensions();
    assert!(Config::from_json(&block().to_string(), APP).unwrap().extensions().is_empty());
    assert_eq!(needed("dpop", json!(true)), ["dpop"]);
    assert_eq!(needed("api", json!([{ "url": "https://api.example/", "step_up": true }])), ["step-up"]);
    assert_eq!(needed("api", json!([{ "url": "https://api.example/", "resource": "https://api.example/" }])), [""; 0]);
    let two = json!([{ "url": "https://a.example/", "resource": "a:" }, { "url": "https://b.example/", "resource": "b:" }]);
    assert_eq!(needed("api", two), ["resources"]);

    let metadata = |more: &str, fields: &str| {
        let block = format!(
            r#"{{"client_id":"c","metadata":{{"issuer":"https://as.example","authorization_endpoint":"https://as.example/a",
                "token_endpoint":"https://as.example/t","jwks_uri":"https://as.example/k","userinfo_endpoint":"https://as.example/u",
                "revocation_endpoint":"https://as.example/r","pushed_authorization_request_endpoint":"https://as.example/p"{more}}}{fields}}}"#
        );
        Config::from_json(&block, APP).unwrap().extensions()
    };
    assert!(metadata("", "").is_empty());
    assert_eq!(metadata("", r#","pushed_authorization_requests":true"#), ["par"]);
    assert_eq!(metadata(r#","require_pushed_authorization_requests":true"#, ""), ["par"]);
    assert_eq!(metadata("", r#","userinfo":"signed","revoke_at_sign_out":true"#), ["revocation", "user-info"]);

    let discovered = Config::from_json(r#"{"issuer":"https://as.example","client_id":"c"}"#, APP).unwrap();
    assert_eq!(discovered.extensions(), ["par"], "it may turn out to take nothing else");
}
