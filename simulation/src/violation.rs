//! What must never happen, and did.

use std::fmt;

/// An invariant that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub invariant: &'static str,
    /// How it was seen, without secrets.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.detail)
    }
}

/// The end of a session, unless everything holds.
pub type Held<T = ()> = Result<T, Violation>;

/// Holds the session to one invariant.
///
/// # Errors
/// The violation, if it does not hold.
pub fn require(holds: bool, invariant: &'static str, detail: impl FnOnce() -> String) -> Held {
    if holds { Ok(()) } else { Err(Violation { invariant, detail: detail() }) }
}
