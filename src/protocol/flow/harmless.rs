//! The one kind of text in the record that is not compiled in, and the list of what it may be made of:
//!
//! * host and path of an endpoint, without query and fragment: of the configuration or the provider's metadata;
//! * scopes, as far as the configuration names them;
//! * the code of an error;
//! * the name of a published key;
//! * what an error says that this program put into words, without any value that came from outside.
//!
//! Nothing else makes one.

use crate::protocol::{config::Config, error::capped, http::HttpRequest, secret::SensitiveUrl};
use std::fmt;
use url::Url;

/// A text that is no secret, by where it was taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Harmless(Box<str>);

/// Longer ones are cut.
const LONGEST: usize = 200;

/// Error codes and names of keys are shorter.
const LONGEST_NAME: usize = 64;

/// What stands in the place of something that is not shown.
pub(super) const HIDDEN: &str = "●";

/// A run of so many characters of a token, without a blank, is not a word.
const LONGEST_WORD: usize = 40;

impl Harmless {
    fn new(text: &str) -> Self {
        Self(capped(text, LONGEST).into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Host and path of where a request goes.
    pub(super) fn endpoint_of(request: &HttpRequest) -> Option<Self> {
        Url::parse(&request.url).ok().map(|url| Self::endpoint(&url))
    }

    /// Host and path of where a page goes.
    pub(super) fn endpoint_at(address: &SensitiveUrl) -> Option<Self> {
        Url::parse(address.without_query()).ok().map(|url| Self::endpoint(&url))
    }

    /// Host and path of an endpoint.
    pub(super) fn endpoint(url: &Url) -> Self {
        Self::new(&format!("{}{}", &url[url::Position::BeforeHost..url::Position::AfterPort], url.path()))
    }

    /// The part of an API's address that the configuration names. What stands behind it is the app's business and may name somebody.
    #[must_use]
    pub fn api(address: &str, config: &Config) -> Option<Self> {
        let url = crate::protocol::api::resolve(address, config)?;
        let rule = config.api.iter().find(|rule| url.as_str().starts_with(rule.prefix.as_str().trim_end_matches('/')))?;
        Some(Self::endpoint(&rule.prefix))
    }

    /// Host and path of the issuer.
    #[must_use]
    pub fn issuer(config: &Config) -> Option<Self> {
        Url::parse(config.issuer()).ok().map(|url| Self::endpoint(&url))
    }

    /// Scopes that the configuration asks for, in the order of the text; of others it is said how many there are.
    pub(super) fn scopes<'a>(scopes: impl Iterator<Item = &'a str>, config: &Config) -> Self {
        let (mut known, mut others) = (Vec::new(), 0);
        for scope in scopes {
            match config.scopes.iter().find(|own| *own == scope) {
                Some(own) => known.push(own.as_str()),
                None => others += 1,
            }
        }
        let known = known.join(" ");
        Self::new(&if others == 0 { known } else { format!("{known} and {others} more") })
    }

    /// The code of an error: lower-case letters, digits and what joins them.
    pub(super) fn code(code: &str) -> Self {
        let is_code = |text: &str| text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.'));
        if code.len() <= LONGEST_NAME && is_code(code) { Self::new(code) } else { Self::new("another_code") }
    }

    /// The name of a key that the provider has published.
    pub(crate) fn key_id(key_id: &str) -> Self {
        let is_name = key_id.len() <= LONGEST_NAME && key_id.bytes().all(|byte| byte.is_ascii_graphic());
        if is_name { Self::new(key_id) } else { Self::new(HIDDEN) }
    }

    /// What this program says about an error. Should anything ever stand in it that looks like a value, it is hidden.
    pub(super) fn words(text: &str) -> Self {
        let is_word = |word: &&str| word.chars().count() <= LONGEST_WORD;
        let words: Vec<&str> = text.split(' ').map(|word| Some(word).filter(is_word).unwrap_or(HIDDEN)).collect();
        Self::new(&words.join(" "))
    }
}

impl fmt::Display for Harmless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        let block = r#"{"issuer":"https://as.example/t","client_id":"c","api":["https://api.example/v1"]}"#;
        Config::from_json(block, "https://app.example").unwrap()
    }

    #[test]
    fn of_an_address_host_and_path_are_kept_and_nothing_else() {
        for (address, kept) in [
            ("https://user:canary@as.example:8443/a/b?code=canary#canary", "as.example:8443/a/b"),
            ("https://as.example?canary", "as.example/"),
            ("http://[::1]:80/x", "[::1]/x"),
        ] {
            assert_eq!(Harmless::endpoint_at(&SensitiveUrl::new(address)).unwrap().as_str(), kept);
            assert_eq!(Harmless::endpoint(&Url::parse(address).unwrap()).as_str(), kept);
        }
    }

    #[test]
    fn of_a_call_the_part_that_is_configured_is_kept() {
        assert_eq!(Harmless::api("https://api.example/v1/people/canary?q=canary", &config()).unwrap().as_str(), "api.example/v1");
        assert_eq!(Harmless::api("https://other.example/", &config()), None);
    }

    #[test]
    fn scopes_that_nobody_configured_are_counted() {
        assert_eq!(Harmless::scopes(["openid", "email"].into_iter(), &config()).as_str(), "openid email");
        assert_eq!(Harmless::scopes(["openid", "canary", "x"].into_iter(), &config()).as_str(), "openid and 2 more");
    }

    #[test]
    fn what_does_not_look_like_a_code_or_a_name_is_not_shown() {
        assert_eq!(Harmless::code("login_required").as_str(), "login_required");
        for bad in ["Canary", "a b", "a+b", &"a".repeat(65)] {
            assert_eq!(Harmless::code(bad).as_str(), "another_code", "{bad}");
        }
        assert_eq!(Harmless::key_id("k 1").as_str(), HIDDEN);
        assert_eq!(Harmless::words(&format!("not {} expected", "x".repeat(41))).as_str(), "not ● expected");
    }
}
