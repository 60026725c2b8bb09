//! Changes of the sign-in, for people who listen to the page.

use super::delay::cause;
use hushkey::{Delay, Destination, Reason, View};
use yew::prelude::*;

/// A region that screen readers read out whenever its text changes.
pub(crate) fn announcer(view: View, delay: Option<Delay>) -> Html {
    let text = match view {
        View::Restoring { .. } => delay.map(|delay| format!("{} Trying again soon.", cause(&delay))).unwrap_or_default(),
        View::SignedOut(Reason::NoSession) => String::new(),
        View::Completing => "Signing you in.".to_owned(),
        View::Leaving(Destination::Lookup) => String::new(),
        View::Leaving(Destination::SignIn) => "Taking you to the sign-in page.".to_owned(),
        View::Leaving(Destination::SignOut) => "Signing you out.".to_owned(),
        View::SignedIn(person) => format!("Signed in as {}.", person.name),
        View::Paused { .. } => "Your session is paused.".to_owned(),
        View::SignedOut(Reason::Problem(_)) => "Sign-in did not work.".to_owned(),
        View::SignedOut(reason) => super::sentence(&reason).to_owned(),
    };
    html! { <p class="hidden" role="status" aria-live="polite">{ text }</p> }
}
