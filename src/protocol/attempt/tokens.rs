//! The answer of the token endpoint, or what stands in its place.

use crate::protocol::{
    checks::Subject,
    error::{Error, NetworkFailure},
    http::Outcome,
    knowledge::Knowledge,
    token::{self, TokenResponse},
    turn::Turn,
};

/// Reads the answer. An endpoint that is not there any more may have moved: then the next attempt learns where it is, and this one is not the last.
pub(super) fn received(outcome: Outcome, knowledge: &mut Knowledge, turn: &Turn<'_>) -> Result<TokenResponse, Error> {
    let response = outcome.map_err(Error::Network)?;
    match token::process_token_response(&response, turn.checks.of(Subject::TokenResponse)) {
        Err(Error::Network(_) | Error::TokenResponse(_)) if knowledge.doubts(response.status, turn) => {
            Err(Error::Network(NetworkFailure::Unavailable { status: response.status, retry_after: response.retry_after }))
        }
        result => result,
    }
}
