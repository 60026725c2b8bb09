//! What the tabs of one browser tell each other. A message names nobody and carries nothing that could be used: it can end a session, or make a
//! tab look for itself.

use super::{
    config::Config,
    encoding,
    json::Object,
    time::{Generator, UnixTime},
};
use serde_json::json;
use sha2::{Digest, Sha256};

/// A message between tabs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TabMessage {
    /// Somebody signed in.
    SignedIn(Whose),
    /// Somebody chose to sign out.
    SignedOut {
        /// When, by the clock of this device.
        at: Option<UnixTime>,
    },
}

/// A mark by which a tab recognises its own person, and that tells nothing to anybody who does not know the person already: a hash, salted anew for
/// each message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whose {
    salt: String,
    mark: String,
}

impl Whose {
    pub(crate) fn new(issuer: &str, subject: &str, generator: &mut Generator) -> Self {
        let salt = generator.token();
        let mark = mark(&salt, issuer, subject);
        Self { salt, mark }
    }

    /// Whether it is of this person.
    pub(crate) fn is(&self, issuer: &str, subject: &str) -> bool {
        mark(&self.salt, issuer, subject) == self.mark
    }
}

fn mark(salt: &str, issuer: &str, subject: &str) -> String {
    // Lengths, so that no two pairs of names read alike.
    encoding::base64url(&Sha256::digest(format!("{salt} {} {issuer} {} {subject}", issuer.len(), subject.len())))
}

impl TabMessage {
    /// The text to broadcast.
    #[must_use]
    pub fn to_text(&self, config: &Config) -> String {
        let (issuer, client_id) = (config.issuer(), config.client_id());
        match self {
            Self::SignedIn(Whose { salt, mark }) => {
                json!({ "hushkey": 1, "issuer": issuer, "client_id": client_id, "event": "signed_in", "salt": salt, "mark": mark })
            }
            Self::SignedOut { at } => {
                let at = at.map(UnixTime::as_millis);
                json!({ "hushkey": 1, "issuer": issuer, "client_id": client_id, "event": "signed_out", "at": at })
            }
        }
        .to_string()
    }

    /// Reads a text from another tab. `None` for anything that is not a message about this issuer and client.
    #[must_use]
    pub fn parse(text: &str, config: &Config) -> Option<Self> {
        let object = Object::parse(text).ok()?;
        let word = |field: &'static str| object.optional_str(field).ok().flatten();
        let ours = object.optional_number("hushkey").ok()? == Some(1.0)
            && word("issuer") == Some(config.issuer())
            && word("client_id") == Some(config.client_id());
        match word("event") {
            Some("signed_in") if ours => Some(Self::SignedIn(Whose { salt: word("salt")?.to_owned(), mark: word("mark")?.to_owned() })),
            Some("signed_out") if ours => {
                let at = object.get("at").and_then(serde_json::Value::as_u64).map(UnixTime::from_millis);
                Some(Self::SignedOut { at })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::time::Entropy;

    fn config(client: &str) -> Config {
        Config::from_json(&format!(r#"{{"issuer":"https://as.example","client_id":"{client}"}}"#), "https://app.example").unwrap()
    }

    #[test]
    fn lo_14_only_our_own_messages_are_understood() {
        let whose = Whose::new("https://as.example", "usr_1", &mut Entropy::new([1; 32]).generator());
        let at = Some(UnixTime::from_millis(1_800_000_000_000));
        for message in [TabMessage::SignedOut { at }, TabMessage::SignedOut { at: None }, TabMessage::SignedIn(whose)] {
            let text = message.to_text(&config("a"));
            assert_eq!(TabMessage::parse(&text, &config("a")), Some(message));
            assert_eq!(TabMessage::parse(&text, &config("b")), None);
            for bad in
                ["", "{}", "1", &text.replace("signed_", "log"), &text.replace("as.example", "evil.example"), &text.replace(":1", ":2")]
            {
                assert_eq!(TabMessage::parse(bad, &config("a")), None, "{bad}");
            }
        }
        assert_eq!(
            TabMessage::parse(r#"{"hushkey":1,"issuer":"https://as.example","client_id":"a","event":"signed_in"}"#, &config("a")),
            None
        );
    }

    #[test]
    fn lo_14_a_message_names_nobody_and_is_recognised_by_those_who_know() {
        let mut generator = Entropy::new([1; 32]).generator();
        let first = Whose::new("https://as.example", "usr_1", &mut generator);
        let again = Whose::new("https://as.example", "usr_1", &mut generator);
        assert!(first.is("https://as.example", "usr_1") && again.is("https://as.example", "usr_1"));
        assert!(!first.is("https://as.example", "usr_2") && !first.is("https://as.examp", "le usr_1"));
        assert_ne!(first, again, "two messages about one person cannot be told to be of one");
        assert!(!TabMessage::SignedIn(first).to_text(&config("a")).contains("usr_1"));
    }
}
