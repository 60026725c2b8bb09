//! What the userinfo endpoint says about the person: what is used of it, and what never is.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Config, SignInOptions, View,
    protocol::{secret::Body, session::Person, turn::Event},
};
use serde_json::{Value, json};
use std::rc::Rc;
use support::{APP, CLIENT, ISSUER, World, config, seconds};

const JSON: &str = r#","userinfo":true"#;
const SIGNED: &str = r#","userinfo":"signed""#;

/// Somebody is about to sign in, and the endpoint says this of them.
fn world(extra: &str, says: Value) -> World {
    let mut world = World::with(config(extra));
    world.provider.signs_user_info = extra == SIGNED;
    world.provider.user_info = says;
    world
}

fn person(world: &World) -> Rc<Person> {
    Rc::clone(world.state.view().person().expect("somebody is signed in"))
}

/// Signs in. The session is there before the endpoint has answered.
fn signed_in(mut world: World) -> (World, Rc<Person>) {
    world.sign_in("/account");
    let person = person(&world);
    (world, person)
}

/// What was reported to developers.
fn reports(world: &World) -> Vec<&String> {
    world.log.iter().filter(|line| line.starts_with("Report(")).collect()
}

/// Nothing of the answer is used, the session is kept, and the report names the field.
fn refused(extra: &str, says: Value, field: &str) -> World {
    refused_by(world(extra, says), field)
}

fn refused_by(world: World, field: &str) -> World {
    let (world, person) = signed_in(world);
    assert!(matches!(world.state.view(), View::SignedIn(_)), "the session is kept");
    assert_eq!((person.name.as_str(), person.claims.get("nickname")), ("Name of usr_1", None), "nothing of it is used: {field}");
    let reports = reports(&world);
    assert_eq!(reports.len(), 1, "{reports:?}");
    assert!(reports[0].contains("UserInfo") && reports[0].contains(&format!("field: \"{field}\"")), "{field}: {reports:?}");
    assert!(!reports[0].contains("canary"), "{reports:?}");
    world
}

fn says(more: Value) -> Value {
    let mut claims = json!({ "sub": "usr_1", "name": "Alice", "nickname": "Al" });
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    claims
}

fn signed(more: Value) -> Value {
    let mut claims = says(json!({ "iss": ISSUER, "aud": CLIENT }));
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    claims
}

#[test]
fn ui_01_claims_of_the_same_subject_complete_the_person() {
    let (world, person) = signed_in(world(JSON, says(json!({ "email": "al@example.test", "picture": "https://as.example/al.png" }))));
    assert_eq!((person.name.as_str(), person.email.as_deref()), ("Alice", Some("al@example.test")));
    assert_eq!((person.picture.as_deref(), &person.claims["nickname"]), (Some("https://as.example/al.png"), &json!("Al")));
    assert_eq!(
        (person.subject.as_str(), person.organization.as_deref(), person.roles.len()),
        ("usr_1", Some("org_1"), 0),
        "as the tokens say"
    );
    assert!(reports(&world).is_empty());
}

#[test]
fn ui_01_without_the_very_subject_of_the_id_token_nothing_is_used() {
    for bad in [
        json!("usr_1invalid"),
        json!("usr_11"),
        json!("USR_1"),
        json!("usr_"),
        json!(" usr_1"),
        json!("usr_1\u{0}"),
        json!("canary"),
        json!(1),
        json!(["usr_1"]),
        json!(null),
        json!(""),
    ] {
        refused(JSON, says(json!({ "sub": bad })), "sub");
        refused(SIGNED, signed(json!({ "sub": bad })), "sub");
    }
    refused(JSON, json!({ "name": "Alice", "nickname": "Al" }), "sub");
}

#[test]
fn ui_01_the_session_does_not_wait_for_it_and_asks_once() {
    let mut world = world(JSON, says(json!({})));
    world.provider.issues_refresh_tokens = true;
    world.visit("/");
    world.provider.session = Some("usr_1".into());
    world.dispatch(Event::SignInChosen(SignInOptions::default()));
    world.follow();
    while world.state.view().person().is_none() {
        assert!(world.answer_one(), "{:?}", world.state);
    }
    let asked = |world: &World| world.provider.called.iter().filter(|url| url.ends_with("/userinfo")).count();
    assert_eq!((person(&world).name.as_str(), asked(&world)), ("Name of usr_1", 0), "signed in before it is asked");
    world.settle();
    assert_eq!((person(&world).name.as_str(), asked(&world)), ("Alice", 1));
    world.pass(seconds(1000));
    assert!(world.redeemed("refresh_token") >= 3);
    assert_eq!((person(&world).name.as_str(), asked(&world)), ("Alice", 1), "not with each renewal, and still there after it");
    world.dispatch(Event::SignOutChosen);
    world.sign_in("/");
    assert_eq!(asked(&world), 2, "the next session asks anew");
    world.visit("/");
    assert_eq!((person(&world).name.as_str(), asked(&world)), ("Alice", 3), "and so does one that was restored");
}

#[test]
fn ui_01_an_answer_for_somebody_who_has_left_is_not_used() {
    let mut world = world(JSON, says(json!({})));
    world.visit("/");
    world.dispatch(Event::SignInChosen(SignInOptions::default()));
    world.follow();
    while world.state.view().person().is_none() {
        assert!(world.answer_one());
    }
    let (ticket, request) = world.requests.pop().expect("it was asked");
    assert!(world.state.holds(ticket));
    world.dispatch(Event::SignOutChosen);
    assert!(!world.state.holds(ticket), "the request is dropped with the session");
    let outcome = world.provider.http(&request, world.now.wall);
    world.dispatch(Event::Responded { ticket, outcome });
    assert_eq!(world.state.view().person(), None);
}

#[test]
fn ui_01_it_is_off_unless_it_is_configured() {
    for extra in ["", r#","userinfo":false"#] {
        let (world, person) = signed_in(world(extra, says(json!({}))));
        assert_eq!(person.name, "Name of usr_1");
        assert!(world.provider.tokens_seen.is_empty() && !world.provider.called.iter().any(|url| url.ends_with("/userinfo")));
    }
    let block = |metadata: &str, value: &str| {
        let text = format!(
            r#"{{"metadata":{{"issuer":"{ISSUER}","authorization_endpoint":"{ISSUER}/a","token_endpoint":"{ISSUER}/t","jwks_uri":"{ISSUER}/k"{metadata}}},
            "client_id":"c","userinfo":{value}}}"#
        );
        Config::from_json(&text, APP).map_err(|error| error.0.field.into_owned())
    };
    let endpoint = r#","userinfo_endpoint":"https://info.example/me""#;
    for bad in ["1", "\"yes\"", "\"Signed\"", "null", "[]", "{}"] {
        assert_eq!(block(endpoint, bad).unwrap_err(), "userinfo", "{bad}");
    }
    for endpoint in ["", r#","userinfo_endpoint":"http://as.example/me""#, r#","userinfo_endpoint":"javascript:alert(1)""#] {
        assert_eq!(block(endpoint, "true").unwrap_err(), "metadata.userinfo_endpoint");
    }
    let origins = |value| block(endpoint, value).unwrap().connect_origins();
    assert_eq!(origins("true"), ["https://as.example", "https://info.example"], "for the policy of the page");
    assert_eq!(origins("false"), ["https://as.example"]);
}

#[test]
fn ui_02_the_access_token_goes_into_the_header_and_nowhere_else() {
    let (world, _) = signed_in(world(JSON, says(json!({}))));
    let [(url, token)] = &world.provider.tokens_seen[..] else { panic!("once: {:?}", world.provider.tokens_seen.len()) };
    assert_eq!(url, &format!("{ISSUER}/userinfo"), "no query");
    assert!(world.provider.called.iter().all(|url| !url.contains(token.as_str())));
    assert!(world.log.iter().all(|line| !line.contains(token.as_str())), "and it is in no log");
}

#[test]
fn ui_03_an_answer_has_the_form_that_was_agreed_on() {
    let respond = |extra: &str, status: u16, kind: Option<&'static str>, body: &'static str| {
        let mut world = world(extra, says(json!({})));
        world.provider.tweak_http = Some(Box::new(move |response| {
            // The token response and the keys are not meant.
            if response.body.expose().contains("nickname") || response.content_type.as_deref() == Some("application/jwt") {
                (response.status, response.content_type) = (status, kind.map(str::to_owned));
                if !body.is_empty() {
                    response.body = Body::new(body);
                }
            }
        }));
        world
    };
    let good = signed_in(respond(JSON, 200, Some("application/json; charset=utf-8"), "")).1;
    assert_eq!(good.name, "Alice");
    for kind in [None, Some("application/jwt"), Some("text/html"), Some("application/jsonx"), Some("text/plain, application/json")] {
        refused_by(respond(JSON, 200, kind, ""), "content-type");
    }
    for status in [201, 204, 206, 302, 400, 401, 403] {
        refused_by(respond(JSON, status, Some("application/json"), ""), "status");
    }
    for body in [
        "[]", "\"canary\"", "null", "{", "{} {}", r#"{"sub":"usr_1","nickname":"a","nickname":"b"}"#, "\u{feff}{\"sub\":\"usr_1\"}",
        "a.b.c",
    ] {
        refused_by(respond(JSON, 200, Some("application/json"), body), "document");
    }
    for kind in [None, Some("application/json"), Some("text/plain"), Some("application/jwtx")] {
        refused_by(respond(SIGNED, 200, kind, ""), "content-type");
    }
    for body in ["{}", "a.b", "a.b.c.d.e", "a..c"] {
        refused_by(respond(SIGNED, 200, Some("application/jwt"), body), "token");
    }
    let (failing, person) = signed_in(respond(JSON, 503, Some("application/json"), ""));
    assert_eq!(person.name, "Name of usr_1");
    assert!(reports(&failing)[0].contains("Network"), "a provider that cannot answer now is no reason to doubt it");
}

#[test]
fn ui_03_a_signed_answer_is_of_this_issuer_for_this_client() {
    for good in [json!({}), json!({ "aud": ["other", CLIENT] }), json!({ "exp": 1_800_000_000_u64 - 59 })] {
        let (world, person) = signed_in(world(SIGNED, signed(good)));
        assert_eq!(person.name, "Alice", "{:?}", reports(&world));
    }
    for (claim, values) in [
        ("iss", [json!(null), json!("https://as.example/"), json!("https://other.example"), json!("")]),
        ("aud", [json!(null), json!("other"), json!(["other"]), json!([CLIENT, 1])]),
        ("exp", [json!(1_800_000_000_u64 - 60), json!("soon"), json!(0), json!(-1)]),
    ] {
        for value in values {
            refused(SIGNED, signed(json!({ claim: value })), claim);
        }
    }
    for claim in ["iss", "aud"] {
        let mut claims = signed(json!({}));
        claims.as_object_mut().unwrap().remove(claim);
        refused(SIGNED, claims, claim);
    }
}

#[test]
fn ui_03_a_signed_answer_is_signed_by_an_allowed_algorithm_and_a_published_key() {
    for (name, value, field) in [
        ("alg", json!("none"), "alg"),
        ("alg", json!("HS256"), "alg"),
        ("alg", json!("NONE"), "alg"),
        ("alg", json!(null), "alg"),
        ("kid", json!("another"), "kid"),
        ("crit", json!(["exp"]), "crit"),
        ("typ", json!("logout+jwt"), "typ"),
    ] {
        let mut world = world(SIGNED, signed(json!({})));
        world.sign_in("/");
        world.dispatch(Event::SignOutChosen);
        // Only what is signed from here on: the tokens of the next session would be refused first.
        world.log.clear();
        world.visit("/");
        world.dispatch(Event::SignInChosen(SignInOptions::default()));
        world.follow();
        while world.state.view().person().is_none() {
            assert!(world.answer_one());
        }
        world.provider.tweak_header = Some(Box::new(move |header| header[name] = value.clone()));
        world.settle();
        assert_eq!(person(&world).name, "Name of usr_1", "{name}");
        assert!(reports(&world)[0].contains(&format!("field: \"{field}\"")), "{:?}", reports(&world));
    }
    let mut world = world(SIGNED, signed(json!({})));
    world.provider.tweak_http = Some(Box::new(|response| {
        if response.content_type.as_deref() == Some("application/jwt") {
            let text = response.body.expose();
            let (rest, signature) = text.rsplit_once('.').unwrap();
            let first = if signature.starts_with('A') { "B" } else { "A" };
            response.body = Body::new(format!("{rest}.{first}{}", &signature[1..]));
        }
    }));
    refused_by(world, "signature");
}

#[test]
fn ui_03_keys_that_are_not_to_be_had_are_asked_for_once() {
    let mut world = world(SIGNED, signed(json!({})));
    world.provider.issues_refresh_tokens = true;
    world.sign_in("/");
    world.dispatch(Event::SignOutChosen);
    world.visit("/");
    world.dispatch(Event::SignInChosen(SignInOptions::default()));
    world.follow();
    while world.state.view().person().is_none() {
        assert!(world.answer_one());
    }
    // So long on the way that the keys of the ID token are too old by then.
    world.now = world.now.plus(seconds(301));
    let (ticket, request) = world.requests.pop().expect("it was asked");
    let outcome = world.provider.http(&request, world.now.wall);
    world.provider_is_down(true);
    world.dispatch(Event::Responded { ticket, outcome });
    let before = world.provider.called.len();
    world.settle();
    assert_eq!(world.provider.called.len() - before, 1, "{:?}", world.provider.called);
    assert!(reports(&world).iter().any(|line| line.contains("field: \"keys\"")), "{:?}", reports(&world));
    assert!(matches!(world.state.view(), View::SignedIn(_)));
}

#[test]
fn ui_03_keys_that_are_on_their_way_are_waited_for_whatever_happens_meanwhile() {
    let mut world = world(SIGNED, signed(json!({ "nickname": "Al" })));
    world.provider.session = Some("usr_1".into());
    world.open("/");
    while world.state.view().person().is_none() {
        assert!(world.answer_one());
    }
    let (ticket, request) = world.requests.pop().expect("it was asked");
    let outcome = world.provider.http(&request, world.now.wall);
    world.now = world.now.plus(seconds(301));
    world.dispatch(Event::Responded { ticket, outcome });
    assert!(world.requests.iter().any(|(_, request)| request.url.ends_with("/keys")), "those that are known are too old");
    world.dispatch(Event::PersonActed);
    world.settle();
    assert!(reports(&world).is_empty(), "{:?}", reports(&world));
}

#[test]
fn ui_04_no_claim_of_the_protocol_is_overridden() {
    let evil = [
        "iss", "aud", "azp", "exp", "iat", "nbf", "jti", "nonce", "at_hash", "c_hash", "s_hash", "auth_time", "client_id", "sid", "acr",
        "amr", "oid", "events", "cnf", "sub_jwk", "scope", "roles", "permissions", "_claim_names", "_claim_sources",
    ];
    let before = signed_in(world(JSON, says(json!({})))).1;
    for claim in evil {
        for value in [json!("canary"), json!(["canary"]), json!(1), json!({ "canary": "canary" })] {
            let (world, person) = signed_in(world(JSON, says(json!({ claim: value }))));
            assert_eq!(person, before, "{claim}");
            assert!(reports(&world).is_empty());
            assert!(world.log.iter().all(|line| !line.contains("canary")));
        }
    }
    assert_eq!((before.session_id.as_deref(), before.organization.as_deref()), (Some("ses_1"), Some("org_1")));
}

#[test]
fn ui_04_null_and_empty_claims_are_absent() {
    for empty in [json!(null), json!(""), json!("  "), json!([]), json!({})] {
        let (_, person) = signed_in(world(JSON, says(json!({ "name": empty, "email": empty, "picture": empty, "nickname": empty }))));
        assert_eq!((person.name.as_str(), &person.email, &person.picture), ("Name of usr_1", &None, &None), "{empty}");
        assert_eq!(person.claims.get("nickname"), None, "{empty}");
    }
    let (_, person) = signed_in(world(JSON, says(json!({ "email_verified": false, "updated_at": 0 }))));
    assert_eq!((&person.claims["email_verified"], &person.claims["updated_at"]), (&json!(false), &json!(0)), "these say something");
}

#[test]
fn ui_04_what_others_would_say_about_the_person_is_neither_fetched_nor_shown() {
    let more = json!({
        "_claim_names": { "address": "src1", "phone_number": "src2" },
        "_claim_sources": { "src1": { "JWT": "a.b.c" }, "src2": { "endpoint": "https://evil.example/claims", "access_token": "canary" } },
    });
    let (world, person) = signed_in(world(JSON, says(more)));
    assert_eq!(person.name, "Alice");
    assert!(["_claim_names", "_claim_sources", "address", "phone_number"].iter().all(|claim| !person.claims.contains_key(*claim)));
    assert!(world.provider.called.iter().all(|url| url.starts_with(ISSUER)) && world.provider.tokens_seen.len() == 1);
}

#[test]
fn ui_04_a_proof_belongs_to_the_address_that_was_proved() {
    let with_proof = |user_info: Value| {
        let mut world = world(JSON, says(user_info));
        world.provider.tweak_id = Some(Box::new(|id| {
            id["email"] = json!("a@example.test");
            id["email_verified"] = json!(true);
        }));
        signed_in(world).1
    };
    assert_eq!(with_proof(json!({ "email": "a@example.test" })).claims["email_verified"], json!(true));
    let other = with_proof(json!({ "email": "b@example.test" }));
    assert_eq!((other.email.as_deref(), other.claims.get("email_verified")), (Some("b@example.test"), None));
    assert_eq!(with_proof(json!({ "email": "b@example.test", "email_verified": true })).claims["email_verified"], json!(true));
}
