//! Where the page is, and going elsewhere.

use crate::protocol::{
    error::{Error, Finding},
    http::{HttpRequest, Method},
    secret::SensitiveUrl,
    turn::HistoryEntry,
};
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlFormElement, PopStateEvent};

/// The whole address of the page.
#[must_use]
pub fn address() -> SensitiveUrl {
    SensitiveUrl::new(gloo::utils::window().location().href().unwrap_or_default())
}

/// Where in the app the page is: path, query and fragment.
#[must_use]
pub fn place() -> String {
    let location = gloo::utils::window().location();
    let parts = [location.pathname(), location.search(), location.hash()];
    parts.into_iter().map(Result::unwrap_or_default).collect()
}

/// The origin of the page.
#[must_use]
pub fn origin() -> String {
    gloo::utils::window().location().origin().unwrap_or_default()
}

/// Whether the page is inside a frame. A page that cannot tell counts as framed.
#[must_use]
pub fn is_framed() -> bool {
    let window = gloo::utils::window();
    // Compared as JavaScript does it: the top window may belong to another origin, where nothing else is allowed.
    window.top().ok().flatten().is_none_or(|top| JsValue::from(top) != JsValue::from(window))
}

/// Whether the page was loaded because somebody reloaded it, or came back to it in the history.
#[must_use]
pub fn is_return() -> bool {
    let entries = gloo::utils::window().performance().map(|performance| performance.get_entries_by_type("navigation"));
    let kind = entries.and_then(|entries| Reflect::get(&entries.get(0), &"type".into()).ok()).and_then(|kind| kind.as_string());
    matches!(kind.as_deref(), Some("reload" | "back_forward"))
}

/// Leaves the page.
///
/// # Errors
/// `Platform` if the browser refuses, as a sandboxed frame does.
pub fn leave(url: &SensitiveUrl, history: HistoryEntry) -> Result<(), Error> {
    let location = gloo::utils::window().location();
    let left = match history {
        HistoryEntry::Keep => location.assign(url.expose()),
        HistoryEntry::Replace => location.replace(url.expose()),
    };
    left.map_err(|_| Error::Platform(Finding::invalid("location", "the browser refused to leave the page")))
}

/// Leaves the page by a form. It stands in the document for no longer than the browser needs to read it.
///
/// # Errors
/// `Platform` if the browser has no such thing.
pub fn submit(request: &HttpRequest) -> Result<(), Error> {
    let Method::PostForm(fields) = &request.method else { return Ok(()) };
    let submitted = || {
        let document = gloo::utils::document();
        let form: HtmlFormElement = document.create_element("form")?.unchecked_into();
        form.set_attribute("method", "post")?;
        form.set_attribute("action", &request.url)?;
        for (name, value) in form_urlencoded::parse(fields.expose().as_bytes()) {
            let input = document.create_element("input")?;
            input.set_attribute("type", "hidden")?;
            input.set_attribute("name", &name)?;
            input.set_attribute("value", &value)?;
            form.append_child(&input)?;
        }
        gloo::utils::body().append_child(&form)?;
        let submitted = form.submit();
        form.remove();
        submitted
    };
    submitted().map_err(|_: JsValue| Error::Platform(Finding::invalid("form", "the browser refused to leave the page")))
}

/// Changes the address without loading anything and without a history entry. The entry's state is emptied, too: it belonged to another place.
///
/// Routers are told by a `popstate` event, which `replaceState` does not cause. Going through the history object of the router instead would
/// work with one version of its crate only: each version of `gloo-history` has listeners of its own.
///
/// # Errors
/// `Platform` if the browser refuses: some do after a hundred changes within half a minute.
pub fn rewrite(to: &str) -> Result<(), Error> {
    let window = gloo::utils::window();
    let rewritten = window.history().and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(to)));
    rewritten.map_err(|_| Error::Platform(Finding::invalid("history", "the browser refused to change the address")))?;
    if let Ok(event) = PopStateEvent::new("popstate") {
        // Listeners of others may throw; that is theirs.
        let _ = window.dispatch_event(&event);
    }
    Ok(())
}
