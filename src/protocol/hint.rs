//! The hint: what the next page load may know, without knowing anybody. It only saves useless questions; nothing is trusted because of it.

use super::{json::Object, time::UnixTime};
use serde_json::json;
use std::time::Duration;

/// What is remembered from one page load to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hint {
    /// Who was here.
    pub last: Last,
    /// What hidden frames are good for in this browser, with this provider.
    pub frames: Frames,
}

/// Whether somebody was signed in when this app was last seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Last {
    /// Nothing is known.
    #[default]
    Unknown,
    /// Somebody was.
    SignedIn,
    /// Nobody was.
    SignedOut,
    /// Somebody signed out by choice. They are not looked up behind their back.
    SignedOutByChoice,
}

/// Whether the provider recognises people in a hidden frame. A browser that keeps cookies from it there cannot be asked whether it does: the
/// only way to know is to try.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Frames {
    /// Not known.
    #[default]
    Untried,
    /// A frame has brought a session.
    Work,
    /// A frame found nobody, and a redirect of the whole page found somebody.
    Blocked {
        /// When that was.
        found: UnixTime,
    },
}

/// Settings of browsers change: after a week frames are tried again.
const BLOCKED_FOR: Duration = Duration::from_secs(7 * 24 * 3600);

impl Frames {
    /// Whether they are known not to work.
    pub(crate) fn are_blocked(self, now: UnixTime) -> bool {
        // A verdict from the future is of a clock that was wrong.
        matches!(self, Self::Blocked { found } if found <= now && now.since(found) < BLOCKED_FOR)
    }
}

impl Hint {
    /// The text to store.
    #[must_use]
    pub fn to_text(self) -> String {
        let last = match self.last {
            Last::Unknown => "unknown",
            Last::SignedIn => "signed_in",
            Last::SignedOut => "signed_out",
            Last::SignedOutByChoice => "signed_out_by_choice",
        };
        match self.frames {
            Frames::Untried => json!({ "v": 1, "last": last }),
            Frames::Work => json!({ "v": 1, "last": last, "frames": "work" }),
            Frames::Blocked { found } => json!({ "v": 1, "last": last, "frames": "blocked", "found": found.as_millis() }),
        }
        .to_string()
    }

    /// Reads a stored text. Whatever is not understood is no hint.
    #[must_use]
    pub fn parse(text: Option<&str>) -> Self {
        let Some(object) = text.and_then(|text| Object::parse(text).ok()) else { return Self::default() };
        let word = |name| object.optional_str(name).ok().flatten();
        let last = match word("last") {
            Some("signed_in") => Last::SignedIn,
            Some("signed_out") => Last::SignedOut,
            Some("signed_out_by_choice") => Last::SignedOutByChoice,
            _ => Last::Unknown,
        };
        let found = object.get("found").and_then(serde_json::Value::as_u64).map(UnixTime::from_millis);
        let frames = match (word("frames"), found) {
            (Some("work"), _) => Frames::Work,
            (Some("blocked"), Some(found)) => Frames::Blocked { found },
            _ => Frames::Untried,
        };
        Self { last, frames }
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

    const NOW: UnixTime = UnixTime::from_millis(1_800_000_000_000);

    #[test]
    fn a_hint_survives_the_store_and_rubbish_is_none() {
        for last in [Last::Unknown, Last::SignedIn, Last::SignedOut, Last::SignedOutByChoice] {
            for frames in [Frames::Untried, Frames::Work, Frames::Blocked { found: NOW }] {
                let hint = Hint { last, frames };
                assert_eq!(Hint::parse(Some(&hint.to_text())), hint);
            }
        }
        for bad in
            [None, Some(""), Some("1"), Some(r#"{"last":"admin"}"#), Some(r#"{"last":1,"frames":"blocked"}"#), Some(r#"{"frames":[]}"#)]
        {
            assert_eq!(Hint::parse(bad), Hint::default(), "{bad:?}");
        }
    }

    #[test]
    fn si_17_a_verdict_about_frames_does_not_last_for_ever() {
        let blocked = Frames::Blocked { found: NOW };
        assert!(blocked.are_blocked(NOW));
        assert!(blocked.are_blocked(NOW.plus(BLOCKED_FOR).minus(Duration::from_secs(1))));
        assert!(!blocked.are_blocked(NOW.plus(BLOCKED_FOR)));
        assert!(!blocked.are_blocked(NOW.minus(Duration::from_secs(1))), "found in the future");
        assert!(!Frames::Work.are_blocked(NOW) && !Frames::Untried.are_blocked(NOW));
    }
}
