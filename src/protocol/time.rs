//! Time and chance, as plain values. Ring 0 has neither a clock nor a generator: both come in with every event.

use super::dpop::Thumbprint;
use rand::{RngCore, SeedableRng, rngs::StdRng};
use std::{fmt, time::Duration};
use zeroize::Zeroizing;

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

/// A point on the clock that nobody can set: milliseconds since some moment before the page was loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Uptime(u64);

impl Uptime {
    /// From milliseconds, as `performance.now()` gives them.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// The milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }
}

/// One point in time, read off both clocks. Neither can be trusted alone: the wall clock is set forwards and backwards, and the other one stands
/// still in some browsers while the machine sleeps. So time has passed if either of them says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Clocks {
    /// The wall clock.
    pub wall: UnixTime,
    /// The clock that only runs forwards.
    pub uptime: Uptime,
}

impl Clocks {
    /// Later by `span`, on both.
    #[must_use]
    pub const fn plus(self, span: Duration) -> Self {
        Self { wall: self.wall.plus(span), uptime: Uptime(self.uptime.0.saturating_add(span.as_millis() as u64)) }
    }

    /// Earlier by `span`, on both.
    #[must_use]
    pub const fn minus(self, span: Duration) -> Self {
        Self { wall: self.wall.minus(span), uptime: Uptime(self.uptime.0.saturating_sub(span.as_millis() as u64)) }
    }

    /// How long ago `earlier` was, by the clock that says longer.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        self.wall.since(earlier.wall).max(Duration::from_millis(self.uptime.0.saturating_sub(earlier.uptime.0)))
    }

    /// Whether this point has been reached, by either clock.
    #[must_use]
    pub fn has_come(self, now: Self) -> bool {
        now.wall >= self.wall || now.uptime >= self.uptime
    }

    /// How long it takes until this point is reached, by the clock that says sooner; zero if it has been.
    #[must_use]
    pub fn from_now(self, now: Self) -> Duration {
        self.wall.since(now.wall).min(Duration::from_millis(self.uptime.0.saturating_sub(now.uptime.0)))
    }

    /// Whichever comes first.
    #[must_use]
    pub fn earlier(self, other: Self) -> Self {
        Self { wall: self.wall.min(other.wall), uptime: self.uptime.min(other.uptime) }
    }

    /// The same point, for a wall clock that turned out to be wrong: only the other one counts from here on.
    #[must_use]
    pub(crate) const fn by_uptime(self) -> Self {
        Self { wall: UnixTime(u64::MAX), uptime: self.uptime }
    }
}

/// What the world knows and the core may not ask for: the time of an event, and fresh randomness.
#[derive(Debug)]
pub struct Moment {
    /// Both clocks.
    pub now: Clocks,
    /// 32 bytes from the system's generator, never used before.
    pub entropy: Entropy,
    /// A key that has not been used before, where tokens are to be bound to one ([`dpop`](super::dpop)).
    pub dpop: Option<Thumbprint>,
}

/// A seed of 256 bits. Deliberately not `Clone`: a seed used twice would repeat secrets.
pub struct Entropy(Zeroizing<[u8; 32]>);

impl Entropy {
    /// Takes bytes that come from a cryptographically secure generator.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The generator that this seed stands for.
    pub(crate) fn generator(&self) -> Generator {
        Generator { random: StdRng::from_seed(*self.0), key: None }
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy([redacted])")
    }
}

/// Random values of one step, all different from each other, and the key that it may use.
pub(crate) struct Generator {
    random: StdRng,
    key: Option<Thumbprint>,
}

impl Generator {
    /// With a key that has not been used yet.
    pub(crate) fn with_key(self, key: Option<Thumbprint>) -> Self {
        Self { key, ..self }
    }

    /// Whether there is a key.
    pub(crate) const fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// The key, once: none is used for two things.
    pub(crate) const fn key(&mut self) -> Option<Thumbprint> {
        self.key.take()
    }

    /// 32 random bytes as 43 base64url characters.
    pub(crate) fn token(&mut self) -> String {
        let mut bytes = [0; 32];
        self.random.fill_bytes(&mut bytes);
        super::encoding::base64url(&bytes)
    }

    /// A fraction between 0 and 1, for jitter.
    pub(crate) fn fraction(&mut self) -> f64 {
        f64::from(self.random.next_u32()) / f64::from(u32::MAX)
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

    fn at(wall: u64, uptime: u64) -> Clocks {
        Clocks { wall: UnixTime::from_millis(wall), uptime: Uptime::from_millis(uptime) }
    }

    #[test]
    fn tr_10_time_has_passed_if_either_clock_says_so() {
        let due = at(1_000_000, 500).plus(Duration::from_millis(100));
        assert_eq!(due, at(1_000_100, 600));
        assert!(!due.has_come(at(1_000_099, 599)));
        assert_eq!(due.from_now(at(1_000_050, 590)), Duration::from_millis(10));
        assert!(due.has_come(at(1_000_100, 500)), "the machine slept, and the other clock with it");
        assert!(due.has_come(at(0, 600)), "the wall clock was put back");
        assert_eq!(at(0, 600).since(at(1_000_000, 500)), Duration::from_millis(100));
        assert!(!due.by_uptime().has_come(at(u64::MAX - 1, 599)) && due.by_uptime().has_come(at(0, 600)));
    }

    #[test]
    fn a_seed_shows_nothing_is_wiped_and_its_fractions_are_spread() {
        // The type says that it is, and this compiles only as long as it does.
        const fn wiped(_: &impl zeroize::ZeroizeOnDrop) {}
        let entropy = Entropy::new([7; 32]);
        wiped(&entropy.0);
        assert_eq!(format!("{entropy:?}"), "Entropy([redacted])");
        let mut generator = entropy.generator();
        let mut tenths = [0; 10];
        for _ in 0..1000 {
            let fraction = generator.fraction();
            assert!((0.0..=1.0).contains(&fraction), "{fraction}");
            tenths[((fraction * 10.0) as usize).min(9)] += 1;
        }
        assert!(tenths.iter().all(|count| (60..=140).contains(count)), "{tenths:?}");
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
