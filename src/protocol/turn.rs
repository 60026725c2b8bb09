//! One turn of the machine: what a step may use, and the effects it leaves behind.

use super::{
    authorize::SignInOptions,
    config::Config,
    error::Error,
    frame_message::FrameMessage,
    hint::Hint,
    http::{HttpRequest, Outcome},
    jwks::SignatureCheck,
    secret::SensitiveUrl,
    tab_message::TabMessage,
    time::{Generator, Moment, UnixTime},
    transaction::{Record, Ticket},
};

/// What has happened, in the past tense. Everything that can move the machine is in this list.
#[derive(Debug)]
pub enum Event {
    /// The page was loaded.
    Opened(Opened),
    /// The person chose to sign in.
    SignInChosen(SignInOptions),
    /// The person chose to sign out.
    SignOutChosen,
    /// A page that is for signed-in people only was opened at this place of the app.
    SignInNeeded {
        /// Path, query and fragment.
        place: String,
    },
    /// That page was left before anybody signed in.
    SignInNoLongerNeeded,
    /// The person, or a call, asked for a new token.
    RenewalChosen,
    /// The person asked to try again at once.
    RetryChosen,
    /// The hidden frame sent its answer.
    FrameSpoke {
        /// The frame's.
        ticket: Ticket,
        /// What it said.
        message: FrameMessage,
    },
    /// A request was answered, or was not.
    Responded {
        /// The request's.
        ticket: Ticket,
        /// The answer.
        outcome: Outcome,
    },
    /// Signatures were checked.
    Verified {
        /// The check's.
        ticket: Ticket,
        /// What came of it.
        verdict: Verdict,
    },
    /// An API answered 401 to a token.
    TokenRejected {
        /// The [generation](super::api::TokenAnswer::Attach) of the token.
        generation: u64,
    },
    /// Another tab signed out.
    OtherTabSignedOut,
    /// The page came back from the back/forward cache.
    PageReturned,
    /// The page was looked at again, or the network came back: time may have passed unnoticed.
    Woke,
    /// The deadline that the state had asked for came.
    Ticked,
}

/// What is known when a page is loaded.
#[derive(Debug)]
pub struct Opened {
    /// The whole address.
    pub address: SensitiveUrl,
    /// The record that was stored under the `state` in the address, already removed from the store.
    pub remembered: Option<Record>,
    /// The hint of earlier page loads.
    pub hint: Hint,
    /// Whether this page is itself inside a frame.
    pub framed: bool,
}

/// What came of a signature check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every signature is right.
    Valid,
    /// The one at this place in the list is wrong, or its key is not acceptable.
    Invalid(usize),
    /// This browser cannot check the algorithm of the one at this place.
    Unsupported(usize),
}

/// What the world is asked to do: imperative, plain data.
#[derive(Debug)]
pub enum Effect {
    /// Open the hidden frame. It is closed when the state no longer holds the ticket.
    OpenFrame {
        /// Marks the answer.
        ticket: Ticket,
        /// Where to.
        url: SensitiveUrl,
    },
    /// Send a request. It is aborted when the state no longer holds the ticket.
    Send {
        /// Marks the answer.
        ticket: Ticket,
        /// What to send.
        request: HttpRequest,
    },
    /// Check signatures.
    Verify {
        /// Marks the answer.
        ticket: Ticket,
        /// Which.
        checks: Vec<SignatureCheck>,
    },
    /// Leave the page.
    Navigate {
        /// Where to.
        url: SensitiveUrl,
        /// Whether the present page should stay in the history. An automatic redirect leaves no entry: Back would run into it again.
        history: HistoryEntry,
    },
    /// Change the address without loading anything and without a history entry.
    RewriteAddress {
        /// Path, query and fragment.
        to: String,
    },
    /// Store a record until the redirect comes back.
    Remember(Record),
    /// Store the hint.
    Hint(Hint),
    /// Tell the other tabs.
    Tell(TabMessage),
    /// Write to the console, for developers.
    Report(Error),
}

/// What becomes of the history entry of a page that is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryEntry {
    /// It stays: the person chose to go, and may go back.
    Keep,
    /// It is replaced.
    Replace,
}

/// The means of one step.
pub(crate) struct Turn<'a> {
    pub(crate) now: UnixTime,
    pub(crate) generator: Generator,
    pub(crate) config: &'a Config,
    pub(crate) effects: Vec<Effect>,
    tickets: u64,
}

impl<'a> Turn<'a> {
    pub(crate) fn new(at: &Moment, tickets: u64, config: &'a Config) -> Self {
        Self { now: at.now, generator: at.entropy.generator(), config, effects: Vec::new(), tickets }
    }

    /// A mark for an answer, never given before.
    pub(crate) fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    /// Asks for an effect.
    pub(crate) fn ask(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Asks for a request to be sent.
    pub(crate) fn send(&mut self, request: HttpRequest) -> Ticket {
        let ticket = self.ticket();
        self.ask(Effect::Send { ticket, request });
        ticket
    }

    /// The effects, and the last ticket given.
    pub(crate) fn finish(self) -> (Vec<Effect>, u64) {
        (self.effects, self.tickets)
    }
}
