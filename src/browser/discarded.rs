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
    /// A message between tabs that is not of this client, or not understood.
    TabMessage,
}
