//! The code flow, once: ask, code, tokens, keys, verified. A restore, a renewal and the return from a redirect all run through here;
//! they differ only in where they come in.
//!
//! Nothing of a response is visible outside before all of it holds: the only way out with tokens is [`Progress::Done`].

use super::{
    authorize::{self, Manner},
    callback::{self, Parameters},
    error::{Error, Finding, NetworkFailure, SilentFailure},
    frame_message::FrameMessage,
    http::Outcome,
    jwks::{NoKey, SignatureCheck},
    knowledge::Knowledge,
    reaction::Ignored,
    received::{Grant, Previous, Received},
    secret::{Code, RefreshToken},
    session::Session,
    time::UnixTime,
    token,
    transaction::{Ticket, Transaction},
    turn::{Effect, Turn, Verdict},
};
use std::time::Duration;

/// One run of the flow.
#[derive(Debug)]
pub(crate) struct Attempt {
    stage: Stage,
    deadline: UnixTime,
    /// The session that is being renewed, if one is.
    previous: Option<Previous>,
}

/// What the attempt waits for. Each stage owns what is true in it.
#[derive(Debug)]
enum Stage {
    /// For the provider's endpoints to become known.
    Metadata,
    /// For the hidden frame.
    Frame { ticket: Ticket, transaction: Transaction },
    /// For the token endpoint.
    Tokens { ticket: Ticket, grant: Grant, sent_at: UnixTime },
    /// For keys to verify with. They have been asked for anew at most once.
    Keys { received: Received, refetched: bool },
    /// For the signatures to be checked.
    Signatures { ticket: Ticket, received: Received },
}

/// Where an attempt stands after something happened.
#[derive(Debug)]
pub(crate) enum Progress {
    /// It goes on.
    Waiting(Attempt),
    /// It goes on, and what happened was not for it.
    Unmoved(Attempt, Ignored),
    /// There is a session.
    Done(Box<Session>),
    /// There is none.
    Failed(Error),
    /// The refresh token is worth nothing any more; another way may work.
    RefreshRefused(Error, Previous),
}

/// A frame has this long to answer: ten seconds.
const FRAME_PATIENCE: Duration = Duration::from_secs(10);

/// A request, or a check, has this long: fifteen seconds, a little more than the browser adapter's own limit.
const REQUEST_PATIENCE: Duration = Duration::from_secs(15);

impl Attempt {
    /// Asks in a hidden frame, without any page being shown.
    pub(crate) fn silent(previous: Option<Previous>, knowledge: &mut Knowledge, turn: &mut Turn<'_>) -> Self {
        let attempt = Self { stage: Stage::Metadata, deadline: turn.now.plus(REQUEST_PATIENCE), previous };
        let attempt = attempt.open_frame_if_possible(knowledge, turn);
        // In parallel with the frame: the keys will be there when the tokens are.
        knowledge.want(turn);
        attempt
    }

    /// Uses a refresh token.
    pub(crate) fn refresh(refresh_token: RefreshToken, previous: Previous, knowledge: &mut Knowledge, turn: &mut Turn<'_>) -> Self {
        let Some(metadata) = knowledge.metadata(turn) else {
            // The endpoint is not known any more; the silent way learns it anew.
            return Self::silent(Some(previous), knowledge, turn);
        };
        let ticket = turn.send(token::refresh_request(&metadata.token_endpoint, &refresh_token, turn.config));
        let stage = Stage::Tokens { ticket, grant: Grant::Refresh { used: refresh_token, previous: previous.clone() }, sent_at: turn.now };
        Self { stage, deadline: turn.now.plus(REQUEST_PATIENCE), previous: Some(previous) }
    }

    /// Goes on with the code that a redirect brought.
    pub(crate) fn redeem(code: Code, transaction: Transaction, knowledge: &mut Knowledge, turn: &mut Turn<'_>) -> Self {
        let attempt = Self::send_code(code, transaction, None, turn);
        knowledge.want(turn);
        attempt
    }

    /// Whether an answer with this ticket is waited for.
    pub(crate) fn holds(&self, ticket: Ticket) -> bool {
        match &self.stage {
            Stage::Frame { ticket: own, .. } | Stage::Tokens { ticket: own, .. } | Stage::Signatures { ticket: own, .. } => *own == ticket,
            Stage::Metadata | Stage::Keys { .. } => false,
        }
    }

    /// When it gives up what it waits for.
    pub(crate) const fn deadline(&self) -> UnixTime {
        self.deadline
    }

    fn open_frame_if_possible(self, knowledge: &Knowledge, turn: &mut Turn<'_>) -> Self {
        let Some(metadata) = knowledge.metadata(turn) else { return self };
        let manner = Manner::Silent { id_token_hint: self.previous.as_ref().map(|previous| &previous.id_token) };
        let (url, transaction) = authorize::authorization_request(&manner, &metadata, turn.now, &mut turn.generator, turn.config);
        let ticket = turn.ticket();
        turn.ask(Effect::OpenFrame { ticket, url });
        Self { stage: Stage::Frame { ticket, transaction }, deadline: turn.now.plus(FRAME_PATIENCE), ..self }
    }

    /// The transaction ends here, before the code is used: its verifier goes into the one request and is gone.
    fn send_code(code: Code, transaction: Transaction, previous: Option<Previous>, turn: &mut Turn<'_>) -> Self {
        let Transaction { nonce, verifier, issuer, token_endpoint, redirect_uri, begun, max_age, .. } = transaction;
        let ticket = turn.send(token::code_request(&token_endpoint, &code, &redirect_uri, &verifier, turn.config));
        let grant = Grant::Code { code, nonce, issuer, begun, max_age };
        Self { stage: Stage::Tokens { ticket, grant, sent_at: turn.now }, deadline: turn.now.plus(REQUEST_PATIENCE), previous }
    }

    /// The hidden frame answered. A message that does not carry our `state` is somebody else's and does not end the wait.
    pub(crate) fn frame_spoke(self, message: &FrameMessage, turn: &mut Turn<'_>) -> Progress {
        let Stage::Frame { ticket, transaction } = self.stage else {
            return Progress::Unmoved(self, Ignored::Stale);
        };
        let response = Parameters::read(message.query.expose(), message.fragment.expose()).map_err(Error::AuthorizationResponse);
        match response.and_then(|parameters| callback::process_authorization_response(&parameters, &transaction)) {
            Ok(code) => Progress::Waiting(Self::send_code(code, transaction, self.previous, turn)),
            Err(Error::AuthorizationResponse(_)) => {
                Progress::Unmoved(Self { stage: Stage::Frame { ticket, transaction }, ..self }, Ignored::Foreign)
            }
            Err(error) => Progress::Failed(error),
        }
    }

    /// The token endpoint answered.
    pub(crate) fn responded(self, outcome: Outcome, knowledge: &mut Knowledge, turn: &mut Turn<'_>) -> Progress {
        let Stage::Tokens { grant, sent_at, .. } = self.stage else {
            return Progress::Unmoved(self, Ignored::Stale);
        };
        let response = outcome.map_err(Error::Network).and_then(|response| token::process_token_response(&response));
        match response.and_then(|response| Received::new(grant, response, sent_at, turn)) {
            Ok(received) => Self {
                stage: Stage::Keys { received, refetched: false },
                deadline: turn.now.plus(REQUEST_PATIENCE),
                previous: self.previous,
            }
            .verify(knowledge, turn),
            Err(Error::Token(refusal)) if refusal.code == "invalid_grant" => match self.previous {
                Some(previous) => Progress::RefreshRefused(Error::Token(refusal), previous),
                None => Progress::Failed(Error::Token(refusal)),
            },
            Err(error) => Progress::Failed(error),
        }
    }

    /// Something was learned about the provider, or could not be.
    pub(crate) fn learned(self, result: Result<(), Error>, knowledge: &mut Knowledge, turn: &mut Turn<'_>) -> Progress {
        match (&self.stage, result) {
            (Stage::Metadata, Ok(())) => Progress::Waiting(self.open_frame_if_possible(knowledge, turn)),
            (Stage::Keys { .. }, Ok(())) => self.verify(knowledge, turn),
            // A provider that cannot even give its keys will not answer in the frame either: no need to wait for the frame's time to run out.
            (Stage::Metadata | Stage::Frame { .. } | Stage::Keys { .. }, Err(error)) => Progress::Failed(error),
            // These do not need it yet, and ask again when they do.
            (Stage::Frame { .. }, Ok(())) | (Stage::Tokens { .. } | Stage::Signatures { .. }, _) => Progress::Waiting(self),
        }
    }

    /// Chooses the keys and has the signatures checked.
    fn verify(self, knowledge: &mut Knowledge, turn: &mut Turn<'_>) -> Progress {
        let Stage::Keys { received, refetched } = self.stage else { return Progress::Waiting(self) };
        if received.id.is_none() && received.access.is_none() {
            return finished(received.into_session(turn));
        }
        let Some(keys) = knowledge.keys(turn.now) else {
            knowledge.want(turn);
            return Progress::Waiting(Self { stage: Stage::Keys { received, refetched }, ..self });
        };
        // Keys are known, so the metadata are: only now can the list be asked that the provider publishes (Discovery §3).
        let published = knowledge.metadata(turn).and_then(|metadata| metadata.algorithms);
        if let (Some(id), Some(published)) = (&received.id, published)
            && !published.contains(&id.algorithm)
        {
            let names: Vec<_> = published.iter().map(|algorithm| algorithm.name()).collect();
            return Progress::Failed(Error::IdToken(Finding::unexpected("alg", names.join(" or "), id.algorithm.name())));
        }
        let tokens = [&received.id, &received.access];
        let checks: Result<Vec<SignatureCheck>, NoKey> = tokens.into_iter().flatten().map(|token| keys.check_for(token)).collect();
        match checks {
            Ok(checks) => {
                let ticket = turn.ticket();
                turn.ask(Effect::Verify { ticket, checks });
                Progress::Waiting(Self { stage: Stage::Signatures { ticket, received }, deadline: turn.now.plus(REQUEST_PATIENCE), ..self })
            }
            // The provider may have begun to sign with a new key.
            Err(NoKey::NoMatch(_)) if !refetched && knowledge.refetch_keys(turn) => Progress::Waiting(Self {
                stage: Stage::Keys { received, refetched: true },
                deadline: turn.now.plus(REQUEST_PATIENCE),
                ..self
            }),
            Err(NoKey::NoMatch(finding) | NoKey::Ambiguous(finding)) => Progress::Failed(Error::Keys(finding)),
        }
    }

    /// The signatures were checked.
    pub(crate) fn verified(self, verdict: Verdict, turn: &mut Turn<'_>) -> Progress {
        let Stage::Signatures { received, .. } = self.stage else {
            return Progress::Unmoved(self, Ignored::Stale);
        };
        let about =
            |place: usize, finding| if place == 0 && received.id.is_some() { Error::IdToken(finding) } else { Error::AccessToken(finding) };
        match verdict {
            Verdict::Invalid(place) => Progress::Failed(about(place, Finding::invalid("signature", "not made by the provider's key"))),
            Verdict::Unsupported(_) => {
                Progress::Failed(Error::Platform(Finding::invalid("crypto.subtle", "cannot check this signature algorithm")))
            }
            Verdict::Valid => match (finished(received.into_session(turn)), self.previous) {
                (Progress::Done(session), Some(previous))
                    if session.claims.subject != previous.claims.subject || session.claims.issuer != previous.claims.issuer =>
                {
                    Progress::Failed(Error::Silent(SilentFailure::AccountChanged))
                }
                (progress, _) => progress,
            },
        }
    }

    /// What it waited for did not come in time.
    pub(crate) fn expired(self) -> Error {
        match self.stage {
            Stage::Frame { .. } => Error::Silent(SilentFailure::Timeout),
            Stage::Metadata | Stage::Tokens { .. } | Stage::Keys { .. } => Error::Network(NetworkFailure::Timeout),
            Stage::Signatures { .. } => Error::Platform(Finding::invalid("crypto.subtle", "did not answer")),
        }
    }
}

fn finished(session: Result<Session, Error>) -> Progress {
    match session {
        Ok(session) => Progress::Done(Box::new(session)),
        Err(error) => Progress::Failed(error),
    }
}
