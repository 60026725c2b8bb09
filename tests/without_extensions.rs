//! A build that has no extension of the protocol: whatever asks for one is told so, and nothing else is different.

#![cfg(all(
    not(target_arch = "wasm32"),
    not(any(
        feature = "dpop",
        feature = "par",
        feature = "resources",
        feature = "revocation",
        feature = "step-up",
        feature = "user-info"
    ))
))]

mod support;

use hushkey::protocol::{config::Config, extension};
use serde_json::json;
use support::{
    World,
    metadata::{self, stops},
    name,
};

const APP: &str = "https://app.example";

fn block(metadata: &str, members: &str) -> String {
    format!(
        r#"{{"client_id":"spac_1","metadata":{{"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize",
            "token_endpoint":"https://as.example/token","jwks_uri":"https://as.example/keys",
            "userinfo_endpoint":"https://as.example/userinfo","revocation_endpoint":"https://as.example/revoke",
            "pushed_authorization_request_endpoint":"https://as.example/par"{metadata}}},"algorithms":["EdDSA"]{members}}}"#
    )
}

#[test]
fn a_field_that_asks_for_an_extension_is_refused_by_its_name_and_by_that_of_the_feature() {
    const TWO: &str = r#","api":[{"url":"https://a.example/","resource":"https://a.example/"},{"url":"https://b.example/","resource":"https://b.example/"}]"#;
    let mut seen = Vec::new();
    for (members, field, feature) in [
        (r#","dpop":true"#, "dpop", "dpop"),
        (r#","pushed_authorization_requests":true"#, "pushed_authorization_requests", "par"),
        (TWO, "api.resource", "resources"),
        (r#","revoke_at_sign_out":true"#, "revoke_at_sign_out", "revocation"),
        (r#","api":[{"url":"https://api.example/","step_up":true}]"#, "api.step_up", "step-up"),
        (r#","userinfo":true"#, "userinfo", "user-info"),
        (r#","userinfo":"signed""#, "userinfo", "user-info"),
    ] {
        let refusal = Config::from_json(&block("", members), APP).expect_err(members);
        assert_eq!(refusal.0.field, field, "{members}");
        assert!(refusal.to_string().contains(&format!("needs a build with the cargo feature \"{feature}\"")), "{refusal}");
        assert!(Config::from_json(&block("", &members.replace("true", "false")), APP).is_ok() || !members.contains("true"), "{members}");
        seen.push(feature);
    }
    assert!(extension::NAMES.iter().all(|name| seen.contains(name)), "one is missing here: {:?}", extension::NAMES);
}

#[test]
fn a_provider_that_takes_no_other_than_pushed_requests_is_refused_and_not_sent_one() {
    const REQUIRE: &str = "require_pushed_authorization_requests";
    let refusal = Config::from_json(&block(&format!(r#","{REQUIRE}":true"#), ""), APP).expect_err("known from the start");
    assert_eq!(refusal.0.field, format!("metadata.{REQUIRE}"));
    stops(metadata::with(REQUIRE, json!(true)), &format!("discovery_{REQUIRE}"));
}

#[test]
fn everybody_is_signed_in_as_ever() {
    const ONE: &str = r#","api":[{"url":"https://a.example/","resource":"https://a.example/"}]"#;
    let mut world = World::with(Config::from_json(&block("", ONE), APP).expect("a good configuration"));
    world.provider.session = Some("usr_1".into());
    let view = world.visit("/");
    assert_eq!(name(&view), Some("Name of usr_1"), "{view:?}");
}
