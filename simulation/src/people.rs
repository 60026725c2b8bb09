//! What people do in a browser.

use crate::{
    bridge::{Input, Shown},
    page::{Call, Page, PageId, Tab},
    provider::APP,
    tally::Count,
    violation::Held,
    world::{Due, Truth, World},
};

/// Places in the app: public ones and protected ones.
const PLACES: [&str; 5] = ["/", "/about?q=1", "/account", "/account?tab=2", "/"];

/// A browser has so many tabs of the app at most.
const TABS: usize = 5;

impl World {
    /// The page that is looked at, if it is one of the app.
    fn looked_at(&self) -> Option<PageId> {
        Some(self.tabs[self.visible].document()?.id)
    }

    fn choose(&mut self, what: Count, input: Input) -> Held {
        let Some(page) = self.looked_at() else { return Ok(()) };
        self.count(what);
        // Whoever chooses something has touched the page.
        self.deliver(page, Input::Acted, Truth::Ordinary)?;
        self.deliver(page, input, Truth::Ordinary)
    }

    fn place(&mut self) -> String {
        format!("{APP}{}", self.chance.pick(&PLACES))
    }

    /// A tab comes to the front, and its page wakes.
    pub(crate) fn show(&mut self, tab: usize) -> Held {
        self.turn_to(tab)?;
        let Some(page) = self.looked_at() else { return Ok(()) };
        self.deliver(page, Input::Woke { visible: true }, Truth::Ordinary)?;
        // Focus comes with it, often.
        if self.chance.percent(50) { self.deliver(page, Input::Woke { visible: true }, Truth::Ordinary) } else { Ok(()) }
    }

    /// The tab that was at the front is hidden by this one.
    fn turn_to(&mut self, tab: usize) -> Held {
        let before = self.looked_at();
        self.visible = tab;
        match before.filter(|page| page.tab != tab) {
            Some(page) => self.deliver(page, Input::Woke { visible: false }, Truth::Ordinary),
            None => Ok(()),
        }
    }

    /// The place of a tab that is closed or new.
    fn free_tab(&mut self) -> Option<usize> {
        if let Some(place) = self.tabs.iter().position(|tab| matches!(tab.page, Page::Closed)) {
            self.tabs[place] = Tab::new();
            return Some(place);
        }
        if self.tabs.len() == TABS {
            return None;
        }
        self.tabs.push(Tab::new());
        Some(self.tabs.len() - 1)
    }

    pub(crate) fn open_tab(&mut self) -> Held {
        let Some(tab) = self.free_tab() else { return Ok(()) };
        self.count(Count::TabOpened);
        if self.chance.percent(25) {
            self.count(Count::TabInBackground);
        } else {
            self.turn_to(tab)?;
        }
        let address = self.place();
        self.load(tab, &address)
    }

    pub(crate) fn close_tab(&mut self) -> Held {
        let open: Vec<usize> = (0..self.tabs.len()).filter(|tab| !matches!(self.tabs[*tab].page, Page::Closed)).collect();
        if open.len() < 2 {
            return Ok(());
        }
        self.count(Count::TabClosed);
        let tab = self.chance.pick(&open);
        self.tabs[tab] = Tab { page: Page::Closed, ..Tab::new() };
        let rest = open.into_iter().find(|other| *other != tab).unwrap_or_default();
        if tab == self.visible { self.show(rest) } else { Ok(()) }
    }

    /// A duplicate has a copy of `sessionStorage`, pending records and all.
    pub(crate) fn duplicate_tab(&mut self) -> Held {
        let Some(document) = self.tabs[self.visible].document() else { return Ok(()) };
        let address = format!("{APP}{}", document.place);
        let (storage, redirects) = (self.tabs[self.visible].storage.clone(), self.tabs[self.visible].redirects.clone());
        let Some(tab) = self.free_tab() else { return Ok(()) };
        self.count(Count::TabDuplicated);
        self.cloned.extend(storage.values().filter_map(|text| Some(text.split_once("\"verifier\":\"")?.1.split('"').next()?.to_owned())));
        self.tabs[tab].storage = storage;
        self.tabs[tab].redirects = redirects;
        self.turn_to(tab)?;
        self.load(tab, &address)
    }

    pub(crate) fn show_tab(&mut self) -> Held {
        let tab = self.chance.below(self.tabs.len() as u64) as usize;
        if tab == self.visible || matches!(self.tabs[tab].page, Page::Closed) {
            return Ok(());
        }
        self.count(Count::TabShown);
        self.show(tab)
    }

    pub(crate) fn reload(&mut self) -> Held {
        self.count(Count::Reloaded);
        self.reload_tab(self.visible)
    }

    /// Loads what a tab shows once more.
    pub(crate) fn reload_tab(&mut self, tab: usize) -> Held {
        let address = match &self.tabs[tab].page {
            Page::App(document) => format!("{APP}{}", document.place),
            Page::Error(address) => address.clone(),
            Page::Elsewhere => self.place(),
            Page::Busy | Page::SignIn { .. } | Page::Passing { .. } | Page::Closed => return Ok(()),
        };
        if address.starts_with(APP) { self.load(tab, &address) } else { self.go_to_provider(tab, address) }
    }

    pub(crate) fn go_away(&mut self) -> Held {
        if self.looked_at().is_some() {
            self.count(Count::WentAway);
            self.unload(self.visible, true);
        }
        Ok(())
    }

    /// Back from another site, an error page or the provider: to the page in the cache, or to a fresh one.
    pub(crate) fn go_back(&mut self) -> Held {
        let tab = self.visible;
        if !matches!(self.tabs[tab].page, Page::SignIn { .. } | Page::Passing { .. } | Page::Elsewhere | Page::Error(_)) {
            return Ok(());
        }
        self.count(Count::Back);
        if self.thaw(tab)? {
            return Ok(());
        }
        let address = self.place();
        self.load(tab, &address)
    }

    /// Another page of the app, without a page load.
    pub(crate) fn browse(&mut self) -> Held {
        let Some(page) = self.looked_at() else { return Ok(()) };
        self.count(Count::Browsed);
        let place = self.chance.pick(&PLACES);
        if let Some(mut document) = self.take(page) {
            place.clone_into(&mut document.place);
            self.put_back(document);
        }
        // The gate of the new page speaks with the next turn of the driver; an unmounted one speaks at once.
        self.deliver(page, if place.starts_with("/account") { Input::Needed(place.to_owned()) } else { Input::NotNeeded }, Truth::Ordinary)
    }

    pub(crate) fn sign_in(&mut self, anew: bool) -> Held {
        let return_to = self.chance.pick(&PLACES).to_owned();
        let popup = self.chance.percent(30);
        self.choose(if anew { Count::SignInAnew } else { Count::SignInChosen }, Input::SignIn { return_to, anew, popup })
    }

    pub(crate) fn switch_organisation(&mut self) -> Held {
        let id = format!("org_{}", self.chance.between(1, 2));
        self.choose(Count::OrganisationChosen, Input::Organisation(id))
    }

    pub(crate) fn sign_out(&mut self) -> Held {
        self.choose(Count::SignOutChosen, Input::SignOut)
    }

    pub(crate) fn renew(&mut self) -> Held {
        self.choose(Count::RenewalChosen, Input::Renew)
    }

    pub(crate) fn retry(&mut self) -> Held {
        self.choose(Count::RetryChosen, Input::Retry)
    }

    pub(crate) fn call_api(&mut self) -> Held {
        let Some(page) = self.looked_at() else { return Ok(()) };
        self.count(Count::ApiCalled);
        let call = Call { number: self.number(), refused: None, sent: None };
        let Some(mut document) = self.take(page) else { return Ok(()) };
        document.calls.push(call);
        let held = self.start_calls(&mut document);
        self.put_back(document);
        held
    }

    /// The person comes back to a sign-in page that was left open.
    pub(crate) fn finish_sign_in(&mut self) -> Held {
        let waiting = self.tabs.iter().position(|tab| matches!(tab.page, Page::SignIn { .. }));
        if let Some(tab) = waiting
            && let Page::SignIn { visit, .. } = self.tabs[tab].page
        {
            self.turn_to(tab)?;
            self.after(1, Due::Authenticates { tab, visit });
        }
        Ok(())
    }

    /// Somebody is shown in a tab.
    pub(crate) fn is_signed_in(&self, tab: usize) -> bool {
        self.tabs[tab].document().is_some_and(|document| matches!(document.core.shown(), Shown::SignedIn(_)))
    }
}
