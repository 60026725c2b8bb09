//! The other tabs of this browser. A browser without `BroadcastChannel` has no other tabs, as far as this is concerned.

use crate::protocol::{config::Config, tab_message::TabMessage};
use gloo::events::EventListener;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{BroadcastChannel, MessageEvent};

/// An open channel. Dropping it closes it.
#[derive(Debug)]
pub struct Channel {
    channel: BroadcastChannel,
    config: Rc<Config>,
    _listener: EventListener,
}

impl Channel {
    /// Opens the channel of this client. `heard` gets every text: a message, or `None` for one that is not understood.
    pub fn open(config: &Rc<Config>, heard: impl Fn(Option<TabMessage>) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(&name(config)).ok()?;
        let listener = EventListener::new(&channel, "message", {
            let config = Rc::clone(config);
            move |event| {
                let text = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
                heard(text.and_then(|text| TabMessage::parse(&text, &config)));
            }
        });
        Some(Self { channel, config: Rc::clone(config), _listener: listener })
    }

    /// Tells the other tabs.
    pub fn tell(&self, message: &TabMessage) {
        // A text can always be cloned, and the channel is closed by drop only.
        let _ = self.channel.post_message(&message.to_text(&self.config).into());
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.close();
    }
}

/// The name of the channel of a client.
#[must_use]
pub fn name(config: &Config) -> String {
    format!("hushkey:{}", config.client_id())
}
