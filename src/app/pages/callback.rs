//! Where the provider sends people back to. Usually it is seen for a moment only.

use crate::app::{
    components::{Link, ProblemPanel, SignInButton, delay_panel, sentence, use_delay, use_title},
    route::Route,
    texts::text,
};
use hushkey::{Reason, View, use_auth};
use yew::prelude::*;

/// The end of a sign-in, or why it did not come to that.
#[component]
pub(crate) fn Callback() -> Html {
    let view = use_auth().view();
    use_title(match &view {
        View::SignedOut(Reason::Problem(_)) => text("title.problem"),
        View::SignedOut(_) => text("title.signed_out"),
        View::Restoring { .. } | View::Leaving(_) | View::Completing => text("title.signing_in"),
        View::SignedIn(_) | View::Paused { .. } => text("title.signed_in"),
    });
    if let Some(delay) = use_delay(&view) {
        return delay_panel(&delay);
    }
    match view {
        View::Restoring { .. } | View::Completing => waiting(text("going.complete")),
        View::Leaving(_) => waiting(text("going.moment")),
        View::SignedOut(Reason::Problem(error)) => html! { <ProblemPanel {error} /> },
        View::SignedOut(reason) => nothing_here(sentence(&reason), html! { <SignInButton /> }),
        View::SignedIn(_) | View::Paused { .. } => {
            nothing_here(text("signed_in"), html! { <Link to={Route::Account} class="button">{ text("open_account") }</Link> })
        }
    }
}

fn waiting(title: &'static str) -> Html {
    html! { <h1 class="late" tabindex="-1">{ title }</h1> }
}

/// Somebody came here without being on the way back from a sign-in.
fn nothing_here(title: &'static str, way_on: Html) -> Html {
    html! {
        <>
            <h1 tabindex="-1">{ title }</h1>
            <p class="lead">{ text("callback.lead") }</p>
            <div class="actions">{ way_on }<Link to={Route::Home} class="button button-plain">{ text("go_home") }</Link></div>
        </>
    }
}
