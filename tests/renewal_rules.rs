//! Rules about what happens over time: keys and metadata that age, tokens that are replayed, refreshes that bring less.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Reason, SignInOptions, View,
    protocol::{config::Config, error::Error, http::Method, secret::Body, turn::Event},
};
use serde_json::json;
use std::{cell::RefCell, rc::Rc, time::Duration};
use support::{APP, CLIENT, ISSUER, World, config, keys::Key, name};

fn problem(view: &View) -> &Error {
    match view {
        View::SignedOut(Reason::Problem(error)) => error,
        other => panic!("a problem was expected, not {other:?}"),
    }
}

#[test]
fn ar_04_a_refused_challenge_method_is_not_tried_again_without() {
    let mut world = World::new();
    world.visit("/");
    let before = world.provider.asked.len();
    world.dispatch(Event::SignInChosen(SignInOptions::default()));
    world.provider.refuses = Some("invalid_request");
    world.follow();
    world.settle();
    world.pass(Duration::from_secs(3600));
    assert_eq!(world.provider.asked.len(), before + 1);
    assert!(world.provider.asked.iter().all(|query| query["code_challenge_method"] == "S256"));
}

#[test]
fn ar_03_every_request_of_a_long_session_has_fresh_values() {
    let mut world = World::new();
    world.sign_in("/");
    world.pass(Duration::from_secs(24 * 3600));
    let mut values: Vec<_> =
        world.provider.asked.iter().flat_map(|query| ["state", "nonce", "code_challenge"].map(|name| query[name].clone())).collect();
    let count = values.len();
    assert!(count > 900, "{count}");
    values.sort();
    values.dedup();
    assert_eq!(values.len(), count);
}

#[test]
fn tr_20_a_refresh_asks_for_no_scope() {
    let mut world = World::with(config(r#","scopes":"openid offline_access""#));
    world.provider.issues_refresh_tokens = true;
    world.sign_in("/");
    world.dispatch(Event::RenewalChosen);
    let (_, request) = world.requests.first().expect("the refresh");
    let Method::PostForm(form) = &request.method else { panic!("a POST") };
    assert!(form.expose().contains("grant_type=refresh_token") && !form.expose().contains("scope"));
}

#[test]
fn id_18_a_key_that_was_withdrawn_stops_verifying() {
    let mut world = World::new();
    world.sign_in("/");
    world.provider.published = vec![Key::P256.published()];
    world.now = world.now.plus(Duration::from_secs(301));
    world.dispatch(Event::Woke { visible: true });
    assert_eq!(problem(&world.settle()).code(), "keys_kid");
}

#[test]
fn id_18_a_bad_signature_under_a_known_key_asks_for_no_keys() {
    let mut world = World::new();
    world.sign_in("/");
    let calls = |world: &World| world.provider.called.iter().filter(|url| url.ends_with("/keys")).count();
    let before = calls(&world);
    let mut other = Key::P256.published();
    other["kid"] = Key::Ed25519.published()["kid"].clone();
    world.provider.key = Some(Key::P256);
    world.provider.published = vec![other];
    world.provider.tweak_header = Some(Box::new(|header| {
        header["alg"] = "EdDSA".into();
        header["kid"] = "ed25519".into();
    }));
    world.dispatch(Event::RenewalChosen);
    assert_eq!(problem(&world.settle()).code(), "id_token_signature");
    assert_eq!(calls(&world), before);
}

#[test]
fn id_31_an_earlier_id_token_is_not_taken_again() {
    let mut world = World::new();
    let kept: Rc<RefCell<Option<String>>> = Rc::default();
    let store = Rc::clone(&kept);
    world.provider.tweak_response = Some(Box::new(move |body| {
        let mut kept = store.borrow_mut();
        match &*kept {
            None => *kept = body["id_token"].as_str().map(str::to_owned),
            Some(first) => body["id_token"] = json!(first),
        }
    }));
    assert!(world.sign_in("/").person().is_some());
    world.dispatch(Event::RenewalChosen);
    assert_eq!(problem(&world.settle()).code(), "id_token_nonce");
}

#[test]
fn id_37_a_refresh_without_id_token_keeps_what_was_known() {
    let mut world = World::with(config(r#","scopes":"openid offline_access""#));
    world.provider.issues_refresh_tokens = true;
    world.provider.id_token_on_refresh = false;
    let before = world.sign_in("/");
    world.pass(Duration::from_secs(3600));
    assert_eq!(world.state.view(), before);
    world.dispatch(Event::SignOutChosen);
    assert!(world.left_for.as_ref().is_some_and(|(url, _)| url.contains("id_token_hint=ey")), "the first one still serves as the hint");
}

#[test]
fn di_08_discovered_metadata_are_read_anew_after_an_hour() {
    let block = format!(r#"{{"issuer":"{ISSUER}","client_id":"{CLIENT}","algorithms":["EdDSA"]}}"#);
    let mut world = World::with(Config::from_json(&block, APP).expect("good"));
    world.sign_in("/");
    world.provider.tweak_http = Some(Box::new(|response| {
        if response.body.expose().contains("jwks_uri") {
            response.body = Body::new(response.body.expose().replace("/authorize\"", "/authorize?moved=1\""));
        }
    }));
    world.pass(Duration::from_secs(3500));
    assert!(!world.provider.asked.last().is_some_and(|query| query.contains_key("moved")));
    world.pass(Duration::from_secs(600));
    assert!(world.provider.asked.last().is_some_and(|query| query.contains_key("moved")));
    assert_eq!(name(&world.state.view()), Some("Name of usr_1"));
}

#[test]
fn id_16_a_key_that_is_missing_again_within_a_minute_is_waited_for() {
    let mut world = World::new();
    world.sign_in("/");
    let rotate = |world: &mut World, key: Key| {
        world.provider.key = Some(key);
        world.provider.published = vec![key.published()];
        world.dispatch(Event::RenewalChosen);
        world.settle()
    };
    rotate(&mut world, Key::P256);
    assert!(!world.state.is_renewing(), "asked for anew at once");
    let calls = |world: &World| world.provider.called.iter().filter(|url| url.ends_with("/keys")).count();
    let before = calls(&world);
    assert_eq!(name(&rotate(&mut world, Key::RsaA)), Some("Name of usr_1"));
    assert!(world.state.is_renewing());
    world.pass(Duration::from_secs(59));
    assert_eq!(calls(&world), before, "not twice within a minute");
    world.pass(Duration::from_secs(2));
    assert_eq!((name(&world.state.view()), world.state.is_renewing(), calls(&world)), (Some("Name of usr_1"), false, before + 1));
}

#[test]
fn id_16_keys_that_could_not_be_had_may_be_asked_for_at_once() {
    let mut world = World::new();
    world.sign_in("/");
    world.provider.key = Some(Key::P256);
    world.provider.published = vec![Key::P256.published()];
    world.provider.tweak_http = Some(Box::new(|response| {
        if response.body.expose().contains("\"keys\"") {
            response.status = 503;
        }
    }));
    world.dispatch(Event::RenewalChosen);
    world.settle();
    world.provider.tweak_http = None;
    world.pass(Duration::from_secs(3));
    assert_eq!((name(&world.state.view()), world.state.is_renewing()), (Some("Name of usr_1"), false));
}

#[test]
fn si_13_an_answer_that_slept_for_an_hour_ends_nothing() {
    let mut world = World::new();
    world.sign_in("/");
    world.dispatch(Event::RenewalChosen);
    let (ticket, url) = world.frames.remove(0);
    let answer = world.provider.authorize_in_frame(&url, world.now.wall);
    world.now = world.now.plus(Duration::from_secs(3600));
    let redeemed = world.redeemed("authorization_code");
    world.frame_says(ticket, &answer);
    world.settle();
    assert_eq!(world.redeemed("authorization_code"), redeemed, "its code is too old to be shown");
    world.pass(Duration::from_secs(3));
    assert_eq!((name(&world.state.view()), world.state.is_renewing()), (Some("Name of usr_1"), false));
}

#[test]
fn si_13_one_refused_code_is_followed_by_another_and_no_more() {
    let refusing = |times: usize| {
        let mut world = World::new();
        world.sign_in("/");
        let left = std::cell::Cell::new(times);
        world.provider.tweak_http = Some(Box::new(move |response| {
            if left.get() > 0 && response.body.expose().contains("access_token") {
                left.set(left.get() - 1);
                response.status = 400;
                response.body = Body::new(r#"{"error":"invalid_grant"}"#);
            }
        }));
        world.dispatch(Event::RenewalChosen);
        world.settle();
        world.pass(Duration::from_secs(60))
    };
    assert_eq!(name(&refusing(1)), Some("Name of usr_1"));
    assert_eq!(problem(&refusing(9)).code(), "invalid_grant");
}

#[test]
fn si_13_a_refused_renewal_takes_nothing_before_the_token_expires() {
    for code in ["access_denied", "unmet_authentication_requirements", "invalid_scope"] {
        let mut world = World::new();
        world.sign_in("/");
        world.provider.refuses = Some(code);
        world.dispatch(Event::RenewalChosen);
        let View::Paused { cause, .. } = world.settle() else { panic!("{code}: {:?}", world.state) };
        assert_eq!(cause.code(), code);
        let asked = world.provider.asked.len();
        world.pass(Duration::from_secs(3600));
        assert_eq!(world.provider.asked.len(), asked, "no storm");
        world.provider.refuses = None;
        world.dispatch(Event::RenewalChosen);
        assert!(matches!(world.settle(), View::SignedIn(_)));
    }
}
