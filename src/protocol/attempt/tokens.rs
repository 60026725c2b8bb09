//! The middle of an attempt: what is asked of the token endpoint, and its answer.

use super::{Attempt, Errand, Progress, REQUEST_PATIENCE, Way};
use crate::protocol::{
    checks::Subject,
    dpop::{BoundToken, Thumbprint},
    error::{Error, Finding, NetworkFailure},
    further::Target,
    http::Outcome,
    knowledge::Knowledge,
    reaction::Ignored,
    received::{Grant, Previous, Received},
    secret::Code,
    stage::{Search, Stage},
    token::{self, TokenResponse},
    transaction::Transaction,
    turn::{Effect, Turn},
};

impl Attempt {
    /// Uses a refresh token, with the key that it is bound to.
    pub(crate) fn refresh(token: BoundToken, previous: Previous, target: Target, knowledge: &mut Knowledge, turn: &mut Turn<'_>) -> Self {
        let Some(metadata) = knowledge.metadata(turn) else {
            // The endpoint is not known any more; the silent way learns it anew.
            return Self::silent(Some(previous), None, knowledge, turn).asking_for(target);
        };
        let ticket = turn.send(token::refresh_request(&metadata.token_endpoint, &token, target, turn.config));
        let stage = Stage::Tokens { ticket, grant: Grant::Refresh { used: token, previous: previous.clone() }, sent_at: turn.now };
        let session_state = previous.session_state.clone();
        Errand { previous: Some(previous), session_state, target, ..Errand::by(Way::Refresh) }.at(stage, REQUEST_PATIENCE, turn)
    }

    /// Whether what it waits for is bound to this key.
    pub(crate) fn holds_key(&self, key: &Thumbprint) -> bool {
        let own = match &self.stage {
            Stage::Push { pushing, .. } => pushing.key(),
            Stage::Answer { transaction, .. } => transaction.key.as_ref(),
            Stage::Tokens { grant, .. } => grant.key(),
            Stage::Keys { received, .. } | Stage::Signatures { received, .. } => received.key(),
            Stage::Metadata | Stage::Examination { .. } => None,
        };
        own == Some(key)
    }

    /// The token endpoint answered.
    pub(super) fn responded(self, outcome: Outcome, knowledge: &mut Knowledge, turn: &mut Turn<'_>) -> Progress {
        let Stage::Tokens { grant, sent_at, .. } = self.stage else {
            return Progress::Unmoved(self, Ignored::Stale);
        };
        let response = received(outcome, knowledge, turn);
        match response.and_then(|response| Received::new(grant, response, sent_at, turn)) {
            Ok(received) => {
                if received.is_unrotated() && !std::mem::replace(&mut knowledge.unrotated, true) {
                    let why = "the same after its use; a provider is to replace it each time, or to bind it to a key (\"dpop\")";
                    turn.ask(Effect::Report(Error::TokenResponse(Finding::invalid("refresh_token", why))));
                }
                self.errand.at(Stage::Keys { received, search: Search::Begun }, REQUEST_PATIENCE, turn).verify(knowledge, turn)
            }
            Err(Error::Token(refusal)) if refusal.code == "invalid_grant" && self.errand.way == Way::Refresh => {
                Progress::RefreshRefused(Error::Token(refusal))
            }
            // Without its key, or a proof of it that is taken, a refresh token is worth nothing.
            Err(Error::Dpop(failure)) if self.errand.way == Way::Refresh => Progress::RefreshRefused(Error::Dpop(failure)),
            // A code that was too long on its way, as on a machine that slept, is refused. The next one is not.
            Err(Error::Token(refusal)) if refusal.code == "invalid_grant" && self.errand.way == Way::Frame && !self.errand.refused => {
                let rest = Errand { refused: true, ..self.errand }.at(Stage::Metadata, REQUEST_PATIENCE, turn);
                Progress::Waiting(rest.open_frame_if_possible(true, knowledge, turn))
            }
            Err(error) => Progress::Failed(error),
        }
    }
}

impl Errand {
    /// The transaction ends here, before the code is used: its verifier goes into the one request and is gone. A code that is bound to no key yet, as
    /// that of a redirect, is from here on.
    pub(super) fn send_code(self, code: Code, transaction: Transaction, turn: &mut Turn<'_>) -> Attempt {
        let Transaction { nonce, verifier, issuer, token_endpoint, redirect_uri, asked, key, .. } = transaction;
        let key = key.or_else(|| turn.generator.key());
        let ticket =
            turn.send(token::code_request(&token_endpoint, &code, &redirect_uri, &verifier, key.as_ref(), self.target, turn.config));
        let grant = Grant::Code { code, nonce, issuer, asked, key };
        self.at(Stage::Tokens { ticket, grant, sent_at: turn.now }, REQUEST_PATIENCE, turn)
    }
}

/// Reads the answer. An endpoint that is not there any more may have moved: then the next attempt learns where it is, and this one is not the last.
fn received(outcome: Outcome, knowledge: &mut Knowledge, turn: &Turn<'_>) -> Result<TokenResponse, Error> {
    let response = outcome.map_err(Error::from)?;
    match token::process_token_response(&response, turn.config.dpop.is_some(), turn.checks.of(Subject::TokenResponse)) {
        Err(Error::Network(_) | Error::TokenResponse(_)) if knowledge.doubts(response.status, turn) => {
            Err(Error::Network(NetworkFailure::Unavailable { status: response.status, retry_after: response.retry_after }))
        }
        result => result,
    }
}
