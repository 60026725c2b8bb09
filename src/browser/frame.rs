//! The hidden frame, and the one listener for window messages. Both exist only while an answer is waited for.

use super::{discarded::Discarded, early::EarlyFrame, navigation};
use crate::protocol::{
    error::{Error, Finding},
    frame_message::FrameMessage,
    secret::SensitiveUrl,
};
use gloo::events::EventListener;
use js_sys::Reflect;
use std::{fmt, rc::Rc};
use url::Url;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlIFrameElement, MessageEvent, SecurityPolicyViolationEvent};

/// Every attribute. There is no `sandbox` among them: our own relay page would need scripts and its origin, which together lift a sandbox, and
/// Chromium then warns about it in the console, with the whole address of the relay page and the code in it. What a sandbox would keep the
/// provider's page from, navigating this one or opening windows, browsers refuse to a hidden frame that nobody can click on.
const ATTRIBUTES: [(&str, &str); 6] = [
    ("hidden", ""),
    ("aria-hidden", "true"),
    ("tabindex", "-1"),
    ("title", "Sign-in check"),
    ("referrerpolicy", "no-referrer"),
    ("allow", ""),
];

/// An open frame. Dropping it ends the listening and removes it from the page.
pub struct Frame {
    element: HtmlIFrameElement,
    _listeners: [EventListener; 3],
    first: Option<EventListener>,
}

/// What can be seen of a frame that does not speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// It came to rest on some page.
    Loaded,
    /// The page's own Content Security Policy keeps it from its address.
    Forbidden,
}

impl Frame {
    /// Opens a frame. `first` is the bare relay page, shown before anything else where that matters. `spoke` gets what the frame says, or the reason why
    /// some window's message was not used, which never ends the wait; `seen` gets what it gives away without speaking.
    ///
    /// # Errors
    /// `Platform` if the page has no body to put it in.
    pub fn open(
        url: &SensitiveUrl,
        first: Option<String>,
        spoke: impl Fn(Result<FrameMessage, Discarded>) + 'static,
        seen: impl Fn(Sign) + 'static,
    ) -> Result<Self, Error> {
        let relay = first.filter(|_| heeds_no_vary_search());
        let bare = relay.clone().unwrap_or_default();
        let mut frame = Self::around(hidden_element()?, origin_of(url.expose()), bare, Rc::new(spoke), Rc::new(seen));
        let Some(relay) = relay else {
            show(&frame.element, url.expose())?;
            return Ok(frame);
        };
        frame.first = Some(EventListener::once(&frame.element, "load", {
            let (element, url) = (frame.element.clone(), url.clone());
            // A frame that is gone by then asks nothing.
            move |_| drop(show(&element, url.expose()))
        }));
        show(&frame.element, &relay)?;
        Ok(frame)
    }

    /// Goes on with a frame that the page has opened, perhaps at the bare relay page so far. What it has said and shown already is told at once.
    pub fn adopt(
        early: EarlyFrame,
        origin: &str,
        relay: String,
        spoke: impl Fn(Result<FrameMessage, Discarded>) + 'static,
        seen: impl Fn(Sign) + 'static,
    ) -> Self {
        let EarlyFrame { element, loaded, heard } = early;
        let (spoke, seen) = (Rc::new(spoke), Rc::new(seen));
        let frame = Self::around(element, origin.to_owned(), relay, Rc::clone(&spoke), Rc::clone(&seen));
        if loaded {
            seen(Sign::Loaded);
        }
        for said in heard {
            spoke(parse(said));
        }
        frame
    }

    /// Listens to a frame. `origin` is the provider's; at the bare `relay` page nobody has been asked yet.
    fn around(
        element: HtmlIFrameElement,
        origin: String,
        relay: String,
        spoke: Rc<impl Fn(Result<FrameMessage, Discarded>) + 'static>,
        seen: Rc<impl Fn(Sign) + 'static>,
    ) -> Self {
        let listener = EventListener::new(&gloo::utils::window(), "message", {
            let element = element.clone();
            let own_origin = navigation::origin();
            move |event| {
                if let Some(event) = event.dyn_ref::<MessageEvent>() {
                    spoke(admit(event, &element, &own_origin));
                }
            }
        });
        let loaded = EventListener::new(&element, "load", {
            let (element, seen) = (element.clone(), Rc::clone(&seen));
            move |_| {
                if !is_empty(&element) && !is_at(&element, &relay) {
                    seen(Sign::Loaded);
                }
            }
        });
        let forbidden = EventListener::new(&gloo::utils::document(), "securitypolicyviolation", {
            move |event| {
                if event.dyn_ref::<SecurityPolicyViolationEvent>().is_some_and(|violation| is_about(violation, &origin)) {
                    seen(Sign::Forbidden);
                }
            }
        });
        Self { element, _listeners: [listener, loaded, forbidden], first: None }
    }
}

fn missing() -> Error {
    Error::Platform(Finding::missing("document.body"))
}

/// An empty hidden frame, in the page.
pub(super) fn hidden_element() -> Result<HtmlIFrameElement, Error> {
    let document = gloo::utils::document();
    let element: HtmlIFrameElement = document.create_element("iframe").map_err(|_| missing())?.unchecked_into();
    for (name, value) in ATTRIBUTES {
        element.set_attribute(name, value).map_err(|_| missing())?;
    }
    document.body().ok_or_else(missing)?.append_child(&element).map_err(|_| missing())?;
    Ok(element)
}

/// Shows an address in it. Replaced, not assigned: no entry in the history. And not by `src`: a renewal's address carries the ID token, which would
/// stand in the document.
pub(super) fn show(element: &HtmlIFrameElement, address: &str) -> Result<(), Error> {
    let location = element.content_window().ok_or_else(missing)?.location();
    location.replace(address).map_err(|_| missing())
}

impl Drop for Frame {
    fn drop(&mut self) {
        self.element.remove();
    }
}

impl fmt::Debug for Frame {
    // The element shows its address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Frame")
    }
}

/// Whether the frame shows the empty page that it began with. Of another site's page not even that can be asked.
pub(super) fn is_empty(element: &HtmlIFrameElement) -> bool {
    is_at(element, "about:blank")
}

fn is_at(element: &HtmlIFrameElement, address: &str) -> bool {
    element.content_window().is_some_and(|window| window.location().href().is_ok_and(|own| own == address))
}

/// Whether this browser keeps a page without the query of its address if the page says so (`No-Vary-Search`). It cannot be asked; the browsers that do
/// are those that draw pages before they are gone to.
fn heeds_no_vary_search() -> bool {
    Reflect::has(&gloo::utils::document(), &"prerendering".into()).unwrap_or_default()
}

/// Whether a violation is that of a frame which wanted to go to this origin.
fn is_about(violation: &SecurityPolicyViolationEvent, origin: &str) -> bool {
    violation.effective_directive() == "frame-src" && origin_of(&violation.blocked_uri()) == origin
}

fn origin_of(address: &str) -> String {
    Url::parse(address).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}

/// Origin, window, shape: in this order, each by exact comparison ([RFC 9700 §4.17](https://www.rfc-editor.org/rfc/rfc9700#section-4.17)).
fn admit(event: &MessageEvent, element: &HtmlIFrameElement, own_origin: &str) -> Result<FrameMessage, Discarded> {
    require_from(event, element, own_origin)?;
    read(event)
}

/// Whether a message comes from this origin and from this frame.
pub(super) fn require_from(event: &MessageEvent, element: &HtmlIFrameElement, origin: &str) -> Result<(), Discarded> {
    if event.origin() != origin {
        return Err(Discarded::ForeignOrigin);
    }
    // A message from a window that is gone has no source, and a frame that is gone has no window: nothing equals nothing.
    match (event.source(), element.content_window()) {
        (Some(source), Some(window)) if *AsRef::<JsValue>::as_ref(&source) == *AsRef::<JsValue>::as_ref(&window) => {}
        _ => return Err(Discarded::ForeignWindow),
    }
    Ok(())
}

/// What a relay page says, wherever it says it.
pub(super) fn read(event: &MessageEvent) -> Result<FrameMessage, Discarded> {
    parse(event.data().as_string())
}

fn parse(said: Option<String>) -> Result<FrameMessage, Discarded> {
    said.and_then(|text| FrameMessage::parse(&text).ok()).ok_or(Discarded::Malformed)
}
