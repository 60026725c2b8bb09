//! Rows of a list of details.

use yew::prelude::*;

/// One row.
#[derive(Properties, PartialEq)]
pub(crate) struct DetailProps {
    /// What it is.
    pub(crate) name: AttrValue,
    /// Its value.
    pub(crate) children: Html,
}

/// A name and its value, inside of a `<dl class="details">`.
#[component]
pub(crate) fn Detail(DetailProps { name, children }: &DetailProps) -> Html {
    html! { <div><dt>{ name }</dt><dd>{ children.clone() }</dd></div> }
}

/// Several short values.
#[derive(Properties, PartialEq)]
pub(crate) struct TagsProps {
    /// The values.
    pub(crate) values: Vec<String>,
}

/// The values side by side, or that there are none.
#[component]
pub(crate) fn Tags(TagsProps { values }: &TagsProps) -> Html {
    if values.is_empty() {
        return html! { <span class="quiet">{ "None" }</span> };
    }
    html! { <ul class="tags">{ for values.iter().map(|value| html! { <li key={value.as_str()}>{ value }</li> }) }</ul> }
}
