//! Pushed authorization requests: everywhere or nowhere, once, and with nothing else done instead.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Config, Reason, SignInOptions, View,
    protocol::{
        authorize::Prompt,
        early::Early,
        error::{Error, NetworkFailure, ParFailure},
        http::{HttpResponse, Method},
        secret::{Body, Nonce, SensitiveUrl, StateParameter, Verifier},
        turn::Event,
    },
};
use std::time::Duration;
use support::{APP, CLIENT, ISSUER, World, name, seconds};

/// Metadata by hand, with more in them, and more in the configuration.
fn block(metadata: &str, members: &str) -> String {
    format!(
        r#"{{"metadata":{{"issuer":"{ISSUER}","authorization_endpoint":"{ISSUER}/authorize?tenant=a","token_endpoint":"{ISSUER}/token",
        "jwks_uri":"{ISSUER}/keys"{metadata}}},"client_id":"{CLIENT}","algorithms":["EdDSA"],"api":["https://api.example/"]{members}}}"#
    )
}

/// What becomes of an answer.
type Change = fn(&mut HttpResponse);

const ENDPOINT: &str = r#","pushed_authorization_request_endpoint":"https://as.example/par""#;
const WANTED: &str = r#","pushed_authorization_requests":true"#;

fn configured(metadata: &str, members: &str) -> Config {
    Config::from_json(&block(metadata, members), APP).expect("a good configuration")
}

/// An app that wants its requests pushed.
fn world() -> World {
    // The simulated provider takes two parameters and no more beside a pushed request.
    let block = block(ENDPOINT, WANTED).replace("?tenant=a", "");
    World::with(Config::from_json(&block, APP).expect("good"))
}

fn problem(view: &View) -> &Error {
    match view {
        View::SignedOut(Reason::Problem(error)) => error,
        other => panic!("a problem was expected, not {other:?}"),
    }
}

/// Whatever the browser was sent to, it carried nothing but the reference.
fn assert_nothing_plain(world: &World) {
    for line in
        world.provider.fronts.iter().chain(world.left_for.as_ref().map(|(url, _)| url)).chain(world.frames.iter().map(|(_, url)| url))
    {
        assert!(line.contains("request_uri=") && !line.contains("redirect_uri=") && !line.contains("state="), "{line}");
    }
}

#[test]
fn pa_01_it_is_asked_for_by_the_app_or_by_the_provider() {
    let required = r#","require_pushed_authorization_requests":true"#;
    for (metadata, members, pushes) in [
        (ENDPOINT, "", false),
        (ENDPOINT, r#","pushed_authorization_requests":false"#, false),
        (ENDPOINT, WANTED, true),
        (&*format!("{ENDPOINT}{required}"), "", true),
        (&format!("{ENDPOINT}{required}"), r#","pushed_authorization_requests":false"#, true),
        (r#","require_pushed_authorization_requests":false"#, "", false),
    ] {
        let mut world = World::with(configured(metadata, members));
        world.open("/");
        let pushed = world.requests.iter().any(|(_, request)| request.url == "https://as.example/par");
        assert_eq!((pushed, world.frames.len()), (pushes, usize::from(!pushes)), "{metadata} {members}");
    }
    let elsewhere = r#","pushed_authorization_request_endpoint":"https://par.example/par""#;
    for (members, is_there) in [("", false), (WANTED, true)] {
        let origins = configured(elsewhere, members).connect_origins();
        assert_eq!(origins.contains(&"https://par.example".to_owned()), is_there, "the page's policy has to let it through: {origins:?}");
    }
}

#[test]
fn pa_01_where_it_is_asked_for_there_must_be_a_usable_place_for_it() {
    let required = r#","require_pushed_authorization_requests":true"#;
    for bad in ["", "http://as.example/par", "javascript:alert(1)", "/par", "https://as.example/par#x", "https://a@as.example/par"] {
        let endpoint = format!(r#","pushed_authorization_request_endpoint":"{bad}""#);
        assert!(Config::from_json(&block(&endpoint, ""), APP).is_ok(), "{bad}: as long as nobody needs it");
        for (metadata, members) in [(endpoint.clone(), WANTED), (format!("{endpoint}{required}"), ""), (required.to_owned(), "")] {
            let error = Config::from_json(&block(&metadata, members), APP).expect_err(bad);
            assert!(error.0.field.ends_with("pushed_authorization_request_endpoint"), "{bad}: {error}");
        }
    }
    for bad in [r#","require_pushed_authorization_requests":"yes""#, r#","require_pushed_authorization_requests":1"#] {
        assert!(Config::from_json(&block(&format!("{ENDPOINT}{bad}"), ""), APP).is_err(), "{bad}");
    }
    assert!(Config::from_json(&block(ENDPOINT, r#","pushed_authorization_requests":"yes""#), APP).is_err());

    let discovered = format!(r#"{{"issuer":"{ISSUER}","client_id":"{CLIENT}","algorithms":["EdDSA"]{WANTED}}}"#);
    let mut world = World::with(Config::from_json(&discovered, APP).expect("it cannot be known yet"));
    let view = world.visit("/");
    assert_eq!(problem(&view).code(), "discovery_pushed_authorization_request_endpoint");
    world.dispatch(Event::SignInChosen(SignInOptions::default()));
    assert_eq!(problem(&world.settle()).code(), "discovery_pushed_authorization_request_endpoint");
    assert!(world.provider.asked.is_empty() && world.left_for.is_none() && world.frames.is_empty());
}

#[test]
fn pa_02_a_restore_a_redirect_and_a_reload_go_by_reference() {
    let mut world = world();
    world.sign_in("/account");
    assert_eq!(name(&world.state.view()), Some("Name of usr_1"));
    assert_eq!(name(&world.visit("/account")), Some("Name of usr_1"));
    assert_eq!((world.provider.pushed.len(), world.provider.fronts.len()), (3, 3), "each is pushed and used once");
    assert_nothing_plain(&world);
    let (frame, redirect) = (&world.provider.asked[0], &world.provider.asked[1]);
    assert_eq!((frame["prompt"].as_str(), redirect.get("prompt")), ("none", None));
    for asked in &world.provider.asked {
        assert_eq!((asked["code_challenge_method"].as_str(), asked["response_type"].as_str()), ("S256", "code"));
        assert_eq!(asked["state"].len(), 43);
    }
}

#[test]
fn pa_02_the_endpoint_keeps_its_own_query_and_the_reference_is_encoded() {
    let mut world = World::with(configured(ENDPOINT, WANTED));
    world.provider.tweak_push =
        Some(Box::new(|response| response.body = Body::new(r#"{"request_uri":"https://evil/?a=b&c#d","expires_in":9}"#)));
    world.open("/");
    while world.frames.is_empty() {
        assert!(world.answer_one());
    }
    let (_, url) = &world.frames[0];
    assert_eq!(
        url, "https://as.example/authorize?tenant=a&client_id=spac_1&request_uri=https%3A%2F%2Fevil%2F%3Fa%3Db%26c%23d",
        "and only there"
    );
    assert!(
        world.provider.called.iter().all(|called| called.starts_with("https://as.example/")),
        "nobody follows it: {:?}",
        world.provider.called
    );
}

#[test]
fn pa_02_a_reference_that_came_too_late_is_not_used() {
    for (passed, used) in [(59_999, true), (60_000, false)] {
        let mut world = world();
        world.open("/");
        let place = world.requests.iter().position(|(_, request)| request.url.ends_with("/par")).expect("it is pushed");
        let (ticket, request) = world.requests.remove(place);
        let outcome = world.provider.http(&request, world.now.wall);
        world.now = world.now.plus(Duration::from_millis(passed));
        let view = world.dispatch(Event::Responded { ticket, outcome });
        assert_eq!(world.frames.len() == 1, used, "{passed}");
        if !used {
            assert_eq!(support::code_of(&view), "par_network_timeout");
        }
    }
}

#[test]
fn pa_03_the_push_is_a_form_of_a_public_client() {
    let mut world = world();
    world.provider.session = Some("usr_1".into());
    world.visit("/");
    world.dispatch(Event::SignInChosen(SignInOptions { prompt: Some(Prompt::Create), ..SignInOptions::default() }));
    let (_, request) = world.requests.last().expect("the push");
    let Method::PostForm(form) = &request.method else { panic!("a form") };
    assert_eq!(request.url, "https://as.example/par", "no parameter stands in the address");
    assert!(!format!("{request:?}").contains("prompt"), "and none is shown");
    let names: Vec<&str> = form.expose().split('&').filter_map(|pair| pair.split('=').next()).collect();
    assert_eq!(
        names,
        ["response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "prompt"]
    );
    assert!(!form.expose().contains("secret") && !form.expose().contains("request_uri="));
}

#[test]
fn pa_01_nothing_is_done_in_its_place_when_it_fails() {
    let answers: [(&str, Change, bool); 7] = [
        ("par_network_status_500", |response| response.status = 500, true),
        ("par_network_status_429", |response| response.status = 429, true),
        ("par_status", |response| response.status = 200, false),
        ("par_expires_in", |response| response.body = Body::new(r#"{"request_uri":"urn:x"}"#), false),
        ("par_expires_in", |response| response.body = Body::new(r#"{"request_uri":"urn:x","expires_in":-1}"#), false),
        ("par_request_uri", |response| response.body = Body::new(r#"{"request_uri":"","expires_in":60}"#), false),
        ("invalid_request", |response| (response.status, response.body) = (400, Body::new(r#"{"error":"invalid_request"}"#)), false),
    ];
    for (code, answer, transient) in answers {
        // In a frame.
        let mut world = world();
        world.provider.tweak_push = Some(Box::new(answer));
        let view = world.visit("/");
        assert_eq!((support::code_of(&view).as_str(), matches!(view, View::Restoring { .. })), (code, transient));
        if transient {
            assert_eq!(problem(&world.pass(seconds(3600))).code(), code, "tried again, and given up");
        }
        // By a redirect.
        world.dispatch(Event::SignInChosen(SignInOptions::default()));
        let view = world.settle();
        let Error::Par(_) = problem(&view) else { panic!("{view:?}") };
        assert_eq!(problem(&view).code(), code);
        // In a window.
        world.dispatch(Event::SignInChosen(SignInOptions { popup: true, ..SignInOptions::default() }));
        let (ticket, url) = world.popups.last().cloned().expect("it opens at the click");
        assert!(url == "about:blank" && world.state.holds(ticket));
        assert_eq!(problem(&world.settle()).code(), code);
        assert!(!world.state.holds(ticket) && !world.state.has_popup(), "it is closed");
        assert!(
            world.provider.asked.is_empty() && world.left_for.is_none() && world.frames.is_empty() && world.stored.is_empty(),
            "{code}"
        );
        // And it works as soon as the endpoint does.
        world.provider.tweak_push = None;
        assert!(world.sign_in("/").person().is_some());
        assert_nothing_plain(&world);
    }
}

#[test]
fn pa_01_a_push_that_is_not_answered_ends_in_time() {
    let mut world = world();
    world.visit("/");
    world.dispatch(Event::SignInChosen(SignInOptions::default()));
    world.requests.clear();
    assert_eq!(world.state.deadline().map(|deadline| deadline.from_now(world.now)), Some(seconds(15)));
    let view = world.pass(seconds(15));
    assert_eq!(problem(&view), &Error::Par(ParFailure::Network(NetworkFailure::Timeout)));

    world.dispatch(Event::SignInChosen(SignInOptions { popup: true, ..SignInOptions::default() }));
    world.requests.clear();
    world.pass(seconds(15));
    assert!(!world.state.has_popup());

    world.provider.session = Some("usr_1".into());
    world.dispatch(Event::RetryChosen);
    world.requests.clear();
    assert_eq!(support::code_of(&world.pass(seconds(15))), "par_network_timeout");
    assert!(world.pass(seconds(60)).person().is_some(), "and is tried again");
    assert_nothing_plain(&world);
}

#[test]
fn pa_02_a_window_opens_at_once_and_goes_on_when_the_reference_is_there() {
    let mut world = world();
    world.visit("/");
    world.dispatch(Event::SignInChosen(SignInOptions { popup: true, ..SignInOptions::default() }));
    let (ticket, url) = world.popups[0].clone();
    assert_eq!(url, "about:blank");
    world.settle();
    let (own, url) = world.popups[0].clone();
    assert!(own == ticket && url.contains("request_uri=") && !url.contains("redirect_uri"));
    let answer = world.provider.authorize(&url, world.now.wall);
    world.frame_says(ticket, &answer);
    assert_eq!(name(&world.settle()), Some("Name of usr_1"));
    assert!(world.provider.asked[1]["state"].starts_with("popup."));
}

#[test]
fn pa_02_a_window_that_is_blocked_becomes_a_redirect_with_a_push_of_its_own() {
    let mut world = world();
    world.visit("/");
    world.dispatch(Event::SignInChosen(SignInOptions { popup: true, ..SignInOptions::default() }));
    let (ticket, _) = world.popups[0].clone();
    let (first, _) = world.requests.last().cloned().expect("its push");
    world.dispatch(Event::PopupBlocked { ticket });
    assert!(!world.state.holds(first), "nobody waits for the window's");
    world.follow();
    assert!(world.settle().person().is_some());
    assert_nothing_plain(&world);
}

#[test]
fn pa_02_somebody_who_signs_out_meanwhile_goes_nowhere() {
    let mut world = world();
    world.visit("/");
    world.dispatch(Event::SignInChosen(SignInOptions::default()));
    let (ticket, _) = world.requests.last().cloned().expect("the push");
    assert!(world.state.holds(ticket), "or the browser would abort it");
    world.dispatch(Event::SignOutChosen);
    assert!(!world.state.holds(ticket));
    assert_eq!(world.settle(), View::SignedOut(Reason::ByChoice));
    assert!(world.left_for.is_none());
}

#[test]
fn pa_01_a_head_start_that_pushed_nothing_is_not_taken_over() {
    let mut world = world();
    let [state, nonce, verifier] = ["s", "n", "v"].map(|letter| letter.repeat(43));
    world.early = Some(Early {
        url: SensitiveUrl::new(support::early_address(&state, &nonce, &verifier)),
        state: StateParameter::new(state),
        nonce: Nonce::new(nonce),
        verifier: Verifier::new(verifier),
        begun: world.now,
    });
    world.open("/");
    assert!(world.adopted.is_empty() && world.requests.iter().any(|(_, request)| request.url.ends_with("/par")));
}

#[test]
fn pa_01_a_frame_that_is_silent_is_examined_without_a_plain_request() {
    let mut world = world();
    world.provider.frames_refused = true;
    world.open("/");
    while world.frames.is_empty() {
        assert!(world.answer_one());
    }
    world.pass(seconds(10));
    assert!(world.log.iter().any(|line| line.starts_with("Examine") && line.contains("question: None")), "{:?}", world.log.last());
    assert!(world.provider.asked.is_empty());
}

#[test]
fn pa_01_a_renewal_whose_push_is_refused_takes_nothing_from_the_person() {
    let mut world = world();
    assert!(world.sign_in("/").person().is_some());
    world.provider.tweak_push =
        Some(Box::new(|response| (response.status, response.body) = (400, Body::new(r#"{"error":"invalid_request"}"#))));
    let view = world.pass(seconds(300));
    assert!(matches!(&view, View::Paused { cause: Error::Par(ParFailure::Refused(_)), .. }), "{view:?}");
    world.provider.tweak_push = None;
    world.dispatch(Event::RetryChosen);
    assert!(matches!(world.settle(), View::SignedIn(_)));
}

#[test]
fn ja_01_no_request_object_and_no_signed_answer() {
    // The caller of a sign-in cannot put a request object, or a reference to one, into the request.
    for by_reference in [false, true] {
        let mut world = if by_reference { world() } else { World::new() };
        world.visit("/");
        let extra = ["request", "request_uri", "registration", "response_mode", "response_type", "client_id", "resource"];
        let extra = extra.map(|name| (name.to_owned(), "canary".to_owned())).to_vec();
        world.dispatch(Event::SignInChosen(SignInOptions { extra, ..SignInOptions::default() }));
        world.follow();
        assert!(world.settle().person().is_some());
        let asked = world.provider.asked.last().expect("the sign-in");
        assert!(!asked.values().any(|value| value == "canary"), "{asked:?}");
        assert!(!world.provider.fronts.iter().any(|url| url.contains("canary")));
    }
    // Nor can an endpoint have one already.
    for parameter in ["request=x", "request_uri=urn:x"] {
        assert!(Config::from_json(&block("", "").replace("tenant=a", parameter), APP).is_err(), "{parameter}");
    }
    // An answer in a token (JARM) is not one: neither alone nor beside the ordinary parameters.
    for (alone, answer) in [(false, "response=eyJhbGciOiJub25lIn0.e30."), (true, "response=eyJhbGciOiJub25lIn0.e30."), (false, "response=")]
    {
        let mut world = World::new();
        world.visit("/");
        world.dispatch(Event::SignInChosen(SignInOptions::default()));
        let is_empty = answer == "response=";
        world.provider.tweak_answer = Some(Box::new(move |back| {
            *back = format!("{back}&{answer}");
            if alone {
                *back = back.replace("code=", "no_code=");
            }
        }));
        world.follow();
        world.provider.tweak_answer = None;
        let view = world.settle();
        assert_eq!(view.person().is_some(), is_empty, "{view:?}");
        if !is_empty {
            assert_eq!(problem(&view).code(), "response_response");
            assert_eq!(world.redeemed("authorization_code"), 0);
        }
    }
}
