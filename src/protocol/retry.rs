//! How long to wait before the next try: growing, bounded, and never the same for everybody at once.

use super::time::Generator;
use std::time::Duration;

/// The first pause.
const FIRST: Duration = Duration::from_secs(1);

/// The longest pause.
const LONGEST: Duration = Duration::from_secs(30);

/// A provider that asks for a longer pause is believed up to this: ten minutes.
const LONGEST_ASKED: Duration = Duration::from_secs(600);

/// A clock that is wrong is set right by a person, if at all, and until then every answer is refused: six seconds more.
/// After a token that has expired the conformance tests of FAPI 2.0 allow no further request for five.
pub(crate) const CLOCK: Duration = Duration::from_secs(6);

/// The pause after so many failed tries: doubling from one second to thirty, of which a random half is taken off, so that the many tabs
/// of many people do not come back in step when a provider does. It is never shorter than the provider asked for
/// ([RFC 9110 §10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)).
pub(crate) fn pause(failed_tries: u32, asked_for: Option<Duration>, generator: &mut Generator) -> Duration {
    let whole = FIRST.saturating_mul(2_u32.saturating_pow(failed_tries.saturating_sub(1))).min(LONGEST);
    let own = whole.mul_f64(0.5 + generator.fraction() / 2.0);
    asked_for.unwrap_or_default().min(LONGEST_ASKED) + own
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::time::Entropy;

    #[test]
    fn si_13_pauses_grow_and_stay_bounded() {
        let mut generator = Entropy::new([1; 32]).generator();
        for (tries, whole) in [(1, 1), (2, 2), (3, 4), (5, 16), (6, 30), (u32::MAX, 30)] {
            for _ in 0..50 {
                let pause = pause(tries, None, &mut generator).as_secs_f64();
                assert!(pause >= f64::from(whole) / 2.0 && pause <= f64::from(whole), "{tries}: {pause}");
            }
        }
    }

    #[test]
    fn si_13_a_provider_that_asks_for_time_gets_it_within_reason() {
        let mut generator = Entropy::new([1; 32]).generator();
        for (asked, least, most) in [(0, 0.5, 1.0), (20, 20.5, 21.0), (86_400, 600.5, 601.0)] {
            let pause = pause(1, Some(Duration::from_secs(asked)), &mut generator).as_secs_f64();
            assert!((least..=most).contains(&pause), "{asked}: {pause}");
        }
    }
}
