//! Which checks were passed: written down by the very expression that makes them, so that no list can name a check that is not made. With the feature
//! `flow` they are kept for the flow inspector; without it this file is nothing at run time.

#[cfg(feature = "flow")]
use super::flow::{Check, Harmless};
#[cfg(feature = "flow")]
use std::cell::RefCell;

/// The checks of one step.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    #[cfg(feature = "flow")]
    passed: RefCell<Passed>,
}

/// What was passed, and with which key.
#[cfg(feature = "flow")]
#[derive(Debug, Default)]
pub(crate) struct Passed {
    pub(crate) checks: Vec<Check>,
    pub(crate) key_id: Option<Harmless>,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "flow"), expect(unreachable_pub, reason = "it is public as `flow::Subject`"))]
pub enum Subject {
    /// What the page's small script has begun.
    HeadStart,
    /// The answer to a pushed request.
    Push,
    /// The authorization response.
    Response,
    /// The provider's metadata.
    Metadata,
    /// The provider's keys.
    Keys,
    /// The token response.
    TokenResponse,
    /// The ID token.
    IdToken,
    /// The access token.
    AccessToken,
    /// The answer to a sign-out.
    SignOut,
    /// The userinfo response.
    UserInfo,
}

impl Checks {
    /// For checks of this.
    pub(crate) const fn of(&self, subject: Subject) -> Checking<'_> {
        Checking { checks: self, subject }
    }

    /// Everything, at the end of the step.
    #[cfg(feature = "flow")]
    pub(crate) fn take(&self) -> Passed {
        self.passed.take()
    }
}

/// Checks of one thing.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "flow"), expect(dead_code, reason = "what is not kept is not read"))]
pub(crate) struct Checking<'a> {
    checks: &'a Checks,
    subject: Subject,
}

impl Checking<'_> {
    /// A check, with what came of it.
    #[inline]
    #[cfg_attr(not(feature = "flow"), expect(unused_variables, clippy::unused_self, reason = "nothing is kept"))]
    pub(crate) fn hold<T, E>(self, name: &'static str, outcome: Result<T, E>) -> Result<T, E> {
        #[cfg(feature = "flow")]
        if outcome.is_ok() {
            self.passed(name);
        }
        outcome
    }

    /// Apart, and once in the whole program: it is called in forty places.
    #[cfg(feature = "flow")]
    #[inline(never)]
    fn passed(self, name: &'static str) {
        self.checks.passed.borrow_mut().checks.push(Check { subject: self.subject, name });
    }

    /// The same for what is too large to be handed through.
    #[inline]
    #[cfg_attr(not(feature = "flow"), expect(unused_variables, clippy::unused_self, reason = "nothing is kept"))]
    pub(crate) fn held<T, E>(self, name: &'static str, outcome: &Result<T, E>) {
        #[cfg(feature = "flow")]
        if outcome.is_ok() {
            self.passed(name);
        }
    }

    /// A check of something that has to be so.
    #[inline]
    pub(crate) fn require<E>(self, name: &'static str, is_so: bool, otherwise: impl FnOnce() -> E) -> Result<(), E> {
        self.hold(name, if is_so { Ok(()) } else { Err(otherwise()) })
    }

    /// The name of the published key that was chosen.
    #[inline]
    #[cfg_attr(not(feature = "flow"), expect(unused_variables, clippy::unused_self, reason = "nothing is kept"))]
    pub(crate) fn with_key(self, key_id: Option<&str>) {
        #[cfg(feature = "flow")]
        if let Some(key_id) = key_id {
            self.checks.passed.borrow_mut().key_id = Some(Harmless::key_id(key_id));
        }
    }
}
