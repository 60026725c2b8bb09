//! Why an authorization request could not be pushed.

use super::{Finding, NetworkFailure, ProviderError};
use std::fmt;

/// Why an authorization request could not be pushed ([RFC 9126](https://www.rfc-editor.org/rfc/rfc9126)).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParFailure {
    /// The endpoint could not be asked, or cannot answer now.
    Network(NetworkFailure),
    /// It answered with an error ([RFC 9126 §2.3](https://www.rfc-editor.org/rfc/rfc9126#section-2.3)).
    Refused(ProviderError),
    /// Its answer is malformed ([RFC 9126 §2.2](https://www.rfc-editor.org/rfc/rfc9126#section-2.2)).
    Shape(Finding),
}

impl fmt::Display for ParFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(failure) => failure.fmt(f),
            Self::Refused(error) => write!(f, "the endpoint answered: {error}"),
            Self::Shape(finding) => finding.fmt(f),
        }
    }
}
