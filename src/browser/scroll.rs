//! Where the person was on a page that finds out who is there before it shows anything. The browser keeps that for what is there as soon as the page
//! is loaded, and not across a redirect.

use super::{navigation, storage, timer};
use gloo::{
    events::{EventListener, EventListenerOptions},
    utils::{document, window},
};
use serde_json::{Value, json};
use std::{cell::Cell, rc::Rc, time::Duration};

/// How often it is looked whether the page is tall enough by now…
const LOOKS: u32 = 60;

/// …with this between two looks: three seconds in all.
const PAUSE: Duration = Duration::from_millis(50);

/// Remembers, whenever the page is left, until it is dropped.
#[derive(Debug)]
pub struct Memory {
    _listener: EventListener,
}

impl Memory {
    /// `is_wanted` says, when the page is left, whether it matters.
    pub fn keep(client_id: &str, is_wanted: impl Fn() -> bool + 'static) -> Self {
        let key = key(client_id);
        Self {
            _listener: EventListener::new(&window(), "pagehide", move |_| {
                if is_wanted() {
                    remember(&key);
                }
            }),
        }
    }
}

fn remember(key: &str) {
    let at = |position: Result<f64, _>| position.unwrap_or_default().round();
    let record = json!({ "place": navigation::place(), "x": at(window().scroll_x()), "y": at(window().scroll_y()) });
    if let Some(storage) = storage::session() {
        // A place that cannot be remembered is the top of the page.
        let _ = storage.set_item(key, &record.to_string());
    }
}

/// What is remembered, and forgotten with this: another visit begins at the top.
#[must_use]
pub fn take(client_id: &str) -> Option<Value> {
    let (key, storage) = (key(client_id), storage::session()?);
    let record = storage.get_item(&key).ok().flatten()?;
    storage.remove_item(&key).ok()?;
    serde_json::from_str(&record).ok()
}

/// Scrolls to where the person was, if that was here, once the page is tall enough. Whoever begins to move before that is left alone.
pub async fn restore(record: Value) {
    let position = |name: &str| record[name].as_f64().filter(|position| position.is_finite()).unwrap_or_default();
    let (x, y) = (position("x"), position("y"));
    if record["place"] != navigation::place() || (x, y) == (0.0, 0.0) {
        return;
    }
    let moved = Rc::new(Cell::new(false));
    let options = EventListenerOptions::run_in_capture_phase();
    let _ears = ["wheel", "touchstart", "keydown", "pointerdown"].map(|event| {
        let moved = Rc::clone(&moved);
        EventListener::new_with_options(&window(), event, options, move |_| moved.set(true))
    });
    for _ in 0..LOOKS {
        if moved.get() {
            return;
        }
        if room() >= y {
            return window().scroll_to_with_x_and_y(x, y);
        }
        timer::sleep(PAUSE).await;
    }
    window().scroll_to_with_x_and_y(x, y);
}

/// How far down the page can be scrolled.
fn room() -> f64 {
    let height = document().document_element().map_or(0, |root| root.scroll_height());
    let shown = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
    f64::from(height) - shown
}

fn key(client_id: &str) -> String {
    format!("hushkey:{client_id}:scroll")
}
