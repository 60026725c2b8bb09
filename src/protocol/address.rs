//! Addresses: endpoints that may be called, and places in the app that may be returned to.

use super::error::Finding;
use url::{Host, Url};

/// Whether plain `http` is acceptable, which it is on the loopback interface of a developer's machine only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// `https` everywhere.
    Secure,
    /// The app itself runs on loopback, so its provider and API may, too.
    LoopbackAllowed,
}

impl Transport {
    /// What an app at this origin may talk to.
    pub(crate) fn of_app(origin: &Url) -> Self {
        if is_loopback(origin) { Self::LoopbackAllowed } else { Self::Secure }
    }

    /// Whether this address may be talked to.
    pub(crate) fn allows(self, url: &Url) -> bool {
        url.scheme() == "https" || (url.scheme() == "http" && self == Self::LoopbackAllowed && is_loopback(url))
    }
}

/// An absolute address without fragment and credentials, over an acceptable transport.
pub(crate) fn endpoint(field: &'static str, text: &str, transport: Transport) -> Result<Url, Finding> {
    let url = Url::parse(text).map_err(|why| Finding::invalid(field, format!("not an absolute URL ({why})")))?;
    if !transport.allows(&url) {
        return Err(Finding::unexpected(field, "an https URL (plain http only on loopback, for an app on loopback)", text));
    }
    if url.fragment().is_some() {
        return Err(Finding::invalid(field, "has a fragment, which an endpoint may not have"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Finding::invalid(field, "has a user name or password in it"));
    }
    Ok(url)
}

/// An issuer identifier: an endpoint without query. The text stays as it was written, because issuers are compared letter by letter.
pub(crate) fn issuer(field: &'static str, text: &str, transport: Transport) -> Result<String, Finding> {
    let url = endpoint(field, text, transport)?;
    if url.query().is_some() {
        return Err(Finding::invalid(field, "has a query, which an issuer may not have"));
    }
    Ok(text.to_owned())
}

/// The serialized origin of an address.
pub(crate) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Whether this is the person's own machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Where in the app to go after signing in: path, query and fragment of this app's own origin, never one of the protocol's own paths.
/// `None` for anything else.
pub(crate) fn place_in_app(wanted: &str, app: &Url, reserved: &[&str]) -> Option<String> {
    // URL parsers drop tabs and line ends, and read a backslash as a slash; nobody writes them in earnest.
    if wanted.chars().any(|c| c.is_control() || c == '\\') {
        return None;
    }
    let url = app.join(wanted).ok()?;
    let foreign =
        url.origin() != app.origin() || !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some();
    let place = !foreign && !url.path().starts_with("//") && !reserved.contains(&url.path());
    place.then(|| relative(&url))
}

/// Path, query and fragment of an address.
pub(crate) fn relative(url: &Url) -> String {
    url[url::Position::BeforePath..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> Url {
        Url::parse("https://app.example/").unwrap()
    }

    #[test]
    fn bp_11_return_to_stays_in_the_app() {
        let return_to = |wanted: &str, app: &Url, reserved: &[&str]| place_in_app(wanted, app, reserved).unwrap_or_else(|| "/".to_owned());
        let reserved = ["/callback", "/silent-refresh.html"];
        for good in ["/", "/account", "/a?b=c#d", "/%2F%2Fevil", "/search?q=https://evil", "/a//b"] {
            assert_eq!(return_to(good, &app(), &reserved), good);
        }
        assert_eq!(return_to("https://app.example/a?b#c", &app(), &reserved), "/a?b#c");
        for evil in [
            "//evil", "/\\evil", "\\\\evil", "https://evil/", "javascript:alert(1)", "data:text/html,x", "\t//evil", "/\t/evil",
            "https://user@app.example/a", "http://app.example/a", "/callback?code=x", "/callback", "/x/../callback?code=1",
            "/silent-refresh.html", "blob:https://app.example/x", "https://app.example:444/", "https://app.example.evil/", ".//evil",
            "/.//evil",
        ] {
            assert_eq!(return_to(evil, &app(), &reserved), "/", "{evil:?}");
        }
        // these resolve inside the app, whatever they look like
        assert_eq!(return_to("@evil", &app(), &reserved), "/@evil");
        assert_eq!(return_to("https:evil", &app(), &reserved), "/evil");
    }

    #[test]
    fn bp_11_no_user_and_no_password_come_along() {
        for evil in ["https://user@app.example/a", "https://user:password@app.example/a", "https://:password@app.example/a"] {
            assert_eq!(place_in_app(evil, &app(), &[]), None, "{evil}");
        }
    }

    #[test]
    fn tr_03_endpoints_are_https_except_on_loopback() {
        let secure = Transport::of_app(&app());
        let local = Transport::of_app(&Url::parse("http://localhost:8080").unwrap());
        assert!(endpoint("token_endpoint", "https://as.example/token", secure).is_ok());
        assert!(endpoint("token_endpoint", "http://127.0.0.1:9000/token", local).is_ok());
        assert!(endpoint("token_endpoint", "http://[::1]:9000/token", local).is_ok());
        for bad in ["http://as.example/token", "http://localhost:9000/token", "javascript:alert(1)", "/token", "ftp://as.example/", ""] {
            assert!(endpoint("token_endpoint", bad, secure).is_err(), "{bad}");
        }
        for bad in ["http://as.example/", "http://localhost.evil/", "http://127.0.0.1.evil/"] {
            assert!(endpoint("token_endpoint", bad, local).is_err(), "{bad}");
        }
    }

    #[test]
    fn di_01_an_issuer_has_no_query_fragment_or_user() {
        for bad in ["https://as/?x", "https://as/#x", "https://u:p@as", "https://u@as", "http://as"] {
            assert!(issuer("issuer", bad, Transport::Secure).is_err(), "{bad}");
        }
        assert_eq!(issuer("issuer", "https://as.example", Transport::Secure).unwrap(), "https://as.example");
    }
}
