//! Rules of the token endpoint that show only over several requests: lifetimes, scopes, and refresh tokens that rotate, stay or are refused.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Config, Reason, View,
    protocol::{
        api::TokenAnswer,
        error::{Error, NetworkFailure, Problem},
        http::{HttpResponse, Method},
        secret::Body,
        tab_message::TabMessage,
        turn::Event,
    },
};
use serde_json::json;
use std::time::Duration;
use support::{APP, CLIENT, ISSUER, World, config, keys::Key, name};

const API: &str = "https://api.example/me";

/// Somebody who is signed in and has a refresh token.
fn with_refresh_token(rotates: bool) -> World {
    let mut world = World::with(config(r#","scopes":"openid profile offline_access""#));
    world.provider.issues_refresh_tokens = true;
    world.provider.rotates = rotates;
    world.sign_in("/");
    world
}

/// The refresh token in the one request that a renewal begins with.
fn presented(world: &mut World) -> String {
    world.dispatch(Event::RenewalChosen);
    let [(_, request)] = world.requests.as_slice() else { panic!("one request, not {:?}", world.requests) };
    let Method::PostForm(form) = &request.method else { panic!("a POST") };
    let form: Vec<(String, String)> = form_urlencoded::parse(form.expose().as_bytes()).into_owned().collect();
    let field = |wanted: &str| form.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone()).expect("the field is there");
    assert_eq!(field("grant_type"), "refresh_token");
    field("refresh_token")
}

#[test]
fn tr_09_a_token_without_a_lifetime_is_not_believed_to_live_for_ever() {
    let mut world = World::new();
    world.provider.tweak_response = Some(Box::new(|body| {
        body.as_object_mut().expect("an object").remove("expires_in");
    }));
    world.sign_in("/");
    assert_eq!(world.state.token_expires_at(), Some(world.now.wall.plus(Duration::from_secs(300))));
    world.now = world.now.plus(Duration::from_secs(300));
    assert!(matches!(world.state.token_for(API, world.now, &world.config), TokenAnswer::Renew));
}

#[test]
fn tr_12_the_scopes_are_those_that_were_granted() {
    let scopes = |granted: Option<&'static str>| {
        let mut world = World::new();
        if let Some(text) = granted {
            world.provider.tweak_response = Some(Box::new(move |body| body["scope"] = json!(text)));
        }
        world.sign_in("/");
        let reachable = ["https://api.example/me", "https://admin.example/"]
            .map(|address| matches!(world.state.token_for(address, world.now, &world.config), TokenAnswer::Attach { .. }));
        assert_eq!(reachable, [true, false], "no scope widens where the token goes");
        world.state.granted_scopes().join(" ")
    };
    assert_eq!(scopes(None), "openid profile email", "nothing said: what was asked for");
    assert_eq!(scopes(Some("openid")), "openid", "less than was asked for is not hidden");
    assert_eq!(scopes(Some("openid profile email admin")), "openid profile email admin");
}

#[test]
fn tr_12_a_refresh_that_names_no_scopes_keeps_those_that_were_granted() {
    let mut world = with_refresh_token(true);
    world.provider.tweak_response = Some(Box::new(|body| body["scope"] = json!("openid")));
    world.dispatch(Event::RenewalChosen);
    world.settle();
    world.provider.tweak_response = None;
    world.dispatch(Event::RenewalChosen);
    world.settle();
    assert_eq!(world.state.granted_scopes(), ["openid"]);
}

#[test]
fn tr_12_a_grant_without_a_required_scope_is_an_error_and_no_session() {
    let signed_in = |required: &str, granted: Option<&'static str>| {
        let mut world = World::with(config(&format!(r#","scopes":"openid email api","required_scopes":{required}"#)));
        if let Some(text) = granted {
            world.provider.tweak_response = Some(Box::new(move |body| body["scope"] = json!(text)));
        }
        let view = world.sign_in("/");
        (world, view)
    };
    for (required, granted) in [
        (r#""openid api""#, Some("openid api")),
        (r#"["api"]"#, Some("api")),
        (r#"["api"]"#, Some("email api openid more")),
        (r#"["api"]"#, None),
        (r#"[]"#, Some("openid")),
        (r#""""#, Some("")),
    ] {
        assert!(signed_in(required, granted).1.person().is_some(), "{required} {granted:?}");
    }
    for (required, granted) in [
        (r#"["openid","api"]"#, "openid"),
        (r#""api""#, "openid email"),
        (r#"["api"]"#, ""),
        (r#"["api"]"#, "API"),
        (r#"["api"]"#, "api2 api:read"),
        (r#"["api"]"#, "openid,api"),
        (r#"["openid","api"]"#, "api"),
    ] {
        let (world, view) = signed_in(required, Some(granted));
        let View::SignedOut(Reason::Problem(error @ Error::TokenResponse(finding))) = &view else {
            panic!("{required} {granted}: {view:?}")
        };
        assert_eq!((error.code().as_str(), &*finding.field), ("token_response_scope", "scope"));
        assert!(matches!(&finding.problem, Problem::Unexpected { got, .. } if got == granted), "{finding}");
        assert!(matches!(world.state.token_for(API, world.now, &world.config), TokenAnswer::SignedOut), "no token is handed out");
    }
}

#[test]
fn tr_12_a_renewal_that_loses_a_required_scope_ends_the_session() {
    let mut world = World::with(config(r#","scopes":"openid offline_access api","required_scopes":["api"]"#));
    world.provider.issues_refresh_tokens = true;
    world.sign_in("/");
    world.provider.tweak_response = Some(Box::new(|body| body["scope"] = json!("openid")));
    world.dispatch(Event::RenewalChosen);
    let view = world.settle();
    assert!(matches!(&view, View::SignedOut(Reason::Problem(error)) if error.code() == "token_response_scope"), "{view:?}");
}

#[test]
fn tr_12_only_scopes_that_are_asked_for_can_be_required() {
    let block = |scopes: &str, required: &str| {
        let text = format!(r#"{{"issuer":"https://as.example","client_id":"c"{scopes},"required_scopes":{required}}}"#);
        Config::from_json(&text, "https://app.example").map_err(|error| error.0.field.into_owned())
    };
    assert!(block("", r#"["email"]"#).is_ok() && block(r#","scopes":"openid api""#, r#""api openid""#).is_ok());
    for bad in [r#"["api"]"#, r#""email api""#, "1", "true", "null", "{}", "[1]", r#"[""]"#, r#"["openid email"]"#] {
        assert_eq!(block("", bad).unwrap_err(), "required_scopes", "{bad}");
    }
}

#[test]
fn tr_16_a_new_refresh_token_takes_the_place_of_the_old_one() {
    let mut world = with_refresh_token(true);
    let mut used = Vec::new();
    for _ in 0..4 {
        used.push(presented(&mut world));
        assert_eq!(name(&world.settle()), Some("Name of usr_1"));
    }
    let count = used.len();
    used.sort();
    used.dedup();
    assert_eq!(used.len(), count, "a used token was sent again");
    assert_eq!(world.provider.asked.len(), 2, "no silent attempt had to make up for one: {:?}", world.provider.grants);
}

#[test]
fn tr_17_a_refresh_without_a_new_token_keeps_the_old_one() {
    let mut world = with_refresh_token(false);
    let first = presented(&mut world);
    world.settle();
    for _ in 0..3 {
        assert_eq!(presented(&mut world), first);
        assert_eq!(name(&world.settle()), Some("Name of usr_1"));
    }
}

#[test]
fn tr_18_a_refresh_that_nobody_answered_is_not_sent_again() {
    let mut world = with_refresh_token(true);
    let lost = presented(&mut world);
    // The provider has carried it out; only the answer is lost. To send it again would look like theft.
    let (ticket, request) = world.requests.remove(0);
    let _ = world.provider.http(&request, world.now.wall);
    let (refreshes, asked) = (world.redeemed("refresh_token"), world.provider.asked.len());
    world.dispatch(Event::Responded { ticket, outcome: Err(NetworkFailure::Timeout) });
    assert_eq!(name(&world.pass(Duration::from_secs(60))), Some("Name of usr_1"));
    assert_eq!((world.redeemed("refresh_token"), world.provider.asked.len()), (refreshes, asked + 1), "the silent way, once");
    assert_ne!(presented(&mut world), lost);
}

#[test]
fn tr_19_a_provider_that_refuses_every_refresh_causes_no_loop() {
    let mut world = with_refresh_token(true);
    for round in 1..=10 {
        world.provider.refresh_tokens.clear();
        let (refreshes, asked) = (world.redeemed("refresh_token"), world.provider.asked.len());
        world.dispatch(Event::RenewalChosen);
        assert!(matches!(world.settle(), View::SignedIn(_)), "round {round}");
        assert!(!world.state.is_renewing());
        assert_eq!((world.redeemed("refresh_token"), world.provider.asked.len()), (refreshes + 1, asked + 1), "round {round}");
    }
}

#[test]
fn tr_18_a_5xx_may_be_of_something_in_between_and_a_429_is_not() {
    for (status, again) in [(502, false), (503, false), (504, false), (500, false), (429, true)] {
        let mut world = with_refresh_token(true);
        let first = presented(&mut world);
        let (ticket, request) = world.requests.remove(0);
        if !again {
            // Carried out, and the answer was lost behind a proxy.
            let _ = world.provider.http(&request, world.now.wall);
        }
        let refreshes = world.redeemed("refresh_token");
        let response = HttpResponse { status, content_type: None, retry_after: None, body: Body::new("") };
        world.dispatch(Event::Responded { ticket, outcome: Ok(response) });
        assert_eq!(name(&world.pass(Duration::from_secs(10))), Some("Name of usr_1"));
        assert!(!world.state.is_renewing());
        assert_eq!(world.redeemed("refresh_token") - refreshes, usize::from(again), "{status}");
        assert_ne!(presented(&mut world), first);
    }
}

#[test]
fn tr_18_a_refresh_that_is_given_up_for_something_else_is_not_sent_again() {
    let told = |session: &str| {
        let mut other = World::new();
        other.provider.session = Some(session.into());
        other.sign_in("/");
        let Some(TabMessage::SignedIn(whose)) = other.told.pop() else { panic!("a sign-in is told") };
        Event::OtherTabSignedIn(whose)
    };
    let mut world = with_refresh_token(true);
    world.visit("/");
    world.dispatch(Event::RenewalChosen);
    world.settle();
    let first = presented(&mut world);
    let (_, request) = world.requests.remove(0);
    let _ = world.provider.http(&request, world.now.wall);
    // Before the answer comes somebody else signs in, the provider cannot be reached, and they are back.
    world.dispatch(told("usr_2"));
    world.provider_is_down(true);
    world.pass(Duration::from_secs(30));
    world.dispatch(told("usr_1"));
    world.provider_is_down(false);
    world.pass(Duration::from_secs(60));
    assert_eq!((name(&world.state.view()), world.state.is_renewing()), (Some("Name of usr_1"), false));
    assert_eq!(world.provider.refreshed.iter().filter(|token| **token == first).count(), 1, "what may be used up is not presented twice");
}

#[test]
fn tr_16_18_the_token_of_an_answer_that_cannot_be_checked_yet_is_kept() {
    let mut world = with_refresh_token(true);
    // The keys are too old by now, and cannot be had.
    world.now = world.now.plus(Duration::from_secs(301));
    world.provider.tweak_http = Some(Box::new(|response| {
        if response.body.expose().contains("\"keys\"") {
            response.status = 503;
        }
    }));
    let first = presented(&mut world);
    world.settle();
    assert!(world.state.is_renewing(), "it cannot be believed yet");
    world.provider.tweak_http = None;
    let refreshes = world.redeemed("refresh_token");
    assert_eq!(name(&world.pass(Duration::from_secs(5))), Some("Name of usr_1"));
    assert!(!world.state.is_renewing());
    assert_eq!(world.redeemed("refresh_token"), refreshes + 1, "by the token that came");
    assert_eq!(world.provider.refreshed.iter().filter(|token| **token == first).count(), 1);
}

#[test]
fn at_09_a_clock_that_is_fast_by_the_life_of_a_token_causes_no_storm() {
    let block = format!(r#"{{"preset":"scalekit","env_url":"{ISSUER}","client_id":"{CLIENT}","clock_skew":120}}"#);
    let mut world = World::with(Config::from_json(&block, APP).expect("good"));
    world.provider.key = Some(Key::RsaA);
    world.provider.published = vec![Key::RsaA.published()];
    world.provider.lifetime = 60;
    world.provider.clock = Some(world.now.wall.minus(Duration::from_secs(59)));
    assert!(world.sign_in("/").person().is_some());
    let due = world.state.deadline().expect("a renewal").from_now(world.now);
    assert_eq!(due, Duration::from_secs(30), "at half of the life that the provider's own clock tells");
    assert!(matches!(world.state.token_for(ISSUER, world.now, &world.config), TokenAnswer::NotAllowed | TokenAnswer::Attach { .. }));
}
