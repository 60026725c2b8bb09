use super::*;

/// Every challenge as `scheme name=value;name=value`.
fn read(header: &str) -> Result<Vec<String>, Finding> {
    let line = |challenge: &Challenge| {
        let params: Vec<_> = challenge.params.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{} {}", challenge.scheme, params.join(";")).trim_end().to_owned()
    };
    Ok(parse(header)?.iter().map(line).collect())
}

#[test]
fn su_01_all_challenges_of_a_header_are_read() {
    for (header, expected) in [
        ("", &[][..]),
        (" , ,\t,", &[]),
        ("Bearer", &["bearer"]),
        ("Bearer, Basic , Negotiate", &["bearer", "basic", "negotiate"]),
        (r#"Bearer realm="a""#, &["bearer realm=a"]),
        (r#"BEARER Realm="A", ERROR="x""#, &["bearer realm=A;error=x"]),
        (r#"Bearer error=x,max_age=5,acr_values="a b""#, &["bearer error=x;max_age=5;acr_values=a b"]),
        (
            r#"Basic realm="b", Bearer error="e", scope="s t", DPoP algs="ES256 PS256""#,
            &["basic realm=b", "bearer error=e;scope=s t", "dpop algs=ES256 PS256"],
        ),
        (r#"Negotiate YWJj==, Bearer realm="a""#, &["negotiate", "bearer realm=a"]),
        ("Bearer abc/+~.-_", &["bearer"]),
        ("Bearer realm=", &["bearer"]),
        (r#"Bearer realm = "a" ,  error	=	x"#, &["bearer realm=a;error=x"]),
        (r#"Bearer , realm=a"#, &["bearer realm=a"]),
        (r#"Bearer realm="say \"hi\", \\ and, more""#, &[r#"bearer realm=say "hi", \ and, more"#]),
        (r#"Bearer realm="", error="""#, &["bearer realm=;error="]),
        ("Bearer realm=\"gr\u{fc}n\"", &["bearer realm=gr\u{fc}n"]),
        (r#"Bearer error=a, Bearer error=b"#, &["bearer error=a", "bearer error=b"]),
    ] {
        assert_eq!(read(header).as_deref(), Ok(&expected.iter().map(ToString::to_string).collect::<Vec<_>>()[..]), "{header}");
    }
}

#[test]
fn su_01_a_header_that_is_malformed_anywhere_gives_nothing() {
    for header in [
        r#"Bearer realm="a"#, r#"Bearer realm="a\"#, r#"Bearer realm="a\""#, r#"Bearer realm=a""#, r#"Bearer realm="a"b"#,
        r#"Bearer realm="a" error="b""#, r#"Bearer realm="a", realm="b""#, r#"Bearer realm="a", REALM="b""#, "realm=a", "=a", "\"a\"",
        "Bearer =a", "Bearer a, b=", "Bearer a=b, c=", "Bearer abc, realm=a", "Bearer abc== realm=a", "Bearer abc===x", "Bearer/abc",
        "Bearer\"a\"", "Bearer a b", "Bearer (a)", "Bearer realm=a;error=b", "Bearer realm=\"a\u{0}b\"", "Bearer realm=\"a\\\u{7f}b\"",
        "Bearer realm=\"a\r\nX: y\"", "Be\u{e4}rer",
    ] {
        let finding = read(header).expect_err(header);
        assert_eq!(finding.field, "www-authenticate", "{header}");
    }
}

#[test]
fn su_01_a_header_of_absurd_length_is_not_read() {
    let of = |length: usize| format!("Bearer realm=\"{}\"", "a".repeat(length));
    assert!(parse(&of(MAX_LENGTH - 15)).is_ok());
    assert!(parse(&of(MAX_LENGTH - 14)).is_err());
    assert!(parse(&"B,".repeat(MAX_LENGTH / 2)).is_ok(), "many short ones end, too");
}

#[test]
fn what_is_malformed_ends_at_the_next_comma_for_those_who_take_the_rest() {
    for (header, expected) in [
        ("=a, Bearer realm=b", "bearer[realm=b]"),
        ("Bearer a b, realm=c", "bearer[realm=c]"),
        ("Bearer realm=\"a\"x\"b, Basic\", DPoP error=c", "bearer[] dpop[error=c]"),
        ("Bearer realm=a, realm=b, error=c", "bearer[realm=a,error=c]"),
        ("Bearer a=b;c=d, DPoP", "bearer[] dpop[]"),
        ("Bearer realm=\"a, DPoP error=b", "bearer[]"),
        ("Bearer realm=(\"\\\", DPoP error=b\", c=d", "bearer[c=d]"),
        ("\u{e4}, DPoP", "dpop[]"),
        (r#"DPoP \", error=a"#, "dpop[]"),
        (r#"DPoP ("a\\", error=b"#, "dpop[error=b]"),
    ] {
        let (challenges, outcome) = super::read(header);
        let text = |challenge: &Challenge| {
            let params: Vec<_> = challenge.params.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("{}[{}]", challenge.scheme, params.join(","))
        };
        assert_eq!(challenges.iter().map(text).collect::<Vec<_>>().join(" "), expected, "{header}");
        assert!(outcome.is_err(), "{header}");
    }
}
