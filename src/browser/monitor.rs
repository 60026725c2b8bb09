//! The provider's page that tells whether the session is still this browser's, in a hidden frame, asked every few seconds. It sends no request.

use super::{discarded::Discarded, frame};
use crate::protocol::{
    error::Error,
    monitoring::{Watch, Word},
};
use gloo::{events::EventListener, timers::callback::Interval};
use std::fmt;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlIFrameElement, MessageEvent};

/// The pause between two questions, in milliseconds: five seconds.
const PAUSE: u32 = 5_000;

/// Asks and listens. Dropping it ends both and removes the frame.
pub struct Monitor {
    element: HtmlIFrameElement,
    _listener: EventListener,
    _asking: EventListener,
}

impl Monitor {
    /// Begins. `spoke` gets each word, or why some window's message was not used.
    ///
    /// # Errors
    /// `Platform` if the page has no body to put the frame in.
    pub fn begin(watch: &Watch, spoke: impl Fn(Result<Word, Discarded>) + 'static) -> Result<Self, Error> {
        let element = frame::hidden_element()?;
        let listener = EventListener::new(&gloo::utils::window(), "message", {
            let (element, origin) = (element.clone(), watch.origin.clone());
            move |event| {
                if let Some(event) = event.dyn_ref::<MessageEvent>() {
                    spoke(frame::require_from(event, &element, &origin).and_then(|()| read(event)));
                }
            }
        });
        // It can hear from then on. The interval lives as long as this listener does.
        let asking = EventListener::new(&element, "load", {
            let (element, watch) = (element.clone(), watch.clone());
            let interval = std::cell::RefCell::new(None);
            move |_| {
                if frame::is_empty(&element) {
                    return;
                }
                ask(&element, &watch);
                let (element, watch) = (element.clone(), watch.clone());
                interval.replace(Some(Interval::new(PAUSE, move || ask(&element, &watch))));
            }
        });
        frame::show(&element, &watch.frame)?;
        Ok(Self { element, _listener: listener, _asking: asking })
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.element.remove();
    }
}

impl fmt::Debug for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Monitor")
    }
}

/// To the provider's origin and to no other, whatever the frame shows by now.
fn ask(element: &HtmlIFrameElement, watch: &Watch) {
    if let Some(window) = element.content_window() {
        let _ = window.post_message(&JsValue::from_str(&watch.question), &watch.origin);
    }
}

fn read(event: &MessageEvent) -> Result<Word, Discarded> {
    event.data().as_string().as_deref().and_then(Word::parse).ok_or(Discarded::Malformed)
}
