//! What this browser and this page must have before anything is begun.

use crate::protocol::error::{Error, Finding};

/// The languages that the person prefers, the best first.
#[must_use]
pub fn languages() -> Vec<String> {
    gloo::utils::window().navigator().languages().iter().filter_map(|tag| tag.as_string()).collect()
}

/// Looks for everything that signing in cannot do without. `BroadcastChannel` and storage are not among it.
///
/// # Errors
/// `Platform`, naming the first thing that is missing.
pub fn check() -> Result<(), Error> {
    let window = gloo::utils::window();
    if !window.is_secure_context() {
        let why = "missing: the page must be served over https, or from this machine (localhost)";
        return Err(Error::Platform(Finding::invalid("secure context", why)));
    }
    // Undefined comes through the bindings as if it were the object.
    let subtle = window.crypto().ok().map(|crypto| wasm_bindgen::JsValue::from(crypto.subtle()));
    if subtle.is_none_or(|subtle| subtle.is_undefined() || subtle.is_null()) {
        return Err(Error::Platform(Finding::missing("crypto.subtle")));
    }
    super::moment::moment().map(drop)
}
