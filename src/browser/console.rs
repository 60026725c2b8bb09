//! The console, for developers. What is written there is an [`Error`], which never holds a secret.

use crate::protocol::error::{Error, Fault, capped};

/// Longer texts are cut: 500 characters.
const LONGEST: usize = 500;

/// Writes an error down: as an error if somebody has to mend it, as a warning if not.
pub fn report(error: &Error) {
    let text = capped(&format!("hushkey: {error}"), LONGEST).into();
    match error.fault() {
        Fault::Provider if matches!(error, Error::Remark(_)) => web_sys::console::warn_1(&text),
        Fault::Configuration | Fault::Provider => web_sys::console::error_1(&text),
        Fault::Network | Fault::Input | Fault::Person => web_sys::console::warn_1(&text),
    }
}
