//! What was wrong, in the words of the typed error, without what came from outside: that stands in the console.

use super::Harmless;
use crate::protocol::error::{Error, Finding, Problem};
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
        let text = match error {
            Error::AccessToken(finding) => of_finding("access token", finding),
            Error::AuthorizationResponse(finding) => of_finding("sign-in response", finding),
            Error::Discovery(finding) => of_finding("provider metadata", finding),
            Error::IdToken(finding) => of_finding("ID token", finding),
            Error::Keys(finding) => of_finding("provider keys", finding),
            Error::Platform(finding) => of_finding("browser", finding),
            Error::TokenResponse(finding) => of_finding("token response", finding),
            // What the provider says in addition may be anything.
            Error::Authorization(_) => Harmless::words("the provider answered the sign-in with an error"),
            Error::Token(_) => Harmless::words("the token endpoint answered with an error"),
            Error::Network(_) | Error::RedirectLoop | Error::Silent(_) => Harmless::words(&error.to_string()),
        };
        Self { code: Harmless::code(&error.code()), text }
    }
}

fn of_finding(about: &str, finding: &Finding) -> Harmless {
    // A name that is not compiled in may be somebody's text.
    let field = match &finding.field {
        Cow::Borrowed(field) => *field,
        Cow::Owned(_) => "a part of it",
    };
    let problem = match &finding.problem {
        Problem::Missing => "missing".to_owned(),
        Problem::Unexpected { expected, .. } if EXPECTED.contains(&field) => format!("unexpected, expected {expected}"),
        Problem::Unexpected { .. } => "unexpected".to_owned(),
        Problem::Invalid(why) => why.clone(),
        Problem::Clock { what, by, allowed } => format!("{what} by {} s, more than the {} s allowed", by.as_secs(), allowed.as_secs()),
    };
    Harmless::words(&format!("{about}: {field}: {problem}"))
}

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
            (Error::Keys(Finding::missing("canary".to_owned())), "provider keys: a part of it: missing"),
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
