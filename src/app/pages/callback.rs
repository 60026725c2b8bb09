//! Where the provider sends people back to. Usually it is seen for a moment only.

use crate::app::{
    components::{Link, ProblemPanel, SignInButton, delay_panel, sentence, use_delay, use_title},
    route::Route,
};
use hushkey::{Reason, View, use_auth};
use yew::prelude::*;

/// The end of a sign-in, or why it did not come to that.
#[component]
pub(crate) fn Callback() -> Html {
    let view = use_auth().view();
    use_title(match &view {
        View::SignedOut(Reason::Problem(_)) => "Sign-in did not work",
        View::SignedOut(_) => "Signed out",
        View::Restoring { .. } | View::Leaving(_) | View::Completing => "Signing in",
        View::SignedIn(_) | View::Paused { .. } => "Signed in",
    });
    if let Some(delay) = use_delay(&view) {
        return delay_panel(&delay);
    }
    match view {
        View::Restoring { .. } | View::Completing => waiting("Signing you in…"),
        View::Leaving(_) => waiting("One moment…"),
        View::SignedOut(Reason::Problem(error)) => html! { <ProblemPanel {error} /> },
        View::SignedOut(reason) => nothing_here(sentence(&reason), html! { <SignInButton /> }),
        View::SignedIn(_) | View::Paused { .. } => {
            nothing_here("You are signed in.", html! { <Link to={Route::Account} class="button">{ "Open your account" }</Link> })
        }
    }
}

fn waiting(text: &'static str) -> Html {
    html! { <h1 class="late" tabindex="-1">{ text }</h1> }
}

/// Somebody came here without being on the way back from a sign-in.
fn nothing_here(title: &'static str, way_on: Html) -> Html {
    html! {
        <>
            <h1 tabindex="-1">{ title }</h1>
            <p class="lead">{ "There is nothing else to do on this page." }</p>
            <div class="actions">{ way_on }<Link to={Route::Home} class="button button-plain">{ "Go home" }</Link></div>
        </>
    }
}
