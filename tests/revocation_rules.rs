//! Rules of revocation: what is asked for when a session ends here, in which order, of whom, and that nothing hangs on it.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Config, Error, Reason, SignInOptions, View,
    protocol::{
        error::NetworkFailure,
        http::{HttpResponse, Outcome},
        revocation::process_revocation_response,
        secret::Body,
        turn::Event,
    },
};
use serde_json::json;
use std::time::Duration;
use support::{APP, CLIENT, ISSUER, World, name, seconds};

const REVOKE: &str = "https://as.example/revoke";

/// With an endpoint for it, and with this beside it; refresh tokens are given out.
fn world(endpoint: &str, extra: &str) -> World {
    let block = format!(
        r#"{{"metadata":{{"issuer":"{ISSUER}","authorization_endpoint":"{ISSUER}/authorize","token_endpoint":"{ISSUER}/token","jwks_uri":"{ISSUER}/keys",
        "end_session_endpoint":"{ISSUER}/logout","revocation_endpoint":"{endpoint}"}},"client_id":"{CLIENT}","algorithms":["EdDSA"]{extra}}}"#
    );
    let mut world = World::with(Config::from_json(&block, APP).expect("a good configuration"));
    world.provider.issues_refresh_tokens = true;
    world
}

fn revoking() -> World {
    world(REVOKE, r#","revoke_at_sign_out":true"#)
}

/// Where to and what, in short.
fn asked(world: &World) -> Vec<(&str, &str)> {
    world.revoked.iter().map(|(_, fields)| (fields[1].1.as_str(), fields[0].1.as_str())).collect()
}

/// The tokens of the latest token response.
fn latest(world: &World) -> (String, String) {
    let secrets = &world.provider.secrets;
    let refresh = secrets.iter().rev().find(|secret| secret.starts_with("refresh-token")).cloned().unwrap_or_default();
    let place = secrets.iter().rposition(|secret| secret.matches('.').count() == 2).expect("an ID token");
    (secrets[place - 1].clone(), refresh)
}

#[test]
fn lo_12_the_refresh_token_goes_to_the_revocation_endpoint_with_hint_and_client() {
    let mut world = revoking();
    world.sign_in("/account");
    let (_, refresh) = latest(&world);
    assert!(matches!(world.dispatch(Event::SignOutChosen), View::Leaving(_)));
    let fields = [("token", refresh.as_str()), ("token_type_hint", "refresh_token"), ("client_id", CLIENT)];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    assert_eq!(world.revoked, [(REVOKE.to_owned(), fields)], "one request, and its access token ends with it");
    assert!(world.left_for.is_some(), "and the page left for the provider in the same step");
    assert!(!world.log.iter().any(|line| line.contains(&refresh)), "it was shown");
}

#[test]
fn lo_12_without_a_refresh_token_the_access_token_is_revoked() {
    let mut world = revoking();
    world.provider.issues_refresh_tokens = false;
    world.sign_in("/");
    let (access, _) = latest(&world);
    world.dispatch(Event::SignOutChosen);
    assert_eq!(asked(&world), [("access_token", access.as_str())]);
}

#[test]
fn lo_12_an_access_token_of_another_grant_follows_the_refresh_token() {
    let mut world = revoking();
    world.sign_in("/");
    let (_, refresh) = latest(&world);
    // Another tab's word makes the page ask in a frame, which brings an access token and no refresh token.
    world.provider.issues_refresh_tokens = false;
    world.now = world.now.plus(seconds(3600));
    world.provider.refresh_tokens.clear();
    world.hint = hushkey::protocol::hint::Hint { frames: hushkey::protocol::hint::Frames::Work, ..world.hint };
    let hint = world.hint;
    world.dispatch(Event::PageReturned { hint });
    assert_eq!(name(&world.settle()), Some("Name of usr_1"));
    let (access, _) = latest(&world);
    world.dispatch(Event::SignOutChosen);
    assert_eq!(asked(&world), [("refresh_token", refresh.as_str()), ("access_token", access.as_str())], "in this order");
}

#[test]
fn lo_12_the_policy_lets_the_request_through_where_there_is_one() {
    let origins = |extra: &str| world("https://tokens.example/revoke", extra).config.connect_origins();
    assert!(origins(r#","revoke_at_sign_out":true"#).contains(&"https://tokens.example".to_owned()));
    assert!(!origins("").contains(&"https://tokens.example".to_owned()));
}

#[test]
fn lo_12_off_means_not_a_byte() {
    for mut world in [world(REVOKE, ""), world(REVOKE, r#","revoke_at_sign_out":false"#)] {
        world.sign_in("/");
        world.dispatch(Event::SignOutChosen);
        assert!(world.revoked.is_empty() && world.requests.is_empty());
    }
}

#[test]
fn lo_12_an_endpoint_that_is_not_https_is_refused() {
    for bad in ["http://as.example/revoke", "javascript:alert(1)", "//as.example/revoke", "/revoke", "https://as.example/#revoke", ""] {
        let with = |provider: String| format!(r#"{{{provider},"client_id":"{CLIENT}","algorithms":["EdDSA"],"revoke_at_sign_out":true}}"#);
        let metadata = json!({ "issuer": ISSUER, "authorization_endpoint": format!("{ISSUER}/authorize"), "token_endpoint": format!("{ISSUER}/token"),
            "jwks_uri": format!("{ISSUER}/keys"), "revocation_endpoint": bad });
        let refused = Config::from_json(&with(format!(r#""metadata":{metadata}"#)), APP).expect_err(bad);
        assert!(refused.to_string().contains("revoke_at_sign_out") && refused.to_string().contains("revocation_endpoint"), "{refused}");

        // Discovered, it is left out (DI-07), and the sign-out says so and goes on.
        let mut world = World::with(Config::from_json(&with(format!(r#""issuer":"{ISSUER}""#)), APP).expect("good"));
        world.provider.tweak_http = Some(Box::new(move |response| {
            if response.body.expose().contains("jwks_uri") {
                let more = format!("{{\"revocation_endpoint\":{},", json!(bad));
                response.body = Body::new(response.body.expose().replacen('{', &more, 1));
            }
        }));
        world.sign_in("/");
        world.dispatch(Event::SignOutChosen);
        assert!(world.revoked.is_empty(), "{bad}: a token was sent");
        assert_eq!(world.reported, ["logout_revocation_endpoint"], "{bad}");
        assert!(world.left_for.as_ref().is_some_and(|(url, _)| url.starts_with("https://as.example/logout?")), "{bad}");
    }
    let wrong = format!(r#"{{"issuer":"{ISSUER}","client_id":"{CLIENT}","revoke_at_sign_out":"yes"}}"#);
    assert!(Config::from_json(&wrong, APP).expect_err("no text").to_string().contains("revoke_at_sign_out"));
}

#[test]
fn lo_12_where_nothing_else_ends_it_at_the_provider_revocation_does() {
    let block = format!(
        r#"{{"metadata":{{"issuer":"{ISSUER}","authorization_endpoint":"{ISSUER}/authorize","token_endpoint":"{ISSUER}/token","jwks_uri":"{ISSUER}/keys",
        "revocation_endpoint":"{REVOKE}"}},"client_id":"{CLIENT}","algorithms":["EdDSA"],"revoke_at_sign_out":true}}"#
    );
    let mut world = World::with(Config::from_json(&block, APP).expect("good"));
    world.provider.issues_refresh_tokens = true;
    world.sign_in("/");
    assert_eq!(world.dispatch(Event::SignOutChosen), View::SignedOut(Reason::ByChoice));
    assert_eq!(world.revoked.len(), 1);
}

#[test]
fn lo_12_every_tab_revokes_its_own_tokens() {
    let mut world = revoking();
    world.sign_in("/");
    let (_, refresh) = latest(&world);
    assert_eq!(world.dispatch(Event::OtherTabSignedOut { at: None }), View::SignedOut(Reason::Elsewhere));
    assert_eq!(asked(&world), [("refresh_token", refresh.as_str())]);
}

#[test]
fn lo_12_a_token_that_is_under_way_or_in_doubt_is_revoked_too() {
    let mut world = revoking();
    world.sign_in("/");
    let (_, refresh) = latest(&world);
    world.dispatch(Event::RenewalChosen);
    world.dispatch(Event::SignOutChosen);
    assert_eq!(asked(&world), [("refresh_token", refresh.as_str())], "it had been sent");

    let mut world = revoking();
    world.sign_in("/");
    let (_, refresh) = latest(&world);
    world.provider_is_down(true);
    world.dispatch(Event::RenewalChosen);
    world.settle();
    world.dispatch(Event::SignOutChosen);
    assert_eq!(asked(&world), [("refresh_token", refresh.as_str())], "it may be used up, or not");
}

#[test]
fn lo_12_the_tokens_of_somebody_whose_place_is_taken_are_revoked() {
    let mut world = revoking();
    world.sign_in("/");
    let (access, refresh) = latest(&world);
    world.provider.session = Some("usr_2".to_owned());
    world.provider.refresh_tokens.clear();
    world.dispatch(Event::RenewalChosen);
    assert_eq!(name(&world.settle()), Some("Name of usr_2"));
    assert_eq!(asked(&world), [("access_token", access.as_str())], "the refresh token was refused, and is worth nothing: {refresh}");
    let (_, second) = latest(&world);
    world.dispatch(Event::SignOutChosen);
    assert_eq!(asked(&world).last(), Some(&("refresh_token", second.as_str())), "and the other's are, when they go");
}

#[test]
fn lo_12_a_renewal_revokes_nothing() {
    let mut world = revoking();
    world.sign_in("/");
    for _ in 0..3 {
        world.dispatch(Event::RenewalChosen);
        assert!(world.settle().person().is_some());
    }
    world.pass(seconds(1000));
    assert!(world.revoked.is_empty(), "{:?}", world.revoked);
}

#[test]
fn lo_12_what_happens_meanwhile_makes_no_answer_late() {
    let mut world = revoking();
    world.sign_in("/");
    world.dispatch(Event::RenewalChosen);
    assert_eq!(world.requests.len(), 1, "the refresh is under way");
    for event in [Event::Woke { visible: true }, Event::PersonActed, Event::Ticked, Event::RenewalChosen] {
        world.dispatch(event);
    }
    let (before, _) = latest(&world);
    assert!(matches!(world.settle(), View::SignedIn(_)));
    assert_ne!(latest(&world).0, before, "it was taken");
    assert!(world.revoked.is_empty(), "{:?}", world.revoked);
    assert_eq!(world.state.token_expires_at(), Some(world.now.wall.plus(seconds(300))), "and is the session's own");
}

#[test]
fn lo_12_a_session_that_goes_on_while_the_person_steps_up_is_not_revoked() {
    let pushed = format!(r#"{REVOKE}","pushed_authorization_request_endpoint":"{ISSUER}/par"#);
    for mut world in [revoking(), world(&pushed, r#","revoke_at_sign_out":true,"pushed_authorization_requests":true"#)] {
        assert!(world.sign_in("/").person().is_some());
        world.dispatch(Event::SignInChosen(SignInOptions {
            keeps_session: true,
            acr_values: vec!["gold".into()],
            ..SignInOptions::default()
        }));
        assert!(matches!(world.state.view(), View::Leaving(_)));
        assert_eq!(world.revoked, []);
        world.follow();
        world.settle();
        assert_eq!(world.revoked, [], "nor is it when they are back");
        // One that is left for another sign-in is over.
        world.dispatch(Event::SignInChosen(SignInOptions::default()));
        world.settle();
        assert_eq!(world.revoked.len(), 1);
    }
}

fn answer(status: u16, body: &str, retry_after: Option<Duration>) -> Outcome {
    Ok(HttpResponse { status, content_type: Some("application/json".into()), retry_after, body: Body::new(body) })
}

#[test]
fn lo_13_200_is_done_and_everything_else_is_told_to_developers_alone() {
    assert_eq!(process_revocation_response(&answer(200, "", None)), Ok(()), "also for a token that nobody knows");
    assert_eq!(process_revocation_response(&answer(200, "<html>", None)), Ok(()), "what it says in addition does not matter");
    for (outcome, says) in [
        (answer(503, "", None), "503"),
        (answer(503, "", Some(seconds(30))), "503"),
        (answer(429, "", Some(seconds(30))), "429"),
        (answer(400, r#"{"error":"unsupported_token_type"}"#, None), "status 400"),
        (answer(400, r#"{"error":"invalid_request"}"#, None), "status 400"),
        (answer(401, r#"{"error":"invalid_client"}"#, None), "status 401"),
        (answer(400, r#"{"error":"<img src=x>\u0007"}"#, None), "status 400"),
        (answer(400, "not JSON", None), "status 400"),
        (answer(204, "", None), "204"),
        (answer(302, "", None), "302"),
        (Err(NetworkFailure::Unreachable), "reach"),
        (Err(NetworkFailure::Offline), "offline"),
        (Err(NetworkFailure::Timeout), "time"),
    ] {
        let error = process_revocation_response(&outcome).expect_err(says);
        assert!(matches!(error, Error::Logout(_)) && error.code() == "logout_revocation", "{error}");
        assert!(error.to_string().contains(says) && !error.to_string().contains('<'), "{says}: {error}");
        assert!(!error.is_transient(), "{error}: it would be tried again");
    }
}

#[test]
fn lo_13_a_provider_that_cannot_be_reached_keeps_nobody_signed_in() {
    let mut world = revoking();
    world.sign_in("/account");
    world.provider_is_down(true);
    world.dispatch(Event::SignOutChosen);
    assert_eq!(world.revoked.len(), 1);
    assert!(world.left_for.is_some() && world.state.deadline().is_some(), "nothing waits for it");
    assert!(world.provider.secrets.iter().all(|secret| !format!("{:?}", world.state).contains(secret)));
    assert_eq!(world.visit("/account"), View::SignedOut(Reason::ByChoice));
}

#[test]
fn tr_23_tokens_in_a_late_answer_are_revoked() {
    let mut world = revoking();
    world.sign_in("/");
    let (_, used) = latest(&world);
    world.dispatch(Event::RenewalChosen);
    world.dispatch(Event::OtherTabSignedOut { at: None });
    let (ticket, request) = world.requests.pop().expect("a token request under way");
    assert!(world.state.holds(ticket), "it is not aborted");
    let outcome = world.provider.http(&request, world.now.wall);
    let (_, late) = latest(&world);
    assert_ne!(used, late);
    assert_eq!(world.dispatch(Event::Responded { ticket, outcome }), View::SignedOut(Reason::Elsewhere), "nobody is signed in by it");
    assert_eq!(asked(&world), [("refresh_token", used.as_str()), ("refresh_token", late.as_str())]);
    assert!(!world.state.holds(ticket));
}

#[test]
fn tr_23_the_same_for_a_code_that_was_being_redeemed_and_for_one_that_was_verified() {
    for verified in [false, true] {
        let mut world = revoking();
        world.open("/");
        world.settle();
        world.provider.session = Some("usr_1".to_owned());
        world.dispatch(Event::SignInChosen(SignInOptions::default()));
        world.follow();
        let place = world.requests.iter().position(|(_, request)| request.url.ends_with("/token")).expect("the code is redeemed");
        let (ticket, request) = world.requests.remove(place);
        let outcome = world.provider.http(&request, world.now.wall);
        let (_, refresh) = latest(&world);
        if verified {
            world.dispatch(Event::Responded { ticket, outcome: outcome.clone() });
        }
        world.dispatch(Event::SignOutChosen);
        if !verified {
            assert!(world.revoked.is_empty(), "there is nothing yet");
            world.left_for = None;
            world.dispatch(Event::Responded { ticket, outcome });
        }
        assert_eq!(asked(&world), [("refresh_token", refresh.as_str())], "verified: {verified}");
    }
}

#[test]
fn tr_23_an_answer_that_brings_nothing_is_forgotten_and_without_revocation_it_is_aborted() {
    let mut world = revoking();
    world.sign_in("/");
    world.dispatch(Event::RenewalChosen);
    world.dispatch(Event::OtherTabSignedOut { at: None });
    let (ticket, _) = world.requests.pop().expect("under way");
    world.dispatch(Event::Responded { ticket, outcome: Err(NetworkFailure::Timeout) });
    assert!(!world.state.holds(ticket) && world.revoked.len() == 1);

    let mut world = support::World::new();
    world.provider.issues_refresh_tokens = true;
    world.sign_in("/");
    world.dispatch(Event::RenewalChosen);
    world.dispatch(Event::OtherTabSignedOut { at: None });
    let (ticket, _) = world.requests.pop().expect("under way");
    assert!(!world.state.holds(ticket), "nobody waits for it");
}
