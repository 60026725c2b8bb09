//! Several resources: one token for each, asked for when it is needed, and never sent to another.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hushkey::{
    Config, Reason, View,
    protocol::{
        api::{Target, TokenAnswer},
        early::Early,
        error::{Error, NetworkFailure, StepUpFailure},
        http::Method,
        secret::{Body, Nonce, SensitiveUrl, StateParameter, Verifier},
        turn::Event,
    },
};
use serde_json::Value;
use support::{APP, CLIENT, ISSUER, World, name, seconds};

const A: &str = "https://a.example/v1/x";
const B: &str = "https://b.example/x";
const C: &str = "https://a.example/v1/admin/x";
const THREE: &str = r#"[{"url":"https://a.example/v1","resource":"urn:a"},{"url":"https://b.example/","resource":"urn:b"},
    {"url":"https://a.example/v1/admin/","resource":"urn:c"},{"url":"https://a2.example/","resource":"urn:a"}]"#;

fn block(api: &str, more: &str) -> String {
    format!(
        r#"{{"metadata":{{"issuer":"{ISSUER}","authorization_endpoint":"{ISSUER}/authorize","token_endpoint":"{ISSUER}/token",
        "jwks_uri":"{ISSUER}/keys"}},"client_id":"{CLIENT}","algorithms":["EdDSA"],"api":{api}{more}}}"#
    )
}

fn world(refreshes: bool) -> World {
    let mut world = World::with(Config::from_json(&block(THREE, ""), APP).expect("good"));
    world.provider.issues_refresh_tokens = refreshes;
    world
}

/// Somebody signed in, and what has been asked so far is forgotten.
fn signed_in(refreshes: bool) -> World {
    let mut world = world(refreshes);
    assert!(world.sign_in("/").person().is_some());
    forget(&mut world);
    world
}

fn forget(world: &mut World) {
    world.provider.targets.clear();
    world.provider.grants.clear();
    world.provider.fronts.clear();
}

fn answer(world: &World, address: &str) -> TokenAnswer {
    world.state.token_for(address, world.now, &world.config)
}

/// Whom the token for a call is for, and its generation.
fn audience(world: &World, address: &str) -> (String, u64) {
    let TokenAnswer::Attach { token, generation, .. } = answer(world, address) else { panic!("{address}: {:?}", answer(world, address)) };
    let claims = URL_SAFE_NO_PAD.decode(token.expose().split('.').nth(1).expect("a JWT")).expect("base64");
    let claims: Value = serde_json::from_slice(&claims).expect("claims");
    (claims["aud"][1].as_str().expect("a resource").to_owned(), generation)
}

fn fetch(world: &mut World, address: &str) -> Target {
    let TokenAnswer::Fetch(target) = answer(world, address) else { panic!("{address}: {:?}", answer(world, address)) };
    world.dispatch(Event::TokenNeeded(target));
    target
}

/// Has what a call needs asked for, all the way.
fn call(world: &mut World, address: &str) {
    fetch(world, address);
    world.settle();
}

fn resources(url: &str) -> Vec<String> {
    url::Url::parse(url).expect("a URL").query_pairs().filter(|(name, _)| name == "resource").map(|(_, value)| value.into_owned()).collect()
}

fn targets(world: &World) -> Vec<&str> {
    world.provider.targets.iter().map(|target| target.as_deref().expect("every token request names one")).collect()
}

#[test]
fn ri_01_every_resource_is_absolute_and_without_fragment_and_every_address_has_one() {
    for bad in ["/v1", "api.example", "//api.example/", "https://api.example/#part", "urn:b#", ""] {
        let block = block(THREE, "").replace("urn:b", bad);
        let error = Config::from_json(&block, APP).expect_err(bad);
        assert_eq!(error.0.field, "api.resource", "{bad}");
    }
    let error = Config::from_json(&block(THREE, "").replace(r#","resource":"urn:c""#, ""), APP).expect_err("whose token goes there?");
    assert_eq!(error.0.field, "api.resource");
    // One is enough where there is one only.
    let one = r#"["https://b.example/",{"url":"https://a.example/v1","resource":"urn:a"}]"#;
    assert!(Config::from_json(&block(one, ""), APP).is_ok());
}

#[test]
fn ri_01_the_authorization_is_for_all_and_each_token_for_one() {
    let mut world = world(false);
    world.sign_in("/");
    assert!(world.provider.fronts.len() > 1);
    for url in &world.provider.fronts {
        assert_eq!(resources(url), ["urn:a", "urn:b", "urn:c"], "each once, in the order of the configuration");
    }
    assert_eq!(targets(&world), ["urn:a"], "at sign-in, the first");
    assert_eq!(audience(&world, A).0, "urn:a");
    for form in world.requests.iter().filter_map(|(_, request)| match &request.method {
        Method::PostForm(form) => Some(form.expose()),
        Method::Get(_) => None,
    }) {
        assert_eq!(form.matches("resource=").count(), 1);
    }
}

#[test]
fn ri_01_with_one_resource_or_none_nothing_is_more_than_it_was() {
    for (api, expected) in [
        (r#"["https://a.example/v1"]"#, None),
        (r#"[{"url":"https://a.example/v1","resource":"urn:a"},"https://b.example/"]"#, Some("urn:a")),
    ] {
        let mut world = World::with(Config::from_json(&block(api, ""), APP).expect("good"));
        world.sign_in("/");
        world.pass(seconds(600));
        for url in &world.provider.fronts {
            assert_eq!(resources(url), Vec::from_iter(expected));
        }
        assert!(world.provider.targets.iter().all(|target| target.as_deref() == expected));
        let before = world.provider.targets.len();
        let TokenAnswer::Attach { generation: first, .. } = answer(&world, A) else { panic!("a token") };
        if expected.is_some() {
            let TokenAnswer::Attach { generation, .. } = answer(&world, B) else { panic!("the same") };
            assert_eq!(generation, first);
        }
        assert_eq!(world.provider.targets.len(), before);
    }
}

#[test]
fn ri_01_a_further_token_comes_by_the_refresh_token_and_the_next_one_is_kept() {
    let mut world = signed_in(true);
    let (_, first) = audience(&world, A);
    let expires = world.state.token_expires_at();
    let view = world.state.view();
    world.now = world.now.plus(seconds(30));
    call(&mut world, B);
    assert_eq!((targets(&world), world.provider.grants.as_slice()), (vec!["urn:b"], ["refresh_token".to_owned()].as_slice()));
    assert!(world.provider.fronts.is_empty(), "no frame");
    assert_eq!((audience(&world, A), world.state.token_expires_at()), (("urn:a".to_owned(), first), expires), "the first is as it was");
    assert_eq!((audience(&world, B).0.as_str(), world.state.view()), ("urn:b", view));
    // The refresh token that came with it is the one that is used next.
    call(&mut world, C);
    world.dispatch(Event::RenewalChosen);
    world.settle();
    assert_eq!(targets(&world), ["urn:b", "urn:c", "urn:a"]);
    assert!(world.provider.refreshed.windows(2).all(|pair| pair[0] != pair[1]), "rotation is respected: {:?}", world.provider.refreshed);
    assert_eq!((audience(&world, B).0.as_str(), audience(&world, C).0.as_str()), ("urn:b", "urn:c"), "a renewal takes none of them away");
    assert_ne!(audience(&world, A).1, first);
}

#[test]
fn ri_01_without_a_refresh_token_a_frame_brings_it() {
    let mut world = signed_in(false);
    let (_, first) = audience(&world, A);
    call(&mut world, B);
    assert_eq!((targets(&world), world.provider.grants.as_slice()), (vec!["urn:b"], ["authorization_code".to_owned()].as_slice()));
    let front = &world.provider.fronts[0];
    assert!(front.contains("prompt=none") && front.contains("id_token_hint=") && resources(front).len() == 3);
    assert_eq!((audience(&world, A).1, audience(&world, B).0.as_str()), (first, "urn:b"));
    // After a reload both are asked for anew, each when it is needed.
    world.visit("/");
    assert_eq!(audience(&world, A).0, "urn:a");
    call(&mut world, B);
    assert_eq!(audience(&world, B).0, "urn:b");
    assert_eq!(targets(&world), ["urn:b", "urn:a", "urn:b"]);
}

#[test]
fn ri_01_one_thing_is_asked_for_at_a_time() {
    let mut world = signed_in(true);
    let target = fetch(&mut world, B);
    assert!(matches!(answer(&world, B), TokenAnswer::Wait) && matches!(answer(&world, C), TokenAnswer::Wait));
    assert!(matches!(answer(&world, A), TokenAnswer::Attach { .. }), "a token that is there goes at once");
    world.dispatch(Event::TokenNeeded(target));
    world.dispatch(Event::RenewalChosen);
    assert_eq!(world.requests.len(), 1, "one refresh token, one request");
    world.settle();
    assert_eq!(targets(&world), ["urn:b"]);
    // While the ordinary renewal is under way it is the other way round.
    world.dispatch(Event::RenewalChosen);
    assert!(matches!(answer(&world, C), TokenAnswer::Wait) && matches!(answer(&world, B), TokenAnswer::Attach { .. }));
    world.settle();
    call(&mut world, C);
    assert_eq!(targets(&world), ["urn:b", "urn:a", "urn:c"]);
    // Nothing is asked for that is there.
    world.dispatch(Event::TokenNeeded(target));
    assert!(world.requests.is_empty());
}

#[test]
fn ri_01_every_token_has_a_life_of_its_own() {
    let mut world = signed_in(true);
    world.pass(seconds(200));
    call(&mut world, B);
    forget(&mut world);
    world.pass(seconds(290));
    assert!(targets(&world).iter().all(|target| *target == "urn:a"), "nobody calls, so nobody asks: {:?}", targets(&world));
    assert_eq!(audience(&world, B).0, "urn:b", "it came later, and lives");
    world.pass(seconds(10));
    assert_eq!(audience(&world, A).0, "urn:a");
    call(&mut world, B);
    assert_eq!(audience(&world, B).0, "urn:b");
}

#[test]
fn ri_01_the_own_token_is_renewed_in_time_whatever_a_further_one_waits_for() {
    let mut world = signed_in(true);
    // The provider asks for ten minutes before it gives the further one. The own token lives for five.
    world.pass(seconds(100));
    world.provider.down = Some(NetworkFailure::Unavailable { status: 503, retry_after: Some(seconds(600)) });
    fetch(&mut world, B);
    world.settle();
    world.provider.down = None;
    let waits_until = world.state.deadline().expect("a deadline").from_now(world.now);
    assert!(waits_until > seconds(60) && waits_until < seconds(200), "{waits_until:?}");
    forget(&mut world);
    world.pass(waits_until);
    assert_eq!(targets(&world).first(), Some(&"urn:a"));
    assert_eq!(audience(&world, A).0, "urn:a");
}

#[test]
fn ri_01_a_refused_own_token_is_replaced_at_once_though_a_further_one_waits_and_not_though_it_waits_itself() {
    let busy = || Some(NetworkFailure::Unavailable { status: 503, retry_after: Some(seconds(600)) });
    for (further, begun) in [(true, 1), (false, 0)] {
        let mut world = signed_in(true);
        world.provider.down = busy();
        if further {
            fetch(&mut world, B);
        } else {
            world.dispatch(Event::RenewalChosen);
        }
        world.settle();
        let generation = world.state.token_generation().expect("a token");
        world.dispatch(Event::TokenRejected { generation });
        assert_eq!(world.requests.len() + world.frames.len(), begun, "{:?}", world.requests);
    }
}

/// Somebody signed in by a frame, and then has a token for B, which a frame brought, too.
fn with_a_further_token(block: &str, before: impl FnOnce(&mut World)) -> World {
    let mut world = World::with(Config::from_json(block, APP).expect("good"));
    world.provider.lifetime = 3600;
    world.sign_in("/");
    world.visit("/");
    world.now = world.now.plus(seconds(200));
    before(&mut world);
    call(&mut world, B);
    assert_eq!(audience(&world, B).0, "urn:b");
    world
}

#[test]
fn ri_01_all_that_comes_with_a_further_token_is_newer_than_what_was_there() {
    let plain = block(THREE, "");
    // The ID token, which is the hint of the next question, and what it says.
    let mut world = with_a_further_token(&plain, |world| world.provider.tweak_id = Some(Box::new(|id| id["acr"] = "gold".into())));
    let latest = world.provider.secrets.iter().rfind(|secret| secret.matches('.').count() == 2).expect("an ID token").clone();
    world.dispatch(Event::RenewalChosen);
    assert!(world.frames[0].1.contains(&format!("id_token_hint={latest}")));
    let stepping = block(&THREE.replace(r#""url":"https://b.example/""#, r#""url":"https://b.example/","step_up":true"#), "");
    let world = with_a_further_token(&stepping, |world| world.provider.tweak_id = Some(Box::new(|id| id["acr"] = "gold".into())));
    let demand = r#"Bearer error="insufficient_user_authentication", acr_values="gold""#;
    assert_eq!(world.state.step_up(B, demand, world.now, &world.config), Err(StepUpFailure::Loop), "the session is that by now");

    // The refresh token, and the nonce that its ID tokens have.
    let mut world = with_a_further_token(&plain, |world| world.provider.issues_refresh_tokens = true);
    let nonce = world.provider.asked.last().expect("the question for B")["nonce"].clone();
    world.provider.tweak_id = Some(Box::new(move |id| id["nonce"] = nonce.clone().into()));
    world.dispatch(Event::RenewalChosen);
    assert!(matches!(world.settle(), View::SignedIn(_)), "{:?}", world.state.view());
    assert_eq!(world.provider.grants.last().map(String::as_str), Some("refresh_token"));
    assert!(world.reported.is_empty(), "{:?}", world.reported);

    // That the provider knew the session a moment ago.
    let mut world = with_a_further_token(&plain, |_| {});
    world.now = world.now.plus(seconds(200));
    world.dispatch(Event::Woke { visible: true });
    assert!(!world.state.is_renewing(), "400 seconds after the restore, but 200 after that");

    // What the provider's page knows it by.
    let watched = plain.replace(r#""jwks_uri""#, r#""check_session_iframe":"https://as.example/check","jwks_uri""#);
    let world = with_a_further_token(&watched, |world| {
        world.provider.tweak_answer = Some(Box::new(|answer| answer.push_str("&session_state=new.one")))
    });
    let watch = world.state.watch(&world.config).expect("it is watched");
    assert_eq!(watch.question, format!("{CLIENT} new.one"));
}

#[test]
fn ri_01_a_token_that_an_api_refused_is_replaced_and_no_other() {
    let mut world = signed_in(true);
    call(&mut world, B);
    let (a, b) = (audience(&world, A).1, audience(&world, B).1);
    forget(&mut world);
    world.dispatch(Event::TokenRejected { generation: b });
    assert!(matches!(answer(&world, B), TokenAnswer::Wait));
    world.dispatch(Event::TokenRejected { generation: b });
    world.settle();
    assert_eq!(targets(&world), ["urn:b"], "once");
    assert_eq!(audience(&world, A).1, a);
    assert_ne!(audience(&world, B).1, b);
    world.dispatch(Event::TokenRejected { generation: b });
    assert!(world.requests.is_empty(), "a late word about the old one");
    world.dispatch(Event::TokenRejected { generation: a });
    world.settle();
    assert_eq!(targets(&world), ["urn:b", "urn:a"]);
    // Refused while something else is under way, it is asked for afterwards.
    let b = audience(&world, B).1;
    world.dispatch(Event::RenewalChosen);
    world.dispatch(Event::TokenRejected { generation: b });
    assert!(matches!(answer(&world, B), TokenAnswer::Wait));
    world.settle();
    call(&mut world, B);
    assert_ne!(audience(&world, B).1, b);
}

#[test]
fn ri_01_a_resource_that_the_provider_does_not_know_is_refused_and_the_session_goes_on() {
    for refreshes in [true, false] {
        let mut world = signed_in(refreshes);
        world.provider.unknown_target = Some("urn:b");
        let view = world.state.view();
        call(&mut world, B);
        let TokenAnswer::Refused(error) = answer(&world, B) else { panic!("{:?}", answer(&world, B)) };
        assert_eq!((error.code().as_str(), matches!(error, Error::Token(_))), ("invalid_target", true));
        assert_eq!((audience(&world, A).0.as_str(), world.state.view()), ("urn:a", view));
        assert_eq!(targets(&world), ["urn:b"], "it is not asked again and again");
        call(&mut world, C);
        assert_eq!(audience(&world, C).0, "urn:c", "the refresh token is as good as before");
        assert!(world.provider.grants.iter().all(|grant| (grant == "refresh_token") == refreshes));
        assert!(matches!(answer(&world, B), TokenAnswer::Refused(_)));
        // With the next token of the session it is tried anew.
        world.provider.unknown_target = None;
        world.dispatch(Event::RenewalChosen);
        world.settle();
        call(&mut world, B);
        assert_eq!(audience(&world, B).0, "urn:b");
    }
    let mut world = world(false);
    world.provider.unknown_target = Some("urn:a");
    let View::SignedOut(Reason::Problem(error)) = world.sign_in("/") else { panic!("without the first there is no session") };
    assert_eq!(error.code(), "invalid_target");
}

#[test]
fn ri_01_an_answer_about_somebody_else_is_not_used() {
    // In a frame: somebody else is there by now.
    let mut world = signed_in(false);
    world.provider.session = Some("usr_2".into());
    call(&mut world, B);
    assert_eq!(name(&world.state.view()), Some("Name of usr_2"));
    assert_eq!(targets(&world), ["urn:b", "urn:a"], "theirs is a session of its own, that begins with the first");
    assert_eq!(audience(&world, A).0, "urn:a");
    assert!(matches!(answer(&world, B), TokenAnswer::Fetch(_)), "and the token that came first is nobody's");
    // By a refresh token: a lie.
    for claim in ["sub", "iss"] {
        let mut world = signed_in(true);
        world.provider.tweak_id = Some(Box::new(move |id| id[claim] = "https://evil.example".into()));
        call(&mut world, B);
        let TokenAnswer::Refused(error) = answer(&world, B) else { panic!("{claim}: {:?}", answer(&world, B)) };
        assert_eq!(error.code(), format!("id_token_{claim}"));
        assert_eq!(audience(&world, A).0, "urn:a");
    }
    // In another organisation.
    let mut world = signed_in(false);
    call(&mut world, C);
    world.provider.organization = Some("org_2".into());
    call(&mut world, B);
    assert_eq!(targets(&world), ["urn:c", "urn:b", "urn:a"]);
    assert!(matches!(answer(&world, B), TokenAnswer::Fetch(_)) && matches!(answer(&world, C), TokenAnswer::Fetch(_)));
}

#[test]
fn ri_01_a_session_that_is_over_is_over_and_an_outage_is_none() {
    let mut world = signed_in(false);
    assert!(world.visit("/").person().is_some(), "frames work here");
    world.provider.session = None;
    call(&mut world, B);
    assert_eq!(world.state.view(), View::SignedOut(Reason::SessionEnded));

    let mut world = signed_in(true);
    world.provider_is_down(true);
    call(&mut world, B);
    assert!(matches!(answer(&world, B), TokenAnswer::Wait) && matches!(answer(&world, A), TokenAnswer::Attach { .. }));
    world.provider_is_down(false);
    world.pass(seconds(5));
    assert_eq!(audience(&world, B).0, "urn:b", "it is tried again by itself");

    // An outage of that resource alone does not keep the session from being renewed, and comes to an end.
    let mut world = signed_in(true);
    world.provider.tweak_http = Some(Box::new(|response| {
        if response.body.expose().contains("urn") || response.status == 400 {
            response.status = 503;
        }
    }));
    world.provider.unknown_target = Some("urn:b");
    call(&mut world, B);
    world.pass(seconds(3600));
    assert_eq!(audience(&world, A).0, "urn:a");
    let tries = targets(&world).iter().filter(|target| **target == "urn:b").count();
    assert!((2..=8).contains(&tries), "{:?}", targets(&world));
}

#[test]
fn ri_01_what_is_asked_of_a_doubtful_refresh_token_at_last_is_the_own_token() {
    let mut world = signed_in(true);
    assert!(world.visit("/").person().is_some(), "frames work here");
    // An answer that nobody can read: whether the refresh token was used up is not known.
    world.provider.tweak_http = Some(Box::new(|response| response.body = Body::new("{")));
    call(&mut world, B);
    assert!(matches!(answer(&world, B), TokenAnswer::Refused(_)));
    world.provider.tweak_http = None;
    world.provider.session = None;
    forget(&mut world);
    call(&mut world, C);
    assert_eq!(targets(&world), ["urn:a"], "{:?}", world.provider.grants);
    assert_eq!(world.provider.grants, ["refresh_token"]);
}

#[test]
fn ri_01_a_refused_refresh_token_costs_nobody_their_session() {
    let mut world = signed_in(true);
    world.provider.refresh_tokens.clear();
    call(&mut world, B);
    assert_eq!(audience(&world, A).0, "urn:a");
    assert_eq!(targets(&world), ["urn:b", "urn:a"], "first it is found out whether somebody is there");
    call(&mut world, B);
    assert_eq!(audience(&world, B).0, "urn:b");
}

#[test]
fn ri_01_with_the_refresh_token_refused_and_frames_blind_it_is_the_session_that_needs_the_person() {
    let mut world = signed_in(true);
    world.provider.refresh_tokens.clear();
    world.provider.cookies_blocked = true;
    call(&mut world, B);
    assert!(matches!(world.state.view(), View::Paused { .. }), "{:?}", world.state.view());
}

#[test]
fn ri_01_where_frames_are_blind_the_call_fails_and_the_session_is_not_paused() {
    let mut world = world(false);
    world.provider.cookies_blocked = true;
    assert!(world.sign_in("/").person().is_some());
    call(&mut world, B);
    assert!(matches!(answer(&world, B), TokenAnswer::Refused(Error::Silent(_))), "{:?}", answer(&world, B));
    assert!(matches!(world.state.view(), View::SignedIn(_)) && matches!(answer(&world, A), TokenAnswer::Attach { .. }));
}

#[test]
fn ri_01_the_head_start_asks_for_the_same_or_is_not_taken_over() {
    let [state, nonce, verifier] = ["s", "n", "v"].map(|letter| letter.repeat(43));
    for (tail, taken) in [
        ("&resource=urn%3Aa&resource=urn%3Ab&resource=urn%3Ac", true),
        ("&resource=urn%3Aa&resource=urn%3Ab", false),
        ("&resource=urn%3Ab&resource=urn%3Aa&resource=urn%3Ac", false),
        ("&resource=urn%3Aa", false),
        ("", false),
    ] {
        let mut world = world(false);
        world.early = Some(Early {
            url: SensitiveUrl::new(support::early_address(&state, &nonce, &verifier) + tail),
            state: StateParameter::new(state.clone()),
            nonce: Nonce::new(nonce.clone()),
            verifier: Verifier::new(verifier.clone()),
            begun: world.now,
        });
        world.open("/");
        assert_eq!(world.adopted.len() == 1, taken, "{tail}");
    }
}

#[test]
fn ri_02_a_token_goes_to_its_own_resource_and_nowhere_else() {
    let mut world = signed_in(true);
    call(&mut world, B);
    call(&mut world, C);
    for (address, resource) in [
        ("https://a.example/v1", "urn:a"),
        ("https://a.example/v1/", "urn:a"),
        ("HTTPS://A.EXAMPLE:443/v1/x?y=z", "urn:a"),
        ("https://a.example/v1/administration", "urn:a"),
        ("https://a.example/v1/admin", "urn:a"),
        ("https://a2.example/any", "urn:a"),
        ("https://b.example", "urn:b"),
        ("//b.example/x", "urn:b"),
        ("https://b.example/v1/admin/x", "urn:b"),
        ("https://a.example/v1/admin/", "urn:c"),
        ("https://a.example/v1/x/../admin/y", "urn:c"),
        ("https://a.example/v1/admin/../x", "urn:a"),
    ] {
        assert_eq!(audience(&world, address).0, resource, "{address}");
    }
    for bad in [
        "https://a.example.evil/v1/x", "https://a.example@evil/v1/x", "https://evil@a.example/v1/x", "https://evil:pw@a.example/v1/x",
        "//evil/v1/x", "http://a.example/v1/x", "http://b.example/", "https://a.example:444/v1/x", "https://b.example:8443/",
        "https://a.example/v1/../v2", "https://a.example/v1/..%2fv2", "https://a.example/v1/%2e%2e/v2", "https://a.example/v1/..%5cv2",
        "https://a.example/v1/%2Fadmin/x", "https://a.example/V1/x", "https://a.example/v1x", "https://a.example/", "https://evil/v1/x",
        "https://a.example\\@evil/v1/x", "https:\\\\evil/v1/x", "/v1/x", "v1/x", "ftp://a.example/v1/x", "javascript:alert(1)",
        "data:text/plain,x", "blob:https://a.example/v1/x", "https://a.example.:443/v1/x", "https://xn--a-0ga.example/v1/x", "urn:a", "",
    ] {
        assert!(matches!(answer(&world, bad), TokenAnswer::NotAllowed), "{bad}: {:?}", answer(&world, bad));
    }
}
