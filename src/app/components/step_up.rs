//! An API that wants another sign-in first. The person decides.

use crate::app::{problems, texts::text};
use hushkey::{AuthHandle, Fault, StepUpChallenge};
use yew::prelude::*;

/// Says so, and what came of the last try, with a way on that comes back here.
pub(crate) fn step_up_notice(auth: &AuthHandle, challenge: &StepUpChallenge) -> Html {
    let failed = auth.step_up_failure().map(|error| {
        let problem = problems::explain(&error);
        // What others are to do says "the code below", and here is none.
        let advice = if error.fault() == Fault::Person { problem.advice } else { "" };
        html! { <p><strong>{ problem.title }{ "." }</strong>{ " " }{ problem.sentence }{ " " }{ advice }</p> }
    });
    let (auth, challenge) = (auth.clone(), challenge.clone());
    html! {
        <section class="notice" aria-label={text("step_up.label")}>
            { for failed }
            <p>{ text("step_up.text") }</p>
            <div class="actions">
                <button type="button" class="button" onclick={move |_| auth.step_up(&challenge)}>{ text("step_up.go") }</button>
            </div>
        </section>
    }
}
