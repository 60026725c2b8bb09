//! The picture on the first page.

use yew::prelude::*;

/// A key, and around its bow the rings of a sound that dies away.
pub(crate) fn key() -> Html {
    html! {
        <svg class="key" viewBox="0 0 440 294" aria-hidden="true">
            <circle class="key-ring key-ring-1" cx="147" cy="147" r="78" />
            <circle class="key-ring key-ring-2" cx="147" cy="147" r="110" />
            <circle class="key-ring key-ring-3" cx="147" cy="147" r="146" />
            <g class="key-body">
                <circle cx="147" cy="147" r="48" />
                <path d="M195 147H435M377 147v40M435 147v58" />
            </g>
        </svg>
    }
}
