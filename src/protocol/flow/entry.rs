//! One line of the diagram.

use super::{Check, Fact, Failure, Harmless, Value};
use crate::protocol::{machine::Ignored, time::Clocks, transaction::Ticket};
use std::time::Duration;

/// Between whom something goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// The person.
    Person,
    /// This page.
    App,
    /// The hidden frame.
    Frame,
    /// The provider.
    Provider,
    /// An API.
    Api,
    /// Other tabs of this browser.
    Tabs,
}

/// A message, or a note about what is none.
#[derive(Clone, Debug)]
pub struct Entry {
    /// When.
    pub at: Clocks,
    /// From whom.
    pub from: Lane,
    /// To whom: the same for a note.
    pub to: Lane,
    /// What.
    pub title: &'static str,
    /// Where to, if it is a request.
    pub endpoint: Option<Harmless>,
    /// What was in it, as far as that may be told.
    pub facts: Vec<Fact>,
    /// How long an answer took.
    pub took: Option<Duration>,
    /// The checks that it passed.
    pub checks: Vec<Check>,
    /// What was wrong.
    pub failure: Option<Failure>,
    /// Why nothing came of it.
    pub ignored: Option<Ignored>,
    /// Whether it happened before the app was there.
    pub early: bool,
    /// How often the very same came again, one directly after the other.
    pub repeated: u32,
    /// The ticket of what it asks for.
    pub(super) asks: Option<Ticket>,
    /// Whether it is what a frame said.
    pub(super) heard_from_frame: bool,
    /// The step in which it was noted.
    pub(super) turn: u64,
}

impl Entry {
    /// A message.
    #[must_use]
    #[inline(never)]
    pub fn message(from: Lane, to: Lane, title: &'static str) -> Self {
        Self {
            at: Clocks::default(),
            from,
            to,
            title,
            endpoint: None,
            facts: Vec::new(),
            took: None,
            checks: Vec::new(),
            failure: None,
            ignored: None,
            early: false,
            repeated: 0,
            asks: None,
            heard_from_frame: false,
            turn: 0,
        }
    }

    /// Something that is no message.
    #[must_use]
    pub fn note(title: &'static str) -> Self {
        Self::message(Lane::App, Lane::App, title)
    }

    /// Adds something that was in it.
    #[inline(never)]
    pub fn add(&mut self, name: &'static str, value: Value) {
        self.facts.push(Fact { name, value });
    }

    /// Whether it is a note, and no message.
    #[must_use]
    pub fn is_note(&self) -> bool {
        self.from == self.to
    }

    /// Whether another one says nothing new: notes and what is ignored may come a hundred times.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let is_repeatable = self.is_note() || self.ignored.is_some();
        let is_plain = |entry: &Self| entry.took.is_none() && entry.failure.is_none() && entry.checks.is_empty() && entry.asks.is_none();
        is_repeatable
            && is_plain(self)
            && is_plain(other)
            && (self.from, self.to, self.title, self.ignored, self.early) == (other.from, other.to, other.title, other.ignored, other.early)
            && self.facts == other.facts
    }

    /// How long after another one it was.
    #[must_use]
    pub fn after(&self, other: &Self) -> Duration {
        Duration::from_millis(self.at.uptime.as_millis().saturating_sub(other.at.uptime.as_millis()))
    }
}
