//! The checks that Scalekit's guide asks for, one claim at a time.

use super::*;
use crate::protocol::{checks::Checks, encoding::base64url, id_token::Origin, jwt::Algorithm, secret::Nonce, transaction::Asked};
use serde_json::{Value, json};
use std::time::Duration;

const NOW: u64 = 1_800_000_000;

fn claims() -> Value {
    json!({ "iss": "https://as.example", "aud": ["spac_1"], "client_id": "spac_1", "sub": "usr_1", "sid": "ses_1", "oid": "org_1", "exp": NOW + 299, "iat": NOW, "roles": ["admin"] })
}

fn unverified(claims: &Value) -> Unverified {
    let raw =
        format!("{}.{}.{}", base64url(br#"{"alg":"RS256","typ":"JWT"}"#), base64url(claims.to_string().as_bytes()), base64url(&[1; 256]));
    Unverified::parse(&raw, &[Algorithm::Rs256], Checks::default().of(Subject::IdToken)).unwrap()
}

fn check(access: &Value, audiences: &[String]) -> Result<AccessClaims, Finding> {
    let nonce = Nonce::new("n");
    let now = UnixTime::from_millis(NOW * 1000);
    let expectation = Expectation {
        issuer: "https://as.example",
        client_id: "spac_1",
        trusted_audiences: &[],
        skew: Duration::from_secs(60),
        now,
        access_token: "",
        checks: &Checks::default(),
        origin: Origin::Code { nonce: &nonce, code: "", asked: &Asked::nothing(now) },
    };
    let mut id = claims();
    id["nonce"] = json!("n");
    let id = id_token::validate(unverified(&id), &expectation).unwrap();
    validate(unverified(access), (audiences, true), &expectation, &id)
}

#[test]
fn at_05_07_issuer_audience_times_and_client_are_checked() {
    assert!(check(&claims(), &[]).is_ok());
    for (claim, value) in [
        ("iss", json!("https://as.example1")),
        ("iss", Value::Null),
        ("aud", json!(["spac_11"])),
        ("aud", json!([])),
        ("aud", json!(1)),
        ("exp", json!(NOW - 360)),
        ("exp", json!("x")),
        ("iat", json!(NOW + 3600)),
        ("client_id", json!("other")),
        ("nbf", json!(NOW + 3600)),
    ] {
        let mut bad = claims();
        bad[claim] = value.clone();
        assert_eq!(check(&bad, &[]).unwrap_err().field, claim, "{value}");
    }
    for claim in ["iss", "aud", "exp", "iat"] {
        let mut less = claims();
        less.as_object_mut().unwrap().remove(claim);
        assert_eq!(check(&less, &[]).unwrap_err(), Finding::missing(claim));
    }
}

#[test]
fn at_06_a_configured_audience_is_as_good_as_the_client_id() {
    let mut claims = claims();
    claims["aud"] = json!("https://api.example");
    assert!(check(&claims, &[]).is_err());
    assert!(check(&claims, &["https://api.example".to_owned()]).is_ok());
}

#[test]
fn both_tokens_speak_of_the_same_person_session_and_organisation() {
    for claim in ["sub", "sid", "oid"] {
        let mut bad = claims();
        bad[claim] = json!("other");
        assert_eq!(check(&bad, &[]).unwrap_err().field, claim);
        bad.as_object_mut().unwrap().remove(claim);
        assert!(check(&bad, &[]).is_ok(), "{claim} may be absent");
    }
}

#[test]
fn a_token_lives_by_its_own_exp() {
    let access = check(&claims(), &[]).unwrap();
    assert_eq!(access.life(None), Some(Duration::from_secs(299)), "from its own iat");
    assert_eq!(access.life(Some(UnixTime::from_millis((NOW + 100) * 1000))), Some(Duration::from_secs(199)));
    let mut over = claims();
    (over["iat"], over["exp"]) = (json!(NOW - 300), json!(NOW - 10));
    assert_eq!(check(&over, &[]).unwrap().life(Some(UnixTime::from_millis(NOW * 1000))), Some(Duration::ZERO), "it is over");
}
