//! The production headers: decided here once, written to `_headers` for the
//! host, and sent by our own server from that very file. What other hosts read
//! ([`hosts`](crate::hosts)) is made from the same rules.
//!
//! # Rules that merge
//! Every rule whose path matches applies, in order, a later one overriding an
//! earlier one of the same name. So do Netlify and simple servers. Cloudflare
//! joins same-named headers with a comma instead, which would make two policies
//! intersect (the relay page could not be framed) and spoil `Cache-Control`;
//! there a line `! Name` first takes away what earlier rules gave, and a rule
//! that overrides always carries it. Netlify's parser skips such a line.
//!
//! The app's policy sits on `/*`, since every deep link is answered with the
//! page; the relay page and the hashed assets override what differs.

use anyhow::{Result, bail};
use hushkey::protocol::frontchannel;

use crate::config::bare;

/// Two years. Without includeSubDomains: that is for the owner of the domain to decide.
const HSTS: &str = "max-age=63072000";

/// Powerful features that the app never uses.
const DENIED: [&str; 14] = [
    "accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer", "microphone",
    "midi", "payment", "serial", "usb", "xr-spatial-tracking",
];

/// What the headers of a deployment depend on.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// Whether the app is known to be served over https.
    pub https: bool,
    /// The path of the relay page.
    pub silent_path: String,
    /// Policy sources of the inline scripts of the app's page.
    pub app_scripts: Vec<String>,
    /// Policy sources of the inline scripts of the relay page.
    pub relay_scripts: Vec<String>,
    /// The same of the page that the provider shows when a session ends there, if there is one.
    pub logout_scripts: Option<Vec<String>>,
    /// Origins that the app calls: token, keys, APIs.
    pub connect: Vec<String>,
    /// Origins that the app frames or navigates to: the provider.
    pub provider: Vec<String>,
    /// Addresses of files whose names change with their content.
    pub immutable: Vec<String>,
    /// Whether the page may have a service worker.
    pub service_worker: bool,
}

/// The headers for one path pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    path: String,
    set: Vec<(String, String)>,
}

/// All rules, in the order in which they apply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    rules: Vec<Rule>,
}

impl Headers {
    /// The headers of a deployment.
    pub fn production(needs: &Needs) -> Self {
        let mut everywhere = vec![
            ("Content-Security-Policy", app_policy(needs)),
            ("X-Content-Type-Options", "nosniff".to_owned()),
            ("Referrer-Policy", "no-referrer".to_owned()),
            ("Permissions-Policy", DENIED.map(|name| format!("{name}=()")).join(", ")),
            ("Cross-Origin-Opener-Policy", "same-origin".to_owned()),
            ("Cache-Control", "no-cache".to_owned()),
        ];
        if needs.https {
            everywhere.push(("Strict-Transport-Security", HSTS.to_owned()));
        }
        let mut rules = vec![rule("/*", everywhere)];
        for path in [needs.silent_path.as_str(), bare(&needs.silent_path)] {
            rules.push(rule(
                path,
                vec![
                    ("Content-Security-Policy", relay_policy(needs)),
                    ("X-Frame-Options", "SAMEORIGIN".to_owned()),
                    // A static page without a secret, kept by its bare address:
                    // whatever query comes with it, the answer is the same.
                    ("Cache-Control", "public, max-age=3600".to_owned()),
                    ("No-Vary-Search", "params".to_owned()),
                ],
            ));
        }
        for path in needs.logout_scripts.iter().flat_map(|_| [frontchannel::PATH, bare(frontchannel::PATH)]) {
            // X-Frame-Options cannot name the provider.
            rules.push(rule(path, vec![("Content-Security-Policy", logout_policy(needs)), ("Cache-Control", "no-store".to_owned())]));
        }
        for path in &needs.immutable {
            let forever = "public, max-age=31536000, immutable".to_owned();
            rules.push(rule(path, vec![("Cache-Control", forever)]));
        }
        Self { rules }
    }

    /// The headers for a request path.
    pub fn of(&self, path: &str) -> Vec<(&str, &str)> {
        let mut found: Vec<(&str, &str)> = Vec::new();
        for rule in self.rules.iter().filter(|rule| matches(&rule.path, path)) {
            for (name, value) in &rule.set {
                found.retain(|(earlier, _)| !earlier.eq_ignore_ascii_case(name));
                found.push((name, value));
            }
        }
        found
    }

    /// What these become when there is no such file: the rule of its path may say "forever", and it may be there in a moment.
    pub fn missing<'a>(mut found: Vec<(&'a str, &'a str)>) -> Vec<(&'a str, &'a str)> {
        found.retain(|(name, _)| !name.eq_ignore_ascii_case("Cache-Control"));
        found.push(("Cache-Control", "no-store"));
        found
    }

    /// The text of a `_headers` file.
    pub fn render(&self) -> String {
        let mut text = String::from("# Written by `cargo xtask dist`. Every matching rule applies; a later one overrides.\n");
        for (index, rule) in self.rules.iter().enumerate() {
            text.push_str(&format!("\n{}\n", rule.path));
            for (name, value) in &rule.set {
                if self.rules[..index].iter().any(|earlier| earlier.touches(&rule.path, name)) {
                    text.push_str(&format!("  ! {name}\n"));
                }
                text.push_str(&format!("  {name}: {value}\n"));
            }
        }
        text
    }

    /// Reads a `_headers` file.
    pub fn parse(text: &str) -> Result<Self> {
        let mut rules: Vec<Rule> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim_end();
            let entry = line.trim_start();
            if entry.is_empty() || entry.starts_with(['#', '!']) {
                continue; // to override is what we do anyway
            }
            if entry.len() == line.len() {
                rules.push(rule(line, Vec::new()));
            } else if let (Some(rule), Some((name, value))) = (rules.last_mut(), entry.split_once(':')) {
                rule.set.push((name.trim().to_owned(), value.trim().to_owned()));
            } else {
                bail!("Line {} of _headers is neither a path nor a header: {entry}", index + 1);
            }
        }
        Ok(Self { rules })
    }
}

impl Rule {
    fn touches(&self, path: &str, name: &str) -> bool {
        matches(&self.path, path) && self.set.iter().any(|(own, _)| own.eq_ignore_ascii_case(name))
    }
}

fn rule(path: &str, set: Vec<(&str, String)>) -> Rule {
    let set = set.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Rule { path: path.to_owned(), set }
}

fn matches(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == path,
        Some((start, end)) => path.len() >= start.len() + end.len() && path.starts_with(start) && path.ends_with(end),
    }
}

fn app_policy(needs: &Needs) -> String {
    let connect = needs.connect.join(" ");
    let provider = needs.provider.join(" ");
    let scripts = needs.app_scripts.join(" ");
    let directives = [
        "default-src 'none'".to_owned(),
        format!("script-src 'self' 'wasm-unsafe-eval' {scripts}"),
        "style-src 'self'".to_owned(),
        // Pictures of people come from wherever their provider keeps them.
        format!("img-src 'self' data: https: {provider}"),
        format!("connect-src 'self' {connect}"),
        format!("frame-src 'self' {provider}"),
        format!("form-action 'self' {provider}"),
        "manifest-src 'self'".to_owned(),
        "font-src 'self'".to_owned(),
        "base-uri 'none'".to_owned(),
        "object-src 'none'".to_owned(),
        "frame-ancestors 'none'".to_owned(),
        "require-trusted-types-for 'script'".to_owned(),
    ];
    let worker = needs.service_worker.then(|| "worker-src 'self'".to_owned());
    let all: Vec<String> = directives.into_iter().chain(worker).map(|directive| directive.trim_end().to_owned()).collect();
    all.join("; ")
}

fn relay_policy(needs: &Needs) -> String {
    format!("default-src 'none'; script-src {}; frame-ancestors 'self'; base-uri 'none'; form-action 'none'", needs.relay_scripts.join(" "))
}

/// The provider frames it, and nobody else.
fn logout_policy(needs: &Needs) -> String {
    let (scripts, provider) = (needs.logout_scripts.iter().flatten().cloned().collect::<Vec<_>>().join(" "), needs.provider.join(" "));
    format!("default-src 'none'; script-src {scripts}; frame-ancestors {provider}; base-uri 'none'; form-action 'none'")
}

#[cfg(test)]
mod tests;
