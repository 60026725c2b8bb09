//! The clock and the generator: the only file that reads either.

use crate::protocol::{
    error::{Error, Finding},
    time::{Clocks, Entropy, Moment, UnixTime, Uptime},
};

/// The time and 32 fresh bytes, for one step of the machine.
///
/// # Errors
/// `Platform` if there is no `crypto.getRandomValues`. There is no second best: what else a browser offers can be guessed.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn moment() -> Result<Moment, Error> {
    let mut bytes = [0; 32];
    gloo::utils::window()
        .crypto()
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes))
        .map_err(|_| Error::Platform(Finding::missing("crypto.getRandomValues")))?;
    Ok(Moment { now: now(), entropy: Entropy::new(bytes), dpop: None })
}

/// Both clocks.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn now() -> Clocks {
    let uptime = gloo::utils::window().performance().map(|performance| performance.now()).unwrap_or_default();
    // Both count milliseconds from a time in the past; what the casts cut off are fractions of them.
    Clocks { wall: UnixTime::from_millis(js_sys::Date::now() as u64), uptime: Uptime::from_millis(uptime as u64) }
}
