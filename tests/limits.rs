//! Where something ends: how often, how long, and what is asked of the state meanwhile.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Config, Destination, Reason, SignInOptions, View,
    protocol::{
        api::TokenAnswer,
        hint::{Frames, Hint},
        machine::{Ignored, Reaction},
        turn::Event,
    },
};
use std::time::Duration;
use support::{APP, CLIENT, ISSUER, World, code_of, name, seconds};

/// The page is back from the provider with a code, and nobody has answered anything yet.
fn completing() -> World {
    let mut world = World::new();
    world.provider.session = Some("usr_1".into());
    world.open("/");
    world.dispatch(Event::SignInChosen(SignInOptions::default()));
    world.follow();
    assert_eq!(world.state.view(), View::Completing);
    world
}

#[test]
fn what_has_to_be_restored_is_what_shows_somebody() {
    let mut world = World::new();
    world.open("/");
    assert!(!world.state.shows_what_has_to_be_restored());
    world.settle();
    assert!(!world.state.shows_what_has_to_be_restored());
    world.sign_in("/");
    assert!(world.state.shows_what_has_to_be_restored());
}

#[test]
fn a_page_that_comes_back_brings_news_only_if_something_was_remembered_meanwhile() {
    let mut world = completing();
    let same = world.hint;
    world.dispatch(Event::PageReturned { hint: same });
    assert_eq!(world.reactions.last(), Some(&Reaction::Ignored(Ignored::NotNow)));
    let other = Hint { frames: Frames::Work, ..same };
    world.dispatch(Event::PageReturned { hint: other });
    assert_eq!(world.reactions.last(), Some(&Reaction::Taken));
    assert_eq!(world.state.view(), View::Completing);
}

#[test]
fn a_code_that_nobody_takes_is_given_up_in_time_and_not_before() {
    let mut world = completing();
    world.dispatch(Event::Ticked);
    assert_eq!(world.reactions.last(), Some(&Reaction::Ignored(Ignored::Early)));
    let deadline = world.state.deadline().expect("a deadline");
    world.now = world.now.plus(deadline.from_now(world.now));
    world.dispatch(Event::Ticked);
    assert_eq!(code_of(&world.state.view()), "network_timeout");
    assert_eq!(name(&world.pass(seconds(60))), Some("Name of usr_1"), "and the provider, which knows the person by now, is asked silently");
}

#[test]
fn a_restore_is_given_up_after_eight_failures_in_a_row() {
    let mut world = World::new();
    world.provider_is_down(true);
    world.visit("/");
    world.pass(seconds(3600));
    assert!(matches!(world.state.view(), View::SignedOut(Reason::Problem(_))));
    assert_eq!(world.reported.iter().filter(|code| code.starts_with("network")).count(), 8, "{:?}", world.reported);
}

#[test]
fn a_provider_that_can_be_reached_and_is_silent_in_frames_is_asked_there_twice() {
    let mut world = World::new();
    // Frames have worked here, so that it may pass.
    world.hint.frames = Frames::Work;
    world.provider.frames_refused = true;
    world.visit("/");
    world.pass(seconds(3600));
    assert_eq!(world.state.view(), View::SignedOut(Reason::NoSession));
    assert_eq!(world.reported.iter().filter(|code| code.starts_with("silent")).count(), 2, "{:?}", world.reported);
}

#[test]
fn whoever_is_in_a_hurry_leaves_as_soon_as_it_is_known_where_to() {
    let block = format!(r#"{{"issuer":"{ISSUER}","client_id":"{CLIENT}","algorithms":["EdDSA"]}}"#);
    for down in [false, true] {
        let mut world = World::with(Config::from_json(&block, APP).expect("good"));
        world.open("/");
        world.dispatch(Event::SignInChosen(SignInOptions::default()));
        assert_eq!((world.state.view(), world.left_for.clone()), (View::Leaving(Destination::SignIn), None));
        world.provider_is_down(down);
        let view = world.settle();
        assert_eq!(world.left_for.is_some(), !down);
        assert_eq!(matches!(view, View::SignedOut(Reason::Problem(_))), down, "{view:?}");
    }
}

#[test]
fn metadata_are_good_for_an_hour_to_the_millisecond() {
    let block = format!(r#"{{"issuer":"{ISSUER}","client_id":"{CLIENT}","algorithms":["EdDSA"]}}"#);
    for (age, asked) in [(3_599_999, false), (3_600_000, true)] {
        let mut world = World::with(Config::from_json(&block, APP).expect("good"));
        world.provider.session = Some("usr_1".into());
        world.provider.lifetime = 7200;
        world.visit("/");
        world.now = world.now.plus(Duration::from_millis(age));
        world.dispatch(Event::RenewalChosen);
        let again = world.requests.iter().any(|(_, request)| request.url.contains("/.well-known/"));
        assert_eq!(again, asked, "{age} ms");
    }
}

#[test]
fn calls_wait_while_the_page_leaves_to_look_for_the_session_and_not_while_it_leaves_to_sign_in() {
    const API: &str = "https://api.example/";
    let mut world = support::blocked("/");
    assert_eq!(world.visit("/"), View::Leaving(Destination::Lookup));
    assert!(matches!(world.state.token_for(API, world.now, &world.config), TokenAnswer::Wait));
    let mut world = World::new();
    world.visit("/");
    assert_eq!(world.dispatch(Event::SignInChosen(SignInOptions::default())), View::Leaving(Destination::SignIn));
    assert!(matches!(world.state.token_for(API, world.now, &world.config), TokenAnswer::SignedOut));
}
