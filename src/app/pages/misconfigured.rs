//! What stands in the place of the app when it cannot be set up.

use crate::app::{
    components::{use_title, wordmark},
    texts::text,
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
    use_title("Not set up");
    let origin = gloo::utils::window().location().origin().unwrap_or_default();
    html! {
        <div class="frame">
            <header class="bar"><a class="brand" href="/">{ wordmark() }</a></header>
            <main class="page" id="main">
                <h1>{ "This app is not set up yet" }</h1>
                <p class="lead">{ "One setting cannot be used, so nobody can sign in." }</p>
                <pre class="block" role="alert"><code>{ error }</code></pre>
                <section class="section">
                    <h2>{ "Where to mend it" }</h2>
                    <p class="quiet">
                        { "The settings stand in " }<code>{ "index.html" }</code>{ ", in the block that begins with " }
                        <code>{ "<script type=\"application/json\" id=\"hushkey\">" }</code>{ ". Change it there and reload this page." }
                    </p>
                    <p class="quiet">
                        { text("misconfigured.command") }{ " " }<code>{ "cargo xtask doctor --config hushkey.json --origin " }{ origin }</code>
                    </p>
                </section>
            </main>
        </div>
    }
}
