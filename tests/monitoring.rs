//! Session monitoring: what the provider's page says is a reason to ask, and nothing more.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Reason, View,
    protocol::{
        config::Config,
        hint::Frames,
        machine::Reaction,
        monitoring::{Watch, Word},
        turn::Event,
    },
};
use std::time::Duration;
use support::{APP, CLIENT, ISSUER, World, name};

/// Somebody who was brought back by a frame, at a provider that has the page.
fn watched(page: &str, session_state: &'static str) -> World {
    let block = format!(
        r#"{{"metadata":{{"issuer":"{ISSUER}","authorization_endpoint":"{ISSUER}/authorize","token_endpoint":"{ISSUER}/token","jwks_uri":"{ISSUER}/keys",
        "check_session_iframe":"{page}"}},"client_id":"{CLIENT}","algorithms":["EdDSA"],"scopes":"openid"}}"#
    );
    let mut world = World::with(Config::from_json(&block, APP).expect("good"));
    world.provider.tweak_answer = Some(Box::new(move |answer| {
        answer.push_str("&session_state=");
        answer.push_str(session_state);
    }));
    world.sign_in("/");
    assert!(world.state.watch(&world.config).is_none(), "what frames are worth is not known yet");
    world.visit("/");
    world
}

fn watch(world: &World) -> Option<Watch> {
    world.state.watch(&world.config)
}

#[test]
fn lo_08_page_origin_and_question_are_of_the_metadata() {
    let world = watched("https://as.example/check?x=1", "abc.salt");
    let watch = watch(&world).expect("it is watched");
    assert_eq!((watch.frame.as_str(), watch.origin.as_str()), ("https://as.example/check?x=1", "https://as.example"));
    assert_eq!(watch.question, format!("{CLIENT} abc.salt"));
    for unusable in ["http://as.example/check", "javascript:alert(1)", "/check", ""] {
        assert!(self::watch(&watched(unusable, "abc.salt")).is_none(), "{unusable}");
    }
}

#[test]
fn lo_08_a_redirect_tells_what_the_session_is_called_and_a_refresh_keeps_it() {
    let block = format!(
        r#"{{"metadata":{{"issuer":"{ISSUER}","authorization_endpoint":"{ISSUER}/authorize","token_endpoint":"{ISSUER}/token","jwks_uri":"{ISSUER}/keys",
        "check_session_iframe":"https://as.example/check"}},"client_id":"{CLIENT}","algorithms":["EdDSA"],"scopes":"openid offline_access"}}"#
    );
    let mut world = World::with(Config::from_json(&block, APP).expect("good"));
    world.hint.frames = Frames::Work;
    world.provider.issues_refresh_tokens = true;
    world.provider.tweak_answer = Some(Box::new(|answer| answer.push_str("&session_state=by.redirect")));
    world.sign_in("/");
    let question = |world: &World| watch(world).map(|watch| watch.question);
    let expected = Some(format!("{CLIENT} by.redirect"));
    assert_eq!(question(&world), expected);
    // A refresh has no authorization response that could tell it anew.
    world.dispatch(Event::RenewalChosen);
    world.settle();
    assert_eq!(world.redeemed("refresh_token"), 1);
    assert_eq!(question(&world), expected);
}

#[test]
fn lo_11_a_session_state_with_a_blank_is_none() {
    for bad in ["a%20b", "a+b", ""] {
        assert!(watch(&watched("https://as.example/check", bad)).is_none(), "{bad}");
    }
}

#[test]
fn lo_10_changed_asks_silently_and_finds_what_is_true() {
    // The same person, another, and nobody.
    for (now, after) in [(Some("usr_1"), Some("Name of usr_1")), (Some("usr_2"), Some("Name of usr_2")), (None, None)] {
        let mut world = watched("https://as.example/check", "abc.salt");
        world.provider.session = now.map(str::to_owned);
        let asked = world.provider.asked.len();
        world.dispatch(Event::SessionWatched(Word::Changed));
        assert!(world.state.is_renewing() && watch(&world).is_none(), "it is not asked twice");
        world.settle();
        assert_eq!(name(&world.state.view()), after);
        assert_eq!(world.provider.asked[asked]["prompt"], "none");
        assert!(world.provider.asked[asked].contains_key("id_token_hint"));
        match now {
            Some(_) => assert!(watch(&world).is_some(), "and goes on"),
            None => assert_eq!(world.state.view(), View::SignedOut(Reason::SessionEnded)),
        }
    }
}

#[test]
fn lo_10_error_ends_the_watching_and_nothing_else() {
    let mut world = watched("https://as.example/check", "abc.salt");
    let asked = world.provider.asked.len();
    for taken in [true, false, false, false, false] {
        world.dispatch(Event::SessionWatched(Word::Error));
        assert_eq!(world.reactions.last() == Some(&Reaction::Taken), taken, "it is news once");
        world.settle();
    }
    assert_eq!((name(&world.state.view()), world.provider.asked.len()), (Some("Name of usr_1"), asked));
    assert!(watch(&world).is_none());
    world.dispatch(Event::RenewalChosen);
    world.settle();
    assert!(watch(&world).is_none(), "also after a renewal");
}

#[test]
fn lo_11_a_page_that_always_says_changed_is_not_believed_for_long() {
    let mut world = watched("https://as.example/check", "abc.salt");
    let asked = world.provider.asked.len();
    for _ in 0..20 {
        world.dispatch(Event::SessionWatched(Word::Changed));
        world.settle();
        world.pass(Duration::from_secs(5));
    }
    assert_eq!(world.provider.asked.len() - asked, 3);
    assert!(watch(&world).is_none() && name(&world.state.view()).is_some());
}

#[test]
fn lo_08_nothing_is_watched_that_nobody_looks_at_or_that_is_over() {
    let mut world = watched("https://as.example/check", "abc.salt");
    world.dispatch(Event::Woke { visible: false });
    assert!(watch(&world).is_none());
    world.dispatch(Event::Woke { visible: true });
    assert!(watch(&world).is_some());
    world.dispatch(Event::SignOutChosen);
    assert!(watch(&world).is_none());
    world.dispatch(Event::SessionWatched(Word::Changed));
    assert!(!world.state.is_renewing());
}

#[test]
fn lo_08_a_refresh_keeps_what_is_watched() {
    let mut world = watched("https://as.example/check", "abc.salt");
    world.provider.issues_refresh_tokens = true;
    world.visit("/");
    let before = watch(&world);
    world.dispatch(Event::RenewalChosen);
    world.settle();
    assert!(world.redeemed("refresh_token") > 0 && before.is_some());
    assert_eq!(watch(&world), before);
}
