//! Time and chance, as plain values. Ring 0 has neither a clock nor a generator: both come in with every event.

use rand::{RngCore, SeedableRng, rngs::StdRng};
use std::{fmt, time::Duration};
use zeroize::Zeroize;

/// A point on the wall clock: milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct UnixTime(u64);

impl UnixTime {
    /// From milliseconds since the epoch, as `Date.now()` gives them.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// From a NumericDate ([RFC 7519 §2](https://www.rfc-editor.org/rfc/rfc7519#section-2)): seconds, possibly fractional.
    /// `None` for anything that is not a point in time between 1970 and the year 9999.
    #[must_use]
    pub fn from_numeric_date(seconds: f64) -> Option<Self> {
        const YEAR_9999: f64 = 253_402_300_799.0;
        // The cast cannot truncate: the range was checked.
        (0.0..=YEAR_9999).contains(&seconds).then_some(Self((seconds * 1000.0) as u64))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since the epoch.
    #[must_use]
    pub const fn as_seconds(self) -> u64 {
        self.0 / 1000
    }

    /// Later by `span`; stays at the end of time instead of overflowing.
    #[must_use]
    pub const fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span.as_millis() as u64))
    }

    /// Earlier by `span`; stays at the epoch instead of underflowing.
    #[must_use]
    pub const fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(span.as_millis() as u64))
    }

    /// How long ago `earlier` was; zero if it lies ahead.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// What the world knows and the core may not ask for: the time of an event, and fresh randomness.
#[derive(Debug)]
pub struct Moment {
    /// The wall clock.
    pub now: UnixTime,
    /// 32 bytes from the system's generator, never used before.
    pub entropy: Entropy,
}

/// A seed of 256 bits. Deliberately not `Clone`: a seed used twice would repeat secrets.
pub struct Entropy([u8; 32]);

impl Entropy {
    /// Takes bytes that come from a cryptographically secure generator.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The generator that this seed stands for.
    pub(crate) fn generator(&self) -> Generator {
        Generator(StdRng::from_seed(self.0))
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy([redacted])")
    }
}

impl Drop for Entropy {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Random values of one step, all different from each other.
pub(crate) struct Generator(StdRng);

impl Generator {
    /// 32 random bytes as 43 base64url characters.
    pub(crate) fn token(&mut self) -> String {
        let mut bytes = [0; 32];
        self.0.fill_bytes(&mut bytes);
        super::encoding::base64url(&bytes)
    }

    /// A fraction between 0 and 1, for jitter.
    pub(crate) fn fraction(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / f64::from(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numeric_dates_outside_of_time_are_refused() {
        assert_eq!(UnixTime::from_numeric_date(1.5), Some(UnixTime::from_millis(1500)));
        for bad in [-1.0, f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!(UnixTime::from_numeric_date(bad), None, "{bad}");
        }
    }

    #[test]
    fn arithmetic_stops_at_the_ends() {
        assert_eq!(UnixTime::default().minus(Duration::from_secs(1)), UnixTime::default());
        assert_eq!(UnixTime::from_millis(u64::MAX).plus(Duration::from_secs(1)).as_millis(), u64::MAX);
    }

    #[test]
    fn ar_02_one_seed_gives_different_tokens_of_43_characters() {
        let mut generator = Entropy::new([7; 32]).generator();
        let (first, second) = (generator.token(), generator.token());
        assert_ne!(first, second);
        assert_eq!(first.len(), 43);
        assert!(first.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
    }
}
