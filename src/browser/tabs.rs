//! What other pages of this origin say: other tabs, and the page by which the provider tells of a sign-out.

use super::{
    channel::{Channel, Ear},
    discarded::Discarded,
    driver::{Shared, tell},
};
use crate::protocol::{
    frontchannel::{CHANNEL, Notice},
    tab_message::TabMessage,
    turn::Event,
};
use std::rc::Rc;

impl Shared {
    pub(super) fn listen_to_tabs(self: &Rc<Self>) -> Option<Channel> {
        let driver = Rc::downgrade(self);
        Channel::open(&self.config, move |message| {
            tell(&driver, |driver| match message {
                Some(TabMessage::SignedIn(whose)) => driver.dispatch(Event::OtherTabSignedIn(whose)),
                Some(TabMessage::SignedOut { at }) => driver.dispatch(Event::OtherTabSignedOut { at }),
                None => driver.count(Discarded::TabMessage),
            });
        })
    }

    /// Only where the configuration has that page.
    pub(super) fn listen_to_provider(self: &Rc<Self>) -> Option<Ear> {
        let driver = Rc::downgrade(self);
        let heard = move |text: Option<String>| {
            tell(&driver, |driver| match text.and_then(|text| Notice::parse(&text)) {
                Some(notice) => driver.dispatch(Event::ProviderSignedOut(notice)),
                None => driver.count(Discarded::LogoutNotice),
            });
        };
        self.config.has_frontchannel_logout().then(|| Ear::open(CHANNEL, heard)).flatten()
    }
}
