//! Access tokens: opaque unless the configuration says otherwise, and then held to the same rules as an ID token.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use hushkey::{
    Reason, View,
    protocol::{api::TokenAnswer, config::Config},
};
use serde_json::{Value, json};
use support::{APP, CLIENT, ISSUER, World, config, keys::Key, name};

const STRICT: &str = r#","validate_access_token":true,"audiences":["https://api.example"]"#;

/// The same for tokens that are not those of RFC 9068.
const COMPAT: &str = r#","validate_access_token":true,"access_token_compat":true"#;

/// The same for those that are for the API.
const COMPAT_FOR_API: &str = r#","validate_access_token":true,"access_token_compat":true,"audiences":["https://api.example"]"#;

/// A world whose provider sends this access token.
fn sending(strict: bool, access_token: &str) -> World {
    sending_with(if strict { STRICT } else { "" }, access_token)
}

/// The same with this in the configuration.
fn sending_with(extra: &str, access_token: &str) -> World {
    let mut world = World::with(config(extra));
    let access_token = access_token.to_owned();
    world.provider.tweak_response = Some(Box::new(move |body| body["access_token"] = json!(access_token)));
    world
}

fn header() -> Value {
    json!({ "alg": "EdDSA", "kid": "ed25519", "typ": "at+jwt" })
}

fn claims() -> Value {
    json!({ "iss": ISSUER, "aud": "https://api.example", "client_id": CLIENT, "sub": "usr_1", "jti": "1", "iat": 1_800_000_000, "exp": 1_800_000_300 })
}

fn problem(world: &mut World) -> String {
    let view = world.sign_in("/");
    assert_eq!(world.state.token_expires_at(), None, "nothing is kept of a response that fails");
    match view {
        View::SignedOut(Reason::Problem(error)) => error.code(),
        other => panic!("a problem was expected, not {other:?}"),
    }
}

#[test]
fn at_01_an_access_token_is_not_looked_into() {
    let mut absurd = claims();
    (absurd["iss"], absurd["aud"], absurd["exp"], absurd["sub"]) = (json!("https://evil.example"), json!([]), json!(0), json!("usr_2"));
    (absurd["roles"], absurd["oid"]) = (json!(["admin"]), json!("org_2"));
    for token in ["abc", "a.b.c.d.e", &Key::P256.sign(&json!({ "alg": "ES256", "typ": "x" }), &absurd)] {
        let mut world = sending(false, token);
        let view = world.sign_in("/");
        let person = view.person().expect("somebody");
        assert_eq!((person.subject.as_str(), person.organization.as_deref()), ("usr_1", Some("org_1")));
        assert!(person.roles.is_empty(), "no claim of it is shown");
        let TokenAnswer::Attach { token: attached, .. } = world.state.token_for("https://api.example/", world.now, &world.config) else {
            panic!("a token")
        };
        assert_eq!(attached.expose(), token);
    }
}

/// The access token with one claim changed, or taken out by `null`.
fn with(claim: &str, value: &Value) -> String {
    let mut claims = claims();
    if value.is_null() {
        claims.as_object_mut().expect("an object").remove(claim);
    } else {
        claims[claim] = value.clone();
    }
    Key::Ed25519.sign(&header(), &claims)
}

/// The same for the header.
fn with_header(member: &str, value: &Value) -> String {
    let mut header = header();
    if value.is_null() {
        header.as_object_mut().expect("an object").remove(member);
    } else {
        header[member] = value.clone();
    }
    Key::Ed25519.sign(&header, &claims())
}

fn accepted(extra: &str, token: &str, why: &str) {
    assert_eq!(name(&sending_with(extra, token).sign_in("/")), Some("Name of usr_1"), "{why}");
}

#[test]
fn at_02_where_access_tokens_are_checked_they_must_be_jwts() {
    for token in ["abc", "a.b.c.d.e", "a.b.c", "e30.e30.", "a.b", "e30.e30.AA", "-._~+/=="] {
        for extra in [STRICT, COMPAT] {
            let code = problem(&mut sending_with(extra, token));
            assert!(code.starts_with("access_token_"), "{token}: {code}");
        }
        accepted("", token, "opaque unless configured");
    }
    accepted(STRICT, &with("aud", &json!("https://api.example")), "the good one");
}

#[test]
fn at_03_the_type_is_that_of_an_access_token() {
    for good in ["at+jwt", "AT+JWT", "application/at+jwt"] {
        for extra in [STRICT, COMPAT_FOR_API] {
            accepted(extra, &with_header("typ", &json!(good)), good);
        }
    }
    for bad in [
        json!("JWT"),
        json!("jwt"),
        json!("application/jwt"),
        Value::Null,
        json!("logout+jwt"),
        json!("dpop+jwt"),
        json!("secevent+jwt"),
        json!(""),
        json!("at+jwt "),
        json!(1),
    ] {
        assert_eq!(problem(&mut sending(true, &with_header("typ", &bad))), "access_token_typ", "{bad}");
    }
    // Where the configuration says so, those that vendors write will do, and others still will not.
    for good in [json!("JWT"), json!("application/jwt"), Value::Null] {
        accepted(COMPAT_FOR_API, &with_header("typ", &good), "compat");
    }
    for bad in ["logout+jwt", "dpop+jwt", "secevent+jwt", ""] {
        assert_eq!(problem(&mut sending_with(COMPAT_FOR_API, &with_header("typ", &json!(bad)))), "access_token_typ", "{bad:?}");
    }
}

#[test]
fn at_03_an_id_token_is_no_access_token() {
    let mut world = World::with(config(STRICT));
    world.provider.tweak_id = Some(Box::new(|claims| claims["aud"] = json!([CLIENT])));
    world.provider.tweak_response = Some(Box::new(|body| body["access_token"] = body["id_token"].clone()));
    assert_eq!(problem(&mut world), "access_token_typ");
}

#[test]
fn at_04_the_signature_is_held_to_the_rules_of_an_id_token() {
    for algorithm in ["none", "noNE", "HS256", "HS512", "eddsa", "RS512", ""] {
        assert_eq!(problem(&mut sending(true, &with_header("alg", &json!(algorithm)))), "access_token_alg", "{algorithm}");
    }
    assert_eq!(problem(&mut sending(true, &with_header("crit", &json!(["exp"])))), "access_token_crit");
    assert_eq!(problem(&mut sending(true, &with_header("jwk", &Key::P256.published()).replacen('.', "x.", 1))), "access_token_header");
    let good = Key::Ed25519.sign(&header(), &claims());
    let (input, signature) = good.rsplit_once('.').expect("three segments");
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    assert_eq!(problem(&mut sending(true, &format!("{input}.{flipped}{}", &signature[1..]))), "access_token_signature");
    let other = with("aud", &json!(["https://api.example", "more"]));
    let (other, _) = other.rsplit_once('.').expect("three segments");
    assert_eq!(problem(&mut sending(true, &format!("{other}.{signature}"))), "access_token_signature", "of other claims");
    assert_eq!(problem(&mut sending(true, &with_header("kid", &json!("unknown")))), "keys_kid");
    let foreign = Key::P256.sign(&json!({ "alg": "ES256", "kid": "ed25519", "typ": "at+jwt" }), &claims());
    assert_eq!(problem(&mut sending(true, &foreign)), "keys_kid", "a key of its own");
}

#[test]
fn at_05_every_claim_of_rfc_9068_is_there_typed_and_right() {
    let wrong = |claim: &str, values: &[Value]| {
        for value in values {
            let code = match sending(true, &with(claim, value)).sign_in("/") {
                View::SignedOut(Reason::Problem(error)) => error.code(),
                View::Restoring { delay: Some(delay) } => delay.cause.code(),
                other => panic!("{claim} {value}: {other:?}"),
            };
            assert_eq!(code, format!("access_token_{claim}"), "{value}");
        }
    };
    wrong("iss", &[Value::Null, json!(""), json!(1), json!("https://as.example/"), json!("https://AS.example"), json!([ISSUER])]);
    wrong("aud", &[Value::Null, json!(""), json!([]), json!([1]), json!({}), json!(1)]);
    wrong("exp", &[Value::Null, json!("1800000300"), json!(1_799_999_640), json!(true), json!({})]);
    wrong("iat", &[Value::Null, json!("1800000000"), json!(1_800_003_600), json!(false)]);
    wrong("nbf", &[json!(1_800_003_600), json!("x")]);
    wrong("sub", &[Value::Null, json!(""), json!(1), json!("usr_2"), json!(["usr_1"])]);
    wrong("client_id", &[Value::Null, json!(""), json!(1), json!("other")]);
    wrong("jti", &[Value::Null, json!(""), json!(7), json!({})]);
    accepted(STRICT, &Key::Ed25519.sign(&header(), &claims()), "with all of them");
    // Scalekit's guide asks for less.
    for claim in ["sub", "client_id", "jti"] {
        accepted(COMPAT_FOR_API, &with(claim, &Value::Null), claim);
    }
}

#[test]
fn at_06_the_audience_is_the_configured_resource_and_the_client_id_only_where_that_is_said() {
    let resource = r#","validate_access_token":true"#;
    let strict = |api: &str| {
        let block = format!(
            r#"{{"metadata":{{"issuer":"{ISSUER}","authorization_endpoint":"{ISSUER}/authorize","token_endpoint":"{ISSUER}/token","jwks_uri":"{ISSUER}/keys"}},
            "client_id":"{CLIENT}","algorithms":["EdDSA"],"api":[{api}]{resource}}}"#
        );
        Config::from_json(&block, APP)
    };
    assert_eq!(strict(r#""https://api.example/""#).expect_err("nothing to hold it to").0.field, "audiences");
    let config = strict(r#"{"url":"https://api.example/","resource":"urn:orders"}"#).expect("good");
    let signs_in = |config: &Config, audience: &Value| {
        let mut world = sending(true, &with("aud", audience));
        world.config = config.clone();
        match world.sign_in("/") {
            View::SignedIn(_) => None,
            View::SignedOut(Reason::Problem(error)) => Some(error.code()),
            other => panic!("{audience}: {other:?}"),
        }
    };
    for good in [json!("urn:orders"), json!(["urn:orders"]), json!(["https://other.example", "urn:orders"])] {
        assert_eq!(signs_in(&config, &good), None, "{good}");
    }
    for bad in [
        json!("urn:other"),
        json!("urn:orders1"),
        json!("urn:order"),
        json!("URN:orders"),
        json!(CLIENT),
        json!([CLIENT]),
        json!("https://api.example/"),
    ] {
        assert_eq!(signs_in(&config, &bad).as_deref(), Some("access_token_aud"), "{bad}");
    }
    accepted(COMPAT, &with("aud", &json!(CLIENT)), "the client id, where tokens are of that kind");
    assert_eq!(problem(&mut sending_with(COMPAT, &with("aud", &json!("https://api.example")))), "access_token_aud");
}

#[test]
fn at_06_the_compat_mode_is_a_switch_of_its_own_and_on_for_scalekit_alone() {
    let read = |extra: &str| Config::from_json(&format!(r#"{{"issuer":"{ISSUER}","client_id":"{CLIENT}"{extra}}}"#), APP);
    for (extra, field) in [
        (r#","access_token_compat":true"#, "access_token_compat"),
        (r#","access_token_compat":false"#, "access_token_compat"),
        (r#","audiences":["a"]"#, "audiences"),
        (r#","validate_access_token":true"#, "audiences"),
        (r#","validate_access_token":true,"audiences":[]"#, "audiences"),
        (r#","validate_access_token":true,"access_token_compat":"yes""#, "access_token_compat"),
    ] {
        assert_eq!(read(extra).expect_err(extra).0.field, field, "{extra}");
    }
    let scalekit =
        |extra: &str| Config::from_json(&format!(r#"{{"preset":"scalekit","env_url":"{ISSUER}","client_id":"{CLIENT}"{extra}}}"#), APP);
    assert!(scalekit("").is_ok() && scalekit(r#","access_token_compat":true"#).is_ok());
    assert_eq!(scalekit(r#","access_token_compat":false"#).expect_err("strict").0.field, "audiences");
}

#[test]
fn at_07_a_token_that_was_issued_to_another_client_is_refused() {
    for extra in [STRICT, COMPAT_FOR_API] {
        for bad in [json!("other"), json!("spac_11"), json!("SPAC_1"), json!("spac_1 "), json!([CLIENT]), json!(1)] {
            assert_eq!(problem(&mut sending_with(extra, &with("client_id", &bad))), "access_token_client_id", "{bad}");
        }
        accepted(extra, &with("client_id", &json!(CLIENT)), "ours");
    }
}

#[test]
fn at_10_what_an_access_token_says_changes_no_decision() {
    let decisions = |roles: Value| {
        let block = format!(r#"{{"preset":"scalekit","env_url":"{ISSUER}","client_id":"{CLIENT}","api":["https://api.example/v1/"]}}"#);
        let mut world = World::with(Config::from_json(&block, APP).expect("good"));
        world.provider.key = Some(Key::RsaA);
        world.provider.published = vec![Key::RsaA.published()];
        world.provider.tweak_access = Some(Box::new(move |claims| {
            claims["roles"] = roles.clone();
            claims["permissions"] = roles.clone();
            claims["scope"] = json!("openid admin");
        }));
        let view = world.sign_in("/");
        let person = view.person().expect("somebody");
        let answers = ["https://api.example/v1/x", "https://api.example/admin", "https://evil.example/"]
            .map(|address| matches!(world.state.token_for(address, world.now, &world.config), TokenAnswer::Attach { .. }));
        (person.subject.clone(), answers, world.state.granted_scopes().to_vec(), world.state.token_expires_at())
    };
    let nobody_special = decisions(json!([]));
    assert_eq!(decisions(json!(["admin"])), nobody_special);
    assert_eq!(nobody_special.1, [true, false, false]);
}
