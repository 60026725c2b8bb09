//! One entry, as an item of the list and as a line of the diagram.

use crate::protocol::flow::{Entry, Fact, Lane, Value, clock, span, why};
use yew::prelude::*;

/// Where a lane stands, from the left.
const fn place(lane: Lane) -> usize {
    match lane {
        Lane::Tabs => 0,
        Lane::Person => 1,
        Lane::App => 2,
        Lane::Frame => 3,
        Lane::Provider => 4,
        Lane::Api => 5,
    }
}

/// Each by a class of its own: the policy of a page lets no style through that stands at an element.
const LEFT: [&str; 6] = ["flow-l0", "flow-l1", "flow-l2", "flow-l3", "flow-l4", "flow-l5"];
const RIGHT: [&str; 6] = ["flow-r0", "flow-r1", "flow-r2", "flow-r3", "flow-r4", "flow-r5"];

/// Draws an entry. It reads as a sentence: what, then what was in it, then when.
pub(super) fn line(entry: &Entry, before: Option<&Entry>, minutes_from_utc: i64) -> Html {
    let (from, to) = (place(entry.from), place(entry.to));
    let class = classes!(
        "flow-entry",
        LEFT[from.min(to)],
        RIGHT[from.max(to)],
        if entry.is_note() {
            "flow-note"
        } else if from < to {
            "flow-right"
        } else {
            "flow-left"
        },
        entry.early.then_some("flow-early"),
        entry.failure.is_some().then_some("flow-failed"),
        entry.ignored.is_some().then_some("flow-ignored"),
    );
    html! {
        <li {class}>
            <p class="flow-title">
                <span class="flow-hidden">{ entry.spoken_way() }{ ": " }</span>
                if !entry.is_note() { <span class="flow-way" aria-hidden="true">{ entry.way() }</span> }
                <strong>{ entry.title }</strong>
                if entry.repeated > 0 { <span class="flow-aside">{ format!(" {} more times", entry.repeated) }</span> }
                for took in entry.took { <span class="flow-aside">{ format!(" took {}", span(took)) }</span> }
            </p>
            <div class="flow-arrow" aria-hidden="true" />
            <div class="flow-details">{ details(entry) }</div>
            <p class="flow-when">
                <time>{ clock(entry.time(), minutes_from_utc) }</time>
                for before in before { <span class="flow-aside">{ format!(" +{}", span(entry.after(before))) }</span> }
            </p>
        </li>
    }
}

fn details(entry: &Entry) -> Html {
    html! {
        <>
            if entry.early { <p>{ "Before the app was there." }</p> }
            for endpoint in &entry.endpoint { <p class="flow-code">{ endpoint.as_str().to_owned() }</p> }
            if !entry.facts.is_empty() { <p>{ for entry.facts.iter().map(fact) }</p> }
            for (subject, names) in entry.checks_by_subject() {
                <p class="flow-passed">
                    <span class="flow-mark" aria-hidden="true">{ "✓" }</span>
                    <span class="flow-hidden">{ "Checked: " }</span>
                    { subject.name() }{ ": " }{ names.join(", ") }
                </p>
            }
            for failure in &entry.failure {
                <p class="flow-failure"><span class="flow-mark" aria-hidden="true">{ "✗" }</span><span class="flow-hidden">{ "Failed: " }</span>{ failure.to_string() }</p>
            }
            for ignored in entry.ignored { <p>{ "Ignored: " }{ why(ignored) }{ "." }</p> }
        </>
    }
}

fn fact(Fact { name, value }: &Fact) -> Html {
    let shown = match value {
        Value::Secret => {
            html! { <><span aria-hidden="true">{ value.to_string() }</span><span class="flow-hidden">{ "(hidden)" }</span></> }
        }
        Value::Unsaid => {
            html! { <><span aria-hidden="true">{ value.to_string() }</span><span class="flow-hidden">{ "(not kept)" }</span></> }
        }
        _ => html! { { value.to_string() } },
    };
    html! { <span class="flow-fact"><span class="flow-name">{ *name }</span>{ " " }{ shown }</span> }
}
