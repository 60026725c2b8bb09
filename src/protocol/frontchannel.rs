//! Sign-out that begins at the provider ([OpenID Connect Front-Channel Logout 1.0](https://openid.net/specs/openid-connect-frontchannel-1_0.html)): the
//! provider shows a page of ours in a frame, and that page tells the open tabs what it was told, where the browser lets it reach them.

use super::{config::Config, json::Object, session::Session};
use std::fmt;

/// The page that the provider shows. Registered there as `frontchannel_logout_uri`.
pub const PATH: &str = "/frontchannel-logout.html";

/// The channel on which that page tells the tabs. It knows no client: it is the same for everybody.
pub const CHANNEL: &str = "hushkey:frontchannel-logout";

/// What the page was told (§2). It can end a session, and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct Notice {
    /// `iss` and `sid`; neither, if the provider names no session.
    session: Option<(String, String)>,
}

impl Notice {
    /// Reads the page's message. `None` unless `iss` and `sid` are there once each, or both are not.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let object = Object::parse(text).ok()?;
        let list = |field: &'static str| object.optional_strings(field).ok().flatten();
        if object.optional_number("hushkey").ok()? != Some(1.0) {
            return None;
        }
        match (&list("iss")?[..], &list("sid")?[..]) {
            ([], []) => Some(Self { session: None }),
            ([issuer], [session]) => Some(Self { session: Some((issuer.clone(), session.clone())) }),
            _ => None,
        }
    }

    /// Whether it is about this session, letter by letter. One that names none is about every session, unless the configuration wants a name.
    pub(crate) fn is_about(&self, session: &Session, config: &Config) -> bool {
        match &self.session {
            Some((issuer, id)) => *issuer == session.claims.issuer && Some(id) == session.person.session_id.as_ref(),
            None => !config.frontchannel_logout_session_required,
        }
    }
}

impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notice").field("names_a_session", &self.session.is_some()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lo_06_iss_and_sid_are_there_once_each_or_both_are_not() {
        let read = Notice::parse;
        assert_eq!(read(r#"{"hushkey":1,"iss":[],"sid":[]}"#), Some(Notice { session: None }));
        let named = Notice { session: Some(("https://as.example".into(), "ses_1".into())) };
        assert_eq!(read(r#"{"hushkey":1,"iss":["https://as.example"],"sid":["ses_1"]}"#), Some(named));
        for bad in [
            r#"{"hushkey":1,"iss":["https://as.example"],"sid":[]}"#,
            r#"{"hushkey":1,"iss":[],"sid":["ses_1"]}"#,
            r#"{"hushkey":1,"iss":["https://as.example"]}"#,
            r#"{"hushkey":1,"sid":["ses_1"]}"#,
            r#"{"hushkey":1}"#,
            r#"{"hushkey":1,"iss":["https://as.example","https://evil.example"],"sid":["ses_1"]}"#,
            r#"{"hushkey":1,"iss":["https://as.example"],"sid":["ses_1","ses_1"]}"#,
            r#"{"hushkey":1,"iss":"https://as.example","sid":"ses_1"}"#,
            r#"{"hushkey":1,"iss":[1],"sid":[2]}"#,
            r#"{"hushkey":1,"iss":null,"sid":null}"#,
            r#"{"hushkey":2,"iss":[],"sid":[]}"#,
            r#"{"hushkey":"1","iss":[],"sid":[]}"#,
            r#"{"iss":[],"sid":[]}"#,
            r#"{"hushkey":1,"hushkey":1,"iss":[],"sid":[]}"#,
            "",
            "[]",
            "1",
            "null",
            "{}",
            "x",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn lo_06_a_notice_shows_nobody() {
        let notice = Notice::parse(r#"{"hushkey":1,"iss":["https://canary.example"],"sid":["canary"]}"#).unwrap();
        assert_eq!(format!("{notice:?}"), "Notice { names_a_session: true }");
    }
}
