//! What comes back, as far as it can be seen.

use crate::protocol::{http::HttpResponse, secret::Body};

/// What came of a question.
#[derive(Clone, Debug)]
pub enum Answer {
    /// An answer that could be read.
    Replied(Reply),
    /// A redirect, and the browser does not tell where to.
    Redirects,
    /// Something that is no redirect, and the browser does not tell more.
    Shows,
    /// An answer that the browser does not let the page read.
    Unreadable,
    /// The page's own policy did not let the request out.
    Forbidden,
    /// No answer, and why.
    Nothing(String),
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// Those of its [`HEADERS`] that it has. One that stands there several times is joined by commas.
    pub headers: Vec<(&'static str, String)>,
    /// Its body, where that was asked for.
    pub body: Body,
}

/// The headers that anything depends on.
pub const HEADERS: [&str; 16] = [
    "access-control-allow-headers", "access-control-allow-origin", "age", "cache-control", "content-encoding", "content-security-policy",
    "content-type", "cross-origin-embedder-policy", "cross-origin-opener-policy", "date", "location", "no-vary-search", "referrer-policy",
    "strict-transport-security", "x-content-type-options", "x-frame-options",
];

impl Reply {
    /// A header. Empty if it is not there.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(own, _)| *own == name).map(|(_, value)| value.trim()).unwrap_or_default()
    }

    pub(super) fn is_redirect(&self) -> bool {
        (300..400).contains(&self.status) && !self.header("location").is_empty()
    }

    /// As the protocol reads it.
    pub(super) fn to_response(&self) -> HttpResponse {
        let content_type = Some(self.header("content-type")).filter(|value| !value.is_empty()).map(str::to_owned);
        HttpResponse { status: self.status, content_type, retry_after: None, body: self.body.clone() }
    }

    /// Whether a page of this origin may read it ([Fetch §4.10](https://fetch.spec.whatwg.org/#cors-check)); if not, what stands there.
    pub(super) fn readable_by(&self, origin: &str) -> Result<(), String> {
        match self.header("access-control-allow-origin") {
            "*" => Ok(()),
            value if value == origin => Ok(()),
            "" => Err(format!("Access-Control-Allow-Origin: missing, expected {origin}")),
            other => Err(format!("Access-Control-Allow-Origin: unexpected {other}, expected {origin}")),
        }
    }
}

impl Answer {
    /// Why there is nothing to read.
    pub(super) fn why_not(&self) -> &str {
        match self {
            Self::Replied(_) => "",
            Self::Redirects => "@redirected",
            Self::Shows => "@shown",
            Self::Unreadable => "@unreadable",
            Self::Forbidden => "@forbidden",
            Self::Nothing(why) => why,
        }
    }

    /// What to do about that.
    pub(super) const fn remedy(&self) -> &'static str {
        match self {
            Self::Unreadable => "@remedy-cors",
            Self::Forbidden => "@remedy-policy",
            Self::Redirects => "@remedy-redirect",
            Self::Replied(_) | Self::Shows | Self::Nothing(_) => "@remedy-down",
        }
    }
}
