//! A call to an API, before it is sent.

use super::api_error::ApiError;
use crate::browser::fetch::{Outgoing, PROOF};
use serde::Serialize;
use std::{fmt, time::Duration};
use web_sys::RequestCache;

/// A call has this long, with all its waiting for a token: thirty seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// A call to an API, for [`AuthHandle::fetch`](crate::AuthHandle::fetch).
///
/// ```ignore
/// let request = ApiRequest::post("https://api.example.com/orders").header("Idempotency-Key", key).json(&order);
/// ```
#[derive(Clone)]
pub struct ApiRequest {
    pub(crate) url: String,
    pub(crate) patience: Duration,
    pub(crate) method: String,
    headers: Vec<(String, String)>,
    body: Result<Option<String>, String>,
}

impl ApiRequest {
    /// Reads something. A relative address is one of the app itself.
    #[must_use]
    pub fn get(url: impl Into<String>) -> Self {
        Self { url: url.into(), patience: PATIENCE, method: "GET".to_owned(), headers: Vec::new(), body: Ok(None) }
    }

    /// Sends something.
    #[must_use]
    pub fn post(url: impl Into<String>) -> Self {
        Self::get(url).method("POST")
    }

    /// Any other method: `PUT`, `PATCH`, `DELETE`.
    #[must_use]
    pub fn method(self, method: impl Into<String>) -> Self {
        Self { method: method.into(), ..self }
    }

    /// Adds a header. `Authorization` and `DPoP` are ignored: they are what this is for.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let name = name.into();
        if !["authorization", PROOF].iter().any(|own| name.trim().eq_ignore_ascii_case(own)) {
            self.headers.push((name, value.into()));
        }
        self
    }

    /// A text as the body. Its `Content-Type` is `text/plain` unless a header says otherwise.
    #[must_use]
    pub fn body(self, text: impl Into<String>) -> Self {
        Self { body: Ok(Some(text.into())), ..self }
    }

    /// A value as the body, as JSON, with the `Content-Type` that goes with it. A value that cannot be written as JSON is an error when the
    /// request is sent.
    #[must_use]
    pub fn json(self, value: &impl Serialize) -> Self {
        let body = serde_json::to_string(value).map(Some).map_err(|why| why.to_string());
        Self { body, ..self }.header("Content-Type", "application/json")
    }

    /// How long to wait for a token and an answer together, instead of thirty seconds.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Whether it may be sent a second time although nobody knows what came of the first: by its method
    /// ([RFC 9110 §9.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2)), or because the API can tell that it is the same.
    pub(crate) fn is_idempotent(&self) -> bool {
        let by_method = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"].iter().any(|known| self.method.eq_ignore_ascii_case(known));
        by_method || self.headers.iter().any(|(name, _)| name.trim().eq_ignore_ascii_case("idempotency-key"))
    }

    /// The method, if it is one of those that everybody knows.
    #[cfg(feature = "inspector")]
    pub(crate) fn method_word(&self) -> &'static str {
        let known = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
        known.into_iter().find(|known| *known == self.method).unwrap_or("another")
    }

    /// As it goes out to `url` with this `Authorization`, and this proof if the token is bound to a key.
    pub(crate) fn outgoing<'a>(&'a self, url: &'a str, authorization: &'a str, proof: Option<&'a str>) -> Result<Outgoing<'a>, ApiError> {
        let body = self.body.as_ref().map_err(|why| ApiError::Request(format!("the body is not JSON ({why})")))?.as_deref();
        let mut headers: Vec<_> = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        headers.push(("Authorization", authorization));
        headers.extend(proof.map(|proof| (PROOF, proof)));
        Ok(Outgoing { url, method: &self.method, headers, body, cache: RequestCache::Default, keepalive: false })
    }
}

impl fmt::Debug for ApiRequest {
    // Headers and body are the app's, and may be private.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiRequest").field("method", &self.method).field("url", &self.url).finish_non_exhaustive()
    }
}
