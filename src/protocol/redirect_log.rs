//! When this tab was redirected without anybody having chosen it. A page load may do so once; this is the guard against page loads that send each
//! other round in circles, which no single one of them can see.

use super::{json::Object, time::UnixTime};
use serde_json::{Value, json};
use std::time::Duration;

/// The times of the latest redirects that nobody chose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RedirectLog(Vec<UnixTime>);

/// So many redirects…
const LIMIT: usize = 6;

/// …within this time are a circle: one minute. A restore and a sign-in together are two.
const WINDOW: Duration = Duration::from_secs(60);

impl RedirectLog {
    /// Reads a stored text. What is not understood is no redirect.
    #[must_use]
    pub fn parse(text: Option<&str>) -> Self {
        let object = text.and_then(|text| Object::parse(text).ok());
        let times = object.as_ref().and_then(|object| object.get("redirects")).and_then(Value::as_array);
        Self(times.into_iter().flatten().filter_map(Value::as_u64).map(UnixTime::from_millis).take(LIMIT).collect())
    }

    /// The text to store. `None` if there is nothing to remember.
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        let times: Vec<u64> = self.0.iter().map(|at| at.as_millis()).collect();
        (!times.is_empty()).then(|| json!({ "v": 1, "redirects": times }).to_string())
    }

    /// With one more, and without those that are too old to matter.
    pub(crate) fn with(&self, now: UnixTime) -> Self {
        let recent = self.0.iter().copied().filter(|at| is_recent(*at, now));
        let mut all: Vec<UnixTime> = recent.chain([now]).collect();
        all.drain(..all.len().saturating_sub(LIMIT));
        Self(all)
    }

    /// Whether one more would be one too many.
    pub(crate) fn is_full(&self, now: UnixTime) -> bool {
        self.0.iter().filter(|at| is_recent(**at, now)).count() >= LIMIT
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A time that lies ahead was written by a clock that was wrong: it would block for as long as it lies ahead.
fn is_recent(at: UnixTime, now: UnixTime) -> bool {
    at <= now && now.since(at) < WINDOW
}

/// The key it is stored under, in `sessionStorage`.
#[must_use]
pub fn key(client_id: &str) -> String {
    format!("hushkey:{client_id}:redirects")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> UnixTime {
        UnixTime::from_millis(1_800_000_000_000 + seconds * 1000)
    }

    #[test]
    fn si_16_six_redirects_within_a_minute_are_a_circle() {
        let mut log = RedirectLog::default();
        for second in 0..6 {
            assert!(!log.is_full(at(second)), "{second}");
            log = log.with(at(second));
        }
        assert!(log.is_full(at(6)) && log.is_full(at(59)));
        assert!(!log.is_full(at(60)), "the first of them is forgotten");
        assert!(!log.is_full(at(0).minus(Duration::from_secs(5))), "the clock was put back");
        assert_eq!(log.with(at(100)), RedirectLog(vec![at(100)]));
    }

    #[test]
    fn a_log_survives_the_store_and_rubbish_is_none() {
        let log = RedirectLog::default().with(at(1)).with(at(2));
        assert_eq!(RedirectLog::parse(log.to_text().as_deref()), log);
        assert_eq!(RedirectLog::default().to_text(), None);
        for bad in [None, Some(""), Some("[1]"), Some(r#"{"redirects":"x"}"#), Some(r#"{"redirects":[-1,"a",null]}"#)] {
            assert_eq!(RedirectLog::parse(bad), RedirectLog::default(), "{bad:?}");
        }
    }

    #[test]
    fn every_client_has_a_log_of_its_own_and_an_empty_one_is_known_as_such() {
        assert_eq!(key("c"), "hushkey:c:redirects");
        assert!(RedirectLog::default().is_empty() && !RedirectLog::default().with(at(1)).is_empty());
    }
}
