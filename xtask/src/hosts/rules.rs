//! What every host is to do, said once: which addresses are views of the app, which files are nobody's business, and the headers by kind of address.

use anyhow::{Result, ensure};

use crate::config::bare;
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
    /// The pages of the protocol, the relay page first.
    pub(super) pages: Vec<Page<'a>>,
    /// The files whose names change with their content.
    pub(super) kept: &'a [String],
}

/// A page of the protocol, with headers of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page<'a> {
    /// What it is called in files for hosts.
    pub(super) name: &'static str,
    pub(super) path: &'a str,
    /// Its other name.
    pub(super) bare: &'a str,
}

impl Page<'_> {
    /// Both names as an expression, without the first slash.
    pub(super) fn pattern(&self) -> String {
        format!("(?:{}|{})", escape(&self.path[1..]), escape(&self.bare[1..]))
    }
}

/// The headers of one kind.
pub(super) type Set<'a> = Vec<(&'a str, &'a str)>;

impl<'a> Rules<'a> {
    /// Fails if an address or a header has a character that some host would take for its own language.
    pub(super) fn new(headers: &'a Headers, pages: &'a [String], kept: &'a [String]) -> Result<Self> {
        for path in pages.iter().chain(kept) {
            let is_plain = path.chars().all(|c| c.is_ascii_alphanumeric() || PLAIN.contains(c));
            ensure!(is_plain, "The path {path} has characters that a host may misread; use letters, digits, and {PLAIN}");
        }
        let page = |(name, path): (&'static str, &'a String)| Page { name, path, bare: bare(path) };
        let rules = Self { headers, pages: ["relay", "logout"].into_iter().zip(pages).map(page).collect(), kept };
        let own = rules.pages.iter().map(|page| rules.of(page));
        for (name, value) in own.chain([rules.page(), rules.kept()]).flatten() {
            let is_plain = value.chars().all(|c| (' '..='~').contains(&c) && !"\"\\${}%`".contains(c));
            ensure!(is_plain, "The header {name} has a character that a host may misread: {value}");
        }
        Ok(rules)
    }

    /// Of the app's page, under whatever address, and of files without a rule of their own.
    pub(super) fn page(&self) -> Set<'a> {
        self.headers.of("/")
    }

    /// Of a page of the protocol.
    pub(super) fn of(&self, page: &Page<'a>) -> Set<'a> {
        self.headers.of(page.path)
    }

    /// Of a file whose name changes with its content.
    pub(super) fn kept(&self) -> Set<'a> {
        self.kept.first().map_or_else(|| self.page(), |path| self.headers.of(path))
    }

    /// Of the answer that there is no such file.
    pub(super) fn missing(&self) -> Set<'a> {
        Headers::missing(self.page())
    }

    /// What such a page has otherwise than the app's.
    pub(super) fn only(&self, page: &Page<'a>) -> Set<'a> {
        without(self.of(page), &self.page())
    }

    /// What a kept file has otherwise than the page.
    pub(super) fn kept_only(&self) -> Set<'a> {
        without(self.kept(), &self.page())
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
