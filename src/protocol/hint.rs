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
    /// When somebody last signed out by choice, whatever came after that. A page that was frozen meanwhile learns from it that it missed something.
    pub signed_out: Option<UnixTime>,
}

/// What a page has found out. It changes that much of the hint and no more: another tab may know more about the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// Somebody is signed in; and what the way by which that became known says about frames, if it says anything.
    SignedIn(Option<Frames>),
    /// Nobody is.
    SignedOut,
    /// Somebody signed out by choice.
    SignedOutByChoice {
        /// When.
        at: UnixTime,
    },
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
    /// With what a page has found out.
    #[must_use]
    pub fn with(self, news: News) -> Self {
        match news {
            News::SignedIn(frames) => Self { last: Last::SignedIn, frames: frames.unwrap_or(self.frames), ..self },
            News::SignedOut => Self { last: Last::SignedOut, ..self },
            News::SignedOutByChoice { at } => Self { last: Last::SignedOutByChoice, signed_out: Some(at), ..self },
        }
    }

    /// Whether somebody has signed out of whom a page that remembers `self` has not heard.
    pub(crate) fn missed_sign_out(&self, now: &Self) -> bool {
        now.signed_out.is_some() && now.signed_out != self.signed_out
    }

    /// The text to store.
    #[must_use]
    pub fn to_text(self) -> String {
        let last = match self.last {
            Last::Unknown => "unknown",
            Last::SignedIn => "signed_in",
            Last::SignedOut => "signed_out",
            Last::SignedOutByChoice => "signed_out_by_choice",
        };
        let (frames, found) = match self.frames {
            Frames::Untried => (None, None),
            Frames::Work => (Some("work"), None),
            Frames::Blocked { found } => (Some("blocked"), Some(found.as_millis())),
        };
        let signed_out = self.signed_out.map(UnixTime::as_millis);
        let mut members = json!({ "v": 1, "last": last, "frames": frames, "found": found, "signed_out_at": signed_out });
        if let Some(members) = members.as_object_mut() {
            members.retain(|_, value| !value.is_null());
        }
        members.to_string()
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
        let time = |name| object.get(name).and_then(serde_json::Value::as_u64).map(UnixTime::from_millis);
        let frames = match (word("frames"), time("found")) {
            (Some("work"), _) => Frames::Work,
            (Some("blocked"), Some(found)) => Frames::Blocked { found },
            _ => Frames::Untried,
        };
        Self { last, frames, signed_out: time("signed_out_at") }
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
                for signed_out in [None, Some(NOW)] {
                    let hint = Hint { last, frames, signed_out };
                    assert_eq!(Hint::parse(Some(&hint.to_text())), hint);
                }
            }
        }
        for bad in
            [None, Some(""), Some("1"), Some(r#"{"last":"admin"}"#), Some(r#"{"last":1,"frames":"blocked"}"#), Some(r#"{"frames":[]}"#)]
        {
            assert_eq!(Hint::parse(bad), Hint::default(), "{bad:?}");
        }
    }

    #[test]
    fn si_17_news_change_what_they_are_about_and_nothing_else() {
        let blocked = Hint { frames: Frames::Blocked { found: NOW }, ..Hint::default() };
        // A tab that renewed with a refresh token knows nothing of frames.
        assert_eq!(blocked.with(News::SignedIn(None)), Hint { last: Last::SignedIn, ..blocked });
        assert_eq!(blocked.with(News::SignedIn(Some(Frames::Work))).frames, Frames::Work);
        assert_eq!(blocked.with(News::SignedOut), Hint { last: Last::SignedOut, ..blocked });
        assert_eq!(blocked.with(News::SignedOutByChoice { at: NOW }).frames, blocked.frames);
    }

    #[test]
    fn lo_15_a_sign_out_is_not_forgotten_over_what_came_after_it() {
        let before = Hint::default().with(News::SignedIn(None));
        let after = before.with(News::SignedOutByChoice { at: NOW }).with(News::SignedOut).with(News::SignedIn(None));
        assert!(before.missed_sign_out(&after));
        assert!(!after.missed_sign_out(&after), "it has heard of it");
        assert!(!after.missed_sign_out(&Hint::default()), "a store that was emptied says nothing");
    }

    #[test]
    fn si_17_a_verdict_about_frames_does_not_last_for_ever() {
        let blocked = Frames::Blocked { found: NOW };
        assert!(blocked.are_blocked(NOW));
        assert!(blocked.are_blocked(NOW.plus(BLOCKED_FOR).minus(Duration::from_secs(1))));
        assert!(!blocked.are_blocked(NOW.plus(BLOCKED_FOR)));
        assert_eq!(BLOCKED_FOR.as_secs(), 604_800, "a week");
        assert!(!blocked.are_blocked(NOW.minus(Duration::from_secs(1))), "found in the future");
        assert!(!Frames::Work.are_blocked(NOW) && !Frames::Untried.are_blocked(NOW));
    }

    #[test]
    fn every_client_has_a_key_of_its_own() {
        assert_eq!((key("a"), key("b")), ("hushkey:a:hint".to_owned(), "hushkey:b:hint".to_owned()));
    }
}
