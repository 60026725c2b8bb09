//! The head start of the page's inline script, taken over. It is handed out once, through an event, and stands in no global.

use super::fetch::Abort;
use crate::protocol::{
    early::Early,
    http::{Freshness, HttpRequest, Method},
    secret::{Body, Nonce, SensitiveUrl, StateParameter, Verifier},
    time::{Clocks, UnixTime, Uptime},
};
use js_sys::{Array, Promise};
use std::{cell::RefCell, fmt, rc::Rc};
use url::Url;
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{CustomEvent, CustomEventInit, HtmlIFrameElement};

/// The event by which it is asked for. The listener is there for one call.
const EVENT: &str = "hushkey-early";

/// A frame that the inline script has opened.
pub struct EarlyFrame {
    /// The frame.
    pub element: HtmlIFrameElement,
    /// Whether it has come to rest somewhere.
    pub loaded: bool,
    /// What the relay page in it has said already.
    pub heard: Vec<Option<String>>,
}

/// Requests that the inline script has sent already: for the keys, and for the tokens if the answer of its frame is there.
#[derive(Debug, Default)]
pub struct EarlyRequests(Vec<EarlyRequest>);

/// One of them. Dropping it aborts it.
pub(crate) struct EarlyRequest {
    url: String,
    form: Option<Body>,
    #[cfg(feature = "inspector")]
    sent: Option<Uptime>,
    pub(crate) response: Promise,
    pub(crate) abort: Abort,
}

impl EarlyRequests {
    /// The one that is this very request, and has not been taken yet.
    pub(crate) fn take(&mut self, request: &HttpRequest) -> Option<EarlyRequest> {
        let place = self.0.iter().position(|early| early.is(request))?;
        Some(self.0.swap_remove(place))
    }
}

impl EarlyRequest {
    fn read(handed: &Array) -> Option<Self> {
        Some(Self {
            url: handed.get(0).as_string()?,
            form: handed.get(1).as_string().map(Body::new),
            abort: Abort(handed.get(2).dyn_into().ok()?),
            response: handed.get(3).dyn_into().ok()?,
            #[cfg(feature = "inspector")]
            sent: handed.get(4).as_f64().filter(|millis| *millis >= 0.0).map(|millis| Uptime::from_millis(millis as u64)),
        })
    }

    /// Where it went, as browsers write that, and when.
    #[cfg(feature = "inspector")]
    pub(super) fn sent(&self) -> Option<(String, Uptime)> {
        Some((Url::parse(&self.url).ok()?.into(), self.sent?))
    }

    /// Whether it asks for what this one asks for: the form letter by letter.
    fn is(&self, request: &HttpRequest) -> bool {
        let is_same = match (&self.form, &request.method) {
            (Some(form), Method::PostForm(body)) => form.expose() == body.expose(),
            (None, Method::Get(freshness)) => *freshness == Freshness::CacheAllowed,
            _ => false,
        };
        // The page has the address as it is configured, the core as it is written properly.
        is_same && Url::parse(&self.url).is_ok_and(|url| url.as_str() == request.url)
    }
}

impl fmt::Debug for EarlyRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EarlyRequest")
    }
}

impl fmt::Debug for EarlyFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EarlyFrame")
    }
}

/// Takes the head start, if there is one.
#[must_use]
pub fn take() -> Option<(Early, EarlyFrame, EarlyRequests)> {
    let slot: Rc<RefCell<Option<(Early, EarlyFrame, EarlyRequests)>>> = Rc::default();
    let receive = Closure::<dyn Fn(Array)>::new({
        let slot = Rc::clone(&slot);
        move |handed: Array| {
            slot.replace(read(&handed));
        }
    });
    let init = CustomEventInit::new();
    init.set_detail(receive.as_ref());
    let event = CustomEvent::new_with_event_init_dict(EVENT, &init).ok()?;
    // It is answered before this returns, or not at all.
    gloo::utils::window().dispatch_event(&event).ok()?;
    slot.take()
}

fn read(handed: &Array) -> Option<(Early, EarlyFrame, EarlyRequests)> {
    let text = |place| handed.get(place).as_string();
    let millis = |place| handed.get(place).as_f64().filter(|millis| *millis >= 0.0).map(|millis| millis as u64);
    let begun = Clocks { wall: UnixTime::from_millis(millis(5)?), uptime: Uptime::from_millis(millis(6)?) };
    let (state, nonce) = (StateParameter::new(text(1)?), Nonce::new(text(2)?));
    let early = Early { state, nonce, verifier: Verifier::new(text(3)?), url: SensitiveUrl::new(text(4)?), begun };
    let list = |place| handed.get(place).dyn_into::<Array>().ok();
    let heard = list(8)?.iter().map(|said| said.as_string()).collect();
    let requests = list(9)?.iter().filter_map(|request| EarlyRequest::read(request.dyn_ref()?)).collect();
    let element = handed.get(0).dyn_into::<HtmlIFrameElement>().ok()?;
    Some((early, EarlyFrame { element, loaded: handed.get(7).is_truthy(), heard }, EarlyRequests(requests)))
}

impl EarlyFrame {
    /// Nobody goes on with it.
    pub fn discard(self) {
        self.element.remove();
    }
}
