//! What the flow inspector keeps: the protocol as it happened in this page, one entry per message or note.
//!
//! **The record cannot hold a secret.** An [`Entry`] is made of enums, numbers and words that are compiled in. The one text that is not is [`Harmless`],
//! which is made in one file, from what stands in the list there and from nothing else. Of a parameter with a secret value the name is kept.
//!
//! It is bounded: the last [`KEPT`] entries, and how many came before them. Everything here is as pure as the rest of ring 0.

mod effect;
mod entry;
mod event;
mod facts;
mod failure;
mod harmless;
mod outcome;
mod report;
mod words;

pub use self::{
    entry::{Entry, Lane},
    facts::{Fact, Value},
    failure::Failure,
    harmless::Harmless,
    report::report,
    words::{Part, clock},
};
pub use super::checks::Subject;

use self::{effect::Drawn, event::Heard, outcome::Outline};
use super::{
    checks::Passed,
    config::Config,
    error::Error,
    machine::{self, State, Step},
    time::{Clocks, Moment},
    transaction::Ticket,
    turn::{Effect, Event},
};

/// So many entries are kept.
pub const KEPT: usize = 200;

/// A check that was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub subject: Subject,
    /// Which check: the name of the parameter or claim, mostly.
    pub name: &'static str,
}

/// What has happened so far.
#[derive(Debug, Default)]
pub struct Flow {
    entries: Vec<Entry>,
    dropped: u64,
    waiting: Vec<Waiting>,
    turns: u64,
    version: u64,
}

/// A question without its answer.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    ticket: Ticket,
    since: Clocks,
    asked: Asked,
    /// When the answer was there, if that was before it was heard of.
    ended: Option<Clocks>,
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The hidden frame.
    Frame,
    /// A window.
    Window,
    /// The metadata.
    Metadata,
    /// The keys.
    Keys,
    /// That a request be kept until it is made.
    Push,
    /// Tokens.
    Tokens,
    /// Claims about the person.
    UserInfo,
    /// Why a frame is silent.
    Examination,
    /// Signatures.
    Signatures,
}

impl Flow {
    /// The entries that are kept, the oldest first.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &Entry> + DoubleEndedIterator {
        self.entries.iter()
    }

    /// How many older ones are kept no more.
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// A number that is another whenever there is something new.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Forgets the entries, but not what is waited for.
    pub fn clear(&mut self) {
        self.version += 1;
        self.entries.clear();
        self.dropped = 0;
    }

    /// Something that no step of the machine tells of.
    pub fn note(&mut self, entry: Entry) {
        self.version += 1;
        if let Some(last) = self.entries.last_mut().filter(|last| last.is_same(&entry)) {
            last.repeated += 1;
            return;
        }
        // Almost always at the end: only what began before the app was there is told late.
        let place = self.entries.iter().rposition(|other| other.at.uptime <= entry.at.uptime).map_or(0, |before| before + 1);
        self.entries.insert(place, entry);
        if self.entries.len() > KEPT {
            self.entries.remove(0);
            self.dropped += 1;
        }
    }

    /// The request with this ticket had been sent before the app was there. If it is what a frame's answer led to, that came then as well.
    pub fn was_sent_early(&mut self, ticket: Ticket, at: Clocks) {
        let Some(turn) = self.entries.iter().find(|entry| entry.asks == Some(ticket)).map(|entry| entry.turn) else { return };
        if let Some(waiting) = self.waiting.iter_mut().find(|waiting| waiting.ticket == ticket) {
            waiting.since = at;
        }
        let is_meant = |entry: &Entry| entry.turn == turn && (entry.asks == Some(ticket) || entry.heard_from_frame);
        while let Some(place) = self.entries.iter().position(|entry| is_meant(entry) && !entry.early) {
            let mut entry = self.entries.remove(place);
            (entry.at, entry.early) = (at, true);
            if entry.heard_from_frame {
                let begun = self.entries.iter().rfind(|entry| entry.early && entry.to == Lane::Frame).map(|entry| entry.at);
                entry.took = begun.map(|begun| at.since(begun)).or(entry.took);
            }
            self.note(entry);
        }
    }

    /// The answer with this ticket was there at this time, although it is told only now.
    pub fn was_answered(&mut self, ticket: Ticket, at: Clocks) {
        if let Some(waiting) = self.waiting.iter_mut().find(|waiting| waiting.ticket == ticket) {
            waiting.ended = Some(at);
        }
    }

    fn waits_for(&self, ticket: Option<Ticket>) -> Option<Waiting> {
        ticket.and_then(|ticket| self.waiting.iter().find(|waiting| waiting.ticket == ticket)).copied()
    }

    #[inline(never)]
    fn note_at(&mut self, at: Clocks, mut entry: Entry) {
        (entry.at, entry.turn) = (at, self.turns);
        self.note(entry);
    }

    /// A step was made.
    fn stepped(&mut self, heard: Heard, before: &Outline, step: &Step, passed: Passed, now: Clocks, config: &Config) {
        self.turns += 1;
        let waiting = self.waits_for(heard.ticket);
        let at = waiting.and_then(|waiting| waiting.ended).unwrap_or(now);
        let after = Outline::of(&step.state);
        let failure = step.effects.iter().find_map(|effect| match effect {
            // What is only remarked upon has not failed.
            Effect::Report(error) if !matches!(error, Error::Remark(_) | Error::Configuration(_)) => Some(Failure::of(error)),
            _ => None,
        });
        heard.early.into_iter().for_each(|entry| self.note(entry));
        let mut entry = heard.entry;
        entry.took = waiting.map(|waiting| at.since(waiting.since));
        entry.checks = passed.checks;
        if failure.is_some() {
            entry.failure = failure;
        }
        if let machine::Reaction::Ignored(why) = step.reaction {
            entry.ignored = Some(why);
        }
        self.note_at(at, entry);
        if let Some(begun) = outcome::begun(before, &after) {
            self.note_at(now, begun);
        }
        for effect in &step.effects {
            let mut asked = effect::asked(effect);
            if let Some((ticket, asked)) = asked {
                let since = heard.begun.filter(|_| matches!(effect, Effect::AdoptFrame { .. })).unwrap_or(now);
                self.waiting.push(Waiting { ticket, since, asked, ended: None });
            }
            if let Drawn::Entries(entries) = effect::drawn(effect, config) {
                for mut entry in entries {
                    if let (Some(key_id), Effect::Verify { .. }) = (&passed.key_id, effect) {
                        entry.add("kid", Value::Text(key_id.clone()));
                    }
                    // Of two, the first is what asks.
                    entry.asks = asked.take().map(|(ticket, _)| ticket);
                    self.note_at(now, entry);
                }
            }
        }
        self.waiting.retain(|waiting| step.state.holds(waiting.ticket));
        if let Some(outcome) = outcome::reached(before, &after, now, &step.state, config) {
            self.note_at(now, outcome);
        }
    }
}

/// [`machine::step`], and what happened in it is noted.
#[must_use]
pub fn step(state: State, event: Event, at: &Moment, config: &Config, flow: &mut Flow) -> Step {
    let heard = Heard::of(&event, flow.waits_for(event.ticket()).map(|waiting| waiting.asked), config);
    let before = Outline::of(&state);
    let (step, checks) = machine::checked_step(state, event, at, config);
    flow.stepped(heard, &before, &step, checks.take(), at.now, config);
    step
}
