//! The whole of one session: the browser, the provider, the network, the clocks, and what is going to happen.

use crate::{
    bridge::{Answer, Input, Ticket},
    chance::Chance,
    check,
    clock::Clock,
    habits::Habits,
    network::{Fate, Network},
    page::{Document, Page, PageId, Tab},
    provider::{Provider, Rules},
    queue::Queue,
    tally::{Count, Tally},
    violation::{Held, require},
};
use std::collections::HashSet;

/// Something that is going to happen.
#[derive(Debug)]
pub(crate) enum Due {
    /// A page's timer.
    Timer { page: PageId, timer: u64 },
    /// A request arrives at the provider.
    Arrives { page: PageId, ticket: Ticket, url: String, form: Option<String>, fate: Fate },
    /// A hidden frame arrives at the provider.
    FrameArrives { page: PageId, ticket: Ticket, url: String, back: u64 },
    /// The person is done with the window.
    PopupAnswers { page: PageId, ticket: Ticket, url: String },
    /// It is looked at why a frame said nothing.
    Examines { page: PageId, ticket: Ticket },
    /// Something comes to a page.
    Comes { page: PageId, input: Input, truth: Truth },
    /// An API answers a call: whether it took the token.
    ApiAnswers { page: PageId, call: u64, taken: bool },
    /// The browser leaves a page for this address.
    Leaves { page: PageId, navigation: u64, url: String, replaces: bool },
    /// The provider sends a tab back to this address.
    SentBack { tab: usize, visit: u64, address: String },
    /// The person does what they do on the sign-in page.
    Authenticates { tab: usize, visit: u64 },
}

/// What the simulation knows of an input and the core must find out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    /// Nothing special: no reason to end a session.
    Ordinary,
    /// The provider says that there is no such session.
    Refusal,
    /// The provider says that something it issued is worth nothing.
    Denial,
    /// Something in between failed.
    Trouble,
    /// Something in between answered 5xx, and what was asked for may have been done.
    Unavailable,
    /// Somebody else wrote it.
    Forged,
    /// A planted mistake of the provider.
    Mistake,
}

/// The world of a session.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) chance: Chance,
    pub(crate) clock: Clock,
    pub(crate) queue: Queue<Due>,
    pub(crate) provider: Provider,
    pub(crate) network: Network,
    pub(crate) habits: Habits,
    pub(crate) tabs: Vec<Tab>,
    /// The place of the tab that is looked at.
    pub(crate) visible: usize,
    /// The hint in `localStorage`.
    pub(crate) hint: Option<String>,
    /// Whether faults have ended and the session is being judged.
    pub(crate) ending: bool,
    /// The tab in which somebody signs in at the end. In every other one, nobody does any more.
    pub(crate) signs_in_at_end: Option<usize>,
    /// Where sampling begins, so that over many sessions every step has its turn.
    pub(crate) sampling: u64,
    /// Steps of the core so far.
    pub(crate) steps: u64,
    /// The step at which somebody last chose to sign out.
    pub(crate) signed_out: u64,
    /// Codes that were presented.
    pub(crate) codes: HashSet<String>,
    /// Verifiers that were presented.
    pub(crate) verifiers: HashSet<String>,
    /// Values of records that exist twice because a tab was duplicated.
    pub(crate) cloned: HashSet<String>,
    /// Recent states, nonces and verifiers, to look for in what a developer sees.
    pub(crate) secrets: Vec<String>,
    /// Addresses that the provider sent tabs back to.
    pub(crate) callbacks: Vec<String>,
    /// The keys in the browser's HTTP cache, and since when.
    pub(crate) cached_keys: Option<(Answer, u64)>,
    pub(crate) tally: Tally,
    /// Every line of what happened, if that was asked for.
    pub(crate) trace: Option<Vec<String>>,
    numbers: u64,
}

/// A session that is longer than this has run away: ordinary ones have about a hundred steps.
const LONGEST: u64 = 20_000;

impl World {
    /// A browser with one tab that shows nothing.
    pub(crate) fn new(seed: u64, traced: bool) -> Self {
        let mut chance = Chance::new(seed);
        let habits = Habits::draw(&mut chance);
        let provider = Provider::new(Rules::draw(&mut chance));
        let sampling = chance.below(check::SAMPLE);
        let mut clock = Clock::new();
        clock.provider_ahead = chance.between(0, 30_000) as i64 - 15_000;
        Self {
            chance,
            clock,
            queue: Queue::new(),
            provider,
            network: Network::new(),
            habits,
            tabs: vec![Tab::new()],
            visible: 0,
            hint: None,
            ending: false,
            signs_in_at_end: None,
            sampling,
            steps: 0,
            signed_out: 0,
            codes: HashSet::new(),
            verifiers: HashSet::new(),
            cloned: HashSet::new(),
            secrets: Vec::new(),
            callbacks: Vec::new(),
            cached_keys: None,
            tally: Tally::new(),
            trace: traced.then(Vec::new),
            numbers: 0,
        }
    }

    /// A number that was never given before.
    pub(crate) const fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// Writes a line of the trace. The words are only made if there is one.
    pub(crate) fn note(&mut self, words: impl FnOnce(&Self) -> String) {
        if self.trace.is_some() {
            let line = format!("{:>12.3}  {}", (self.clock.now - crate::clock::START) as f64 / 1000.0, words(self));
            if let Some(trace) = &mut self.trace {
                trace.push(line);
            }
        }
    }

    /// Arranges something for later.
    pub(crate) fn after(&mut self, wait: u64, what: Due) {
        self.queue.push(self.clock.now + wait, what);
    }

    /// Time passes, and what is due happens.
    pub(crate) fn run_until(&mut self, end: u64) -> Held {
        while let Some((at, due)) = self.queue.pop_by(end) {
            self.clock.now = self.clock.now.max(at);
            self.happen(due)?;
            require(self.steps < LONGEST, "a session comes to rest", || format!("{} steps", self.steps))?;
        }
        self.clock.now = self.clock.now.max(end);
        Ok(())
    }

    /// Time passes until `end`, or until so many steps have been taken: a page that retries for days shows nothing new.
    pub(crate) fn run_for_steps(&mut self, end: u64, steps: u64) -> Held {
        let last = self.steps + steps;
        while self.steps < last {
            let Some((at, due)) = self.queue.pop_by(end) else {
                self.clock.now = self.clock.now.max(end);
                break;
            };
            self.clock.now = self.clock.now.max(at);
            self.happen(due)?;
        }
        Ok(())
    }

    /// One thing happens.
    pub(crate) fn happen(&mut self, due: Due) -> Held {
        match due {
            Due::Timer { page, timer } => self.timer(page, timer),
            Due::Arrives { page, ticket, url, form, fate } => {
                self.arrive(page, ticket, &url, form.as_deref(), fate);
                Ok(())
            }
            Due::FrameArrives { page, ticket, url, back } => self.frame_arrives(page, ticket, &url, back),
            Due::PopupAnswers { page, ticket, url } => self.popup_answers(page, ticket, &url),
            Due::Examines { page, ticket } => {
                let (online, answers) = (self.network.online, self.network.online && self.network.provider_up);
                self.count(Count::Examined);
                self.deliver(page, Input::Examined { ticket, online, answers }, Truth::Ordinary)
            }
            Due::Comes { page, input, truth } => self.deliver(page, input, truth),
            Due::ApiAnswers { page, call, taken } => self.api_answers(page, call, taken),
            Due::Leaves { page, navigation, url, replaces } => self.leave(page, navigation, url, replaces),
            Due::SentBack { tab, visit, address } => self.sent_back(tab, visit, address),
            Due::Authenticates { tab, visit } => {
                self.authenticate(tab, visit);
                Ok(())
            }
        }
    }

    /// Takes a page out of its tab for the time of an event. `None` if it is not there any more.
    pub(crate) fn take(&mut self, page: PageId) -> Option<Box<Document>> {
        let tab = self.tabs.get_mut(page.tab)?;
        if tab.document().is_none_or(|document| document.id != page) {
            return None;
        }
        match std::mem::replace(&mut tab.page, Page::Busy) {
            Page::App(document) => Some(document),
            other => {
                tab.page = other;
                None
            }
        }
    }

    /// Puts it back.
    pub(crate) fn put_back(&mut self, document: Box<Document>) {
        let tab = document.id.tab;
        self.tabs[tab].page = Page::App(document);
    }

    /// The pages that are loaded and run.
    pub(crate) fn pages(&self) -> Vec<PageId> {
        self.tabs.iter().filter_map(|tab| Some(tab.document()?.id)).collect()
    }

    /// Counts.
    pub(crate) const fn count(&mut self, what: Count) {
        self.tally.add(what);
    }
}
