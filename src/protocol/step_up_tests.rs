use super::*;

fn bearer(params: &str) -> String {
    format!(r#"Bearer error="insufficient_user_authentication", {params}"#)
}

fn demand(acr_values: &[&str], max_age: Option<u64>) -> StepUpChallenge {
    StepUpChallenge { acr_values: acr_values.iter().map(ToString::to_string).collect(), max_age, extension: StepUp::BUILT.unwrap() }
}

#[test]
fn su_01_acr_values_and_max_age_are_taken_from_whichever_challenge_has_them() {
    for (header, expected) in [
        (bearer(r#"acr_values="gold""#), demand(&["gold"], None)),
        (bearer(r#"acr_values="gold  silver ""#), demand(&["gold", "silver"], None)),
        (bearer("max_age=0"), demand(&[], Some(0))),
        (bearer(r#"max_age="5", ACR_VALUES="urn:x""#), demand(&["urn:x"], Some(5))),
        (bearer("max_age=007"), demand(&[], Some(7))),
        (bearer("max_age=31622400"), demand(&[], Some(LONGEST))),
        (r#"bEARER ERROR=insufficient_user_authentication,Max_Age=1,scope="a b""#.to_owned(), demand(&[], Some(1))),
        (format!(r#"Basic realm="x", Digest nonce="a,b=\"c\"", {}"#, bearer("max_age=3")), demand(&[], Some(3))),
        (format!("{}, Negotiate YWJj==", bearer("max_age=3")), demand(&[], Some(3))),
        (format!(r#"Bearer error="invalid_token", {}"#, bearer("max_age=3")), demand(&[], Some(3))),
        (bearer(r#"max_age=3, acr_values="a b""#).replace("Bearer", "DPoP"), demand(&["a", "b"], Some(3))),
        (format!("{0}, {0}", bearer("max_age=3")), demand(&[], Some(3))),
    ] {
        assert_eq!(read(&header), Ok(Some(expected)), "{header}");
    }
}

#[test]
fn su_01_what_is_no_such_challenge_asks_for_nothing() {
    for header in [
        "",
        "Bearer",
        r#"Bearer error="invalid_token""#,
        r#"Bearer error="insufficient_scope", scope="admin", acr_values="gold", max_age=1"#,
        r#"Bearer error="INSUFFICIENT_USER_AUTHENTICATION", max_age=1"#,
        r#"Basic error="insufficient_user_authentication", max_age=1"#,
        r#"Bearer acr_values="gold""#,
        r#"Bearer realm="unbalanced"#,
    ] {
        assert_eq!(read(header), Ok(None), "{header}");
    }
}

#[test]
fn su_01_a_demand_that_makes_no_sense_is_malformed() {
    for (params, field) in [
        ("max_age=-1", "max_age"),
        ("max_age=1e9", "max_age"),
        ("max_age=1000000000", "max_age"),
        ("max_age=31622401", "max_age"),
        ("max_age=\"\"", "max_age"),
        ("max_age=\"+1\"", "max_age"),
        ("max_age=1.5", "max_age"),
        ("max_age=\" 1\"", "max_age"),
        ("max_age=0x10", "max_age"),
        ("max_age=99999999999999999999999", "max_age"),
        ("max_age=\"\u{664}\"", "max_age"),
        ("max_age=soon", "max_age"),
        ("realm=x", "acr_values"),
        ("acr_values=\"\"", "acr_values"),
        ("acr_values=\" \"", "acr_values"),
        ("acr_values=0", "acr_values"),
        ("acr_values=\"gold 0\"", "acr_values"),
        ("acr_values=\"g\u{f6}ld\"", "acr_values"),
        ("max_age=1, max_age=2", "www-authenticate"),
        ("max_age=1, acr_values=\"gold", "www-authenticate"),
        ("max_age=1, acr_values=gold\"", "www-authenticate"),
        ("max_age=", "www-authenticate"),
        ("max_age=1 acr_values=gold", "www-authenticate"),
        ("max_age=-1, acr_values=gold", "max_age"),
    ] {
        assert_eq!(read(&bearer(params)).expect_err(params).field, field, "{params}");
    }
    for (one, other) in [
        ("max_age=1", "max_age=2"),
        ("acr_values=a", "acr_values=b"),
        ("max_age=1", "acr_values=a"),
        ("acr_values=\"a b\"", "acr_values=\"b a\""),
    ] {
        let finding = read(&format!("{}, {}", bearer(one), bearer(other))).expect_err(one);
        assert_eq!(finding.to_string(), "www-authenticate: demands two things");
    }
    assert!(read(&format!("{}, {}", bearer("max_age=1"), bearer("max_age=-1"))).is_err());
}

#[test]
fn su_03_only_a_sign_in_that_is_no_better_is_called_unmet() {
    for (field, code) in [("acr", "step_up_unmet"), ("auth_time", "step_up_unmet"), ("aud", "id_token_aud"), ("nonce", "id_token_nonce")] {
        assert_eq!(failure(Error::IdToken(Finding::missing(field))).code(), code);
    }
    let answer = |error| Error::Authorization(crate::protocol::error::ProviderError::new(error, None));
    assert_eq!(failure(answer(UNMET)).code(), "step_up_unmet");
    assert_ne!(failure(answer("access_denied")).code(), "step_up_unmet");
}
