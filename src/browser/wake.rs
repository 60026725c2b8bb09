//! Moments at which time may have passed unnoticed: timers of a hidden page or a sleeping machine come late or not at all.

use gloo::events::{EventListener, EventListenerOptions};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::PageTransitionEvent;

/// What the page came back from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awakening {
    /// It is looked at again, or no longer, or has a network again.
    Woke {
        /// Whether it is looked at.
        visible: bool,
    },
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
            move |_: &web_sys::Event| woke(Awakening::Woke { visible: is_visible() })
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
                EventListener::new(&document, "visibilitychange", simply()),
                EventListener::new(&window, "focus", simply()),
                EventListener::new(&window, "online", simply()),
                EventListener::new(&window, "pageshow", shown),
            ],
        }
    }
}

/// Whether the page is looked at.
#[must_use]
pub fn is_visible() -> bool {
    !gloo::utils::document().hidden()
}

/// Listens for the first thing that the person does on the page, until it is dropped.
#[derive(Debug)]
pub struct FirstTouch {
    _listeners: [EventListener; 2],
}

impl FirstTouch {
    /// Calls back at every press of a key or a pointer; once is enough for whoever listens.
    pub fn listen(touched: impl Fn() + 'static) -> Self {
        let window = gloo::utils::window();
        let touched = Rc::new(touched);
        let first = || {
            let touched = Rc::clone(&touched);
            move |_: &web_sys::Event| touched()
        };
        // Before whatever the page itself does with it, which may stop it on its way.
        let options = EventListenerOptions::run_in_capture_phase();
        Self { _listeners: ["pointerdown", "keydown"].map(|event| EventListener::new_with_options(&window, event, options, first())) }
    }
}
