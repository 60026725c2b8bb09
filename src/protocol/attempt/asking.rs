//! The first part of an attempt: the authorization request, in the hidden frame or in a window, pushed first where that is asked for.

use super::{Attempt, Errand, FRAME_PATIENCE, POPUP_PATIENCE, Progress, REQUEST_PATIENCE, Way};
use crate::protocol::{
    authorize::{self, Manner, SignInOptions},
    callback::ResponseMode,
    discovery::Metadata,
    error::{Error, SilentFailure},
    further::Target,
    http::Outcome,
    knowledge::Knowledge,
    par::Request,
    reaction::Ignored,
    secret::SensitiveUrl,
    stage::{Goal, Place, Stage},
    transaction::Transaction,
    turn::{Effect, Turn},
};

/// What a window shows as long as it is not known where it is to go.
const NOWHERE: &str = "about:blank";

impl Attempt {
    /// Asks in a window that the person is shown. The metadata must be known: a window that is opened later than the click is blocked.
    pub(crate) fn popup(options: &SignInOptions, metadata: Metadata, knowledge: &mut Knowledge, turn: &mut Turn<'_>) -> Self {
        let request = Request::new(&Manner::Popup(options), metadata, turn);
        let ticket = turn.ticket();
        let errand = Errand::by(Way::Popup);
        let attempt = match request {
            Request::Plain(url, transaction) => {
                turn.ask(Effect::OpenPopup { ticket, url, state: transaction.state.clone() });
                errand.at(Stage::Answer { ticket, transaction, place: Place::Window }, POPUP_PATIENCE, turn)
            }
            Request::Pushed(pushing) => {
                turn.ask(Effect::OpenPopup { ticket, url: SensitiveUrl::new(NOWHERE), state: pushing.state().clone() });
                errand.at(Stage::Push { pushing, goal: Goal::Window(ticket) }, REQUEST_PATIENCE, turn)
            }
        };
        knowledge.want(turn);
        attempt
    }

    /// The same, for another resource than the first: it is named when the code is redeemed.
    pub(crate) fn asking_for(self, target: Target) -> Self {
        Self { errand: Errand { target, ..self.errand }, ..self }
    }

    /// The resource that a token is wanted for.
    pub(crate) const fn target(&self) -> Target {
        self.errand.target
    }

    /// With `hinted`, the provider is told whom to expect, if that is known.
    pub(super) fn open_frame_if_possible(self, hinted: bool, knowledge: &Knowledge, turn: &mut Turn<'_>) -> Self {
        let Some(metadata) = knowledge.metadata(turn) else { return self };
        let id_token_hint = self.errand.previous.as_ref().filter(|_| hinted).map(|previous| &previous.id_token);
        let hinted = id_token_hint.is_some();
        let manner = Manner::Silent { id_token_hint, organization_id: self.errand.organization.as_deref() };
        match Request::new(&manner, metadata, turn) {
            Request::Plain(url, transaction) => self.errand.open_frame(url, transaction, hinted, turn),
            Request::Pushed(pushing) => self.errand.at(Stage::Push { pushing, goal: Goal::Frame { hinted } }, REQUEST_PATIENCE, turn),
        }
    }

    /// The request was pushed, or was not: then it is not made at all.
    pub(super) fn pushed(self, outcome: Outcome, turn: &mut Turn<'_>) -> Progress {
        let Stage::Push { pushing, goal } = self.stage else {
            return Progress::Unmoved(self, Ignored::Stale);
        };
        match (pushing.answered(outcome, turn), goal) {
            (Ok((url, transaction)), Goal::Frame { hinted }) => Progress::Waiting(self.errand.open_frame(url, transaction, hinted, turn)),
            (Ok((url, transaction)), Goal::Window(ticket)) => {
                turn.ask(Effect::SendPopup { ticket, url });
                Progress::Waiting(self.errand.at(Stage::Answer { ticket, transaction, place: Place::Window }, POPUP_PATIENCE, turn))
            }
            (Err(error), _) => Progress::Failed(error),
        }
    }
}

impl Errand {
    fn open_frame(self, url: SensitiveUrl, transaction: Transaction, hinted: bool, turn: &mut Turn<'_>) -> Attempt {
        let ticket = turn.ticket();
        let first = (transaction.response_mode == ResponseMode::Query).then(|| turn.config.silent_redirect_uri());
        turn.ask(Effect::OpenFrame { ticket, url, first });
        self.at(Stage::Answer { ticket, transaction, place: Place::Frame { hinted, loaded: false } }, FRAME_PATIENCE, turn)
    }

    /// Looks at why the frame did not answer. A provider that took a pushed request is there and knows the relay page, and is asked nothing else.
    pub(super) fn examine(self, loaded: bool, knowledge: &Knowledge, turn: &mut Turn<'_>) -> Result<Attempt, Error> {
        let metadata = knowledge.metadata(turn).ok_or(Error::Silent(SilentFailure::Slow))?;
        let manner = Manner::Silent { id_token_hint: None, organization_id: None };
        let question = metadata
            .par_endpoint
            .is_none()
            .then(|| authorize::authorization_request(&manner, &metadata, turn.now.wall, &mut turn.generator, turn.config).0);
        let ticket = turn.ticket();
        turn.ask(Effect::Examine { ticket, relay: turn.config.silent_redirect_uri(), question });
        Ok(self.at(Stage::Examination { ticket, loaded }, REQUEST_PATIENCE, turn))
    }
}
