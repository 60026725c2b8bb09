//! Entries in words. They are for developers, and stay English.

use super::{Entry, Lane, Subject};
use crate::protocol::{machine::Ignored, time::UnixTime};
use std::time::Duration;

impl Lane {
    /// Its name, as a heading.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "Person",
            Self::App => "App",
            Self::Frame => "Hidden frame",
            Self::Provider => "Provider",
            Self::Api => "API",
            Self::Tabs => "Other tabs",
        }
    }

    /// Its name within a sentence.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::App => "app",
            Self::Frame => "hidden frame",
            Self::Provider => "provider",
            Self::Api => "API",
            Self::Tabs => "other tabs",
        }
    }
}

impl Subject {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HeadStart => "head start",
            Self::Push => "pushed request",
            Self::Response => "response",
            Self::Metadata => "metadata",
            Self::Keys => "keys",
            Self::TokenResponse => "token response",
            Self::IdToken => "ID token",
            Self::AccessToken => "access token",
            Self::SignOut => "sign-out",
            Self::UserInfo => "userinfo",
        }
    }
}

/// What a part of an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Where it goes.
    Endpoint,
    /// Something that was in it.
    Fact,
    /// Checks of one thing that were passed.
    Passed,
    /// What was wrong.
    Failed,
    /// Something about it.
    Aside,
}

/// Why nothing came of an event.
const fn why(ignored: Ignored) -> &'static str {
    match ignored {
        Ignored::AlreadyUnderWay => "what it asks for is under way already",
        Ignored::Early => "its time has not come yet",
        Ignored::Foreign => "it does not belong to the running attempt",
        Ignored::NotNow => "it has no meaning now",
        Ignored::OpenedBefore => "the page was opened before",
        Ignored::OtherSession => "it is about another session",
        Ignored::Stale => "nobody waits for it any more",
    }
}

/// The time of day, to the millisecond, so many minutes away from UTC.
#[must_use]
pub fn clock(at: UnixTime, minutes_from_utc: i64) -> String {
    let millis = at.as_millis() as i64 + minutes_from_utc * 60_000;
    let seconds = millis.div_euclid(1000);
    format!(
        "{:02}:{:02}:{:02}.{:03}",
        seconds.div_euclid(3600).rem_euclid(24),
        seconds.div_euclid(60).rem_euclid(60),
        seconds.rem_euclid(60),
        millis.rem_euclid(1000)
    )
}

/// A span, in the unit that fits.
#[must_use]
pub(super) fn span(span: Duration) -> String {
    // Numbers of 128 bits would bring their own arithmetic along.
    let millis = span.as_secs() * 1000 + u64::from(span.subsec_millis());
    match millis {
        0..1000 => format!("{millis} ms"),
        1000..60_000 => format!("{}.{} s", millis / 1000, millis % 1000 / 100),
        _ => format!("{} min {} s", millis / 60_000, millis % 60_000 / 1000),
    }
}

impl Entry {
    /// Between whom, or whom a note is about, as the beginning of a sentence: `App to provider: `.
    #[must_use]
    pub fn way(&self) -> String {
        let to: &[&str] = if self.is_note() { &[] } else { &[" to ", self.to.word()] };
        [&[self.from.name()], to, &[": "]].concat().concat()
    }

    /// What there is to say beyond that, part by part.
    #[must_use]
    pub fn parts(&self) -> Vec<(Part, String)> {
        let mut parts = Vec::new();
        let mut add = |part, text: &str| parts.push((part, text.to_owned()));
        if self.early {
            add(Part::Aside, "before the app was there");
        }
        if let Some(endpoint) = &self.endpoint {
            add(Part::Endpoint, endpoint.as_str());
        }
        for fact in &self.facts {
            add(Part::Fact, &[fact.name, " ", &fact.value.to_string()].concat());
        }
        let mut subject = None;
        for check in &self.checks {
            if subject.replace(check.subject) != Some(check.subject) {
                parts.push((Part::Passed, [check.subject.name(), ": ", check.name].concat()));
            } else if let Some((_, text)) = parts.last_mut() {
                text.push_str(", ");
                text.push_str(check.name);
            }
        }
        if let Some(failure) = &self.failure {
            parts.push((Part::Failed, failure.to_string()));
        }
        if let Some(ignored) = self.ignored {
            parts.push((Part::Aside, ["ignored: ", why(ignored)].concat()));
        }
        parts
    }

    /// How long after the one before it was, if there was one.
    #[must_use]
    pub fn ago(&self, before: Option<&Self>) -> String {
        before.map_or_else(String::new, |before| [" +", &span(self.after(before))].concat())
    }

    /// How often it came again, and how long it took.
    #[must_use]
    pub fn asides(&self) -> String {
        match (self.took, self.repeated) {
            (Some(took), _) => [" took ", &span(took)].concat(),
            (None, 0) => String::new(),
            (None, times) => [" ", &times.to_string(), " more times"].concat(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_follow_the_place() {
        let at = UnixTime::from_millis(1_800_000_000_123);
        assert_eq!((clock(at, 0), clock(at, 120), clock(at, -600)), ("08:00:00.123".into(), "10:00:00.123".into(), "22:00:00.123".into()));
    }

    #[test]
    fn spans_have_the_unit_that_fits() {
        let of = |millis| span(Duration::from_millis(millis));
        assert_eq!([of(0), of(999), of(1000), of(59_999), of(61_000)], ["0 ms", "999 ms", "1.0 s", "59.9 s", "1 min 1 s"]);
    }
}
