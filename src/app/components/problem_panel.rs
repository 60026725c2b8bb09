//! A problem in plain words, with a way on.

use super::{Link, copy_box::CopyBox};
use crate::app::{problems, route::Route, texts::text};
use hushkey::{Error, Fault, SignInOptions, use_auth};
use yew::prelude::*;

/// What to explain.
#[derive(Properties, PartialEq)]
pub(crate) struct ProblemPanelProps {
    /// What went wrong.
    pub(crate) error: Error,
}

/// What happened, what to do about it, and the code for those who can mend it.
#[component]
pub(crate) fn ProblemPanel(ProblemPanelProps { error }: &ProblemPanelProps) -> Html {
    let auth = use_auth();
    let problem = problems::explain(error);
    // Without a network, the sign-in page would be an empty page of the browser.
    let stays = error.fault() == Fault::Network;
    let again = move |_| if stays { auth.retry() } else { auth.sign_in(SignInOptions::default()) };
    html! {
        <>
            <h1 tabindex="-1">{ problem.title }</h1>
            <p class="lead">{ problem.sentence }{ " " }{ problem.advice }</p>
            <div class="actions">
                <button type="button" class="button" onclick={again}>{ text("try_again") }</button>
                <Link to={Route::Home} class="button button-plain">{ text("go_home") }</Link>
            </div>
            <CopyBox label={text("code")} copied={error.code()} />
        </>
    }
}
