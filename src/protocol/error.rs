//! Everything that can go wrong, sorted by whose fault it is.
//!
//! A text names the field, says *missing* or *unexpected*, what was expected and what came. It never holds a secret.

mod dpop;
mod finding;
mod network;
mod par;
mod provider;
mod silent;
mod step_up;

pub use dpop::DpopFailure;
pub(crate) use finding::capped;
pub use finding::{Finding, Problem};
pub use network::NetworkFailure;
pub use par::ParFailure;
pub use provider::ProviderError;
pub use silent::SilentFailure;
pub use step_up::StepUpFailure;

use std::{error, fmt, time::Duration};

/// A configuration that cannot be used, and which field of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(pub Finding);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "configuration: {}", self.0)
    }
}

impl error::Error for ConfigError {}

impl From<Finding> for ConfigError {
    fn from(finding: Finding) -> Self {
        Self(finding)
    }
}

/// Whose fault an [`Error`] is, which decides who can mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The person who set the app up.
    Configuration,
    /// The provider.
    Provider,
    /// Nobody: the network.
    Network,
    /// Whoever sent a forged, stale or replayed message.
    Input,
    /// The person, by choice.
    Person,
}

/// Why signing in, restoring or renewing did not work.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The access token, when it is to be checked, is not acceptable.
    AccessToken(Finding),
    /// The provider answered the authorization request with an error.
    Authorization(ProviderError),
    /// The authorization response is not authentic or not well formed. No code was redeemed.
    AuthorizationResponse(Finding),
    /// The app asked for something that cannot be: what it is, and why.
    Configuration(Finding),
    /// The metadata are missing, malformed or not the issuer's.
    Discovery(Finding),
    /// A token could not be bound to a key of this page, or the proof of it was not taken.
    Dpop(DpopFailure),
    /// The ID token is not acceptable. Nothing of the response was used.
    IdToken(Finding),
    /// No key of the provider fits the token.
    Keys(Finding),
    /// A sign-out was not carried out in every part. The session here has ended all the same.
    Logout(Finding),
    /// Nobody could be asked.
    Network(NetworkFailure),
    /// The authorization request could not be pushed. It was not made in any other way.
    Par(ParFailure),
    /// This browser or this page lacks something that signing in needs.
    Platform(Finding),
    /// The page was sent to the provider and back again and again, without anybody having chosen it.
    RedirectLoop,
    /// Nothing failed: the provider leaves something undone that it should do, for developers to know.
    Remark(Finding),
    /// A silent attempt brought no session.
    Silent(SilentFailure),
    /// A stronger sign-in, which an API had asked for, did not come about. The session that was there goes on.
    StepUp(StepUpFailure),
    /// The token endpoint answered with an error.
    Token(ProviderError),
    /// The token response is malformed.
    TokenResponse(Finding),
    /// The userinfo response is not acceptable. Nothing of it is used, and the session goes on without it.
    UserInfo(Finding),
}

impl Error {
    /// A stable, machine-readable name: the provider's own code where it gave one.
    ///
    /// ```
    /// use hushkey::protocol::error::{Error, NetworkFailure};
    /// assert_eq!(Error::Network(NetworkFailure::Timeout).code(), "network_timeout");
    /// ```
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::AccessToken(finding) => format!("access_token_{}", slug(finding)),
            Self::Authorization(error) | Self::Par(ParFailure::Refused(error)) | Self::Token(error) => error.code.clone(),
            Self::AuthorizationResponse(finding) => format!("response_{}", slug(finding)),
            Self::Configuration(finding) => format!("configuration_{}", slug(finding)),
            Self::Discovery(finding) => format!("discovery_{}", slug(finding)),
            Self::Dpop(failure) => failure.code().to_owned(),
            Self::IdToken(finding) => format!("id_token_{}", slug(finding)),
            Self::Keys(finding) => format!("keys_{}", slug(finding)),
            Self::Logout(finding) => format!("logout_{}", slug(finding)),
            Self::Network(failure) => failure.code(),
            Self::Par(ParFailure::Network(failure)) => format!("par_{}", failure.code()),
            Self::Par(ParFailure::Shape(finding)) => format!("par_{}", slug(finding)),
            Self::Platform(finding) => format!("platform_{}", slug(finding)),
            Self::RedirectLoop => "redirect_loop".to_owned(),
            Self::Remark(finding) => format!("remark_{}", slug(finding)),
            Self::Silent(failure) => failure.code(),
            Self::StepUp(failure) => failure.code().to_owned(),
            Self::TokenResponse(finding) => format!("token_response_{}", slug(finding)),
            Self::UserInfo(finding) => format!("userinfo_{}", slug(finding)),
        }
    }

    /// Whose fault it is.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::Authorization(error) if error.code == "access_denied" => Fault::Person,
            Self::Authorization(error) | Self::Par(ParFailure::Refused(error)) | Self::Token(error) => match error.code.as_str() {
                "invalid_request"
                | "invalid_client"
                | "unauthorized_client"
                | "unsupported_response_type"
                | "invalid_scope"
                | "unsupported_grant_type" => Fault::Configuration,
                // A code or refresh token that was used, or is too old: what ended sessions end with.
                "invalid_grant" => Fault::Input,
                _ => Fault::Provider,
            },
            Self::AuthorizationResponse(_) => Fault::Input,
            Self::Dpop(DpopFailure::Alg | DpopFailure::CorsExpose) => Fault::Configuration,
            Self::Dpop(DpopFailure::Binding | DpopFailure::KeyLost | DpopFailure::Nonce) => Fault::Provider,
            Self::Configuration(_) | Self::Platform(_) => Fault::Configuration,
            Self::Network(_) | Self::Par(ParFailure::Network(_)) => Fault::Network,
            Self::RedirectLoop => Fault::Configuration,
            Self::Silent(SilentFailure::LoginRequired | SilentFailure::NeedsInteraction(_) | SilentFailure::CookiesBlocked) => {
                Fault::Person
            }
            Self::StepUp(StepUpFailure::Unmet(_)) => Fault::Person,
            Self::StepUp(_) => Fault::Configuration,
            Self::Silent(SilentFailure::Slow) => Fault::Network,
            Self::Silent(_) => Fault::Configuration,
            // The clock is the device's, most of the time.
            Self::AccessToken(finding) | Self::IdToken(finding) if finding.is_clock() => Fault::Person,
            Self::AccessToken(_)
            | Self::Discovery(_)
            | Self::IdToken(_)
            | Self::Keys(_)
            | Self::Logout(_)
            | Self::Par(ParFailure::Shape(_))
            | Self::Remark(_)
            | Self::TokenResponse(_)
            | Self::UserInfo(_) => Fault::Provider,
        }
    }

    /// When the provider wants to be asked again, where it said so.
    pub(crate) const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Network(NetworkFailure::Unavailable { retry_after, .. })
            | Self::Par(ParFailure::Network(NetworkFailure::Unavailable { retry_after, .. })) => *retry_after,
            _ => None,
        }
    }

    /// Whether it may be nothing but a clock that is wrong.
    pub(crate) const fn is_clock(&self) -> bool {
        matches!(self, Self::AccessToken(finding) | Self::IdToken(finding) if finding.is_clock())
    }

    /// Whether the same thing may well work a little later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Network(_) | Self::Par(ParFailure::Network(_)) | Self::Silent(SilentFailure::Slow) => true,
            // A clock is set right sooner or later, and everything else about the token was right.
            Self::AccessToken(finding) | Self::IdToken(finding) => finding.is_clock(),
            Self::Authorization(error) | Self::Par(ParFailure::Refused(error)) | Self::Token(error) => {
                matches!(error.code.as_str(), "server_error" | "temporarily_unavailable" | "slow_down")
            }
            Self::AuthorizationResponse(_)
            | Self::Configuration(_)
            | Self::Dpop(_)
            | Self::Discovery(_)
            | Self::Keys(_)
            | Self::Logout(_)
            | Self::Par(ParFailure::Shape(_))
            | Self::Platform(_)
            | Self::RedirectLoop
            | Self::Remark(_)
            | Self::Silent(_)
            | Self::StepUp(_)
            | Self::TokenResponse(_)
            | Self::UserInfo(_) => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccessToken(finding) => write!(f, "access token: {finding}"),
            Self::Authorization(error) => write!(f, "the provider answered the sign-in with: {error}"),
            Self::AuthorizationResponse(finding) => write!(f, "sign-in response: {finding}"),
            Self::Configuration(finding) => write!(f, "configuration: {finding}"),
            Self::Discovery(finding) => write!(f, "provider metadata: {finding}"),
            Self::Dpop(failure) => failure.fmt(f),
            Self::IdToken(finding) => write!(f, "ID token: {finding}"),
            Self::Keys(finding) => write!(f, "provider keys: {finding}"),
            Self::Logout(finding) => write!(f, "sign-out: {finding}"),
            Self::Network(failure) => write!(f, "provider: {failure}"),
            Self::Par(failure) => write!(f, "pushed authorization request: {failure}"),
            Self::Platform(finding) => write!(f, "browser: {finding}"),
            Self::RedirectLoop => f.write_str(
                "the page was sent to the provider and back six times within a minute, without a session to show for it; \
                 something takes the session away each time",
            ),
            Self::Remark(finding) => write!(f, "to be mended by the provider: {finding}"),
            Self::Silent(failure) => write!(f, "silent sign-in: {failure}"),
            Self::StepUp(failure) => write!(f, "step-up: {failure}"),
            Self::Token(error) => write!(f, "the token endpoint answered: {error}"),
            Self::TokenResponse(finding) => write!(f, "token response: {finding}"),
            Self::UserInfo(finding) => write!(f, "userinfo: {finding}"),
        }
    }
}

impl From<NetworkFailure> for Error {
    fn from(failure: NetworkFailure) -> Self {
        match failure {
            NetworkFailure::Proof(failure) => Self::Dpop(failure),
            failure => Self::Network(failure),
        }
    }
}

impl error::Error for Error {}

/// The field of a finding as a piece of a machine-readable code.
fn slug(finding: &Finding) -> String {
    finding.field.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect()
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
