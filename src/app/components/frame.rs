//! The frame of every page: a way past the header, the header, the page, the footer, and a voice for people who do not see changes.

use super::{announcer::announcer, focus::use_heading_focus, footer::footer, header::header, paused::paused_bar, use_delay};
use crate::app::{pages, route::Place, texts::text};
use hushkey::{Config, Destination, View, use_auth};
use std::rc::Rc;
use yew::prelude::*;
use yew_router::hooks::use_location;

/// Header, page, footer and announcements.
#[component]
pub(crate) fn Frame() -> Html {
    let config = use_context::<Rc<Config>>().expect("the frame stands inside of the app, which provides the configuration");
    let location = use_location().expect("the frame stands inside of the router");
    let auth = use_auth();
    let view = auth.view();
    let delay = use_delay(&view);
    let place = Place::at(location.path(), &config);
    use_heading_focus(location.path(), &view);
    html! {
        <div class="frame">
            <a class="skip" href="#main">{ text("skip") }</a>
            { header(place, &auth) }
            { paused_bar(&auth) }
            <main class="page" id="main" tabindex="-1">{ pages::page(place) }</main>
            { for is_settled(&view).then(|| footer(place)) }
            { announcer(view, delay) }
        </div>
    }
}

/// Whether the page has the height that it will keep for a while. A footer that was there before would be pushed down.
const fn is_settled(view: &View) -> bool {
    match view {
        View::Restoring { delay } => delay.is_some(),
        View::Completing | View::Leaving(Destination::Lookup) => false,
        View::Leaving(Destination::SignIn | Destination::SignOut) | View::SignedIn(_) | View::Paused { .. } | View::SignedOut(_) => true,
    }
}
