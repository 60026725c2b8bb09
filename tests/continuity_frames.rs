//! Sessions that must not be lost to browsers that hide people from frames, and causes that have a name.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Destination, Reason, SignInOptions, View,
    protocol::{
        api::TokenAnswer,
        error::{Error, SilentFailure},
        hint::{Frames, Last},
        turn::{Event, HistoryEntry},
    },
};
use support::{APP, CLIENT, ISSUER, World, blocked, code_of, name, seconds};

const API: &str = "https://api.example/";

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
fn bp_05_a_window_in_which_nobody_signs_in_costs_a_session_nothing() {
    let mut world = World::new();
    world.sign_in("/");
    let view = world.state.view();
    world.dispatch(Event::SignInChosen(SignInOptions { popup: true, ..SignInOptions::default() }));
    let (ticket, url) = world.popups.remove(0);
    world.provider.refuses = Some("access_denied");
    let answer = world.provider.authorize(&url, world.now.wall);
    world.frame_says(ticket, &answer);
    assert_eq!((world.settle(), world.reported.last().map(String::as_str)), (view, Some("access_denied")));
    assert!(world.state.step_up_failure().is_none(), "nobody stepped up");
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
