//! How long to wait before the next try: growing, bounded, and never the same for everybody at once.

use super::time::Generator;
use std::time::Duration;

/// The first pause.
const FIRST: Duration = Duration::from_secs(1);

/// The longest pause.
const LONGEST: Duration = Duration::from_secs(30);

/// The pause after so many failed tries: doubling from one second to thirty, of which a random half is taken off, so that the many tabs
/// of many people do not come back in step when a provider does.
pub(crate) fn pause(failed_tries: u32, generator: &mut Generator) -> Duration {
    let whole = FIRST.saturating_mul(2_u32.saturating_pow(failed_tries.saturating_sub(1))).min(LONGEST);
    whole.mul_f64(0.5 + generator.fraction() / 2.0)
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
                let pause = pause(tries, &mut generator).as_secs_f64();
                assert!(pause >= f64::from(whole) / 2.0 && pause <= f64::from(whole), "{tries}: {pause}");
            }
        }
    }
}
