//! The window that the person was shown to sign in in. Its attempt is like any other; it stands beside the phases, because its answer is as good in
//! one of them as in another.

use super::{
    attempt::{Progress, Way},
    authorize::SignInOptions,
    error::Error,
    ground::{Ground, Popup},
    reaction::{Ignored, Reaction},
    session::Session,
    turn::{Event, Turn},
};

/// What became of the window.
pub(crate) enum Window {
    /// It is open still. What happened was for it, or is said not to have been.
    Open(Reaction),
    SignedIn(Box<Session>, Way),
    /// With what it was opened for.
    Failed(Error, SignInOptions),
    /// The browser did not open it.
    Blocked(SignInOptions),
    /// What happened concerns others.
    NotConcerned(Event),
}

/// Looks whether something that happened is for the window.
pub(crate) fn happened(popup: Popup, event: Event, ground: &mut Ground, turn: &mut Turn<'_>) -> Window {
    let Some(ticket) = event.ticket().filter(|ticket| popup.attempt.holds(*ticket)) else {
        ground.popup = Some(popup);
        return Window::NotConcerned(event);
    };
    let Popup { attempt, options } = popup;
    if matches!(event, Event::PopupBlocked { ticket: own } if own == ticket) {
        return Window::Blocked(options);
    }
    match attempt.answered(event, &mut ground.knowledge, turn) {
        Ok(progress) => progressed(progress, options, ground),
        Err(attempt) => {
            ground.popup = Some(Popup { attempt, options });
            Window::Open(Reaction::Ignored(Ignored::Stale))
        }
    }
}

/// Time has passed: a window in which nothing happens any more is forgotten. Whether there is news of it.
pub(crate) fn ticked(ground: &mut Ground, turn: &mut Turn<'_>) -> bool {
    let Some(Popup { attempt, options }) = ground.popup.take_if(|popup| popup.attempt.deadline().has_come(turn.now)) else { return false };
    if let Progress::Waiting(attempt) = attempt.expired(&mut ground.knowledge, turn) {
        ground.popup = Some(Popup { attempt, options });
    }
    true
}

pub(crate) fn progressed(progress: Progress, options: SignInOptions, ground: &mut Ground) -> Window {
    let (attempt, reaction) = match progress {
        Progress::Waiting(attempt) => (attempt, Reaction::Taken),
        Progress::Unmoved(attempt, why) => (attempt, Reaction::Ignored(why)),
        Progress::Done(session, way) => return Window::SignedIn(session, if options.keeps_session { Way::StepUp } else { way }),
        Progress::Failed(error) | Progress::RefreshRefused(error) => return Window::Failed(error, options),
    };
    ground.popup = Some(Popup { attempt, options });
    Window::Open(reaction)
}
