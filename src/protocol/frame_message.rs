//! What the relay page posts to its parent: one JSON text. That it came from our own origin and from the live frame is checked where it
//! arrives; its form is checked here, its `state` by the attempt.

use super::{error::Finding, json::Object, secret::Body};

/// The answer of a hidden frame: query and fragment of the relay page's address.
#[derive(Debug)]
pub struct FrameMessage {
    pub(crate) query: Body,
    pub(crate) fragment: Body,
}

/// The version of the message. The relay page is deployed together with the app, but a cache may hold an older one.
const VERSION: f64 = 1.0;

/// A longer text is not looked at.
const MAX_LENGTH: usize = 32 * 1024;

impl FrameMessage {
    /// Reads a message.
    ///
    /// # Errors
    /// The field that is not as the relay page sends it.
    pub fn parse(text: &str) -> Result<Self, Finding> {
        if text.len() > MAX_LENGTH {
            return Err(Finding::invalid("message", "longer than 32 KiB"));
        }
        let object = Object::parse(text)?;
        if object.optional_number("hushkey")? != Some(VERSION) {
            return Err(Finding::unexpected("hushkey", "version 1", "another message"));
        }
        if object.members().len() != 3 {
            return Err(Finding::unexpected("message", "3 members", format!("{} members", object.members().len())));
        }
        let part = |field| object.optional_str(field)?.map(Body::new).ok_or_else(|| Finding::missing(field));
        Ok(Self { query: part("query")?, fragment: part("fragment")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn si_08_only_the_exact_shape_is_read() {
        assert!(FrameMessage::parse(r#"{"hushkey":1,"query":"?code=a","fragment":""}"#).is_ok());
        for bad in [
            "",
            "1",
            "null",
            "[]",
            "{}",
            r#"{"hushkey":2,"query":"","fragment":""}"#,
            r#"{"hushkey":"1","query":"","fragment":""}"#,
            r#"{"hushkey":1,"query":1,"fragment":""}"#,
            r#"{"hushkey":1,"query":""}"#,
            r#"{"hushkey":1,"query":"","fragment":"","url":"javascript:x"}"#,
            r#"{"hushkey":1,"query":"a","query":"b","fragment":""}"#,
            "[object Object]",
        ] {
            assert!(FrameMessage::parse(bad).is_err(), "{bad}");
        }
        let of = |length: usize| FrameMessage::parse(&format!(r#"{{"hushkey":1,"query":"{}","fragment":""}}"#, "a".repeat(length - 38)));
        assert!(of(32_768).is_ok() && of(32_769).is_err(), "as long as an answer may be, and a letter more");
    }

    #[test]
    fn bp_08_a_message_shows_nothing_of_itself() {
        let message = FrameMessage::parse(r#"{"hushkey":1,"query":"?code=canary","fragment":"canary"}"#).unwrap();
        assert!(!format!("{message:?}").contains("canary"));
    }
}
