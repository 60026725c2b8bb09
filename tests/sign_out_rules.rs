//! Rules of signing out, and of the ways of signing out that are not offered.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::protocol::{config::Config, secret::Body, turn::Event, turn::HistoryEntry};
use std::time::Duration;
use support::{APP, CLIENT, ISSUER, World, name};

#[test]
fn lo_03_the_id_token_in_the_address_stays_in_no_history_and_no_log() {
    let mut world = World::new();
    world.sign_in("/account");
    world.dispatch(Event::SignOutChosen);
    let (url, history) = world.left_for.clone().expect("it left");
    let (_, hint) = url.split_once("id_token_hint=").expect("the hint");
    let hint = hint.split('&').next().expect("a token");
    assert!(world.provider.secrets.iter().any(|secret| secret == hint), "it is the ID token");
    assert_eq!(history, HistoryEntry::Replace);
    assert!(!world.log.iter().any(|line| line.contains(hint)), "it was shown");
    assert!(world.stored.values().all(|record| !record.expose().contains(hint)), "it was stored");
}

#[test]
fn lo_06_12_endpoints_of_what_is_not_offered_are_never_called() {
    let block = format!(r#"{{"issuer":"{ISSUER}","client_id":"{CLIENT}","algorithms":["EdDSA"],"scopes":"openid offline_access"}}"#);
    let mut world = World::with(Config::from_json(&block, APP).expect("good"));
    world.provider.issues_refresh_tokens = true;
    world.provider.tweak_http = Some(Box::new(|response| {
        if response.body.expose().contains("jwks_uri") {
            let more = r#"{"frontchannel_logout_supported":true,
                "frontchannel_logout_session_supported":true,"revocation_endpoint":"https://as.example/revoke",
                "userinfo_endpoint":"https://as.example/userinfo","introspection_endpoint":"https://as.example/introspect","#;
            response.body = Body::new(response.body.expose().replacen('{', more, 1));
        }
    }));
    world.sign_in("/");
    world.pass(Duration::from_secs(1000));
    // A foreign provider's front-channel request is an address like any other.
    assert_eq!(name(&world.visit("/signed-out?iss=https://evil.example&sid=ses_1")), Some("Name of usr_1"), "it signs nobody out");
    world.dispatch(Event::SignOutChosen);
    world.settle();
    let known = ["/.well-known/openid-configuration", "/keys", "/token"].map(|path| format!("{ISSUER}{path}"));
    assert!(world.provider.called.len() > 5);
    assert!(world.provider.called.iter().all(|url| known.contains(url)), "{:?}", world.provider.called);
}
