//! A page for signed-in people, when nobody is.

use super::{Link, ProblemPanel, SignInButton};
use crate::app::route::Route;
use hushkey::Reason;
use yew::prelude::*;

/// Why nobody is signed in, in words.
pub(crate) const fn sentence(reason: &Reason) -> &'static str {
    match reason {
        Reason::NoSession => "You are not signed in.",
        Reason::ByChoice => "You signed out.",
        Reason::Elsewhere => "You signed out in another tab.",
        Reason::SessionEnded => "Your session has ended.",
        Reason::AccountChanged => "Another person signed in.",
        Reason::SignedInElsewhere => "Somebody signed in in another tab.",
        Reason::Problem(_) => "The last sign-in did not work.",
    }
}

/// The reason, and a way to sign in that leads back here.
pub(crate) fn signed_out_panel(reason: &Reason) -> Html {
    if let Reason::Problem(error) = reason {
        return html! { <ProblemPanel error={error.clone()} /> };
    }
    html! {
        <>
            <h1 tabindex="-1">{ sentence(reason) }</h1>
            <p class="lead">{ "This page is for people who are signed in. Sign in, and you will come back here." }</p>
            <div class="actions">
                <SignInButton />
                <Link to={Route::Home} class="button button-plain">{ "Go home" }</Link>
            </div>
        </>
    }
}
