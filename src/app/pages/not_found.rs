//! An address where nothing stands.

use crate::app::{
    components::{Link, use_title},
    route::Route,
};
use yew::prelude::*;

/// Says so, and leads home.
#[component]
pub(crate) fn NotFound() -> Html {
    use_title("Not found");
    html! {
        <>
            <h1 tabindex="-1">{ "There is no page here" }</h1>
            <p class="lead">{ "The address may be mistyped, or the page has moved." }</p>
            <div class="actions"><Link to={Route::Home} class="button">{ "Go home" }</Link></div>
        </>
    }
}
