//! Which calls get the access token. It is attached to addresses on the configured list only, judged after URL resolution.

pub use super::further::Target;
use super::{
    config::{ApiRule, Config},
    dpop::Thumbprint,
    error::Error,
    secret::AccessToken,
};
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
    /// Ask for a token for this further resource, then wait.
    Fetch(Target),
    /// The provider gives no token for this address.
    Refused(Error),
    /// Nobody is signed in.
    SignedOut,
    /// The address is not on the list.
    NotAllowed,
}

/// Resolves the address of a call as the browser will, and says whether the token may go there.
#[must_use]
pub fn resolve(address: &str, config: &Config) -> Option<Url> {
    Some(rule_for(address, config)?.0)
}

/// The resource whose token goes to this address.
pub(super) fn target_of(address: &str, config: &Config) -> Option<Target> {
    let (_, rule) = rule_for(address, config)?;
    let place = config.resources().iter().position(|resource| Some(*resource) == rule.resource.as_deref());
    Some(place.map_or(Target::FIRST, Target::at))
}

/// The resolved address and the rule for it: of several, the one that says most about it, and of equal ones the first.
fn rule_for<'a>(address: &str, config: &'a Config) -> Option<(Url, &'a ApiRule)> {
    let url = config.app.join(address).ok()?;
    let rules = config.api.iter().rev().filter(|rule| is_below(&url, &rule.prefix));
    let rule = rules.max_by_key(|rule| rule.prefix.path().len())?;
    Some((url, rule))
}

/// Whether an API at this address may ask for a stronger sign-in.
pub(crate) fn may_step_up(address: &str, config: &Config) -> bool {
    rule_for(address, config).is_some_and(|(_, rule)| rule.step_up.is_some())
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
