//! Access tokens: opaque unless the configuration says otherwise, and then held to the same rules as an ID token.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Reason, View,
    protocol::{api::TokenAnswer, config::Config},
};
use serde_json::{Value, json};
use support::{APP, CLIENT, ISSUER, World, config, keys::Key, name};

const STRICT: &str = r#","validate_access_token":true"#;

/// A world whose provider sends this access token.
fn sending(strict: bool, access_token: &str) -> World {
    let mut world = World::with(config(if strict { STRICT } else { "" }));
    let access_token = access_token.to_owned();
    world.provider.tweak_response = Some(Box::new(move |body| body["access_token"] = json!(access_token)));
    world
}

fn header() -> Value {
    json!({ "alg": "EdDSA", "kid": "ed25519", "typ": "at+jwt" })
}

fn claims() -> Value {
    json!({ "iss": ISSUER, "aud": CLIENT, "client_id": CLIENT, "sub": "usr_1", "iat": 1_800_000_000, "exp": 1_800_000_300 })
}

fn problem(world: &mut World) -> String {
    let view = world.sign_in("/");
    assert_eq!(world.state.token_expires_at(), None, "nothing is kept of a response that fails");
    match view {
        View::SignedOut(Reason::Problem(error)) => error.code(),
        other => panic!("a problem was expected, not {other:?}"),
    }
}

#[test]
fn at_01_an_access_token_is_not_looked_into() {
    let mut absurd = claims();
    (absurd["iss"], absurd["aud"], absurd["exp"], absurd["sub"]) = (json!("https://evil.example"), json!([]), json!(0), json!("usr_2"));
    (absurd["roles"], absurd["oid"]) = (json!(["admin"]), json!("org_2"));
    for token in ["abc", "a.b.c.d.e", &Key::P256.sign(&json!({ "alg": "ES256", "typ": "x" }), &absurd)] {
        let mut world = sending(false, token);
        let view = world.sign_in("/");
        let person = view.person().expect("somebody");
        assert_eq!((person.subject.as_str(), person.organization.as_deref()), ("usr_1", Some("org_1")));
        assert!(person.roles.is_empty(), "no claim of it is shown");
        let TokenAnswer::Attach { token: attached, .. } = world.state.token_for("https://api.example/", world.now, &world.config) else {
            panic!("a token")
        };
        assert_eq!(attached.expose(), token);
    }
}

#[test]
fn at_02_where_access_tokens_are_checked_they_must_be_jwts() {
    for token in ["abc", "a.b.c.d.e", "a.b.c", "e30.e30."] {
        let code = problem(&mut sending(true, token));
        assert!(code.starts_with("access_token_"), "{token}: {code}");
    }
}

#[test]
fn at_03_the_type_is_that_of_an_access_token() {
    for good in ["at+jwt", "AT+JWT", "application/at+jwt", "JWT"] {
        let mut header = header();
        header["typ"] = json!(good);
        assert_eq!(name(&sending(true, &Key::Ed25519.sign(&header, &claims())).sign_in("/")), Some("Name of usr_1"), "{good}");
    }
    for bad in ["logout+jwt", "dpop+jwt", "secevent+jwt", ""] {
        let mut header = header();
        header["typ"] = json!(bad);
        assert_eq!(problem(&mut sending(true, &Key::Ed25519.sign(&header, &claims()))), "access_token_typ", "{bad:?}");
    }
}

#[test]
fn at_04_the_signature_is_held_to_the_rules_of_an_id_token() {
    for algorithm in ["none", "HS256", "eddsa", "RS512"] {
        let mut header = header();
        header["alg"] = json!(algorithm);
        assert_eq!(problem(&mut sending(true, &Key::Ed25519.sign(&header, &claims()))), "access_token_alg", "{algorithm}");
    }
    let good = Key::Ed25519.sign(&header(), &claims());
    let (input, signature) = good.rsplit_once('.').expect("three segments");
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    assert_eq!(problem(&mut sending(true, &format!("{input}.{flipped}{}", &signature[1..]))), "access_token_signature");
    let mut other = claims();
    other["aud"] = json!([CLIENT, "more"]);
    let other = Key::Ed25519.sign(&header(), &other);
    let (other, _) = other.rsplit_once('.').expect("three segments");
    assert_eq!(problem(&mut sending(true, &format!("{other}.{signature}"))), "access_token_signature", "of other claims");
    let mut header = header();
    header["kid"] = json!("unknown");
    assert_eq!(problem(&mut sending(true, &Key::Ed25519.sign(&header, &claims()))), "keys_kid");
}

#[test]
fn at_10_what_an_access_token_says_changes_no_decision() {
    let decisions = |roles: Value| {
        let block = format!(r#"{{"preset":"scalekit","env_url":"{ISSUER}","client_id":"{CLIENT}","api":["https://api.example/v1/"]}}"#);
        let mut world = World::with(Config::from_json(&block, APP).expect("good"));
        world.provider.key = Some(Key::RsaA);
        world.provider.published = vec![Key::RsaA.published()];
        world.provider.tweak_access = Some(Box::new(move |claims| {
            claims["roles"] = roles.clone();
            claims["permissions"] = roles.clone();
            claims["scope"] = json!("openid admin");
        }));
        let view = world.sign_in("/");
        let person = view.person().expect("somebody");
        let answers = ["https://api.example/v1/x", "https://api.example/admin", "https://evil.example/"]
            .map(|address| matches!(world.state.token_for(address, world.now, &world.config), TokenAnswer::Attach { .. }));
        (person.subject.clone(), answers, world.state.granted_scopes().to_vec(), world.state.token_expires_at())
    };
    let nobody_special = decisions(json!([]));
    assert_eq!(decisions(json!(["admin"])), nobody_special);
    assert_eq!(nobody_special.1, [true, false, false]);
}
