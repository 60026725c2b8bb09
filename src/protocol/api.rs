//! Which calls get the access token. It is attached to addresses on the configured list only, judged after URL resolution.

use super::{config::Config, dpop::Thumbprint, secret::AccessToken};
use url::Url;

/// What a call to an API is to do.
#[derive(Debug)]
pub enum TokenAnswer {
    /// Go, with this token.
    Attach {
        /// The token.
        token: AccessToken,
        /// The key that the token is bound to, if it is.
        key: Option<Thumbprint>,
        /// Names the token, for [`TokenRejected`](super::turn::Event::TokenRejected).
        generation: u64,
    },
    /// Wait for the next change of the state and ask again.
    Wait,
    /// Ask for a renewal, then wait.
    Renew,
    /// Nobody is signed in.
    SignedOut,
    /// The address is not on the list.
    NotAllowed,
}

/// Resolves the address of a call as the browser will, and says whether the token may go there.
#[must_use]
pub fn resolve(address: &str, config: &Config) -> Option<Url> {
    let url = config.app.join(address).ok()?;
    config.api.iter().any(|rule| is_below(&url, &rule.prefix)).then_some(url)
}

/// Same origin, and the path is the prefix or lies below it.
fn is_below(url: &Url, prefix: &Url) -> bool {
    let (path, base) = (url.path(), prefix.path());
    let below = path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || base.ends_with('/') || rest.starts_with('/'));
    // An encoded slash or dot may be decoded by a server into a path outside of the prefix.
    let lower = path.to_ascii_lowercase();
    let tricky = base != "/" && ["%2f", "%5c", "%2e"].iter().any(|code| lower.contains(code));
    url.origin() == prefix.origin() && url.username().is_empty() && url.password().is_none() && below && !tricky
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(address: &str) -> bool {
        let block = r#"{"issuer":"https://as.example","client_id":"c","api":["https://api.example/v1","https://data.example/"]}"#;
        resolve(address, &Config::from_json(block, "https://app.example").unwrap()).is_some()
    }

    #[test]
    fn ri_02_only_listed_origins_and_paths_get_the_token() {
        for good in [
            "https://api.example/v1", "https://api.example/v1/", "https://api.example/v1/a?b=c", "HTTPS://API.EXAMPLE:443/v1/a",
            "https://api.example/x/../v1/a", "https://data.example/", "https://data.example/any%2Fthing", "//data.example/x",
        ] {
            assert!(allowed(good), "{good}");
        }
        for bad in [
            "https://api.example/", "https://api.example/v1x", "https://api.example/v2", "https://api.example/v1/../v2",
            "https://api.example.evil/v1/", "https://api.example@evil/v1/", "https://evil@api.example/v1/", "//evil/v1/",
            "http://api.example/v1/", "https://api.example:444/v1/", "/v1/", "https://api.example/v1/..%2fv2",
            "https://api.example/v1/%2e%2e/v2", "https://api.example/v1/..%5Cv2", "javascript:alert(1)", "data:text/plain,x",
            "https://api.example\\@evil/v1/", "",
        ] {
            assert!(!allowed(bad), "{bad}");
        }
    }
}
