//! The code flow, once: ask, code, tokens, keys, verified. A restore, a renewal and the return from a redirect all run through here;
//! they differ only in where they come in.
//!
//! Nothing of a response is visible outside before all of it holds: the only way out with tokens is [`Progress::Done`].

mod asking;
mod revocable;
mod tokens;
mod verification;
mod way;

pub(crate) use way::Way;

use super::{
    callback::{self, Parameters},
    checks::Subject,
    dpop::BoundToken,
    early::Early,
    error::{Error, NetworkFailure, SilentFailure},
    examination::{self, Evidence},
    frame_message::FrameMessage,
    further::Target,
    knowledge::Knowledge,
    monitoring::SessionState,
    par,
    reaction::Ignored,
    received::{Previous, Received},
    secret::Code,
    session::Session,
    stage::{Goal, Place, Search, Stage},
    time::Clocks,
    transaction::{Journey, Ticket, Transaction},
    turn::{Effect, Event, Turn},
};
use std::time::Duration;

/// One run of the flow.
#[derive(Debug)]
pub(crate) struct Attempt {
    stage: Stage,
    deadline: Clocks,
    errand: Errand,
}

/// What holds for the whole of an attempt.
#[derive(Debug)]
struct Errand {
    way: Way,
    /// The session that is being renewed, if one is.
    previous: Option<Previous>,
    /// The organisation that is to be switched to, if one is.
    organization: Option<String>,
    /// The resource that a token is wanted for.
    target: Target,
    /// Whether the provider did not take the code of a frame before.
    refused: bool,
    /// What the authorization response called the session.
    session_state: Option<SessionState>,
}

/// Where an attempt stands after something happened.
#[derive(Debug)]
pub(crate) enum Progress {
    /// It goes on.
    Waiting(Attempt),
    /// It goes on, and what happened was not for it.
    Unmoved(Attempt, Ignored),
    /// There is a session, come by in this way.
    Done(Box<Session>, Way),
    /// There is none.
    Failed(Error),
    /// The refresh token is worth nothing any more; another way may work.
    RefreshRefused(Error),
}

/// A frame has this long to answer: ten seconds.
const FRAME_PATIENCE: Duration = Duration::from_secs(10);

/// A request, or a check, has this long: fifteen seconds, a little more than the browser adapter's own limit.
pub(super) const REQUEST_PATIENCE: Duration = Duration::from_secs(15);

/// The person has this long in a window of their own, as in a redirect: ten minutes.
const POPUP_PATIENCE: Duration = Duration::from_secs(600);

impl Attempt {
    /// Asks in a hidden frame, without any page being shown.
    pub(crate) fn silent(previous: Option<Previous>, organization: Option<String>, knowledge: &mut Knowledge, turn: &mut Turn<'_>) -> Self {
        let errand = Errand { previous, organization, ..Errand::by(Way::Frame) };
        let attempt = errand.at(Stage::Metadata, REQUEST_PATIENCE, turn).open_frame_if_possible(true, knowledge, turn);
        // In parallel with the frame: the keys will be there when the tokens are.
        knowledge.want(turn);
        attempt
    }

    /// Looks for whoever is there: goes on with what the page has begun, or begins.
    pub(crate) fn restore(early: Option<Early>, knowledge: &mut Knowledge, turn: &mut Turn<'_>) -> Self {
        let Some(attempt) = early.and_then(|early| Self::going_on_with(early, knowledge, turn)) else {
            return Self::silent(None, None, knowledge, turn);
        };
        knowledge.want(turn);
        attempt
    }

    /// None if what the page has begun is not what this program would have, or is as good as over.
    fn going_on_with(early: Early, knowledge: &Knowledge, turn: &mut Turn<'_>) -> Option<Self> {
        let deadline = early.begun.plus(FRAME_PATIENCE);
        if deadline.has_come(turn.now) {
            return None;
        }
        let transaction = early.into_transaction(&knowledge.metadata(turn)?, turn.config);
        let transaction = turn.checks.of(Subject::HeadStart).hold("the very address, random values", transaction.ok_or(())).ok()?;
        let ticket = turn.ticket();
        turn.ask(Effect::AdoptFrame { ticket });
        let stage = Stage::Answer { ticket, transaction, place: Place::Frame { hinted: false, loaded: false } };
        Some(Self { stage, deadline, errand: Errand::by(Way::Frame) })
    }

    /// Goes on with the code that a redirect brought.
    pub(crate) fn redeem(
        (code, session_state): (Code, Option<SessionState>),
        transaction: Transaction,
        journey: Journey,
        knowledge: &mut Knowledge,
        turn: &mut Turn<'_>,
    ) -> Self {
        let way = match journey {
            Journey::Lookup => Way::Lookup,
            Journey::SignIn => Way::Redirect,
            Journey::StepUp => Way::StepUp,
        };
        let attempt = Errand { session_state, ..Errand::by(way) }.send_code(code, transaction, turn);
        knowledge.want(turn);
        attempt
    }

    /// The refresh token that is in force since this attempt was answered, where it is by one.
    pub(crate) fn refresh_token(&self) -> Option<BoundToken> {
        match &self.stage {
            Stage::Keys { received, .. } | Stage::Signatures { received, .. } => received.refresh_token(),
            Stage::Metadata | Stage::Push { .. } | Stage::Answer { .. } | Stage::Examination { .. } | Stage::Tokens { .. } => None,
        }
    }

    /// Whether an answer with this ticket is waited for.
    pub(crate) fn holds(&self, ticket: Ticket) -> bool {
        match &self.stage {
            Stage::Answer { ticket: own, .. }
            | Stage::Examination { ticket: own, .. }
            | Stage::Tokens { ticket: own, .. }
            | Stage::Signatures { ticket: own, .. } => *own == ticket,
            Stage::Push { pushing, goal } => pushing.holds(ticket) || matches!(goal, Goal::Window(own) if *own == ticket),
            Stage::Metadata | Stage::Keys { .. } => false,
        }
    }

    /// When it gives up what it waits for.
    pub(crate) const fn deadline(&self) -> Clocks {
        self.deadline
    }

    /// Takes an answer that is for this attempt, and gives the attempt back if it is not.
    pub(crate) fn answered(self, event: Event, knowledge: &mut Knowledge, turn: &mut Turn<'_>) -> Result<Progress, Self> {
        match event {
            // The machine slept, and the code has aged with it.
            Event::FrameSpoke { ticket, .. } if self.holds(ticket) && self.is_late(turn) => {
                Ok(Progress::Failed(Error::Silent(SilentFailure::Slow)))
            }
            Event::FrameSpoke { ticket, message } if self.holds(ticket) => Ok(self.frame_spoke(&message, knowledge, turn)),
            Event::FrameLoaded { ticket } if self.holds(ticket) => Ok(self.frame_loaded()),
            Event::FrameForbidden { ticket } if self.holds(ticket) => Ok(Progress::Failed(Error::Silent(SilentFailure::Policy))),
            Event::Examined { ticket, evidence } if self.holds(ticket) => Ok(self.examined(&evidence, turn)),
            Event::Responded { ticket, outcome } if self.holds(ticket) => Ok(match self.stage {
                Stage::Push { .. } => self.pushed(outcome, turn),
                _ => self.responded(outcome, knowledge, turn),
            }),
            Event::Verified { ticket, verdict } if self.holds(ticket) => Ok(self.verified(verdict, turn)),
            _ => Err(self),
        }
    }

    /// Whether the hidden frame should have answered by now.
    fn is_late(&self, turn: &Turn<'_>) -> bool {
        matches!(self.stage, Stage::Answer { place: Place::Frame { .. }, .. }) && self.deadline.has_come(turn.now)
    }

    /// The hidden frame, or the window, answered. A message that does not carry our `state` is somebody else's and does not end the wait.
    fn frame_spoke(self, message: &FrameMessage, knowledge: &Knowledge, turn: &mut Turn<'_>) -> Progress {
        let Stage::Answer { ticket, transaction, place } = self.stage else {
            return Progress::Unmoved(self, Ignored::Stale);
        };
        let read = Parameters::read(message.query.expose(), message.fragment.expose(), transaction.response_mode);
        let checks = turn.checks.of(Subject::Response);
        let response = checks.hold(transaction.response_mode.once(), read).map_err(Error::AuthorizationResponse);
        let answer = response.and_then(|parameters| {
            let code = callback::process_authorization_response(&parameters, &transaction, &turn.checks)?;
            Ok((code, parameters.session_state()))
        });
        match answer {
            Ok((code, session_state)) => Progress::Waiting(Errand { session_state, ..self.errand }.send_code(code, transaction, turn)),
            Err(Error::AuthorizationResponse(_)) => {
                Progress::Unmoved(Self { stage: Stage::Answer { ticket, transaction, place }, ..self }, Ignored::Foreign)
            }
            // Somebody else may be there by now, whom the provider does not name as long as another is expected.
            Err(Error::Silent(SilentFailure::LoginRequired)) if matches!(place, Place::Frame { hinted: true, .. }) => {
                let rest = self.errand.at(Stage::Metadata, REQUEST_PATIENCE, turn);
                Progress::Waiting(rest.open_frame_if_possible(false, knowledge, turn))
            }
            Err(error) => Progress::Failed(error),
        }
    }

    /// The hidden frame came to rest on a page that has not spoken. The relay page's own word may still be on its way.
    fn frame_loaded(self) -> Progress {
        match self.stage {
            Stage::Answer { ticket, transaction, place: Place::Frame { hinted, loaded: false } } => {
                let place = Place::Frame { hinted, loaded: true };
                Progress::Waiting(Self { stage: Stage::Answer { ticket, transaction, place }, ..self })
            }
            stage => Progress::Unmoved(Self { stage, ..self }, Ignored::AlreadyUnderWay),
        }
    }

    /// It was looked at why the frame did not answer.
    fn examined(self, evidence: &Evidence, turn: &Turn<'_>) -> Progress {
        match self.stage {
            Stage::Examination { loaded, .. } => Progress::Failed(examination::cause(evidence, loaded, turn.config)),
            stage => Progress::Unmoved(Self { stage, ..self }, Ignored::Stale),
        }
    }

    /// Something was learned about the provider, or could not be.
    pub(crate) fn learned(self, result: Result<(), Error>, knowledge: &mut Knowledge, turn: &mut Turn<'_>) -> Progress {
        match (&self.stage, result) {
            (Stage::Metadata, Ok(())) => Progress::Waiting(self.open_frame_if_possible(true, knowledge, turn)),
            (Stage::Keys { .. }, Ok(())) => self.verify(knowledge, turn),
            // A provider that cannot even give its keys will not answer in the frame either: no need to wait for the frame's time to run out.
            (
                Stage::Metadata
                | Stage::Push { goal: Goal::Frame { .. }, .. }
                | Stage::Answer { place: Place::Frame { .. }, .. }
                | Stage::Keys { .. },
                Err(error),
            ) => Progress::Failed(error),
            // These do not need it yet, and ask again when they do.
            (
                Stage::Push { .. } | Stage::Answer { .. } | Stage::Examination { .. } | Stage::Tokens { .. } | Stage::Signatures { .. },
                _,
            ) => Progress::Waiting(self),
        }
    }

    /// What it waited for did not come in time. A frame that did not answer is looked into before anything is said about it.
    pub(crate) fn expired(self, knowledge: &mut Knowledge, turn: &mut Turn<'_>) -> Progress {
        match self.stage {
            Stage::Answer { place: Place::Frame { loaded, .. }, .. } => {
                self.errand.examine(loaded, knowledge, turn).map_or_else(Progress::Failed, Progress::Waiting)
            }
            Stage::Push { .. } => Progress::Failed(par::timed_out()),
            Stage::Examination { .. } => Progress::Failed(Error::Silent(SilentFailure::Slow)),
            Stage::Keys { received, search: Search::Postponed } => {
                self.errand.at(Stage::Keys { received, search: Search::Begun }, REQUEST_PATIENCE, turn).verify(knowledge, turn)
            }
            // A signature is checked in no time, unless the machine sleeps meanwhile: that, too, may work a little later.
            Stage::Metadata | Stage::Answer { .. } | Stage::Tokens { .. } | Stage::Keys { .. } | Stage::Signatures { .. } => {
                Progress::Failed(Error::Network(NetworkFailure::Timeout))
            }
        }
    }
}

impl Errand {
    /// Nothing but the way.
    const fn by(way: Way) -> Self {
        Self { way, previous: None, organization: None, target: Target::FIRST, refused: false, session_state: None }
    }

    /// The attempt, at a stage of it.
    fn at(self, stage: Stage, patience: Duration, turn: &Turn<'_>) -> Attempt {
        Attempt { stage, deadline: turn.now.plus(patience), errand: self }
    }

    fn finish(self, received: Received, turn: &mut Turn<'_>) -> Progress {
        match received.into_session(turn) {
            Ok(session) => Progress::Done(Box::new(Session { session_state: self.session_state, asked: self.target, ..session }), self.way),
            Err(error) => Progress::Failed(error),
        }
    }
}
