//! A page for signed-in people, when nobody is.

use super::{Link, ProblemPanel, SignInButton};
use crate::app::{route::Route, texts::text};
use hushkey::Reason;
use yew::prelude::*;

/// Why nobody is signed in, in words.
pub(crate) fn sentence(reason: &Reason) -> &'static str {
    match reason {
        Reason::NoSession => text("reason.no_session"),
        Reason::ByChoice => text("reason.by_choice"),
        Reason::Elsewhere => text("reason.elsewhere"),
        Reason::SessionEnded => text("reason.session_ended"),
        Reason::AccountChanged => text("reason.account_changed"),
        Reason::SignedInElsewhere => text("reason.signed_in_elsewhere"),
        Reason::Problem(_) => text("reason.problem"),
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
            <p class="lead">{ text("members") }</p>
            <div class="actions">
                <SignInButton />
                <Link to={Route::Home} class="button button-plain">{ text("go_home") }</Link>
            </div>
        </>
    }
}
