//! A page for signed-in people, before it is known whether somebody is.

use super::{delay_panel, use_delay};
use crate::app::texts::text;
use hushkey::{Destination, View, use_auth};
use yew::prelude::*;

/// What is waited for.
#[derive(Properties, PartialEq)]
pub(crate) struct WaitingProps {
    /// The name of the page.
    pub(crate) title: AttrValue,
    /// The page's shape, without its content.
    pub(crate) children: Html,
}

/// The shape of the page, or what takes so long.
#[component]
pub(crate) fn Waiting(WaitingProps { title, children }: &WaitingProps) -> Html {
    let view = use_auth().view();
    if let Some(delay) = use_delay(&view) {
        return delay_panel(&delay);
    }
    match view {
        View::Leaving(Destination::SignIn) => html! { <h1 class="late" tabindex="-1">{ text("going.sign_in") }</h1> },
        View::Leaving(Destination::SignOut) => html! { <h1 class="late" tabindex="-1">{ text("going.sign_out") }</h1> },
        View::Completing => html! { <h1 class="late" tabindex="-1">{ text("going.complete") }</h1> },
        View::Restoring { .. } | View::Leaving(Destination::Lookup) => html! {
            <>
                <h1 class="hidden" tabindex="-1">{ title }</h1>
                <div class="breathe" aria-hidden="true">{ children.clone() }</div>
            </>
        },
        // The page itself stands in the place of this one then.
        View::SignedIn(_) | View::Paused { .. } | View::SignedOut(_) => Html::default(),
    }
}
