//! Keys: which may be used, and which of them.

use super::*;
use crate::protocol::{
    checks::{Checks, Subject},
    encoding::base64url,
};
use serde_json::json;

fn rsa(kid: Option<&str>, fill: u8) -> Value {
    let mut key = json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "e": "AQAB", "n": base64url(&[fill; 256]) });
    if let Some(kid) = kid {
        key["kid"] = json!(kid);
    }
    key
}

fn set(keys: &[Value]) -> KeySet {
    KeySet::parse(&json!({ "keys": keys }).to_string()).unwrap()
}

fn token(kid: Option<&str>, extra: &str) -> Unverified {
    let kid = kid.map_or_else(String::new, |kid| format!(r#","kid":"{kid}""#));
    let raw =
        format!("{}.{}.{}", base64url(format!(r#"{{"alg":"RS256"{kid}{extra}}}"#).as_bytes()), base64url(b"{}"), base64url(&[1; 256]));
    Unverified::parse(&raw, &[Algorithm::Rs256], Checks::default().of(Subject::IdToken)).unwrap()
}

#[test]
fn id_11_a_kid_is_matched_exactly_or_not_at_all() {
    let keys = set(&[rsa(Some("a"), 0xff), rsa(Some("b"), 0xee)]);
    let chosen: Value = serde_json::from_str(&keys.check_for(&token(Some("b"), "")).unwrap().key).unwrap();
    assert_eq!(chosen, json!({ "kty": "RSA", "e": "AQAB", "n": rsa(None, 0xee)["n"] }), "the public members and no others");
    assert!(matches!(keys.check_for(&token(Some("c"), "")), Err(NoKey::NoMatch(_))));
    assert!(matches!(set(&[rsa(None, 0xff)]).check_for(&token(Some("c"), "")), Err(NoKey::NoMatch(_))));
}

#[test]
fn id_12_without_kid_a_single_key_is_used() {
    assert!(set(&[rsa(Some("a"), 0xff)]).check_for(&token(None, "")).is_ok());
}

#[test]
fn id_13_without_kid_several_keys_are_ambiguous() {
    assert!(matches!(set(&[rsa(None, 0xff), rsa(None, 0xee)]).check_for(&token(None, "")), Err(NoKey::Ambiguous(_))));
}

#[test]
fn id_14_use_alg_operations_and_duplicates_narrow_the_choice() {
    for (field, value) in
        [("use", json!("enc")), ("alg", json!("RS512")), ("alg", json!("PS256")), ("key_ops", json!(["sign"])), ("kty", json!("XYZ"))]
    {
        let mut key = rsa(Some("a"), 0xff);
        key[field] = value.clone();
        assert!(matches!(set(&[key]).check_for(&token(Some("a"), "")), Err(NoKey::NoMatch(_))), "{field} {value}");
    }
    assert!(matches!(set(&[rsa(Some("a"), 0xff), rsa(Some("a"), 0xee)]).check_for(&token(Some("a"), "")), Err(NoKey::Ambiguous(_))));
}

#[test]
fn id_15_private_symmetric_and_weak_keys_are_never_used() {
    let mut private = rsa(Some("a"), 0xff);
    private["d"] = json!("AQAB");
    let mut short = rsa(Some("a"), 0xff);
    short["n"] = json!(base64url(&[0xff; 128]));
    let mut padded = rsa(Some("a"), 0xff);
    padded["n"] = json!(base64url(&[vec![0; 128], vec![0xff; 128]].concat()));
    let mut one = rsa(Some("a"), 0xff);
    one["e"] = json!("AQ");
    let mut even = rsa(Some("a"), 0xff);
    even["e"] = json!("Ag");
    let zero = json!({ "kty": "EC", "crv": "P-256", "kid": "a", "x": base64url(&[0; 32]), "y": base64url(&[0; 32]) });
    let symmetric = json!({ "kty": "oct", "kid": "a", "k": "AQAB" });
    for key in [private, short, padded, one, even, zero, symmetric] {
        let keys = set(std::slice::from_ref(&key));
        assert_eq!(keys.refused, [Some("a".to_owned())], "{key}");
        assert!(keys.check_for(&token(Some("a"), "")).is_err(), "{key}");
    }
}

#[test]
fn id_15_a_key_is_said_to_be_refused_only_if_the_token_names_it() {
    let of = |named: Option<&str>, wanted: Option<&str>| {
        let mut private = rsa(named, 0xff);
        private["d"] = json!("AQAB");
        match set(&[private]).check_for(&token(wanted, "")) {
            Err(NoKey::NoMatch(finding)) => finding.to_string(),
            other => panic!("no key fits, not {other:?}"),
        }
    };
    assert!(of(Some("a"), Some("a")).contains("private, symmetric or weak"));
    assert_eq!(of(Some("a"), Some("b")), "kid: unexpected b, expected a published key for RS256");
    assert_eq!(of(None, None), "kid: unexpected (none), expected a published key for RS256");
}

#[test]
fn id_08_keys_in_the_token_header_are_not_keys() {
    let own =
        format!(r#","jwk":{},"jku":"https://evil.example/keys","x5u":"https://evil.example/x","x5c":["AA"]"#, rsa(Some("evil"), 0xaa));
    assert!(matches!(set(&[]).check_for(&token(Some("evil"), &own)), Err(NoKey::NoMatch(_))));
}

#[test]
fn a_set_must_have_a_list_of_keys() {
    for bad in ["{}", "[]", r#"{"keys":{}}"#, r#"{"keys":[],"keys":[]}"#, "<html>"] {
        assert!(KeySet::parse(bad).is_err(), "{bad}");
    }
    assert_eq!(set(&[json!(1), json!("x"), json!({ "kty": "RSA" })]).keys.len(), 0);
}

/// A token that names this algorithm and key.
fn signed(algorithm: Algorithm, kid: Option<&str>) -> Unverified {
    let kid = kid.map_or_else(String::new, |kid| format!(r#","kid":"{kid}""#));
    let header = format!(r#"{{"alg":"{}"{kid}}}"#, algorithm.name());
    let raw = format!("{}.{}.{}", base64url(header.as_bytes()), base64url(b"{}"), base64url(&[1; 64]));
    Unverified::parse(&raw, &[algorithm], Checks::default().of(Subject::IdToken)).unwrap()
}

fn ec(curve: &str, length: usize) -> Value {
    json!({ "kty": "EC", "crv": curve, "kid": "a", "x": base64url(&vec![7; length]), "y": base64url(&vec![9; length]) })
}

#[test]
fn id_11_no_key_is_tried_whose_name_is_another() {
    let keys = set(&[rsa(Some("a"), 0xff), rsa(None, 0xee)]);
    for bad in ["A", "a ", " a", "b", "", "aa"] {
        assert!(matches!(keys.check_for(&token(Some(bad), "")), Err(NoKey::NoMatch(_))), "{bad:?}");
    }
    assert!(keys.check_for(&token(Some("a"), "")).is_ok());
}

#[test]
fn id_12_the_one_key_that_suits_is_used_whatever_else_is_published() {
    let others = [rsa_with("use", &json!("enc")), ec("P-256", 32), rsa_with("alg", &json!("PS256"))];
    let keys = set(&[&[rsa(Some("b"), 0xaa)], &others[..]].concat());
    assert!(keys.check_for(&token(None, "")).is_ok());
}

fn rsa_with(member: &str, value: &Value) -> Value {
    let mut key = rsa(Some("a"), 0xff);
    key[member] = value.clone();
    key
}

#[test]
fn id_13_several_keys_that_suit_are_too_many_named_or_not() {
    for keys in [[rsa(None, 0xff), rsa(Some("b"), 0xee)], [rsa(Some("a"), 0xff), rsa(Some("b"), 0xee)], [rsa(None, 0xff), rsa(None, 0xff)]]
    {
        assert!(matches!(set(&keys).check_for(&token(None, "")), Err(NoKey::Ambiguous(_))));
    }
}

#[test]
fn id_14_what_is_not_for_this_algorithm_is_no_candidate() {
    for (member, value) in [
        ("use", json!("enc")),
        ("use", json!("Sig")),
        ("use", json!("")),
        ("alg", json!("RS512")),
        ("alg", json!("rs256")),
        ("alg", json!("ES256")),
        ("alg", json!("none")),
        ("key_ops", json!(["sign"])),
        ("key_ops", json!([])),
        ("key_ops", json!("verify")),
        ("key_ops", json!(["Verify"])),
        ("kty", json!("rsa")),
        ("kty", json!("EC")),
        ("kty", json!(1)),
        ("kty", json!(null)),
    ] {
        assert!(matches!(set(&[rsa_with(member, &value)]).check_for(&token(Some("a"), "")), Err(NoKey::NoMatch(_))), "{member} {value}");
    }
    for (member, value) in
        [("use", json!("sig")), ("alg", json!("RS256")), ("key_ops", json!(["verify"])), ("key_ops", json!(["encrypt", "verify"]))]
    {
        assert!(set(&[rsa_with(member, &value)]).check_for(&token(Some("a"), "")).is_ok(), "{member} {value}");
    }
    for (curve, length) in [("P-384", 48), ("P-521", 66), ("secp256k1", 32), ("P-256", 31), ("P-256", 33), ("p-256", 32), ("Ed25519", 32)] {
        assert!(set(&[ec(curve, length)]).check_for(&signed(Algorithm::Es256, Some("a"))).is_err(), "{curve} {length}");
    }
    assert!(set(&[ec("P-256", 32)]).check_for(&signed(Algorithm::Es256, Some("a"))).is_ok());
    assert!(set(&[ec("P-256", 32)]).check_for(&signed(Algorithm::EdDsa, Some("a"))).is_err());
    let same = [rsa(Some("a"), 0xff), rsa(Some("a"), 0xee)];
    assert!(matches!(set(&same).check_for(&token(Some("a"), "")), Err(NoKey::Ambiguous(_))), "one name, two keys");
}

#[test]
fn id_15_every_member_of_a_secret_key_gives_it_away_and_it_is_known_by_name() {
    let mut secret: Vec<Value> = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].map(|member| rsa_with(member, &json!("AQAB"))).to_vec();
    secret.extend([
        rsa_with("d", &json!(null)),
        json!({ "kty": "oct", "kid": "a" }),
        json!({ "kty": "oct", "kid": "a", "k": "AQAB", "alg": "RS256" }),
    ]);
    for (member, value) in [
        ("n", json!(base64url(&[0xff; 255]))),
        ("n", json!(base64url(&[vec![0x7f], vec![0xff; 255]].concat()))),
        ("n", json!("")),
        ("n", json!(1)),
        ("n", json!("=")),
        ("e", json!("")),
        ("e", json!("AQ")),
        ("e", json!("AAE")),
        ("e", json!("AAAAAQ")),
        ("e", json!("Ag")),
        ("e", json!("AQAA")),
        ("e", json!(3)),
        ("e", json!(null)),
    ] {
        secret.push(rsa_with(member, &value));
    }
    secret.extend([("x", 0), ("y", 0)].map(|(member, fill)| {
        let mut key = ec("P-256", 32);
        key[member] = json!(base64url(&[fill; 32]));
        key
    }));
    for key in secret {
        let keys = set(std::slice::from_ref(&key));
        assert_eq!(keys.refused, [Some("a".to_owned())], "{key}");
        for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
            let kid = if algorithm == Algorithm::Rs256 { token(Some("a"), "") } else { signed(algorithm, Some("a")) };
            let Err(NoKey::NoMatch(finding)) = keys.check_for(&kid) else { panic!("{key}") };
            assert!(finding.to_string().contains("private, symmetric or weak"), "{finding}");
        }
    }
    for exponent in ["Aw", "AQAB", "AAM"] {
        let keys = set(&[rsa_with("e", &json!(exponent))]);
        assert!(keys.refused.is_empty() && keys.check_for(&token(Some("a"), "")).is_ok(), "{exponent}");
    }
}
