//! What the browser driver does: one event after the other goes into the core, what nobody waits for is dropped, what the core wants is done,
//! and one timer is set. The gate of a protected page and the calls to an API stand here as well, because they speak to the driver.

use crate::{
    bridge::{self, Input, Kind, Shown, Token, Wish},
    check::Before,
    clock::SECOND,
    habits::API,
    page::{Document, Holding, HoldingKind, PageId, Stage},
    provider::{Ask, ISSUER, Provider},
    tally::Count,
    violation::{Held, require},
    world::{Due, Truth, World},
};
use std::{collections::VecDeque, mem};

/// A timer of a hidden tab comes with the next whole second, or minute where the browser throttles hard.
const HIDDEN_GRAIN: [u64; 2] = [1000, 60_000];

/// A page remembers so many texts that left it, to look for a verifier in.
const PUBLISHED: usize = 6;

impl World {
    /// Something comes to a page, if it is still there.
    pub(crate) fn deliver(&mut self, page: PageId, input: Input, truth: Truth) -> Held {
        if let Some(mut document) = self.take(page) {
            let held = self.turn(&mut document, input, truth);
            self.put_back(document);
            return held;
        }
        let frozen = self.tabs.get_mut(page.tab).and_then(|tab| tab.frozen.as_mut()).filter(|frozen| frozen.id == page);
        match (frozen, input) {
            // A page in the cache hears no other tab.
            (_, Input::Told(_)) => self.count(Count::TabMessagesLost),
            (
                Some(frozen),
                input @ (Input::FrameSaid { .. }
                | Input::FrameLoaded { .. }
                | Input::FrameForbidden { .. }
                | Input::Examined { .. }
                | Input::PopupSaid { .. }
                | Input::PopupBlocked { .. }
                | Input::Answered { .. }
                | Input::Checked { .. }),
            ) => {
                frozen.missed.push((input, truth));
            }
            _ => {}
        }
        Ok(())
    }

    /// One input and all that follows from it at once.
    pub(crate) fn turn(&mut self, document: &mut Document, input: Input, truth: Truth) -> Held {
        let mut inbox = VecDeque::from([(input, truth)]);
        while let Some((input, truth)) = inbox.pop_front() {
            match input {
                Input::Opened { visible, .. } | Input::Woke { visible } => document.seen = visible,
                _ => {}
            }
            if let Input::Opened { hint, .. } | Input::Returned { hint } = &input {
                document.frames_blocked = bridge::says_frames_blocked(hint.as_deref());
            }
            let before = Before::of(document, &input, truth, self.signed_out);
            if let Some((kind, event)) = bridge::event(input, self.habits.config) {
                let before = before.with(kind);
                self.steps += 1;
                self.count(Count::Events);
                let (clocks, entropy) = (self.clock.device(), self.chance.seed());
                let stepped = document.core.step(event, clocks, entropy, self.is_sampled());
                document.held.retain(|holding| document.core.holds(holding.ticket));
                self.note(|_| {
                    let ignored = if stepped.ignored { " (ignored)" } else { "" };
                    let problem = document.core.problem().unwrap_or_default();
                    format!("tab {}: {kind:?}{ignored} -> {:?} {problem}", document.id.tab, document.core.shown())
                });
                self.check_effects(document, &before, &stepped)?;
                for wish in stepped.wishes {
                    self.perform(document, wish)?;
                }
                self.check_state(document, &before, stepped.ignored, stepped.sample)?;
            }
            inbox.extend(gate(document).map(|input| (input, Truth::Ordinary)));
            inbox.extend(self.poll_calls(document).map(|input| (input, Truth::Ordinary)));
        }
        self.set_timer(document);
        Ok(())
    }

    fn set_timer(&mut self, document: &mut Document) {
        document.timer += 1;
        let Some(wait) = document.core.deadline_in(self.clock.device()) else { return };
        let wait = if document.id.tab == self.visible {
            wait
        } else {
            wait.next_multiple_of(HIDDEN_GRAIN[usize::from(self.habits.throttles_hard)]).max(1000)
        };
        // A timer never comes in the same millisecond: that would be an endless loop in the browser, too.
        self.after(wait.max(1), Due::Timer { page: document.id, timer: document.timer });
    }

    /// A timer fires. One that comes early, because the clock was changed, only asks again.
    pub(crate) fn timer(&mut self, page: PageId, timer: u64) -> Held {
        let Some(document) = self.tabs[page.tab].document().filter(|document| document.id == page && document.timer == timer) else {
            return Ok(());
        };
        if document.core.deadline_in(self.clock.device()) == Some(0) {
            self.count(if page.tab == self.visible { Count::Ticks } else { Count::LateTicks });
            return self.deliver(page, Input::Ticked, Truth::Ordinary);
        }
        if let Some(mut document) = self.take(page) {
            self.set_timer(&mut document);
            self.put_back(document);
        }
        Ok(())
    }

    fn perform(&mut self, document: &mut Document, wish: Wish) -> Held {
        let page = document.id;
        match wish {
            Wish::Frame { ticket, url } => {
                self.hold(document, ticket, HoldingKind::Frame);
                document.by_refresh = false;
                if self.habits.frames_forbidden {
                    self.count(Count::FrameForbidden);
                    self.after(1, Due::Comes { page, input: Input::FrameForbidden { ticket }, truth: Truth::Trouble });
                } else if let Some((there, back)) = self.network.frame(&mut self.chance, &mut self.tally) {
                    self.after(there, Due::FrameArrives { page, ticket, url, back });
                } else if self.chance.percent(50) {
                    // Some browsers tell of the page that stands for an error as of any other.
                    self.count(Count::FrameLoaded);
                    let wait = self.chance.between(50, 3000);
                    self.after(wait, Due::Comes { page, input: Input::FrameLoaded { ticket }, truth: Truth::Trouble });
                }
            }
            Wish::Popup { ticket, url } => {
                self.hold(document, ticket, HoldingKind::Popup);
                document.by_refresh = false;
                if self.habits.opens_windows {
                    self.count(Count::PopupsOpened);
                    // Some are forgotten.
                    if self.chance.percent(85) {
                        let wait = self.chance.between(300, 40 * SECOND);
                        self.after(wait, Due::PopupAnswers { page, ticket, url });
                    }
                } else {
                    self.count(Count::PopupsBlocked);
                    self.after(1, Due::Comes { page, input: Input::PopupBlocked { ticket }, truth: Truth::Ordinary });
                }
            }
            Wish::Examine { ticket, question } => {
                Ask::read(&question)?;
                self.hold(document, ticket, HoldingKind::Examination);
                let wait = self.chance.between(20, 3000);
                self.after(wait, Due::Examines { page, ticket });
            }
            Wish::Send { ticket, url, form, cached } => {
                self.presented(document, form.as_deref())?;
                self.hold(document, ticket, if form.is_some() { HoldingKind::TokenRequest } else { HoldingKind::Document });
                self.send(page, ticket, url, form, cached);
            }
            Wish::Check { ticket, checks } => {
                self.hold(document, ticket, HoldingKind::Check);
                let wrong = Provider::wrong_signature(&checks);
                let truth = if wrong.is_some() { Truth::Mistake } else { Truth::Ordinary };
                let wait = self.chance.between(1, 30);
                self.after(wait, Due::Comes { page, input: Input::Checked { ticket, wrong }, truth });
            }
            Wish::Leave { url, replaces } => {
                let navigation = self.number();
                document.navigation = Some(navigation);
                let wait = self.navigation_delay();
                if url.starts_with(&format!("{ISSUER}/authorize")) {
                    let is_lookup = Ask::read(&url)?.silent;
                    require(is_lookup == (document.core.shown() == Shown::LeavingToLookup), "a page says where it goes", String::new)?;
                    require(is_lookup || replaces != document.leave_chosen, "what nobody chose leaves no entry in the history", || {
                        format!("tab {}", page.tab)
                    })?;
                    if is_lookup {
                        document.lookups += 1;
                        self.count(Count::Lookups);
                    } else if !document.leave_chosen {
                        document.automatic += 1;
                        self.count(Count::AutomaticRedirects);
                    }
                }
                if let Some(wait) = wait {
                    self.after(wait, Due::Leaves { page, navigation, url, replaces });
                } else {
                    self.note(|_| format!("tab {}: the navigation is stopped", page.tab));
                }
            }
            Wish::Rewrite(to) => document.place = to,
            Wish::Keep { key, text } => {
                self.tabs[page.tab].storage.insert(key, text);
            }
            Wish::Hint(news) => {
                document.frames_blocked = bridge::frames_blocked_after(document.frames_blocked, news);
                self.hint = Some(bridge::noted(self.hint.as_deref(), news));
            }
            Wish::Tell(text) => self.broadcast(page, &text),
            Wish::NoteRedirects(text) => self.tabs[page.tab].redirects = text,
            Wish::ForgetScroll | Wish::RestoreScroll | Wish::Report(_) => {}
        }
        Ok(())
    }

    fn hold(&mut self, document: &mut Document, ticket: bridge::Ticket, kind: HoldingKind) {
        document.held.push(Holding { ticket, kind });
        self.note(|_| format!("tab {}: {kind:?} {ticket:?} begins", document.id.tab));
    }

    /// How long the browser takes to leave; `None` if the person stops it.
    fn navigation_delay(&mut self) -> Option<u64> {
        if self.ending {
            return Some(50);
        }
        match self.chance.below(100) {
            0..3 => {
                self.count(Count::NavigationStopped);
                None
            }
            3..6 => Some(self.chance.between(5_000, 45_000)),
            _ => Some(self.chance.between(5, 800)),
        }
    }

    /// Remembers a text that left the page.
    pub(crate) fn publish(document: &mut Document, text: &str) {
        if document.published.len() == PUBLISHED {
            document.published.remove(0);
        }
        document.published.push(text.to_owned());
    }

    /// A call to an API was begun.
    pub(crate) fn start_calls(&mut self, document: &mut Document) -> Held {
        match self.poll_calls(document) {
            Some(input) => self.turn(document, input, Truth::Ordinary),
            None => Ok(()),
        }
    }

    /// What the calls of a page do next: send, ask for a new token, or wait.
    fn poll_calls(&mut self, document: &mut Document) -> Option<Input> {
        if document.calls.is_empty() {
            return None;
        }
        let mut asks = false;
        let mut calls = mem::take(&mut document.calls);
        calls.retain_mut(|call| {
            if call.sent.is_some() {
                return true;
            }
            match document.core.token_for(API, self.clock.device()) {
                Token::Attach { token, generation } if call.refused != Some(generation) => {
                    call.sent = Some(generation);
                    let taken = self.provider.api_takes(&token, self.clock.provider()) && (self.ending || !self.chance.percent(4));
                    let wait = self.network.delay(&mut self.chance, &mut self.tally);
                    self.after(wait, Due::ApiAnswers { page: document.id, call: call.number, taken });
                    true
                }
                Token::Attach { .. } | Token::Wait => true,
                Token::Renew => {
                    asks = true;
                    true
                }
                Token::SignedOut | Token::NotAllowed => false,
            }
        });
        document.calls = calls;
        asks.then_some(Input::Renew)
    }
}

/// What the gate of a protected page says, if anything it looks at has changed.
fn gate(document: &mut Document) -> Option<Input> {
    let now = document.is_protected().then(|| (document.stage(), document.place.clone()));
    if now == document.gate {
        return None;
    }
    let said = match &now {
        Some((Stage::SignedIn, _)) => None,
        Some((Stage::Waiting | Stage::SignedOut, place)) => Some(Input::Needed(place.clone())),
        None => Some(Input::NotNeeded),
    };
    document.gate = now;
    said
}

/// Whether the person chose what this kind of event leads to.
pub(crate) const fn is_choice(kind: Kind) -> bool {
    matches!(kind, Kind::SignIn | Kind::PopupBlocked)
}

/// Whether a page is on its way to the provider.
pub(crate) const fn is_leaving(shown: Shown) -> bool {
    matches!(shown, Shown::LeavingToLookup | Shown::LeavingToSignIn | Shown::LeavingToSignOut)
}
