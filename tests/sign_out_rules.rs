//! Rules of signing out: here, at the provider, from the provider, and in other tabs.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Reason, View,
    protocol::{
        config::Config,
        error::NetworkFailure,
        frontchannel::Notice,
        hint::{Hint, Last},
        machine::{Ignored, Reaction},
        secret::Body,
        tab_message::TabMessage,
        transaction::key_of,
        turn::{Event, HistoryEntry},
    },
};
use serde_json::json;
use std::time::Duration;
use support::{APP, CLIENT, ISSUER, World, config, name, seconds};

/// With this as the provider's `end_session_endpoint`.
fn ending_at(endpoint: Option<&str>) -> World {
    let mut metadata = json!({ "issuer": ISSUER, "authorization_endpoint": format!("{ISSUER}/authorize"),
        "token_endpoint": format!("{ISSUER}/token"), "jwks_uri": format!("{ISSUER}/keys") });
    if let Some(endpoint) = endpoint {
        metadata["end_session_endpoint"] = json!(endpoint);
    }
    let block = json!({ "metadata": metadata, "client_id": CLIENT, "algorithms": ["EdDSA"] });
    World::with(Config::from_json(&block.to_string(), APP).expect("good"))
}

/// Nothing that the provider ever gave is in the state.
fn holds_nothing(world: &World) -> bool {
    world.state.token_expires_at().is_none()
        && world.state.token_generation().is_none()
        && world.state.granted_scopes().is_empty()
        && world.state.view().person().is_none()
}

#[test]
fn lo_01_the_session_ends_here_first_whatever_becomes_of_the_rest() {
    // Nowhere to go: it ends here, and the address says so.
    let mut world = ending_at(None);
    world.sign_in("/account");
    assert_eq!(world.dispatch(Event::SignOutChosen), View::SignedOut(Reason::ByChoice));
    assert!(holds_nothing(&world) && world.state.deadline().is_none() && world.address == format!("{APP}/signed-out"));

    // With a request under way, offline, and a page that does not go: the answer is dropped, and half a minute later it is over.
    for down in [None, Some(NetworkFailure::Offline), Some(NetworkFailure::Unavailable { status: 500, retry_after: None })] {
        let mut world = World::new();
        world.provider.issues_refresh_tokens = true;
        world.sign_in("/account");
        world.told.clear();
        world.provider.down = down;
        world.dispatch(Event::RenewalChosen);
        let (ticket, _) = *world.requests.last().as_ref().expect("a request under way");
        let ticket = *ticket;
        world.dispatch(Event::SignOutChosen);
        assert!(holds_nothing(&world) && !world.state.holds(ticket), "{down:?}: it is aborted");
        assert!(matches!(world.told[..], [TabMessage::SignedOut { .. }]), "{down:?}: the other tabs know");
        assert_eq!(world.hint.last, Last::SignedOutByChoice);
        assert_eq!(world.pass(seconds(31)), View::SignedOut(Reason::ByChoice), "{down:?}");
        assert_eq!(world.visit("/account"), View::SignedOut(Reason::ByChoice), "{down:?}");
    }
}

#[test]
fn lo_02_an_endpoint_that_is_not_https_is_none() {
    for bad in [
        "http://as.example/logout", "javascript:alert(1)", "data:text/html,x", "/logout", "//as.example/logout", "https://as.example/#x",
        "",
    ] {
        let mut world = ending_at(Some(bad));
        world.sign_in("/");
        assert_eq!(world.dispatch(Event::SignOutChosen), View::SignedOut(Reason::ByChoice), "{bad}");
        assert_eq!(world.left_for, None, "{bad}: the page went there");
    }
    let mut world = ending_at(Some("https://other.example/logout?tenant=a"));
    world.sign_in("/");
    world.dispatch(Event::SignOutChosen);
    let (url, _) = world.left_for.expect("it left");
    assert!(url.starts_with("https://other.example/logout?tenant=a&id_token_hint="), "the good neighbour");
}

#[test]
fn lo_04_a_wrong_or_missing_state_ends_signed_out_and_starts_nothing() {
    let state_of = |world: &World| world.stored.keys().next().expect("a record").rsplit(':').next().expect("a state").to_owned();
    let queries: [fn(&str) -> String; 8] = [
        |state| format!("?state={state}_INVALID"),
        |state| format!("?state=_{state}"),
        |_| String::new(),
        |_| "?state=".into(),
        |state| format!("?state={state}&state={state}"),
        |_| "?code=Zm9yZ2Vk&state=Zm9yZ2Vk".into(),
        |_| "?error=login_required&state=Zm9yZ2Vk".into(),
        |_| "?return_to=https://evil.example/&state=../../evil".into(),
    ];
    for query in queries {
        let mut world = World::new();
        world.sign_in("/account");
        world.dispatch(Event::SignOutChosen);
        world.provider.session = None;
        let asked = world.provider.asked.len();
        let query = query(&state_of(&world));
        assert_eq!(world.visit(&format!("/signed-out{query}")), View::SignedOut(Reason::ByChoice), "{query}");
        assert_eq!(world.address, format!("{APP}/signed-out"), "{query}: scrubbed, and nowhere else");
        world.dispatch(Event::Woke { visible: true });
        world.pass(seconds(3600));
        assert_eq!((world.provider.asked.len(), &world.left_for), (asked, &None), "{query}: a login was begun");
    }
    // Somebody who is signed in and is led there by a link stays signed in, and goes nowhere.
    let mut world = World::new();
    world.sign_in("/account");
    assert_eq!(name(&world.visit("/signed-out?state=Zm9yZ2Vk")), Some("Name of usr_1"));
    assert_eq!((world.address.as_str(), &world.left_for), ("https://app.example/signed-out", &None));
}

#[test]
fn lo_04_of_a_browser_that_forgot_all_else_the_state_alone_tells_that_somebody_signed_out() {
    let back = |forget: bool, path: fn(&str) -> String, state_of_sign_in: bool| {
        let mut world = World::new();
        world.sign_in("/account");
        if state_of_sign_in {
            world.dispatch(Event::SignInChosen(hushkey::SignInOptions::default()));
        } else {
            world.dispatch(Event::SignOutChosen);
        }
        let state = world.stored.keys().next().expect("a record").rsplit(':').next().expect("a state").to_owned();
        if forget {
            world.hint = Hint::default();
        }
        world.open(&format!("/signed-out?{}", path(&state)))
    };
    let right = |state: &str| format!("state={state}");
    assert_eq!(back(true, right, false), View::SignedOut(Reason::ByChoice));
    assert_eq!(back(false, |_| "state=wrong".into(), false), View::SignedOut(Reason::ByChoice), "the browser remembers it");
    for (path, state_of_sign_in) in [((|state| format!("state={state}x")) as fn(&str) -> String, false), (right, true)] {
        assert!(matches!(back(true, path, state_of_sign_in), View::Restoring { .. }), "nobody knows: it is looked");
    }
    // Whatever the record is found by, the state that stands in it is the one.
    let mut world = World::new();
    world.sign_in("/account");
    world.dispatch(Event::SignOutChosen);
    let record = world.stored.drain().next().expect("a record").1;
    world.stored.insert(key_of(CLIENT, "other"), record);
    world.hint = Hint::default();
    assert!(matches!(world.open("/signed-out?state=other"), View::Restoring { .. }));
}

#[test]
fn lo_05_signing_out_twice_and_in_two_tabs_is_no_error() {
    let mut world = World::new();
    world.sign_in("/");
    world.told.clear();
    world.dispatch(Event::SignOutChosen);
    let left = world.left_for.take();
    world.dispatch(Event::SignOutChosen);
    assert_eq!(world.reactions.last(), Some(&Reaction::Ignored(Ignored::AlreadyUnderWay)), "it is on its way already");
    world.dispatch(Event::OtherTabSignedOut { at: Some(world.now.wall) });
    assert!(left.is_some() && world.left_for.is_none() && world.told.len() == 1);

    let mut world = World::new();
    world.sign_in("/");
    world.told.clear();
    assert_eq!(world.dispatch(Event::OtherTabSignedOut { at: None }), View::SignedOut(Reason::Elsewhere));
    assert!(world.told.is_empty(), "an echo would go round for ever");
    for _ in 0..3 {
        assert_eq!(world.dispatch(Event::SignOutChosen), View::SignedOut(Reason::ByChoice));
    }
    assert_eq!(world.left_for, None);
    assert!(world.reported.is_empty(), "no error: {:?}", world.reported);
}

/// Front-channel logout is switched on, with this beside it.
fn front_channel(extra: &str) -> World {
    let mut world = World::with(config(&format!(r#","frontchannel_logout":true{extra}"#)));
    world.sign_in("/account");
    world.told.clear();
    world
}

fn notice(iss: &str, sid: &str) -> Event {
    Event::ProviderSignedOut(Notice::parse(&json!({ "hushkey": 1, "iss": [iss], "sid": [sid] }).to_string()).expect("well formed"))
}

fn nameless() -> Event {
    Event::ProviderSignedOut(Notice::parse(r#"{"hushkey":1,"iss":[],"sid":[]}"#).expect("well formed"))
}

#[test]
fn lo_06_a_sign_out_at_the_provider_ends_the_session_that_it_names_and_no_other() {
    let mut world = front_channel("");
    for (iss, sid) in [
        ("https://as.example1", "ses_1"),
        ("https://as.example/", "ses_1"),
        ("https://AS.example", "ses_1"),
        ("http://as.example", "ses_1"),
        ("", "ses_1"),
        ("https://evil.example", "ses_1"),
        (ISSUER, "ses_2"),
        (ISSUER, "SES_1"),
        (ISSUER, "ses_1 "),
        (ISSUER, ""),
        ("", ""),
    ] {
        assert!(world.dispatch(notice(iss, sid)).person().is_some(), "{iss} {sid}");
        assert_eq!(world.reactions.last(), Some(&Reaction::Ignored(Ignored::OtherSession)), "{iss} {sid}");
    }
    assert_eq!(world.dispatch(notice(ISSUER, "ses_1")), View::SignedOut(Reason::SessionEnded));
    assert!(holds_nothing(&world) && world.told.is_empty() && world.left_for.is_none(), "nobody is sent anywhere");
    world.dispatch(notice(ISSUER, "ses_1"));
    assert_eq!(world.reactions.last(), Some(&Reaction::Ignored(Ignored::NotNow)), "LO-05: twice is no error");
}

#[test]
fn lo_06_a_session_without_a_sid_cannot_be_named() {
    let mut world = World::with(config(r#","frontchannel_logout":true"#));
    world.provider.tweak_id = Some(Box::new(|claims| drop(claims.as_object_mut().expect("claims").remove("sid"))));
    world.sign_in("/");
    for sid in ["ses_1", "", "null"] {
        assert!(world.dispatch(notice(ISSUER, sid)).person().is_some(), "{sid}");
    }
    assert_eq!(world.dispatch(nameless()), View::SignedOut(Reason::SessionEnded));
}

#[test]
fn lo_06_one_that_names_no_session_is_ignored_where_a_name_is_required() {
    let mut world = front_channel(r#","frontchannel_logout_session_required":true"#);
    assert!(world.dispatch(nameless()).person().is_some());
    assert_eq!(world.reactions.last(), Some(&Reaction::Ignored(Ignored::OtherSession)));
    assert_eq!(world.dispatch(notice(ISSUER, "ses_1")), View::SignedOut(Reason::SessionEnded));
    assert_eq!(front_channel("").dispatch(nameless()), View::SignedOut(Reason::SessionEnded));
}

#[test]
fn lo_06_it_is_off_unless_it_is_switched_on() {
    assert!(!World::new().config.has_frontchannel_logout() && front_channel("").config.has_frontchannel_logout());
    let refused = |extra: &str| {
        let block = format!(r#"{{"issuer":"{ISSUER}","client_id":"{CLIENT}"{extra}}}"#);
        Config::from_json(&block, APP).expect_err(extra).to_string()
    };
    assert!(refused(r#","frontchannel_logout":"/page.html""#).contains("frontchannel_logout"));
    assert!(refused(r#","frontchannel_logout":1"#).contains("frontchannel_logout"));
    let alone = refused(r#","frontchannel_logout_session_required":true"#);
    assert!(alone.contains("frontchannel_logout_session_required") && alone.contains("unless frontchannel_logout is true"), "{alone}");
}

#[test]
fn lo_07_afterwards_the_provider_is_believed_and_nobody_is_signed_in_by_it() {
    let mut world = front_channel("");
    world.provider.session = None;
    world.dispatch(notice(ISSUER, "ses_1"));
    assert_eq!(world.hint.last, Last::SignedOut, "the next page load may look, as after any end");
    assert_eq!(world.visit("/"), View::SignedOut(Reason::NoSession));

    // It does nothing to a page without a session, in whatever state that is.
    for path in ["/", "/signed-out", "/callback"] {
        let mut world = World::with(config(r#","frontchannel_logout":true"#));
        world.open(path);
        let before = world.state.view();
        assert_eq!(world.dispatch(notice(ISSUER, "ses_1")), before, "{path}");
        assert_eq!(world.reactions.last(), Some(&Reaction::Ignored(Ignored::NotNow)), "{path}");
    }
}

#[test]
fn lo_14_a_message_between_tabs_can_end_a_session_and_begin_none() {
    let world = World::new();
    for text in [
        r#"{"type":"login"}"#,
        r#"{"hushkey":1,"issuer":"https://as.example","client_id":"spac_1","event":"login"}"#,
        r#"{"hushkey":1,"issuer":"https://as.example","client_id":"spac_2","event":"signed_out"}"#,
        r#"{"hushkey":1,"issuer":"https://evil.example","client_id":"spac_1","event":"signed_out"}"#,
        r#"{"hushkey":1,"issuer":"https://as.example","client_id":"spac_1","event":"navigate","to":"https://evil.example"}"#,
        r#"{"hushkey":1,"issuer":"https://as.example","client_id":"spac_1","event":["signed_out"]}"#,
        r#"{"hushkey":1,"client_id":"spac_1","event":"signed_out"}"#,
    ] {
        assert_eq!(TabMessage::parse(text, &world.config), None, "{text}");
    }
    // What is understood makes a tab that is signed in follow, and never takes it anywhere; what was sent names nobody.
    let mut world = World::new();
    world.sign_in("/account");
    let ended = TabMessage::SignedOut { at: Some(world.now.wall) }.to_text(&world.config);
    assert!(!ended.contains("usr_1") && !ended.contains("ses_1") && !world.provider.secrets.iter().any(|secret| ended.contains(secret)));
    world.dispatch(Event::OtherTabSignedOut { at: None });
    assert!(world.left_for.is_none() && holds_nothing(&world));
}

#[test]
fn lo_15_a_page_from_the_cache_shows_nothing_of_a_session_that_ended_meanwhile() {
    let away = World::new().now.plus(seconds(60));
    // Signed out elsewhere; and perhaps somebody has signed in again since: the epoch moved all the same.
    for last in [Last::SignedOutByChoice, Last::SignedIn] {
        let mut world = World::new();
        world.sign_in("/account");
        let hint = Hint { signed_out: Some(away.wall), last, ..world.hint };
        assert_eq!(world.dispatch(Event::PageReturned { hint }).person(), None, "before anything is drawn");
        assert!(holds_nothing(&world), "{last:?}");
    }
}

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
fn lo_06_12_endpoints_of_what_is_not_configured_are_never_called() {
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
