//! An address where nothing stands.

use crate::app::{
    components::{Link, use_title},
    route::Route,
    texts::text,
};
use yew::prelude::*;

/// Says so, and leads home.
#[component]
pub(crate) fn NotFound() -> Html {
    use_title(text("title.not_found"));
    html! {
        <>
            <h1 tabindex="-1">{ text("not_found.title") }</h1>
            <p class="lead">{ text("not_found.lead") }</p>
            <div class="actions"><Link to={Route::Home} class="button">{ text("go_home") }</Link></div>
        </>
    }
}
