//! Rules of the authorization response (AR-08 to AR-31): every hostile answer that the rule knows of, and its good neighbours.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Reason, SignInOptions, View,
    protocol::{
        config::Config,
        error::{Error, NetworkFailure},
        http::{HttpResponse, Method},
        secret::Body,
        turn::Event,
    },
};
use serde_json::json;
use std::time::Duration;
use support::{
    APP, CLIENT, ISSUER, World,
    answers::{Judge, coming_back, error_of, filled},
    name,
};

const ORDINARY: Judge = Judge(World::new);

/// A world whose provider says that its answers name it, which they then have to.
const NAMED: Judge = Judge(|| {
    let metadata = json!({ "issuer": ISSUER, "authorization_endpoint": format!("{ISSUER}/authorize"), "token_endpoint": format!("{ISSUER}/token"),
        "jwks_uri": format!("{ISSUER}/keys"), "authorization_response_iss_parameter_supported": true });
    let block = json!({ "metadata": metadata, "client_id": CLIENT, "algorithms": ["EdDSA"] }).to_string();
    let mut world = World::with(Config::from_json(&block, APP).expect("good"));
    world.provider.tweak_answer = Some(Box::new(|answer| answer.push_str("&iss=https%3A%2F%2Fas.example")));
    world
});

#[test]
fn ar_08_a_state_that_is_not_exactly_the_one_sent_is_refused_before_anything_else() {
    ORDINARY.refuses(&[
        ("?code={code}", "response_state"),
        ("?code={code}&state=", "response_state"),
        ("?code={code}&state={state}1", "response_state"),
        ("?code={code}&state={STATE}", "response_state"),
        ("?code={code}&state=%20{state}", "response_state"),
        ("?code={code}&state={state}%00", "response_state"),
        ("?code={code}&state=unknown", "response_state"),
        ("?code={code}&State={state}", "response_state"),
        ("?error=access_denied", "response_state"),
        ("?error=access_denied&state={state}1", "response_state"),
        ("?code={code}&state=unknown&iss=https://evil.example", "response_state"),
        ("?code={code}&state=unknown&access_token=stolen", "response_state"),
    ]);
    ORDINARY.takes(&["?code={code}&state={state}", "?state={state}&code={code}"]);
}

#[test]
fn ar_08_a_code_with_the_state_of_another_pending_sign_in_is_worth_nothing() {
    let (mut world, first) = coming_back(World::new());
    world.visit("/account");
    world.dispatch(Event::SignInChosen(SignInOptions::default()));
    assert_eq!(world.stored.len(), 2);
    let (url, _) = world.left_for.clone().expect("it left");
    let second = world.provider.authorize(&url, world.now.wall);
    let mixed = format!("{}&state={}", filled("?code={code}", &first), filled("{state}", second.strip_prefix(APP).expect("of the app")));
    // It is an answer to the second, with a code that its verifier does not fit.
    assert_eq!(error_of(&world.visit(&format!("/callback{mixed}"))).code(), "invalid_grant");
    assert_eq!(world.state.token_expires_at(), None);
}

#[test]
fn ar_09_an_error_uses_the_transaction_up_as_well() {
    let (mut world, back) = coming_back(World::new());
    let refused = filled("/callback?error=access_denied&state={state}", &back);
    assert_eq!(error_of(&world.visit(&refused)).code(), "access_denied");
    assert!(world.stored.is_empty());
    for again in [&back, &refused] {
        assert_eq!(error_of(&world.visit(again)).code(), "response_state");
    }
    assert_eq!(world.redeemed("authorization_code"), 0);
}

#[test]
fn ar_10_a_transaction_ends_after_ten_minutes_by_either_change_of_the_clock() {
    for (later, earlier, signs_in) in [(600, 0, true), (601, 0, false), (86_400, 0, false), (0, 600, true), (0, 601, false)] {
        let (mut world, back) = coming_back(World::new());
        world.now = world.now.plus(Duration::from_secs(later));
        world.now.wall = world.now.wall.minus(Duration::from_secs(earlier));
        // The provider's clock is right; only that of the device was put back.
        world.provider.clock = Some(world.now.wall);
        let view = world.visit(&back);
        assert_eq!(view.person().is_some(), signs_in, "{later} {earlier}: {view:?}");
        if !signs_in {
            assert_eq!(error_of(&view).code(), "response_state");
            assert_eq!(world.redeemed("authorization_code"), 0);
        }
    }
}

#[test]
fn ar_10_a_duplicated_tab_loses_and_says_so() {
    let (mut world, back) = coming_back(World::new());
    let copy = world.stored.clone();
    assert_eq!(name(&world.visit(&back)), Some("Name of usr_1"));
    // The other tab was there before, with a copy of the session's storage.
    world.stored = copy;
    assert_eq!(error_of(&world.visit(&back)).code(), "invalid_grant", "the code serves once");
    assert_eq!(world.state.token_expires_at(), None);
}

#[test]
fn ar_12_an_issuer_in_the_answer_is_compared_letter_by_letter_also_beside_an_error() {
    for judge in [ORDINARY, NAMED] {
        for rest in ["?code={code}&state={state}", "?error=access_denied&state={state}", "?error=login_required&state={state}"] {
            for issuer in [
                "https://as.example1", "https://as.example/", "https://AS.example", "HTTPS://as.example", "http://as.example",
                "https://as.example:443", "as.example", "https://as.exampl%65%00", "https://evil.example", "%20https://as.example",
            ] {
                judge.refuses(&[(&format!("{rest}&iss={issuer}"), "response_iss")]);
            }
        }
        judge.takes(&["?code={code}&state={state}&iss=https%3A%2F%2Fas.example", "?iss=https://as.exampl%65&code={code}&state={state}"]);
    }
}

#[test]
fn ar_13_an_answer_without_the_issuer_that_was_promised_is_refused() {
    NAMED.refuses(&[
        ("?code={code}&state={state}", "response_iss"),
        ("?code={code}&state={state}&iss=", "response_iss"),
        ("?code={code}&state={state}&ISS=https%3A%2F%2Fas.example", "response_iss"),
        ("?error=access_denied&state={state}", "response_iss"),
        ("?error=login_required&state={state}", "response_iss"),
    ]);
    ORDINARY.takes(&["?code={code}&state={state}", "?code={code}&state={state}&iss="]);
    NAMED.takes(&["?code={code}&state={state}&iss=https%3A%2F%2Fas.example"]);
}

#[test]
fn ar_16_no_parameter_stands_twice_in_an_answer() {
    ORDINARY.refuses(&[
        ("?code={code}&code=other&state={state}", "response_code"),
        ("?code={code}&code={code}&state={state}", "response_code"),
        ("?code={code}&code=&state={state}", "response_code"),
        ("?code={code}&co%64e=other&state={state}", "response_code"),
        ("?code={code}&state={state}&state={state}", "response_state"),
        ("?code={code}&state={state}&state=other", "response_state"),
        ("?code={code}&state={state}&iss=https://as.example&iss=https://as.example", "response_iss"),
        ("?error=a&error=b&state={state}", "response_error"),
        ("?code={code}&state={state}&foo=1&foo=2", "response_response"),
        // One in the query, one in the fragment.
        ("?code={code}&state={state}#state={state}", "response_response"),
        ("?code={code}&state={state}#code=other", "response_response"),
    ]);
    ORDINARY.takes(&["?code={code}&state={state}&foo=1&Foo=2"]);
}

#[test]
fn ar_17_what_is_unknown_is_ignored_and_what_is_empty_is_absent() {
    ORDINARY.takes(&[
        "?code={code}&state={state}&foo=bar&session_state=x", "?code={code}&state={state}&error=&error_description=",
        "?code={code}&state={state}&access_token=&iss=", "?code={code}&state={state}#", "?code={code}&state={state}#section",
        "?&code={code}&&state={state}&",
    ]);
    ORDINARY.refuses(&[
        ("?code=&state={state}", "response_code"),
        ("?state={state}", "response_code"),
        ("?code&state={state}", "response_code"),
        ("?error=&state={state}", "response_code"),
        ("?Code={code}&state={state}", "response_code"),
    ]);
}

#[test]
fn ar_18_a_code_never_comes_with_an_error() {
    ORDINARY.refuses(&[
        ("?code={code}&error=login_required&state={state}", "response_error"),
        ("?error=access_denied&code={code}&state={state}", "response_error"),
        ("?code={code}&error=%22&state={state}", "response_error"),
    ]);
}

#[test]
fn ar_19_a_token_in_an_answer_refuses_it() {
    for token in ["access_token=stolen", "id_token=a.b.c", "token_type=Bearer", "response=a.b.c"] {
        let name = token.split('=').next().expect("a name");
        ORDINARY.refuses(&[
            (&format!("?code={{code}}&state={{state}}&{token}"), &format!("response_{name}")),
            (&format!("?{token}&state={{state}}"), &format!("response_{name}")),
        ]);
    }
    for token in ["access_token=stolen", "id_token=a.b.c", "response=a.b.c"] {
        ORDINARY.refuses(&[(&format!("?code={{code}}&state={{state}}#{token}"), "response_response")]);
    }
}

#[test]
fn ar_20_an_answer_in_the_fragment_is_none_where_the_query_was_asked_for() {
    ORDINARY.refuses(&[
        ("#code={code}&state={state}", "response_response"),
        ("#error=access_denied&state={state}", "response_response"),
        ("?state={state}#code={code}", "response_response"),
        ("?code={code}#state={state}", "response_response"),
        ("?code={code}&state={state}#iss=https://as.example", "response_response"),
        ("?code={code}&state={state}#error=access_denied", "response_response"),
    ]);
}

#[test]
fn ar_21_an_answer_counts_at_the_exact_redirect_uri_only() {
    for path in
        ["/", "/any/route", "/callback/", "/Callback", "/callback/x", "//callback", "/callback%2F", "/signed-out", "/silent-refresh.html"]
    {
        let (mut world, back) = coming_back(World::new());
        let view = world.visit(&format!("{path}{}", filled("?q=1&code={code}&state={state}", &back)));
        assert!(view.person().is_none(), "{path}: {view:?}");
        assert_eq!(world.redeemed("authorization_code"), 0, "{path}");
        assert!(!["code=", "state="].iter().any(|part| world.address.contains(part)), "{path}: {}", world.address);
    }
    for fragment in ["#code={code}&state={state}", "#access_token=stolen&state={state}", "?q=1#error=x&state={state}"] {
        let (mut world, back) = coming_back(World::new());
        world.visit(&format!("/any/route{}", filled(fragment, &back)));
        assert_eq!((world.redeemed("authorization_code"), world.address.contains("state=")), (0, false), "{fragment}");
    }
}

#[test]
fn ar_26_an_error_counts_only_after_state_and_issuer() {
    for forged in
        ["?error=access_denied", "?error=access_denied&state=unknown", "?error=server_error&state=unknown&error_description=call+us"]
    {
        let mut world = World::new();
        world.sign_in("/account");
        let view = world.visit(&format!("/callback{forged}"));
        assert_eq!(name(&view), Some("Name of usr_1"), "{forged}: the person sees nothing of it");
    }
    for (error, code) in [
        ("access_denied", "access_denied"),
        ("x!%23[]~", "x!#[]~"),
        ("%22%3Cscript%3E", "invalid_error_code"),
        ("a%5Cb", "invalid_error_code"),
        ("%C3%BC", "invalid_error_code"),
        ("a%0Ab", "invalid_error_code"),
        ("%7F", "invalid_error_code"),
        (&"x".repeat(65), "invalid_error_code"),
    ] {
        let (mut world, back) = coming_back(World::new());
        let view = world.visit(&filled(&format!("/callback?error={error}&state={{state}}"), &back));
        let error = error_of(&view);
        assert_eq!(error.code(), code);
        assert!(matches!(error, Error::Authorization(_)));
        assert_eq!(world.redeemed("authorization_code"), 0);
    }
}

#[test]
fn ar_27_what_a_provider_writes_about_an_error_leads_nowhere() {
    let (mut world, back) = coming_back(World::new());
    let answer =
        "/callback?error=access_denied&error_description=Call+%2B1+555+to+unlock%1B%5B31m&error_uri=javascript:alert(1)&state={state}";
    let view = world.visit(&filled(answer, &back));
    let Error::Authorization(error) = error_of(&view) else { panic!("{view:?}") };
    assert_eq!(error.description.as_deref(), Some("Call +1 555 to unlock[31m"), "for a log, without what steers a terminal");
    assert_eq!(world.left_for, None);
    assert!(!world.log.iter().any(|line| line.contains("javascript:")), "the address of a page about it is not even read");
    let long = format!("/callback?error=x&error_description={}&state={{state}}", "a".repeat(5000));
    let (mut world, back) = coming_back(World::new());
    let view = world.visit(&filled(&long, &back));
    assert!(error_of(&view).to_string().chars().count() < 400);
}

#[test]
fn ar_30_whatever_becomes_of_the_request_a_code_is_sent_once() {
    let lost: [fn(&mut World); 5] = [
        |world| world.provider.down = Some(NetworkFailure::Unreachable),
        |world| world.provider.down = Some(NetworkFailure::Timeout),
        |world| world.provider.down = Some(NetworkFailure::TooLarge),
        |world| world.provider.down = Some(NetworkFailure::Offline),
        |world| {
            world.provider.tweak_http = Some(Box::new(|response: &mut HttpResponse| {
                if response.body.expose().contains("access_token") {
                    *response = HttpResponse { status: 502, content_type: None, retry_after: None, body: Body::new("") };
                }
            }));
        },
    ];
    for lose in lost {
        let (mut world, back) = coming_back(World::new());
        world.provider.session = Some("usr_1".into());
        lose(&mut world);
        world.open(&back);
        let sent = |world: &World| {
            let posts = world.requests.iter().filter(|(_, request)| matches!(request.method, Method::PostForm(_)));
            posts.map(|(_, request)| format!("{:?}", request.url)).collect::<Vec<_>>()
        };
        assert_eq!(sent(&world).len(), 1);
        assert!(matches!(world.settle(), View::Restoring { delay: Some(_) }));
        world.provider.down = None;
        world.provider.tweak_http = None;
        assert_eq!(name(&world.pass(Duration::from_secs(10))), Some("Name of usr_1"), "by a new request");
        let mut presented = world.provider.presented.clone();
        let count = presented.len();
        presented.sort();
        presented.dedup();
        assert_eq!(presented.len(), count, "a code was sent twice");
    }
}

#[test]
fn ar_31_parameters_of_somebody_else_sign_nobody_in_and_lead_nowhere() {
    for query in [
        "iss=https://evil.example&target_link_uri=https://evil.example",
        "iss=https://as.example&target_link_uri=//evil.example",
        "iss=https://as.example&login_hint=mallory",
        "iss=https://as.example&target_link_uri=javascript:alert(1)",
    ] {
        for path in ["/", "/account", "/callback", "/signed-out"] {
            let mut world = World::new();
            let view = world.visit(&format!("{path}?{query}"));
            assert!(matches!(view, View::SignedOut(Reason::NoSession | Reason::Problem(_))), "{path}?{query}: {view:?}");
            assert_eq!(world.left_for, None, "{path}?{query}");
            assert!(world.provider.asked.iter().all(|asked| asked["prompt"] == "none" && !asked.contains_key("login_hint")));
            assert!(world.stored.is_empty());
        }
    }
}
