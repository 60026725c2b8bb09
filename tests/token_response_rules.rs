//! Rules of the token response (TR-01 to TR-15): every answer that is none, and the good ones beside them.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Config, View,
    protocol::{
        api::TokenAnswer,
        error::{Error, NetworkFailure},
        http::{HttpResponse, Method},
        secret::Body,
        turn::Event,
    },
};
use serde_json::{Value, json};
use std::time::Duration;
use support::{
    APP, CLIENT, ISSUER, World,
    answers::{coming_back, error_of},
    config, name,
};

const API: &str = "https://api.example/";

/// A world in which the answer of the token endpoint is edited.
fn answering(edit: impl Fn(&mut HttpResponse) + 'static) -> World {
    let mut world = World::new();
    world.provider.tweak_http = Some(Box::new(move |response| {
        if response.body.expose().contains("access_token") {
            edit(response);
        }
    }));
    world
}

/// The same with one member changed, or taken out by `null`.
fn with(member: &'static str, value: Value) -> World {
    let mut world = World::new();
    world.provider.tweak_response = Some(Box::new(move |body| {
        if value.is_null() {
            body.as_object_mut().expect("an object").remove(member);
        } else {
            body[member] = value.clone();
        }
    }));
    world
}

/// The same with the text of one member.
fn with_text(member: &'static str, text: &'static str) -> World {
    answering(move |response| {
        let mut body: Value = serde_json::from_str(response.body.expose()).expect("JSON");
        body[member] = json!("PLACE");
        response.body = Body::new(body.to_string().replace("\"PLACE\"", text));
    })
}

/// Nothing is kept, nobody else is called, and this is the code.
fn refuses(world: World, code: &str, what: &str) {
    let (mut world, back) = coming_back(world);
    let view = world.visit(&back);
    let error = error_of(&view);
    assert_eq!(error.code(), code, "{what}: {error}");
    assert_eq!((world.state.token_expires_at(), world.state.granted_scopes().len()), (None, 0), "{what}");
    assert!(!matches!(world.state.token_for(API, world.now, &world.config), TokenAnswer::Attach { .. }), "{what}");
    assert_eq!(world.redeemed("authorization_code"), 1, "{what}: the code is sent once");
    assert!(!world.log.iter().any(|line| line.starts_with("Hint(SignedIn") || line.starts_with("Tell(SignedIn")), "{what}");
}

fn takes(mut world: World, what: &str) {
    assert_eq!(name(&world.sign_in("/")), Some("Name of usr_1"), "{what}");
}

#[test]
fn tr_01_a_code_is_redeemed_by_a_form_without_any_secret() {
    for field in ["client_secret", "client_assertion", "token_endpoint_auth_method", "client_secret_basic"] {
        let block = json!({ "issuer": ISSUER, "client_id": CLIENT, field: "canary" });
        let error = Config::from_json(&block.to_string(), APP).expect_err(field);
        assert!(error.0.field == field && !error.to_string().contains("canary"), "{error}");
    }
    let (mut world, back) = coming_back(World::new());
    world.open(&back);
    let (_, request) = world.requests.iter().find(|(_, request)| matches!(request.method, Method::PostForm(_))).expect("the request");
    let Method::PostForm(form) = &request.method else { panic!("a POST") };
    assert_eq!(request.url, format!("{ISSUER}/token"));
    let names: Vec<String> = form_urlencoded::parse(form.expose().as_bytes()).map(|(name, _)| name.into_owned()).collect();
    assert_eq!(names, ["client_id", "grant_type", "code", "redirect_uri", "code_verifier"]);
    let sent = world.provider.asked.last().expect("asked")["redirect_uri"].clone();
    assert!(form_urlencoded::parse(form.expose().as_bytes()).any(|(name, value)| name == "redirect_uri" && value == sent), "the very same");
}

#[test]
fn tr_03_no_endpoint_is_talked_to_in_the_clear() {
    for field in ["token_endpoint", "authorization_endpoint", "jwks_uri"] {
        for bad in ["http://as.example/x", "http://localhost/x", "http://127.0.0.1/x", "ws://as.example/x", "//as.example/x"] {
            support::metadata::stops(support::metadata::with(field, json!(bad)), &format!("discovery_{field}"));
        }
    }
}

#[test]
fn tr_04_success_is_status_200_json_and_one_object() {
    type Edit = fn(&mut HttpResponse);
    let cases: [(&str, &str, Edit); 16] = [
        ("token_response_status", "201", |response| response.status = 201),
        ("token_response_status", "204", |response| response.status = 204),
        ("token_response_status", "206", |response| response.status = 206),
        ("token_response_status", "302", |response| response.status = 302),
        ("token_response_status", "400 without an error", |response| response.status = 400),
        ("token_response_content_type", "HTML", |response| response.content_type = Some("text/html".into())),
        ("token_response_content_type", "a type that only begins like it", |response| {
            response.content_type = Some("application/jsonx".into())
        }),
        ("token_response_content_type", "a relative of it", |response| response.content_type = Some("application/problem+json".into())),
        ("token_response_content_type", "none", |response| response.content_type = None),
        ("token_response_document", "a list", |response| response.body = Body::new("[]")),
        ("token_response_document", "a text", |response| response.body = Body::new("\"access_token\"")),
        ("token_response_document", "null", |response| response.body = Body::new("null")),
        ("token_response_document", "nothing", |response| response.body = Body::new("")),
        ("token_response_document", "cut off", |response| response.body = Body::new(&response.body.expose()[..40])),
        ("token_response_document", "a byte order mark", |response| {
            response.body = Body::new(format!("\u{feff}{}", response.body.expose()))
        }),
        ("token_response_document", "something behind it", |response| response.body = Body::new(format!("{} x", response.body.expose()))),
    ];
    for (code, what, edit) in cases {
        refuses(answering(edit), code, what);
    }
    for good in ["application/json", "application/json;charset=UTF-8", "APPLICATION/JSON ; charset=utf-8"] {
        takes(answering(move |response| response.content_type = Some(good.into())), good);
    }
}

#[test]
fn tr_05_members_that_stand_twice_and_bodies_that_are_too_large_are_refused() {
    for twice in [
        r#""access_token":"other","#, r#""id_token":"other","#, r#""token_type":"Bearer","#, r#""x":{"a":1,"a":2},"#,
        r#""x":[{"a":1,"a":1}],"#,
    ] {
        refuses(
            answering(move |response| response.body = Body::new(response.body.expose().replacen('{', &format!("{{{twice}"), 1))),
            "token_response_document",
            twice,
        );
    }
    // The browser reads no more than a mebibyte, and says so.
    let (mut world, back) = coming_back(World::new());
    world.provider.down = Some(NetworkFailure::TooLarge);
    assert_eq!(error_of(&world.visit(&back)).code(), "network_too_large");
    takes(with("unknown", json!({ "a": [1, null] })), "what is unknown is ignored");
}

#[test]
fn tr_06_an_access_token_is_a_text_that_fits_a_header() {
    for bad in [
        Value::Null,
        json!(""),
        json!(1),
        json!(true),
        json!(["a"]),
        json!({}),
        json!("a\r\nX: y"),
        json!("a b"),
        json!("a\tb"),
        json!("ä"),
        json!("a\u{0}"),
        json!("=="),
        json!("a=b"),
        json!("a,b"),
        json!("\"a\""),
    ] {
        let shown = bad.to_string();
        refuses(with("access_token", bad), "token_response_access_token", &shown);
    }
    refuses(with_text("access_token", "null"), "token_response_access_token", "null");
    takes(with("access_token", json!("aZ09-._~+/==")), "all that may be in one");
}

#[test]
fn tr_07_a_token_of_an_unknown_type_is_not_used() {
    for bad in [
        Value::Null,
        json!(""),
        json!("mac"),
        json!("N_A"),
        json!("Bearer "),
        json!("Bearer,mac"),
        json!("pop"),
        json!(1),
        json!(["Bearer"]),
        json!({}),
    ] {
        let shown = bad.to_string();
        refuses(with("token_type", bad), "token_response_token_type", &shown);
    }
    refuses(with_text("token_type", "null"), "token_response_token_type", "null");
    for good in ["Bearer", "bearer", "bEARER", "BEARER"] {
        takes(with("token_type", json!(good)), good);
    }
}

#[test]
fn tr_08_a_lifetime_is_a_number_that_is_not_negative() {
    for bad in ["-1", "-0.5", "\"3600\"", "\"\"", "null", "{}", "[300]", "true"] {
        refuses(with_text("expires_in", bad), "token_response_expires_in", bad);
    }
    for bad in ["1e400", "NaN", "Infinity", "0x10", "+300", "300s"] {
        refuses(with_text("expires_in", bad), "token_response_document", bad);
    }
    refuses(with_text("expires_in", "1e300"), "token_response_expires_in", "more than there is time");
    for good in ["300", "300.5", "3e2", "4294967"] {
        takes(with_text("expires_in", good), good);
    }
}

#[test]
fn tr_09_without_a_lifetime_a_token_is_renewed_in_time_or_after_a_401() {
    let mut world = with("expires_in", Value::Null);
    world.sign_in("/");
    let default = Duration::from_secs(300);
    assert!(world.state.deadline().is_some_and(|deadline| deadline.has_come(world.now.plus(default))), "it is not waited for for ever");
    let TokenAnswer::Attach { generation, .. } = world.state.token_for(API, world.now, &world.config) else { panic!("a token") };
    world.dispatch(Event::TokenRejected { generation });
    assert!(world.state.is_renewing(), "a 401 counts before that");
    world.settle();
    world.now = world.now.plus(default);
    assert!(!matches!(world.state.token_for(API, world.now, &world.config), TokenAnswer::Attach { .. }), "not after it");
}

#[test]
fn tr_10_a_lifetime_counts_from_before_the_request_and_sleep_causes_one_renewal() {
    let (mut world, back) = coming_back(World::new());
    world.provider.session = Some("usr_1".into());
    world.open(&back);
    let sent = world.now;
    world.now = world.now.plus(Duration::from_secs(14));
    world.provider.clock = Some(sent.wall);
    world.settle();
    assert_eq!(world.state.token_expires_at(), Some(sent.wall.plus(Duration::from_secs(300))));
    // Two hours of sleep in twenty tabs, by a clock that stood still or went on.
    for still in [false, true] {
        for _ in 0..20 {
            let mut world = World::new();
            world.sign_in("/");
            let before = world.redeemed("authorization_code");
            let uptime = world.now.uptime;
            world.now = world.now.plus(Duration::from_secs(7200));
            if still {
                world.now.uptime = uptime;
            }
            assert!(
                !matches!(world.state.token_for(API, world.now, &world.config), TokenAnswer::Attach { .. }),
                "no old token is attached"
            );
            for _ in 0..5 {
                world.dispatch(Event::Woke { visible: true });
                world.dispatch(Event::Ticked);
            }
            world.settle();
            assert_eq!(world.redeemed("authorization_code"), before + 1, "one renewal each");
            assert!(matches!(world.state.token_for(API, world.now, &world.config), TokenAnswer::Attach { .. }));
        }
    }
    let mut world = with("expires_in", json!(4_294_967));
    world.sign_in("/");
    let before = world.provider.grants.len();
    world.pass(Duration::from_secs(24 * 3600));
    assert_eq!(world.provider.grants.len(), before, "a long life is no storm");
}

#[test]
fn tr_13_without_an_id_token_a_code_signs_nobody_in() {
    for bad in [Value::Null, json!("")] {
        refuses(with("id_token", bad.clone()), "token_response_id_token", &bad.to_string());
    }
    for bad in [json!(1), json!({}), json!(["a.b.c"]), json!(false)] {
        refuses(with("id_token", bad.clone()), "token_response_id_token", &bad.to_string());
    }
    refuses(with_text("id_token", "null"), "token_response_id_token", "null");
    refuses(with("id_token", json!("opaque")), "id_token_token", "no OAuth-only sign-in in its place");
}

#[test]
fn tr_14_no_token_is_seen_before_every_check_has_passed() {
    let (mut world, back) = coming_back(World::new());
    world.provider.session = Some("usr_1".into());
    world.open(&back);
    loop {
        let is_known = world.state.view().person().is_some();
        assert_eq!(world.state.token_expires_at().is_some(), is_known);
        assert_eq!(matches!(world.state.token_for(API, world.now, &world.config), TokenAnswer::Attach { .. }), is_known);
        assert_eq!(world.log.iter().any(|line| line.starts_with("Hint(SignedIn") || line.starts_with("Tell(SignedIn")), is_known);
        if !world.answer_one() {
            break;
        }
    }
    assert!(world.state.view().person().is_some());
}

#[test]
fn tr_15_an_error_is_an_error_at_any_status_and_a_page_of_something_else_is_the_network() {
    for status in [200, 400, 401, 403, 404] {
        for body in
            [r#"{"error":"invalid_grant"}"#, r#"{"error":"invalid_grant","access_token":"x","token_type":"Bearer","id_token":"a.b.c"}"#]
        {
            let world = answering(move |response| (response.status, response.body) = (status, Body::new(body)));
            refuses(world, "invalid_grant", body);
        }
    }
    for odd in ["7", "\"\"", "{}", "[\"invalid_grant\"]", "\"a\\\"b\"", "\"a\\\\b\"", "\"\u{fc}\"", "\"a\\nb\"", "true"] {
        refuses(with_text("error", odd), "invalid_error_code", odd);
    }
    for (status, mime) in [
        (400, "text/html"),
        (404, "text/html"),
        (429, "application/json"),
        (500, "application/json"),
        (502, "text/html"),
        (503, "application/json"),
    ] {
        let (mut world, back) = coming_back(answering(move |response| {
            (response.status, response.content_type, response.body) =
                (status, Some(mime.into()), Body::new(r#"{"error":"invalid_grant"}"#));
        }));
        let view = world.visit(&back);
        assert!(matches!(error_of(&view), Error::Network(_)), "{status} {mime}: {view:?}");
        assert_eq!(world.state.token_expires_at(), None);
    }
    takes(with_text("error", "null"), "some write down that there is none");
}

#[test]
fn tr_18_twenty_calls_at_expiry_cause_one_refresh() {
    let mut world = World::with(config(r#","scopes":"openid offline_access""#));
    world.provider.issues_refresh_tokens = true;
    world.sign_in("/");
    let before = world.redeemed("refresh_token");
    world.now = world.now.plus(Duration::from_secs(301));
    for _ in 0..20 {
        if matches!(world.state.token_for(API, world.now, &world.config), TokenAnswer::Renew) {
            world.dispatch(Event::RenewalChosen);
        }
    }
    world.settle();
    assert_eq!(world.redeemed("refresh_token"), before + 1);
}

#[test]
fn tr_20_a_refresh_names_no_scope_whatever_was_granted() {
    for granted in ["openid", "openid profile email admin", ""] {
        let mut world = World::with(config(r#","scopes":"openid offline_access""#));
        world.provider.issues_refresh_tokens = true;
        world.provider.tweak_response = Some(Box::new(move |body| body["scope"] = json!(granted)));
        world.sign_in("/");
        world.dispatch(Event::RenewalChosen);
        let (_, request) = world.requests.first().expect("the refresh");
        let Method::PostForm(form) = &request.method else { panic!("a POST") };
        let names: Vec<String> = form_urlencoded::parse(form.expose().as_bytes()).map(|(name, _)| name.into_owned()).collect();
        assert_eq!(names, ["client_id", "grant_type", "refresh_token"], "{granted}");
    }
    let block = json!({ "issuer": ISSUER, "client_id": CLIENT, "refresh_scope": "admin" });
    assert_eq!(Config::from_json(&block.to_string(), APP).expect_err("unknown").0.field, "refresh_scope");
}

#[test]
fn tr_21_a_refresh_token_goes_to_the_token_endpoint_and_nowhere_else() {
    let mut world = World::with(config(r#","scopes":"openid offline_access""#));
    world.provider.issues_refresh_tokens = true;
    world.sign_in("/account");
    for _ in 0..5 {
        world.dispatch(Event::RenewalChosen);
        world.settle();
    }
    world.dispatch(Event::SignOutChosen);
    let told: Vec<String> = world.told.iter().map(|message| format!("{} {message:?}", message.to_text(&world.config))).collect();
    let left = world.left_for.clone().map(|(url, _)| url).unwrap_or_default();
    let stored: Vec<&str> = world.stored.values().map(|record| record.expose()).collect();
    let asked: Vec<String> = world.provider.asked.iter().flat_map(|query| query.values().cloned()).collect();
    assert!(world.provider.refreshed.len() >= 5 && !told.is_empty());
    for token in &world.provider.refreshed {
        assert!(token.starts_with("refresh-token-"));
        assert!(
            !told.iter().any(|text| text.contains(token.as_str()))
                && !left.contains(token.as_str())
                && !world.address.contains(token.as_str())
        );
        assert!(
            !stored.iter().any(|text| text.contains(token.as_str()))
                && !asked.contains(token)
                && !world.log.iter().any(|line| line.contains(token.as_str()))
        );
    }
    assert!(world.provider.called.iter().all(|url| url.ends_with("/token") || url.ends_with("/keys")));
    assert!(!matches!(world.state.view(), View::SignedIn(_)));
    let ordinary = World::with(Config::from_json(&json!({ "issuer": ISSUER, "client_id": CLIENT }).to_string(), APP).expect("good"));
    assert!(!format!("{:?}", ordinary.config).contains("offline_access"), "none is asked for unless configured");
}
