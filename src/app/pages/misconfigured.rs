//! What stands in the place of the app when it cannot be set up.

use crate::app::{
    components::{use_title, wordmark},
    texts::{marked, text},
};
use yew::prelude::*;

/// What is wrong.
#[derive(Properties, PartialEq)]
pub(crate) struct MisconfiguredProps {
    /// The field and its problem.
    pub(crate) error: AttrValue,
}

/// Names the field, and where to mend it. It is for the person who sets the app up.
#[component]
pub(crate) fn Misconfigured(MisconfiguredProps { error }: &MisconfiguredProps) -> Html {
    use_title(text("title.not_set_up"));
    let block = "<script type=\"application/json\" id=\"hushkey\">";
    let places = [("file", html! { <code>{ "index.html" }</code> }), ("block", html! { <code>{ block }</code> })];
    let origin = gloo::utils::window().location().origin().unwrap_or_default();
    html! {
        <div class="frame">
            <header class="bar"><a class="brand" href="/">{ wordmark() }</a></header>
            <main class="page" id="main">
                <h1>{ text("not_set_up.title") }</h1>
                <p class="lead">{ text("not_set_up.lead") }</p>
                <pre class="block" role="alert" lang="en"><code>{ error }</code></pre>
                <section class="section">
                    <h2>{ text("not_set_up.where") }</h2>
                    <p class="quiet">{ marked("not_set_up.how", &places) }</p>
                    <p class="quiet">
                        { text("not_set_up.command") }{ " " }<code>{ "cargo xtask doctor --config hushkey.json --origin " }{ origin }</code>
                    </p>
                </section>
            </main>
        </div>
    }
}
