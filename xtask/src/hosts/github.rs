//! GitHub Pages, and every other host that sends no headers: the policy stands in the pages themselves.
//!
//! A browser reads there all but `frame-ancestors`, `sandbox` and the addresses for reports
//! ([CSP 3 §3.3](https://www.w3.org/TR/CSP3/#meta-element)); Trusted Types are enforced as by a header.

use anyhow::{Result, bail};

/// The page that such a host answers with where it finds no file.
pub const NOT_FOUND: &str = "404.html";

/// Puts the policy of a page, and what it says of referrers, before everything that they are about.
pub fn with_policy(page: &str, headers: &[(&str, &str)]) -> Result<String> {
    let value = |wanted: &str| headers.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value).unwrap_or_default();
    let policy: Vec<&str> = value("Content-Security-Policy").split("; ").filter(|part| !part.starts_with("frame-ancestors")).collect();
    let (policy, referrer) = (policy.join("; "), value("Referrer-Policy"));
    if policy.is_empty() || policy.contains('"') || page.matches(CHARSET).count() != 1 {
        bail!("The page has no single {CHARSET} for its policy to stand behind.");
    }
    let meta = format!(
        "{CHARSET}\n    <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n    <meta name=\"referrer\" content=\"{referrer}\">"
    );
    Ok(page.replacen(CHARSET, &meta, 1))
}

/// What both pages begin with.
const CHARSET: &str = "<meta charset=\"utf-8\">";
