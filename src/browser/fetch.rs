//! Requests over the network, for provider and API alike: without cookies, without following redirects, without a referrer.

use super::{captured, dpop::Prover, early::EarlyRequest, timer::within};
use crate::protocol::{
    dpop,
    error::NetworkFailure,
    examination::RelayPage,
    http::{Freshness, HttpRequest, HttpResponse, MAX_BODY, Method, Outcome},
    secret::Body,
};
use js_sys::{JSON, Object, Promise, Reflect, Uint8Array};
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache, RequestCredentials, RequestInit, RequestMode,
    RequestRedirect, Response,
};
use zeroize::Zeroizing;

/// The header of a proof.
pub(crate) const PROOF: &str = "DPoP";

/// A provider has this long to answer, body and all: ten seconds.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Sends a request to the provider and reads the whole answer. Dropping the future aborts the request.
///
/// # Errors
/// Why no answer came, as far as a browser tells.
pub async fn ask(request: HttpRequest, patience: Duration) -> Outcome {
    ask_in(Manner::Now(None), request, None, patience).await
}

/// How a request is made.
pub(crate) enum Manner {
    /// Now, unless it was sent early.
    Now(Option<EarlyRequest>),
    /// So that it arrives although the page is left meanwhile.
    Leaving,
}

/// The same, in a certain way, and with a proof if one is wished for.
pub(crate) async fn ask_in(manner: Manner, request: HttpRequest, prover: Option<Prover>, patience: Duration) -> Outcome {
    within(patience, exchange(&request, manner, prover)).await.unwrap_or(Err(NetworkFailure::Timeout))
}

async fn exchange(request: &HttpRequest, manner: Manner, prover: Option<Prover>) -> Outcome {
    let keepalive = matches!(manner, Manner::Leaving);
    let mut early = match manner {
        Manner::Now(early) => early,
        Manner::Leaving => None,
    };
    let mut is_repeated = false;
    loop {
        let (response, _abort) = match early.take() {
            Some(early) => settled(early.response, early.abort).await?,
            None => send(request, keepalive, &prover).await?,
        };
        let content_type = header(&response, "content-type");
        let retry_after = header(&response, "retry-after").and_then(|seconds| seconds.trim().parse().ok()).map(Duration::from_secs);
        let body = Body::new(text_of(&response).await?);
        let answer = HttpResponse { status: response.status(), content_type, retry_after, body };
        match &prover {
            Some(prover) if prover.is_to_repeat(&request.url, &response, Some(&answer), is_repeated)? => is_repeated = true,
            _ => return Ok(answer),
        }
    }
}

async fn send(request: &HttpRequest, keepalive: bool, prover: &Option<Prover>) -> Result<(Response, Abort), NetworkFailure> {
    // With these headers no preflight is needed, unless a token or a proof goes along.
    let accept = ("Accept", if request.access_token.is_some() { "application/json, application/jwt" } else { "application/json" });
    let scheme = if request.key.is_some() { dpop::SCHEME } else { "Bearer" };
    let authorization = request.access_token.as_ref().map(|token| Zeroizing::new([scheme, " ", token.expose()].concat()));
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let mut outgoing = match &request.method {
        Method::Get(freshness) => {
            let cache = match freshness {
                _ if authorization.is_some() => RequestCache::NoStore,
                Freshness::CacheAllowed => RequestCache::Default,
                Freshness::FromServer => RequestCache::Reload,
            };
            let headers = [Some(accept), authorization.as_ref().map(|value| ("Authorization", value.as_str()))];
            Outgoing { url: &request.url, method: "GET", headers: headers.into_iter().flatten().collect(), body: None, cache, keepalive }
        }
        Method::PostForm(body) => Outgoing {
            url: &request.url,
            method: "POST",
            headers: vec![accept, form],
            body: Some(body.expose()),
            cache: RequestCache::NoStore,
            keepalive,
        },
    };
    let proof = match prover {
        Some(prover) => Some(prover.proof(outgoing.method, outgoing.url).await?),
        None => None,
    };
    outgoing.headers.extend(proof.as_deref().map(|proof| (PROOF, proof)));
    outgoing.send().await.map_err(|why| match why {
        Unsent::Failed(failure) => failure,
        // What the core asks for can be sent; if a browser thinks otherwise, the provider cannot be reached with it.
        Unsent::Malformed(_) => NetworkFailure::Unreachable,
    })
}

/// Waits for status and headers.
async fn settled(response: Promise, abort: Abort) -> Result<(Response, Abort), NetworkFailure> {
    let response = JsFuture::from(response).await.map_err(|_| failure())?;
    Ok((response.unchecked_into(), abort))
}

pub(super) fn header(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name).ok().flatten()
}

/// Looks at the relay page, as the server has it now.
///
/// # Errors
/// Why it cannot be had. A redirect is not followed: the relay page is to stand where its address says.
pub async fn look_at_relay(url: &str) -> Result<RelayPage, NetworkFailure> {
    let outgoing = Outgoing { url, method: "GET", headers: Vec::new(), body: None, cache: RequestCache::Reload, keepalive: false };
    let (response, _abort) = outgoing.send().await.map_err(|_| failure())?;
    Ok(RelayPage {
        status: response.status(),
        frame_options: header(&response, "x-frame-options"),
        policy: header(&response, "content-security-policy"),
        body: Body::new(text_of(&response).await?),
    })
}

/// A request that is about to be sent.
pub(crate) struct Outgoing<'a> {
    pub(crate) url: &'a str,
    pub(crate) method: &'a str,
    pub(crate) headers: Vec<(&'a str, &'a str)>,
    pub(crate) body: Option<&'a str>,
    pub(crate) cache: RequestCache,
    /// Whether it goes on when the page is left.
    pub(crate) keepalive: bool,
}

impl Outgoing<'_> {
    /// Sends it, and waits for status and headers. The options here hold for every request there is.
    pub(crate) async fn send(&self) -> Result<(Response, Abort), Unsent> {
        let abort = Abort(AbortController::new().map_err(|_| Unsent::Malformed("the browser has no AbortController".to_owned()))?);
        let headers = Headers::new().map_err(|_| Unsent::Malformed("the browser has no Headers".to_owned()))?;
        for (name, value) in &self.headers {
            headers.append(name, value).map_err(|_| Unsent::Malformed(format!("{name}: not a header that can be sent")))?;
        }
        let options = RequestInit::new();
        options.set_method(self.method);
        options.set_headers_headers(&headers);
        options.set_body_opt_str(self.body);
        options.set_cache(self.cache);
        options.set_mode(RequestMode::Cors);
        options.set_credentials(RequestCredentials::Omit);
        // A redirect could carry code, verifier or token to another place (RFC 9700 §4.12).
        options.set_redirect(RequestRedirect::Error);
        options.set_referrer_policy(ReferrerPolicy::NoReferrer);
        options.set_signal(Some(&abort.0.signal()));
        if self.keepalive {
            // The bindings do not know it. A browser that does not either sends it all the same, if there is time.
            JSON::parse(r#"{"keepalive":true}"#).map(|more| Object::assign(options.as_ref(), more.unchecked_ref())).ok();
        }
        settled(captured::fetch(self.url, &options), abort).await.map_err(Unsent::Failed)
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Unsent {
    /// The request cannot be sent by any browser. The text says why.
    Malformed(String),
    /// It was sent, and no answer came.
    Failed(NetworkFailure),
}

/// Aborts its request when dropped, and the reading of the answer with it. After the end of both it does nothing.
#[derive(Debug)]
pub(crate) struct Abort(pub(crate) AbortController);

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What a rejected `fetch()` means. A browser does not say which of the many reasons it was.
pub(crate) fn failure() -> NetworkFailure {
    if gloo::utils::window().navigator().on_line() { NetworkFailure::Unreachable } else { NetworkFailure::Offline }
}

/// Reads the body piece by piece, so that an endless one ends at [`MAX_BODY`].
pub(crate) async fn text_of(response: &Response) -> Result<String, NetworkFailure> {
    let Some(stream) = response.body() else { return Ok(String::new()) };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut pieces = Vec::new();
    let mut length = 0;
    loop {
        let piece = JsFuture::from(reader.read()).await.map_err(|_| failure())?;
        let member = |name: &str| Reflect::get(&piece, &name.into()).map_err(|_| failure());
        if member("done")?.is_truthy() {
            break;
        }
        let bytes: Uint8Array = member("value")?.unchecked_into();
        length += bytes.length() as usize;
        if length > MAX_BODY {
            return Err(NetworkFailure::TooLarge);
        }
        pieces.push(bytes);
    }
    // Allocated once: a buffer that grows leaves copies behind.
    let mut whole = vec![0; length];
    let mut rest = whole.as_mut_slice();
    for piece in pieces {
        let (part, others) = rest.split_at_mut(piece.length() as usize);
        piece.copy_to(part);
        rest = others;
    }
    Ok(String::from_utf8(whole).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}
