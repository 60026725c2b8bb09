//! Every answer that is waited for has a ticket of its own. One with another ticket, as that of an attempt that was given up, moves nothing, however good
//! it is.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::protocol::{
    examination::{Evidence, Manners},
    machine::Reaction,
    transaction::Ticket,
    turn::{Event, Verdict},
};
use support::{World, config, empty_answer, name, relay_page, seconds};

/// Somebody is signed in, and an attempt to renew that has come to its end.
fn after_a_renewal(config: hushkey::Config) -> (World, Ticket) {
    let mut world = World::with(config);
    world.sign_in("/");
    world.visit("/");
    world.dispatch(Event::RenewalChosen);
    let ticket = world.frames.first().expect("a frame").0;
    world.settle();
    assert!(!world.state.is_renewing());
    (world, ticket)
}

fn is_ignored(world: &mut World, event: Event) {
    let what = format!("{event:?}");
    world.dispatch(event);
    assert!(matches!(world.reactions.last(), Some(Reaction::Ignored(_))), "{what}");
}

#[test]
fn a_frame_that_was_given_up_says_nothing_to_the_next() {
    let (mut world, old) = after_a_renewal(config(""));
    world.dispatch(Event::RenewalChosen);
    let (own, url) = world.frames.remove(0);
    let answer = world.provider.authorize_in_frame(&url, world.now.wall);
    world.frame_says(old, &answer);
    assert!(matches!(world.reactions.last(), Some(Reaction::Ignored(_))) && world.requests.is_empty());
    is_ignored(&mut world, Event::FrameLoaded { ticket: old });
    is_ignored(&mut world, Event::FrameForbidden { ticket: old });
    // Nor is it too late on account of the other one.
    world.now = world.now.plus(seconds(60));
    world.frame_says(old, &answer);
    assert!(matches!(world.reactions.last(), Some(Reaction::Ignored(_))) && world.state.is_renewing());
    assert!(world.state.holds(own) && !world.state.holds(old));
}

#[test]
fn an_answer_to_another_request_redeems_nothing() {
    let (mut world, old) = after_a_renewal(config(""));
    world.dispatch(Event::RenewalChosen);
    let (frame, url) = world.frames.remove(0);
    let answer = world.provider.authorize_in_frame(&url, world.now.wall);
    world.frame_says(frame, &answer);
    let (own, request) = world.requests.remove(0);
    for ticket in [old, frame] {
        is_ignored(&mut world, Event::Responded { ticket, outcome: Ok(empty_answer()) });
    }
    assert!(world.state.holds(own) && !world.state.holds(frame));
    let outcome = world.provider.http(&request, world.now.wall);
    world.dispatch(Event::Responded { ticket: own, outcome });

    let (own, verdict) = world.checks.remove(0);
    for ticket in [old, frame] {
        is_ignored(&mut world, Event::Verified { ticket, verdict });
    }
    is_ignored(&mut world, Event::Verified { ticket: old, verdict: Verdict::Invalid(0) });
    assert!(world.state.is_renewing());
    world.dispatch(Event::Verified { ticket: own, verdict });
    assert!(!world.state.is_renewing() && name(&world.state.view()) == Some("Name of usr_1"));
}

#[test]
fn what_was_found_out_about_another_frame_is_not_about_this_one() {
    let (mut world, old) = after_a_renewal(config(""));
    world.dispatch(Event::RenewalChosen);
    let deadline = world.state.deadline().expect("a deadline");
    world.now = world.now.plus(deadline.from_now(world.now));
    world.dispatch(Event::Ticked);
    let own = *world.examinations.first().expect("it is looked at why the frame is silent");
    let evidence = || Evidence { relay: Ok(relay_page()), provider: Manners::Redirects, isolated: false };
    is_ignored(&mut world, Event::Examined { ticket: old, evidence: evidence() });
    assert!(world.state.holds(own));
    world.dispatch(Event::Examined { ticket: own, evidence: evidence() });
    assert!(!world.state.holds(own));
}

#[test]
fn nobody_who_waits_for_nothing_takes_an_answer() {
    for extra in ["", r#","userinfo":true"#, r#","userinfo":"signed""#] {
        let (mut world, old) = after_a_renewal(config(extra));
        is_ignored(&mut world, Event::Responded { ticket: old, outcome: Ok(empty_answer()) });
        is_ignored(&mut world, Event::Verified { ticket: old, verdict: Verdict::Valid });
        is_ignored(&mut world, Event::Verified { ticket: old, verdict: Verdict::Invalid(0) });
    }
}
