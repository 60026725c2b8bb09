//! The end of a session: all faults stop, everything is delivered, time passes. Then every tab must show what the provider's truth implies.

use crate::{
    bridge::{Input, Shown, Token, Why},
    clock::{MINUTE, SECOND},
    habits::API,
    network::Weather,
    page::{Document, Page, PageId},
    tally::Count,
    violation::{Held, Violation, require},
    world::{Truth, World},
};

/// Within so long every tab is at rest: the longest pause, a hard-throttled timer, and an attempt.
const BOUND: u64 = 4 * MINUTE;

impl World {
    /// Judges the session.
    pub(crate) fn end(&mut self) -> Held {
        self.stop_faults()?;
        self.settle("without faults every tab comes to rest")?;
        for page in self.pages() {
            if let Some(document) = self.tabs[page.tab].document() {
                self.check_signed_out(document)?;
            }
        }
        // The core asks for new keys once a minute at most.
        self.run_until(self.clock.now + 70 * SECOND)?;
        self.settle("without faults every tab comes to rest")?;
        self.everybody_tries()?;
        if self.chance.percent(30) {
            self.somebody_signs_in()?;
            self.somebody_signs_out()?;
        }
        Ok(())
    }

    fn stop_faults(&mut self) -> Held {
        self.ending = true;
        self.note(|_| "the faults end".to_owned());
        self.network.weather = Weather::Perfect;
        self.network.online = true;
        self.network.provider_up = true;
        self.provider.signs_badly = false;
        if self.clock.wall_ahead != 0 {
            self.set_clock(0);
        }
        self.wake_all()?;
        for tab in 0..self.tabs.len() {
            // A person does not look at an error page or a sign-in page for ever.
            if matches!(self.tabs[tab].page, Page::Error(_) | Page::SignIn { .. } | Page::Elsewhere) {
                self.tabs[tab].page = Page::Elsewhere;
                self.reload_tab(tab)?;
            }
        }
        Ok(())
    }

    /// Time passes until every tab is at rest.
    fn settle(&mut self, invariant: &'static str) -> Held {
        // Messages between tabs take a moment.
        self.run_until(self.clock.now + 5 * SECOND)?;
        let bound = self.clock.now + BOUND;
        while let Some(tab) = (0..self.tabs.len()).find(|tab| !self.rests(*tab)) {
            if self.clock.now >= bound {
                let shown = self.tabs[tab].document().map(|document| document.core.shown());
                return Err(Violation { invariant, detail: format!("tab {tab} shows {shown:?}") });
            }
            self.run_until(self.clock.now + SECOND)?;
        }
        Ok(())
    }

    fn rests(&self, tab: usize) -> bool {
        match &self.tabs[tab].page {
            Page::App(document) => {
                let core = &document.core;
                document
                    .navigation
                    .is_none_or(|_| !matches!(core.shown(), Shown::LeavingToLookup | Shown::LeavingToSignIn | Shown::LeavingToSignOut))
                    && match core.shown() {
                        Shown::SignedIn(_) => !core.is_renewing(),
                        Shown::SignedOut(_) | Shown::Paused(_) => true,
                        // Nobody looks at it.
                        Shown::Restoring => document.waits_to_be_seen(),
                        _ => false,
                    }
            }
            Page::Passing { .. } => false,
            Page::SignIn { .. } => self.signs_in_at_end != Some(tab),
            Page::Busy | Page::Elsewhere | Page::Error(_) | Page::Closed => true,
        }
    }

    /// Everybody who is signed in asks for a new token, everybody else tries again; each must get what is true.
    fn everybody_tries(&mut self) -> Held {
        let before: Vec<(PageId, Shown)> =
            self.tabs.iter().filter_map(|tab| tab.document().map(|document| (document.id, document.core.shown()))).collect();
        for (page, shown) in &before {
            let input = if shown.who().is_some() { Input::Renew } else { Input::Retry };
            self.deliver(*page, input, Truth::Ordinary)?;
        }
        self.settle("a retry without faults comes to rest")?;
        // One after the other is looked at that waits for it.
        while let Some(tab) = self.tabs.iter().position(|tab| tab.document().is_some_and(Document::waits_to_be_seen)) {
            self.show(tab)?;
            self.settle("a retry without faults comes to rest")?;
        }
        for (page, was) in before {
            self.judge(page, was)?;
        }
        Ok(())
    }

    fn judge(&self, page: PageId, was: Shown) -> Held {
        // Whom a frame can find.
        let visible = self.provider.session.filter(|_| self.habits.frame_cookies && !self.habits.frames_forbidden);
        if matches!(self.tabs[page.tab].page, Page::Closed) {
            return Ok(());
        }
        let Some(document) = self.tabs[page.tab].document() else {
            // A protected page has sent the person to the sign-in page, which is right if the provider knows nobody.
            let right = matches!(self.tabs[page.tab].page, Page::SignIn { .. }) && self.provider.session.is_none();
            return require(right, "a tab ends where the provider's truth implies", || format!("tab {}: elsewhere", page.tab));
        };
        let now = document.core.shown();
        let earlier = was.who();
        let right = match now {
            Shown::SignedIn(who) => {
                let good = match document.core.token_for(API, self.clock.device()) {
                    Token::Attach { token, .. } => self.provider.api_takes(&token, self.clock.provider()),
                    _ => false,
                };
                // By a refresh token it is whoever it was, and by every other way whoever is there.
                let same = earlier.is_some_and(|earlier| earlier.person == who.person);
                good && (same || self.provider.session.is_some_and(|session| session.who == who))
            }
            // Only the person can tell, where a frame finds nobody. A tab that showed nobody has found them just now, with a short token.
            Shown::Paused(who) => {
                let expected = earlier.or_else(|| self.provider.session.map(|session| session.who));
                visible.is_none() && expected.is_some_and(|expected| expected.person == who.person)
            }
            Shown::SignedOut(Why::SessionEnded) => earlier.is_some() && visible.is_none(),
            // Another tab has met another person, and a frame could not tell this one who.
            Shown::SignedOut(Why::AccountChanged) => {
                earlier.is_some_and(|earlier| self.provider.session.is_some_and(|session| session.who.person != earlier.person))
            }
            Shown::SignedOut(Why::SignedInElsewhere | Why::NoSession) => earlier.is_none() && visible.is_none(),
            // An answer that nobody had asked for is told of, if there is nobody.
            Shown::SignedOut(Why::Problem) => {
                was == Shown::Restoring && visible.is_none() && document.core.problem().as_deref() == Some("response_state")
            }
            _ => false,
        };
        let problem = document.core.problem().unwrap_or_default();
        let detail = format!("tab {}: {was:?}, then {now:?} {problem}; the provider shows frames {visible:?}", page.tab);
        require(right, "a tab ends where the provider's truth implies", || detail)
    }

    fn somebody_signs_in(&mut self) -> Held {
        let Some(page) = self.pages().into_iter().find(|page| !self.is_signed_in(page.tab)) else { return Ok(()) };
        self.show(page.tab)?;
        self.signs_in_at_end = Some(page.tab);
        self.deliver(page, Input::SignIn { return_to: "/account".to_owned(), anew: false, popup: false }, Truth::Ordinary)?;
        self.settle("a sign-in without faults comes to rest")?;
        self.signs_in_at_end = None;
        let problem = self.tabs[page.tab].document().and_then(|document| document.core.problem());
        if self.is_signed_in(page.tab) {
            return Ok(());
        }
        Err(Violation { invariant: "a sign-in without faults succeeds", detail: format!("tab {} {problem:?}", page.tab) })
    }

    fn somebody_signs_out(&mut self) -> Held {
        let Some(page) = self.pages().into_iter().find(|page| self.is_signed_in(page.tab)) else { return Ok(()) };
        self.count(Count::SignOutChosen);
        self.deliver(page, Input::SignOut, Truth::Ordinary)?;
        self.settle("a sign-out without faults comes to rest")?;
        for tab in 0..self.tabs.len() {
            require(!self.is_signed_in(tab), "no token is reachable in another tab after a sign-out", || format!("tab {tab}, at the end"))?;
        }
        Ok(())
    }
}
