//! Rules of the authorization request that show in a whole sign-in: fresh values, endpoints that may be asked, what is refused before anything leaves.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{Config, SignInOptions, View, protocol::turn::Event};
use serde_json::{Value, json};
use std::{collections::HashSet, time::Duration};
use support::{
    APP, CLIENT, ISSUER, World,
    answers::error_of,
    metadata::{stops, with},
    name,
};

#[test]
fn ar_03_no_value_comes_twice_in_a_thousand_requests_whatever_becomes_of_them() {
    let mut world = World::new();
    let mut round = 0;
    while world.provider.asked.len() < 1_000 {
        round += 1;
        world.provider.refuses = [None, Some("server_error"), Some("access_denied"), Some("login_required")][round % 4];
        world.provider.session = (round % 3 == 0).then(|| "usr_1".to_owned());
        world.visit("/");
        world.dispatch(Event::SignInChosen(SignInOptions::default()));
        if world.left_for.is_some() {
            world.follow();
            world.settle();
        }
        world.pass(Duration::from_secs(3));
        world.log.clear();
        world.reactions.clear();
    }
    let mut seen = HashSet::new();
    for query in &world.provider.asked {
        for value in ["state", "nonce", "code_challenge"] {
            assert!(seen.insert(query[value].clone()), "a {value} came twice");
        }
    }
    assert!(seen.len() >= 3_000);
}

#[test]
fn ar_05_a_provider_that_publishes_other_methods_than_s256_is_not_asked() {
    let field = "code_challenge_methods_supported";
    for bad in
        [json!(["plain"]), json!([]), json!(["s256"]), json!(["S256 "]), json!(["plain", "S512"]), json!("S256"), json!([256]), json!({})]
    {
        stops(with(field, bad), "discovery_code_challenge_methods_supported");
    }
    for (good, advertised) in [(json!(["S256"]), true), (json!(["plain", "S256"]), true), (Value::Null, false)] {
        let mut world = with(field, good);
        assert_eq!(world.state.pkce_advertised(&world.config), None, "not known yet");
        assert_eq!(name(&world.sign_in("/")), Some("Name of usr_1"));
        assert_eq!(world.state.pkce_advertised(&world.config), Some(advertised));
        assert!(!world.log.iter().any(|line| line.starts_with("Report")), "and nobody is bothered with it");
        assert!(world.provider.asked.iter().all(|query| query["code_challenge_method"] == "S256" && query.contains_key("nonce")));
    }
}

#[test]
fn ar_14_a_provider_that_leads_on_to_another_gets_no_code_of_that() {
    // The provider that is configured sends the browser on to an honest one, with our state; the answer names the honest one or nobody.
    for (named, code) in [("&iss=https://honest.example", "response_iss"), ("", "response_iss")] {
        let mut world = with("authorization_response_iss_parameter_supported", json!(true));
        world.provider.tweak_answer = Some(Box::new(|answer| {
            if answer.contains("/silent-refresh.html") {
                answer.push_str("&iss=https://as.example");
            }
        }));
        world.visit("/");
        world.dispatch(Event::SignInChosen(SignInOptions::default()));
        let (url, _) = world.left_for.clone().expect("it left");
        let back = world.provider.authorize(&url, world.now.wall);
        let view = world.visit(&format!("{}{named}", back.strip_prefix(APP).expect("of the app")));
        assert_eq!(error_of(&view).code(), code);
        assert_eq!(world.redeemed("authorization_code"), 0, "no code is posted anywhere");
    }
}

#[test]
fn ar_22_the_redirect_uri_is_sent_as_it_is_registered() {
    let block = |path: &str| json!({ "issuer": ISSUER, "client_id": CLIENT, "redirect_path": path }).to_string();
    for path in [
        "callback", "//evil.example/cb", "/cb#x", "/cb?x=1", "https://app.example/cb", "http://app.example/cb", "/a/../cb", "/\\cb",
        "/c b", "", "*",
    ] {
        let error = Config::from_json(&block(path), APP).expect_err(path);
        assert_eq!(error.0.field, "redirect_path", "{path}");
    }
    for origin in
        ["http://app.example", "http://10.0.0.1", "ftp://app.example", "app.example", "file:///app", "http://localhost.evil.example", ""]
    {
        let error = Config::from_json(&block("/cb"), origin).expect_err(origin);
        assert_eq!(error.0.field, "app origin", "{origin}");
    }
    for (origin, uri) in [
        (APP, "https://app.example/a/cb"),
        ("https://app.example:8443/", "https://app.example:8443/a/cb"),
        ("http://localhost:8080", "http://localhost:8080/a/cb"),
        ("http://127.0.0.1:1", "http://127.0.0.1:1/a/cb"),
    ] {
        assert_eq!(Config::from_json(&block("/a/cb"), origin).expect(origin).redirect_uri(), uri);
    }
    let mut world = World::new();
    world.sign_in("/account");
    assert!(
        world
            .provider
            .asked
            .iter()
            .all(|query| ["/callback", "/silent-refresh.html"].iter().any(|path| query["redirect_uri"] == format!("{APP}{path}")))
    );
}

#[test]
fn ar_23_the_query_of_the_endpoint_stays_and_nothing_in_it_is_ours_or_twice() {
    let at = |rest: &str| with("authorization_endpoint", json!(format!("{ISSUER}/authorize{rest}")));
    for bad in [
        "#x", "#", "?tenant=a#x", "?state=evil", "?st%61te=evil", "?tenant=a&nonce=", "?response_type=token",
        "?redirect_uri=https://evil.example", "?prompt=login", "?request_uri=x", "?dpop_jkt=x", "?code_challenge_method=plain",
        "?client_id=other", "?scope=all",
    ] {
        stops(at(bad), "discovery_authorization_endpoint");
    }
    let mut world = at("?tenant=a%20b&login_hint=nobody&empty=");
    world.visit("/");
    assert_eq!(world.provider.asked[0]["prompt"], "none", "what the endpoint brings along takes the place of nothing else");
    let extra = vec![("tenant".to_owned(), "other".to_owned())];
    world.dispatch(Event::SignInChosen(SignInOptions { login_hint: Some("me".into()), extra, ..SignInOptions::default() }));
    let (url, _) = world.left_for.clone().expect("it left");
    assert!(url.starts_with("https://as.example/authorize?tenant=a%20b&login_hint=nobody&empty=&response_type=code&"), "{url}");
    let pairs: Vec<String> = url::Url::parse(&url).expect("a URL").query_pairs().map(|(name, _)| name.into_owned()).collect();
    assert_eq!(pairs.iter().collect::<HashSet<_>>().len(), pairs.len(), "{pairs:?}");
    world.provider.session = Some("usr_1".into());
    world.follow();
    assert!(world.settle().person().is_some());
}

#[test]
fn ar_24_whoever_tries_to_override_a_parameter_is_told_and_signs_in_all_the_same() {
    for popup in [false, true] {
        let mut world = World::new();
        world.visit("/");
        world.provider.session = Some("usr_1".into());
        let extra = vec![("acr_values".to_owned(), "gold".to_owned()), ("state".to_owned(), "canary".to_owned())];
        world.dispatch(Event::SignInChosen(SignInOptions { extra, popup, ..SignInOptions::default() }));
        let told: Vec<_> = world.log.iter().filter(|line| line.starts_with("Report")).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("Report(Configuration(") && told[0].contains("extra.state") && !told[0].contains("canary"), "{told:?}");
        let url = world.left_for.clone().map(|(url, _)| url).or_else(|| world.popups.first().map(|(_, url)| url.clone())).expect("it asks");
        assert!(!url.contains("canary") && url.contains("acr_values=gold"));
        if !popup {
            world.follow();
            assert!(matches!(world.settle(), View::SignedIn(_)));
        }
    }
}
