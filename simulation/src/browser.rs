//! Loading, leaving, freezing and coming back.

use crate::{
    bridge::{self, Answer, Core, Input, Who},
    clock::SECOND,
    page::{Document, Page, PageId},
    provider::{APP, Ask, ISSUER, Provider},
    tally::Count,
    violation::Held,
    world::{Due, Truth, World},
};

impl World {
    /// Loads an address of the app in a tab.
    pub(crate) fn load(&mut self, tab: usize, address: &str) -> Held {
        if !self.network.online {
            self.tabs[tab].page = Page::Error(address.to_owned());
            return Ok(());
        }
        let id = PageId { tab, document: self.number() };
        let config = self.habits.config;
        let storage = &mut self.tabs[tab].storage;
        // Taken before anything else: it is not used twice.
        let kept = bridge::record_key(address, config).and_then(|key| storage.remove_entry(&key));
        let wall = self.clock.device().wall;
        storage.retain(|_, text| begun(text).is_some_and(|begun| begun.abs_diff(wall) <= bridge::RECORD_LIFETIME));
        let place = address.strip_prefix(APP).unwrap_or("/").to_owned();
        let shown = place.split('?').next().unwrap_or_default().to_owned();
        let (redirects, visible) = (self.tabs[tab].redirects.clone(), tab == self.visible);
        let opened = Input::Opened { address: address.to_owned(), kept, hint: self.hint.clone(), redirects, visible };
        let mut document = Box::new(Document::new(id, Core::new(config), place));
        self.tabs[tab].page = Page::Busy;
        self.count(Count::PageLoads);
        self.note(|_| format!("tab {tab}: loads {shown}"));
        let held = self.turn(&mut document, opened, Truth::Ordinary);
        self.put_back(document);
        held
    }

    /// The browser leaves a page of the app.
    pub(crate) fn leave(&mut self, page: PageId, navigation: u64, url: String, replaces: bool) -> Held {
        if self.tabs[page.tab].document().is_none_or(|own| own.id != page || own.navigation != Some(navigation)) {
            return Ok(());
        }
        self.unload(page.tab, !replaces);
        self.go_to_provider(page.tab, url)
    }

    /// The page of a tab goes, into the cache if it may and the browser likes.
    pub(crate) fn unload(&mut self, tab: usize, may_freeze: bool) {
        self.tabs[tab].frozen = None;
        if let Page::App(document) = std::mem::replace(&mut self.tabs[tab].page, Page::Elsewhere)
            && may_freeze
            && self.chance.percent(self.habits.cache)
        {
            self.count(Count::Froze);
            self.tabs[tab].frozen = Some(document);
        }
    }

    /// The person goes back to a page that is in the cache. `false` if there is none.
    pub(crate) fn thaw(&mut self, tab: usize) -> Held<bool> {
        let Some(mut document) = self.tabs[tab].frozen.take() else { return Ok(false) };
        let page = document.id;
        document.navigation = None;
        let missed = std::mem::take(&mut document.missed);
        self.tabs[tab].page = Page::App(document);
        self.count(Count::Thawed);
        self.note(|_| format!("tab {tab}: comes back from the cache"));
        for (input, truth) in missed {
            // Some browsers cut what was under way when the page went into the cache.
            let (input, truth) = match input {
                Input::Answered { ticket, .. } if self.chance.percent(50) => {
                    (Input::Answered { ticket, answer: Answer::Unreachable }, Truth::Trouble)
                }
                other => (other, truth),
            };
            let wait = self.chance.between(0, 5);
            self.after(wait, Due::Comes { page, input, truth });
        }
        self.deliver(page, Input::Returned { hint: self.hint.clone() }, Truth::Ordinary)?;
        Ok(true)
    }

    /// A tab arrives at the provider.
    pub(crate) fn go_to_provider(&mut self, tab: usize, url: String) -> Held {
        if !self.network.online || !self.network.provider_up {
            self.note(|_| format!("tab {tab}: the provider's page cannot be shown"));
            self.tabs[tab].page = Page::Error(url);
            return Ok(());
        }
        let visit = self.number();
        let wait = self.chance.between(20, 400);
        if url.starts_with(&format!("{ISSUER}/logout")) {
            let address = self.provider.log_out(&url);
            self.tabs[tab].page = Page::Passing { visit };
            self.note(|_| format!("tab {tab}: the provider ends the session"));
            self.after(wait, Due::SentBack { tab, visit, address });
            return Ok(());
        }
        let ask = Ask::read(&url)?;
        if let Some(redirect) = self.provider.answer(&ask, true, self.clock.provider()) {
            self.tabs[tab].page = Page::Passing { visit };
            self.note(|_| format!("tab {tab}: the provider knows the person"));
            self.remember_secrets(ask.secrets());
            self.after(wait, Due::SentBack { tab, visit, address: redirect.address().to_owned() });
            return Ok(());
        }
        self.tabs[tab].page = Page::SignIn { visit, ask };
        self.note(|_| format!("tab {tab}: the sign-in page"));
        let wait = match self.chance.below(100) {
            _ if self.ending => (self.signs_in_at_end == Some(tab)).then_some(500),
            0..80 => Some(self.chance.between(SECOND, 40 * SECOND)),
            // Longer than the record in the store is good for.
            80..84 => Some(700 * SECOND),
            _ => None,
        };
        match wait {
            Some(wait) => self.after(wait, Due::Authenticates { tab, visit }),
            None => self.count(Count::Abandoned),
        }
        Ok(())
    }

    /// The person signs in on the provider's page, or refuses.
    pub(crate) fn authenticate(&mut self, tab: usize, visit: u64) {
        let Page::SignIn { visit: current, .. } = self.tabs[tab].page else { return };
        if visit != current || !self.network.online || !self.network.provider_up {
            return;
        }
        let Page::SignIn { mut ask, .. } = std::mem::replace(&mut self.tabs[tab].page, Page::Passing { visit }) else { return };
        let redirect = if !self.ending && self.chance.percent(6) {
            self.count(Count::Refused);
            Some(Provider::refused(&ask))
        } else {
            self.count(Count::Authenticated);
            let who = self.whoever(ask.anew);
            ask.anew = false;
            self.provider.sign_in(who, self.clock.provider());
            self.provider.answer(&ask, true, self.clock.provider())
        };
        let Some(redirect) = redirect else { return };
        self.note(|_| format!("tab {tab}: the person answers the sign-in page"));
        self.remember_secrets(ask.secrets());
        let wait = self.chance.between(20, 400);
        self.after(wait, Due::SentBack { tab, visit, address: redirect.address().to_owned() });
    }

    /// Who signs in: the usual person mostly.
    pub(crate) fn whoever(&mut self, anew: bool) -> Who {
        let mut who = self.habits.usual;
        if anew || self.chance.percent(5) {
            who.person = self.chance.between(1, 2) as u8;
            who.organisation = self.chance.between(1, 2) as u8;
        }
        who
    }

    /// The provider sends a tab back to the app.
    pub(crate) fn sent_back(&mut self, tab: usize, visit: u64, address: String) -> Held {
        match self.tabs[tab].page {
            Page::Passing { visit: current } if visit == current => {}
            _ => return Ok(()),
        }
        let held = self.load(tab, &address);
        self.callbacks.push(address);
        held
    }
}

/// When a record was begun.
fn begun(text: &str) -> Option<u64> {
    text.split_once("\"begun\":")?.1.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
