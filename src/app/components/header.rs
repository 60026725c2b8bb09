//! The header: where one is, where one can go, and who one is.

use super::{Link, Wordmark, corner::Corner};
use crate::app::route::{Place, Route};
use yew::prelude::*;

/// What the header needs to know.
#[derive(Properties, PartialEq)]
pub(crate) struct HeaderProps {
    /// The page that is open.
    pub(crate) place: Place,
}

/// Wordmark, navigation, and the corner for signing in and out.
#[component]
pub(crate) fn Header(HeaderProps { place }: &HeaderProps) -> Html {
    let entry = |to: Route, name: &'static str| {
        html! { <Link {to} current={*place == Place::Route(to)}>{ name }</Link> }
    };
    html! {
        <header class="bar">
            <Link to={Route::Home} class="brand"><Wordmark /></Link>
            <nav class="nav" aria-label="Main">
                { entry(Route::Home, "Home") }
                { entry(Route::Account, "Account") }
                { entry(Route::Api, "API") }
            </nav>
            <Corner />
        </header>
    }
}
