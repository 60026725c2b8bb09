//! By which way an attempt asks.

use super::Attempt;

/// How the provider is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// In a hidden frame.
    Frame,
    /// In a window of its own.
    Popup,
    /// By a redirect of the whole page, without a page being shown.
    Lookup,
    /// By a redirect of the whole page.
    Redirect,
    /// By a redirect or in a window, for a better sign-in of somebody whose session goes on if that comes to nothing.
    StepUp,
    /// By a refresh token.
    Refresh,
}

impl Attempt {
    /// Whether it is by a refresh token.
    pub(crate) fn is_refresh(&self) -> bool {
        self.errand.way == Way::Refresh
    }

    /// Whether a session goes on if this comes to nothing, although the page was left for it.
    pub(crate) fn is_step_up(&self) -> bool {
        self.errand.way == Way::StepUp
    }
}
