//! What the userinfo endpoint says about somebody who is signed in.

use super::{APP, ISSUER, NOW, members, response};
use crate::protocol::{
    config::Config,
    encoding::{base64url, from_base64url},
    further::{Further, Target},
    ground::Ground,
    http::HttpResponse,
    id_token::IdClaims,
    json::Object,
    secret::{AccessToken, Body, IdToken, Nonce},
    session::{Lifetime, Person, Refresh, Session},
    time::{Clocks, Entropy, Moment, Uptime},
    turn::{Effect, Turn, Verdict},
    user_info,
};
use serde_json::{Map, Value, json};
use std::{rc::Rc, sync::LazyLock, time::Duration};

const NOW_ON_BOTH: Clocks = Clocks { wall: NOW, uptime: Uptime::from_millis(0) };

/// Only tokens say these.
const NOT_ITS_BUSINESS: [&str; 26] = [
    "iss", "aud", "azp", "exp", "iat", "nbf", "jti", "nonce", "at_hash", "c_hash", "s_hash", "auth_time", "acr", "amr", "sub", "sid",
    "oid", "client_id", "events", "cnf", "sub_jwk", "scope", "roles", "permissions", "_claim_names", "_claim_sources",
];

static PLAIN: LazyLock<Config> = LazyLock::new(|| config(json!(true)));
static SIGNED: LazyLock<Config> = LazyLock::new(|| config(json!("signed")));
static KEYS: LazyLock<String> = LazyLock::new(|| {
    let key = json!({ "kty": "RSA", "n": base64url(&[0xc5; 256]), "e": "AQAB", "alg": "RS256" });
    format!("200\napplication/json\n{}", json!({ "keys": [key] }))
});

fn config(form: Value) -> Config {
    let endpoint = |name: &str| format!("{ISSUER}/{name}");
    let metadata = json!({
        "issuer": ISSUER, "authorization_endpoint": endpoint("authorize"), "token_endpoint": endpoint("token"), "jwks_uri": endpoint("keys"),
        "userinfo_endpoint": endpoint("userinfo"),
    });
    let block = json!({ "metadata": metadata, "client_id": "c", "userinfo": form }).to_string();
    Config::from_json(&block, APP).expect("a good configuration")
}

/// An answer as it is, for an app that wants JSON and for one that wants it signed; and its body once more as the claims of a token.
pub fn user_info(text: &str) -> bool {
    let response = response(text);
    let body = response.body.expose();
    let plain = completed(false, &response, Verdict::Valid);
    if let Some((before, after)) = &plain {
        assert_eq!(response.status, 200);
        assert!(is_of_type(&response, "application/json"));
        hold(&members(body), before, after);
    }
    let token = format!("{}.{}.{}", base64url(br#"{"alg":"RS256"}"#), base64url(body.as_bytes()), base64url(&[0; 256]));
    let packed = HttpResponse { content_type: Some("application/jwt".to_owned()), body: Body::new(token), ..response.clone() };
    let mut accepted = plain.is_some();
    for answer in [&response, &packed] {
        let Some((before, after)) = completed(true, answer, Verdict::Valid) else { continue };
        accepted = true;
        assert!(completed(true, answer, Verdict::Invalid(0)).is_none(), "the signature is wrong");
        assert_eq!(answer.status, 200);
        assert!(is_of_type(answer, "application/jwt"));
        let payload = answer.body.expose().split('.').nth(1).and_then(from_base64url).expect("a token");
        let read = members(&String::from_utf8(payload).expect("UTF-8"));
        assert_eq!(read["iss"], ISSUER);
        assert!(read["aud"] == "c" || read["aud"].as_array().is_some_and(|all| all.contains(&json!("c"))), "for somebody else");
        assert!(read.get("exp").is_none_or(|exp| exp.as_f64().expect("a number") > NOW.as_seconds() as f64 - 61.0), "it has expired");
        hold(&read, &before, &after);
    }
    accepted
}

fn is_of_type(response: &HttpResponse, wanted: &str) -> bool {
    let kind = response.content_type.as_deref().unwrap_or_default().to_ascii_lowercase();
    kind.trim_start().strip_prefix(wanted).is_some_and(|rest| rest.trim_start().is_empty() || rest.trim_start().starts_with(';'))
}

/// Whom the page shows is the same person, with something more about them, and all that is shown was said by the one or by the other.
fn hold(read: &Map<String, Value>, before: &Person, after: &Person) {
    assert_eq!(read["sub"], before.subject.as_str(), "it is about somebody else");
    let decided = |person: &Person| {
        let Person { subject, organization, session_id, roles, permissions, .. } = person.clone();
        (subject, organization, session_id, roles, permissions)
    };
    assert_eq!(decided(after), decided(before), "what only tokens say");
    for claim in NOT_ITS_BUSINESS {
        assert_eq!(after.claims.get(claim), before.claims.get(claim), "{claim}");
    }
    for (claim, value) in &after.claims {
        assert!(before.claims.get(claim) == Some(value) || read.get(claim) == Some(value), "{claim} was said by nobody");
    }
    for claim in before.claims.keys() {
        assert!(after.claims.contains_key(claim) || claim == "email_verified", "{claim} is lost");
    }
    if after.claims["email"] != before.claims["email"] {
        let proof = after.claims.get("email_verified");
        assert!(proof.is_none() || proof == read.get("email_verified"), "another address was proved");
    }
    assert!(after.email.as_ref().is_none_or(|email| after.claims["email"] == email.as_str()));
    assert!(after.picture.as_ref().is_none_or(|picture| after.claims["picture"] == picture.as_str() && starts_as_web_address(picture)));
    let names = ["name", "preferred_username", "email", "sub"];
    assert!(names.iter().any(|claim| after.claims.get(*claim).is_some_and(|name| name == after.name.as_str())), "a name of nobody");
}

/// As browsers read it: what is blank before it counts for nothing.
fn starts_as_web_address(text: &str) -> bool {
    let text: String = text.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let start = text.trim_start_matches(|c: char| c <= ' ').to_ascii_lowercase();
    start.starts_with("http:") || start.starts_with("https:")
}

/// The person before and after an answer, if it was believed. A signature is what the verdict says.
fn completed(signed: bool, response: &HttpResponse, verdict: Verdict) -> Option<(Rc<Person>, Rc<Person>)> {
    let config = if signed { &SIGNED } else { &PLAIN };
    let moment = Moment { now: NOW_ON_BOTH, entropy: Entropy::new([7; 32]), dpop: None };
    let (mut turn, mut ground, mut session) = (Turn::new(&moment, 0, config), Ground::default(), session());
    let before = Rc::clone(&session.person);
    if signed {
        ground.knowledge.want(&mut turn);
        ground.knowledge.responded(Ok(super::response(&KEYS)), &mut turn).expect("keys");
    }

    user_info::complete(Some(&mut session), &mut ground, &mut turn);
    ground.user_info.responded(Ok(response.clone()), &mut turn);
    user_info::complete(Some(&mut session), &mut ground, &mut turn);
    let checks = turn.effects.iter().any(|effect| matches!(effect, Effect::Verify { .. }));
    if checks {
        assert!(Rc::ptr_eq(&before, &session.person), "it is believed before its signature is");
        ground.user_info.verified(verdict, &mut turn);
        user_info::complete(Some(&mut session), &mut ground, &mut turn);
    }
    let reported = turn.effects.iter().any(|effect| matches!(effect, Effect::Report(_)));
    let believed = !Rc::ptr_eq(&before, &session.person);
    assert!(reported != believed, "either it is shown, or it is said what is wrong with it");
    assert!(!believed || checks == signed);
    believed.then_some((before, session.person))
}

fn session() -> Session {
    let all = json!({
        "iss": ISSUER, "aud": "c", "sub": "s", "exp": NOW.as_seconds() + 300, "iat": NOW.as_seconds(), "sid": "sid", "oid": "org", "acr": "gold",
        "roles": ["reader"], "name": "N", "email": "e@as.example", "email_verified": true,
    });
    let all = Object::from_value(&all).expect("an object");
    let claims = IdClaims { issuer: ISSUER.to_owned(), subject: "s".to_owned(), issued_at: NOW, auth_time: None, checked_at: NOW, all };
    Session {
        access_token: AccessToken::new("at"),
        key: None,
        refresh: Refresh::None,
        id_token: IdToken::new("it"),
        person: Rc::new(Person::new(&claims, None)),
        claims,
        nonce: Nonce::new("n"),
        scopes: Vec::new(),
        lifetime: Lifetime::new(NOW_ON_BOTH, Duration::from_secs(300), None),
        generation: 1,
        rejected: false,
        confirmed: NOW_ON_BOTH,
        session_state: None,
        further: Further::default(),
        asked: Target::FIRST,
        apart: false,
    }
}
