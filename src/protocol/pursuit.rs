//! A session, pursued: an attempt, or the pause before the next one.

use super::{
    attempt::{Attempt, Progress},
    error::Error,
    knowledge::Knowledge,
    retry,
    time::Clocks,
    turn::{Event, Turn},
    view::Delay,
};

/// An attempt, or what is waited for before the next one.
#[derive(Debug)]
pub(crate) enum Pursuit {
    /// The provider is being asked.
    Attempting { attempt: Box<Attempt>, failed_tries: u32 },
    /// It will be asked again.
    Waiting { until: Clocks, cause: Error, failed_tries: u32 },
    /// Nobody looks at the page. Of twenty tabs that a browser opens at once, each asks when it is first seen.
    Unseen,
}

/// What an answer did.
pub(crate) enum Answered {
    /// It was for the attempt.
    Progress(Progress, u32),
    /// Nobody waits for it.
    Nobody(Pursuit),
}

/// What the passing of time did.
pub(crate) enum Ticked {
    /// Nothing yet.
    Early(Pursuit),
    /// The pause is over.
    Retry { failed_tries: u32 },
    /// The attempt waited long enough for something.
    Progress(Progress, u32),
}

impl Pursuit {
    /// A running attempt.
    pub(crate) fn of(attempt: Attempt, failed_tries: u32) -> Self {
        Self::Attempting { attempt: Box::new(attempt), failed_tries }
    }

    /// The pause after a failure.
    pub(crate) fn pause(cause: Error, failed_tries: u32, turn: &mut Turn<'_>) -> Self {
        let asked_for = cause.retry_after().or(cause.is_clock().then_some(retry::CLOCK));
        let until = turn.now.plus(retry::pause(failed_tries, asked_for, &mut turn.generator));
        Self::Waiting { until, cause, failed_tries }
    }

    /// Whether waking up is a reason to try at once: not if the provider itself asked for the pause.
    pub(crate) const fn may_end_early(&self) -> bool {
        matches!(self, Self::Waiting { cause, .. } if cause.retry_after().is_none())
    }

    /// The attempt, if one is running.
    pub(crate) fn attempt(&self) -> Option<&Attempt> {
        match self {
            Self::Attempting { attempt, .. } => Some(attempt),
            Self::Waiting { .. } | Self::Unseen => None,
        }
    }

    /// When time alone changes something.
    pub(crate) fn deadline(&self) -> Option<Clocks> {
        match self {
            Self::Attempting { attempt, .. } => Some(attempt.deadline()),
            Self::Waiting { until, .. } => Some(*until),
            Self::Unseen => None,
        }
    }

    /// Why it takes longer, if it does.
    pub(crate) fn delay(&self) -> Option<Delay> {
        match self {
            Self::Attempting { .. } | Self::Unseen => None,
            Self::Waiting { until, cause, .. } => Some(Delay { cause: cause.clone(), next_try: until.wall }),
        }
    }

    /// Time has passed.
    pub(crate) fn ticked(self, knowledge: &mut Knowledge, turn: &mut Turn<'_>) -> Ticked {
        if !self.deadline().is_some_and(|deadline| deadline.has_come(turn.now)) {
            return Ticked::Early(self);
        }
        match self {
            Self::Attempting { attempt, failed_tries } => Ticked::Progress(attempt.expired(knowledge, turn), failed_tries),
            Self::Waiting { failed_tries, .. } => Ticked::Retry { failed_tries },
            Self::Unseen => Ticked::Early(self),
        }
    }

    /// Hands an answer to the attempt that waits for it.
    pub(crate) fn answered(self, event: Event, knowledge: &mut Knowledge, turn: &mut Turn<'_>) -> Answered {
        match self {
            Self::Attempting { attempt, failed_tries } => match attempt.answered(event, knowledge, turn) {
                Ok(progress) => Answered::Progress(progress, failed_tries),
                Err(attempt) => Answered::Nobody(Self::of(attempt, failed_tries)),
            },
            Self::Waiting { .. } | Self::Unseen => Answered::Nobody(self),
        }
    }
}
