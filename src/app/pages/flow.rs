//! How the sign-in of this page has gone, step by step.

use crate::app::{components::use_title, texts::text};
use hushkey::FlowInspector;
use yew::prelude::*;

/// The flow inspector, for whoever wants to know.
#[component]
pub(crate) fn Flow() -> Html {
    use_title(text("flow.title"));
    html! {
        <>
            <h1 tabindex="-1">{ text("flow.title") }</h1>
            <p class="lead">{ text("flow.lead") }</p>
            <div class="wide"><FlowInspector button_class="button button-plain button-small" /></div>
            <p class="quiet small">{ text("flow.note") }</p>
        </>
    }
}
