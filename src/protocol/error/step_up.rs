//! Why a stronger sign-in, which an API had asked for, did not come about.

use super::Finding;
use std::fmt;

/// Why the person was not signed in anew for an API, or not well enough
/// ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)). The session that was there goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepUpFailure {
    /// What the API demands cannot be understood, or makes no sense.
    Malformed(Finding),
    /// The API demands what the session has already: another sign-in would change nothing.
    Loop,
    /// So many times within a minute is no use any more.
    TooOften,
    /// The provider did not do what was demanded, or cannot.
    Unmet(Finding),
}

impl StepUpFailure {
    /// A stable, machine-readable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "step_up_malformed",
            Self::Loop => "step_up_loop",
            Self::TooOften => "step_up_too_often",
            Self::Unmet(_) => "step_up_unmet",
        }
    }
}

impl fmt::Display for StepUpFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(finding) => write!(f, "the API's challenge is not acceptable: {finding}"),
            Self::Loop => {
                f.write_str("the API demands a sign-in that the session already is; it may look at another claim, or another token")
            }
            Self::TooOften => f.write_str("the API demanded another sign-in again and again within a minute"),
            Self::Unmet(finding) => write!(f, "the provider did not sign the person in as the API demands: {finding}"),
        }
    }
}
