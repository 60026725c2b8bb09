//! What outlives a phase: facts about the provider, this browser and this page load.

use super::{
    attempt::{Attempt, Way},
    authorize::SignInOptions,
    config::Config,
    early::Early,
    error::{Error, SilentFailure},
    hint::{Frames, Hint, Last, News},
    knowledge::Knowledge,
    monitoring::Trust,
    redirect_log::RedirectLog,
    transaction::Ticket,
    turn::{Effect, Turn},
    user_info::UserInfo,
};

/// Facts that are true in every phase, and stand beside it for that reason.
#[derive(Debug, Default)]
pub(crate) struct Ground {
    /// The provider's metadata and keys.
    pub(crate) knowledge: Knowledge,
    /// What the next page load will know.
    pub(crate) hint: Hint,
    /// The redirects of this tab that nobody chose.
    pub(crate) redirects: RedirectLog,
    /// Where in the app the page was opened.
    pub(crate) opened_at: String,
    /// A protected page that waits for somebody.
    pub(crate) needed: Option<String>,
    /// Where to go once somebody is signed in, if the present address is one of the protocol's own.
    pub(crate) landing: Option<String>,
    /// Whether this page load has had its one redirect to the sign-in page that nobody chose.
    pub(crate) sign_in_spent: bool,
    /// Whether this page load may not look for a session by redirect, because it did, or is what such a redirect came back to.
    pub(crate) lookup_spent: bool,
    /// Whether the person has begun to use the page.
    pub(crate) touched: bool,
    /// Whether the page is looked at.
    pub(crate) visible: bool,
    /// Whether the app itself is in a frame.
    pub(crate) framed: bool,
    /// Whether the person was on this page before, and expects it as they left it.
    pub(crate) returned: bool,
    /// The silent attempt that the page had begun before this machine was there.
    pub(crate) early: Option<Early>,
    /// Whether it has been known since the page was loaded who is here.
    pub(crate) settled: bool,
    /// Whether another tab has said that somebody signed in there, who is not the person here, and the provider has not been asked yet.
    pub(crate) elsewhere: bool,
    /// What the provider's page about the session is worth.
    pub(crate) monitoring: Trust,
    /// The window that the person was shown, whatever the page does meanwhile.
    pub(crate) popup: Option<Popup>,
    /// Why the last step-up came to nothing, if it did.
    pub(crate) step_up_failure: Option<Error>,
    /// What the userinfo endpoint was asked and has said.
    pub(crate) user_info: UserInfo,
    /// Token requests whose session has ended meanwhile: what they bring is revoked. Each has a limit of its own.
    pub(crate) late: Vec<Ticket>,
}

/// An open window.
#[derive(Debug)]
pub(crate) struct Popup {
    pub(crate) attempt: Attempt,
    /// What it was opened for, should the browser not have opened it.
    pub(crate) options: SignInOptions,
}

impl Ground {
    /// Remembers for later page loads what was found out.
    pub(crate) fn remember(&mut self, news: News, turn: &mut Turn<'_>) {
        self.hint = self.hint.with(news);
        turn.ask(Effect::Hint(news));
    }

    /// Remembers that somebody is signed in, and what the way by which that became known says about frames.
    pub(crate) fn remember_session(&mut self, way: Way, turn: &mut Turn<'_>) {
        let frames = match way {
            Way::Frame => Some(Frames::Work),
            Way::Lookup => {
                if !self.frames_are_blocked(turn) {
                    turn.ask(Effect::Report(Error::Silent(SilentFailure::CookiesBlocked)));
                }
                Some(Frames::Blocked { found: turn.now.wall })
            }
            Way::Popup | Way::Redirect | Way::StepUp | Way::Refresh => None,
        };
        self.remember(News::SignedIn(frames), turn);
    }

    /// Whether `login_required` from a frame means that nobody is signed in, and not that the browser hid who is.
    pub(crate) fn frames_are_trusted(&self, config: &Config) -> bool {
        self.hint.frames == Frames::Work || config.shares_host_with_provider()
    }

    /// Whether this failure is a passing one although it looks like a mistake in a setting: frames have worked here, so the settings are right, and what
    /// is shown in the place of an answer is an error page of somebody who has trouble.
    pub(crate) fn is_disturbance(&self, error: &Error) -> bool {
        use SilentFailure::{PageShown, RelayMissing, RelayWrong, Unregistered};
        self.hint.frames == Frames::Work && matches!(error, Error::Silent(PageShown | RelayMissing(_) | RelayWrong | Unregistered))
    }

    /// Whether a frame would find nobody, whoever is there.
    pub(crate) fn frames_are_blocked(&self, turn: &Turn<'_>) -> bool {
        self.hint.frames.are_blocked(turn.now.wall) && !turn.config.shares_host_with_provider()
    }

    /// Whether a session may be looked for by one redirect of the whole page: somebody was signed in here, only a frame says otherwise, and the page
    /// has just been loaded.
    pub(crate) fn may_look_by_redirect(&self, turn: &Turn<'_>) -> bool {
        self.hint.last == Last::SignedIn && !self.lookup_spent && !turn.config.shares_host_with_provider()
    }

    /// Counts a redirect that nobody chose.
    pub(crate) fn count_redirect(&mut self, turn: &mut Turn<'_>) {
        self.redirects = self.redirects.with(turn.now.wall);
        turn.ask(Effect::NoteRedirects(self.redirects.clone()));
    }

    /// There is a session, so whatever redirects led here were no circle.
    pub(crate) fn forget_redirects(&mut self, turn: &mut Turn<'_>) {
        if !self.redirects.is_empty() {
            self.redirects = RedirectLog::default();
            turn.ask(Effect::NoteRedirects(RedirectLog::default()));
        }
    }

    /// Whether an answer with this ticket is waited for.
    pub(crate) fn holds(&self, ticket: Ticket) -> bool {
        let popup = self.popup.as_ref().is_some_and(|popup| popup.attempt.holds(ticket));
        self.knowledge.holds(ticket) || self.user_info.holds(ticket) || self.late.contains(&ticket) || popup
    }
}
