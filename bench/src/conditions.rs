//! Under which conditions a reload is measured.

use clap::ValueEnum;
use std::time::Duration;

/// What every request waits for where the network is slow.
pub(crate) const DELAY: Duration = Duration::from_millis(50);

/// How many times slower a slow processor is.
pub(crate) const SLOWDOWN: u32 = 4;

/// A condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Condition {
    /// A plain reload; everything on this machine
    Warm,
    /// The same, and every request waits for 50 ms
    WarmFar,
    /// The same as `warm`, on a processor that is four times slower
    WarmSlow,
    /// A reload without anything in the cache
    Cold,
    /// The same, and every request waits for 50 ms
    ColdFar,
    /// The same as `cold`, on a processor that is four times slower
    ColdSlow,
}

impl Condition {
    /// Whether the cache is emptied before.
    pub(crate) fn is_cold(self) -> bool {
        matches!(self, Self::Cold | Self::ColdFar | Self::ColdSlow)
    }

    /// What every request waits for.
    pub(crate) fn delay(self) -> Duration {
        if matches!(self, Self::WarmFar | Self::ColdFar) { DELAY } else { Duration::ZERO }
    }

    /// How many times slower the processor is.
    pub(crate) fn slowdown(self) -> u32 {
        if matches!(self, Self::WarmSlow | Self::ColdSlow) { SLOWDOWN } else { 1 }
    }

    /// Its name for the command line.
    pub(crate) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Its name in the report.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Warm => "warm",
            Self::WarmFar => "warm, +50 ms",
            Self::WarmSlow => "warm, 4× CPU",
            Self::Cold => "cold",
            Self::ColdFar => "cold, +50 ms",
            Self::ColdSlow => "cold, 4× CPU",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_what_its_title_says() {
        for condition in Condition::value_variants() {
            let title = condition.title();
            assert_eq!(condition.is_cold(), title.starts_with("cold"));
            assert_eq!(condition.delay(), if title.contains("+50 ms") { DELAY } else { Duration::ZERO });
            assert_eq!(condition.slowdown(), if title.contains("4× CPU") { SLOWDOWN } else { 1 });
        }
    }
}
