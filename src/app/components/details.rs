//! Rows of a list of details.

use crate::app::texts::text;
use yew::prelude::*;

/// A name and its value, inside of a `<dl class="details">`.
pub(crate) fn detail(name: &'static str, value: Html) -> Html {
    html! { <div><dt>{ name }</dt><dd>{ value }</dd></div> }
}

/// The values side by side, or that there are none.
pub(crate) fn tags(values: &[String]) -> Html {
    if values.is_empty() {
        return html! { <span class="quiet">{ text("account.none") }</span> };
    }
    html! { <ul class="tags">{ for values.iter().map(|value| html! { <li key={value.as_str()}>{ value }</li> }) }</ul> }
}
