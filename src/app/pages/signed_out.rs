//! Where the provider sends people after signing out.

use crate::app::{
    components::{Link, SignInButton, use_title},
    route::Route,
};
use hushkey::{View, use_auth};
use yew::prelude::*;

/// Says that it worked, and offers a way on.
#[component]
pub(crate) fn SignedOut() -> Html {
    let view = use_auth().view();
    use_title(match &view {
        View::SignedIn(_) | View::Paused { .. } => "Signed in",
        View::Restoring { .. } | View::Leaving(_) | View::Completing | View::SignedOut(_) => "Signed out",
    });
    let home = html! { <Link to={Route::Home} class="button button-plain">{ "Home" }</Link> };
    match view {
        View::Restoring { .. } | View::Completing | View::Leaving(_) => html! { <h1 class="late" tabindex="-1">{ "One moment…" }</h1> },
        View::SignedOut(_) => html! {
            <>
                <h1 tabindex="-1">{ "You are signed out." }</h1>
                <p class="lead">{ "Nothing of your session is left on this page." }</p>
                <div class="actions"><SignInButton label="Sign in again" />{ home }</div>
            </>
        },
        View::SignedIn(person) | View::Paused { person, .. } => html! {
            <>
                <h1 tabindex="-1">{ "You are signed in." }</h1>
                <p class="lead">{ "You are here as " }{ &person.name }{ "." }</p>
                <div class="actions"><Link to={Route::Account} class="button">{ "Open your account" }</Link>{ home }</div>
            </>
        },
    }
}
