//! One turn of the machine: what a step may use, and the effects it leaves behind.

use super::{
    authorize::SignInOptions,
    checks::Checks,
    config::Config,
    early::Early,
    error::{Error, Finding},
    examination::Evidence,
    extension::Revocation,
    frame_message::FrameMessage,
    frontchannel::Notice,
    further::Target,
    hint::{Hint, News},
    http::{HttpRequest, Outcome},
    jwks::SignatureCheck,
    monitoring::Word,
    redirect_log::RedirectLog,
    secret::{SensitiveUrl, StateParameter},
    tab_message::{TabMessage, Whose},
    time::{Clocks, Generator, Moment, UnixTime},
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
    /// A call needs a token for a further resource.
    TokenNeeded(Target),
    /// The person asked to try again at once.
    RetryChosen,
    /// The hidden frame sent its answer.
    FrameSpoke {
        /// The frame's.
        ticket: Ticket,
        /// What it said.
        message: FrameMessage,
    },
    /// The hidden frame came to rest on a page that has not spoken.
    FrameLoaded {
        /// The frame's.
        ticket: Ticket,
    },
    /// The app's own Content Security Policy keeps the hidden frame from its address.
    FrameForbidden {
        /// The frame's.
        ticket: Ticket,
    },
    /// It was looked at why the hidden frame did not answer.
    Examined {
        /// The examination's.
        ticket: Ticket,
        /// What was found.
        evidence: Evidence,
    },
    /// The browser did not open the window.
    PopupBlocked {
        /// The window's.
        ticket: Ticket,
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
    /// Somebody signed in, in another tab.
    OtherTabSignedIn(Whose),
    /// Another tab signed out.
    OtherTabSignedOut {
        /// When, if it says so.
        at: Option<UnixTime>,
    },
    /// The page that the provider shows when a session ends there spoke.
    ProviderSignedOut(Notice),
    /// The provider's page about the session spoke.
    SessionWatched(Word),
    /// The person wants to go on in another of their organisations.
    OrganizationChosen {
        /// Its identifier.
        id: String,
    },
    /// The person has begun to use the page: pressed a key, or touched something.
    PersonActed,
    /// The page came back from the back/forward cache. It has heard nothing of what other tabs said meanwhile.
    PageReturned {
        /// The hint, as it is now.
        hint: Hint,
    },
    /// The page was looked at again, or the network came back: time may have passed unnoticed.
    Woke {
        /// Whether it is being looked at.
        visible: bool,
    },
    /// The deadline that the state had asked for came.
    Ticked,
}

impl Event {
    /// The mark of what this is the answer to, if it is one.
    pub(crate) const fn ticket(&self) -> Option<Ticket> {
        match self {
            Self::FrameSpoke { ticket, .. }
            | Self::FrameLoaded { ticket }
            | Self::FrameForbidden { ticket }
            | Self::Examined { ticket, .. }
            | Self::PopupBlocked { ticket }
            | Self::Responded { ticket, .. }
            | Self::Verified { ticket, .. } => Some(*ticket),
            Self::Opened(_)
            | Self::SignInChosen(_)
            | Self::SignOutChosen
            | Self::OrganizationChosen { .. }
            | Self::SignInNeeded { .. }
            | Self::SignInNoLongerNeeded
            | Self::PersonActed
            | Self::RenewalChosen
            | Self::TokenNeeded(_)
            | Self::RetryChosen
            | Self::TokenRejected { .. }
            | Self::OtherTabSignedIn(_)
            | Self::OtherTabSignedOut { .. }
            | Self::PageReturned { .. }
            | Self::ProviderSignedOut(_)
            | Self::SessionWatched(_)
            | Self::Woke { .. }
            | Self::Ticked => None,
        }
    }
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
    /// The redirects that nobody chose, of this tab.
    pub redirects: RedirectLog,
    /// Whether this page is itself inside a frame.
    pub framed: bool,
    /// Whether the person was on this page before: it was reloaded, or come back to in the history.
    pub returned: bool,
    /// Whether it is being looked at. A tab in the background can wait.
    pub visible: bool,
    /// The silent attempt that the page has begun already, if it has.
    pub early: Option<Early>,
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
        /// The relay page, to be shown there first where the answer will stand in its query: a browser that keeps the page by its bare address does not
        /// keep it by one with a code.
        first: Option<String>,
    },
    /// Go on with the frame that the page has opened already. If it has spoken, that is the answer.
    AdoptFrame {
        /// Marks the answer.
        ticket: Ticket,
    },
    /// Open a window for the person. It must happen at once, or the browser takes it for an advertisement.
    OpenPopup {
        /// Marks the answer.
        ticket: Ticket,
        /// Where to: an empty page, as long as that is not known.
        url: SensitiveUrl,
        /// The `state`, under which the relay page posts the answer.
        state: StateParameter,
    },
    /// It is known now where the window that was opened goes.
    SendPopup {
        /// The window's.
        ticket: Ticket,
        /// Where to.
        url: SensitiveUrl,
    },
    /// Look at why the hidden frame did not answer.
    Examine {
        /// Marks the answer.
        ticket: Ticket,
        /// The address of the relay page.
        relay: String,
        /// A silent authorization request whose answer nobody uses, for the provider's manners; none where they are known.
        question: Option<SensitiveUrl>,
    },
    /// Send a request. It is aborted when the state no longer holds the ticket.
    Send {
        /// Marks the answer.
        ticket: Ticket,
        /// What to send.
        request: HttpRequest,
    },
    /// Send this, and wait for nothing: it goes on when the page is left. What comes of it is told to developers only.
    Revoke(HttpRequest, Revocation),
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
    /// Leave the page by a form.
    Submit(HttpRequest),
    /// Change the address without loading anything and without a history entry.
    RewriteAddress {
        /// Path, query and fragment.
        to: String,
    },
    /// Store a record until the redirect comes back.
    Remember(Record),
    /// Change the hint that is stored by this.
    Hint(News),
    /// Store the redirects that nobody chose, for the pages that come after this one in the same tab.
    NoteRedirects(RedirectLog),
    /// Forget where the person was when they last left a place: whoever needed that has it by now.
    ForgetScroll,
    /// Scroll to where the person was when they last left this place, once the page is tall enough.
    RestoreScroll,
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
    pub(crate) now: Clocks,
    pub(crate) generator: Generator,
    pub(crate) config: &'a Config,
    pub(crate) effects: Vec<Effect>,
    pub(crate) checks: Checks,
    tickets: u64,
}

impl<'a> Turn<'a> {
    pub(crate) fn new(at: &Moment, tickets: u64, config: &'a Config) -> Self {
        let key = at.dpop.clone().filter(|_| config.dpop.is_some());
        Self {
            now: at.now,
            generator: at.entropy.generator().with_key(key),
            config,
            effects: Vec::new(),
            checks: Checks::default(),
            tickets,
        }
    }

    /// A mark for an answer, never given before.
    pub(crate) fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    /// What is wrong where tokens are to be bound to keys, and the browser has made none.
    pub(crate) fn lacks_key(&self) -> Option<Error> {
        let finding = || Finding::invalid("crypto.subtle", "cannot make a key (ECDSA, P-256), which \"dpop\" needs");
        (self.config.dpop.is_some() && !self.generator.has_key()).then(|| Error::Platform(finding()))
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

    /// The effects, the last ticket given, and the checks that were passed.
    pub(crate) fn finish(self) -> (Vec<Effect>, u64, Checks) {
        (self.effects, self.tickets, self.checks)
    }
}
