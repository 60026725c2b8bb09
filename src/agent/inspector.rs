//! `<FlowInspector>`: the protocol as it happens in this page, drawn as a sequence diagram while it does.

mod line;

use super::{component::use_auth, handle::AuthHandle};
use crate::{
    browser::{clipboard, driver::Driver, task::Task, timer::sleep},
    protocol::flow::{self, Entry, Flow, Harmless, Lane},
};
use js_sys::Date;
use std::time::Duration;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// So often the diagram is drawn anew at most, however much happens.
const BREATH: Duration = Duration::from_millis(100);

/// The lanes of the diagram, from the left. Other tabs stand at its edge.
const LANES: [Lane; 5] = [Lane::Person, Lane::App, Lane::Frame, Lane::Provider, Lane::Api];

/// Properties of [`FlowInspector`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct FlowInspectorProps {
    /// How its buttons look.
    #[prop_or_else(|| classes!("flow-button"))]
    pub button_class: Classes,
}

/// Draws what the sign-in of this page has done since it was loaded, and what it does: person, app, hidden frame, provider and API, with the times, what
/// was in each message and what was checked of it.
///
/// No secret is drawn, because none is kept: see [`flow`](crate::protocol::flow). What may be copied as a report can be pasted into an issue. The style
/// sheet is `assets/flow.css`; the component has class names only, so it works under a strict Content Security Policy. It stands below an
/// [`AuthAgent`](crate::AuthAgent).
///
/// ```ignore
/// html! { <AuthAgent config={config}><FlowInspector /></AuthAgent> }
/// ```
#[component]
pub fn FlowInspector(FlowInspectorProps { button_class }: &FlowInspectorProps) -> Html {
    let auth = use_auth();
    let only_messages = use_state_eq(|| false);
    let copied = use_state_eq(|| Copied::Not);
    use_drawing_anew(auth.driver());
    let Some(driver) = auth.driver() else {
        return html! { <p class="flow-none">{ "Nothing runs here: the browser lacks something." }</p> };
    };
    let filter = {
        let only_messages = only_messages.clone();
        move |_| only_messages.set(!*only_messages)
    };
    let clear = {
        let (driver, copied) = (driver.clone(), copied.clone());
        move |_| {
            driver.clear_flow();
            copied.set(Copied::Not);
        }
    };
    let copy = {
        let (auth, copied) = (auth.clone(), copied.clone());
        move |_| {
            let (text, copied) = (report(&auth), copied.clone());
            spawn_local(async move { copied.set(if clipboard::write(&text).await { Copied::Done } else { Copied::Refused(text.into()) }) });
        }
    };
    html! {
        <section class="flow" aria-label="Protocol flow" lang="en">
            <div class="flow-tools">
                <button type="button" class={button_class.clone()} aria-pressed={only_messages.to_string()} onclick={filter}>{ "Only messages" }</button>
                <button type="button" class={button_class.clone()} onclick={clear}>{ "Clear" }</button>
                <button type="button" class={button_class.clone()} onclick={copy}>{ "Copy report" }</button>
                <span class="flow-status" role="status">{ copied.words() }</span>
            </div>
            if let Copied::Refused(text) = &*copied {
                <textarea class="flow-report" readonly=true rows="8" aria-label="Report" value={text.clone()} />
            }
            { driver.with_flow(|flow| diagram(flow, *only_messages)) }
        </section>
    }
}

/// Draws the component anew when there is news, and not more often than anybody can read.
#[hook]
fn use_drawing_anew(driver: Option<&Driver>) {
    let draw_again = use_force_update();
    use_effect_with(driver.cloned(), move |driver| {
        let task = driver.clone().map(|driver| {
            Task::spawn(async move {
                let mut changed = driver.flow_changed();
                loop {
                    changed.await;
                    sleep(BREATH).await;
                    // Before the drawing, so that nothing between it and the waiting is missed.
                    changed = driver.flow_changed();
                    draw_again.force_update();
                }
            })
        });
        move || drop(task)
    });
}

/// What became of the wish for a copy.
#[derive(Clone, PartialEq)]
enum Copied {
    Not,
    Done,
    /// The browser did not let it. Here is the text.
    Refused(AttrValue),
}

impl Copied {
    const fn words(&self) -> &'static str {
        match self {
            Self::Not => "",
            Self::Done => "Copied. There is no secret in it.",
            Self::Refused(_) => "Your browser does not allow copying. The report is below.",
        }
    }
}

/// The record as text, with what else somebody who has to help needs to know.
fn report(auth: &AuthHandle) -> String {
    let Some(driver) = auth.driver() else { return String::new() };
    let agent = gloo::utils::window().navigator().user_agent().unwrap_or_default();
    let issuer = Harmless::issuer(driver.config()).map_or_else(String::new, |issuer| issuer.to_string());
    let ignored: Vec<String> = auth.ignored().into_iter().map(|(why, count)| format!("{why:?} {count}")).collect();
    let about = [
        ("hushkey", env!("CARGO_PKG_VERSION").to_owned()),
        ("browser", agent),
        ("issuer", issuer),
        ("ignored", if ignored.is_empty() { "nothing".to_owned() } else { ignored.join(", ") }),
        ("times", "UTC".to_owned()),
    ];
    driver.with_flow(|flow| flow::report(flow, &about))
}

fn diagram(flow: &Flow, only_messages: bool) -> Html {
    // In minutes west of Greenwich, for each moment anew: it changes twice a year.
    let offset = |entry: &Entry| -Date::new(&(entry.time().as_millis() as f64).into()).get_timezone_offset() as i64;
    let shown: Vec<&Entry> = flow.entries().filter(|entry| !only_messages || !(entry.is_note() || entry.ignored.is_some())).collect();
    let lines = shown.iter().enumerate().map(|(place, entry)| {
        let before = place.checked_sub(1).map(|before| shown[before]);
        line::line(entry, before, offset(entry))
    });
    html! {
        <>
            if flow.dropped() > 0 {
                <p class="flow-none">{ format!("{} older entries are kept no more.", flow.dropped()) }</p>
            }
            if shown.is_empty() {
                <p class="flow-none">{ "Nothing has happened yet." }</p>
            }
            <div class="flow-body">
                <div class="flow-lanes" aria-hidden="true">{ for LANES.iter().map(|lane| html! { <span>{ lane.name() }</span> }) }</div>
                <div class="flow-rails" aria-hidden="true">{ for LANES.iter().map(|_| html! { <span /> }) }</div>
                <ol class="flow-list">{ for lines }</ol>
            </div>
        </>
    }
}
