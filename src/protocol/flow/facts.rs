//! What was in a message: names of parameters, and the values of those few that everybody may know.

use super::{Harmless, harmless::HIDDEN};
use crate::protocol::config::Config;
use std::fmt;

/// A name and what may be told of its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The parameter, member or circumstance.
    pub name: &'static str,
    /// Its value.
    pub value: Value,
}

/// A value, as far as it may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A secret. It was there; that is all.
    Secret,
    /// It is no secret, and is not kept all the same.
    Unsaid,
    /// A word of the protocol.
    Word(&'static str),
    /// A number.
    Number(u64),
    /// Seconds.
    Seconds(u64),
    /// Milliseconds.
    Millis(u64),
    /// One of the texts that are no secrets.
    Text(Harmless),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret => f.write_str(HIDDEN),
            Self::Unsaid => f.write_str("…"),
            Self::Word(word) => f.write_str(word),
            Self::Number(number) => write!(f, "{number}"),
            Self::Seconds(seconds) => write!(f, "{seconds} s"),
            Self::Millis(millis) => write!(f, "{millis} ms"),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// What is told of the value of a parameter.
enum Telling {
    Secret,
    Unsaid,
    /// It is one of these, or it is not told.
    OneOf(&'static [&'static str]),
    Number,
    Scopes,
    Code,
}

use Telling::{Code, Number, OneOf, Scopes, Secret, Unsaid};

/// Every parameter that is known by name.
#[rustfmt::skip]
const KNOWN: [(&str, Telling); 38] = [
    ("response_type", OneOf(&["code"])), ("response_mode", OneOf(&["query", "fragment"])),
    ("prompt", OneOf(&["none", "login", "create", "select_account", "consent"])),
    ("code_challenge_method", OneOf(&["S256"])), ("grant_type", OneOf(&["authorization_code", "refresh_token"])),
    ("token_type", OneOf(&["Bearer", "bearer"])), ("scope", Scopes), ("error", Code), ("expires_in", Number), ("max_age", Number),
    ("state", Secret), ("nonce", Secret), ("code", Secret), ("code_verifier", Secret), ("code_challenge", Secret), ("id_token_hint", Secret),
    ("refresh_token", Secret), ("access_token", Secret), ("id_token", Secret), ("session_state", Secret), ("login_hint", Secret),
    ("client_secret", Secret), ("response", Secret), ("request", Secret),
    ("client_id", Unsaid), ("redirect_uri", Unsaid), ("post_logout_redirect_uri", Unsaid), ("iss", Unsaid), ("resource", Unsaid),
    ("error_description", Unsaid), ("error_uri", Unsaid), ("organization_id", Unsaid), ("connection_id", Unsaid), ("domain", Unsaid),
    ("provider", Unsaid), ("ui_locales", Unsaid), ("acr_values", Unsaid), ("claims", Unsaid),
];

/// What may be told of a query, a fragment or a form. Names that are not known are counted: a stranger chooses what they say.
pub(super) fn of_parameters(text: &str, config: &Config) -> Vec<Fact> {
    let (mut facts, mut others) = (Vec::new(), 0);
    for (name, value) in form_urlencoded::parse(text.trim_start_matches(['?', '#']).as_bytes()) {
        match fact(&name, &value, config) {
            // Once: a text from outside may be long.
            Some(fact) if !facts.contains(&fact) => facts.push(fact),
            Some(_) => {}
            None => others += 1,
        }
    }
    if others > 0 {
        facts.push(Fact { name: "others", value: Value::Number(others) });
    }
    facts
}

/// What may be told of one parameter, if it is known by name.
fn fact(name: &str, value: &str, config: &Config) -> Option<Fact> {
    let (name, telling) = KNOWN.iter().find(|(known, _)| *known == name)?;
    let value = match telling {
        Secret => Value::Secret,
        Unsaid => Value::Unsaid,
        OneOf(words) => words.iter().find(|word| **word == value).map_or(Value::Unsaid, |word| Value::Word(word)),
        Number => value.parse().map_or(Value::Unsaid, Value::Number),
        Scopes => Value::Text(Harmless::scopes(value.split_ascii_whitespace(), config)),
        Code => Value::Text(Harmless::code(value)),
    };
    Some(Fact { name, value })
}

/// What may be told of a JSON object: of a token response, and of what is no such thing nothing.
pub(super) fn of_members(body: &str, config: &Config) -> Vec<Fact> {
    let Ok(object) = crate::protocol::json::Object::parse(body) else { return Vec::new() };
    let (mut facts, mut others) = (Vec::new(), 0);
    for (name, value) in object.members() {
        let text = value.as_str().map_or_else(|| value.as_u64().map(|number| number.to_string()).unwrap_or_default(), str::to_owned);
        match fact(name, &text, config) {
            Some(Fact { name: "expires_in", value: Value::Number(seconds) }) => {
                facts.push(Fact { name: "expires_in", value: Value::Seconds(seconds) });
            }
            Some(fact) => facts.push(fact),
            None => others += 1,
        }
    }
    if others > 0 {
        facts.push(Fact { name: "others", value: Value::Number(others) });
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let config = Config::from_json(r#"{"issuer":"https://as.example","client_id":"c"}"#, "https://app.example").unwrap();
        of_parameters(text, &config).iter().map(|fact| format!("{}={} ", fact.name, fact.value)).collect()
    }

    #[test]
    fn values_of_secrets_are_a_mark_and_words_of_the_protocol_are_told() {
        assert_eq!(
            told("?response_type=code&state=canary&prompt=none&scope=openid+canary&client_id=c&redirect_uri=x"),
            "response_type=code state=● prompt=none scope=openid and 1 more client_id=… redirect_uri=… "
        );
    }

    #[test]
    fn what_a_stranger_writes_is_not_told() {
        assert_eq!(
            told("#canary=1&prompt=canary&grant_type=canary&max_age=canary&error=CANARY&canary"),
            "prompt=… grant_type=… max_age=… error=another_code others=2 "
        );
        assert_eq!(told(&"state=canary&".repeat(1000)), "state=● ", "and it is not repeated");
    }

    #[test]
    fn every_parameter_that_only_this_program_sets_is_known_by_name() {
        let reserved = ["request_uri", "registration", "dpop_jkt"];
        for (name, _) in &KNOWN {
            assert!(KNOWN.iter().filter(|(other, _)| other == name).count() == 1, "{name} stands twice");
        }
        for name in [
            "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
            "response_mode", "prompt", "request", "id_token_hint", "max_age", "resource", "claims",
        ] {
            assert!(crate::protocol::authorize::is_reserved(name) && KNOWN.iter().any(|(known, _)| *known == name), "{name}");
        }
        assert!(reserved.iter().all(|name| crate::protocol::authorize::is_reserved(name)), "never sent by us");
    }
}
