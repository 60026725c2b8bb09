//! What the app may see: enough to draw every page, and no token.

use super::{error::Error, session::Person, time::UnixTime};
use std::rc::Rc;

/// The state of the sign-in, as a page needs it. It changes only when a page should look different: renewing a token does not change it.
#[derive(Clone, Debug, PartialEq)]
pub enum View {
    /// Looking for a session.
    Restoring {
        /// Why it takes longer, if it does.
        delay: Option<Delay>,
    },
    /// Nobody is signed in.
    SignedOut(Reason),
    /// The page is about to go to the provider.
    Leaving(Destination),
    /// Back from the provider, redeeming the code.
    Completing,
    /// Somebody is signed in.
    SignedIn(Rc<Person>),
    /// Somebody is signed in, and access cannot be renewed without them. Everything on the page stays as it is; calls wait.
    Paused {
        /// Who.
        person: Rc<Person>,
        /// What keeps it from being renewed silently.
        cause: Error,
    },
}

impl View {
    /// The person who is signed in.
    #[must_use]
    pub fn person(&self) -> Option<&Rc<Person>> {
        match self {
            Self::SignedIn(person) | Self::Paused { person, .. } => Some(person),
            Self::Restoring { .. } | Self::SignedOut(_) | Self::Leaving(_) | Self::Completing => None,
        }
    }
}

/// The provider could not be asked yet; it will be asked again.
#[derive(Clone, Debug, PartialEq)]
pub struct Delay {
    /// What went wrong with the last try.
    pub cause: Error,
    /// When the next try is due.
    pub next_try: UnixTime,
}

/// Where the page is about to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// To the provider, to look for a session: no page is shown there, and this one is back at once.
    Lookup,
    /// To the provider, to sign in.
    SignIn,
    /// To the provider, to end the session.
    SignOut,
}

/// Why nobody is signed in.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// Nobody was: the ordinary case.
    NoSession,
    /// They signed out here.
    ByChoice,
    /// They signed out in another tab.
    Elsewhere,
    /// The session ended at the provider.
    SessionEnded,
    /// Another person is signed in at the provider now.
    AccountChanged,
    /// Somebody signed in in another tab, and this one cannot follow without being told to.
    SignedInElsewhere,
    /// Something went wrong.
    Problem(Error),
}
