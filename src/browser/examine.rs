//! Looks at why a hidden frame did not answer.

use super::{
    fetch,
    timer::{sleep, within},
};
use crate::protocol::{
    error::NetworkFailure,
    examination::{Evidence, Manners},
    secret::SensitiveUrl,
};
use gloo::events::EventListener;
use js_sys::Reflect;
use std::{cell::Cell, rc::Rc, time::Duration};
use url::Url;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlIFrameElement, HtmlMetaElement, ReferrerPolicy, RequestCache, RequestCredentials, RequestInit, RequestMode};

/// Each look may take this long: eight seconds.
const PATIENCE: Duration = Duration::from_secs(8);

/// Looks at the relay page, at the provider, and at this page.
pub async fn examine(relay: String, question: Option<SensitiveUrl>) -> Evidence {
    let relay = within(PATIENCE, fetch::look_at_relay(&relay)).await.unwrap_or(Err(NetworkFailure::Timeout));
    let provider = match question {
        Some(question) => within(PATIENCE, manners(&question)).await.flatten().unwrap_or(Manners::Silent),
        None => Manners::Redirects,
    };
    Evidence { relay, provider, isolated: is_isolated() }
}

/// Whether the page has cut itself off from others (COOP and COEP together).
pub(super) fn is_isolated() -> bool {
    Reflect::get(&gloo::utils::window(), &"crossOriginIsolated".into()).is_ok_and(|isolated| isolated.is_truthy())
}

/// Whether the provider answers a silent request with a redirect to this app. A script is not told where another site redirects to; so the request
/// is made in an empty frame whose policy allows the provider and nobody else, and the browser says when it had to stop at the redirect. No cookie
/// goes along, and what the answer would be does not matter. `None` if nothing can be said.
pub(super) async fn manners(question: &SensitiveUrl) -> Option<Manners> {
    let provider = Url::parse(question.expose()).ok()?.origin().ascii_serialization();
    let document = gloo::utils::document();
    let frame = Removed(document.create_element("iframe").ok()?.unchecked_into());
    frame.0.set_hidden(true);
    document.body()?.append_child(&frame.0).ok()?;
    let (window, inside) = (frame.0.content_window()?, frame.0.content_document()?);
    let policy: HtmlMetaElement = inside.create_element("meta").ok()?.unchecked_into();
    policy.set_http_equiv("Content-Security-Policy");
    policy.set_content(&format!("connect-src {provider}"));
    inside.head()?.append_child(&policy).ok()?;

    let stopped = Rc::new(Cell::new(false));
    let _ear = EventListener::new(&inside, "securitypolicyviolation", {
        let stopped = Rc::clone(&stopped);
        move |_| stopped.set(true)
    });
    let options = RequestInit::new();
    options.set_mode(RequestMode::NoCors);
    options.set_credentials(RequestCredentials::Omit);
    options.set_cache(RequestCache::NoStore);
    options.set_referrer_policy(ReferrerPolicy::NoReferrer);
    let answer = JsFuture::from(window.fetch_with_str_and_init(question.expose(), &options)).await;
    if answer.is_ok() {
        return Some(Manners::ShowsPage);
    }
    // The browser reports a violation in its own time.
    for _ in 0..20 {
        if stopped.get() {
            return Some(Manners::Redirects);
        }
        sleep(Duration::from_millis(10)).await;
    }
    None
}

/// A frame that is taken out of the page with this value.
struct Removed(HtmlIFrameElement);

impl Drop for Removed {
    fn drop(&mut self) {
        self.0.remove();
    }
}
