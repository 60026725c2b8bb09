//! Why a call to an API was not sent, or not answered.

use crate::protocol::{
    error::{DpopFailure, Error, NetworkFailure, StepUpFailure},
    step_up::StepUpChallenge,
};
use std::{error, fmt};

/// Why a call to an API brought no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiError {
    /// Nobody is signed in.
    SignedOut,
    /// The access token may not go to this address.
    NotAllowed {
        /// The address, as the app gave it.
        address: String,
    },
    /// The provider gives no token for this address, although somebody is signed in: it does not know the resource (`invalid_target`,
    /// [RFC 8707 §2](https://www.rfc-editor.org/rfc/rfc8707#section-2)), or does not allow it.
    NoToken(Error),
    /// No token, or no answer, within the time allowed.
    TimedOut,
    /// Another person, or the same one in another organisation, took the place of the one on whose behalf the call was made. What the API answered
    /// is not theirs to see.
    PersonChanged,
    /// The token could not be proved to be this page's, or the API did not take the proof.
    Dpop(DpopFailure),
    /// The API wants a stronger or a newer sign-in first. [`AuthHandle::step_up`](crate::AuthHandle::step_up) goes on, if the person wants to.
    StepUp(StepUpChallenge),
    /// It wants one, and nothing can come of it. The session goes on.
    StepUpFailed(StepUpFailure),
    /// The network failed.
    Network(NetworkFailure),
    /// The request cannot be sent as it is. The text says why.
    Request(String),
    /// The body of the answer cannot be read as what was asked for. The text says why.
    Body(String),
}

impl ApiError {
    /// A stable, machine-readable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SignedOut => "api_signed_out",
            Self::NotAllowed { .. } => "api_not_allowed",
            Self::NoToken(_) => "api_no_token",
            Self::TimedOut => "api_timed_out",
            Self::StepUp(_) => "api_step_up",
            Self::StepUpFailed(failure) => failure.code(),
            Self::PersonChanged => "api_person_changed",
            Self::Dpop(DpopFailure::CorsExpose) => "api_dpop_cors_expose",
            Self::Dpop(_) => "api_dpop",
            Self::Network(NetworkFailure::Offline) => "api_offline",
            Self::Network(_) => "api_unreachable",
            Self::Request(_) => "api_request_invalid",
            Self::Body(_) => "api_body_invalid",
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignedOut => f.write_str("API: nobody is signed in; sign in first, or show the page inside of <RequireSignIn>"),
            Self::NotAllowed { address } => {
                write!(f, "API: the access token may not go to {address}; add the address to \"api\" in the configuration if it should")
            }
            Self::NoToken(error) => write!(f, "API: there is no access token for this address: {error}"),
            Self::TimedOut => f.write_str("API: no answer in time"),
            Self::PersonChanged => f.write_str("API: somebody else is signed in by now; ask again on their behalf"),
            Self::Dpop(failure) => write!(f, "API: {failure}"),
            Self::StepUp(_) => f.write_str("API: another sign-in is wanted first; go on with step_up()"),
            Self::StepUpFailed(failure) => write!(f, "API: {failure}"),
            Self::Network(failure) => write!(f, "API: {failure}"),
            Self::Request(why) => write!(f, "API request: {why}"),
            Self::Body(why) => write!(f, "API answer: {why}"),
        }
    }
}

impl From<NetworkFailure> for ApiError {
    fn from(failure: NetworkFailure) -> Self {
        match failure {
            NetworkFailure::Proof(failure) => Self::Dpop(failure),
            failure => Self::Network(failure),
        }
    }
}

impl error::Error for ApiError {}
