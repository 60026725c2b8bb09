//! The hint: what the next page load may know, without knowing anybody. It only saves useless questions; nothing is trusted because of it.

use super::json::Object;
use serde_json::json;

/// What is remembered from one page load to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hint {
    /// Nothing is known.
    #[default]
    Unknown,
    /// Somebody was signed in here when last seen.
    SignedIn,
    /// Nobody was.
    SignedOut,
    /// Somebody signed out by choice. They are not looked up behind their back.
    SignedOutByChoice,
}

impl Hint {
    /// The text to store.
    #[must_use]
    pub fn to_text(self) -> String {
        let word = match self {
            Self::Unknown => "unknown",
            Self::SignedIn => "signed_in",
            Self::SignedOut => "signed_out",
            Self::SignedOutByChoice => "signed_out_by_choice",
        };
        json!({ "v": 1, "last": word }).to_string()
    }

    /// Reads a stored text. Whatever is not understood is no hint.
    #[must_use]
    pub fn parse(text: Option<&str>) -> Self {
        let word =
            text.and_then(|text| Object::parse(text).ok()).and_then(|object| object.optional_str("last").ok().flatten().map(str::to_owned));
        match word.as_deref() {
            Some("signed_in") => Self::SignedIn,
            Some("signed_out") => Self::SignedOut,
            Some("signed_out_by_choice") => Self::SignedOutByChoice,
            _ => Self::Unknown,
        }
    }
}

/// The key it is stored under.
#[must_use]
pub fn key(client_id: &str) -> String {
    format!("hushkey:{client_id}:hint")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_survives_the_store_and_rubbish_is_none() {
        for hint in [Hint::Unknown, Hint::SignedIn, Hint::SignedOut, Hint::SignedOutByChoice] {
            assert_eq!(Hint::parse(Some(&hint.to_text())), hint);
        }
        for bad in [None, Some(""), Some("1"), Some(r#"{"last":"admin"}"#), Some(r#"{"last":1}"#)] {
            assert_eq!(Hint::parse(bad), Hint::Unknown);
        }
    }
}
