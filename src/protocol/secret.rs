//! Secrets: values that may be used but never shown.
//!
//! Each has a redacted `Debug`, no `Display` and no `Serialize`, and is wiped when dropped. The one way to the text is
//! [`expose`](AccessToken::expose), a loud name that a reviewer can search for. The limit of wiping: copies that the browser makes
//! (JavaScript strings, request headers) are out of reach.

use std::fmt;
use zeroize::Zeroizing;

macro_rules! secret {
    ($($(#[$doc:meta])* $name:ident $(: $derive:ident)?;)*) => {$(
        $(#[$doc])*
        $(#[derive($derive)])?
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Takes the text into custody.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(Zeroizing::new(text.into()))
            }

            /// The text itself, for the one place that has to send or hash it.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    )*};
}

secret! {
    /// An access token ([RFC 6749 §1.4](https://www.rfc-editor.org/rfc/rfc6749#section-1.4)): goes into an `Authorization` header only.
    AccessToken: Clone;
    /// A refresh token ([RFC 6749 §1.5](https://www.rfc-editor.org/rfc/rfc6749#section-1.5)): goes to the token endpoint only.
    RefreshToken: Clone;
    /// A raw ID token: leaves only as `id_token_hint`.
    IdToken: Clone;
    /// An authorization code: redeemed once, so it cannot be cloned.
    Code;
    /// A PKCE code verifier ([RFC 7636 §4.1](https://www.rfc-editor.org/rfc/rfc7636#section-4.1)): used once, so it cannot be cloned.
    Verifier;
    /// The `state` of one transaction.
    StateParameter: Clone;
    /// The `nonce` of one transaction.
    Nonce: Clone;
    /// The body of a request or an answer, which may hold any of the others.
    Body: Clone;
}

impl StateParameter {
    /// Equality with what came back.
    #[must_use]
    pub fn matches(&self, returned: &str) -> bool {
        self.expose() == returned
    }
}

impl Nonce {
    /// Equality with the claim in the token.
    #[must_use]
    pub fn matches(&self, claim: &str) -> bool {
        self.expose() == claim
    }
}

/// An address that may carry secrets in its query or fragment. Its `Debug` stops before them.
#[derive(Clone)]
pub struct SensitiveUrl(Zeroizing<String>);

impl SensitiveUrl {
    /// Takes the address into custody.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self(Zeroizing::new(url.into()))
    }

    /// The whole address.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The address up to its query.
    #[must_use]
    pub fn without_query(&self) -> &str {
        self.0.split(['?', '#']).next().unwrap_or_default()
    }
}

impl fmt::Debug for SensitiveUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SensitiveUrl({}?[redacted])", self.without_query())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bp_10_every_secret_is_wiped_when_it_is_dropped() {
        // The type says so, and this compiles only as long as it does.
        const fn wiped(_: &impl zeroize::ZeroizeOnDrop) {}
        wiped(&AccessToken::new("canary").0);
        wiped(&RefreshToken::new("canary").0);
        wiped(&IdToken::new("canary").0);
        wiped(&Code::new("canary").0);
        wiped(&Verifier::new("canary").0);
        wiped(&StateParameter::new("canary").0);
        wiped(&Nonce::new("canary").0);
        wiped(&Body::new("canary").0);
        wiped(&SensitiveUrl::new("canary").0);
    }

    #[test]
    fn bp_08_debug_never_shows_the_text() {
        let shown = format!(
            "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            AccessToken::new("canary"),
            RefreshToken::new("canary"),
            IdToken::new("canary"),
            Code::new("canary"),
            Verifier::new("canary"),
            StateParameter::new("canary"),
            Nonce::new("canary"),
            Body::new("canary"),
        );
        assert!(!shown.contains("canary"), "{shown}");
        let url = format!("{:?}", SensitiveUrl::new("https://app.example/callback?code=canary#canary"));
        assert_eq!(url, "SensitiveUrl(https://app.example/callback?[redacted])");
    }
}
