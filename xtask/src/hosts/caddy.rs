//! Caddy: directives for a site block that has `root`.
//!
//! Matchers are expressions, because Caddy's own comparison of paths does not tell capitals from small letters.

use anyhow::Result;

use super::Rules;
use super::rules::{HIDDEN, Set, VIEW};
use crate::site::KINDS;

/// Hands out a file, or its compressed twin.
const SERVE: &str = "file_server {\n\t\t\tprecompressed br gzip\n\t\t}";

pub(super) fn render(rules: &Rules<'_>) -> Result<String> {
    // Pages have their type by themselves; of scripts and styles a system may have another opinion.
    let kinds = KINDS.iter().filter(|(end, _)| *end != "html");
    let types: String = kinds.map(|(end, kind)| format!("\t@{end} path *.{end}\n\theader @{end} Content-Type \"{kind}\"\n")).collect();
    let pages: String = rules.pages.iter().map(|page| handle(page.name, &page.pattern(), Some(page.path), &rules.of(page))).collect();
    let handles =
        [pages, handle("kept", &rules.kept_pattern(), None, &rules.kept()), handle("view", VIEW, Some("/index.html"), &rules.page())];
    Ok(format!(
        "# Written by `cargo xtask dist --host caddy`: to be imported into a site block that has `root`. See docs/deploy.md.\n\
         route {{\n\
         \t@hidden path_regexp \"^/(?:{HIDDEN})$\"\n\
         \terror @hidden 404\n\
         \t@written not method GET HEAD\n\
         \terror @written 405\n\
         {types}\
         {}\
         \thandle {{\n{}\t\t{SERVE}\n\t}}\n\
         }}\n\
         handle_errors {{\n{}\
         \theader Content-Type \"text/plain; charset=utf-8\"\n\
         \trespond \"{{http.error.status_text}}\" {{http.error.status_code}}\n\
         }}\n",
        handles.concat(),
        headers("\t\t", &rules.page()),
        headers("\t", &rules.missing()),
    ))
}

fn handle(name: &str, pattern: &str, file: Option<&str>, set: &Set<'_>) -> String {
    let rewrite = file.map(|file| format!("\t\trewrite * {file}\n")).unwrap_or_default();
    format!("\t@{name} path_regexp \"^/{pattern}$\"\n\thandle @{name} {{\n{}{rewrite}\t\t{SERVE}\n\t}}\n", headers("\t\t", set))
}

fn headers(indent: &str, set: &Set<'_>) -> String {
    set.iter().map(|(name, value)| format!("{indent}header {name} \"{value}\"\n")).collect()
}
