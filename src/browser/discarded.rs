//! What came from outside and was not used, by reason. Each is counted: a number that grows is a sign of a fault or of an attack.

use crate::protocol::machine::Ignored;

/// Why something that came in was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Discarded {
    /// The machine had no use for the event.
    Event(Ignored),
    /// A window message from another origin.
    ForeignOrigin,
    /// A window message of our own origin, but not from the frame that is waited for.
    ForeignWindow,
    /// A window message from the frame that does not have the form of an answer.
    Malformed,
    /// A message about a sign-out at the provider that is not understood.
    LogoutNotice,
    /// A message between tabs that is not of this client, or not understood.
    TabMessage,
}

#[cfg(feature = "inspector")]
impl Discarded {
    /// Its name, for a report.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Event(Ignored::AlreadyUnderWay) => "already under way",
            Self::Event(Ignored::Early) => "early",
            Self::Event(Ignored::Foreign) => "foreign",
            Self::Event(Ignored::NotNow) => "not now",
            Self::Event(Ignored::OpenedBefore) => "opened before",
            Self::Event(Ignored::OtherSession) => "of another session",
            Self::Event(Ignored::Stale) => "stale",
            Self::ForeignOrigin => "foreign origin",
            Self::ForeignWindow => "foreign window",
            Self::Malformed => "malformed",
            Self::LogoutNotice => "malformed sign-out of the provider",
            Self::TabMessage => "foreign tab message",
        }
    }
}
