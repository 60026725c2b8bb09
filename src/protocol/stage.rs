//! Where an attempt is on its way.

use super::{
    par::Pushing,
    received::{Grant, Received},
    time::Clocks,
    transaction::{Ticket, Transaction},
};

/// What the attempt waits for. Each stage owns what is true in it.
#[derive(Debug)]
pub(super) enum Stage {
    /// For the provider's endpoints to become known.
    Metadata,
    /// For the request to be pushed, before it can be made.
    Push { pushing: Pushing, goal: Goal },
    /// For the relay page, in the hidden frame or in the window.
    Answer { ticket: Ticket, transaction: Transaction, place: Place },
    /// For an explanation why the frame did not answer.
    Examination { ticket: Ticket, loaded: bool },
    /// For the token endpoint.
    Tokens { ticket: Ticket, grant: Grant, sent_at: Clocks },
    /// For keys to verify with.
    Keys { received: Received, search: Search },
    /// For the signatures to be checked.
    Signatures { ticket: Ticket, received: Received },
}

/// How far the search for keys has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Search {
    /// Those that are known, or will be.
    Begun,
    /// One is missing, and it is too soon to ask anew.
    Postponed,
    /// They were asked for anew.
    Last,
}

/// What a pushed request is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Goal {
    /// The hidden frame, which is not there yet. It may be `hinted`.
    Frame { hinted: bool },
    /// The window with this ticket. It is there, and empty: browsers block one that opens later than the click.
    Window(Ticket),
}

/// Where the relay page is waited for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// In the hidden frame.
    Frame {
        /// The provider was told whom to expect, so that `login_required` may also mean that somebody else is there.
        hinted: bool,
        /// The frame came to rest somewhere, and did not speak.
        loaded: bool,
    },
    /// In the window that the person was shown.
    Window,
}
