//! The doctor of the app's page `/doctor`: a module of its own, since hardly anybody ever needs it. The page loads it when somebody presses "Check now";
//! the two talk by events of the window.

use gloo::{events::EventListener, utils::window};
use hushkey::{browser::doctor::examine, protocol::doctor::Verdict, read_configuration};
use std::cell::Cell;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{CustomEvent, CustomEventInit};

thread_local! {
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

/// Loaded because it was asked for; and it listens for the next time.
fn main() {
    EventListener::new(&window(), "hushkey:check", |event| {
        event.prevent_default();
        check();
    })
    .forget();
    check();
}

fn check() {
    if BUSY.replace(true) {
        return;
    }
    spawn_local(async {
        tell("hushkey:checked", &found().await);
        BUSY.set(false);
    });
}

/// A line for each thing that was found, its parts divided by tabs. No part has a tab or a line end in it, and none a secret.
async fn found() -> String {
    // The page that asks has been set up with it.
    let Ok(config) = read_configuration() else { return String::new() };
    let Ok(lines) = examine(&config, |answered| tell("hushkey:progress", &answered.to_string())).await else { return String::new() };
    let lines = lines.iter().map(|line| {
        let verdict = match line.verdict {
            Verdict::Right => "right",
            Verdict::Unknown => "unknown",
            Verdict::Look => "look",
            Verdict::Wrong => "wrong",
        };
        [verdict, &line.topic, &line.finding, &line.advice].join("\t")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn tell(name: &str, detail: &str) {
    let init = CustomEventInit::new();
    init.set_detail(&JsValue::from_str(detail));
    // Without an event the page waits, as it does for one that is late.
    if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &init) {
        let _ = window().dispatch_event(&event);
    }
}
