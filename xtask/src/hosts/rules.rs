//! What every host is to do, said once: which addresses are views of the app, which files are nobody's business, and the headers by kind of address.

use anyhow::{Result, ensure};

use crate::headers::Headers;

/// The rest, after the first slash, of an address that is a view of the app: its last part has no dot, and it does not begin with an underscore. A part
/// of a regular expression that all hosts understand.
pub(super) const VIEW: &str = "(?:[^_/.][^/.]*|[^_/][^/]*/(?:.*/)?[^/.]*)?";

/// Addresses of what is in a folder for the host alone: an expression like the one above, for the whole address without its first slash.
pub(super) const HIDDEN: &str = r"_.*|.*\.(?:br|gz)|\.htaccess|\.vercelignore|vercel\.json|firebase\.json";

/// The characters of a path that mean nothing to any host.
const PLAIN: &str = "-._~/";

/// Whether an address is a view of the app, and not a file.
pub fn is_view(path: &str) -> bool {
    !path.rsplit('/').next().unwrap_or_default().contains('.') && !path.starts_with("/_")
}

/// Whether an address is that of a file which is for the host, and not for visitors.
pub fn is_hidden(path: &str) -> bool {
    let for_hosts = ["/.htaccess", "/.vercelignore", "/vercel.json", "/firebase.json"];
    path.starts_with("/_") || path.ends_with(".br") || path.ends_with(".gz") || for_hosts.contains(&path)
}

/// The headers by kind of address, and the addresses that are not views.
#[derive(Debug)]
pub(super) struct Rules<'a> {
    headers: &'a Headers,
    /// The relay page.
    pub(super) relay: &'a str,
    /// Its other name.
    pub(super) bare: &'a str,
    /// The files whose names change with their content.
    pub(super) kept: &'a [String],
}

/// The headers of one kind.
pub(super) type Set<'a> = Vec<(&'a str, &'a str)>;

impl<'a> Rules<'a> {
    /// Fails if an address or a header has a character that some host would take for its own language.
    pub(super) fn new(headers: &'a Headers, relay: &'a str, bare: &'a str, kept: &'a [String]) -> Result<Self> {
        for path in [relay, bare].into_iter().chain(kept.iter().map(String::as_str)) {
            let is_plain = path.chars().all(|c| c.is_ascii_alphanumeric() || PLAIN.contains(c));
            ensure!(is_plain, "The path {path} has characters that a host may misread; use letters, digits, and {PLAIN}");
        }
        let rules = Self { headers, relay, bare, kept };
        for (name, value) in [rules.page(), rules.relay(), rules.kept()].concat() {
            let is_plain = value.chars().all(|c| (' '..='~').contains(&c) && !"\"\\${}%`".contains(c));
            ensure!(is_plain, "The header {name} has a character that a host may misread: {value}");
        }
        Ok(rules)
    }

    /// Of the app's page, under whatever address, and of files without a rule of their own.
    pub(super) fn page(&self) -> Set<'a> {
        self.headers.of("/")
    }

    /// Of the relay page.
    pub(super) fn relay(&self) -> Set<'a> {
        self.headers.of(self.relay)
    }

    /// Of a file whose name changes with its content.
    pub(super) fn kept(&self) -> Set<'a> {
        self.kept.first().map_or_else(|| self.page(), |path| self.headers.of(path))
    }

    /// Of the answer that there is no such file.
    pub(super) fn missing(&self) -> Set<'a> {
        Headers::missing(self.page())
    }

    /// What the relay page has otherwise than the page.
    pub(super) fn relay_only(&self) -> Set<'a> {
        without(self.relay(), &self.page())
    }

    /// What a kept file has otherwise than the page.
    pub(super) fn kept_only(&self) -> Set<'a> {
        without(self.kept(), &self.page())
    }

    /// Both names of the relay page as an expression, without the first slash.
    pub(super) fn relay_pattern(&self) -> String {
        format!("(?:{}|{})", escape(&self.relay[1..]), escape(&self.bare[1..]))
    }

    /// The kept files as an expression, without the first slash.
    pub(super) fn kept_pattern(&self) -> String {
        let names: Vec<String> = self.kept.iter().map(|path| escape(&path[1..])).collect();
        format!("(?:{})", names.join("|"))
    }
}

fn without<'a>(set: Set<'a>, other: &Set<'a>) -> Set<'a> {
    set.into_iter().filter(|header| !other.contains(header)).collect()
}

/// A name as a regular expression: of the characters that a path may have here, only the dot means something.
fn escape(name: &str) -> String {
    name.replace('.', "\\.")
}
