//! More of every claim: what only looks right.

use super::{
    tests::{ACCESS_TOKEN, CLIENT, CODE, ISSUER, NOW, check, claims, login, refuses, unverified, with, without},
    *,
};
use crate::protocol::encoding::base64url;
use serde_json::{Value, json};

#[test]
fn id_20_no_issuer_but_the_very_one() {
    for bad in [
        json!("https://as.example//"),
        json!("HTTPS://as.example"),
        json!("http://as.example"),
        json!("https://as.example:443"),
        json!("https://as.example/other"),
        json!("https://as.exampl%65"),
        json!(" https://as.example"),
        json!("https://as.example\u{200b}"),
        json!("https://as.example."),
        Value::Null,
        json!({}),
        json!(true),
    ] {
        refuses("iss", &[bad]);
    }
}

#[test]
fn id_21_no_audience_that_only_looks_like_this_client() {
    refuses(
        "aud",
        &[
            json!("SPAC_1"),
            json!(" spac_1"),
            json!("spac_1 other"),
            json!("spac_1,other"),
            json!(""),
            json!(["SPAC_1"]),
            json!([CLIENT, 1]),
            json!({ "0": CLIENT }),
            json!(true),
        ],
    );
}

#[test]
fn id_22_one_other_audience_anywhere_is_one_too_many() {
    refuses("aud", &[json!([CLIENT, ""]), json!(["", CLIENT]), json!([CLIENT, CLIENT, "other"]), json!([CLIENT, "SPAC_1"])]);
    for good in [json!([CLIENT]), json!([CLIENT, CLIENT]), json!(CLIENT)] {
        assert!(login(&with("aud", good)).is_ok());
    }
}

#[test]
fn id_25_exp_is_a_number_that_has_not_passed_by_more_than_the_tolerance() {
    refuses("exp", &[json!("NaN"), json!(null), json!([NOW + 300]), json!({}), json!(""), json!(1e20), json!(NOW as f64 - 60.0), json!(0)]);
    assert!(login(&with("exp", json!(NOW as f64 + 0.5))).is_ok(), "a NumericDate may have a fraction");
    let mut old = with("exp", json!(NOW - 60));
    old["iat"] = json!(NOW - 300);
    assert_eq!(login(&old).unwrap_err().field, "exp", "the last second of the tolerance is over");
}

#[test]
fn id_26_iat_is_a_number_and_of_now() {
    refuses("iat", &[json!(null), json!(""), json!(true), json!([NOW]), json!(-1), json!(1e300), json!(0), json!(NOW + 7 * 86_400)]);
    for same in [NOW + 300, NOW + 301] {
        let finding = login(&with("iat", json!(same))).unwrap_err();
        assert!(["iat", "exp"].contains(&&*finding.field), "{finding}");
    }
}

#[test]
fn id_27_nbf_is_a_number_if_it_is_there() {
    refuses("nbf", &[json!(null), json!(""), json!(true), json!([NOW]), json!(-1), json!(NOW + 86_400)]);
    assert!(login(&with("nbf", json!(0))).is_ok() && login(&without("nbf")).is_ok());
}

#[test]
fn id_30_a_nonce_that_was_not_sent_is_refused_also_after_a_refresh() {
    let nonce = Nonce::new("n");
    let original = login(&claims()).unwrap();
    let refresh = |claims: &Value| check(claims, Origin::Refresh { original: &original, nonce: &nonce }, &[]);
    for bad in ["other", "N", "n ", " n", "nn", ""] {
        assert_eq!(refresh(&with("nonce", json!(bad))).unwrap_err().field, "nonce", "{bad:?}");
        assert!(login(&with("nonce", json!(bad))).unwrap_err().field == "nonce", "of a parallel transaction");
    }
    for bad in [json!(1), json!(null), json!(["n"])] {
        assert_eq!(refresh(&with("nonce", bad)).unwrap_err().field, "nonce");
    }
    assert!(refresh(&claims()).is_ok() && refresh(&without("nonce")).is_ok(), "none need come, and that of the sign-in may");
}

#[test]
fn id_32_a_hash_is_the_left_half_in_base64url_of_the_very_token() {
    use sha2::{Digest, Sha256};
    let hash = Sha256::digest(ACCESS_TOKEN);
    let half = base64url(&hash[..16]);
    let bad = [
        json!(base64url(&hash)),
        json!(base64url(&hash[16..])),
        json!(base64url(&hash[..15])),
        json!(format!("{half}==")),
        json!(half.to_lowercase()),
        json!(format!(" {half}")),
        json!(base64url(&Sha256::digest(CODE)[..16])),
        json!(null),
        json!([half]),
        json!({}),
    ];
    refuses("at_hash", &bad);
    assert!(login(&with("at_hash", json!(half))).is_ok());
}

#[test]
fn id_36_the_same_token_again_is_none() {
    let nonce = Nonce::new("n");
    let first = login(&claims()).unwrap();
    let later = |seconds: u64, issued_at: u64| {
        let mut claims = with("iat", json!(issued_at));
        claims["exp"] = json!(NOW + 100_000);
        let expectation = Expectation {
            issuer: ISSUER,
            client_id: CLIENT,
            trusted_audiences: &[],
            skew: Duration::from_secs(60),
            now: UnixTime::from_millis((NOW + seconds) * 1000),
            access_token: ACCESS_TOKEN,
            checks: &Checks::default(),
            origin: Origin::Refresh { original: &first, nonce: &nonce },
        };
        validate(unverified(&claims), &expectation).map(|claims| claims.issued_at).map_err(|finding| finding.field)
    };
    for (seconds, issued_at) in [(61, NOW), (300, NOW), (300, NOW - 1), (86_400, NOW), (61, NOW - 60)] {
        assert_eq!(later(seconds, issued_at).unwrap_err(), "iat", "{seconds} s later");
    }
    // Within one second, or by clocks that differ a little; and whenever it is new.
    for (seconds, issued_at) in [(0, NOW), (60, NOW), (30, NOW - 20), (61, NOW + 1), (300, NOW + 290), (86_400, NOW + 86_400)] {
        assert!(later(seconds, issued_at).is_ok(), "{seconds} s later");
    }
}

#[test]
fn id_38_events_of_any_kind_make_it_something_else() {
    refuses(
        "events",
        &[json!({}), json!("x"), json!([]), json!(false), json!({ "http://schemas.openid.net/event/backchannel-logout": {} })],
    );
    let nonce = Nonce::new("n");
    let original = login(&claims()).unwrap();
    let logout = with("events", json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
    assert_eq!(check(&logout, Origin::Refresh { original: &original, nonce: &nonce }, &[]).unwrap_err().field, "events", "on a refresh");
}

#[test]
fn id_39_identity_is_issuer_and_subject_and_nothing_else() {
    let nonce = Nonce::new("n");
    let original = login(&with("email", json!("a@example.com"))).unwrap();
    let mut other = with("email", json!("a@example.com"));
    other["sub"] = json!("usr_2");
    let refresh = |claims: &Value| check(claims, Origin::Refresh { original: &original, nonce: &nonce }, &[]);
    assert_eq!(refresh(&other).unwrap_err().field, "sub", "the same address, another person");
    for bad in ["usr_1 ", "USR_1", "usr_1\u{0}", "\u{212b}", "A\u{30a}"] {
        assert_eq!(refresh(&with("sub", json!(bad))).unwrap_err().field, "sub", "{bad:?}: compared by code point");
    }
    assert!(refresh(&with("email", json!("b@example.com"))).is_ok());
}

#[test]
fn id_23_an_authorized_party_is_a_text_and_this_client() {
    refuses("azp", &[json!("spac_11"), json!("SPAC_1"), json!(" spac_1"), json!(""), json!({}), json!(true), json!([CLIENT, "other"])]);
    assert!(login(&with("azp", json!(CLIENT))).is_ok());
    let mut other = with("aud", json!([CLIENT]));
    other["azp"] = json!("friend");
    assert_eq!(login(&other).unwrap_err().field, "azp", "also with a single audience");
}

#[test]
fn id_24_a_subject_is_a_text_of_255_ascii_characters_at_most() {
    refuses(
        "sub",
        &[
            Value::Null,
            json!(true),
            json!([]),
            json!(["usr_1"]),
            json!({}),
            json!(1.5),
            json!("x".repeat(256)),
            json!("é"),
            json!("usr\u{200b}"),
        ],
    );
    for good in ["x".repeat(255), "0".to_owned(), " ".to_owned(), "auth0|a b@c".to_owned()] {
        assert!(login(&with("sub", json!(good))).is_ok(), "{good}");
    }
}

#[test]
fn id_28_one_tolerance_holds_for_every_time_and_says_that_a_clock_is_wrong() {
    let mut passed = with("exp", json!(NOW - 61));
    passed["iat"] = json!(NOW - 300);
    for (claim, claims) in [
        ("exp", passed),
        ("iat", with("iat", json!(NOW + 61))),
        ("nbf", with("nbf", json!(NOW + 61))),
        ("iat", with("iat", json!(NOW - 86_400))),
    ] {
        let finding = login(&claims).unwrap_err();
        assert_eq!(finding.field, claim);
        assert!(finding.is_clock() && finding.to_string().contains("is the clock of this device right?"), "{finding}");
    }
    // What is no time at all is not the clock's fault.
    for claim in ["exp", "iat", "nbf"] {
        assert!(!login(&with(claim, json!("x"))).unwrap_err().is_clock(), "{claim}");
    }
}

#[test]
fn id_29_the_nonce_is_there_and_equal_and_never_shown() {
    refuses(
        "nonce",
        &[
            Value::Null,
            json!([]),
            json!(["n"]),
            json!({}),
            json!(true),
            json!("n "),
            json!(" n"),
            json!("nn"),
            json!("n\u{0}"),
            json!("\u{ff4e}"),
        ],
    );
    let finding = login(&with("nonce", json!("canary"))).unwrap_err();
    assert!(!finding.to_string().contains("canary"), "{finding}");
}

#[test]
fn id_37_a_refresh_needs_no_nonce_no_hash_and_no_time_of_sign_in() {
    let nonce = Nonce::new("n");
    let original = login(&with("auth_time", json!(NOW - 5))).unwrap();
    let mut bare = without("nonce");
    for claim in ["at_hash", "c_hash", "azp", "oid", "unknown"] {
        bare.as_object_mut().unwrap().remove(claim);
    }
    assert!(check(&bare, Origin::Refresh { original: &original, nonce: &nonce }, &[]).is_ok());
}
