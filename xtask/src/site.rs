//! A deployed folder held in memory, and what it answers to a request.
//!
//! Files are looked up by name in a table that was filled at the start: a path
//! that climbs out of the folder is merely a name that is not in the table.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use axum::body::Bytes;
use percent_encoding::percent_decode_str;

use crate::digest;
use crate::headers::Headers;
use crate::hosts::{is_hidden, is_view};

/// What a folder answers.
#[derive(Debug, Default)]
pub struct Site {
    files: HashMap<String, File>,
    headers: Headers,
}

#[derive(Debug, Default)]
struct File {
    kind: &'static str,
    plain: Bytes,
    tag: String,
    br: Option<Bytes>,
    gz: Option<Bytes>,
}

/// A request, as far as it matters here.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ask<'a> {
    /// The path, still percent-encoded, without the query.
    pub path: &'a str,
    /// `Accept-Encoding`.
    pub encodings: &'a str,
    /// `If-None-Match`.
    pub known: &'a str,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// All headers but `Content-Length`.
    pub headers: Vec<(String, String)>,
    /// The body, also for HEAD.
    pub body: Bytes,
}

impl Site {
    /// Reads a folder that `cargo xtask dist` wrote.
    pub fn load(folder: &Path) -> Result<Self> {
        let rules = folder.join("_headers");
        let rules = fs::read_to_string(&rules)
            .with_context(|| format!("{} is missing; make the folder with `cargo xtask dist`.", rules.display()))?;
        let mut site = Self { headers: Headers::parse(&rules)?, files: HashMap::new() };
        let mut bytes = HashMap::new();
        collect(folder, "", &mut bytes)?;
        for (name, plain) in &bytes {
            let twin = |suffix: &str| bytes.get(&format!("{name}.{suffix}")).cloned();
            let is_twin = [".br", ".gz"].iter().any(|end| name.strip_suffix(end).is_some_and(|own| bytes.contains_key(own)));
            if !is_twin && !is_hidden(name) {
                let file = File { kind: kind(name), tag: digest::short(plain), plain: plain.clone(), br: twin("br"), gz: twin("gz") };
                site.files.insert(name.clone(), file);
            }
        }
        Ok(site)
    }

    /// Answers a GET or HEAD request.
    pub fn answer(&self, ask: Ask<'_>) -> Answer {
        let path = percent_decode_str(ask.path).decode_utf8_lossy();
        let owned = |set: Vec<(&str, &str)>| set.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let mut headers: Vec<(String, String)> = owned(self.headers.of(&path));
        let Some(file) = self.find(&path) else {
            headers = owned(Headers::missing(self.headers.of(&path)));
            headers.push(("Content-Type".into(), "text/plain; charset=utf-8".into()));
            return Answer { status: 404, headers, body: Bytes::from_static(b"Not found.\n") };
        };
        let (encoding, body) = file.encoded(ask.encodings);
        let tag = format!("\"{}{}\"", file.tag, encoding.map_or("", |(_, mark)| mark));
        headers.push(("Content-Type".into(), file.kind.into()));
        headers.push(("ETag".into(), tag.clone()));
        headers.push(("Vary".into(), "Accept-Encoding".into()));
        let known = |one: &str| one.trim().trim_start_matches("W/") == tag || one.trim() == "*";
        if ask.known.split(',').any(known) {
            return Answer { status: 304, headers, body: Bytes::new() };
        }
        if let Some((name, _)) = encoding {
            headers.push(("Content-Encoding".into(), name.into()));
        }
        Answer { status: 200, headers, body }
    }

    /// The file of a path. A path without a dot in its last part is a view of the
    /// app and gets its page; a missing file never does, since a page in place of
    /// a script, or of the relay page, fails in a way that nobody understands.
    fn find(&self, path: &str) -> Option<&File> {
        let exact = if path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
        // Hosts that drop ".html" from addresses know the relay page by that name alone.
        let named = || self.files.get(&format!("{path}.html"));
        let page = || if is_view(path) { self.files.get("/index.html") } else { None };
        self.files.get(&exact).or_else(named).or_else(page)
    }
}

impl File {
    fn encoded(&self, accepted: &str) -> (Option<(&'static str, &'static str)>, Bytes) {
        if let (Some(br), true) = (&self.br, accepts(accepted, "br")) {
            return (Some(("br", "-br")), br.clone());
        }
        if let (Some(gz), true) = (&self.gz, accepts(accepted, "gzip")) {
            return (Some(("gzip", "-gz")), gz.clone());
        }
        (None, self.plain.clone())
    }
}

fn accepts(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|entry| {
        let (name, weight) = entry.split_once(';').unwrap_or((entry, ""));
        let refused = weight.trim().strip_prefix("q=").and_then(|q| q.parse().ok()) == Some(0.0);
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}

fn collect(folder: &Path, prefix: &str, into: &mut HashMap<String, Bytes>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &name, into)?;
        } else {
            into.insert(name, fs::read(entry.path())?.into());
        }
    }
    Ok(())
}

/// What files are, by the end of their names.
pub const KINDS: [(&str, &str); 12] = [
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("json", "application/json"),
    ("map", "application/json"),
    ("wasm", "application/wasm"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("ico", "image/x-icon"),
    ("txt", "text/plain; charset=utf-8"),
    ("webmanifest", "application/manifest+json"),
    ("woff2", "font/woff2"),
];

fn kind(name: &str) -> &'static str {
    let end = name.rsplit('.').next().unwrap_or_default();
    KINDS.iter().find(|(own, _)| *own == end).map_or("application/octet-stream", |(_, kind)| kind)
}

#[cfg(test)]
mod tests;
