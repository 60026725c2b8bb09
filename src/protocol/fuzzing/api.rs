//! What an API says in the headers of its answers.

use super::NOW;
use crate::protocol::{
    challenge::{self, Challenge},
    dpop::{self, Nonces, PublicKey, Sent, Server, Subject},
    encoding::from_base64url,
    step_up,
    time::{Clocks, Entropy, Moment, Uptime},
};
use serde_json::Value;

/// A `WWW-Authenticate` header: its challenges, also those of one that is malformed elsewhere, and what they ask for.
pub fn challenge(text: &str) -> bool {
    let plain = text.replace('\\', "");
    let says = |code: &str| plain.to_ascii_lowercase().contains(code);
    let asks = dpop::asks_for_nonce(401, Some(text));
    assert!(!asks || says("dpop") && plain.contains("use_dpop_nonce"), "a nonce is asked for by name");
    assert!([200, 400, 403, 500].iter().all(|status| !dpop::asks_for_nonce(*status, Some(text))), "a nonce is asked for by 401");
    let demand = step_up::read(text);
    assert!(demand == Ok(None) || says("insufficient_user_authentication"), "a sign-in is asked for by name");

    let (challenges, outcome) = challenge::read(text);
    let mut place = 0;
    for Challenge { scheme, params } in &challenges {
        assert!(is_token(scheme) && *scheme == scheme.to_ascii_lowercase(), "{scheme:?}");
        place = after(text, place, |rest| scheme_length(rest, scheme)).expect("the scheme stands there");
        for (at, (name, value)) in params.iter().enumerate() {
            assert!(is_token(name) && *name == name.to_ascii_lowercase(), "{name:?}");
            assert!(params[..at].iter().all(|(other, _)| other != name), "{name} twice");
            assert!(!value.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t'), "{value:?}");
            place = after(text, place, |rest| parameter_length(rest, name, value)).expect("the parameter stands there");
        }
    }
    assert_eq!(challenge::parse(&written(&challenges)).as_ref(), Ok(&challenges), "the same challenges, written by us");

    let with = |schemes: &'static [&str], code: &'static str| {
        challenges.iter().filter(move |one| schemes.contains(&one.scheme.as_str()) && one.get("error") == Some(code))
    };
    assert_eq!(asks, with(&["dpop"], "use_dpop_nonce").next().is_some(), "whoever asks is heard, and nobody else");
    if outcome.is_err() {
        assert!(challenge::parse(text).is_err() && !matches!(demand, Ok(Some(_))), "nothing is demanded by what cannot be read");
        return false;
    }
    assert_eq!(challenge::parse(text).as_ref(), Ok(&challenges));
    if let Ok(Some(demand)) = demand {
        let mut asking = with(&["bearer", "dpop"], "insufficient_user_authentication").peekable();
        assert!(asking.peek().is_some(), "nobody demands it");
        assert!(!demand.acr_values.is_empty() || demand.max_age.is_some(), "a demand that is met by nothing");
        assert!(!demand.acr_values.iter().any(|acr| acr == "0"), "no sign-in at all");
        for one in asking {
            let acr_values: Vec<_> = one.get("acr_values").unwrap_or_default().split([' ', '\t']).filter(|acr| !acr.is_empty()).collect();
            assert_eq!(demand.acr_values, acr_values);
            assert_eq!(demand.max_age.map(Ok), one.get("max_age").map(str::parse));
        }
    }
    !challenges.is_empty()
}

/// Whether this is a token: visible characters without delimiters ([RFC 9110 §5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2)).
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && !br#""(),/:;<=>?@[\]{}"#.contains(&byte))
}

/// Where the first of something ends that begins at this place or later, where an item of a list can begin.
fn after(text: &str, place: usize, length: impl Fn(&str) -> Option<usize>) -> Option<usize> {
    let begins = |at: &usize| *at == 0 || matches!(text.as_bytes()[at - 1], b' ' | b'\t' | b',');
    (place..text.len()).filter(begins).find_map(|at| length(&text[at..]).map(|length| at + length))
}

/// Cuts off a word in whatever letters.
fn without<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    text.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word)).map(|_| &text[word.len()..])
}

fn scheme_length(text: &str, scheme: &str) -> Option<usize> {
    let rest = without(text, scheme)?;
    let goes_on = rest.chars().next().is_some_and(|next| is_token(next.encode_utf8(&mut [0; 4])));
    (!goes_on).then_some(scheme.len())
}

/// `name=value`, and nothing behind it before the next comma.
fn parameter_length(text: &str, name: &str, value: &str) -> Option<usize> {
    let blank = [' ', '\t'];
    let written = without(text, name)?.trim_start_matches(blank).strip_prefix('=')?.trim_start_matches(blank);
    let rest = match written.strip_prefix('"') {
        Some(quoted) => after_quoted(quoted, value)?,
        None => written.strip_prefix(value).filter(|_| is_token(value))?,
    };
    let behind = rest.trim_start_matches(blank);
    (behind.is_empty() || behind.starts_with(',')).then_some(text.len() - rest.len())
}

/// What stands behind this value and its closing quote. Every character may be escaped, and two must be.
fn after_quoted<'a>(quoted: &'a str, value: &str) -> Option<&'a str> {
    let mut rest = quoted;
    for character in value.chars() {
        rest = match rest.strip_prefix('\\') {
            Some(escaped) => escaped.strip_prefix(character)?,
            None => rest.strip_prefix(character).filter(|_| character != '"')?,
        };
    }
    rest.strip_prefix('"')
}

fn written(challenges: &[Challenge]) -> String {
    let value = |text: &str| {
        if is_token(text) { text.to_owned() } else { format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")) }
    };
    let one = |Challenge { scheme, params }: &Challenge| {
        let params: Vec<_> = params.iter().map(|(name, text)| format!("{name}={}", value(text))).collect();
        if params.is_empty() { scheme.clone() } else { format!("{scheme} {}", params.join(",")) }
    };
    challenges.iter().map(one).collect::<Vec<_>>().join(",")
}

/// A `DPoP-Nonce` header, and the proof that it gets into.
pub fn dpop_nonce(text: &str) -> bool {
    const AT: &str = "https://api.example/v1";
    let others = [(Server::Authorization, AT), (Server::Resource, "https://other.example/v1")];
    let mut nonces = Nonces::default();
    for (server, url) in others.into_iter().chain([(Server::Resource, AT)]) {
        assert_eq!(nonces.keep(server, url, Some("before")), Sent::Nonce);
    }
    let sent = nonces.keep(Server::Resource, AT, Some(text));
    assert!(others.iter().all(|(server, url)| nonces.latest(*server, url) == Some("before")), "it is nobody else's");
    let latest = nonces.latest(Server::Resource, "https://api.example/v2").expect("there was one before");
    assert_eq!(latest, if sent == Sent::Nonce { text } else { "before" });
    assert_ne!(sent, Sent::Nothing);
    assert!(latest.bytes().all(|byte| byte.is_ascii_graphic()), "it came in a header");

    let key = PublicKey::new("l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA").expect("a key");
    let moment = Moment { now: Clocks { wall: NOW, uptime: Uptime::default() }, entropy: Entropy::new([7; 32]), dpop: None };
    let subject = Subject { method: "GET", url: AT, nonce: Some(latest), access_token: None };
    let proof = dpop::proof(&key, subject, &moment).expect("an address").signed(&[]);
    let payload = from_base64url(proof.split('.').nth(1).expect("claims")).expect("base64url");
    let claims: Value = serde_json::from_slice(&payload).expect("JSON, whatever was sent");
    assert_eq!(claims["nonce"], latest);
    assert_eq!(
        claims.as_object().map(|claims| claims.keys().map(String::as_str).collect()),
        Some(vec!["htm", "htu", "iat", "jti", "nonce"])
    );
    sent == Sent::Nonce
}
