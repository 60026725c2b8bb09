//! The secrets of one world, as they went over the wire.

use crate::tap::{Side, Wire};
use anyhow::{Result, ensure};
use percent_encoding::percent_decode_str;
use std::collections::{BTreeMap, BTreeSet};

/// What counts as a secret, by the name under which it goes over the wire.
const NAMES: [&str; 6] = ["access_token", "code", "code_verifier", "id_token", "id_token_hint", "refresh_token"];

/// What a sign-in must have shown of it, or the sweep would look for nothing.
const OF_A_SIGN_IN: [&str; 5] = ["access_token", "code", "code_verifier", "id_token", "refresh_token"];

/// Anything shorter is no secret of this provider.
const SHORTEST: usize = 16;

/// The secrets, by their names.
#[derive(Debug, Default)]
pub(crate) struct Secrets(BTreeMap<&'static str, BTreeSet<String>>);

impl Secrets {
    /// Finds them in all that was said.
    pub(crate) fn on(wire: &Wire) -> Self {
        let mut secrets = Self::default();
        for side in [Side::Browser, Side::Provider] {
            secrets.read(&wire.text(side));
        }
        secrets
    }

    fn read(&mut self, text: &str) {
        for name in NAMES {
            for (pattern, end) in [(format!("\"{name}\":\""), &['"'][..]), (format!("{name}="), &['&', ' ', '"', '\r', '\n', '#'][..])] {
                for (start, _) in text.match_indices(&pattern) {
                    // `code=` is also the end of `error_code=`.
                    let before = text[..start].chars().next_back();
                    let value = text[start + pattern.len()..].split(end).next().unwrap_or_default();
                    if value.len() >= SHORTEST && before.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '_') {
                        let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
                        self.0.entry(name).or_default().insert(value);
                    }
                }
            }
        }
    }

    /// One secret of a kind.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(|values| values.last()).map(String::as_str)
    }

    /// Fails unless somebody signed in on this wire, with a refresh token if one was asked for.
    pub(crate) fn require_sign_in(&self, refresh: bool) -> Result<()> {
        for name in OF_A_SIGN_IN.into_iter().filter(|name| refresh || *name != "refresh_token") {
            ensure!(self.one(name).is_some(), "no {name} went over the wire: the sweep would look for nothing");
        }
        Ok(())
    }

    /// The names of the secrets that a text holds. Of a JWT, its middle or its end is as good as all of it.
    pub(crate) fn in_text(&self, text: &str) -> Vec<&'static str> {
        let holds = |secret: &String| parts(secret).any(|part| text.contains(part));
        self.0.iter().filter(|(_, values)| values.iter().any(holds)).map(|(name, _)| *name).collect()
    }

    /// The text without the secrets.
    pub(crate) fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, values) in &self.0 {
            for part in values.iter().flat_map(|value| parts(value)) {
                text = text.replace(part, &format!("[{name}]"));
            }
        }
        text
    }
}

/// The parts of a secret that give it away: the header of a JWT is the same for all.
fn parts(secret: &str) -> impl Iterator<Item = &str> {
    let is_jwt = secret.split('.').count() == 3;
    secret.split('.').skip(usize::from(is_jwt)).filter(|part| part.len() >= SHORTEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9eyJ.c2lnbmF0dXJlLXNpZ25hdHVyZQ";

    fn read(text: &str) -> Secrets {
        let mut secrets = Secrets::default();
        secrets.read(text);
        secrets
    }

    #[test]
    fn secrets_are_found_in_addresses_forms_and_answers() {
        let secrets = read(&format!(
            "Location: http://app/callback?code=code-code-code-code&state=s\r\n\r\ngrant_type=x&code_verifier=verifier%2Dverifier\n\
             {{\"access_token\":\"{JWT}\",\"refresh_token\":\"refresh-refresh-refresh\"}}"
        ));
        assert_eq!(secrets.one("code"), Some("code-code-code-code"));
        assert_eq!(secrets.one("code_verifier"), Some("verifier-verifier"));
        assert_eq!(secrets.one("access_token"), Some(JWT));
        assert!(secrets.require_sign_in(true).is_err(), "there was no ID token");
    }

    #[test]
    fn other_parameters_are_none() {
        let secrets = read("?error_code=something-long-enough&code=short&code_challenge=challenge-challenge");
        assert!(secrets.0.is_empty(), "{:?}", secrets.0.keys());
    }

    #[test]
    fn a_part_of_a_token_is_found_but_its_header_is_not() {
        let secrets = read(&format!("\"id_token\":\"{JWT}\""));
        assert_eq!(secrets.in_text("x eyJzdWIiOiJhbGljZSJ9eyJ x"), ["id_token"]);
        assert!(secrets.in_text("eyJhbGciOiJSUzI1NiJ9").is_empty());
        assert!(!secrets.redact(JWT).contains("c2lnbmF0dXJl"));
    }
}
