//! Sessions that must not be lost to clocks and networks.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    View,
    protocol::{api::TokenAnswer, error::NetworkFailure, hint::Frames, http::HttpResponse, secret::Body, turn::Event},
};
use support::{World, code_of, config, name, seconds};

const API: &str = "https://api.example/";

// ------------------------------------------------------------------------------------------------------------------ time

#[test]
fn tr_10_a_wall_clock_that_is_put_back_keeps_no_token_alive() {
    let mut world = World::new();
    world.sign_in("/");
    let grants = world.redeemed("authorization_code");
    world.now.wall = world.now.wall.minus(seconds(86_400));
    world.pass(seconds(241));
    assert_eq!(world.redeemed("authorization_code"), grants + 1, "the other clock says that it is time");
    assert!(matches!(world.state.view(), View::SignedIn(_)));
}

#[test]
fn id_28_a_clock_a_day_wrong_ends_no_session_and_is_told() {
    let mut world = World::new();
    world.sign_in("/");
    // The device's clock jumps ahead by a day; the provider's does not.
    let day = seconds(86_400);
    let true_time = world.now.wall;
    world.now.wall = true_time.plus(day);
    world.provider.clock = Some(true_time);
    world.dispatch(Event::Woke { visible: true });
    assert!(matches!(world.settle(), View::SignedIn(_)), "it is kept");
    assert!(world.log.iter().any(|line| line.contains("Report(IdToken") && line.contains("84600s")), "and the developer is told why");
    assert!(matches!(world.state.token_for(API, world.now, &world.config), TokenAnswer::Attach { .. }), "by the clock that nobody set");
    // On a page load nothing can be believed, and the person reads what to do; once they did, it goes on by itself.
    assert_eq!(code_of(&world.visit("/")), "id_token_exp");
    // An answer that is refused for its times is no reason to ask for another at once: FAPI 2.0's tests allow nothing for five seconds.
    let asked = world.provider.asked.len();
    world.pass(seconds(5));
    assert_eq!(world.provider.asked.len(), asked);
    world.now.wall = true_time;
    world.provider.clock = None;
    assert!(matches!(world.pass(seconds(5)), View::SignedIn(_)));
}

#[test]
fn si_23_a_page_that_nobody_looks_at_waits_until_somebody_does() {
    let mut world = World::new();
    world.provider.session = Some("usr_1".into());
    world.visible = false;
    assert_eq!(world.visit("/"), View::Restoring { delay: None });
    assert_eq!(world.state.deadline(), None);
    world.pass(seconds(3600));
    world.dispatch(Event::Woke { visible: false });
    assert!(world.provider.asked.is_empty() && world.frames.is_empty());
    world.dispatch(Event::Woke { visible: true });
    assert_eq!(name(&world.settle()), Some("Name of usr_1"));
}

// --------------------------------------------------------------------------------------------------------------- network

#[test]
fn tr_18_a_doubtful_refresh_token_is_the_last_resort() {
    let mut world = World::with(config(r#","scopes":"openid offline_access""#));
    world.provider.issues_refresh_tokens = true;
    world.sign_in("/");
    // The request never arrived, but that cannot be known.
    world.provider_is_down(true);
    world.dispatch(Event::RenewalChosen);
    world.settle();
    world.provider_is_down(false);
    // Frames find nobody any more, so it is used after all.
    world.provider.cookies_blocked = true;
    let asked = world.provider.asked.len();
    assert!(matches!(world.pass(seconds(5)), View::SignedIn(_)));
    assert_eq!(
        (world.provider.asked.len(), world.redeemed("refresh_token")),
        (asked + 2, 1),
        "a frame, with and without hint, then the token"
    );
    assert!(!world.state.is_renewing());
}

#[test]
fn tr_18_a_doubtful_refresh_token_is_used_where_a_frame_would_find_nobody() {
    for blocked in [true, false] {
        let mut world = World::with(config(r#","scopes":"openid offline_access""#));
        world.provider.issues_refresh_tokens = true;
        world.sign_in("/");
        if blocked {
            world.hint.frames = Frames::Blocked { found: world.now.wall };
            world.visit("/");
            world.follow();
        } else {
            world.open("/");
        }
        world.settle();
        world.provider_is_down(true);
        world.dispatch(Event::RenewalChosen);
        world.settle();
        world.provider_is_down(false);
        let asked = (world.provider.asked.len(), world.redeemed("refresh_token"));
        assert!(matches!(world.pass(seconds(5)), View::SignedIn(_)));
        let now = (world.provider.asked.len(), world.redeemed("refresh_token"));
        assert_eq!((now.0 - asked.0, now.1 - asked.1), if blocked { (0, 1) } else { (1, 0) });
    }
}

#[test]
fn tr_18_a_refresh_token_is_in_doubt_only_if_the_request_may_have_been_carried_out() {
    use NetworkFailure::{Offline, Timeout, Unavailable, Unreachable};
    let status = |status| Unavailable { status, retry_after: None };
    for (failure, in_doubt) in
        [(Offline, false), (status(429), false), (Timeout, true), (Unreachable, true), (status(500), true), (status(503), true)]
    {
        let mut world = World::with(config(r#","scopes":"openid offline_access""#));
        world.provider.issues_refresh_tokens = true;
        world.sign_in("/");
        world.provider.down = Some(failure);
        world.dispatch(Event::RenewalChosen);
        world.settle();
        world.provider.down = None;
        let (asked, used) = (world.provider.asked.len(), world.redeemed("refresh_token"));
        world.pass(seconds(5));
        let now = (world.provider.asked.len() - asked, world.redeemed("refresh_token") - used);
        assert_eq!(now, if in_doubt { (1, 0) } else { (0, 1) }, "{failure:?}");
    }
}

#[test]
fn si_13_a_provider_that_asks_for_time_is_not_asked_before() {
    let mut world = World::new();
    world.sign_in("/");
    world.provider.tweak_http = Some(Box::new(|response| {
        *response = HttpResponse { status: 429, content_type: None, retry_after: Some(seconds(20)), body: Body::new("") };
    }));
    world.dispatch(Event::RenewalChosen);
    world.settle();
    let called = world.provider.called.len();
    world.provider.tweak_http = None;
    for visible in [true, false, true] {
        world.dispatch(Event::Woke { visible });
        world.settle();
    }
    world.pass(seconds(19));
    assert_eq!(world.provider.called.len(), called, "it is left alone");
    world.pass(seconds(3));
    assert!(world.provider.called.len() > called && !world.state.is_renewing());
}

#[test]
fn a_pause_ends_early_when_somebody_looks_and_not_when_they_look_away() {
    for signed_in in [false, true] {
        let mut world = World::new();
        if signed_in {
            world.sign_in("/");
        }
        world.provider_is_down(true);
        if signed_in {
            world.dispatch(Event::RenewalChosen);
        } else {
            world.open("/");
        }
        world.settle();
        // The frame was not answered; the examination found nobody there.
        let limit = world.state.deadline().expect("it waits").from_now(world.now);
        world.pass(limit);
        let called = world.provider.asked.len() + world.frames.len() + world.requests.len() + world.provider.called.len();
        let now = |world: &World| world.provider.asked.len() + world.frames.len() + world.requests.len() + world.provider.called.len();
        world.dispatch(Event::Woke { visible: false });
        assert_eq!(now(&world), called, "signed in: {signed_in}");
        world.dispatch(Event::Woke { visible: true });
        assert!(now(&world) > called, "signed in: {signed_in}");
    }
}
