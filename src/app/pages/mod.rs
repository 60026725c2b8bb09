//! One file per page.

mod account;
mod api;
mod callback;
#[cfg(feature = "inspector")]
mod flow;

mod doctor;
mod home;
mod misconfigured;
mod not_found;
mod signed_out;

pub(crate) use misconfigured::Misconfigured;

use crate::app::route::{Place, Route};
use account::Account;
use api::Api;
use callback::Callback;
use doctor::Doctor;
use home::Home;
use not_found::NotFound;
use signed_out::SignedOut;
use yew::prelude::*;

/// The page of a place.
pub(crate) fn page(place: Place) -> Html {
    match place {
        Place::Callback => html! { <Callback /> },
        Place::SignedOut => html! { <SignedOut /> },
        Place::Route(Route::Home) => html! { <Home /> },
        Place::Route(Route::Account) => html! { <Account /> },
        Place::Route(Route::Api) => html! { <Api /> },
        #[cfg(feature = "inspector")]
        Place::Route(Route::Flow) => flow::flow(),
        Place::Route(Route::Doctor) => html! { <Doctor /> },
        Place::Route(Route::NotFound) => html! { <NotFound /> },
    }
}
