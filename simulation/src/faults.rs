//! What goes wrong: the network, the provider, the machine, the clock, and people who mean no good.

use crate::{
    bridge::{Answer, Input},
    clock::{MINUTE, SECOND},
    moves::Move,
    network::Weather,
    page::{HoldingKind, Page, PageId},
    provider::{APP, CLIENT, ISSUER},
    tally::Count,
    traffic::relayed,
    violation::Held,
    world::{Due, Truth, World},
};

const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

impl World {
    /// A fault that concerns no page at once.
    pub(crate) fn fault(&mut self, what: Move) {
        self.note(|_| format!("fault: {what:?}"));
        match what {
            Move::Weather => {
                self.network.weather = self.chance.pick(&[Weather::Good, Weather::Good, Weather::Slow, Weather::Bad, Weather::Overloaded]);
            }
            Move::Provider => {
                self.network.provider_up = !self.network.provider_up;
                if !self.network.provider_up {
                    self.count(Count::ProviderDown);
                }
            }
            Move::EndSession if self.provider.session.is_some() => {
                self.provider.end_session();
                self.count(Count::SessionEnded);
            }
            Move::AnotherPerson => {
                let mut who = self.habits.usual;
                who.person = if self.provider.session.is_some_and(|session| session.who.person == 1) { 2 } else { 1 };
                self.provider.sign_in(who, self.clock.provider());
                self.count(Count::AnotherPerson);
            }
            Move::Revoke => {
                self.provider.revoke_all();
                self.count(Count::Revoked);
            }
            Move::RotateKey if self.provider.rotate_key(self.clock.now) => self.count(Count::KeyRotated),
            Move::SignBadly => self.provider.signs_badly = true,
            _ => {}
        }
    }

    /// The network goes, or comes back and every page hears of it.
    pub(crate) fn toggle_online(&mut self) -> Held {
        self.network.online = !self.network.online;
        self.note(|world| format!("fault: online {}", world.network.online));
        if !self.network.online {
            self.count(Count::OfflinePeriods);
            return Ok(());
        }
        self.wake_all()
    }

    /// Every page hears that the network is back.
    pub(crate) fn wake_all(&mut self) -> Held {
        for page in self.pages() {
            self.deliver(page, Input::Woke { visible: page.tab == self.visible }, Truth::Ordinary)?;
        }
        Ok(())
    }

    /// The machine sleeps. Whatever would have come to the browser comes when it wakes, in another order, or is cut off.
    pub(crate) fn sleep(&mut self) -> Held {
        let span = self.chance.scaled(5 * SECOND, DAY);
        let (asleep, wake) = (self.clock.now, self.clock.now + span);
        self.count(Count::Sleeps);
        self.note(|_| format!("fault: the machine sleeps for {} s", span / SECOND));
        let mut late = Vec::new();
        while let Some((at, due)) = self.queue.pop_by(wake) {
            match due {
                // What had left the machine arrives.
                Due::Arrives { .. } if at < asleep + SECOND => {
                    self.clock.now = self.clock.now.max(at);
                    self.happen(due)?;
                }
                other => late.push((at, other)),
            }
        }
        self.clock.now = wake;
        let stood_still = self.habits.clock_sleeps;
        if stood_still {
            self.clock.missed += span;
            self.count(Count::SleepsClockStill);
        }
        for (at, due) in late {
            let wait = match &due {
                // The driver's timer asks anew once a minute, so it is that late at most.
                Due::Timer { .. } if stood_still => (at - asleep).min(self.chance.below(MINUTE)),
                Due::Authenticates { .. } => at - asleep,
                _ => self.chance.between(0, 500),
            };
            let due = self.cut_by_sleep(due);
            self.after(wait, due);
        }
        self.recheck_timers();
        if self.chance.percent(70) {
            self.wake_all()?;
        }
        Ok(())
    }

    /// Half of the connections do not survive a sleep.
    fn cut_by_sleep(&mut self, due: Due) -> Due {
        match due {
            Due::Comes { page, input: Input::Answered { ticket, .. }, .. } | Due::Arrives { page, ticket, .. }
                if self.chance.percent(50) =>
            {
                Due::Comes { page, input: Input::Answered { ticket, answer: Answer::Unreachable }, truth: Truth::Trouble }
            }
            other => other,
        }
    }

    /// Someone, or a time server, changes the clock of the device.
    pub(crate) fn jump(&mut self, forwards: bool) -> Held {
        let by = self.chance.scaled(SECOND, 400 * DAY) as i64;
        self.count(if forwards { Count::JumpsForward } else { Count::JumpsBack });
        self.set_clock(if forwards { self.clock.wall_ahead + by } else { self.clock.wall_ahead - by });
        Ok(())
    }

    /// The device's wall clock is ahead by so much from now on.
    pub(crate) fn set_clock(&mut self, ahead: i64) {
        self.clock.wall_ahead = ahead;
        // What was done by the clock as it was says nothing of the clock as it is.
        for tab in &mut self.tabs {
            if let Page::App(document) = &mut tab.page {
                document.attempts.clear();
            }
        }
        self.note(|_| format!("fault: the wall clock is ahead by {} s", ahead / 1000));
        self.recheck_timers();
    }

    /// The driver waits for a minute at most before it asks the clock again.
    fn recheck_timers(&mut self) {
        for tab in 0..self.tabs.len() {
            if let Some(document) = self.tabs[tab].document() {
                let (page, timer) = (document.id, document.timer);
                let wait = self.chance.below(MINUTE);
                self.after(wait, Due::Timer { page, timer });
            }
        }
    }

    /// A page in the hidden frame, or one that found a way to be taken for it, says something of its own.
    pub(crate) fn forge_frame(&mut self) -> Held {
        let waiting: Vec<PageId> = self.pages();
        for page in waiting {
            let held = self.tabs[page.tab]
                .document()
                .and_then(|document| Some(document.held.iter().find(|holding| holding.kind == HoldingKind::Frame)?.ticket));
            let Some(ticket) = held else { continue };
            self.count(Count::ForgedFrame);
            let old = self.callbacks.last().cloned().unwrap_or_default();
            let text = match self.chance.below(5) {
                0 => relayed("/?error=login_required&state=forged"),
                1 => relayed("/?error=login_required"),
                2 => relayed("/?code=forged&state=forged"),
                3 => relayed(&old),
                _ => "{}".to_owned(),
            };
            self.deliver(page, Input::FrameSaid { ticket, text }, Truth::Forged)?;
        }
        Ok(())
    }

    /// The provider's page about the session says something, whether or not it is true.
    pub(crate) fn alarm(&mut self) -> Held {
        let pages = self.pages();
        if pages.is_empty() {
            return Ok(());
        }
        let page = self.chance.pick(&pages);
        self.count(Count::Alarm);
        let changed = self.chance.percent(90);
        self.deliver(page, Input::Watched { changed }, Truth::Ordinary)
    }

    /// A message on the channel that is not about this client, or no message at all.
    pub(crate) fn forge_tab(&mut self) -> Held {
        for page in self.pages() {
            self.count(Count::ForgedTab);
            let text = match self.chance.below(4) {
                0 => format!(r#"{{"hushkey":1,"issuer":"https://evil.example","client_id":"{CLIENT}","event":"signed_out"}}"#),
                1 => format!(r#"{{"hushkey":1,"issuer":"{ISSUER}","client_id":"another","event":"signed_out"}}"#),
                2 => format!(r#"{{"hushkey":1,"issuer":"{ISSUER}","client_id":"{CLIENT}","event":"signed_in"}}"#),
                _ => "signed_out".to_owned(),
            };
            self.deliver(page, Input::Told(text), Truth::Forged)?;
        }
        Ok(())
    }

    /// Somebody opens an address that the provider sent somebody to before, or one that it never did.
    pub(crate) fn forge_callback(&mut self) -> Held {
        let address = match (self.chance.below(4), self.callbacks.last()) {
            (0 | 1, Some(old)) => old.clone(),
            (2, _) => format!("{APP}/signed-out?state=forged"),
            _ => format!("{APP}/callback?code=forged&state=forged"),
        };
        if self.tabs[self.visible].document().is_some() {
            self.count(Count::ForgedCallback);
            self.load(self.visible, &address)?;
        }
        Ok(())
    }
}
