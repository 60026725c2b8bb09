//! What was wrong, in the words of the typed error, without what came from outside: that stands in the console.

use super::Harmless;
use crate::protocol::error::{Error, Finding, ParFailure, Problem, StepUpFailure};
use std::{borrow::Cow, fmt};

/// A check that failed, or another error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its stable name.
    pub code: Harmless,
    /// What it says.
    pub text: Harmless,
}

/// Of these the expected value is told: it is of the configuration, or a word of the protocol.
const EXPECTED: [&str; 9] = ["iss", "aud", "azp", "alg", "typ", "token_type", "content-type", "status", "issuer"];

impl Failure {
    /// Of an error.
    pub(super) fn of(error: &Error) -> Self {
        let finding = match error {
            Error::AccessToken(finding)
            | Error::AuthorizationResponse(finding)
            | Error::Configuration(finding)
            | Error::Discovery(finding)
            | Error::IdToken(finding)
            | Error::Keys(finding)
            | Error::Logout(finding)
            | Error::Platform(finding)
            | Error::Remark(finding)
            | Error::TokenResponse(finding)
            | Error::UserInfo(finding) => Some(finding),
            Error::Par(ParFailure::Shape(finding)) => Some(finding),
            Error::StepUp(StepUpFailure::Malformed(finding) | StepUpFailure::Unmet(finding)) => Some(finding),
            Error::Authorization(_)
            | Error::Dpop(_)
            | Error::Token(_)
            | Error::Network(_)
            | Error::Par(_)
            | Error::RedirectLoop
            | Error::Silent(_)
            | Error::StepUp(StepUpFailure::Loop | StepUpFailure::TooOften) => None,
        };
        let words = error.to_string();
        let text = match (error, finding) {
            // What the provider says in addition may be anything.
            (Error::Authorization(_), _) => "the provider answered the sign-in with an error",
            (Error::Par(ParFailure::Refused(_)), _) => "the request was not taken: an error was answered",
            (Error::Token(_), _) => "the token endpoint answered with an error",
            // A name that is not compiled in may be somebody's text.
            (_, Some(Finding { field: Cow::Owned(_), .. })) => "a part of the message is not acceptable",
            (_, Some(Finding { field: Cow::Borrowed(field), problem: Problem::Unexpected { expected, .. } })) => {
                let start = words.split(UNEXPECTED).next().unwrap_or_default();
                let expected: &[&str] = if EXPECTED.contains(field) { &[", expected ", expected] } else { &[] };
                return Self::new(error, &[&[start, UNEXPECTED.trim_end()], expected].concat().concat());
            }
            _ => &words,
        };
        Self::new(error, text)
    }

    fn new(error: &Error, text: &str) -> Self {
        Self { code: Harmless::code(&error.code()), text: Harmless::words(text) }
    }
}

/// After this, an error says what came.
const UNEXPECTED: &str = ": unexpected ";

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.text, self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::error::{NetworkFailure, ProviderError, SilentFailure};

    #[test]
    fn the_field_and_what_is_wrong_with_it_are_told_and_not_what_came() {
        for (error, text) in [
            (
                Error::IdToken(Finding::unexpected("iss", "https://as.example", "canary")),
                "ID token: iss: unexpected, expected https://as.example",
            ),
            (Error::IdToken(Finding::unexpected("sub", "canary", "canary")), "ID token: sub: unexpected"),
            (Error::IdToken(Finding::missing("nonce")), "ID token: nonce: missing"),
            (Error::Keys(Finding::missing("canary".to_owned())), "a part of the message is not acceptable"),
            (Error::Token(ProviderError::new("invalid_grant", Some("canary"))), "the token endpoint answered with an error"),
            (Error::Network(NetworkFailure::Timeout), "provider: no answer in time"),
            (
                Error::Silent(SilentFailure::RelayMissing(404)),
                "silent sign-in: the relay page (silent_path) is answered with status 404; deploy silent-refresh.html there",
            ),
        ] {
            assert_eq!(Failure::of(&error).text.as_str(), text);
        }
    }
}
