//! Sessions in several tabs, apps and organisations: what one learns from another.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Destination, Reason, View,
    protocol::{
        hint::{Frames, News},
        machine::{Ignored, Reaction},
        turn::Event,
    },
};
use support::{World, blocked, config, name, seconds, whose};

// ------------------------------------------------------------------------------------------------------------ other tabs

/// What another tab tells when this person signs in there.
fn signed_in_elsewhere(world: &World, subject: &str) -> Event {
    Event::OtherTabSignedIn(whose(world, subject))
}

#[test]
fn lo_14_once_somebody_else_is_there_the_refresh_token_of_the_old_session_is_not_used() {
    let mut world = World::with(config(r#","scopes":"openid offline_access""#));
    world.provider.issues_refresh_tokens = true;
    world.sign_in("/");
    world.visit("/");
    world.dispatch(Event::Woke { visible: false });
    world.dispatch(signed_in_elsewhere(&world, "usr_2"));
    assert!(!world.state.is_renewing(), "nobody looks");
    world.dispatch(Event::RenewalChosen);
    assert!(world.requests.is_empty() && world.frames.len() == 1, "whoever is there is asked for");
}

#[test]
fn si_14_a_refresh_token_does_not_bring_the_old_person_back_where_somebody_else_was() {
    for doubtful in [true, false] {
        let mut world = World::with(config(r#","scopes":"openid offline_access""#));
        world.provider.issues_refresh_tokens = true;
        world.sign_in("/");
        world.visit("/");
        if doubtful {
            world.provider_is_down(true);
            world.dispatch(Event::RenewalChosen);
            world.settle();
            world.provider_is_down(false);
        }
        // Somebody else signed in, and is gone by the time that it is looked.
        world.dispatch(signed_in_elsewhere(&world, "usr_2"));
        world.provider.session = None;
        let grants = world.provider.grants.len();
        world.settle();
        assert_eq!(world.pass(seconds(5)), View::SignedOut(Reason::SessionEnded), "{doubtful}");
        assert_eq!(world.provider.grants.len(), grants, "{doubtful}");
    }
}

#[test]
fn si_14_somebody_else_whom_the_provider_has_to_ask_something_first_takes_the_place_of_nobody_and_of_no_session() {
    let mut world = World::new();
    world.sign_in("/");
    world.visit("/");
    world.provider.session = Some("usr_2".into());
    world.provider.refuses = Some("consent_required");
    world.dispatch(signed_in_elsewhere(&world, "usr_2"));
    assert_eq!(world.settle(), View::SignedOut(Reason::AccountChanged));
}

#[test]
fn lo_14_a_sign_out_in_another_tab_is_one_from_an_open_window_too() {
    let mut world = World::new();
    world.visit("/");
    world.dispatch(Event::SignInChosen(hushkey::SignInOptions { popup: true, ..Default::default() }));
    assert!(world.state.has_popup());
    world.dispatch(Event::OtherTabSignedOut { at: None });
    assert!(!world.state.has_popup());
}

#[test]
fn si_14_the_other_tabs_hear_of_another_person_and_not_of_a_renewal() {
    let mut world = World::new();
    world.sign_in("/");
    world.visit("/");
    world.told.clear();
    for (subject, told) in [("usr_1", 0), ("usr_2", 1)] {
        world.provider.session = Some(subject.into());
        world.dispatch(signed_in_elsewhere(&world, subject));
        world.dispatch(Event::RenewalChosen);
        world.settle();
        assert_eq!(name(&world.state.view()), Some(format!("Name of {subject}").as_str()));
        assert_eq!(world.told.len(), told, "{subject}");
    }
}

#[test]
fn lo_14_a_sign_in_in_another_tab_brings_this_one_in() {
    let mut world = World::new();
    assert_eq!(world.visit("/"), View::SignedOut(Reason::NoSession));
    world.provider.session = Some("usr_1".into());
    world.dispatch(signed_in_elsewhere(&world, "usr_1"));
    assert_eq!(name(&world.settle()), Some("Name of usr_1"));
    assert!(world.told.is_empty(), "it is not told on");

    // Where frames find nobody it says so, and goes nowhere by itself, whatever the page needs.
    let mut world = World::new();
    world.provider.cookies_blocked = true;
    world.visit("/");
    world.provider.session = Some("usr_1".into());
    world.dispatch(signed_in_elsewhere(&world, "usr_1"));
    world.dispatch(Event::SignInNeeded { place: "/account".into() });
    assert_eq!(world.settle(), View::SignedOut(Reason::SignedInElsewhere));
    assert_eq!(world.left_for, None);

    // Where frames can be believed, and they are gone again by then, nobody is there.
    let mut world = World::new();
    world.sign_in("/");
    world.visit("/");
    world.provider.session = None;
    world.visit("/");
    world.follow();
    assert_eq!(world.settle(), View::SignedOut(Reason::NoSession));
    world.dispatch(signed_in_elsewhere(&world, "usr_1"));
    assert_eq!(world.settle(), View::SignedOut(Reason::NoSession));
    world.dispatch(Event::SignInNeeded { place: "/account".into() });
    assert_eq!(world.reactions.last(), Some(&Reaction::Ignored(Ignored::NotNow)), "for that it goes nowhere by itself");
}

#[test]
fn lo_14_a_hidden_tab_follows_when_it_is_seen() {
    let mut world = World::new();
    world.visit("/");
    world.dispatch(Event::Woke { visible: false });
    world.provider.session = Some("usr_1".into());
    let asked = world.provider.asked.len();
    world.dispatch(signed_in_elsewhere(&world, "usr_1"));
    world.settle();
    assert_eq!(world.provider.asked.len(), asked);
    world.dispatch(Event::Woke { visible: true });
    assert_eq!(name(&world.settle()), Some("Name of usr_1"));
}

#[test]
fn si_14_another_person_in_another_tab_takes_this_one_over() {
    let mut world = World::new();
    world.sign_in("/");
    world.visit("/"); // a frame has worked here
    let asked = world.provider.asked.len();
    world.dispatch(signed_in_elsewhere(&world, "usr_1"));
    world.settle();
    assert_eq!(world.provider.asked.len(), asked, "the same person is no news");
    world.provider.session = Some("usr_2".into());
    world.dispatch(signed_in_elsewhere(&world, "usr_2"));
    assert_eq!(name(&world.settle()), Some("Name of usr_2"));

    // Where frames cannot tell who it is, at least nobody is shown who may not be there.
    let mut world = blocked("/");
    world.dispatch(signed_in_elsewhere(&world, "usr_2"));
    assert_eq!(world.state.view(), View::SignedOut(Reason::AccountChanged));
    assert_eq!(world.state.token_expires_at(), None);
    world.dispatch(signed_in_elsewhere(&world, "usr_2"));
    assert_eq!(world.settle(), View::SignedOut(Reason::AccountChanged), "hearing it again tells nothing else");

    // A tab that nobody looked at meanwhile has missed nothing.
    let mut world = World::new();
    world.sign_in("/");
    world.visit("/");
    world.dispatch(Event::Woke { visible: false });
    world.dispatch(signed_in_elsewhere(&world, "usr_2"));
    world.dispatch(signed_in_elsewhere(&world, "usr_1"));
    let asked = world.provider.asked.len();
    world.dispatch(Event::Woke { visible: true });
    assert_eq!(name(&world.settle()), Some("Name of usr_1"));
    assert_eq!(world.provider.asked.len(), asked);
}

#[test]
fn lo_15_a_sign_out_in_another_app_is_noticed_when_the_person_comes_back() {
    let mut world = World::with(config(r#","scopes":"openid offline_access","recheck_interval":600"#));
    world.provider.issues_refresh_tokens = true;
    world.provider.lifetime = 3600;
    world.sign_in("/");
    world.visit("/");
    // With the refresh tokens of it, as providers do.
    world.provider.session = None;
    world.provider.refresh_tokens.clear();
    world.now = world.now.plus(seconds(599));
    world.dispatch(Event::Woke { visible: true });
    assert!(matches!(world.settle(), View::SignedIn(_)), "it is not asked at every turn");
    world.now = world.now.plus(seconds(2));
    world.dispatch(Event::Woke { visible: false });
    assert!(matches!(world.settle(), View::SignedIn(_)));
    world.dispatch(Event::Woke { visible: true });
    assert_eq!(world.settle(), View::SignedOut(Reason::SessionEnded));
}

// --------------------------------------------------------------------------------------------------------- organisations

#[test]
fn an_organisation_is_switched_silently_where_the_provider_does_that() {
    let mut world = World::new();
    world.provider.organization = Some("org_1".to_owned());
    let before = world.sign_in("/");
    assert_eq!(before.person().unwrap().organization.as_deref(), Some("org_1"));
    world.provider.follows_organization = true;
    world.dispatch(Event::OrganizationChosen { id: "org_2".into() });
    assert_eq!(world.state.view(), before, "until then nothing changes");
    let view = world.settle();
    assert_eq!(view.person().unwrap().organization.as_deref(), Some("org_2"));
    assert_eq!(world.left_for, None);
}

#[test]
fn tr_17_a_refresh_token_does_not_lead_back_to_the_organisation_that_was_left() {
    let mut world = World::with(config(r#","scopes":"openid offline_access""#));
    world.provider.issues_refresh_tokens = true;
    world.provider.organization = Some("org_1".to_owned());
    world.sign_in("/");
    world.provider.issues_refresh_tokens = false;
    world.provider.follows_organization = true;
    world.dispatch(Event::OrganizationChosen { id: "org_2".into() });
    world.settle();
    let refreshes = world.redeemed("refresh_token");
    world.dispatch(Event::RenewalChosen);
    world.settle();
    assert_eq!(
        (world.redeemed("refresh_token"), world.state.is_renewing()),
        (refreshes, false),
        "the frame, which asks for whoever is there now"
    );
}

#[test]
fn an_organisation_that_the_provider_asks_about_is_switched_on_its_page() {
    for refusal in [None, Some("account_selection_required"), Some("access_denied")] {
        let mut world = World::new();
        world.provider.organization = Some("org_1".to_owned());
        world.sign_in("/");
        world.provider.refuses = refusal;
        world.dispatch(Event::OrganizationChosen { id: "org_2".into() });
        assert_eq!(world.settle(), View::Leaving(Destination::SignIn), "{refusal:?}");
        let (url, _) = world.left_for.clone().unwrap();
        assert!(url.contains("prompt=select_account") && url.contains("organization_id=org_2"), "{url}");
    }
}

#[test]
fn lo_15_a_frozen_page_learns_of_a_sign_out_that_others_came_after() {
    let mut world = World::new();
    world.sign_in("/");
    // In other tabs: out, and somebody else in.
    let at = world.now.wall.plus(seconds(60));
    world.now = world.now.plus(seconds(120));
    world.hint = world.hint.with(News::SignedOutByChoice { at }).with(News::SignedIn(None));
    world.provider.session = Some("usr_2".into());
    assert!(matches!(world.dispatch(Event::PageReturned { hint: world.hint }), View::Restoring { .. }), "the tokens are gone");
    assert_eq!(name(&world.settle()), Some("Name of usr_2"));
    world.dispatch(Event::PageReturned { hint: world.hint });
    assert_eq!(name(&world.state.view()), Some("Name of usr_2"), "it knows by now");
}

#[test]
fn lo_15_a_sign_out_that_a_page_has_heard_of_ends_nothing_later() {
    let mut world = World::new();
    world.sign_in("/");
    let at = world.now.wall;
    world.dispatch(Event::OtherTabSignedOut { at: Some(at) });
    world.hint = world.hint.with(News::SignedOutByChoice { at });
    world.dispatch(Event::RetryChosen);
    assert_eq!(name(&world.settle()), Some("Name of usr_1"), "in the same page");
    world.dispatch(Event::PageReturned { hint: world.hint });
    assert_eq!(name(&world.state.view()), Some("Name of usr_1"));
}

#[test]
fn si_18_an_error_page_in_a_frame_that_has_worked_is_a_passing_trouble() {
    for has_worked in [true, false] {
        let mut world = World::new();
        world.provider.session = Some("usr_1".into());
        world.hint = if has_worked { world.hint.with(News::SignedIn(Some(Frames::Work))) } else { world.hint };
        world.provider.frames_refused = true;
        world.open("/account");
        world.dispatch(Event::SignInNeeded { place: "/account".into() });
        world.settle();
        // The frame came to rest on a page; after its time it is looked into.
        world.pass(seconds(10));
        assert_eq!(world.left_for.is_none(), has_worked, "{:?}", world.state.view());
        world.provider.frames_refused = false;
        world.pass(seconds(3));
        assert_eq!(name(&world.state.view()).is_some(), has_worked);
    }
}

#[test]
fn si_18_error_pages_in_frames_do_not_pause_a_session_at_once() {
    let mut world = World::new();
    world.sign_in("/");
    world.visit("/");
    world.provider.frames_refused = true;
    world.dispatch(Event::RenewalChosen);
    world.settle();
    assert!(matches!(world.pass(seconds(30)), View::SignedIn(_)), "{:?}", world.state.view());
    assert!(matches!(world.pass(seconds(600)), View::Paused { .. }), "not for ever");
}

#[test]
fn a_page_that_was_there_before_is_scrolled_to_where_it_was_and_once() {
    let mut world = World::new();
    world.sign_in("/");
    for (returned, scrolled) in [(false, 0), (true, 1)] {
        (world.returned, world.scrolled) = (returned, 0);
        assert!(world.visit("/account").person().is_some());
        world.dispatch(Event::RenewalChosen);
        world.settle();
        assert_eq!(world.scrolled, scrolled, "{returned}");
    }
}

#[test]
fn si_17_cookies_that_were_lent_for_a_while_only_cost_no_session() {
    let with = |ends: fn(&mut World)| {
        let mut world = World::with(config(r#","scopes":"openid offline_access","recheck_interval":60"#));
        world.provider.issues_refresh_tokens = true;
        world.sign_in("/");
        // A frame finds them now, and does not later.
        assert!(world.visit("/").person().is_some());
        ends(&mut world);
        world.now = world.now.plus(seconds(90));
        world.dispatch(Event::Woke { visible: true });
        world.settle();
        world.state.view()
    };
    let lent = with(|world| world.provider.cookies_blocked = true);
    assert_eq!(name(&lent), Some("Name of usr_1"), "the refresh token knows better");
    let over = with(|world| {
        world.provider.session = None;
        world.provider.refresh_tokens.clear();
    });
    assert_eq!(over, View::SignedOut(Reason::SessionEnded), "both say so");
}
