//! The two stores of the browser. Either may be denied, which nobody here takes amiss.

use web_sys::Storage;

/// What outlives the tab, for all tabs.
pub(super) fn local() -> Option<Storage> {
    gloo::utils::window().local_storage().ok().flatten()
}

/// What lives as long as the tab.
pub(super) fn session() -> Option<Storage> {
    gloo::utils::window().session_storage().ok().flatten()
}
