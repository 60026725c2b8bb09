//! Hostile and broken input, sent through the whole machine: it ends in a clear error or is ignored and counted, and no call follows it.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Reason, SignInOptions, View,
    protocol::{
        config::Config,
        error::{Error, NetworkFailure},
        hint::{Hint, Last},
        http::{HttpResponse, Method},
        machine::{Ignored, Reaction},
        secret::Body,
        transaction::Record,
        turn::{Event, Verdict},
    },
};
use serde_json::{Value, json};
use std::time::Duration;
use support::{APP, CLIENT, ISSUER, World, config, keys::Key, name};

fn error_of(view: &View) -> &Error {
    match view {
        View::SignedOut(Reason::Problem(error)) => error,
        // A time that cannot be may be the fault of a clock, which somebody sets right.
        View::Restoring { delay: Some(delay) } if delay.cause.is_transient() => &delay.cause,
        other => panic!("a problem was expected, not {other:?}"),
    }
}

/// A world in which a sign-in has just left for the provider, and the address it will come back to.
fn coming_back() -> (World, String) {
    let mut world = World::new();
    world.visit("/");
    world.dispatch(Event::SignInChosen(SignInOptions { return_to: Some("/account".into()), ..SignInOptions::default() }));
    let (url, _) = world.left_for.clone().unwrap();
    let back = world.provider.authorize(&url, world.now.wall);
    (world, back.strip_prefix(APP).unwrap().to_owned())
}

/// The codes that the errors of tweaked tokens carry.
fn sign_in_with(tweak: impl FnOnce(&mut World)) -> Error {
    let mut world = World::new();
    tweak(&mut world);
    let view = world.sign_in("/");
    assert_eq!(world.state.token_expires_at(), None, "tr_14: nothing is kept of a response that fails");
    error_of(&view).clone()
}

#[test]
fn ar_08_09_a_callback_without_its_transaction_redeems_nothing() {
    for path in
        ["/callback?code=stolen&state=unknown", "/callback?code=stolen", "/callback?error=access_denied", "/callback?code=a&code=b&state=s"]
    {
        let mut world = World::new();
        let view = world.visit(path);
        assert!(matches!(error_of(&view), Error::AuthorizationResponse(_)), "{path}");
        assert_eq!(world.redeemed("authorization_code"), 0);
        assert_eq!(world.address, format!("{APP}/callback"));
    }
}

#[test]
fn a_forged_callback_ends_no_session_that_exists() {
    let mut world = World::new();
    world.sign_in("/account");
    let view = world.visit("/callback?code=stolen&state=unknown");
    assert_eq!(name(&view), Some("Name of usr_1"));
    assert_eq!(world.address, format!("{APP}/"));
}

#[test]
fn ar_09_the_same_callback_twice_redeems_once() {
    let (mut world, back) = coming_back();
    assert!(world.visit(&back).person().is_some());
    world.provider.session = None;
    assert!(matches!(error_of(&world.visit(&back)), Error::AuthorizationResponse(_)));
    assert_eq!(world.redeemed("authorization_code"), 1);
}

#[test]
fn ar_10_a_callback_after_ten_minutes_is_too_late() {
    let (mut world, back) = coming_back();
    world.now = world.now.plus(Duration::from_secs(601));
    assert_eq!(error_of(&world.visit(&back)).code(), "response_state");
    assert_eq!(world.redeemed("authorization_code"), 0);
}

#[test]
fn ar_10_bp_11_a_tampered_record_is_worth_nothing_or_harmless() {
    let edits: [(&str, Value, bool); 5] = [
        ("begun", json!("x"), false),
        ("token_endpoint", json!("http://evil.example/token"), false),
        ("redirect_uri", json!("https://evil.example/callback"), false),
        ("kind", json!("sign_out"), false),
        ("return_to", json!("//evil.example"), true),
    ];
    for (field, value, signs_in) in edits {
        let (mut world, back) = coming_back();
        let (key, record) = world.stored.drain().next().unwrap();
        let mut edited: Value = serde_json::from_str(record.expose()).unwrap();
        edited[field] = value;
        world.stored.insert(key.clone(), Record::new(key, edited.to_string()));
        assert_eq!(world.visit(&back).person().is_some(), signs_in, "{field}");
        assert!(world.address == format!("{APP}/") || world.address == format!("{APP}/callback"), "{field}: {}", world.address);
    }
}

#[test]
fn ar_14_di_09_the_code_goes_to_the_provider_that_was_asked() {
    let (mut world, back) = coming_back();
    let other = json!({ "metadata": { "issuer": "https://evil.example", "authorization_endpoint": "https://evil.example/a", "token_endpoint": "https://evil.example/token", "jwks_uri": "https://evil.example/keys" }, "client_id": CLIENT });
    world.config = Config::from_json(&other.to_string(), APP).unwrap();
    world.open(&back);
    let posted: Vec<_> = world
        .requests
        .iter()
        .filter(|(_, request)| matches!(request.method, Method::PostForm(_)))
        .map(|(_, request)| request.url.clone())
        .collect();
    assert_eq!(posted, [format!("{ISSUER}/token")]);
}

#[test]
fn ar_21_a_response_anywhere_else_is_scrubbed_and_not_processed() {
    let (mut world, back) = coming_back();
    let query = back.split_once('?').unwrap().1.to_owned();
    world.provider.session = None;
    assert_eq!(world.visit(&format!("/any/route?q=1&{query}")), View::SignedOut(Reason::NoSession));
    assert_eq!(world.address, format!("{APP}/any/route?q=1"));
    assert_eq!(world.redeemed("authorization_code"), 0);
}

#[test]
fn ar_26_an_authentic_refusal_is_told_and_tried_no_more() {
    for (code, stays) in [("access_denied", true), ("invalid_request", true), ("server_error", true), ("login_required", true)] {
        let mut world = World::new();
        world.visit("/");
        world.dispatch(Event::SignInChosen(SignInOptions::default()));
        world.provider.refuses = Some(code);
        world.follow();
        let view = world.settle();
        assert_eq!(error_of(&view).code(), code);
        assert_eq!(world.left_for.is_none(), stays);
    }
}

#[test]
fn ar_30_a_code_is_not_sent_again_after_a_network_failure() {
    let (mut world, back) = coming_back();
    world.provider.session = Some("usr_1".into());
    world.provider_is_down(true);
    assert!(matches!(world.visit(&back), View::Restoring { delay: Some(_) }));
    assert_eq!(world.provider.called.iter().filter(|url| url.ends_with("/token")).count(), 1);
    world.provider_is_down(false);
    assert_eq!(name(&world.pass(Duration::from_secs(10))), Some("Name of usr_1"), "the provider is asked anew");
    assert_eq!(world.address, format!("{APP}/account"));
}

#[test]
fn tr_13_a_code_brings_an_id_token() {
    let error = sign_in_with(|world| {
        world.provider.tweak_response = Some(Box::new(|body| {
            body.as_object_mut().unwrap().remove("id_token");
        }))
    });
    assert_eq!(error.code(), "token_response_id_token");
}

#[test]
fn tr_14_id_40_one_wrong_claim_and_nothing_is_kept() {
    let cases: [(&str, Value, &str); 8] = [
        ("nonce", json!("other"), "id_token_nonce"),
        ("iss", json!("https://as.example1"), "id_token_iss"),
        ("aud", json!("spac_11"), "id_token_aud"),
        ("aud", json!([CLIENT, "other"]), "id_token_aud"),
        ("sub", json!(""), "id_token_sub"),
        ("exp", json!(1_799_999_000), "id_token_exp"),
        ("iat", json!(1_800_009_000), "id_token_iat"),
        ("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"), "id_token_at_hash"),
    ];
    for (claim, value, code) in cases {
        let error = sign_in_with(|world| world.provider.tweak_id = Some(Box::new(move |claims| claims[claim] = value.clone())));
        assert_eq!(error.code(), code);
    }
}

#[test]
fn id_19_a_signature_by_another_key_is_refused() {
    let error = sign_in_with(|world| {
        world.provider.key = Some(Key::RsaA);
        let mut published = Key::RsaB.published();
        published["kid"] = "rsa_a".into();
        world.provider.published = vec![published];
    });
    assert_eq!(error.code(), "id_token_signature");
}

#[test]
fn id_05_06_unsigned_and_mac_tokens_are_refused() {
    for algorithm in ["none", "HS256", "noNE"] {
        let error = sign_in_with(|world| world.provider.tweak_header = Some(Box::new(move |header| header["alg"] = algorithm.into())));
        assert_eq!(error.code(), "id_token_alg", "{algorithm}");
    }
}

#[test]
fn id_04_an_algorithm_that_the_provider_does_not_publish_is_refused() {
    let block = format!(r#"{{"issuer":"{ISSUER}","client_id":"{CLIENT}","algorithms":["ES256","EdDSA"]}}"#);
    let mut world = World::with(Config::from_json(&block, APP).unwrap());
    world.provider.key = Some(Key::P256);
    world.provider.published = vec![Key::P256.published()];
    assert_eq!(error_of(&world.sign_in("/")).code(), "id_token_alg");
}

#[test]
fn id_11_17_an_unknown_key_is_asked_for_once() {
    let mut world = World::new();
    world.provider.tweak_header = Some(Box::new(|header| header["kid"] = "unknown".into()));
    assert_eq!(error_of(&world.sign_in("/")).code(), "keys_kid");
    let asked = |world: &World| world.provider.called.iter().filter(|url| url.ends_with("/keys")).count();
    assert_eq!(asked(&world), 3, "two page loads, and one more look");
    for _ in 0..20 {
        world.dispatch(Event::RetryChosen);
        world.provider.session = Some("usr_1".into());
        world.settle();
    }
    assert!(asked(&world) <= 4, "{}", asked(&world));
}

#[test]
fn id_36_a_refreshed_id_token_of_somebody_else_ends_the_session() {
    let mut world = World::with(config(r#","scopes":"openid offline_access""#));
    world.provider.issues_refresh_tokens = true;
    world.sign_in("/");
    world.provider.tweak_id = Some(Box::new(|claims| claims["sub"] = "usr_11".into()));
    assert_eq!(error_of(&world.pass(Duration::from_secs(241))).code(), "id_token_sub");
    assert_eq!(world.state.token_expires_at(), None);
}

#[test]
fn si_09_10_foreign_frame_messages_never_end_the_wait() {
    let mut world = World::new();
    world.provider.session = Some("usr_1".into());
    world.open("/");
    let (ticket, url) = world.frames[0].clone();
    for bad in ["?code=x&state=other", "?code=x", "?error=login_required", "?", "?code=a&code=b&state=c", "#access_token=x"] {
        for _ in 0..200 {
            world.frame_says(ticket, bad);
            assert_eq!(world.reactions.last(), Some(&Reaction::Ignored(Ignored::Foreign)), "{bad}");
        }
    }
    let answer = world.provider.authorize(&url, world.now.wall);
    world.frame_says(ticket, &answer);
    world.frame_says(ticket, &answer);
    assert_eq!(world.reactions.last(), Some(&Reaction::Ignored(Ignored::Stale)), "the first valid one wins");
    assert_eq!(name(&world.settle()), Some("Name of usr_1"));
}

#[test]
fn si_10_an_answer_of_an_older_attempt_is_ignored() {
    let mut world = World::new();
    world.provider.session = Some("usr_1".into());
    world.open("/");
    let (old, url) = world.frames.remove(0);
    world.provider_is_down(true);
    world.settle();
    world.provider_is_down(false);
    world.dispatch(Event::Woke { visible: true });
    assert!(!world.state.holds(old), "the frame can be dropped");
    let answer = world.provider.authorize(&url, world.now.wall);
    world.frame_says(old, &answer);
    assert_eq!(world.reactions.last(), Some(&Reaction::Ignored(Ignored::Stale)));
    assert_eq!(name(&world.settle()), Some("Name of usr_1"));
}

#[test]
fn si_16_a_provider_that_always_says_login_required_causes_one_redirect() {
    let mut world = World::new();
    world.open("/account");
    world.dispatch(Event::SignInNeeded { place: "/account".into() });
    world.settle();
    assert!(world.left_for.take().is_some());
    world.dispatch(Event::PageReturned { hint: world.hint });
    for _ in 0..5 {
        world.dispatch(Event::SignInNeeded { place: "/account".into() });
        world.settle();
    }
    assert_eq!(world.state.view(), View::SignedOut(Reason::NoSession));
    assert_eq!(world.left_for, None);
}

#[test]
fn si_23_nothing_is_asked_while_the_app_itself_is_framed() {
    use hushkey::protocol::{redirect_log::RedirectLog, secret::SensitiveUrl, turn::Opened};
    let mut world = World::new();
    world.dispatch(Event::Opened(Opened {
        address: SensitiveUrl::new(format!("{APP}/account")),
        remembered: None,
        hint: Hint { last: Last::SignedIn, ..Hint::default() },
        redirects: RedirectLog::default(),
        visible: true,
        framed: true,
        returned: false,
        early: None,
    }));
    assert_eq!(error_of(&world.state.view()).code(), "silent_framed");
    assert!(world.frames.is_empty() && world.requests.is_empty());
}

#[test]
fn si_12_a_provider_that_wants_to_ask_something_gets_its_page() {
    for code in ["interaction_required", "consent_required", "account_selection_required"] {
        let mut world = World::new();
        world.provider.refuses = Some(code);
        world.open("/account");
        world.dispatch(Event::SignInNeeded { place: "/account".into() });
        world.settle();
        assert!(world.left_for.is_some(), "{code}");
    }
}

#[test]
fn tr_23_an_answer_after_signing_out_is_ignored() {
    let mut world = World::new();
    world.sign_in("/");
    world.dispatch(Event::RenewalChosen);
    let (ticket, url) = world.frames.remove(0);
    let answer = world.provider.authorize(&url, world.now.wall);
    world.frame_says(ticket, &answer);
    let (ticket, request) = world.requests.iter().find(|(_, request)| matches!(request.method, Method::PostForm(_))).cloned().unwrap();
    world.dispatch(Event::SignOutChosen);
    let outcome = world.provider.http(&request, world.now.wall);
    world.dispatch(Event::Responded { ticket, outcome });
    assert!(matches!(world.reactions.last(), Some(Reaction::Ignored(_))));
    world.dispatch(Event::Verified { ticket, verdict: Verdict::Valid });
    assert_eq!(world.state.token_expires_at(), None);
}

#[test]
fn tr_15_garbage_from_the_token_endpoint_is_named() {
    for (status, mime, body, code) in [
        (200, "text/html", "<html>", "token_response_content_type"),
        (200, "application/json", "[]", "token_response_document"),
        (200, "application/json", r#"{"error":"invalid_grant","access_token":"x"}"#, "invalid_grant"),
        (400, "application/json", r#"{"error":"invalid_client"}"#, "invalid_client"),
    ] {
        let error = sign_in_with(|world| {
            world.provider.tweak_http = Some(Box::new(move |response: &mut HttpResponse| {
                if response.body.expose().contains("access_token") {
                    *response = HttpResponse { status, content_type: Some(mime.into()), retry_after: None, body: Body::new(body) };
                }
            }));
        });
        assert_eq!(error.code(), code);
    }
}

#[test]
fn di_03_metadata_of_another_issuer_stop_everything() {
    let block = format!(r#"{{"issuer":"{ISSUER}","client_id":"{CLIENT}"}}"#);
    let mut world = World::with(Config::from_json(&block, APP).unwrap());
    world.provider.tweak_http = Some(Box::new(|response| {
        response.body =
            Body::new(response.body.expose().replace(r#""issuer":"https://as.example""#, r#""issuer":"https://as.exampleINVALID""#))
    }));
    let view = world.visit("/");
    assert_eq!(error_of(&view).code(), "discovery_issuer");
    assert!(world.frames.is_empty() && world.provider.asked.is_empty(), "no authorize call");
}

#[test]
fn a_network_that_never_answers_hangs_no_state() {
    let mut world = World::new();
    world.open("/");
    world.frames.clear();
    world.requests.clear();
    for _ in 0..100 {
        let Some(deadline) = world.state.deadline() else { return };
        world.now = deadline;
        world.dispatch(Event::Ticked);
        world.frames.clear();
        world.requests.clear();
    }
    panic!("no end: {:?}", world.state.view());
}

#[test]
fn an_offline_browser_is_waited_for() {
    let mut world = World::new();
    world.provider.down = Some(NetworkFailure::Offline);
    world.provider.session = Some("usr_1".into());
    assert!(matches!(world.visit("/"), View::Restoring { delay: Some(_) }));
    world.provider.down = None;
    world.dispatch(Event::Woke { visible: true });
    assert_eq!(name(&world.settle()), Some("Name of usr_1"));
}
