//! An API that wants another sign-in first. The person decides.

use crate::app::{problems, texts::text};
use hushkey::{StepUpChallenge, use_auth};
use yew::prelude::*;

/// What is wanted.
#[derive(Properties, PartialEq)]
pub(crate) struct StepUpProps {
    /// What the API demands.
    pub(crate) challenge: StepUpChallenge,
}

/// Says so, and what came of the last try, with a way on that comes back here.
#[component]
pub(crate) fn StepUp(StepUpProps { challenge }: &StepUpProps) -> Html {
    let auth = use_auth();
    let failed = auth.step_up_failure().map(|error| problems::explain(&error));
    let challenge = challenge.clone();
    html! {
        <section class="notice" aria-label={text("step_up.label")}>
            { for failed.map(|problem| html! { <p><strong>{ problem.title }{ "." }</strong>{ " " }{ problem.sentence }</p> }) }
            <p>{ text("step_up.text") }</p>
            <div class="actions">
                <button type="button" class="button" onclick={move |_| auth.step_up(&challenge)}>{ text("step_up.go") }</button>
            </div>
        </section>
    }
}
