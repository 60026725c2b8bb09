//! Tokens that are bound to a key of the page: what the machine asks for, and what it refuses. Keys are names here; real ones are made in browsers.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Config, SignInOptions, View,
    protocol::{
        api::TokenAnswer,
        error::{DpopFailure, Error, Finding, NetworkFailure},
        secret::Body,
        turn::Event,
    },
};
use serde_json::{Value, json};
use support::{APP, CLIENT, ISSUER, World, code_of, config, key, name, seconds};

const API: &str = "https://api.example/";

fn world_with(extra: &str) -> World {
    let mut world = World::with(config(&format!(r#","dpop":true{extra}"#)));
    world.spare = Some(key(1_000));
    world.provider.binds = true;
    world.provider.issues_refresh_tokens = true;
    world
}

fn world() -> World {
    world_with("")
}

/// Somebody is signed in, by a frame.
fn signed_in(mut world: World) -> World {
    world.provider.session = Some("usr_1".to_owned());
    assert_eq!(name(&world.visit("/")), Some("Name of usr_1"), "{:?}", world.state.view());
    world
}

fn bound_to(world: &World) -> Option<String> {
    match world.state.token_for(API, world.now, &world.config) {
        TokenAnswer::Attach { key, .. } => key.map(|key| key.as_str().to_owned()),
        other => panic!("a token, not {other:?}"),
    }
}

/// Every key that an authorization request named.
fn named(world: &World) -> Vec<String> {
    world.provider.asked.iter().filter_map(|query| query.get("dpop_jkt").cloned()).collect()
}

#[test]
fn dp_14_each_request_names_a_key_of_its_own_and_its_code_goes_with_that() {
    let mut world = signed_in(world());
    world.pass(seconds(250));
    world.provider.refresh_tokens.clear();
    world.pass(seconds(250));
    let named = named(&world);
    assert_eq!(named.len(), 2, "one for the restore, one after the refresh token was refused");
    assert_ne!(named[0], named[1]);
    let proved: Vec<_> = world.provider.proved.iter().flatten().collect();
    assert_eq!(proved, [&named[0], &named[0], &named[0], &named[1]], "code, refresh twice, code");
    assert_eq!(bound_to(&world).as_ref(), Some(&named[1]));
}

#[test]
fn dp_01_the_key_of_a_further_token_is_held_as_long_as_that_is() {
    let further = "https://further.example/";
    let block = format!(
        r#"{{"metadata":{{"issuer":"{ISSUER}","authorization_endpoint":"{ISSUER}/authorize","token_endpoint":"{ISSUER}/token","jwks_uri":"{ISSUER}/keys"}},
        "client_id":"{CLIENT}","algorithms":["EdDSA"],"dpop":true,
        "api":[{{"url":"{API}","resource":"urn:a"}},{{"url":"{further}","resource":"urn:b"}}]}}"#
    );
    let mut world = World::with(Config::from_json(&block, APP).expect("good"));
    world.spare = Some(key(1_000));
    world.provider.binds = true;
    let mut world = signed_in(world);
    let TokenAnswer::Fetch(target) = world.state.token_for(further, world.now, &world.config) else { panic!("a token to be fetched") };
    world.dispatch(Event::TokenNeeded(target));
    world.settle();
    let key_of = |world: &World, address: &str| match world.state.token_for(address, world.now, &world.config) {
        TokenAnswer::Attach { key: Some(key), .. } => key,
        other => panic!("{address}: a bound token, not {other:?}"),
    };
    let (own, of_further) = (key_of(&world, API), key_of(&world, further));
    assert_ne!(own, of_further);
    assert!(world.state.holds_key(&own) && world.state.holds_key(&of_further) && !world.state.holds_key(&key(7)));
    world.dispatch(Event::SignOutChosen);
    assert!(!world.state.holds_key(&own) && !world.state.holds_key(&of_further));
}

#[test]
fn dp_14_the_key_of_a_request_is_kept_while_it_is_pushed() {
    let block = format!(
        r#"{{"metadata":{{"issuer":"{ISSUER}","authorization_endpoint":"{ISSUER}/authorize","token_endpoint":"{ISSUER}/token","jwks_uri":"{ISSUER}/keys",
        "pushed_authorization_request_endpoint":"{ISSUER}/par"}},"client_id":"{CLIENT}","algorithms":["EdDSA"],
        "pushed_authorization_requests":true,"dpop":true}}"#
    );
    let mut world = World::with(Config::from_json(&block, APP).expect("good"));
    world.spare = Some(key(1_000));
    world.open("/");
    assert!(world.requests.iter().any(|(_, request)| request.url.ends_with("/par")) && world.frames.is_empty());
    assert!(world.state.holds_key(&key(1_000)) && !world.state.holds_key(&key(1_001)));
}

#[test]
fn dp_14_a_code_that_is_bound_to_another_key_makes_no_session() {
    let mut world = world();
    world.provider.session = Some("usr_1".to_owned());
    // Somebody puts another key into the request.
    world.open("/");
    let (ticket, url) = world.frames.remove(0);
    let own = key(1_000);
    let url = url.replace(own.as_str(), key(9).as_str());
    let answer = world.provider.authorize_in_frame(&url, world.now.wall);
    world.frame_says(ticket, &answer);
    world.answer_one();
    world.answer_one();
    assert_eq!(world.provider.grants, ["authorization_code"]);
    assert!(world.state.view().person().is_none(), "the provider compares the two");
}

#[test]
fn dp_14_a_redirect_names_no_key_and_its_code_goes_with_a_new_one() {
    let mut world = world();
    assert!(world.sign_in("/").person().is_some());
    assert!(world.provider.asked.last().is_some_and(|query| !query.contains_key("dpop_jkt")), "the page loses its keys on the way");
    let proved = world.provider.proved.last().cloned().flatten();
    assert!(proved.is_some() && bound_to(&world) == proved);
    let stored: String = world.stored.values().map(|record| record.expose().to_owned()).collect();
    assert!(!stored.contains("jkt") && !stored.contains("key"), "{stored}");
}

#[test]
fn dp_14_a_window_names_a_key_of_its_own() {
    let mut world = world();
    world.visit("/");
    world.dispatch(Event::SignInChosen(SignInOptions { popup: true, ..SignInOptions::default() }));
    let (ticket, url) = world.popups.remove(0);
    world.provider.session = Some("usr_1".to_owned());
    let answer = world.provider.authorize(&url, world.now.wall);
    world.frame_says(ticket, &answer);
    assert!(world.settle().person().is_some());
    let named = named(&world);
    assert_eq!(named.len(), 2);
    assert_ne!(named[0], named[1]);
    assert_eq!(bound_to(&world).as_ref(), named.last());
}

#[test]
fn dp_13_a_refresh_goes_with_the_key_of_the_session() {
    let mut world = signed_in(world());
    let first = bound_to(&world);
    for _ in 0..3 {
        world.pass(seconds(250));
    }
    assert_eq!(world.redeemed("refresh_token"), 3);
    assert!(world.provider.proved.iter().all(|proved| *proved == first), "{:?}", world.provider.proved);
    assert_eq!(bound_to(&world), first);
    assert!(world.state.holds_key(&key(1_000)), "it is kept for as long as a token is bound to it");
}

#[test]
fn dp_13_a_refresh_token_goes_on_with_its_own_key_after_a_frame_brought_none() {
    let mut long = world();
    long.provider.lifetime = 3600;
    let mut world = signed_in(long);
    world.provider.issues_refresh_tokens = false;
    world.pass(seconds(301));
    // Whether the session still exists is asked in a frame, which brings new tokens.
    world.dispatch(Event::Woke { visible: true });
    world.settle();
    let named = named(&world);
    assert_eq!(named.len(), 2);
    assert_eq!(bound_to(&world).as_ref(), Some(&named[1]));
    assert!(world.state.holds_key(&key(1_000)), "the refresh token is bound to the first one still");
    world.pass(seconds(3600));
    assert_eq!(world.redeemed("refresh_token"), 1);
    assert_eq!(world.provider.proved.last().cloned().flatten().as_ref(), Some(&named[0]));
    assert_eq!(bound_to(&world).as_ref(), Some(&named[0]), "and so is what it brought");
}

#[test]
fn dp_13_without_its_key_a_refresh_token_is_dropped_and_the_silent_way_taken() {
    for failure in [DpopFailure::KeyLost, DpopFailure::Binding, DpopFailure::Nonce, DpopFailure::CorsExpose] {
        let mut world = signed_in(world());
        let first = bound_to(&world);
        world.dispatch(Event::RenewalChosen);
        let (ticket, _) = world.requests.remove(0);
        world.dispatch(Event::Responded { ticket, outcome: Err(NetworkFailure::Proof(failure)) });
        assert!(world.log.iter().any(|line| line.contains(&format!("Report(Dpop({failure:?}))"))), "{failure:?} is told");
        world.settle();
        assert_eq!(world.redeemed("authorization_code"), 2, "silently");
        assert!(world.state.view().person().is_some());
        assert_ne!(bound_to(&world), first, "with a new key");
        assert!(!world.state.holds_key(&key(1_000)), "the old one can go");
    }
}

#[test]
fn dp_13_a_provider_that_refuses_another_key_is_asked_silently() {
    let mut world = signed_in(world());
    world.dispatch(Event::RenewalChosen);
    world.requests[0].1.key = Some(key(77));
    world.settle();
    assert_eq!(world.redeemed("refresh_token"), 1);
    assert_eq!(world.redeemed("authorization_code"), 2);
    assert!(world.state.view().person().is_some());
}

#[test]
fn dp_01_a_browser_that_makes_no_key_is_named_before_anything_is_asked() {
    for path in ["/", "/account"] {
        let mut world = world();
        world.spare = None;
        assert_eq!(code_of(&world.visit(path)), "platform_crypto_subtle");
        assert!(world.provider.asked.is_empty() && world.provider.called.is_empty());
    }
    let mut world = world();
    world.visit("/");
    world.dispatch(Event::SignInChosen(SignInOptions::default()));
    world.spare = None;
    world.follow();
    assert_eq!(code_of(&world.settle()), "platform_crypto_subtle");
    assert_eq!(world.provider.grants.len(), 0, "the code is not redeemed");
    assert!(!world.address.contains("code="));
}

#[test]
fn dp_01_a_key_is_held_as_long_as_something_is_bound_to_it_and_no_longer() {
    let mut world = world();
    world.provider.session = Some("usr_1".to_owned());
    world.open("/");
    assert!(world.state.holds_key(&key(1_000)), "the frame was sent with it");
    world.settle();
    assert!(world.state.holds_key(&key(1_000)), "the tokens are bound to it");
    world.dispatch(Event::SignOutChosen);
    assert!(!world.state.holds_key(&key(1_000)));
}

#[test]
fn dp_11_a_token_that_anybody_could_use_is_refused() {
    for kind in [json!("Bearer"), json!("bearer"), json!("mac"), json!(""), json!("DPoPX"), json!("DPoP "), Value::Null, json!(["DPoP"])] {
        let mut world = world();
        world.provider.session = Some("usr_1".to_owned());
        let tweaked = kind.clone();
        world.provider.tweak_response = Some(Box::new(move |response| response["token_type"] = tweaked.clone()));
        let view = world.visit("/");
        assert_eq!(code_of(&view), "token_response_token_type", "{kind}");
        assert!(view.person().is_none());
        assert!(matches!(world.state.token_for(API, world.now, &world.config), TokenAnswer::SignedOut));
    }
    let mut world = world();
    world.provider.binds = false;
    world.provider.session = Some("usr_1".to_owned());
    let View::SignedOut(hushkey::Reason::Problem(error)) = world.visit("/") else { panic!("a problem") };
    assert_eq!(error.to_string(), "token response: token_type: unexpected Bearer, expected DPoP");
}

#[test]
fn dp_11_a_renewal_that_is_not_bound_is_no_renewal() {
    let mut world = signed_in(world());
    world.provider.tweak_response = Some(Box::new(|response| response["token_type"] = json!("Bearer")));
    assert_eq!(code_of(&world.pass(seconds(250))), "token_response_token_type");
}

#[test]
fn tr_07_with_keys_the_token_type_is_dpop_in_any_case_and_without_never() {
    for kind in ["DPoP", "dpop", "DPOP", "dPoP"] {
        let tweak = move |response: &mut Value| response["token_type"] = json!(kind);
        let mut bound = world();
        bound.provider.tweak_response = Some(Box::new(tweak));
        signed_in(bound);
        let mut plain = World::new();
        plain.provider.session = Some("usr_1".to_owned());
        plain.provider.tweak_response = Some(Box::new(tweak));
        assert_eq!(code_of(&plain.visit("/")), "token_response_token_type", "{kind} without a key");
    }
}

#[test]
fn at_08_an_access_token_that_is_looked_into_is_bound_to_our_key() {
    signed_in(world_with(r#","validate_access_token":true,"access_token_compat":true"#));
    for bad in [Value::Null, json!({}), json!({ "jkt": key(9).as_str() }), json!({ "jkt": 1 }), json!("x"), json!([])] {
        let mut world = world_with(r#","validate_access_token":true,"access_token_compat":true"#);
        world.provider.session = Some("usr_1".to_owned());
        let tweaked = bad.clone();
        world.provider.tweak_access = Some(Box::new(move |access| access["cnf"] = tweaked.clone()));
        let view = world.visit("/");
        assert_eq!(code_of(&view), "access_token_cnf", "{bad}");
        assert!(view.person().is_none());
    }
    let mut missing = world_with(r#","validate_access_token":true,"access_token_compat":true"#);
    missing.provider.session = Some("usr_1".to_owned());
    missing.provider.tweak_access = Some(Box::new(|access| {
        access.as_object_mut().expect("an object").remove("cnf");
    }));
    let View::SignedOut(hushkey::Reason::Problem(error)) = missing.visit("/") else { panic!("a problem") };
    assert_eq!(error.to_string(), "access token: cnf: missing");
}

#[test]
fn dp_02_a_provider_that_wants_another_algorithm_is_refused() {
    let metadata = |algorithms: &str| {
        format!(
            r#"{{"metadata":{{"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token",
            "jwks_uri":"https://as.example/keys"{algorithms}}},"client_id":"spac_1","dpop":true}}"#
        )
    };
    let read = |algorithms: &str| hushkey::Config::from_json(&metadata(algorithms), "https://app.example");
    for good in ["", r#","dpop_signing_alg_values_supported":["PS256","ES256"]"#] {
        assert!(read(good).is_ok(), "{good}");
    }
    for bad in [r#"["PS256"]"#, "[]", r#"["es256"]"#, r#""ES256""#, "[1]"] {
        let error = read(&format!(r#","dpop_signing_alg_values_supported":{bad}"#)).expect_err(bad);
        assert!(error.to_string().contains("dpop_signing_alg_values_supported"), "{bad}: {error}");
        let off = metadata(&format!(r#","dpop_signing_alg_values_supported":{bad}"#)).replace("true", "false");
        assert!(hushkey::Config::from_json(&off, "https://app.example").is_ok(), "{bad}: nobody asks for proofs");
    }
}

#[test]
fn dp_02_a_discovered_provider_that_wants_another_algorithm_is_refused() {
    let discovered = |dpop: bool| {
        let block = format!(r#"{{"issuer":"https://as.example","client_id":"spac_1","algorithms":["EdDSA"],"dpop":{dpop}}}"#);
        let mut world = World::with(hushkey::Config::from_json(&block, "https://app.example").expect("a good configuration"));
        world.provider.session = Some("usr_1".to_owned());
        world.provider.binds = dpop;
        world.spare = Some(key(1_000));
        world
    };
    for (list, fits) in [(json!(["ES256"]), true), (json!(["PS256"]), false), (json!([]), false), (json!("ES256"), false)] {
        let publish = |list: Value| {
            Some(Box::new(move |response: &mut hushkey::protocol::http::HttpResponse| {
                let mut body: Value = serde_json::from_str(response.body.expose()).expect("JSON");
                body["dpop_signing_alg_values_supported"] = list.clone();
                response.body = Body::new(body.to_string());
            }) as Box<dyn Fn(&mut _)>)
        };
        let mut world = discovered(true);
        world.provider.tweak_http = publish(list.clone());
        let view = world.visit("/");
        assert_eq!(view.person().is_some(), fits, "{list}");
        if !fits {
            assert_eq!(code_of(&view), "dpop_alg");
            assert!(world.provider.asked.is_empty());
        }
        let mut plain = discovered(false);
        plain.provider.tweak_http = publish(list.clone());
        assert!(plain.visit("/").person().is_some(), "{list}: nobody asks for proofs");
    }
}

#[test]
fn dp_07_an_endless_wish_for_a_nonce_is_an_error_with_a_name() {
    for (failure, code) in
        [(DpopFailure::Nonce, "dpop_nonce"), (DpopFailure::CorsExpose, "dpop_cors_expose"), (DpopFailure::Binding, "dpop_binding")]
    {
        let mut world = world();
        world.provider.session = Some("usr_1".to_owned());
        world.open("/");
        let (ticket, url) = world.frames.remove(0);
        let answer = world.provider.authorize_in_frame(&url, world.now.wall);
        world.frame_says(ticket, &answer);
        let place = world.requests.iter().position(|(_, request)| request.key.is_some()).expect("a token request");
        let (ticket, _) = world.requests.remove(place);
        let view = world.dispatch(Event::Responded { ticket, outcome: Err(NetworkFailure::Proof(failure)) });
        assert_eq!(code_of(&view), code);
    }
}

#[test]
fn dp_05_nothing_but_token_requests_carries_a_proof_and_none_without_the_setting() {
    let mut world = signed_in(world());
    assert_eq!(world.provider.called.len(), 2, "keys and tokens");
    world.dispatch(Event::RenewalChosen);
    assert!(world.requests.iter().all(|(_, request)| request.key.is_some() == request.url.ends_with("/token")));
    let mut plain = World::new();
    plain.spare = Some(key(1));
    plain.provider.issues_refresh_tokens = true;
    let mut plain = signed_in(plain);
    plain.pass(seconds(250));
    assert!(plain.provider.proved.len() > 1 && plain.provider.proved.iter().all(Option::is_none));
    assert!(named(&plain).is_empty() && bound_to(&plain).is_none() && !plain.state.holds_key(&key(1)));
}

#[test]
fn dp_06_the_token_goes_out_with_the_key_that_it_is_bound_to() {
    let world = signed_in(world());
    assert_eq!(bound_to(&world).as_deref(), named(&world).first().map(String::as_str));
}

/// How often it was told that refresh tokens stay as they are.
fn told(world: &World) -> usize {
    let told = Error::TokenResponse(Finding { field: "refresh_token".into(), problem: hushkey::protocol::error::Problem::Missing }).code();
    assert_eq!(told, "token_response_refresh_token");
    world.log.iter().filter(|line| line.starts_with("Report(TokenResponse(") && line.contains("\"refresh_token\"")).count()
}

#[test]
fn tr_22_a_refresh_token_that_stays_the_same_is_told_once_and_ends_nothing() {
    for brings_the_same in [false, true] {
        let mut world = World::new();
        world.provider.issues_refresh_tokens = true;
        world.provider.rotates = false;
        let mut world = signed_in(world);
        if brings_the_same {
            let same = world.provider.refresh_tokens.keys().next().cloned();
            world.provider.tweak_response = Some(Box::new(move |response| response["refresh_token"] = json!(same)));
        }
        assert_eq!(told(&world), 0, "it has not been used");
        for _ in 0..4 {
            world.pass(seconds(250));
            assert!(world.state.view().person().is_some(), "no error for the person");
        }
        assert_eq!(world.redeemed("refresh_token"), 4);
        assert_eq!(told(&world), 1);
    }
}

#[test]
fn tr_22_a_refresh_token_that_is_replaced_or_bound_to_a_key_is_no_news() {
    let mut rotating = World::new();
    rotating.provider.issues_refresh_tokens = true;
    let mut bound = world();
    bound.provider.rotates = false;
    for world in [rotating, bound] {
        let mut world = signed_in(world);
        world.pass(seconds(600));
        assert!(world.redeemed("refresh_token") >= 2);
        assert_eq!(told(&world), 0);
    }
}

#[test]
fn tr_22_a_refused_refresh_token_says_nothing_about_replacing() {
    let mut world = World::new();
    world.provider.issues_refresh_tokens = true;
    let mut world = signed_in(world);
    world.provider.refresh_tokens.clear();
    world.pass(seconds(250));
    assert_eq!((world.redeemed("refresh_token"), told(&world)), (1, 0));
}

proptest::proptest! {
    #[test]
    fn dp_08_no_challenge_is_too_odd_to_be_read(text in "[DdPpOo ,=\"\\\\a-z_äß\t]{0,60}|\\PC{0,80}") {
        let asked = hushkey::protocol::dpop::asks_for_nonce(401, Some(&text));
        proptest::prop_assert!(!asked || (text.to_ascii_lowercase().contains("dpop") && text.replace('\\', "").contains("use_dpop_nonce")));
        proptest::prop_assert!(!hushkey::protocol::dpop::asks_for_nonce(403, Some(&text)));
        // Whatever stands before it, a challenge of its own is heard, unless it is inside of a text.
        if !text.contains('"') {
            let whole = format!("{text}, DPoP error=use_dpop_nonce");
            proptest::prop_assert!(hushkey::protocol::dpop::asks_for_nonce(401, Some(&whole)), "{}", whole);
        }
    }

    #[test]
    fn dp_09_what_is_kept_can_be_sent(text in "\\PC{0,40}|[!-~]{1,40}") {
        let mut nonces = hushkey::protocol::dpop::Nonces::default();
        let server = hushkey::protocol::dpop::Server::Resource;
        nonces.keep(server, API, Some(&text));
        let sendable = |kept: &str| kept == text && !kept.is_empty() && kept.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\');
        proptest::prop_assert!(nonces.latest(server, API).is_none_or(sendable));
    }
}
