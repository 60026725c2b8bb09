//! The head start of the page's inline script, taken over. It is handed out once, through an event, and stands in no global.

use crate::protocol::{
    early::Early,
    secret::{Nonce, SensitiveUrl, StateParameter, Verifier},
    time::{Clocks, UnixTime, Uptime},
};
use std::{cell::RefCell, fmt, rc::Rc};
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{CustomEvent, CustomEventInit, HtmlIFrameElement};

/// The event by which it is asked for. The listener is there for one call.
const EVENT: &str = "hushkey-early";

/// A frame that the inline script has opened.
pub struct EarlyFrame {
    /// The frame.
    pub element: HtmlIFrameElement,
    /// Whether it has come to rest somewhere.
    pub loaded: bool,
    /// What the relay page in it has said already.
    pub heard: Vec<Option<String>>,
}

impl fmt::Debug for EarlyFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EarlyFrame")
    }
}

/// Takes the head start, if there is one.
#[must_use]
pub fn take() -> Option<(Early, EarlyFrame)> {
    let slot: Rc<RefCell<Option<(Early, EarlyFrame)>>> = Rc::default();
    let receive = Closure::<dyn Fn(js_sys::Array)>::new({
        let slot = Rc::clone(&slot);
        move |handed: js_sys::Array| {
            slot.replace(read(&handed));
        }
    });
    let init = CustomEventInit::new();
    init.set_detail(receive.as_ref());
    let event = CustomEvent::new_with_event_init_dict(EVENT, &init).ok()?;
    // It is answered before this returns, or not at all.
    gloo::utils::window().dispatch_event(&event).ok()?;
    slot.take()
}

fn read(handed: &js_sys::Array) -> Option<(Early, EarlyFrame)> {
    let text = |place| handed.get(place).as_string();
    let millis = |place| handed.get(place).as_f64().filter(|millis| *millis >= 0.0).map(|millis| millis as u64);
    let begun = Clocks { wall: UnixTime::from_millis(millis(5)?), uptime: Uptime::from_millis(millis(6)?) };
    let (state, nonce) = (StateParameter::new(text(1)?), Nonce::new(text(2)?));
    let early = Early { state, nonce, verifier: Verifier::new(text(3)?), url: SensitiveUrl::new(text(4)?), begun };
    let heard = handed.get(8).dyn_into::<js_sys::Array>().ok()?.iter().map(|said| said.as_string()).collect();
    let element = handed.get(0).dyn_into::<HtmlIFrameElement>().ok()?;
    Some((early, EarlyFrame { element, loaded: handed.get(7).is_truthy(), heard }))
}

impl EarlyFrame {
    /// Nobody goes on with it.
    pub fn discard(self) {
        self.element.remove();
    }
}
