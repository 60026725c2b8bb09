//! An API that demands a stronger or a newer sign-in: who may, what comes of it, and that the session survives whatever goes wrong.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    SignInOptions, View,
    protocol::{
        error::{Error, StepUpFailure},
        hint::{Frames, Hint, News},
        step_up::StepUpChallenge,
        turn::Event,
    },
};
use serde_json::json;
use support::{World, code_of, config, name, seconds};

const API: &str = "https://bank.example/transfer";
const GOLD: &str = r#"Bearer error="insufficient_user_authentication", acr_values="gold""#;
const FRESH: &str = r#"Bearer error="insufficient_user_authentication", max_age=300"#;
const NOW: &str = r#"Bearer error="insufficient_user_authentication", max_age=0"#;

/// Somebody is signed in, in an app with an API that may ask and one that may not.
fn world() -> World {
    let mut world = World::with(config(""));
    let api = r#","api":[{"url":"https://bank.example/","step_up":true},{"url":"https://api.example/"},"https://plain.example/"]"#;
    // The first list of the shared configuration is replaced by this one.
    let block = json_of_config().replace(r#","api":["https://api.example/"]"#, api);
    world.config = hushkey::Config::from_json(&block, support::APP).expect("a good configuration");
    world.provider.session = Some("usr_1".into());
    signs_in_as(&mut world, None, 0);
    world.sign_in("/transfer?to=me");
    world
}

fn json_of_config() -> String {
    let issuer = support::ISSUER;
    format!(
        r#"{{"metadata":{{"issuer":"{issuer}","authorization_endpoint":"{issuer}/authorize","token_endpoint":"{issuer}/token","jwks_uri":"{issuer}/keys"}},
        "client_id":"{}","algorithms":["EdDSA"],"api":["https://api.example/"]}}"#,
        support::CLIENT
    )
}

/// What the ID tokens say from here on: of the way, and how many seconds before they were issued it was gone.
fn signs_in_as(world: &mut World, acr: Option<&'static str>, age: u64) {
    world.provider.tweak_id = Some(Box::new(move |claims| {
        claims["auth_time"] = json!(claims["iat"].as_u64().expect("a number") - age);
        if let Some(acr) = acr {
            claims["acr"] = json!(acr);
        }
    }));
}

fn asked(world: &World, address: &str, header: &str) -> Result<Option<StepUpChallenge>, StepUpFailure> {
    world.state.step_up(address, header, world.now, &world.config)
}

fn demand(world: &World, header: &str) -> StepUpChallenge {
    asked(world, API, header).expect("no failure").expect("a demand")
}

/// The person agrees, and the page is left.
fn steps_up(world: &mut World, header: &str) {
    let challenge = demand(world, header);
    world.dispatch(Event::SignInChosen(SignInOptions { return_to: Some("/transfer?to=me".into()), ..SignInOptions::step_up(&challenge) }));
}

fn failure(world: &World) -> Option<String> {
    world.state.step_up_failure().map(Error::code)
}

fn is_signed_in(world: &World) -> bool {
    matches!(world.state.view(), View::SignedIn(_)) && name(&world.state.view()) == Some("Name of usr_1")
}

#[test]
fn su_01_a_demand_becomes_a_new_authorization_request() {
    let mut world = world();
    steps_up(&mut world, r#"Bearer error="insufficient_user_authentication", acr_values="gold silver", max_age=300"#);
    signs_in_as(&mut world, Some("silver"), 0);
    world.follow();
    let asked = world.provider.asked.last().expect("a request").clone();
    assert_eq!((asked["acr_values"].as_str(), asked["max_age"].as_str()), ("gold silver", "300"));
    assert!(!asked.contains_key("prompt") && asked["scope"] == "openid profile email", "nothing else is asked for");
    world.settle();
    assert!(is_signed_in(&world) && failure(&world).is_none());
    assert_eq!(world.address, "https://app.example/transfer?to=me", "back where the person was");
}

#[test]
fn su_01_a_malformed_demand_keeps_the_session() {
    let world = world();
    for params in
        ["max_age=-1", "max_age=1e9", "max_age=1000000000", "acr_values=\"gold", "max_age=1, max_age=1", "acr_values=0", "realm=x"]
    {
        let header = format!(r#"Bearer error="insufficient_user_authentication", {params}"#);
        assert!(matches!(asked(&world, API, &header), Err(StepUpFailure::Malformed(_))), "{params}");
    }
    let two = format!("{GOLD}, {FRESH}");
    let error = asked(&world, API, &two).map_err(Error::StepUp).expect_err("which of them?");
    assert_eq!((error.code().as_str(), error.is_transient()), ("step_up_malformed", false));
    assert!(is_signed_in(&world) && world.left_for.is_none());
}

#[test]
fn su_02_only_an_api_that_may_is_listened_to() {
    let world = world();
    assert!(asked(&world, API, GOLD).expect("fine").is_some());
    for address in [
        "https://api.example/x", "https://plain.example/x", "https://evil.example/", "https://bank.example.evil.example/",
        "http://bank.example/", "https://bank.example@evil.example/", "/transfer", "",
    ] {
        assert_eq!(asked(&world, address, GOLD), Ok(None), "{address}");
        assert_eq!(asked(&world, address, &GOLD.replace('g', "\"")), Ok(None), "{address}: not even to say that it is malformed");
    }
    let rule = |value: &str| {
        let block =
            json_of_config().replace(r#"["https://api.example/"]"#, &format!(r#"[{{"url":"https://api.example/","step_up":{value}}}]"#));
        hushkey::Config::from_json(&block, support::APP)
    };
    assert!(rule("true").is_ok() && rule("false").is_ok());
    for bad in ["\"true\"", "1", "null", "[]"] {
        assert_eq!(rule(bad).expect_err(bad).0.field, "api.step_up");
    }
}

#[test]
fn su_02_nobody_who_is_signed_out_is_asked() {
    let mut world = world();
    world.dispatch(Event::SignOutChosen);
    assert_eq!(asked(&world, API, GOLD), Ok(None));
}

#[test]
fn su_02_a_demand_that_is_met_already_is_a_loop() {
    let mut world = world();
    for header in [GOLD, FRESH, NOW] {
        signs_in_as(&mut world, Some("bronze"), 3600);
        world.visit("/");
        steps_up(&mut world, header);
        signs_in_as(&mut world, Some("gold"), 0);
        world.follow();
        world.settle();
        assert!(is_signed_in(&world));
        assert_eq!(asked(&world, API, header), Err(StepUpFailure::Loop), "{header}: the API is never content");
    }
    let both = r#"Bearer error="insufficient_user_authentication", acr_values="gold", max_age=300"#;
    assert_eq!(asked(&world, API, both), Err(StepUpFailure::Loop));
    assert!(asked(&world, API, &both.replace("gold", "platinum")).is_ok_and(|demand| demand.is_some()), "half of it is not enough");
}

#[test]
fn su_02_a_sign_in_that_has_grown_old_is_no_loop() {
    let mut world = world();
    world.provider.lifetime = 100_000;
    world.visit("/");
    for (passed, header, is_loop) in
        [(0, FRESH, true), (240, FRESH, true), (241, FRESH, false), (301, FRESH, false), (10, NOW, true), (11, NOW, false)]
    {
        let begun = world.now;
        world.now = begun.plus(seconds(passed));
        assert_eq!(asked(&world, API, header).is_err(), is_loop, "{header} after {passed} s");
        world.now = begun;
    }
    world.provider.tweak_id = None;
    world.visit("/");
    assert!(asked(&world, API, FRESH).is_ok_and(|demand| demand.is_some()), "of a token that does not say when, nothing is known");
}

#[test]
fn su_02_an_api_that_wants_something_else_each_time_comes_to_an_end() {
    let mut world = world();
    let challenge = demand(&world, GOLD);
    let mut trips = 0;
    let last = loop {
        let header = format!(r#"Bearer error="insufficient_user_authentication", acr_values="level-{trips}""#);
        match asked(&world, API, &header) {
            Ok(Some(challenge)) => {
                let level: &'static str = Box::leak(challenge.acr_values[0].clone().into_boxed_str());
                steps_up(&mut world, &header);
                signs_in_as(&mut world, Some(level), 0);
                world.follow();
                world.settle();
                assert!(is_signed_in(&world));
                world.now = world.now.plus(seconds(2));
                trips += 1;
            }
            other => break other,
        }
        assert!(trips < 20, "it never ends");
    };
    assert_eq!((trips, last), (6, Err(StepUpFailure::TooOften)), "counted over page loads");
    // An app that does not look at that gets no further.
    world.left_for = None;
    world.dispatch(Event::SignInChosen(SignInOptions::step_up(&challenge)));
    assert!(world.left_for.is_none() && is_signed_in(&world));
    assert_eq!(failure(&world).as_deref(), Some("step_up_too_often"));
    world.now = world.now.plus(seconds(60));
    assert!(asked(&world, API, GOLD).is_ok_and(|demand| demand.is_some()), "a minute later it may ask again");
}

#[test]
fn su_02_a_step_up_that_fails_by_redirect_leaves_the_session_as_it_was() {
    for error in ["access_denied", "login_required", "interaction_required", "server_error", "temporarily_unavailable", "invalid_request"] {
        let mut world = world();
        steps_up(&mut world, GOLD);
        world.provider.refuses = Some(error);
        let (url, _) = world.left_for.clone().expect("the page left");
        let back = world.provider.authorize(&url, world.now.wall);
        world.provider.refuses = None;
        world.open(back.strip_prefix(support::APP).expect("back to the app"));
        world.settle();
        assert!(is_signed_in(&world), "{error}: {:?}", world.state.view());
        assert!(failure(&world).is_some(), "{error}: the page can tell what happened");
        assert_eq!(world.address, "https://app.example/transfer?to=me");
        assert!(world.log.iter().any(|line| line.starts_with("Report(")), "{error}");
    }
}

#[test]
fn su_02_where_frames_are_blocked_the_session_is_found_again_by_a_redirect() {
    let mut world = world();
    world.hint = world.hint.with(News::SignedIn(Some(Frames::Blocked { found: world.now.wall })));
    world.provider.cookies_blocked = true;
    world.visit("/transfer?to=me");
    world.follow();
    world.settle();
    assert!(is_signed_in(&world));
    steps_up(&mut world, GOLD);
    world.provider.refuses = Some("access_denied");
    let (url, _) = world.left_for.clone().expect("the page left");
    let back = world.provider.authorize(&url, world.now.wall);
    world.provider.refuses = None;
    world.open(back.strip_prefix(support::APP).expect("back to the app"));
    world.settle();
    assert!(matches!(world.state.view(), View::Leaving(_)), "{:?}", world.state.view());
    world.follow();
    world.settle();
    assert!(is_signed_in(&world));
    assert_eq!(world.address, "https://app.example/transfer?to=me");
}

#[test]
fn su_02_a_step_up_that_fails_in_a_window_leaves_the_page_as_it_was() {
    let mut world = world();
    let challenge = demand(&world, GOLD);
    let before = format!("{:?}", world.state.token_generation());
    for (refuses, acr, code) in [
        (Some("access_denied"), None, "access_denied"),
        (Some("unmet_authentication_requirements"), None, "step_up_unmet"),
        (None, Some("bronze"), "step_up_unmet"),
        (None, None, "step_up_unmet"),
        (None, Some("0"), "step_up_unmet"),
    ] {
        world.dispatch(Event::SignInChosen(SignInOptions { popup: true, ..SignInOptions::step_up(&challenge) }));
        let (ticket, url) = world.popups.remove(0);
        world.provider.refuses = refuses;
        signs_in_as(&mut world, acr, 0);
        let answer = world.provider.authorize(&url, world.now.wall);
        world.frame_says(ticket, &answer);
        world.settle();
        assert!(is_signed_in(&world) && world.left_for.is_none());
        assert_eq!(
            (failure(&world).as_deref(), format!("{:?}", world.state.token_generation())),
            (Some(code), before.clone()),
            "{refuses:?} {acr:?}"
        );
    }
    world.provider.refuses = None;
    world.dispatch(Event::SignInChosen(SignInOptions { popup: true, ..SignInOptions::step_up(&challenge) }));
    let (ticket, url) = world.popups.remove(0);
    signs_in_as(&mut world, Some("gold"), 0);
    let answer = world.provider.authorize(&url, world.now.wall);
    world.frame_says(ticket, &answer);
    world.settle();
    assert!(is_signed_in(&world) && failure(&world).is_none(), "one that works makes it forgotten");
    assert_ne!(format!("{:?}", world.state.token_generation()), before);
}

#[test]
fn su_02_a_page_that_did_not_leave_after_all_has_its_session_back() {
    let mut world = world();
    steps_up(&mut world, GOLD);
    assert!(matches!(world.state.view(), View::Leaving(_)));
    world.pass(seconds(31));
    world.settle();
    assert!(is_signed_in(&world), "{:?}", world.state.view());
}

#[test]
fn su_03_the_id_token_is_held_to_what_was_demanded() {
    for (header, acr, age) in [
        (GOLD, Some("bronze"), 0),
        (GOLD, None, 0),
        (GOLD, Some("0"), 0),
        (GOLD, Some("Gold"), 0),
        (FRESH, Some("gold"), 361),
        (FRESH, Some("gold"), 86_400),
        (NOW, Some("gold"), 61),
    ] {
        let mut world = world();
        signs_in_as(&mut world, Some("bronze"), 3600);
        world.visit("/transfer?to=me");
        steps_up(&mut world, header);
        signs_in_as(&mut world, acr, age);
        world.follow();
        world.settle();
        assert!(is_signed_in(&world), "the session goes on: {:?}", world.state.view());
        assert_eq!(failure(&world).as_deref(), Some("step_up_unmet"), "{header} {acr:?} {age}");
        let Some(Error::StepUp(StepUpFailure::Unmet(finding))) = world.state.step_up_failure() else { panic!("unmet") };
        assert_eq!(finding.field, if header == GOLD { "acr" } else { "auth_time" });
        assert!(asked(&world, API, header).is_ok_and(|demand| demand.is_some()), "and is no better than it was");
    }
}

#[test]
fn su_03_a_provider_that_says_it_cannot_is_understood() {
    let refused = |options: SignInOptions| {
        let mut world = world();
        world.provider.refuses = Some("unmet_authentication_requirements");
        world.dispatch(Event::SignInChosen(options));
        let (url, _) = world.left_for.clone().expect("the page left");
        let back = world.provider.authorize(&url, world.now.wall);
        world.provider.refuses = None;
        world.open(back.strip_prefix(support::APP).expect("back to the app"));
        world.settle();
        world
    };
    let stepped = refused(SignInOptions::step_up(&demand(&world(), GOLD)));
    assert!(is_signed_in(&stepped));
    assert_eq!(failure(&stepped).as_deref(), Some("step_up_unmet"));
    let signed_in = refused(SignInOptions { acr_values: vec!["gold".into()], ..SignInOptions::default() });
    assert_eq!(code_of(&signed_in.state.view()), "step_up_unmet", "an ordinary sign-in says it on its page");
}

#[test]
fn su_03_where_the_session_is_gone_the_reason_is_told() {
    let mut world = world();
    steps_up(&mut world, GOLD);
    world.provider.refuses = Some("unmet_authentication_requirements");
    let (url, _) = world.left_for.clone().expect("the page left");
    let back = world.provider.authorize(&url, world.now.wall);
    (world.provider.refuses, world.provider.session) = (None, None);
    // Nothing is remembered of a session, so a frame is believed.
    world.hint = Hint::default();
    world.open(back.strip_prefix(support::APP).expect("back to the app"));
    assert_eq!(code_of(&world.settle()), "step_up_unmet");
}

#[test]
fn su_03_too_little_scope_is_never_asked_for_silently() {
    let world = world();
    for header in [
        r#"Bearer error="insufficient_scope", scope="admin""#,
        r#"Bearer error="insufficient_scope", scope="admin", acr_values="gold", max_age=0"#,
        r#"DPoP error="insufficient_scope", max_age=0"#,
    ] {
        assert_eq!(asked(&world, API, header), Ok(None), "{header}");
    }
    // The demand itself may name a scope: it is not asked for.
    let mut world = world;
    steps_up(&mut world, &format!("{GOLD}, scope=\"openid admin\""));
    world.follow();
    assert_eq!(world.provider.asked.last().expect("a request")["scope"], "openid profile email");
}
