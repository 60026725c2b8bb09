//! Whether two origins are one site (HTML: "schemelessly same site" and the same scheme), by the public suffix list.

use url::{Host, Url};

/// Whether a browser takes them for one site. `None` if one of them is no address.
pub(super) fn same(one: &str, other: &str) -> Option<bool> {
    let (one, other) = (Url::parse(one).ok()?, Url::parse(other).ok()?);
    let domain = |url: &Url| match url.host() {
        Some(Host::Domain(name)) => psl::domain_str(name).map(str::to_owned),
        _ => None,
    };
    let one_domain = domain(&one).is_some_and(|own| domain(&other) == Some(own));
    Some(one.scheme() == other.scheme() && (one.host() == other.host() || one_domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_are_what_somebody_can_register() {
        for (one, other, is_one) in [
            ("https://app.example.com", "https://auth.example.com", true),
            ("https://example.com", "https://auth.example.com:8443", true),
            ("https://app.example.co.uk", "https://auth.example.co.uk", true),
            ("https://one.co.uk", "https://other.co.uk", false),
            ("https://one.github.io", "https://other.github.io", false),
            ("https://app.example.com", "http://auth.example.com", false),
            ("https://app.example.com", "https://acme.scalekit.com", false),
            ("http://localhost:8080", "http://localhost:8081", true),
            ("http://localhost:8080", "http://127.0.0.1:8081", false),
            ("http://127.0.0.1", "http://9.9.0.1", false),
        ] {
            assert_eq!(same(one, other), Some(is_one), "{one} {other}");
            assert_eq!(same(other, one), Some(is_one), "{other} {one}");
        }
        assert_eq!(same("https://app.example.com", ""), None);
    }
}
