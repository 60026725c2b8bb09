//! What a step did with its event: took it, or ignored it for a reason that is counted.

/// Whether an event moved the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// It did.
    Taken,
    /// It did not, and the state is what it was.
    Ignored(Ignored),
}

/// Why an event was ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Ignored {
    /// What it asks for is under way already.
    AlreadyUnderWay,
    /// The deadline has not come yet.
    Early,
    /// A message that does not belong to the running attempt.
    Foreign,
    /// It has no meaning in this state.
    NotNow,
    /// The page was opened before.
    OpenedBefore,
    /// A sign-out at the provider, of a session that is not the one here.
    OtherSession,
    /// An answer that nobody waits for any more.
    Stale,
}
