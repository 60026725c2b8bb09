//! How the sign-in of this page has gone, step by step.

use crate::app::{
    components::set_title,
    texts::{filled, text},
};
use hushkey::{FlowInspector, protocol::flow::KEPT};
use yew::prelude::*;

/// The flow inspector, for whoever wants to know. No component: it has nothing to keep, and each costs bytes.
pub(crate) fn flow() -> Html {
    set_title(text("flow.title"));
    html! {
        <>
            <h1 tabindex="-1">{ text("flow.title") }</h1>
            <p class="lead">{ text("flow.lead") }</p>
            <div class="wide"><FlowInspector button_class="button button-plain button-small" /></div>
            <p class="quiet small">{ filled("flow.note", &[("kept", &KEPT.to_string())]) }</p>
        </>
    }
}
