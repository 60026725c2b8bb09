//! The footer: what stands beside the app itself.

use super::Link;
use crate::app::{
    route::{Place, Route},
    texts::text,
};
use yew::prelude::*;

/// Links to pages about this app.
pub(crate) fn footer(place: Place) -> Html {
    html! {
        <footer class="foot">
            <nav aria-label={text("footer.label")}>
                { flow(place) }
                { entry(place, Route::Doctor, text("footer.doctor")) }
            </nav>
        </footer>
    }
}

fn entry(place: Place, to: Route, name: &'static str) -> Html {
    html! { <Link {to} current={place == Place::Route(to)}>{ name }</Link> }
}

#[cfg(feature = "inspector")]
fn flow(place: Place) -> Html {
    entry(place, Route::Flow, text("footer.flow"))
}

/// The smallest build has no such page.
#[cfg(not(feature = "inspector"))]
fn flow(_: Place) -> Html {
    Html::default()
}
