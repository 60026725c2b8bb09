use super::*;

fn needs() -> Needs {
    Needs {
        https: true,
        silent_path: "/silent-refresh.html".to_owned(),
        app_scripts: vec!["'sha256-app'".to_owned()],
        relay_scripts: vec!["'sha256-relay'".to_owned()],
        logout_scripts: Some(vec!["'sha256-logout'".to_owned()]),
        connect: vec!["https://id.example".to_owned(), "https://api.example".to_owned()],
        provider: vec!["https://id.example".to_owned()],
        immutable: vec!["/app-0123456789abcdef.css".to_owned()],
        service_worker: false,
    }
}

fn value<'a>(headers: &'a Headers, path: &str, name: &str) -> Option<&'a str> {
    let found = headers.of(path);
    let named: Vec<_> = found.iter().filter(|(own, _)| *own == name).collect();
    assert!(named.len() < 2, "{name} is sent twice for {path}");
    named.first().map(|(_, value)| *value)
}

#[test]
fn bp_02_03_si_20_21_app_pages_get_the_strict_policy_under_every_deep_link() {
    let headers = Headers::production(&needs());
    for path in ["/", "/index.html", "/callback", "/deep/link/of/7"] {
        let policy = value(&headers, path, "Content-Security-Policy").expect("a policy");
        for directive in [
            "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval' 'sha256-app'",
            "connect-src 'self' https://id.example https://api.example", "frame-src 'self' https://id.example", "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.split("; ").any(|own| own == directive), "{directive}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
        assert_eq!(value(&headers, path, "Cache-Control"), Some("no-cache"));
        assert_eq!(value(&headers, path, "X-Content-Type-Options"), Some("nosniff"));
    }
}

#[test]
fn si_20_the_relay_page_may_be_framed_by_the_app_and_runs_one_script() {
    let headers = Headers::production(&needs());
    for path in ["/silent-refresh.html", "/silent-refresh"] {
        assert_eq!(
            value(&headers, path, "Content-Security-Policy"),
            Some(
                "default-src 'none'; script-src 'sha256-relay'; frame-ancestors 'self'; \
                 base-uri 'none'; form-action 'none'"
            )
        );
        assert_eq!(value(&headers, path, "X-Frame-Options"), Some("SAMEORIGIN"));
        assert_eq!(value(&headers, path, "Referrer-Policy"), Some("no-referrer"));
    }
}

#[test]
fn si_20_the_relay_page_is_kept_by_its_bare_address_and_nothing_else_is() {
    let headers = Headers::production(&needs());
    for path in ["/silent-refresh.html", "/silent-refresh"] {
        assert_eq!(value(&headers, path, "No-Vary-Search"), Some("params"));
        assert_eq!(value(&headers, path, "Cache-Control"), Some("public, max-age=3600"));
    }
    for path in ["/", "/callback", "/silent-refresh.htm", "/app-0123456789abcdef.css"] {
        assert_eq!(value(&headers, path, "No-Vary-Search"), None, "{path}");
    }
    assert!(headers.render().contains("\n  No-Vary-Search: params\n"));
}

#[test]
fn ar_29_si_22_bp_05_06_every_answer_has_the_common_headers() {
    let headers = Headers::production(&needs());
    for path in ["/", "/callback", "/silent-refresh.html", "/app-0123456789abcdef.css", "/missing"] {
        assert_eq!(value(&headers, path, "Referrer-Policy"), Some("no-referrer"), "{path}");
        assert_eq!(value(&headers, path, "X-Content-Type-Options"), Some("nosniff"), "{path}");
        assert_eq!(value(&headers, path, "Cross-Origin-Opener-Policy"), Some("same-origin"), "{path}");
        // With it, the provider's page in the hidden frame would get no cookies, or not load at all.
        assert_eq!(value(&headers, path, "Cross-Origin-Embedder-Policy"), None, "{path}");
        let permissions = value(&headers, path, "Permissions-Policy").expect("a policy");
        assert!(["camera=()", "geolocation=()", "payment=()"].iter().all(|denied| permissions.contains(denied)), "{permissions}");
    }
}

#[test]
fn the_relay_page_moves_with_the_configuration() {
    let headers = Headers::production(&Needs { silent_path: "/auth/quiet.html".to_owned(), ..needs() });
    let policy = |path| value(&headers, path, "Content-Security-Policy").expect("a policy");
    assert!(policy("/auth/quiet.html").contains("'sha256-relay'"));
    assert!(policy("/silent-refresh.html").contains("frame-ancestors 'none'"));
}

#[test]
fn hashed_files_are_kept_forever() {
    let headers = Headers::production(&needs());
    assert_eq!(value(&headers, "/app-0123456789abcdef.css", "Cache-Control"), Some("public, max-age=31536000, immutable"));
}

#[test]
fn bp_06_hsts_needs_https() {
    let name = "Strict-Transport-Security";
    assert!(value(&Headers::production(&needs()), "/", name).is_some());
    let plain = Needs { https: false, ..needs() };
    assert_eq!(value(&Headers::production(&plain), "/", name), None);
}

#[test]
fn the_file_says_what_the_rules_say() {
    let headers = Headers::production(&needs());
    let text = headers.render();
    assert_eq!(Headers::parse(&text).expect("our own file"), headers);
    // Where headers of the same name are joined, the earlier one is taken away first.
    assert!(text.contains("\n/silent-refresh.html\n  ! Content-Security-Policy\n  Content-Security-Policy: "));
    assert!(text.contains("\n/app-0123456789abcdef.css\n  ! Cache-Control\n  Cache-Control: public"), "{text}");
    assert!(!text.contains("! X-Frame-Options"), "nothing to take away: {text}");
    // Cloudflare reads lines of up to 2,000 characters.
    assert!(text.lines().all(|line| line.len() < 2000));
}

#[test]
fn a_line_that_is_no_header_is_refused() {
    assert!(Headers::parse("  X-Early: 1").is_err());
    assert!(Headers::parse("/*\n  nonsense").is_err());
}

#[test]
fn bp_12_a_worker_is_allowed_where_there_is_one_and_nowhere_else() {
    for (service_worker, wanted) in [(false, false), (true, true)] {
        let headers = Headers::production(&Needs { service_worker, ..needs() });
        let policy = value(&headers, "/", "Content-Security-Policy").expect("a policy");
        assert_eq!(policy.contains("worker-src 'self'"), wanted, "{policy}");
        assert_eq!(value(&headers, "/service-worker.js", "Cache-Control"), Some("no-cache"), "a new one is noticed at once");
    }
}

#[test]
fn lo_07_the_page_for_sign_outs_may_be_framed_by_the_provider_alone_and_is_never_kept() {
    let headers =
        Headers::production(&Needs { provider: vec!["https://id.example".to_owned(), "https://login.example".to_owned()], ..needs() });
    for path in ["/frontchannel-logout.html", "/frontchannel-logout"] {
        assert_eq!(
            value(&headers, path, "Content-Security-Policy"),
            Some(
                "default-src 'none'; script-src 'sha256-logout'; frame-ancestors https://id.example https://login.example; \
                 base-uri 'none'; form-action 'none'"
            )
        );
        assert_eq!(value(&headers, path, "Cache-Control"), Some("no-store"));
        assert_eq!(value(&headers, path, "X-Frame-Options"), None, "it would keep the provider out");
        assert_eq!(value(&headers, path, "Referrer-Policy"), Some("no-referrer"));
    }
    let off = Headers::production(&Needs { logout_scripts: None, ..needs() });
    let policy = value(&off, "/frontchannel-logout.html", "Content-Security-Policy").expect("the app's own");
    assert!(policy.contains("frame-ancestors 'none'"), "where it is off there is no such page: {policy}");
}
