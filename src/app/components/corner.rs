//! The right end of the header.

use super::SignInButton;
use crate::app::texts::text;
use hushkey::{AuthHandle, View};
use yew::prelude::*;

/// Signed in: the name and a way out. Signed out: the way in. Until that is known: room for either.
pub(crate) fn corner(auth: &AuthHandle) -> Html {
    let sign_out = {
        let auth = auth.clone();
        move |_| auth.sign_out()
    };
    let content = match auth.view() {
        View::SignedIn(person) | View::Paused { person, .. } => html! {
            <>
                <span class="corner-name">{ &person.name }</span>
                <button type="button" class="button button-plain button-small" onclick={sign_out}>{ text("sign_out") }</button>
            </>
        },
        View::SignedOut(_) => html! { <SignInButton class="button-plain button-small" /> },
        View::Restoring { .. } | View::Completing | View::Leaving(_) => html! { <div class="bone bone-corner late" aria-hidden="true" /> },
    };
    html! { <div class="corner">{ content }</div> }
}
