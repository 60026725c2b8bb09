//! Moments at which time may have passed unnoticed: timers of a hidden page or a sleeping machine come late or not at all.

use gloo::events::EventListener;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::PageTransitionEvent;

/// What the page came back from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awakening {
    /// It is looked at again, or has a network again.
    Woke,
    /// It was taken out of the back/forward cache, as it was when it was left.
    Returned,
}

/// Listens until it is dropped.
#[derive(Debug)]
pub struct Wake {
    _listeners: [EventListener; 4],
}

impl Wake {
    /// Calls back whenever the page wakes.
    pub fn listen(woke: impl Fn(Awakening) + 'static) -> Self {
        let (window, document) = (gloo::utils::window(), gloo::utils::document());
        let woke = Rc::new(woke);
        let simply = || {
            let woke = Rc::clone(&woke);
            move |_: &web_sys::Event| woke(Awakening::Woke)
        };
        let visible = {
            let (woke, document) = (Rc::clone(&woke), document.clone());
            move |_: &web_sys::Event| {
                if !document.hidden() {
                    woke(Awakening::Woke);
                }
            }
        };
        let shown = {
            let woke = Rc::clone(&woke);
            move |event: &web_sys::Event| {
                if event.dyn_ref::<PageTransitionEvent>().is_some_and(PageTransitionEvent::persisted) {
                    woke(Awakening::Returned);
                }
            }
        };
        Self {
            _listeners: [
                EventListener::new(&document, "visibilitychange", visible),
                EventListener::new(&window, "focus", simply()),
                EventListener::new(&window, "online", simply()),
                EventListener::new(&window, "pageshow", shown),
            ],
        }
    }
}
