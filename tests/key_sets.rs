//! A provider with a thousand keys: one signature is checked or none, whatever the token says about its key.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use serde_json::{Value, json};
use support::{
    World, code_of,
    keys::{Key, encode},
    name,
};

const MANY: usize = 1_000;

fn rsa(number: usize) -> Value {
    json!({ "kty": "RSA", "use": "sig", "kid": format!("k{number}"), "e": "AQAB", "n": encode(&[&number.to_be_bytes()[..], &[0xff; 256]].concat()) })
}

fn ed25519(number: usize) -> Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": format!("k{number}"), "x": encode(&[&number.to_be_bytes()[..], &[0xff; 24]].concat()) })
}

/// What a page load came to with a thousand keys, of which the last one signs: the name, or what is wrong; how many signatures were checked, and how often
/// the keys were fetched.
fn outcome(others: fn(usize) -> Value, kid: Option<&'static str>) -> (String, usize, usize) {
    let mut world = World::new();
    world.provider.published = (1..MANY).map(others).chain([Key::Ed25519.published()]).collect();
    world.provider.tweak_header = Some(Box::new(move |header| match kid {
        Some(kid) => header["kid"] = json!(kid),
        None => drop(header.as_object_mut().and_then(|header| header.remove("kid"))),
    }));
    world.provider.session = Some("usr_1".to_owned());
    let view = world.visit("/");
    let checks = world.log.iter().filter(|line| line.starts_with("Verify {")).map(|line| line.matches("SignatureCheck {").count()).sum();
    let fetched = world.provider.called.iter().filter(|url| url.ends_with("/keys")).count();
    (name(&view).map_or_else(|| code_of(&view), str::to_owned), checks, fetched)
}

#[test]
fn id_11_12_13_a_thousand_keys_make_one_check_or_none() {
    let same: fn(usize) -> Value = |number| {
        let mut key = ed25519(number);
        key["kid"] = json!("ed25519");
        key
    };
    for (case, others, kid, expected) in [
        ("by kid, among others of its kind", ed25519 as fn(usize) -> Value, Some("ed25519"), ("Name of usr_1", 1, 1)),
        ("by kid, among others of another kind", rsa, Some("ed25519"), ("Name of usr_1", 1, 1)),
        ("without kid, the only one of its kind", rsa, None, ("Name of usr_1", 1, 1)),
        ("without kid, one of a thousand", ed25519, None, ("keys_kid", 0, 1)),
        // Asked for once more, past the cache, and then it is over.
        ("a kid that nobody has", ed25519, Some("other"), ("keys_kid", 0, 2)),
        ("a kid that all have", same, Some("ed25519"), ("keys_kid", 0, 1)),
        ("the kid of a key of another kind", rsa, Some("k1"), ("keys_kid", 0, 2)),
    ] {
        let (found, checks, fetched) = outcome(others, kid);
        assert_eq!((found.as_str(), checks, fetched), expected, "{case}");
    }
}
