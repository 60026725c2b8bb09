//! Changes of the sign-in, for people who listen to the page.

use super::delay::cause;
use crate::app::texts::{filled, text};
use hushkey::{Delay, Destination, Reason, View};
use yew::prelude::*;

/// A region that screen readers read out whenever its text changes.
pub(crate) fn announcer(view: View, delay: Option<Delay>) -> Html {
    let said = match view {
        View::Restoring { .. } => delay.map(|delay| filled("said.delay", &[("cause", cause(&delay))])).unwrap_or_default(),
        View::SignedOut(Reason::NoSession) => String::new(),
        View::Completing => text("going.complete").to_owned(),
        View::Leaving(Destination::Lookup) => String::new(),
        View::Leaving(Destination::SignIn) => text("going.sign_in").to_owned(),
        View::Leaving(Destination::SignOut) => text("going.sign_out").to_owned(),
        View::SignedIn(person) => filled("said.signed_in", &[("name", &person.name)]),
        View::Paused { .. } => text("paused.title").to_owned(),
        View::SignedOut(Reason::Problem(_)) => text("said.problem").to_owned(),
        View::SignedOut(reason) => super::sentence(&reason).to_owned(),
    };
    html! { <p class="hidden" role="status" aria-live="polite">{ said }</p> }
}
