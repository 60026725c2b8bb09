//! What the driver keeps for the flow inspector. Without the feature `inspector` it keeps nothing, and this file costs nothing.

use super::{discarded::Discarded, early::EarlyRequest};
#[cfg(feature = "inspector")]
use super::{driver::Driver, moment::now};
use crate::protocol::{
    config::Config,
    machine::{State, Step},
    time::Moment,
    transaction::Ticket,
    turn::Event,
};
#[cfg(feature = "inspector")]
use crate::protocol::{
    flow::{self, Entry, Flow, Lane},
    time::{Clocks, Uptime},
};
#[cfg(feature = "inspector")]
use std::{cell::RefCell, time::Duration};

/// The record.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    #[cfg(feature = "inspector")]
    flow: RefCell<Flow>,
    /// Requests of the head start: their ticket, where they went, and when.
    #[cfg(feature = "inspector")]
    early: RefCell<Vec<(Ticket, String, Uptime)>>,
}

#[cfg(not(feature = "inspector"))]
#[expect(clippy::unused_self, reason = "nothing is kept")]
impl Recorder {
    pub(crate) fn step(&self, state: State, event: Event, at: &Moment, config: &Config) -> Step {
        crate::protocol::machine::step(state, event, at, config)
    }

    pub(crate) const fn discarded(&self, _: Discarded) {}

    pub(crate) const fn sent(&self, _: Ticket, _: Option<&EarlyRequest>) {}
}

#[cfg(feature = "inspector")]
impl Recorder {
    /// A step of the machine, noted.
    pub(crate) fn step(&self, state: State, event: Event, at: &Moment, config: &Config) -> Step {
        if let Event::Responded { ticket, .. } = &event {
            self.answered(*ticket, at.now);
        }
        flow::step(state, event, at, config, &mut self.flow.borrow_mut())
    }

    /// Something that came in and did not get as far as the machine.
    pub(crate) fn discarded(&self, why: Discarded) {
        let title = match why {
            Discarded::Event(_) => return,
            Discarded::ForeignOrigin => "a window message of another origin, ignored",
            Discarded::ForeignWindow => "a message of another window, ignored",
            Discarded::Malformed => "a message of the frame that is no answer, ignored",
            Discarded::LogoutNotice => "a sign-out of the provider that cannot be read, ignored",
            Discarded::TabMessage => "a message between tabs that is not for this app, ignored",
        };
        self.note(match why {
            Discarded::TabMessage => Entry::message(Lane::Tabs, Lane::App, title),
            _ => Entry::note(title),
        });
    }

    /// A request was sent, perhaps before the app was there.
    pub(crate) fn sent(&self, ticket: Ticket, early: Option<&EarlyRequest>) {
        let Some((url, sent)) = early.and_then(EarlyRequest::sent) else { return };
        self.flow.borrow_mut().was_sent_early(ticket, back_at(sent, now()));
        self.early.borrow_mut().push((ticket, url, sent));
    }

    /// The browser remembers when the answer to an early request was there.
    fn answered(&self, ticket: Ticket, now: Clocks) {
        let mut early = self.early.borrow_mut();
        let Some(place) = early.iter().position(|(own, ..)| *own == ticket) else { return };
        let (_, url, sent) = early.swap_remove(place);
        if let Some(ended) = response_end(&url, sent).filter(|ended| *ended <= now.uptime) {
            self.flow.borrow_mut().was_answered(ticket, back_at(ended, now));
        }
    }

    /// Something else that happened now.
    pub(crate) fn note(&self, mut entry: Entry) {
        entry.at = now();
        self.flow.borrow_mut().note(entry);
    }
}

/// The same moment on both clocks.
#[cfg(feature = "inspector")]
const fn back_at(uptime: Uptime, now: Clocks) -> Clocks {
    let ago = now.uptime.as_millis().saturating_sub(uptime.as_millis());
    Clocks { wall: now.wall.minus(Duration::from_millis(ago)), uptime }
}

/// When the whole answer to a request that was sent then had come, as the browser measured it.
#[cfg(feature = "inspector")]
fn response_end(url: &str, sent: Uptime) -> Option<Uptime> {
    let entries = gloo::utils::window().performance()?.get_entries_by_name_with_entry_type(url, "resource");
    let number = |entry: &wasm_bindgen::JsValue, name: &str| js_sys::Reflect::get(entry, &name.into()).ok()?.as_f64();
    // What it counts in fractions is cut off here as it is there.
    let is_it = |entry: &wasm_bindgen::JsValue| number(entry, "startTime").is_some_and(|start| start as u64 + 1 >= sent.as_millis());
    let end = entries.iter().find(is_it).and_then(|entry| number(&entry, "responseEnd")).filter(|end| *end > 0.0)?;
    Some(Uptime::from_millis(end as u64))
}

#[cfg(feature = "inspector")]
impl Driver {
    /// Looks at the record of what has happened.
    pub fn with_flow<T>(&self, look: impl FnOnce(&Flow) -> T) -> T {
        look(&self.shared.recorder.flow.borrow())
    }

    /// Forgets what the record holds.
    pub fn clear_flow(&self) {
        self.shared.recorder.flow.borrow_mut().clear();
    }

    /// What was not used, by reason, in one line.
    pub(crate) fn discarded_in_words(&self) -> String {
        let mut words = String::new();
        for (why, count) in self.shared.discarded.borrow().iter() {
            words += &[if words.is_empty() { "" } else { ", " }, why.name(), " ", &count.to_string()].concat();
        }
        words
    }

    /// Notes something that the machine does not hear of.
    pub(crate) fn note(&self, entry: Entry) {
        self.shared.recorder.note(entry);
    }
}
