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
                <Link to={Route::Flow} current={place == Place::Route(Route::Flow)}>{ text("footer.flow") }</Link>
            </nav>
        </footer>
    }
}
