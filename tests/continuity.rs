//! Sessions that must not be lost: to browsers that hide people from frames, to clocks, to networks, to other tabs.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Destination, Reason, SignInOptions, View,
    protocol::{
        api::TokenAnswer,
        error::{Error, SilentFailure},
        hint::{Frames, Last, News},
        http::HttpResponse,
        secret::Body,
        turn::{Event, HistoryEntry},
    },
};
use std::time::Duration;
use support::{APP, CLIENT, ISSUER, World, config, name};

const API: &str = "https://api.example/";

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Somebody signed in, in a browser that does not show the provider in a frame who is there.
fn blocked(path: &str) -> World {
    let mut world = World::new();
    world.provider.cookies_blocked = true;
    assert!(world.sign_in(path).person().is_some());
    world
}

fn code_of(view: &View) -> String {
    match view {
        View::SignedOut(Reason::Problem(error)) | View::Paused { cause: error, .. } => error.code(),
        View::Restoring { delay: Some(delay) } => delay.cause.code(),
        other => panic!("something went wrong, not {other:?}"),
    }
}

// ------------------------------------------------------------------------------------------------------- blocked cookies

#[test]
fn si_17_a_session_that_frames_cannot_see_is_restored_by_one_redirect() {
    let mut world = blocked("/account?tab=2#roles");
    assert_eq!(world.hint.frames, Frames::Untried);
    world.forgotten = 0;
    assert_eq!(world.visit("/account?tab=2#roles"), View::Leaving(Destination::Lookup));
    let (url, history) = world.left_for.clone().unwrap();
    assert!(url.contains("prompt=none") && url.contains("callback"), "{url}");
    assert_eq!(history, HistoryEntry::Replace);
    world.follow();
    assert_eq!(name(&world.settle()), Some("Name of usr_1"));
    assert_eq!((world.address.as_str(), world.scrolled), (format!("{APP}/account?tab=2#roles").as_str(), 1));
    assert!(matches!(world.hint.frames, Frames::Blocked { .. }), "the verdict is remembered");

    assert_eq!(world.forgotten, 1, "at rest, and not on the way");
    assert!(world.log.iter().any(|line| line == "Report(Silent(CookiesBlocked))"), "the developer is told once, with the remedy");
    world.log.clear();

    // The next load does not try in a frame what cannot work.
    let asked = world.provider.asked.len();
    assert_eq!(world.open("/account"), View::Leaving(Destination::Lookup));
    assert!(world.frames.is_empty());
    world.follow();
    assert_eq!(name(&world.settle()), Some("Name of usr_1"));
    assert_eq!(world.provider.asked.len(), asked + 1);
    assert!(!world.log.iter().any(|line| line.contains("CookiesBlocked")));
    // A renewal there is known to be blind.
    assert_eq!(code_of(&world.pass(seconds(241))), "silent_cookies_blocked");
}

#[test]
fn si_17_a_lookup_by_redirect_that_finds_nobody_is_not_repeated() {
    let mut world = blocked("/account");
    world.provider.session = None;
    assert_eq!(world.visit("/account"), View::Leaving(Destination::Lookup));
    world.follow();
    assert_eq!(world.settle(), View::SignedOut(Reason::NoSession));
    assert_eq!((world.address.as_str(), world.hint.last), (format!("{APP}/account").as_str(), Last::SignedOut));
    // The page that needs somebody is there now, and sends them to sign in.
    assert_eq!(world.dispatch(Event::SignInNeeded { place: "/account".into() }), View::Leaving(Destination::SignIn));
    // Had they stayed, the next load would ask in a frame and leave it at that.
    assert_eq!(world.visit("/"), View::SignedOut(Reason::NoSession));
    assert_eq!(world.left_for, None);
}

#[test]
fn si_17_nobody_is_taken_away_from_a_page_in_use() {
    let mut world = blocked("/");
    world.open("/");
    world.dispatch(Event::PersonActed);
    assert_eq!(world.settle(), View::SignedOut(Reason::NoSession));
    assert_eq!(world.left_for, None);
    assert_eq!(world.hint.last, Last::SignedIn, "the next page load may ask");

    // Nor where frames are known to be blind, and a tab is looked at for the first time by a click into it.
    let mut world = blocked("/");
    world.hint.frames = Frames::Blocked { found: world.now.wall };
    world.visible = false;
    world.open("/");
    world.dispatch(Event::PersonActed);
    world.dispatch(Event::Woke { visible: true });
    assert_eq!((world.settle(), world.left_for), (View::SignedOut(Reason::NoSession), None));
}

#[test]
fn si_17_a_provider_on_the_same_host_is_believed() {
    let block = format!(
        r#"{{"metadata":{{"issuer":"{APP}/as","authorization_endpoint":"{ISSUER}/authorize","token_endpoint":"{ISSUER}/token","jwks_uri":"{ISSUER}/keys"}},
        "client_id":"{CLIENT}","algorithms":["EdDSA"]}}"#
    )
    .replace(&format!("{ISSUER}/authorize"), &format!("{APP}/authorize"));
    let mut world = World::with(hushkey::Config::from_json(&block, APP).unwrap());
    world.hint.last = Last::SignedIn;
    world.open("/account");
    let (ticket, url) = world.frames.remove(0);
    let state = url::Url::parse(&url).unwrap().query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    assert_eq!(world.frame_says(ticket, &format!("{APP}/s?error=login_required&state={state}")), View::SignedOut(Reason::NoSession));
    assert_eq!((world.left_for, world.hint.last), (None, Last::SignedOut));
}

#[test]
fn si_17_a_renewal_that_frames_cannot_do_pauses_and_takes_nothing() {
    let mut world = blocked("/");
    let view = world.pass(seconds(241));
    assert!(matches!(&view, View::Paused { .. }), "{view:?}");
    assert_eq!((name(&view), code_of(&view).as_str()), (Some("Name of usr_1"), "login_required"));
    assert_eq!(world.left_for, None);
    assert!(matches!(world.state.token_for(API, world.now, &world.config), TokenAnswer::Attach { .. }), "what is left is used");
    world.pass(seconds(60));
    assert!(matches!(world.state.token_for(API, world.now, &world.config), TokenAnswer::Wait), "calls wait for the person");

    // They continue in a window: nothing on the page has changed.
    world.dispatch(Event::SignInChosen(SignInOptions { popup: true, ..SignInOptions::default() }));
    assert!(world.state.has_popup());
    let (ticket, url) = world.popups.remove(0);
    let answer = world.provider.authorize(&url, world.now.wall);
    world.frame_says(ticket, &answer);
    assert!(matches!(world.settle(), View::SignedIn(_)));
    assert!(matches!(world.state.token_for(API, world.now, &world.config), TokenAnswer::Attach { .. }));
    assert!(!world.state.has_popup());
}

#[test]
fn bp_05_a_window_signs_in_and_the_page_stays() {
    let mut world = World::new();
    world.visit("/");
    let options = SignInOptions { popup: true, ..SignInOptions::default() };
    assert_eq!(world.dispatch(Event::SignInChosen(options.clone())), View::SignedOut(Reason::NoSession), "the page is as it was");
    assert_eq!(world.left_for, None);
    let (ticket, url) = world.popups.remove(0);
    world.frame_says(ticket, &format!("{APP}/silent-refresh.html?code=x&state=popup.other"));
    assert!(world.state.has_popup(), "an answer with another state is not ours");
    world.provider.session = Some("usr_1".into());
    let answer = world.provider.authorize(&url, world.now.wall);
    world.frame_says(ticket, &answer);
    assert_eq!(name(&world.settle()), Some("Name of usr_1"));

    // A window that the browser does not open becomes a redirect; one that is forgotten is forgotten.
    let mut world = World::new();
    world.visit("/");
    world.dispatch(Event::SignInChosen(options.clone()));
    let (ticket, _) = world.popups.remove(0);
    assert_eq!(world.dispatch(Event::PopupBlocked { ticket }), View::Leaving(Destination::SignIn));
    let mut world = World::new();
    world.visit("/");
    world.dispatch(Event::SignInChosen(options));
    world.pass(seconds(601));
    assert!(!world.state.has_popup() && world.state.deadline().is_none());
}

#[test]
fn bp_05_a_blocked_window_costs_a_paused_page_nothing() {
    let mut world = blocked("/");
    world.pass(seconds(241));
    world.dispatch(Event::SignInChosen(SignInOptions { popup: true, ..SignInOptions::default() }));
    let (ticket, _) = world.popups.remove(0);
    let view = world.dispatch(Event::PopupBlocked { ticket });
    assert_eq!(code_of(&view), "platform_popup");
    assert_eq!(world.left_for, None);
}

#[test]
fn si_16_a_circle_of_page_loads_is_broken_and_says_why() {
    let mut world = blocked("/account");
    // Something takes the session away each time, before it can be used.
    let mut loads = 0;
    while world.visit("/account") == View::Leaving(Destination::Lookup) {
        loads += 1;
        assert!(loads < 10, "it goes on for ever");
        world.now = world.now.plus(seconds(2));
    }
    assert_eq!((loads, code_of(&world.state.view()).as_str()), (6, "redirect_loop"));
    world.now = world.now.plus(seconds(61));
    assert_eq!(world.visit("/account"), View::Leaving(Destination::Lookup), "a minute later it is tried again");
    world.follow();
    assert!(world.settle().person().is_some());
    assert_eq!(world.redirects.to_text(), None, "a session is the end of every circle");
}

// ------------------------------------------------------------------------------------------------- causes with a name

#[test]
fn si_21_a_frame_that_the_own_policy_forbids_is_told_at_once() {
    let mut world = World::new();
    world.open("/");
    let (ticket, _) = world.frames.remove(0);
    assert_eq!(world.dispatch(Event::FrameForbidden { ticket }), View::SignedOut(Reason::NoSession));
    let reported = Error::Silent(SilentFailure::Policy);
    assert!(world.log.iter().any(|line| line.contains(&format!("Report({reported:?})"))));
    assert!(reported.to_string().contains("frame-src"));
}

#[test]
fn si_11_a_silence_is_looked_into_before_it_is_named() {
    let mut world = World::new();
    world.relay = Ok(hushkey::protocol::examination::RelayPage { status: 404, ..support::relay_page() });
    world.provider.frames_refused = true;
    world.open("/");
    world.settle();
    assert_eq!(world.state.view(), View::Restoring { delay: None });
    assert_eq!(world.pass(seconds(11)), View::SignedOut(Reason::NoSession));
    assert!(world.log.iter().any(|line| line.contains("Report(Silent(RelayMissing(404)))")));
}

#[test]
fn si_18_a_renewal_that_finds_a_page_in_the_frame_pauses() {
    let mut world = World::new();
    world.sign_in("/");
    world.provider.frames_refused = true;
    assert_eq!(code_of(&world.pass(seconds(260))), "silent_page_shown");
    world.provider.frames_refused = false;
    world.dispatch(Event::RetryChosen);
    assert!(matches!(world.settle(), View::SignedIn(_)));
}

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

// ------------------------------------------------------------------------------------------------------------ other tabs

/// What another tab tells when this person signs in there.
fn signed_in_elsewhere(world: &World, subject: &str) -> Event {
    use hushkey::protocol::tab_message::TabMessage;
    let mut other = World::new();
    other.now = world.now;
    other.provider.session = Some(subject.to_owned());
    other.sign_in("/");
    match other.told.pop() {
        Some(TabMessage::SignedIn(whose)) => Event::OtherTabSignedIn(whose),
        told => panic!("a sign-in is told, not {told:?}"),
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
