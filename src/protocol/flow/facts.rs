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

/// Parameters with a secret value.
const SECRET: &str = "state nonce code code_verifier code_challenge id_token_hint refresh_token access_token id_token session_state login_hint \
    request_uri";

/// Parameters whose value is no secret, and is not kept all the same: it may name somebody, or says nothing new.
const UNSAID: &str = "client_id redirect_uri post_logout_redirect_uri iss resource max_age error_description error_uri organization_id connection_id \
    domain provider request claims acr_values dpop_jkt";

/// Values that are told, as they stand here.
const TOLD: &str = "response_type=code response_mode=query response_mode=fragment prompt=none prompt=login prompt=create prompt=select_account \
    prompt=consent code_challenge_method=S256 grant_type=authorization_code grant_type=refresh_token token_type=Bearer token_type=bearer \
    token_type=DPoP";

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
    let one_of = |names: &'static str| names.split(' ').find(|known| *known == name);
    let fact = match name {
        "scope" => Fact { name: "scope", value: Value::Text(Harmless::scopes(value.split_ascii_whitespace(), config)) },
        "error" => Fact { name: "error", value: Value::Text(Harmless::code(value)) },
        _ => {
            if let Some(name) = one_of(SECRET) {
                return Some(Fact { name, value: Value::Secret });
            }
            if let Some(name) = one_of(UNSAID) {
                return Some(Fact { name, value: Value::Unsaid });
            }
            let mut told = TOLD.split(' ').filter_map(|pair| pair.split_once('=')).filter(|(known, _)| *known == name);
            let (known, first) = told.next()?;
            let word = [first].into_iter().chain(told.map(|(_, word)| word)).find(|word| *word == value);
            Fact { name: known, value: word.map_or(Value::Unsaid, Value::Word) }
        }
    };
    Some(fact)
}

/// What may be told of a JSON object: of a token response, and of what is no such thing nothing.
pub(super) fn of_members(body: &str, config: &Config) -> Vec<Fact> {
    let Ok(object) = crate::protocol::json::Object::parse(body) else { return Vec::new() };
    let (mut facts, mut others) = (Vec::new(), 0);
    for (name, value) in object.members() {
        if let (Some(seconds), "expires_in") = (value.as_u64(), name.as_str()) {
            facts.push(Fact { name: "expires_in", value: Value::Seconds(seconds) });
            continue;
        }
        match fact(name, value.as_str().unwrap_or_default(), config) {
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
        for name in [
            "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
            "response_mode", "prompt", "id_token_hint", "max_age", "resource", "claims",
        ] {
            assert!(crate::protocol::authorize::is_reserved(name), "{name}");
            assert!(told(&format!("{name}=x")).starts_with(name), "{name}");
        }
    }

    #[test]
    fn no_parameter_is_told_in_two_ways() {
        let names = SECRET.split(' ').chain(UNSAID.split(' ')).map(|name| (name, false));
        let names: Vec<_> = names.chain(TOLD.split(' ').filter_map(|pair| pair.split_once('=')).map(|(name, _)| (name, true))).collect();
        for (name, is_told) in &names {
            assert!(!name.is_empty() && names.iter().all(|(other, told)| other != name || is_told == told), "{name}");
        }
    }
}
