//! The head start: taken over once, checked like anything else from outside, and never needed.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    View,
    protocol::{
        early::Early,
        secret::{Nonce, SensitiveUrl, StateParameter, Verifier},
        turn::Event,
    },
};
use std::time::Duration;
use support::{World, name};

fn early(world: &World, state: &str, nonce: &str, verifier: &str) -> Early {
    Early {
        state: StateParameter::new(state),
        nonce: Nonce::new(nonce),
        verifier: Verifier::new(verifier),
        url: SensitiveUrl::new(support::early_address(state, nonce, verifier)),
        begun: world.now,
    }
}

fn value(letter: char) -> String {
    letter.to_string().repeat(43)
}

/// A page whose inline script has asked, and the address that its frame came to rest at.
fn begun(world: &mut World) -> String {
    let (state, nonce, verifier) = (value('s'), value('n'), value('v'));
    world.early = Some(early(world, &state, &nonce, &verifier));
    let url = support::early_address(&state, &nonce, &verifier);
    world.provider.authorize_in_frame(&url, world.now.wall)
}

#[test]
fn si_02_the_attempt_of_the_page_is_gone_on_with_and_no_other_is_begun() {
    let mut world = World::new();
    world.provider.session = Some("usr_1".into());
    let answer = begun(&mut world);
    world.now = world.now.plus(Duration::from_millis(80));
    world.open("/account");
    assert!(world.frames.is_empty(), "no second frame");
    let ticket = world.adopted.pop().expect("it is adopted");
    world.frame_says(ticket, &answer);
    assert_eq!(name(&world.settle()), Some("Name of usr_1"));
    assert_eq!(world.provider.asked.len(), 1);
}

#[test]
fn si_02_what_is_not_sound_is_not_taken_over() {
    let good = [value('a'), value('b'), value('c')];
    let mut bad: Vec<[String; 3]> = (0..3)
        .flat_map(|place| {
            ["", "short", &"x".repeat(44), &format!("{}=", "x".repeat(42))].map(|text| {
                let mut values = good.clone();
                values[place] = text.to_owned();
                values
            })
        })
        .collect();
    bad.push([value('a'), value('a'), value('c')]);
    bad.push([value('a'), value('b'), value('a')]);
    for [state, nonce, verifier] in bad {
        let mut world = World::new();
        world.early = Some(early(&world, &state, &nonce, &verifier));
        world.open("/");
        assert!(world.adopted.is_empty() && world.frames.len() == 1, "{state} {nonce} {verifier}");
    }
}

#[test]
fn si_02_a_frame_that_went_elsewhere_is_not_taken_over() {
    let changes: [(&str, &str); 12] = [
        ("https://as.example", "https://evil.example"),
        ("/authorize?", "/authorize2?"),
        ("client_id=spac_1", "client_id=spac_2"),
        ("silent-refresh.html", "other.html"),
        ("scope=openid+profile+email", "scope=openid"),
        ("state=sss", "state=xss"),
        ("nonce=nnn", "nonce=xnn"),
        ("code_challenge=", "code_challenge=x"),
        ("S256", "plain"),
        ("prompt=none", "prompt=login"),
        ("&prompt=none", ""),
        ("prompt=none", "prompt=none&resource=x"),
    ];
    for (this, that) in changes {
        let mut world = World::new();
        let address = begun(&mut world);
        let early = world.early.as_mut().expect("it was begun");
        early.url = SensitiveUrl::new(early.url.expose().replacen(this, that, 1));
        assert!(!address.is_empty());
        world.open("/");
        assert!(world.adopted.is_empty() && world.frames.len() == 1, "{that}");
    }
}

#[test]
fn si_11_a_head_start_that_is_too_old_is_not_taken_over() {
    let mut world = World::new();
    begun(&mut world);
    world.now = world.now.plus(Duration::from_secs(10));
    world.open("/");
    assert!(world.adopted.is_empty() && world.frames.len() == 1);
}

#[test]
fn si_11_its_time_runs_from_when_the_page_began() {
    let mut world = World::new();
    begun(&mut world);
    world.now = world.now.plus(Duration::from_secs(4));
    world.open("/");
    assert_eq!(world.state.deadline().map(|deadline| deadline.from_now(world.now)), Some(Duration::from_secs(6)));
}

#[test]
fn si_16_somebody_who_signed_out_is_not_found_by_a_head_start_either() {
    let mut world = World::new();
    world.sign_in("/");
    world.dispatch(Event::SignOutChosen);
    world.provider.session = Some("usr_1".into());
    begun(&mut world);
    assert!(matches!(world.open("/"), View::SignedOut(_)));
    world.dispatch(Event::RetryChosen);
    assert!(world.adopted.is_empty() && world.frames.len() == 1, "nor later, when it is old");
}
