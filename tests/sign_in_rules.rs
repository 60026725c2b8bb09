//! Rules of the way to the provider and back: what is asked, where it may go, and what stays behind.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Reason, SignInOptions, View,
    protocol::{
        authorize::Prompt,
        config::Config,
        error::Error,
        http::{Freshness, Method},
        turn::Event,
    },
};
use serde_json::{Value, json};
use support::{APP, CLIENT, ISSUER, World, config, keys::Key, name};

fn problem(view: &View) -> &Error {
    match view {
        View::SignedOut(Reason::Problem(error)) => error,
        other => panic!("a problem was expected, not {other:?}"),
    }
}

/// Goes to the provider with these options, and comes back.
fn signed_in_with(world: &mut World, options: SignInOptions) -> View {
    world.visit("/");
    world.provider.session = Some("usr_1".into());
    world.dispatch(Event::SignInChosen(options));
    world.follow();
    world.settle()
}

/// The same, in a window.
fn signed_in_by_window(world: &mut World, options: SignInOptions) -> View {
    world.visit("/");
    world.provider.session = Some("usr_1".into());
    world.dispatch(Event::SignInChosen(options));
    let (ticket, url) = world.popups.remove(0);
    let answer = world.provider.authorize(&url, world.now.wall);
    world.frame_says(ticket, &answer);
    world.settle()
}

#[test]
fn ar_15_a_configuration_names_one_issuer() {
    let endpoints = |issuer: &str| json!({ "issuer": issuer, "authorization_endpoint": "https://a.example/a", "token_endpoint": "https://a.example/t", "jwks_uri": "https://a.example/k" });
    let second: [(&str, Value); 4] = [
        ("issuer", json!({ "client_id": CLIENT, "issuer": [ISSUER, "https://b.example"] })),
        ("issuer", json!({ "client_id": CLIENT, "issuer": "https://b.example", "metadata": endpoints("https://a.example") })),
        ("metadata", json!({ "client_id": CLIENT, "preset": "scalekit", "env_url": ISSUER, "metadata": endpoints("https://a.example") })),
        ("metadata", json!({ "client_id": CLIENT, "metadata": [endpoints("https://a.example"), endpoints("https://b.example")] })),
    ];
    for (field, block) in second {
        let error = Config::from_json(&block.to_string(), APP).expect_err(&block.to_string());
        assert!(error.0.field.starts_with(field), "{block}: {error}");
    }
}

#[test]
fn ar_28_the_address_is_scrubbed_before_anything_else_is_asked_for() {
    let cases: [fn(&mut World) -> String; 4] = [
        |world| world.provider.authorize(&world.left_for.clone().expect("it left").0, world.now.wall),
        |world| {
            world.provider.refuses = Some("access_denied");
            world.provider.authorize(&world.left_for.clone().expect("it left").0, world.now.wall)
        },
        |_| format!("{APP}/callback?code=stolen&state=unknown"),
        |_| format!("{APP}/callback#access_token=stolen&state=unknown"),
    ];
    for back in cases {
        let mut world = World::new();
        world.visit("/");
        world.dispatch(Event::SignInChosen(SignInOptions::default()));
        let back = back(&mut world);
        let before = world.log.len();
        world.open(back.strip_prefix(APP).expect("of the app"));
        assert_eq!(world.address, format!("{APP}/callback"), "{back}");
        let effects = ["RewriteAddress", "Send", "OpenFrame", "Verify", "Navigate", "Remember", "Report", "Tell", "Hint"];
        let first = world.log[before..].iter().find(|line| effects.iter().any(|effect| line.starts_with(effect))).expect("an effect");
        assert!(first.starts_with("RewriteAddress"), "{back}: {first}");
    }
}

#[test]
fn ar_31_a_sign_in_that_somebody_else_starts_is_not_begun() {
    for path in ["/", "/account", "/callback"] {
        let mut world = World::new();
        world.visit(&format!("{path}?iss=https://evil.example&target_link_uri=https://evil.example/&login_hint=mallory"));
        assert_eq!(world.left_for, None, "{path}");
        assert_eq!(world.provider.asked.len(), 1, "only the silent question of every page load");
        assert!(world.provider.asked.iter().all(|query| query["prompt"] == "none" && !query.contains_key("login_hint")), "{path}");
        assert!(!world.provider.called.iter().any(|url| url.contains("evil")), "{path}");
    }
}

#[test]
fn id_10_keys_come_from_the_published_address_only() {
    let own = |header: &mut Value| {
        header["jku"] = json!("https://evil.example/keys");
        header["x5u"] = json!("https://evil.example/x5u");
        header["jwk"] = Key::P256.published();
    };
    let mut world = World::new();
    world.provider.tweak_header = Some(Box::new(own));
    assert_eq!(name(&world.sign_in("/")), Some("Name of usr_1"), "they are ignored");

    let mut world = World::new();
    world.provider.key = Some(Key::P256);
    world.provider.tweak_header = Some(Box::new(own));
    assert_eq!(problem(&world.sign_in("/")).code(), "keys_kid", "a key in the token's own header is none");
    let expected = [format!("{ISSUER}/keys"), format!("{ISSUER}/token")];
    assert!(world.provider.called.iter().all(|url| expected.contains(url)), "{:?}", world.provider.called);
}

#[test]
fn id_16_keys_that_rotate_between_two_sign_ins_are_fetched_past_every_cache() {
    let mut world = World::new();
    world.sign_in("/");
    world.provider.key = Some(Key::P256);
    world.provider.published = vec![Key::P256.published()];
    world.dispatch(Event::RenewalChosen);
    let mut fetched = Vec::new();
    loop {
        fetched.extend(world.requests.iter().filter_map(|(_, request)| match request.method {
            Method::Get(freshness) => Some(freshness),
            Method::PostForm(_) => None,
        }));
        if !world.answer_one() {
            break;
        }
    }
    assert_eq!(fetched, [Freshness::FromServer], "once, and not from the browser's cache");
    assert_eq!(name(&world.state.view()), Some("Name of usr_1"));
}

#[test]
fn id_34_a_sign_in_that_must_be_fresh_is_one() {
    let with = |options: SignInOptions, auth_time: Option<u64>| {
        let mut world = World::new();
        world.provider.tweak_id = Some(Box::new(move |claims| {
            if let Some(time) = auth_time {
                claims["auth_time"] = json!(time);
            }
        }));
        let view = signed_in_with(&mut world, options);
        assert_eq!(world.provider.asked.last().expect("the sign-in")["max_age"], "0", "so that the provider has to say when");
        view
    };
    let fresh = || SignInOptions { max_age: Some(0), ..SignInOptions::default() };
    let login = || SignInOptions { prompt: Some(Prompt::Login), max_age: Some(3600), ..SignInOptions::default() };
    for options in [fresh, login] {
        assert!(with(options(), Some(1_800_000_000)).person().is_some());
        for old in [None, Some(1_799_999_900), Some(1_790_000_000), Some(1_800_000_100)] {
            assert_eq!(problem(&with(options(), old)).code(), "id_token_auth_time", "{old:?}: somebody who signed in earlier will not do");
        }
    }
}

#[test]
fn id_35_the_way_of_signing_in_that_was_required_is_held_to_also_after_a_redirect() {
    let with = |acr: Option<&'static str>, popup: bool| {
        let mut world = World::new();
        world.provider.tweak_id = Some(Box::new(move |claims| {
            if let Some(acr) = acr {
                claims["acr"] = json!(acr);
            }
        }));
        let options = SignInOptions { acr_values: vec!["gold".into(), "silver".into()], popup, ..SignInOptions::default() };
        let view = if popup { signed_in_by_window(&mut world, options) } else { signed_in_with(&mut world, options) };
        assert_eq!(world.provider.asked.last().expect("the sign-in")["acr_values"], "gold silver");
        view
    };
    for popup in [false, true] {
        assert!(with(Some("silver"), popup).person().is_some());
        for bad in [None, Some("bronze"), Some("0"), Some("gold silver"), Some("")] {
            assert_eq!(problem(&with(bad, popup)).code(), "id_token_acr", "{bad:?}");
        }
    }
}

#[test]
fn id_35_an_acr_that_is_only_wished_for_is_no_requirement() {
    let mut world = World::new();
    let extra = [("claims", r#"{"id_token":{"acr":{"essential":true,"value":"gold"}}}"#), ("acr_values", "gold")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    assert!(signed_in_with(&mut world, SignInOptions { extra, ..SignInOptions::default() }).person().is_some());
    let asked = world.provider.asked.last().expect("the sign-in");
    assert!(!asked.contains_key("claims"), "nobody would check the answer");
    assert_eq!(asked["acr_values"], "gold", "a wish is no requirement (Core §5.5.1.1)");
}

#[test]
fn ri_01_a_resource_is_absolute_and_goes_with_every_request() {
    let block = |resource: &str| {
        format!(r#"{{"client_id":"{CLIENT}","issuer":"{ISSUER}","api":[{{"url":"https://api.example/","resource":{}}}]}}"#, json!(resource))
    };
    for bad in ["/v1", "api.example", "//api.example/", "https://api.example/#part", ""] {
        assert!(Config::from_json(&block(bad), APP).is_err(), "{bad:?}");
    }
    let mut world = World::with(config(r#","scopes":"openid offline_access""#));
    world.config = Config::from_json(&block("urn:api").replace("\"api\"", "\"algorithms\":[\"EdDSA\"],\"api\""), APP).expect("good");
    world.provider.issues_refresh_tokens = true;
    world.sign_in("/");
    assert!(world.provider.asked.len() > 1 && world.provider.asked.iter().all(|query| query["resource"] == "urn:api"));
    world.dispatch(Event::RenewalChosen);
    let Some((_, request)) = world.requests.iter().find(|(_, request)| matches!(request.method, Method::PostForm(_))) else {
        panic!("the refresh")
    };
    let Method::PostForm(form) = &request.method else { panic!("a POST") };
    assert!(form.expose().contains("resource=urn%3Aapi"), "{request:?}");

    let mut world = World::new();
    world.provider.refuses = Some("invalid_target");
    assert_eq!(problem(&signed_in_with(&mut world, SignInOptions::default())).code(), "invalid_target");
}

#[test]
fn si_02_a_silent_attempt_leaves_nothing_outside_of_memory() {
    let mut world = World::new();
    world.provider.session = Some("usr_1".into());
    world.open("/");
    let (_, asked) = world.frames.first().cloned().expect("a frame");
    assert_eq!(name(&world.settle()), Some("Name of usr_1"));
    assert!(world.stored.is_empty() && world.left_for.is_none() && world.told.is_empty());
    assert!(!world.log.iter().any(|line| line.starts_with("Remember")), "it was not even stored for a moment");
    assert!(world.provider.secrets.len() >= 4, "code, verifier and tokens");
    for secret in &world.provider.secrets {
        assert!(!asked.contains(secret.as_str()), "the frame's address holds a secret");
    }
}
