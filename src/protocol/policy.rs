//! A Content Security Policy, as far as signing in depends on it ([CSP3](https://www.w3.org/TR/CSP3/)).

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use url::Url;

/// The policies that a page has: each of them must allow what is to be allowed.
pub(crate) struct Policy<'a>(Vec<Vec<(String, Vec<&'a str>)>>);

/// Where an address that is called is looked for.
pub(crate) const CONNECT: &[&str] = &["connect-src", "default-src"];

/// Where an address that is framed is looked for.
pub(crate) const FRAME: &[&str] = &["frame-src", "child-src", "default-src"];

/// Where a script is looked for.
pub(crate) const SCRIPT: &[&str] = &["script-src-elem", "script-src", "default-src"];

/// Who may frame the page. It stands for itself.
pub(crate) const ANCESTORS: &[&str] = &["frame-ancestors"];

impl<'a> Policy<'a> {
    /// Reads a header. Several headers come joined by commas, as one list.
    pub(crate) fn parse(header: &'a str) -> Self {
        let directives = |policy: &'a str| -> Vec<(String, Vec<&'a str>)> {
            let split = policy.split(';').filter_map(|directive| {
                let mut words = directive.split_ascii_whitespace();
                Some((words.next()?.to_ascii_lowercase(), words.collect()))
            });
            split.collect()
        };
        Self(header.split(',').map(directives).filter(|policy| !policy.is_empty()).collect())
    }

    /// In each policy, the sources of the first of these directives that stands there.
    fn sources(&self, names: &[&str]) -> impl Iterator<Item = &[&'a str]> {
        self.0.iter().filter_map(|policy| {
            let found = names.iter().find_map(|name| policy.iter().find(|(own, _)| own == name));
            found.map(|(_, sources)| sources.as_slice())
        })
    }

    /// Whether one of these directives stands in any of the policies.
    pub(crate) fn has(&self, names: &[&str]) -> bool {
        self.sources(names).next().is_some()
    }

    /// Whether this very source stands in any of the policies.
    pub(crate) fn names(&self, names: &[&str], source: &str) -> bool {
        self.sources(names).any(|sources| sources.iter().any(|own| own.eq_ignore_ascii_case(source)))
    }

    /// Whether an address is allowed for a page of the app.
    pub(crate) fn allows(&self, names: &[&str], wanted: &Url, app: &Url) -> bool {
        self.sources(names).all(|sources| sources.iter().any(|source| covers(source, wanted, app)))
    }

    /// Whether the page may compile WebAssembly.
    pub(crate) fn allows_wasm(&self) -> bool {
        let allowed = |sources: &[&str]| sources.iter().any(|source| matches!(*source, "'wasm-unsafe-eval'" | "'unsafe-eval'"));
        self.sources(&SCRIPT[1..]).all(allowed)
    }

    /// Whether an inline script may run. Nonces and longer hashes are believed.
    pub(crate) fn allows_script(&self, script: &str) -> bool {
        let hash = format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script.replace("\r\n", "\n"))));
        self.sources(SCRIPT).all(|sources| {
            let named = |start: &str| sources.iter().any(|source| source.starts_with(start));
            let open = sources.contains(&"'unsafe-inline'") && !named("'sha256-");
            sources.contains(&hash.as_str()) || open || ["'nonce-", "'sha384-", "'sha512-"].into_iter().any(named)
        })
    }
}

/// Whether a source expression covers an address ([CSP3 §6.7.2](https://www.w3.org/TR/CSP3/#match-url-to-source-expression)).
fn covers(source: &str, wanted: &Url, app: &Url) -> bool {
    match source {
        "*" => return true,
        "'self'" => return wanted.origin() == app.origin(),
        _ => {}
    }
    let upgraded = |scheme: &str| wanted.scheme() == scheme || (scheme == "http" && wanted.scheme() == "https");
    if let Some(scheme) = source.strip_suffix(':') {
        return upgraded(scheme);
    }
    let (scheme, rest) = source.split_once("://").unwrap_or_else(|| (app.scheme(), source));
    let (place, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    // Not the colons of an address of version 6.
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (place, None),
    };
    let own = wanted.host_str().unwrap_or_default();
    let same_host = match host.strip_prefix("*.") {
        Some(parent) => own.strip_suffix(parent).is_some_and(|start| start.ends_with('.')),
        None => own.eq_ignore_ascii_case(host),
    };
    let same_port = match port {
        Some("*") => true,
        Some(port) => wanted.port_or_known_default().is_some_and(|own| own.to_string() == port),
        None => wanted.port().is_none(),
    };
    let same_path = path.len() < 2 || wanted.path() == path || (path.ends_with('/') && wanted.path().starts_with(path));
    upgraded(scheme) && same_host && same_port && same_path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_cover_what_browsers_say_they_cover() {
        let app = Url::parse("https://app.example/").unwrap();
        for (source, address, covered) in [
            ("*", "https://as.example/token", true),
            ("'self'", "https://app.example/x", true),
            ("'self'", "https://as.example/x", false),
            ("'none'", "https://as.example/x", false),
            ("https:", "https://as.example/x", true),
            ("http:", "https://as.example/x", true),
            ("https:", "http://as.example/x", false),
            ("ws:", "https://as.example/x", false),
            ("https://as.example", "https://as.example/token", true),
            ("https://AS.example", "https://as.example/token", true),
            ("as.example", "https://as.example/token", true),
            ("as.example", "http://as.example/token", false),
            ("https://as.example", "https://as.example:8443/token", false),
            ("https://as.example:8443", "https://as.example:8443/token", true),
            ("https://as.example:*", "https://as.example:8443/token", true),
            ("https://as.example:443", "https://as.example/token", true),
            ("http://[::1]:8081", "http://[::1]:8081/token", true),
            ("http://[::1]", "http://[::1]/token", true),
            ("https://as.example/a", "https://as.example/b", false),
            ("https://*.example", "https://as.example/token", true),
            ("https://*.as.example", "https://as.example/token", false),
            ("https://*.example", "https://evilexample/token", false),
            ("https://as.example/", "https://as.example/token", true),
            ("https://as.example/oauth/", "https://as.example/oauth/token", true),
            ("https://as.example/oauth/", "https://as.example/token", false),
            ("https://as.example/token", "https://as.example/token", true),
        ] {
            assert_eq!(covers(source, &Url::parse(address).unwrap(), &app), covered, "{source} {address}");
        }
    }

    #[test]
    fn every_policy_has_its_say_and_a_directive_falls_back() {
        let app = Url::parse("https://app.example/").unwrap();
        let provider = Url::parse("https://as.example/").unwrap();
        for (header, allowed) in [
            ("", true),
            ("script-src 'self'", true),
            ("default-src 'none'", false),
            ("default-src 'none'; Connect-Src 'self' https://as.example", true),
            ("connect-src https://as.example, default-src 'self'", false),
            ("connect-src", false),
        ] {
            assert_eq!(Policy::parse(header).allows(CONNECT, &provider, &app), allowed, "{header}");
        }
        assert!(Policy::parse("child-src https://as.example; default-src 'none'").allows(FRAME, &provider, &app));
        assert!(Policy::parse("default-src 'none'").allows(ANCESTORS, &provider, &app), "frame-ancestors does not fall back");
    }

    #[test]
    fn inline_scripts_run_by_their_hash() {
        // The example of the CSP specification.
        let (script, hash) = ("alert('Hello, world.');", "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='");
        for (header, allowed) in [
            (format!("script-src {hash}"), true),
            (format!("default-src {hash}"), true),
            ("script-src 'self'".to_owned(), false),
            ("script-src 'unsafe-inline'".to_owned(), true),
            ("script-src 'unsafe-inline' 'sha256-AAAA'".to_owned(), false),
            ("script-src 'nonce-x'".to_owned(), true),
            ("img-src 'none'".to_owned(), true),
        ] {
            assert_eq!(Policy::parse(&header).allows_script(script), allowed, "{header}");
        }
        assert!(Policy::parse("script-src 'wasm-unsafe-eval'").allows_wasm() && !Policy::parse("default-src 'self'").allows_wasm());
        assert!(Policy::parse("script-src 'self'").names(SCRIPT, "'SELF'"));
    }
}
