//! Everything that goes between the browser, the provider and the other tabs.

use crate::{
    bridge::{Answer, Input, Ticket},
    clock::{MINUTE, SECOND},
    network::Fate,
    page::PageId,
    provider::{Ask, Provider, Redirect},
    tally::Count,
    violation::Held,
    world::{Due, Truth, World},
};

/// How many recent secrets are looked for.
const SECRETS: usize = 24;

/// The provider lets its keys be cached for so long: ten minutes.
const CACHED: u64 = 10 * MINUTE;

impl World {
    /// A request leaves the browser.
    pub(crate) fn send(&mut self, page: PageId, ticket: Ticket, url: String, form: Option<String>, cached: bool) {
        if let Some((answer, kept)) = self.cached_keys.clone().filter(|_| cached && url.ends_with("/keys"))
            && self.clock.now < kept + CACHED
        {
            self.count(Count::CachedAnswers);
            self.after(2, Due::Comes { page, input: Input::Answered { ticket, answer }, truth: Truth::Ordinary });
            return;
        }
        match self.network.fate(&mut self.chance, &mut self.tally) {
            Fate::Lost { answer, after } => {
                self.after(after, Due::Comes { page, input: Input::Answered { ticket, answer }, truth: Truth::Trouble });
            }
            fate @ (Fate::Answered { there, .. } | Fate::Cut { there, .. }) => {
                self.after(there, Due::Arrives { page, ticket, url, form, fate });
            }
        }
    }

    /// It arrives at the provider, which does what is asked whether or not anybody still waits for it.
    pub(crate) fn arrive(&mut self, page: PageId, ticket: Ticket, url: &str, form: Option<&str>, fate: Fate) {
        let bad = self.provider.signs_badly;
        let reused = self.provider.reuse_detected;
        let answer = match form {
            Some(form) => self.provider.token(form, self.clock.provider()),
            None => self.provider.document(url),
        };
        if form.is_none() && self.habits.caches_keys && url.ends_with("/keys") {
            self.cached_keys = Some((answer.clone(), self.clock.now));
        }
        if bad && !self.provider.signs_badly {
            self.count(Count::BadSignature);
        }
        if self.provider.reuse_detected > reused {
            self.count(Count::ReuseDetected);
        }
        let truth = if matches!(answer, Answer::Json(400, _)) { Truth::Denial } else { Truth::Ordinary };
        self.note(|_| format!("provider: {} {}", if form.is_some() { "token request" } else { "document" }, kind(&answer)));
        match fate {
            Fate::Answered { back, .. } => self.after(back, Due::Comes { page, input: Input::Answered { ticket, answer }, truth }),
            Fate::Cut { answer, after, .. } | Fate::Lost { answer, after } => {
                let truth = if matches!(answer, Answer::Json(..) | Answer::Html(_)) { Truth::Unavailable } else { Truth::Trouble };
                self.after(after, Due::Comes { page, input: Input::Answered { ticket, answer }, truth });
            }
        }
    }

    /// A hidden frame arrives at the provider, and the relay page posts the answer.
    pub(crate) fn frame_arrives(&mut self, page: PageId, ticket: Ticket, url: &str, back: u64) -> Held {
        let ask = Ask::read(url)?;
        let temporary = !self.ending && self.chance.percent(1);
        let redirect = if temporary {
            self.count(Count::TemporaryError);
            let slow_down = self.chance.percent(50);
            Provider::temporary(&ask, slow_down)
        } else {
            if !self.habits.frame_cookies && self.provider.session.is_some() {
                self.count(Count::CookiesBlocked);
            }
            match self.provider.answer(&ask, self.habits.frame_cookies, self.clock.provider()) {
                Some(redirect) => redirect,
                None => return Ok(()),
            }
        };
        let truth = match redirect {
            Redirect::Code(_) => Truth::Ordinary,
            Redirect::Error(_) => Truth::Refusal,
            Redirect::Temporary(_) => Truth::Trouble,
        };
        self.note(|_| format!("provider: the frame gets {truth:?}"));
        if self.chance.percent(20) {
            // The relay page is loaded before its word arrives.
            self.after(back, Due::Comes { page, input: Input::FrameLoaded { ticket }, truth: Truth::Ordinary });
        }
        self.remember_secrets(ask.secrets());
        self.count(Count::FrameAnswers);
        let input = Input::FrameSaid { ticket, text: relayed(redirect.address()) };
        self.after(back, Due::Comes { page, input, truth });
        Ok(())
    }

    /// The person has done with the window what they wanted to, and the relay page posts the answer.
    pub(crate) fn popup_answers(&mut self, page: PageId, ticket: Ticket, url: &str) -> Held {
        let mut ask = Ask::read(url)?;
        if self.ending || !self.network.online || !self.network.provider_up {
            return Ok(());
        }
        let known = self.provider.answer(&ask, true, self.clock.provider());
        let redirect = match known {
            Some(redirect) => redirect,
            None if self.chance.percent(10) => Provider::refused(&ask),
            None => {
                let who = self.whoever(ask.anew);
                ask.anew = false;
                self.provider.sign_in(who, self.clock.provider());
                let Some(redirect) = self.provider.answer(&ask, true, self.clock.provider()) else { return Ok(()) };
                redirect
            }
        };
        let truth = if matches!(redirect, Redirect::Code(_)) { Truth::Ordinary } else { Truth::Trouble };
        self.note(|_| format!("provider: the window gets {truth:?}"));
        self.remember_secrets(ask.secrets());
        self.count(Count::PopupAnswers);
        let wait = self.chance.between(5, 400);
        self.after(wait, Due::Comes { page, input: Input::PopupSaid { ticket, text: relayed(redirect.address()) }, truth });
        Ok(())
    }

    /// An API answers.
    pub(crate) fn api_answers(&mut self, page: PageId, number: u64, taken: bool) -> Held {
        let Some(mut document) = self.take(page) else { return Ok(()) };
        let place = document.calls.iter().position(|call| call.number == number);
        let mut held = Ok(());
        if let Some(place) = place {
            let generation = document.calls[place].sent.take();
            if let (false, None, Some(generation)) = (taken, document.calls[place].refused, generation) {
                self.count(Count::ApiRejected);
                document.calls[place].refused = Some(generation);
                held = self.turn(&mut document, Input::Rejected { generation }, Truth::Ordinary);
            } else {
                document.calls.remove(place);
            }
        }
        self.put_back(document);
        held
    }

    /// A text goes to every other page of the app in this browser.
    pub(crate) fn broadcast(&mut self, from: PageId, text: &str) {
        for page in self.pages().into_iter().filter(|page| *page != from) {
            // A hidden tab may be slow to be woken for it.
            let wait = if page.tab == self.visible { self.chance.between(1, 20) } else { self.chance.scaled(1, 3 * SECOND) };
            self.count(Count::TabMessages);
            self.after(wait, Due::Comes { page, input: Input::Told(text.to_owned()), truth: Truth::Ordinary });
        }
        for _ in self.tabs.iter().filter(|tab| tab.frozen.is_some()) {
            self.tally.add(Count::TabMessagesLost);
        }
    }

    /// Looks for these in what a developer sees.
    pub(crate) fn remember_secrets(&mut self, secrets: impl IntoIterator<Item = String>) {
        self.secrets.extend(secrets);
        let surplus = self.secrets.len().saturating_sub(SECRETS);
        self.secrets.drain(..surplus);
    }
}

/// What the relay page posts for an address.
pub(crate) fn relayed(address: &str) -> String {
    let query = address.split_once('?').map_or(String::new(), |(_, query)| format!("?{query}"));
    format!(r#"{{"hushkey":1,"query":"{query}","fragment":""}}"#)
}

fn kind(answer: &Answer) -> String {
    match answer {
        Answer::Json(status, _) | Answer::Html(status) => format!("answers {status}"),
        Answer::Unreachable | Answer::Offline | Answer::TimedOut => "does not answer".to_owned(),
    }
}
