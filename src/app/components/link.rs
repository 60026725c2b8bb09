//! Links inside of the app.

use crate::app::route::Route;
use yew::prelude::*;
use yew_router::{
    Routable,
    hooks::{use_location, use_navigator},
};

/// Where a link leads and how it looks.
#[derive(Properties, PartialEq)]
pub(crate) struct LinkProps {
    /// The page to open.
    pub(crate) to: Route,
    /// How it looks.
    #[prop_or_default]
    pub(crate) class: Classes,
    /// Whether its page is the one that is open.
    #[prop_or_default]
    pub(crate) current: bool,
    /// What it says.
    pub(crate) children: Html,
}

/// A link that opens a page without loading it. A press of the page's own link adds nothing to the history.
#[component]
pub(crate) fn Link(LinkProps { to, class, current, children }: &LinkProps) -> Html {
    let navigator = use_navigator().expect("links stand inside of the router");
    let location = use_location().expect("links stand inside of the router");
    let to = *to;
    let onclick = move |event: MouseEvent| {
        // With a modifier key the browser opens a tab or window, or saves: its own business.
        if event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key() {
            return;
        }
        event.prevent_default();
        if location.path() != to.to_path() {
            navigator.push(&to);
        }
    };
    html! { <a href={to.to_path()} class={class.clone()} aria-current={current.then_some("page")} {onclick}>{ children.clone() }</a> }
}
