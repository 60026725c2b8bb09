//! Rules of the provider's metadata (DI) that show in a whole sign-in: nobody is asked whose metadata are wrong, and what moves is found again.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Config, SignInOptions,
    protocol::{
        error::NetworkFailure,
        http::{Freshness, HttpResponse, Method},
        secret::Body,
        turn::Event,
    },
};
use serde_json::{Value, json};
use std::{cell::Cell, rc::Rc, time::Duration};
use support::{
    APP, CLIENT, ISSUER, World,
    answers::{coming_back, error_of},
    metadata::{discovered, discovering, stops, with},
    name,
};

fn count(world: &World, end: &str) -> usize {
    world.provider.called.iter().filter(|url| url.ends_with(end)).count()
}

#[test]
fn di_01_an_issuer_that_is_none_is_refused_in_the_configuration() {
    let read = |issuer: &str| Config::from_json(&json!({ "issuer": issuer, "client_id": CLIENT }).to_string(), APP);
    for bad in [
        "http://as.example", "https://as.example/?x", "https://as.example?", "https://as.example/#x", "https://as.example#",
        "https://u:p@as.example", "https://u@as.example", "as.example", "//as.example", "/tenant", "", "javascript:alert(1)", "https://",
        "http://localhost:9000", "urn:as",
    ] {
        assert_eq!(read(bad).expect_err(bad).0.field, "issuer", "{bad}");
    }
    for good in ["https://as.example", "https://as.example/", "https://as.example:8443/a/b", "https://AS.example/%41"] {
        assert_eq!(read(good).expect(good).issuer(), good, "as it was written");
    }
}

#[test]
fn di_02_the_other_well_known_name_is_asked_for_where_it_is_configured() {
    for (extra, end) in [
        (json!({}), "https://as.example/.well-known/openid-configuration"),
        (json!({ "well_known": "oauth-authorization-server" }), "https://as.example/.well-known/oauth-authorization-server"),
    ] {
        let mut world = discovered(&extra);
        world.open("/");
        assert_eq!(world.requests.iter().map(|(_, request)| request.url.as_str()).collect::<Vec<_>>(), [end]);
    }
}

#[test]
fn di_03_an_issuer_that_differs_by_a_letter_stops_everything() {
    for bad in [
        "https://as.exampleINVALID", "https://as.example/", "https://AS.example", "HTTPS://as.example", "https://as.example:443",
        "http://as.example", "https://as.exampl%65", " https://as.example", "https://as.example\u{200b}", "",
    ] {
        stops(with("issuer", json!(bad)), "discovery_issuer");
    }
    for bad in [Value::Null, json!(1), json!([ISSUER]), json!({})] {
        stops(with("issuer", bad), "discovery_issuer");
    }
}

#[test]
fn di_04_only_a_small_json_object_with_status_200_is_metadata() {
    type Edit = fn(&mut HttpResponse);
    let cases: [(&str, Edit); 12] = [
        ("discovery_status", |response| response.status = 201),
        ("discovery_status", |response| response.status = 204),
        ("discovery_status", |response| response.status = 302),
        ("discovery_status", |response| response.status = 404),
        ("discovery_content_type", |response| response.content_type = Some("text/html".into())),
        ("discovery_content_type", |response| response.content_type = Some("application/jsonx".into())),
        ("discovery_content_type", |response| response.content_type = None),
        ("discovery_document", |response| response.body = Body::new("[]")),
        ("discovery_document", |response| response.body = Body::new("\"text\"")),
        ("discovery_document", |response| response.body = Body::new(format!("\u{feff}{}", response.body.expose()))),
        ("discovery_document", |response| response.body = Body::new(&response.body.expose()[..100])),
        ("discovery_document", |response| {
            response.body = Body::new(response.body.expose().replacen('{', r#"{"issuer":"https://evil.example","#, 1));
        }),
    ];
    for (code, edit) in cases {
        let mut world = discovered(&json!({}));
        world.provider.tweak_http = Some(Box::new(edit));
        stops(world, code);
    }
    // A redirect, a size and a silence that the browser ends before anything is read.
    for failure in [NetworkFailure::Unreachable, NetworkFailure::TooLarge, NetworkFailure::Timeout] {
        let mut world = discovered(&json!({}));
        world.provider.down = Some(failure);
        world.visit("/");
        assert!(world.provider.asked.is_empty() && world.frames.is_empty(), "{failure:?}");
        world.provider.down = None;
        assert!(name(&world.pass(Duration::from_secs(5))).is_none());
        assert_eq!(world.provider.asked.len(), 1, "it is tried again, and then asked");
    }
    let mut world = discovered(&json!({}));
    world.provider.tweak_http = Some(Box::new(|response| response.content_type = Some("Application/JSON; charset=utf-8".into())));
    assert_eq!(name(&world.sign_in("/")), Some("Name of usr_1"));
}

#[test]
fn di_05_what_a_provider_leaves_out_is_told_once_and_nothing_fails() {
    let reports = |world: &World| world.log.iter().filter(|line| line.starts_with("Report(")).cloned().collect::<Vec<_>>();
    for list in ["response_types_supported", "subject_types_supported", "id_token_signing_alg_values_supported"] {
        let mut world = with(list, Value::Null);
        world.provider.session = Some("usr_1".into());
        assert_eq!(name(&world.visit("/")), Some("Name of usr_1"));
        world.pass(Duration::from_secs(3 * 3600));
        assert!(count(&world, "/openid-configuration") >= 3);
        let told = reports(&world);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("Report(Remark(") && told[0].contains(list), "{told:?}");
    }
    let mut world = discovered(&json!({}));
    world.sign_in("/");
    assert!(reports(&world).is_empty());
}

#[test]
fn di_06_a_provider_that_does_not_say_code_is_not_asked() {
    stops(with("response_types_supported", json!(["token"])), "discovery_response_types_supported");
    stops(with("grant_types_supported", json!(["implicit", "refresh_token"])), "discovery_grant_types_supported");
}

#[test]
fn di_07_nobody_is_sent_to_an_endpoint_that_is_none() {
    for bad in ["javascript:alert(1)", "http://as.example/logout", "/logout", "https://as.example/logout#x"] {
        let mut world = with("end_session_endpoint", json!(bad));
        world.sign_in("/");
        world.left_for = None;
        world.dispatch(Event::SignOutChosen);
        assert_eq!(world.left_for, None, "{bad}: signed out here, and sent nowhere");
        assert_eq!(world.address, format!("{APP}/signed-out"));
    }
}

/// A world whose provider moves an endpoint when the switch is thrown: the old one is answered like this from then on.
fn moving(field: &'static str, old: &'static str, status: u16, mime: &'static str) -> (World, Rc<Cell<bool>>) {
    let moved = Rc::new(Cell::new(false));
    let (says, gone) = (Rc::clone(&moved), Rc::clone(&moved));
    let mut world = discovering(move |document| {
        if says.get() {
            document[field] = json!(format!("{ISSUER}/moved{old}"));
        }
    });
    world.provider.moved = Some(Box::new(move |url| {
        let at_the_old = url == format!("{ISSUER}{old}");
        match url.strip_prefix(&format!("{ISSUER}/moved")) {
            Some(rest) => Ok(format!("{ISSUER}{rest}")),
            None if at_the_old && gone.get() => {
                Err(HttpResponse { status, content_type: Some(mime.into()), retry_after: None, body: Body::new("{}") })
            }
            None => Ok(url.to_owned()),
        }
    }));
    (world, moved)
}

#[test]
fn di_08_an_endpoint_that_is_gone_makes_the_metadata_be_read_anew_once() {
    for (field, old) in [("token_endpoint", "/token"), ("jwks_uri", "/keys")] {
        for (status, mime) in [(404, "application/json"), (410, "application/json"), (404, "text/html"), (410, "text/html")] {
            let (mut world, moved) = moving(field, old, status, mime);
            world.sign_in("/");
            let before = count(&world, "/openid-configuration");
            moved.set(true);
            // The keys are old by then, too.
            world.now = world.now.plus(Duration::from_secs(301));
            world.dispatch(Event::Woke { visible: true });
            let mut fetched = Vec::new();
            for _ in 0..50 {
                fetched.extend(world.requests.iter().filter_map(|(_, request)| match request.method {
                    Method::Get(freshness) if request.url.ends_with("/openid-configuration") => Some(freshness),
                    _ => None,
                }));
                if !world.answer_one() {
                    world.pass(Duration::from_secs(1));
                }
            }
            assert_eq!((name(&world.state.view()), world.state.is_renewing()), (Some("Name of usr_1"), false), "{field} {status} {mime}");
            assert_eq!(count(&world, "/openid-configuration"), before + 1, "{field} {status} {mime}");
            assert!(fetched.iter().all(|freshness| *freshness == Freshness::FromServer), "past every cache");
        }
    }
}

#[test]
fn di_08_an_endpoint_that_stays_gone_causes_no_storm() {
    for (old, code) in [("/token", "network_status_404"), ("/keys", "keys_status")] {
        let (mut world, moved) = moving("unknown", old, 404, "text/html");
        moved.set(true);
        world.provider.session = Some("usr_1".into());
        let mut view = world.visit("/");
        view = if old == "/token" { world.pass(Duration::from_secs(50)) } else { view };
        assert_eq!(error_of(&view).code(), code);
        let asked = count(&world, "/openid-configuration");
        assert!(asked <= 2, "{old}: {asked}");
        world.pass(Duration::from_secs(600));
        assert!(count(&world, "/openid-configuration") <= 2 + 10, "at most once a minute");
    }
    // Metadata by hand are nobody's to read anew.
    let mut world = World::new();
    world.provider.tweak_http = Some(Box::new(|response| response.status = 404));
    world.visit("/");
    assert_eq!(count(&world, "/openid-configuration"), 0);
}

#[test]
fn di_08_metadata_are_asked_for_by_one_request_and_kept_nowhere() {
    let mut world = discovered(&json!({}));
    world.open("/");
    for event in
        [Event::SignInNeeded { place: "/account".into() }, Event::Woke { visible: true }, Event::SignInChosen(SignInOptions::default())]
    {
        world.dispatch(event);
    }
    assert_eq!(world.requests.iter().filter(|(_, request)| request.url.ends_with("/openid-configuration")).count(), 1);
    world.settle();
    assert!(world.stored.values().all(|record| !record.expose().contains("jwks_uri")), "a poisoned copy would outlive the incident");
    world.visit("/");
    assert_eq!(count(&world, "/openid-configuration"), 2, "each page reads them anew");
}

#[test]
fn di_09_metadata_that_change_meanwhile_do_not_lead_the_code_elsewhere() {
    let (mut world, back) = coming_back(discovered(&json!({})));
    world.provider.session = Some("usr_1".into());
    world.provider.tweak_http = Some(Box::new(|response| {
        response.body = Body::new(response.body.expose().replace("https://as.example/token", "https://evil.example/token"));
    }));
    assert_eq!(name(&world.visit(&back)), Some("Name of usr_1"));
    assert!(!world.provider.called.iter().any(|url| url.contains("evil")), "{:?}", world.provider.called);
    assert_eq!(count(&world, "https://as.example/token"), 1);
}

#[test]
fn di_10_metadata_by_hand_lift_no_check() {
    let metadata = json!({ "issuer": ISSUER, "authorization_endpoint": format!("{ISSUER}/authorize"), "token_endpoint": format!("{ISSUER}/token"),
        "jwks_uri": format!("{ISSUER}/keys") });
    let read = |metadata: &Value, extra: Value| {
        let mut block = json!({ "metadata": metadata, "client_id": CLIENT });
        block.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        Config::from_json(&block.to_string(), APP)
    };
    assert!(read(&metadata, json!({ "issuer": ISSUER })).is_ok());
    for (field, bad) in [
        ("issuer", json!("https://as.example?x")),
        ("issuer", json!(null)),
        ("jwks_uri", json!("http://as.example/keys")),
        ("token_endpoint", json!("/token")),
        ("authorization_endpoint", json!("https://as.example/a?state=x")),
        ("code_challenge_methods_supported", json!(["plain"])),
        ("response_types_supported", json!(["token"])),
        ("grant_types_supported", json!(["implicit"])),
    ] {
        let mut wrong = metadata.clone();
        wrong[field] = bad.clone();
        assert_eq!(read(&wrong, json!({})).expect_err(field).0.field, format!("metadata.{field}"), "{bad}");
    }
    assert_eq!(read(&metadata, json!({ "issuer": format!("{ISSUER}/") })).expect_err("another").0.field, "issuer");
    for switch in ["skip_issuer_check", "verify_signature", "validate_id_token", "allow_http", "skip_nonce_check", "disable_pkce"] {
        assert_eq!(read(&metadata, json!({ switch: true })).expect_err(switch).0.field, switch, "no switch is known");
    }
    let nobody = Config::from_json(&json!({ "client_id": CLIENT }).to_string(), APP).expect_err("no issuer");
    assert_eq!(nobody.0.field, "issuer");
}

#[test]
fn di_11_a_provider_whose_endpoint_is_elsewhere_is_not_asked() {
    for field in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
        let mut world = with(field, json!("https://evil.example/x"));
        world.config = discovered(&json!({ "endpoint_origins": [ISSUER] })).config;
        stops(world, &format!("discovery_{field}"));
    }
    let mut world = discovered(&json!({ "endpoint_origins": [ISSUER, "https://keys.example"] }));
    assert_eq!(name(&world.sign_in("/")), Some("Name of usr_1"));
}
