//! Requests and answers as plain data. Ring 1 sends them.

use super::{
    dpop,
    error::NetworkFailure,
    secret::{AccessToken, Body},
};
use std::time::Duration;

/// One request to the provider. It is always sent without cookies, without following redirects and without a referrer.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// Where to.
    pub url: String,
    /// What to do there.
    pub method: Method,
    /// The access token that goes along, in the `Authorization` header and nowhere else. What comes back is kept in no cache then.
    pub access_token: Option<AccessToken>,
    /// The key that it is to prove, if it is to prove one.
    pub key: Option<dpop::Thumbprint>,
}

impl HttpRequest {
    /// Reads a document.
    #[must_use]
    pub fn get(url: impl Into<String>, freshness: Freshness) -> Self {
        Self { url: url.into(), method: Method::Get(freshness), access_token: None, key: None }
    }

    /// Posts a form.
    #[must_use]
    pub fn post_form(url: impl Into<String>, form: Body) -> Self {
        Self { url: url.into(), method: Method::PostForm(form), access_token: None, key: None }
    }

    /// The same, with an access token.
    #[must_use]
    pub fn with_token(self, access_token: AccessToken) -> Self {
        Self { access_token: Some(access_token), ..self }
    }

    /// The same, with a proof of this key, if there is one.
    #[must_use]
    pub fn proving(self, key: Option<dpop::Thumbprint>) -> Self {
        Self { key, ..self }
    }
}

/// The two things that are ever asked of a provider.
#[derive(Clone, Debug)]
pub enum Method {
    /// Read a document. `Freshness` says whether the browser's cache may answer.
    Get(Freshness),
    /// Post an `application/x-www-form-urlencoded` body.
    PostForm(Body),
}

/// Whether an answer may come from the browser's HTTP cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// It may, as HTTP allows.
    CacheAllowed,
    /// It must come from the server (`cache: "reload"`).
    FromServer,
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// The `Content-Type` header, if it could be read.
    pub content_type: Option<String>,
    /// The `Retry-After` header in its form of seconds, if it could be read.
    pub retry_after: Option<Duration>,
    /// The body, at most [`MAX_BODY`] bytes.
    pub body: Body,
}

impl HttpResponse {
    /// Whether the body says of itself that it is JSON. Parameters such as `charset` are allowed.
    pub(crate) fn is_json(&self) -> bool {
        self.is("application/json")
    }

    /// Whether the body says of itself that it is of this type.
    pub(crate) fn is(&self, wanted: &str) -> bool {
        self.content_type.as_deref().and_then(|value| value.split(';').next()).is_some_and(|mime| mime.trim().eq_ignore_ascii_case(wanted))
    }

    /// The failure that this status stands for: the server cannot answer now.
    pub(crate) const fn unavailable(&self) -> Option<NetworkFailure> {
        match self.status {
            429 | 500..=599 => Some(NetworkFailure::Unavailable { status: self.status, retry_after: self.retry_after }),
            _ => None,
        }
    }
}

/// Larger answers are not read: one mebibyte.
pub const MAX_BODY: usize = 1 << 20;

/// What became of a request.
pub type Outcome = Result<HttpResponse, NetworkFailure>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tr_05_a_body_may_have_a_mebibyte() {
        assert_eq!(MAX_BODY, 1_048_576);
    }
}
