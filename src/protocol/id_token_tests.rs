//! Every claim, missing, wrong and right.

use super::*;
use crate::protocol::encoding::base64url;
use serde_json::{Value, json};

pub(super) const NOW: u64 = 1_800_000_000;
pub(super) const ISSUER: &str = "https://as.example";
pub(super) const CLIENT: &str = "spac_1";
pub(super) const ACCESS_TOKEN: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
pub(super) const CODE: &str = "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk";

pub(super) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": [CLIENT], "azp": CLIENT, "sub": "usr_1", "exp": NOW + 300, "iat": NOW, "nonce": "n",
        "at_hash": "77QmUPtjPfzWtF2AnpK9RQ", "c_hash": "LDktKdoQak3Pk0cnXxCltA", "oid": "org_1", "unknown": { "a": [1] },
    })
}

pub(super) fn unverified(claims: &Value) -> Unverified {
    let raw = format!("{}.{}.{}", base64url(br#"{"alg":"RS256"}"#), base64url(claims.to_string().as_bytes()), base64url(&[1; 256]));
    Unverified::parse(&raw, &[Algorithm::Rs256], Checks::default().of(Subject::IdToken)).unwrap()
}

pub(super) fn check(claims: &Value, origin: Origin<'_>, trusted: &[String]) -> Result<IdClaims, Finding> {
    let expectation = Expectation {
        issuer: ISSUER,
        client_id: CLIENT,
        trusted_audiences: trusted,
        skew: Duration::from_secs(60),
        now: UnixTime::from_millis(NOW * 1000),
        access_token: ACCESS_TOKEN,
        checks: &Checks::default(),
        origin,
    };
    validate(unverified(claims), &expectation)
}

pub(super) fn login(claims: &Value) -> Result<IdClaims, Finding> {
    let nonce = Nonce::new("n");
    check(claims, Origin::Code { nonce: &nonce, code: CODE, asked: &Asked::nothing(UnixTime::from_millis(NOW * 1000)) }, &[])
}

pub(super) fn with(claim: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[claim] = value;
    claims
}

pub(super) fn without(claim: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(claim);
    claims
}

/// Each of these values refuses the token, and the error names the claim.
pub(super) fn refuses(claim: &str, values: &[Value]) {
    for value in values {
        let finding = login(&with(claim, value.clone())).expect_err(&format!("{claim} = {value}"));
        assert_eq!(finding.field, claim, "{value}: {finding}");
    }
}

fn misses(claim: &str) {
    assert_eq!(login(&without(claim)).unwrap_err(), Finding::missing(claim.to_owned()));
}

#[test]
fn id_39_a_good_token_passes_and_unknown_claims_are_kept() {
    let claims = login(&claims()).unwrap();
    assert_eq!((claims.subject.as_str(), claims.issuer.as_str()), ("usr_1", ISSUER));
    assert!(claims.all.has("unknown"));
}

#[test]
fn id_20_the_issuer_is_compared_letter_by_letter() {
    misses("iss");
    refuses(
        "iss",
        &[json!("https://as.example1"), json!("https://as.example/"), json!("https://AS.example"), json!([ISSUER]), json!(""), json!(1)],
    );
}

#[test]
fn id_21_the_audience_holds_this_client() {
    misses("aud");
    refuses("aud", &[json!("spac_11"), json!("spac_"), json!([]), json!([1]), json!({}), json!(null), json!("other"), json!([[CLIENT]])]);
    assert!(login(&with("aud", json!(CLIENT))).is_ok());
}

#[test]
fn id_22_rejects_a_second_audience() {
    refuses("aud", &[json!([CLIENT, "spac_11"]), json!(["https://api.example", CLIENT])]);
    let nonce = Nonce::new("n");
    let origin = Origin::Code { nonce: &nonce, code: CODE, asked: &Asked::nothing(UnixTime::default()) };
    assert!(check(&with("aud", json!([CLIENT, "friend"])), origin, &["friend".to_owned()]).is_ok());
}

#[test]
fn id_23_an_authorized_party_is_this_client() {
    refuses("azp", &[json!("other"), json!(1), json!([CLIENT])]);
    assert!(login(&without("azp")).is_ok());
}

#[test]
fn id_24_there_is_a_subject() {
    misses("sub");
    refuses("sub", &[json!(""), json!(1), json!("x".repeat(256)), json!("ü")]);
    assert!(login(&with("sub", json!("conn_1;idp|a@b"))).is_ok());
}

#[test]
fn id_25_the_token_has_not_expired() {
    misses("exp");
    refuses("exp", &[json!(NOW - 360), json!(NOW - 60), json!("1800000300"), json!(-1), json!(1e300), json!(true)]);
    assert!(
        login(&{
            let mut c = with("exp", json!(NOW - 59));
            c["iat"] = json!(NOW - 300);
            c
        })
        .is_ok()
    );
}

#[test]
fn id_26_the_token_was_issued_just_now() {
    misses("iat");
    refuses("iat", &[json!(NOW + 3600), json!(NOW + 61), json!(NOW - 7 * 86_400), json!(NOW - 661), json!("x")]);
    assert!(login(&with("iat", json!(NOW + 59))).is_ok());
    assert!(login(&with("iat", json!(NOW - 600))).is_ok());
    let mut inverted = with("exp", json!(NOW + 10));
    inverted["iat"] = json!(NOW + 20);
    assert_eq!(login(&inverted).unwrap_err().field, "exp");
}

#[test]
fn id_27_the_token_is_valid_already() {
    refuses("nbf", &[json!(NOW + 3600), json!(NOW + 61), json!("x")]);
    assert!(login(&with("nbf", json!(NOW + 59))).is_ok());
}

#[test]
fn id_28_a_wrong_clock_is_named_in_words() {
    let finding = login(&with("iat", json!(NOW + 86_400))).unwrap_err();
    assert!(finding.to_string().contains("clock of this device"), "{finding}");
}

#[test]
fn id_29_30_the_nonce_is_the_one_that_was_sent() {
    misses("nonce");
    refuses("nonce", &[json!("n1"), json!("N"), json!(""), json!(1)]);
    let finding = login(&with("nonce", json!("canary"))).unwrap_err();
    assert!(!finding.to_string().contains("canary"), "no nonce is shown: {finding}");
}

#[test]
fn id_32_hashes_belong_to_the_tokens_they_came_with() {
    let full = base64url(&[7; 32]);
    refuses("at_hash", &[json!("LDktKdoQak3Pk0cnXxCltA"), json!(full), json!(1), json!("")]);
    refuses("c_hash", &[json!("77QmUPtjPfzWtF2AnpK9RQ"), json!(full), json!(1)]);
    assert!(login(&without("at_hash")).is_ok());
    assert!(login(&without("c_hash")).is_ok());
}

#[test]
fn id_33_a_max_age_that_was_sent_is_kept() {
    let nonce = Nonce::new("n");
    let asked_at = |begun: u64, max_age: u64, claims: &Value| {
        let asked = Asked { max_age: Some(max_age), ..Asked::nothing(UnixTime::from_millis(begun * 1000)) };
        check(claims, Origin::Code { nonce: &nonce, code: CODE, asked: &asked }, &[])
    };
    let asked = |claims: &Value| asked_at(NOW, 100, claims);
    assert_eq!(asked(&claims()).unwrap_err(), Finding::missing("auth_time"));
    for good in [NOW, NOW - 100, NOW - 160, NOW + 60] {
        assert!(asked(&with("auth_time", json!(good))).is_ok(), "{good}");
    }
    for bad in [NOW - 161, NOW - 220, NOW - 86_400, 0, NOW + 61, NOW + 86_400] {
        assert_eq!(asked(&with("auth_time", json!(bad))).unwrap_err().field, "auth_time", "{bad}");
    }
    for bad in [json!(NOW.to_string()), json!("x"), json!([NOW]), json!({}), json!(true), json!(-1), json!(1e300), json!(null)] {
        assert_eq!(asked(&with("auth_time", bad.clone())).unwrap_err().field, "auth_time", "{bad}");
        assert_eq!(login(&with("auth_time", bad.clone())).unwrap_err().field, "auth_time", "{bad}, also where nobody asked");
    }
    assert!(asked_at(NOW - 300, 100, &with("auth_time", json!(NOW - 161))).is_err(), "measured from now, not from the request");
    assert!(asked_at(NOW, u64::MAX, &with("auth_time", json!(1))).is_ok(), "no age is too large to be reckoned with");
}

#[test]
fn id_34_a_fresh_sign_in_came_after_the_request() {
    let nonce = Nonce::new("n");
    let fresh = |begun: u64, claims: &Value| {
        let asked = Asked { max_age: Some(0), ..Asked::nothing(UnixTime::from_millis(begun * 1000)) };
        check(claims, Origin::Code { nonce: &nonce, code: CODE, asked: &asked }, &[])
    };
    assert_eq!(fresh(NOW, &claims()).unwrap_err(), Finding::missing("auth_time"));
    for (begun, good) in [(NOW, NOW), (NOW, NOW - 60), (NOW - 500, NOW - 400), (NOW - 500, NOW - 560), (NOW, NOW + 60)] {
        assert!(fresh(begun, &with("auth_time", json!(good))).is_ok(), "{begun} {good}: who signs in takes their time");
    }
    for (begun, bad) in [(NOW, NOW - 61), (NOW - 500, NOW - 561), (NOW, 0), (NOW, NOW + 61)] {
        assert_eq!(fresh(begun, &with("auth_time", json!(bad))).unwrap_err().field, "auth_time", "{begun} {bad}");
    }
}

#[test]
fn id_35_an_acr_that_was_required_is_one_of_those_that_will_do() {
    let nonce = Nonce::new("n");
    let asked = |accepted: &[&str], claims: &Value| {
        let acr_values = accepted.iter().map(ToString::to_string).collect();
        let asked = Asked { acr_values, ..Asked::nothing(UnixTime::from_millis(NOW * 1000)) };
        check(claims, Origin::Code { nonce: &nonce, code: CODE, asked: &asked }, &[])
    };
    for good in ["gold", "urn:silver"] {
        assert!(asked(&["gold", "urn:silver"], &with("acr", json!(good))).is_ok());
    }
    assert_eq!(asked(&["gold"], &claims()).unwrap_err(), Finding::missing("acr"));
    for bad in ["bronze", "Gold", "gold ", "gold urn:silver", "goldgold", "", "0"] {
        assert_eq!(asked(&["gold", "urn:silver"], &with("acr", json!(bad))).unwrap_err().field, "acr", "{bad:?}");
    }
    for bad in [json!(["gold"]), json!(1), json!({ "gold": true }), json!(null), json!(true)] {
        assert_eq!(asked(&["gold"], &with("acr", bad.clone())).unwrap_err().field, "acr", "{bad}");
    }
    for accepted in [&["0"][..], &["0", "gold"]] {
        assert_eq!(asked(accepted, &with("acr", json!("0"))).unwrap_err().field, "acr", "no assurance is never enough");
    }
    assert!(login(&with("acr", json!("0"))).is_ok(), "where nobody asked, it does not matter");
}

#[test]
fn id_36_a_refreshed_token_speaks_of_the_same_person_and_sign_in() {
    let nonce = Nonce::new("n");
    let original = login(&with("auth_time", json!(NOW - 5))).unwrap();
    let refresh = |claims: &Value| check(claims, Origin::Refresh { original: &original, nonce: &nonce }, &[]);
    assert!(refresh(&with("auth_time", json!(NOW - 5))).is_ok());
    assert!(refresh(&without("nonce")).is_ok());
    for (claim, value) in [
        ("sub", json!("usr_11")),
        ("iss", json!("https://as.example1")),
        ("aud", json!(["other"])),
        ("aud", json!(CLIENT.to_owned() + "1")),
        ("nonce", json!("other")),
        ("auth_time", json!(NOW)),
    ] {
        assert_eq!(refresh(&with(claim, value.clone())).unwrap_err().field, claim, "{value}");
    }
}

#[test]
fn id_36_a_refreshed_token_was_issued_after_the_one_before() {
    let nonce = Nonce::new("n");
    let original = login(&claims()).unwrap();
    let refresh = |issued_at: u64| check(&with("iat", json!(issued_at)), Origin::Refresh { original: &original, nonce: &nonce }, &[]);
    assert!(refresh(NOW).is_ok(), "within the same second");
    assert!(refresh(NOW - 60).is_ok(), "by another clock of the provider");
    assert_eq!(refresh(NOW - 61).unwrap_err().field, "iat");
}

#[test]
fn id_38_a_logout_token_is_not_an_id_token() {
    refuses("events", &[json!({ "http://schemas.openid.net/event/backchannel-logout": {} })]);
}

#[test]
fn id_39_subjects_are_not_normalised() {
    let nonce = Nonce::new("n");
    let original = login(&with("sub", json!("Ab"))).unwrap();
    assert!(check(&with("sub", json!("ab")), Origin::Refresh { original: &original, nonce: &nonce }, &[]).is_err());
}

#[test]
fn claims_show_issuer_and_time_and_nothing_about_a_person() {
    let claims = login(&claims()).unwrap();
    assert_eq!(format!("{claims:?}"), format!("IdClaims {{ issuer: {:?}, issued_at: {:?}, .. }}", claims.issuer, claims.issued_at));
}

#[test]
fn a_token_that_ends_when_it_begins_is_none() {
    let lasting = |seconds: u64| {
        let mut claims = with("iat", json!(NOW));
        claims["exp"] = json!(NOW + seconds);
        login(&claims)
    };
    assert_eq!(lasting(0).unwrap_err(), Finding::invalid("exp", "not later than iat"));
    assert!(lasting(1).is_ok());
}
