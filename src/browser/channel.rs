//! The other tabs of this browser. A browser without `BroadcastChannel` has no other tabs, as far as this is concerned.

use crate::protocol::{config::Config, tab_message::TabMessage};
use gloo::events::EventListener;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{BroadcastChannel, MessageEvent};

/// An open channel that is listened to. Dropping it closes it.
#[derive(Debug)]
pub struct Ear {
    channel: BroadcastChannel,
    _listener: EventListener,
}

impl Ear {
    /// Opens the channel of this name. `heard` gets every message: its text, or `None` for one that is no text.
    pub(super) fn open(name: &str, heard: impl Fn(Option<String>) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(name).ok()?;
        let listener = EventListener::new(&channel, "message", move |event| {
            heard(event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string()));
        });
        Some(Self { channel, _listener: listener })
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.channel.close();
    }
}

/// The channel of a client. Dropping it closes it.
#[derive(Debug)]
pub struct Channel {
    ear: Ear,
    config: Rc<Config>,
}

impl Channel {
    /// Opens it. `heard` gets every text: a message, or `None` for one that is not understood.
    pub fn open(config: &Rc<Config>, heard: impl Fn(Option<TabMessage>) + 'static) -> Option<Self> {
        let ear = Ear::open(&name(config), {
            let config = Rc::clone(config);
            move |text| heard(text.and_then(|text| TabMessage::parse(&text, &config)))
        })?;
        Some(Self { ear, config: Rc::clone(config) })
    }

    /// Tells the other tabs.
    pub fn tell(&self, message: &TabMessage) {
        // A text can always be cloned, and the channel is closed by drop only.
        let _ = self.ear.channel.post_message(&message.to_text(&self.config).into());
    }
}

/// The name of the channel of a client.
#[must_use]
pub fn name(config: &Config) -> String {
    format!("hushkey:{}", config.client_id())
}
