//! The title of the window.

use gloo::utils::document;
use yew::prelude::*;

/// Names the page in the title of the window: `Account · Hushkey`.
#[hook]
pub(crate) fn use_title(title: impl Into<AttrValue>) {
    use_effect_with(title.into(), |title| set_title(title));
}

/// The same at once, for a page that is no component of its own.
pub(crate) fn set_title(title: &str) {
    document().set_title(&format!("{title} · Hushkey"));
}
