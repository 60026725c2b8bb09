//! Nonces that servers give ([RFC 9449 §8](https://www.rfc-editor.org/rfc/rfc9449#section-8), [§9](https://www.rfc-editor.org/rfc/rfc9449#section-9)).

use crate::protocol::error::DpopFailure;
use url::Url;

/// What a server is to this client. One that is both has nonces for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// It gives tokens.
    Authorization,
    /// It takes them.
    Resource,
}

/// The latest nonce of each server, in memory only.
#[derive(Debug, Default)]
pub struct Nonces(Vec<(Server, String, String)>);

/// What a response said about the next nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Nothing that can be read.
    Nothing,
    /// Something that is no nonce.
    Malformed,
    /// A nonce.
    Nonce,
}

/// What is to be done with a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the answer.
    Keep,
    /// The request is to be sent once more, with the nonce that came.
    Repeat,
}

/// Longer ones are not kept: a header has to hold them.
const LONGEST: usize = 2048;

impl Nonces {
    /// The nonce for the next request to this address.
    #[must_use]
    pub fn latest(&self, server: Server, url: &str) -> Option<&str> {
        let origin = origin(url)?;
        self.0.iter().find(|(own, at, _)| *own == server && *at == origin).map(|(_, _, nonce)| nonce.as_str())
    }

    /// Keeps the nonce of a response, whatever its status. One that is malformed is dropped, and the one before it stays.
    pub fn keep(&mut self, server: Server, url: &str, header: Option<&str>) -> Sent {
        let (Some(nonce), Some(origin)) = (header, origin(url)) else { return Sent::Nothing };
        if !is_nonce(nonce) {
            return Sent::Malformed;
        }
        self.0.retain(|(own, at, _)| *own != server || *at != origin);
        self.0.push((server, origin, nonce.to_owned()));
        Sent::Nonce
    }
}

impl Sent {
    /// Whether the request is sent once more. A server that asks again, or gives nothing to answer with, ends it.
    ///
    /// # Errors
    /// `Nonce` if the server does not take its own nonce or sends none that can be used, `CorsExpose` if none can be read.
    pub const fn verdict(self, is_asked_for: bool, is_repeated: bool) -> Result<Verdict, DpopFailure> {
        match self {
            _ if !is_asked_for => Ok(Verdict::Keep),
            Self::Nothing => Err(DpopFailure::CorsExpose),
            Self::Nonce if !is_repeated => Ok(Verdict::Repeat),
            Self::Nonce | Self::Malformed => Err(DpopFailure::Nonce),
        }
    }
}

/// `1*NQCHAR`: what can stand between quotes without being one.
fn is_nonce(text: &str) -> bool {
    let allowed = |byte| matches!(byte, b'!' | b'#'..=b'[' | b']'..=b'~');
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(allowed)
}

fn origin(url: &str) -> Option<String> {
    Url::parse(url).ok().map(|url| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    const AS: &str = "https://as.example/token";
    const API: &str = "https://api.example/v1/me?x";

    #[test]
    fn dp_09_nonces_are_kept_by_origin_and_by_what_the_server_is() {
        let mut nonces = Nonces::default();
        assert_eq!(nonces.keep(Server::Authorization, AS, Some("as-1")), Sent::Nonce);
        assert_eq!(nonces.keep(Server::Resource, API, Some("rs-1")), Sent::Nonce);
        assert_eq!(nonces.keep(Server::Resource, "https://api.example:444/", Some("other")), Sent::Nonce);
        assert_eq!(nonces.latest(Server::Authorization, "HTTPS://AS.example:443/elsewhere"), Some("as-1"));
        assert_eq!(nonces.latest(Server::Resource, "https://api.example/v2"), Some("rs-1"));
        for (server, url) in
            [(Server::Resource, AS), (Server::Authorization, API), (Server::Resource, "http://api.example/"), (Server::Resource, "")]
        {
            assert_eq!(nonces.latest(server, url), None, "{server:?} {url}");
        }
    }

    #[test]
    fn dp_09_the_newest_wins_and_silence_changes_nothing() {
        let mut nonces = Nonces::default();
        nonces.keep(Server::Resource, API, Some("one"));
        nonces.keep(Server::Resource, API, Some("two"));
        assert_eq!(nonces.keep(Server::Resource, API, None), Sent::Nothing);
        assert_eq!(nonces.latest(Server::Resource, API), Some("two"));
    }

    #[test]
    fn dp_09_what_is_no_nonce_is_dropped() {
        let mut nonces = Nonces::default();
        nonces.keep(Server::Resource, API, Some("good"));
        for bad in ["", "a\"b", "a\\b", "a b", "a, b", "a\r\nX: y", "ä", "\u{7f}", "\0", &"x".repeat(2049)] {
            assert_eq!(nonces.keep(Server::Resource, API, Some(bad)), Sent::Malformed, "{bad}");
        }
        assert_eq!(nonces.latest(Server::Resource, API), Some("good"));
        let every: String = (0x21..=0x7e).map(char::from).filter(|c| !matches!(c, '"' | '\\')).collect();
        assert_eq!(nonces.keep(Server::Resource, API, Some(&every)), Sent::Nonce);
        assert_eq!(nonces.latest(Server::Resource, API), Some(every.as_str()));
    }

    #[test]
    fn dp_07_a_request_is_sent_once_more_and_no_third_time() {
        assert_eq!(Sent::Nonce.verdict(true, false), Ok(Verdict::Repeat));
        assert_eq!(Sent::Nonce.verdict(true, true), Err(DpopFailure::Nonce), "endless");
        assert_eq!(Sent::Malformed.verdict(true, false), Err(DpopFailure::Nonce));
        for sent in [Sent::Nothing, Sent::Malformed, Sent::Nonce] {
            for repeated in [false, true] {
                assert_eq!(sent.verdict(false, repeated), Ok(Verdict::Keep), "{sent:?}: nobody asked for one");
            }
        }
    }

    #[test]
    fn dp_10_a_nonce_that_is_asked_for_and_cannot_be_read_is_named() {
        for repeated in [false, true] {
            assert_eq!(Sent::Nothing.verdict(true, repeated), Err(DpopFailure::CorsExpose));
        }
    }
}
