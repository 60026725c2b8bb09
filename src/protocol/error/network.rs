//! Why the network brought no answer.

use super::DpopFailure;
use std::{fmt, time::Duration};

/// Why no answer came over the network. Browsers give no more detail to scripts, by design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkFailure {
    /// The browser says that it is offline.
    Offline,
    /// No answer within the time allowed.
    Timeout,
    /// The server could not be reached, or does not allow this origin (CORS), or answered with a redirect.
    Unreachable,
    /// The server answered that it cannot answer now.
    Unavailable {
        /// With this status: 429, or one of the 500s.
        status: u16,
        /// When to come back, where it said so and lets a script of this origin read it.
        retry_after: Option<Duration>,
    },
    /// The request could not be proved to be this page's, or the server did not take the proof.
    Proof(DpopFailure),
    /// The answer was larger than any honest one.
    TooLarge,
}

impl NetworkFailure {
    /// A stable, machine-readable name.
    pub(super) fn code(self) -> String {
        let what = match self {
            Self::Offline => "offline",
            Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
            Self::Unavailable { status, .. } => return format!("network_status_{status}"),
            Self::Proof(failure) => return failure.code().to_owned(),
            Self::TooLarge => "too_large",
        };
        format!("network_{what}")
    }
}

impl fmt::Display for NetworkFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Offline => f.write_str("the browser is offline"),
            Self::Timeout => f.write_str("no answer in time"),
            Self::Unreachable => f.write_str("not reachable (down, or its CORS settings do not allow this origin)"),
            Self::Unavailable { status, .. } => write!(f, "answered with status {status}"),
            Self::Proof(failure) => failure.fmt(f),
            Self::TooLarge => f.write_str("the answer is too large"),
        }
    }
}
