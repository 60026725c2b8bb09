//! The whole story, natively: one test for each step of the walk, with a simulated provider and clock, and real signatures.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Destination, Reason, SignInOptions, View,
    protocol::{
        api::TokenAnswer,
        config::Config,
        error::{Error, NetworkFailure},
        hint::Last,
        machine::{Ignored, Reaction},
        tab_message::TabMessage,
        turn::{Event, HistoryEntry},
    },
};
use support::{APP, CLIENT, ISSUER, World, config, keys::Key, name, seconds};

fn needed(place: &str) -> Event {
    Event::SignInNeeded { place: place.to_owned() }
}

#[test]
fn step_1_a_page_load_asks_silently_and_shows_the_public_page_meanwhile() {
    let mut world = World::new();
    assert_eq!(world.open("/?q=1#top"), View::Restoring { delay: None });
    assert_eq!(world.frames.len(), 1);
    assert_eq!(world.requests.len(), 1, "the keys are asked for in parallel");
    assert_eq!(world.settle(), View::SignedOut(Reason::NoSession));
    assert_eq!(world.left_for, None, "a public page sends nobody away");
    assert_eq!(world.hint.last, Last::SignedOut);
    assert_eq!(world.address, format!("{APP}/?q=1#top"));
}

#[test]
fn step_1_a_protected_page_sends_the_person_to_sign_in_and_back_to_the_deep_link() {
    let mut world = World::new();
    world.open("/account?tab=2#roles");
    world.dispatch(needed("/account?tab=2#roles"));
    assert_eq!(world.settle(), View::Leaving(Destination::SignIn));
    let (url, history) = world.left_for.clone().unwrap();
    assert!(url.starts_with(&format!("{ISSUER}/authorize?")));
    assert_eq!(history, HistoryEntry::Replace, "Back does not run into the redirect again");
    assert_eq!(world.stored.len(), 1);
    world.follow();
    assert_eq!(world.state.view(), View::Completing);
    assert_eq!(world.address, format!("{APP}/callback"), "ar_28: scrubbed before anything else");
    assert!(world.stored.is_empty(), "ar_09: the transaction is gone before the code is used");
    assert_eq!(name(&world.settle()), Some("Name of usr_1"));
    assert_eq!(world.address, format!("{APP}/account?tab=2#roles"));
    assert_eq!(world.hint.last, Last::SignedIn);
}

#[test]
fn step_2_a_reload_brings_the_session_back_without_leaving_the_page() {
    let mut world = World::new();
    world.sign_in("/account");
    let view = world.visit("/account");
    assert_eq!(name(&view), Some("Name of usr_1"));
    assert_eq!(world.left_for, None);
    let silent = world.provider.asked.last().unwrap();
    assert_eq!(silent["prompt"], "none");
    assert_eq!(silent["redirect_uri"], format!("{APP}/silent-refresh.html"));
}

#[test]
fn step_2_somebody_who_signed_out_themselves_is_not_looked_up() {
    let mut world = World::new();
    world.provider.session = Some("usr_1".into());
    world.hint.last = Last::SignedOutByChoice;
    assert_eq!(world.visit("/account"), View::SignedOut(Reason::ByChoice));
    assert!(world.provider.asked.is_empty());
    assert_eq!(world.dispatch(needed("/account")), View::SignedOut(Reason::ByChoice), "and not sent away either");
}

#[test]
fn step_2_a_provider_that_is_down_is_asked_again_and_found_when_it_is_up() {
    let mut world = World::new();
    world.provider.session = Some("usr_1".into());
    world.provider_is_down(true);
    world.open("/account");
    world.dispatch(needed("/account"));
    let View::Restoring { delay: Some(delay) } = world.settle() else { panic!("{:?}", world.state) };
    assert_eq!(delay.cause, Error::Network(NetworkFailure::Unreachable));
    let View::Restoring { delay: Some(_) } = world.pass(seconds(5)) else { panic!("{:?}", world.state) };
    world.provider_is_down(false);
    assert_eq!(name(&world.pass(seconds(30))), Some("Name of usr_1"));
    assert_eq!(world.left_for, None);
}

#[test]
fn step_2_si_13_retries_are_bounded_and_the_person_can_start_again() {
    let mut world = World::new();
    world.provider.session = Some("usr_1".into());
    world.provider_is_down(true);
    world.visit("/");
    let view = world.pass(seconds(3600));
    assert_eq!(view, View::SignedOut(Reason::Problem(Error::Network(NetworkFailure::Unreachable))));
    assert!(world.provider.called.len() <= 10, "{}", world.provider.called.len());
    world.provider_is_down(false);
    world.dispatch(Event::RetryChosen);
    assert_eq!(name(&world.settle()), Some("Name of usr_1"));
}

#[test]
fn step_2_si_18_a_frame_without_answer_ends_in_the_sign_in_page() {
    let mut world = World::new();
    world.provider.frames_refused = true;
    world.open("/account");
    world.dispatch(needed("/account"));
    assert_eq!(world.settle(), View::Restoring { delay: None });
    assert_eq!(world.pass(seconds(11)), View::Leaving(Destination::SignIn));
}

#[test]
fn step_3_tokens_of_every_algorithm_are_verified_with_real_signatures() {
    for key in [Key::RsaA, Key::P256, Key::Ed25519] {
        let mut world = World::new();
        world.provider.key = Some(key);
        world.provider.published = vec![Key::RsaB.published(), key.published()];
        assert_eq!(name(&world.sign_in("/")), Some("Name of usr_1"), "{key:?}");
    }
    let mut world = World::new();
    world.provider.key = Some(Key::RsaA);
    world.provider.published = vec![Key::RsaA.published()];
    world.provider.tweak_header = Some(Box::new(|header| header["alg"] = "PS256".into()));
    assert_eq!(name(&world.sign_in("/")), Some("Name of usr_1"));
}

#[test]
fn step_3_id_16_keys_are_asked_for_anew_when_the_provider_has_changed_them() {
    let mut world = World::new();
    world.sign_in("/");
    world.provider.key = Some(Key::P256);
    world.provider.published = vec![Key::P256.published()];
    world.dispatch(Event::RenewalChosen);
    assert_eq!(name(&world.settle()), Some("Name of usr_1"));
    assert!(!world.state.is_renewing());
}

#[test]
fn step_3_the_scalekit_preset_checks_the_access_token_and_reads_roles_from_it() {
    let block = format!(r#"{{"preset":"scalekit","env_url":"{ISSUER}","client_id":"{CLIENT}"}}"#);
    let mut world = World::with(Config::from_json(&block, APP).unwrap());
    world.provider.key = Some(Key::RsaA);
    world.provider.published = vec![Key::RsaA.published()];
    let view = world.sign_in("/");
    assert_eq!(view.person().unwrap().roles, ["admin"]);
    assert_eq!(world.provider.asked.last().unwrap()["scope"], "openid profile email offline_access");
    world.provider.tweak_access = Some(Box::new(|claims| claims["aud"] = "another".into()));
    let View::SignedOut(Reason::Problem(Error::AccessToken(finding))) = world.sign_in("/") else { panic!("{:?}", world.state) };
    assert_eq!(finding.field, "aud");
}

#[test]
fn step_3_discovery_comes_first_where_only_the_issuer_is_known() {
    let block = format!(r#"{{"issuer":"{ISSUER}","client_id":"{CLIENT}","algorithms":["EdDSA"]}}"#);
    let mut world = World::with(Config::from_json(&block, APP).unwrap());
    world.provider.session = Some("usr_1".into());
    assert_eq!(name(&world.visit("/")), Some("Name of usr_1"));
    assert_eq!(world.provider.called[0], format!("{ISSUER}/.well-known/openid-configuration"));
    assert_eq!(name(&world.sign_in("/x")), Some("Name of usr_1"));
}

#[test]
fn step_4_the_token_goes_to_listed_addresses_only_and_only_while_it_lives() {
    let mut world = World::new();
    world.open("/");
    assert!(matches!(world.state.token_for("https://api.example/me", world.now, &world.config), TokenAnswer::Wait));
    world.settle();
    assert!(matches!(world.state.token_for("https://api.example/me", world.now, &world.config), TokenAnswer::SignedOut));
    world.sign_in("/");
    assert!(matches!(world.state.token_for("https://api.example/me", world.now, &world.config), TokenAnswer::Attach { .. }));
    assert!(matches!(world.state.token_for("https://evil.example/me", world.now, &world.config), TokenAnswer::NotAllowed));
    let late = world.now.plus(seconds(299));
    assert!(matches!(world.state.token_for("https://api.example/me", late, &world.config), TokenAnswer::Renew));
}

#[test]
fn step_4_tr_11_18_a_rejected_token_is_renewed_once_for_everybody() {
    let mut world = World::new();
    world.sign_in("/");
    let TokenAnswer::Attach { generation, .. } = world.state.token_for("https://api.example/", world.now, &world.config) else { panic!() };
    let before = world.provider.asked.len();
    for _ in 0..20 {
        world.dispatch(Event::TokenRejected { generation });
        assert!(matches!(world.state.token_for("https://api.example/", world.now, &world.config), TokenAnswer::Wait));
    }
    let taken = world.reactions.iter().rev().take(20).filter(|reaction| **reaction == Reaction::Taken).count();
    assert_eq!(taken, 1, "nineteen of them are no news: whoever waits is not woken for them");
    world.settle();
    assert_eq!(world.provider.asked.len(), before + 1);
    let TokenAnswer::Attach { generation: newer, .. } = world.state.token_for("https://api.example/", world.now, &world.config) else {
        panic!()
    };
    assert_ne!(generation, newer);
    world.dispatch(Event::TokenRejected { generation });
    assert_eq!(world.reactions.last(), Some(&Reaction::Ignored(Ignored::Stale)), "a late 401 about an old token renews nothing");
}

#[test]
fn step_5_tokens_are_renewed_by_themselves_and_nobody_is_told() {
    let mut world = World::new();
    let before = world.sign_in("/");
    let (codes, first) = (world.redeemed("authorization_code"), world.state.token_expires_at());
    assert_eq!(world.pass(seconds(241)), before, "the view is the same");
    assert_eq!(world.redeemed("authorization_code"), codes + 1);
    assert!(world.state.token_expires_at() > first);
    assert!(world.provider.asked.last().unwrap().contains_key("id_token_hint"), "si_15");
    world.pass(seconds(24 * 3600));
    assert_eq!(world.state.view(), before);
}

#[test]
fn step_5_tr_16_17_refresh_tokens_rotate_or_stay() {
    for rotates in [true, false] {
        let mut world = World::with(config(r#","scopes":"openid offline_access""#));
        world.provider.issues_refresh_tokens = true;
        world.provider.rotates = rotates;
        world.provider.id_token_on_refresh = rotates;
        let before = world.sign_in("/");
        let asked = world.provider.asked.len();
        world.pass(seconds(1000));
        assert_eq!(world.redeemed("refresh_token"), 4, "rotates: {rotates}");
        assert_eq!(world.provider.asked.len(), asked, "no frame was needed");
        assert_eq!(world.state.view(), before);
    }
}

#[test]
fn step_5_tr_19_a_refused_refresh_token_leaves_one_silent_attempt() {
    let mut world = World::with(config(r#","scopes":"openid offline_access""#));
    world.provider.issues_refresh_tokens = true;
    let before = world.sign_in("/");
    world.provider.refresh_tokens.clear();
    assert_eq!(world.pass(seconds(241)), before, "the provider's session is still there");
    world.provider.refresh_tokens.clear();
    world.provider.session = None;
    let (refreshes, asked) = (world.redeemed("refresh_token"), world.provider.asked.len());
    assert_eq!(world.pass(seconds(3600)), View::SignedOut(Reason::SessionEnded));
    assert_eq!((world.redeemed("refresh_token"), world.provider.asked.len()), (refreshes + 1, asked + 1));
    assert_eq!(world.left_for, None, "nobody is sent away from a page they use");
}

#[test]
fn step_5_a_failing_network_ends_no_session() {
    let mut world = World::new();
    let before = world.sign_in("/");
    world.provider_is_down(true);
    assert_eq!(world.pass(seconds(3 * 3600)), before);
    assert!(matches!(world.state.token_for("https://api.example/", world.now, &world.config), TokenAnswer::Wait));
    let calls = world.provider.called.len();
    world.pass(seconds(600));
    assert!(world.provider.called.len() - calls < 60, "the pauses stay long");
    world.provider_is_down(false);
    world.dispatch(Event::Woke { visible: true });
    world.settle();
    assert!(matches!(world.state.token_for("https://api.example/", world.now, &world.config), TokenAnswer::Attach { .. }));
    assert_eq!(world.state.view(), before);
}

#[test]
fn step_5_si_14_another_person_at_the_provider_replaces_nobody_quietly() {
    let mut world = World::new();
    world.sign_in("/");
    world.provider.session = Some("usr_2".into());
    world.told.clear();
    assert_eq!(name(&world.pass(seconds(241))), Some("Name of usr_2"), "the other one's session, whole");
    assert!(matches!(world.told.as_slice(), [TabMessage::SignedIn(_)]), "and the other tabs are told to look");
}

#[test]
fn step_5_a_laptop_that_slept_renews_when_it_wakes() {
    let mut world = World::new();
    let before = world.sign_in("/");
    world.now = world.now.plus(seconds(8 * 3600));
    assert!(matches!(world.state.token_for("https://api.example/", world.now, &world.config), TokenAnswer::Renew));
    world.dispatch(Event::Woke { visible: true });
    assert_eq!(world.settle(), before);
    assert!(matches!(world.state.token_for("https://api.example/", world.now, &world.config), TokenAnswer::Attach { .. }));
}

#[test]
fn step_6_lo_01_signing_out_ends_everything_here_first() {
    let mut world = World::new();
    world.sign_in("/account");
    world.told.clear();
    assert_eq!(world.dispatch(Event::SignOutChosen), View::Leaving(Destination::SignOut));
    assert_eq!(world.state.token_expires_at(), None, "the tokens are gone with the step");
    assert_eq!(
        (world.told.as_slice(), world.hint.last),
        ([TabMessage::SignedOut { at: Some(world.now.wall) }].as_slice(), Last::SignedOutByChoice)
    );
    let (url, history) = world.left_for.clone().unwrap();
    assert!(url.starts_with(&format!("{ISSUER}/logout?id_token_hint=")), "{}", &url[..60]);
    assert_eq!(history, HistoryEntry::Replace);
    let state = world.stored.keys().next().unwrap().rsplit(':').next().unwrap().to_owned();
    assert_eq!(world.visit(&format!("/signed-out?state={state}")), View::SignedOut(Reason::ByChoice));
    assert_eq!(world.address, format!("{APP}/signed-out"));
    assert_eq!(world.visit("/account"), View::SignedOut(Reason::ByChoice), "a reload stays signed out");
}

#[test]
fn step_6_lo_04_a_forged_return_from_signing_out_starts_nothing() {
    for query in ["?state=forged", "", "?state=a&state=b", "?code=x&state=y"] {
        let mut world = World::new();
        world.hint.last = Last::SignedOutByChoice;
        assert_eq!(world.visit(&format!("/signed-out{query}")), View::SignedOut(Reason::ByChoice), "{query}");
        assert_eq!(world.address, format!("{APP}/signed-out"));
        assert!(world.provider.asked.is_empty() && world.left_for.is_none());
    }
}

#[test]
fn step_6_lo_05_signing_out_twice_and_in_another_tab_is_no_error() {
    let mut world = World::new();
    world.sign_in("/");
    world.told.clear();
    assert_eq!(world.dispatch(Event::OtherTabSignedOut { at: None }), View::SignedOut(Reason::Elsewhere));
    assert!(world.told.is_empty(), "an echo would go round for ever");
    assert_eq!(world.dispatch(Event::SignOutChosen), View::SignedOut(Reason::ByChoice));
    assert_eq!(world.dispatch(Event::SignOutChosen), View::SignedOut(Reason::ByChoice));
    assert_eq!(world.left_for, None);
}

#[test]
fn step_6_coming_back_from_the_cache_after_leaving_hangs_nowhere() {
    let mut world = World::new();
    world.sign_in("/");
    world.dispatch(Event::SignInChosen(SignInOptions::default()));
    world.dispatch(Event::PageReturned { hint: world.hint });
    assert_eq!(name(&world.settle()), Some("Name of usr_1"));
    world.dispatch(Event::SignOutChosen);
    assert_eq!(world.dispatch(Event::PageReturned { hint: world.hint }), View::SignedOut(Reason::ByChoice));
}
