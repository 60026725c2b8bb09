//! The header: where one is, where one can go, and who one is.

use super::{Link, corner::corner, wordmark::wordmark};
use crate::app::{
    route::{Place, Route},
    texts::text,
};
use hushkey::AuthHandle;
use yew::prelude::*;

/// Wordmark, navigation, and the corner for signing in and out.
pub(crate) fn header(place: Place, auth: &AuthHandle) -> Html {
    let entry = |to: Route, name: &'static str| {
        html! { <Link {to} current={place == Place::Route(to)}>{ name }</Link> }
    };
    html! {
        <header class="bar">
            <Link to={Route::Home} class="brand">{ wordmark() }</Link>
            <nav class="nav" aria-label={text("nav.main")}>
                { entry(Route::Home, text("nav.home")) }
                { entry(Route::Account, text("nav.account")) }
                { entry(Route::Api, text("nav.api")) }
            </nav>
            { corner(auth) }
        </header>
    }
}
