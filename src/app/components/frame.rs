//! The frame of every page: a way past the header, the header, the page, and a voice for people who do not see changes.

use super::{announcer::Announcer, focus::use_heading_focus, header::Header, paused::PausedBar};
use crate::app::{pages, route::Place};
use hushkey::{Config, use_auth};
use std::rc::Rc;
use yew::prelude::*;
use yew_router::hooks::use_location;

/// Header, page and announcements.
#[component]
pub(crate) fn Frame() -> Html {
    let config = use_context::<Rc<Config>>().expect("the frame stands inside of the app, which provides the configuration");
    let location = use_location().expect("the frame stands inside of the router");
    let view = use_auth().view();
    let place = Place::at(location.path(), &config);
    use_heading_focus(location.path(), &view);
    html! {
        <div class="frame">
            <a class="skip" href="#main">{ "Skip to content" }</a>
            <Header {place} />
            <PausedBar />
            <main class="page" id="main" tabindex="-1">{ pages::page(place) }</main>
            <Announcer />
        </div>
    }
}
