//! Where the provider sends people after signing out.

use crate::app::{
    components::{Link, SignInButton, use_title},
    route::Route,
    texts::{filled, text},
};
use hushkey::{View, use_auth};
use yew::prelude::*;

/// Says that it worked, and offers a way on.
#[component]
pub(crate) fn SignedOut() -> Html {
    let view = use_auth().view();
    use_title(match &view {
        View::SignedIn(_) | View::Paused { .. } => text("title.signed_in"),
        View::Restoring { .. } | View::Leaving(_) | View::Completing | View::SignedOut(_) => text("title.signed_out"),
    });
    let home = html! { <Link to={Route::Home} class="button button-plain">{ text("go_home") }</Link> };
    match view {
        View::Restoring { .. } | View::Completing | View::Leaving(_) => {
            html! { <h1 class="late" tabindex="-1">{ text("going.moment") }</h1> }
        }
        View::SignedOut(_) => html! {
            <>
                <h1 tabindex="-1">{ text("signed_out.title") }</h1>
                <p class="lead">{ text("signed_out.lead") }</p>
                <div class="actions"><SignInButton label={text("sign_in_again")} />{ home }</div>
            </>
        },
        View::SignedIn(person) | View::Paused { person, .. } => html! {
            <>
                <h1 tabindex="-1">{ text("signed_in") }</h1>
                <p class="lead">{ filled("signed_in.as", &[("name", &person.name)]) }</p>
                <div class="actions"><Link to={Route::Account} class="button">{ text("open_account") }</Link>{ home }</div>
            </>
        },
    }
}
