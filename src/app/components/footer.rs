//! The footer: what stands beside the app itself.

use super::Link;
use crate::app::{
    route::{Place, Route},
    texts::text,
};
use yew::prelude::*;

/// Links to pages about this app.
pub(crate) fn footer(place: Place) -> Html {
    let entry = |to: Route, name: &'static str| html! { <Link {to} current={place == Place::Route(to)}>{ name }</Link> };
    html! {
        <footer class="foot">
            <nav aria-label={text("footer.label")}>
                { entry(Route::Flow, text("footer.flow")) }
                { entry(Route::Doctor, text("footer.doctor")) }
            </nav>
        </footer>
    }
}
