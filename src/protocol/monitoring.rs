//! Session monitoring ([OpenID Connect Session Management 1.0](https://openid.net/specs/openid-connect-session-1_0.html)): the provider has a page that
//! tells, in a frame and without a request, whether the session that an answer spoke of is still this browser's.

use super::{config::Config, discovery::Metadata, time::Clocks};
use std::{fmt, time::Duration};

/// `session_state` of an authorization response (§2): a mark of the provider's that means something to the provider's page alone.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SessionState(String);

/// A longer one is no honest one.
const MAX_LENGTH: usize = 1024;

impl SessionState {
    /// Reads one. It may hold no blank (§2), by which the question to the page is divided.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let fits = !text.is_empty() && text.len() <= MAX_LENGTH && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }
}

impl fmt::Debug for SessionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionState([redacted])")
    }
}

/// What is to be watched, for as long as it stays the same.
#[derive(Clone, PartialEq, Eq)]
pub struct Watch {
    /// The provider's page.
    pub frame: String,
    /// The one origin that is asked and believed.
    pub origin: String,
    /// What it is asked, again and again (§3.1).
    pub question: String,
}

impl Watch {
    /// Of this session, if the provider has such a page.
    pub(crate) fn of(state: &SessionState, metadata: &Metadata, config: &Config) -> Option<Self> {
        let page = metadata.check_session_iframe.as_ref()?;
        Some(Self {
            frame: page.to_string(),
            origin: page.origin().ascii_serialization(),
            question: format!("{} {}", config.client_id(), state.0),
        })
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("frame", &self.frame).finish_non_exhaustive()
    }
}

/// What the page says (§3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// It is the same session.
    Unchanged,
    /// It may not be: the provider has to be asked.
    Changed,
    /// The question means nothing to it. It is not asked again.
    Error,
}

impl Word {
    /// Reads it, letter by letter. Anything else is not said by such a page.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "unchanged" => Some(Self::Unchanged),
            "changed" => Some(Self::Changed),
            "error" => Some(Self::Error),
            _ => None,
        }
    }
}

/// So many alarms within [`ALARMS_WITHIN`] are not of people: a browser that keeps the page's cookie from it lets it say `changed` for ever (§5.1).
const ALARMS: u32 = 3;

/// Five minutes.
const ALARMS_WITHIN: Duration = Duration::from_secs(300);

/// Whether the page's word is still worth something.
#[derive(Debug, Default)]
pub(crate) struct Trust {
    first: Option<Clocks>,
    alarms: u32,
    lost: bool,
}

impl Trust {
    /// The page said `changed`. Whether that is believed.
    pub(crate) fn alarmed(&mut self, now: Clocks) -> bool {
        if self.first.is_none_or(|first| now.since(first) >= ALARMS_WITHIN) {
            (self.first, self.alarms) = (Some(now), 0);
        }
        self.alarms += 1;
        self.lost |= self.alarms > ALARMS;
        !self.lost
    }

    /// It is not asked again in this page.
    pub(crate) const fn lose(&mut self) {
        self.lost = true;
    }

    pub(crate) const fn is_lost(&self) -> bool {
        self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::time::{UnixTime, Uptime};

    #[test]
    fn lo_11_a_session_state_holds_no_blank() {
        for bad in ["", "a b", "a\tb", "a\u{a0}b", "ä", &"a".repeat(1025)] {
            assert!(SessionState::read(bad).is_none(), "{bad}");
        }
        assert!(SessionState::read("b0Q-_.~9.salt").is_some());
        assert_eq!(format!("{:?}", SessionState::read("canary")), "Some(SessionState([redacted]))");
        let watch = Watch { frame: "https://as.example/check".into(), origin: String::new(), question: "c canary".into() };
        assert_eq!(format!("{watch:?}"), r#"Watch { frame: "https://as.example/check", .. }"#);
    }

    #[test]
    fn lo_09_only_the_three_words_are_understood() {
        assert_eq!(["changed", "unchanged", "error"].map(Word::parse), [Some(Word::Changed), Some(Word::Unchanged), Some(Word::Error)]);
        for bad in ["CHANGED", "changed ", "", "changed\n", "{\"a\":1}", "login"] {
            assert_eq!(Word::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn lo_11_endless_alarms_are_not_believed_and_rare_ones_are() {
        let at = |seconds: u64| Clocks { wall: UnixTime::from_millis(seconds * 1000), uptime: Uptime::from_millis(seconds * 1000) };
        let mut trust = Trust::default();
        assert_eq!([1, 2, 3, 4, 400].map(|second| trust.alarmed(at(second))), [true, true, true, false, false]);
        let mut trust = Trust::default();
        assert!((1..20).all(|round| trust.alarmed(at(round * 200))));
    }
}
