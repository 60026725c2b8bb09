//! A window of its own for signing in, so that the page stays as it is.
//!
//! Between pages that isolate themselves (COOP) the two windows know nothing of each other: neither `opener` nor `closed` can be relied on. So the
//! relay page in that window posts its answer on a channel that is named by the `state` of the request, which nobody else knows.

use super::{discarded::Discarded, frame};
use crate::protocol::{
    error::{Error, Finding},
    frame_message::FrameMessage,
    secret::{SensitiveUrl, StateParameter},
};
use gloo::events::EventListener;
use std::fmt;
use wasm_bindgen::JsCast;
use web_sys::{BroadcastChannel, MessageEvent, Window};

/// As large as a sign-in page needs.
const FEATURES: &str = "popup,width=480,height=720";

/// An open window. Dropping it ends the listening, and closes the window if the browser still lets this page do that.
pub struct Popup {
    window: Window,
    channel: BroadcastChannel,
    _listener: EventListener,
}

impl Popup {
    /// Opens a window. `spoke` gets what the relay page says there, or the reason why a message was not used.
    ///
    /// # Errors
    /// `Platform` if the browser blocks it, or has no channel to hear from it.
    pub fn open(
        url: &SensitiveUrl,
        state: &StateParameter,
        spoke: impl Fn(Result<FrameMessage, Discarded>) + 'static,
    ) -> Result<Self, Error> {
        let lacks = |what: &'static str| move |_| Error::Platform(Finding::missing(what));
        // The channel first: the window must not be faster.
        let channel = BroadcastChannel::new(&channel_name(state)).map_err(lacks("BroadcastChannel"))?;
        let listener = EventListener::new(&channel, "message", move |event| {
            if let Some(event) = event.dyn_ref::<MessageEvent>() {
                spoke(frame::read(event));
            }
        });
        let opened = gloo::utils::window().open_with_url_and_target_and_features("", "_blank", FEATURES).ok().flatten();
        let Some(window) = opened else {
            channel.close();
            return Err(blocked());
        };
        let popup = Self { window, channel, _listener: listener };
        popup.go(url)?;
        Ok(popup)
    }

    /// Goes there.
    ///
    /// # Errors
    /// `Platform` if the browser does not let the window go there.
    pub fn go(&self, url: &SensitiveUrl) -> Result<(), Error> {
        // Replaced, so that Back in the window does not lead to an empty page.
        self.window.location().replace(url.expose()).map_err(|_| blocked())
    }
}

fn blocked() -> Error {
    Error::Platform(Finding::invalid("popup", "the browser did not open the window"))
}

/// The channel on which the relay page answers.
#[must_use]
pub fn channel_name(state: &StateParameter) -> String {
    format!("hushkey:{}", state.expose())
}

impl Drop for Popup {
    fn drop(&mut self) {
        self.channel.close();
        // If it is another site's by now, or the person closed it, this does nothing.
        let _ = self.window.close();
    }
}

impl fmt::Debug for Popup {
    // The channel's name holds the state.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Popup")
    }
}
