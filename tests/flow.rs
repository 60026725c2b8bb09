//! What the flow inspector keeps: in order, with the checks that were made, bounded, and without anything that is a secret.

#![cfg(all(not(target_arch = "wasm32"), feature = "flow"))]

mod support;

use hushkey::{
    SignInOptions,
    protocol::{
        authorize::Prompt,
        early::Early,
        error::NetworkFailure,
        flow::{Entry, KEPT, Lane, Subject, report},
        monitoring::Word,
        secret::{Body, Nonce, SensitiveUrl, StateParameter, Verifier},
        tab_message::TabMessage,
        turn::{Event, Verdict},
    },
};
use serde_json::{Value, json};
use std::time::Duration;
use support::{World, keys::Key, seconds};

fn titles(world: &World) -> Vec<&'static str> {
    world.flow.entries().map(|entry| entry.title).collect()
}

fn entry<'a>(world: &'a World, title: &str) -> &'a Entry {
    world.flow.entries().find(|entry| entry.title == title).unwrap_or_else(|| panic!("{title} is not in {:#?}", titles(world)))
}

/// The checks of one thing, in their order.
fn checks(entry: &Entry, subject: Subject) -> Vec<&'static str> {
    entry.checks.iter().filter(|check| check.subject == subject).map(|check| check.name).collect()
}

/// Whether these come in this order, with anything between them.
fn in_order(world: &World, wanted: &[&str]) {
    let titles = titles(world);
    let mut rest = titles.iter();
    for title in wanted {
        assert!(rest.any(|found| found == title), "{title} is missing, or too early, in {titles:#?}");
    }
}

/// A restored session.
fn restored(tweak: impl FnOnce(&mut World)) -> World {
    let mut world = World::new();
    world.provider.session = Some("usr_1".into());
    tweak(&mut world);
    world.visit("/account?secret=canary");
    world
}

#[test]
fn a_restore_is_told_step_by_step() {
    let world = restored(|_| {});
    in_order(
        &world,
        &[
            "the app is there", "opens the hidden frame", "authorization request", "asks for the keys", "key set",
            "authorization response, from the relay page", "token request", "token response", "has the signatures checked by the browser",
            "signatures and claims checked", "somebody is signed in",
        ],
    );
    let asks = entry(&world, "authorization request");
    assert_eq!((asks.from, asks.to), (Lane::Frame, Lane::Provider));
    assert_eq!(asks.endpoint.as_ref().map(|endpoint| endpoint.as_str()), Some("as.example/authorize"));
    let told = report(&world.flow, &[("app", "a\nb".to_owned())]);
    for part in [
        "app: a b\n",
        "Hidden frame to provider: authorization request | as.example/authorize | response_type code, client_id …, redirect_uri …, \
         scope openid profile email, state ●, nonce ●, code_challenge ●, code_challenge_method S256, prompt none",
        "code ●, state ●",
        "grant_type authorization_code, code ●, redirect_uri …, code_verifier ●",
        "alg EdDSA, kid ",
        "status 200, ",
        "access_token ●",
        "id_token ●",
        "token_type Bearer",
        "expires_in 300 s",
        "access token for 300 s, scope openid profile email",
        "checked response: each parameter once, in the query, state, no token",
    ] {
        assert!(told.contains(part), "{part} is not in\n{told}");
    }
    assert!(!told.contains("canary") && !told.contains("/account"), "where the person is stays theirs");
}

#[test]
fn the_checks_of_a_valid_answer_are_those_that_were_made() {
    let world = restored(|world| {
        world.provider.key = Some(Key::P256);
        world.provider.published = vec![Key::P256.published()];
    });
    let answer = entry(&world, "authorization response, from the relay page");
    assert_eq!(checks(answer, Subject::Response), ["each parameter once, in the query", "state", "no token", "code, and no error"]);
    let response = entry(&world, "token response");
    assert_eq!(checks(response, Subject::TokenResponse), ["JSON with status 200", "access_token", "token_type"]);
    assert_eq!(checks(response, Subject::IdToken), ["alg", "no crit", "typ", "kid, of a published key"]);
    let verified = entry(&world, "signatures and claims checked");
    let claims = [
        "signature", "iss", "aud", "azp", "no logout token", "sub", "at_hash", "c_hash", "nonce", "exp", "iat", "exp after iat",
        "iat, not old",
    ];
    assert_eq!(checks(verified, Subject::IdToken), claims);
}

#[test]
fn a_check_that_had_nothing_to_look_at_is_not_listed() {
    let world = restored(|world| world.provider.tweak_id = Some(Box::new(|claims| drop(claims.as_object_mut().unwrap().remove("azp")))));
    let names = checks(entry(&world, "signatures and claims checked"), Subject::IdToken);
    assert!(names.contains(&"nonce") && !names.contains(&"azp") && !names.contains(&"at_hash") && !names.contains(&"nbf"), "{names:?}");
    let mut world = World::new();
    world.visit("/");
    world.provider.tweak_id = Some(Box::new(|claims| claims["auth_time"] = claims["iat"].clone()));
    world.dispatch(Event::SignInChosen(SignInOptions { max_age: Some(60), prompt: Some(Prompt::Login), ..SignInOptions::default() }));
    world.follow();
    world.settle();
    assert!(checks(entry(&world, "signatures and claims checked"), Subject::IdToken).contains(&"auth_time, after the request"));
}

#[test]
fn of_a_hostile_id_token_the_failing_check_is_named_and_not_listed_as_passed() {
    let hostile: [(&str, Value, &str, &str); 7] = [
        ("iss", json!("https://evil.example"), "iss", "ID token: iss: unexpected, expected https://as.example (id_token_iss)"),
        ("aud", json!(["canary"]), "aud", "ID token: aud: unexpected, expected spac_1 (id_token_aud)"),
        ("azp", json!("canary"), "azp", "ID token: azp: unexpected, expected spac_1 (id_token_azp)"),
        ("nonce", json!("canary"), "nonce", "ID token: nonce: not the one that was sent (id_token_nonce)"),
        ("events", json!({ "canary": {} }), "no logout token", "ID token: events: this is a logout token (id_token_events)"),
        ("sub", json!("canary".repeat(50)), "sub", "ID token: sub: longer than 255 ASCII characters (id_token_sub)"),
        (
            "exp",
            json!(1_700_000_000),
            "exp",
            "ID token: exp: passed by 100000000 s, more than the 60 s allowed; is the clock of this device right? (id_token_exp)",
        ),
    ];
    for (claim, value, check, text) in hostile {
        let world = restored(|world| world.provider.tweak_id = Some(Box::new(move |claims| claims[claim] = value.clone())));
        let verified = entry(&world, "signatures and claims checked");
        assert_eq!(verified.failure.as_ref().map(ToString::to_string).as_deref(), Some(text));
        let passed = checks(verified, Subject::IdToken);
        assert!(passed.contains(&"signature") && !passed.contains(&check), "{claim}: {passed:?}");
        assert!(!report(&world.flow, &[]).contains("canary"));
    }
}

#[test]
fn a_wrong_signature_is_named() {
    let mut world = World::new();
    world.provider.session = Some("usr_1".into());
    world.open("/");
    while world.checks.is_empty() {
        world.answer_one();
    }
    let (ticket, _) = world.checks.remove(0);
    world.dispatch(Event::Verified { ticket, verdict: Verdict::Invalid(0) });
    let wrong = entry(&world, "a signature is wrong");
    assert_eq!(wrong.failure.as_ref().map(|failure| failure.code.as_str()), Some("id_token_signature"));
    assert_eq!(checks(wrong, Subject::IdToken), [""; 0]);
}

#[test]
fn a_sign_in_a_renewal_and_a_sign_out_are_told_in_order() {
    let mut world = World::new();
    world.provider.issues_refresh_tokens = true;
    world.sign_in("/account");
    in_order(
        &world,
        &["authorization response, by redirect", "rewrites the page's address", "token request", "token response", "somebody is signed in"],
    );
    assert_eq!(checks(entry(&world, "authorization response, by redirect"), Subject::Response).len(), 4);
    world.pass(seconds(250));
    in_order(
        &world,
        &["somebody is signed in", "the timer", "a renewal begins", "token request", "token response", "the session is renewed"],
    );
    let renewed = checks(world.flow.entries().rfind(|entry| entry.title == "signatures and claims checked").unwrap(), Subject::IdToken);
    assert!(
        renewed.contains(&"the same sub, iss, aud, auth_time and nonce") && renewed.contains(&"iat, not before the last"),
        "{renewed:?}"
    );
    world.dispatch(Event::SignOutChosen);
    in_order(&world, &["wants to sign out", "a redirect begins", "signed out here", "sign-out request, by redirect"]);
    assert_eq!(entry(&world, "signed out here").to, Lane::Tabs);
    let (url, _) = world.left_for.clone().unwrap();
    let state = url.split("state=").nth(1).unwrap().to_owned();
    world.open(&format!("/signed-out?state={state}"));
    assert_eq!(checks(entry(&world, "back after the sign-out"), Subject::SignOut), ["state"]);
    world.open("/signed-out?state=other");
    assert_eq!(checks(entry(&world, "back after the sign-out"), Subject::SignOut), [""; 0]);
}

#[test]
fn an_answer_says_how_long_it_took_and_the_time_is_that_of_its_arrival() {
    let mut world = World::new();
    world.provider.session = Some("usr_1".into());
    world.open("/");
    world.now = world.now.plus(Duration::from_millis(120));
    world.settle();
    assert_eq!(entry(&world, "key set").took, Some(Duration::from_millis(120)));
    assert_eq!(entry(&world, "authorization response, from the relay page").took, Some(Duration::from_millis(120)));
    assert_eq!(entry(&world, "token response").took, Some(Duration::ZERO));
}

#[test]
fn what_is_ignored_is_there_with_its_reason() {
    let mut world = World::new();
    world.provider.session = Some("usr_1".into());
    world.open("/");
    let (ticket, _) = world.frames[0].clone();
    world.frame_says(ticket, "?code=canary&state=canary&canary=1");
    let foreign = world.flow.entries().last().unwrap();
    assert_eq!(format!("{:?}", foreign.ignored), "Some(Foreign)");
    assert!(foreign.checks.len() == 1 && foreign.facts.len() == 3, "{foreign:?}");
    world.settle();
    world.dispatch(Event::FrameLoaded { ticket });
    world.dispatch(Event::SessionWatched(Word::Changed));
    assert!(report(&world.flow, &[]).contains("came to rest on a page | ignored: nobody waits for it any more"));
}

#[test]
fn the_documents_of_the_provider_are_told_with_what_was_looked_at() {
    let block = format!(r#"{{"issuer":"{}","client_id":"{}","algorithms":["EdDSA"]}}"#, support::ISSUER, support::CLIENT);
    let mut world = World::with(hushkey::Config::from_json(&block, support::APP).expect("good"));
    world.provider.tweak_http = Some(Box::new(|response| {
        let pkce = r#"{"code_challenge_methods_supported":["S256"],"#;
        if response.body.expose().contains("jwks_uri") {
            response.body = Body::new(response.body.expose().replacen('{', pkce, 1));
        }
    }));
    world.visit("/");
    let named = |subject: Subject| world.flow.entries().flat_map(|entry| checks(entry, subject)).collect::<Vec<_>>();
    let metadata = named(Subject::Metadata);
    assert!(metadata.contains(&"endpoints, code") && metadata.contains(&"S256, as published"), "{metadata:?}");
    assert_eq!(named(Subject::Keys), ["a set of public keys"]);
    // Of a document that does not hold, nothing of the kind.
    let mut world = World::with(hushkey::Config::from_json(&block, support::APP).expect("good"));
    world.provider.tweak_http = Some(Box::new(|response| {
        response.body = Body::new(response.body.expose().replace("/token\"", "/token#x\"").replace("keys\":", "k\":"));
    }));
    world.visit("/");
    assert!(
        world
            .flow
            .entries()
            .all(|entry| !checks(entry, Subject::Metadata).contains(&"endpoints, code") && checks(entry, Subject::Keys).is_empty())
    );
}

#[test]
fn messages_of_other_tabs_are_told_and_name_nobody() {
    let mut world = restored(|_| {});
    let TabMessage::SignedIn(whose) = ({
        let mut other = World::new();
        other.sign_in("/");
        other.told.pop().expect("a sign-in is told")
    }) else {
        panic!("a sign-in")
    };
    world.dispatch(Event::OtherTabSignedIn(whose));
    world.dispatch(Event::OtherTabSignedOut { at: None });
    in_order(&world, &["somebody signed in there", "signed out there", "nobody is signed in"]);
}

#[test]
fn memory_is_bounded_and_what_was_dropped_is_counted() {
    let mut world = restored(|_| {});
    let before = world.flow.entries().len() as u64;
    for _ in 0..500 {
        world.dispatch(Event::PersonActed);
        world.dispatch(Event::SessionWatched(Word::Error));
    }
    assert_eq!(world.flow.entries().len(), KEPT);
    assert_eq!(world.flow.dropped(), before + 1000 - KEPT as u64);
    world.flow.clear();
    assert_eq!((world.flow.entries().len(), world.flow.dropped()), (0, 0));
}

#[test]
fn what_comes_again_and_again_is_one_entry_with_a_number() {
    let mut world = restored(|_| {});
    for _ in 0..500 {
        world.dispatch(Event::Ticked);
    }
    let last = world.flow.entries().last().unwrap();
    assert_eq!((last.title, last.repeated), ("the timer", 499));
}

#[test]
fn a_head_start_stands_at_the_times_at_which_it_was_made() {
    let mut world = World::new();
    world.provider.session = Some("usr_1".into());
    let (state, nonce, verifier) = ("s".repeat(43), "n".repeat(43), "v".repeat(43));
    let url = support::early_address(&state, &nonce, &verifier);
    let begun = world.now;
    world.early = Some(Early {
        state: StateParameter::new(&*state),
        nonce: Nonce::new(&*nonce),
        verifier: Verifier::new(&*verifier),
        url: SensitiveUrl::new(url.clone()),
        begun,
    });
    let answer = world.provider.authorize_in_frame(&url, world.now.wall);
    world.now = begun.plus(Duration::from_millis(200));
    world.open("/");
    let ticket = world.adopted.pop().expect("it is adopted");
    world.frame_says(ticket, &answer);
    // The driver finds that the keys had been asked for after 5 ms and the code redeemed after 80, and that the answer was there after 150.
    let of = |end: &str| world.requests.iter().find(|(_, request)| request.url.ends_with(end)).expect("it was asked").0;
    let (keys, token_request) = (of("/keys"), of("/token"));
    world.flow.was_sent_early(keys, begun.plus(Duration::from_millis(5)));
    world.flow.was_sent_early(token_request, begun.plus(Duration::from_millis(80)));
    world.flow.was_answered(token_request, begun.plus(Duration::from_millis(150)));
    world.settle();
    let line = |title: &str| {
        let entry = entry(&world, title);
        (entry.at.uptime.as_millis() - begun.uptime.as_millis(), entry.took.map(|took| took.as_millis()), entry.early)
    };
    assert_eq!(line("opens the hidden frame"), (0, None, true));
    assert_eq!(line("authorization request"), (0, None, true));
    assert_eq!(line("asks for the keys"), (5, None, true));
    assert_eq!(line("authorization response, from the relay page"), (80, Some(80), true));
    assert_eq!(line("token request"), (80, None, true));
    assert_eq!(line("token response"), (150, Some(70), false));
    assert_eq!(line("the app is there"), (200, None, false));
    in_order(
        &world,
        &[
            "opens the hidden frame", "authorization request", "authorization response, from the relay page", "token request",
            "token response", "the app is there", "goes on with the head start", "somebody is signed in",
        ],
    );
    assert_eq!(checks(entry(&world, "the app is there"), Subject::HeadStart), ["the very address, random values"]);
    let told = report(&world.flow, &[]);
    assert!([state, nonce, verifier].iter().all(|secret| !told.contains(secret.as_str())), "{told}");
}

#[test]
fn whatever_is_new_changes_the_version() {
    let mut world = restored(|_| {});
    let mut seen = vec![world.flow.version()];
    for event in [Event::RenewalChosen, Event::Woke { visible: false }] {
        world.dispatch(event);
        seen.push(world.flow.version());
    }
    world.flow.clear();
    seen.push(world.flow.version());
    world.flow.clear();
    seen.push(world.flow.version());
    assert!(seen.is_sorted_by(|before, after| before < after), "{seen:?}");
}

#[test]
fn what_is_asked_for_is_named() {
    let block = json!({ "issuer": support::ISSUER, "client_id": support::CLIENT, "algorithms": ["EdDSA"], "pushed_authorization_requests": true,
        "api": [{ "url": "https://api.example/", "step_up": true }] });
    let mut world = World::with(hushkey::Config::from_json(&block.to_string(), support::APP).expect("a good configuration"));
    world.provider.session = Some("usr_1".into());
    world.provider.tweak_http = Some(Box::new(|response| {
        let more = r#"{"pushed_authorization_request_endpoint":"https://as.example/par","authorization_endpoint""#;
        let document = response.body.expose().replacen(r#"{"authorization_endpoint""#, more, 1);
        response.body = Body::new(document);
    }));
    world.visit("/");
    in_order(&world, &["asks for the metadata", "pushed authorization request", "token request", "somebody is signed in"]);

    const GOLD: &str = r#"Bearer error="insufficient_user_authentication", acr_values="gold""#;
    let demand = world.state.step_up("https://api.example/", GOLD, world.now, &world.config).expect("no failure").expect("a demand");
    world.dispatch(Event::SignInChosen(SignInOptions::step_up(&demand)));
    in_order(&world, &["wants to sign in again, as an API demands"]);
}

#[test]
fn a_request_that_came_to_nothing_has_failed_also_where_nobody_is_told() {
    let metadata = json!({ "issuer": support::ISSUER, "authorization_endpoint": "https://as.example/authorize", "jwks_uri": "https://as.example/keys",
        "token_endpoint": "https://as.example/token", "revocation_endpoint": "https://as.example/revoke" });
    let block = json!({ "metadata": metadata, "client_id": support::CLIENT, "algorithms": ["EdDSA"], "revoke_at_sign_out": true });
    let mut world = World::with(hushkey::Config::from_json(&block.to_string(), support::APP).expect("a good configuration"));
    world.provider.issues_refresh_tokens = true;
    world.sign_in("/");
    world.dispatch(Event::RenewalChosen);
    let (ticket, _) = world.requests.pop().expect("the refresh");
    // What it would bring is waited for, to be revoked.
    world.dispatch(Event::SignOutChosen);
    world.flow.clear();
    world.dispatch(Event::Responded { ticket, outcome: Err(NetworkFailure::Unreachable) });
    let first = world.flow.entries().next().expect("it is told");
    assert!(first.failure.is_some() && first.ignored.is_none(), "{first:?}");
}
