//! What the tabs of one browser tell each other. A message can only end a session, never start one, and names nobody.

use super::{config::Config, json::Object};
use serde_json::json;

/// A message between tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TabMessage {
    /// Somebody chose to sign out.
    SignedOut,
}

impl TabMessage {
    /// The text to broadcast.
    #[must_use]
    pub fn to_text(self, config: &Config) -> String {
        match self {
            Self::SignedOut => {
                json!({ "hushkey": 1, "issuer": config.issuer(), "client_id": config.client_id(), "event": "signed_out" }).to_string()
            }
        }
    }

    /// Reads a text from another tab. `None` for anything that is not a message about this issuer and client.
    #[must_use]
    pub fn parse(text: &str, config: &Config) -> Option<Self> {
        let object = Object::parse(text).ok()?;
        let is = |field: &'static str, value: &str| object.optional_str(field).ok().flatten() == Some(value);
        let ours =
            object.optional_number("hushkey").ok()? == Some(1.0) && is("issuer", config.issuer()) && is("client_id", config.client_id());
        (ours && is("event", "signed_out")).then_some(Self::SignedOut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lo_14_only_our_own_sign_out_is_understood() {
        let config = |client: &str| {
            Config::from_json(&format!(r#"{{"issuer":"https://as.example","client_id":"{client}"}}"#), "https://app.example").unwrap()
        };
        let text = TabMessage::SignedOut.to_text(&config("a"));
        assert_eq!(TabMessage::parse(&text, &config("a")), Some(TabMessage::SignedOut));
        assert_eq!(TabMessage::parse(&text, &config("b")), None);
        for bad in
            ["", "{}", "1", &text.replace("signed_out", "login"), &text.replace("as.example", "evil.example"), &text.replace(":1", ":2")]
        {
            assert_eq!(TabMessage::parse(bad, &config("a")), None, "{bad}");
        }
    }
}
