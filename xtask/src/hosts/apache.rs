//! Apache: `.htaccess`, with mod_headers and mod_rewrite.
//!
//! Compressed twins are chosen by rewriting, so that headers are given by the name of the file that is sent in the end, with the twin's ending or without.
//! What Apache may know about these endings otherwise (an archive, the Breton language) is taken away.

use anyhow::Result;

use super::Rules;
use super::rules::{HIDDEN, Set, VIEW};
use crate::site::KINDS;

pub(super) fn render(rules: &Rules<'_>) -> Result<String> {
    let types: String = KINDS.iter().map(|(end, kind)| format!("AddType \"{kind}\" .{end}\n")).collect();
    let ends: Vec<&str> = KINDS.iter().map(|(end, _)| *end).collect();
    let twin = |encoding: &str, end: &str| {
        format!(
            "RewriteCond %{{HTTP:Accept-Encoding}} \\b{encoding}\\b\n\
             RewriteCond %{{REQUEST_FILENAME}}.{end} -f\n\
             RewriteRule ^(.+\\.(?:{}))$ $1.{end} [END]\n",
            ends.join("|")
        )
    };
    let named: String = rules.pages.iter().map(|page| format!("RewriteRule ^{}$ {}\n", &page.bare[1..], &page.path[1..])).collect();
    let others: String = rules.pages.iter().map(|page| format!("RewriteCond %{{REQUEST_URI}} !^/{}$\n", &page.bare[1..])).collect();
    Ok(format!(
        "# Written by `cargo xtask dist --host apache`. It needs mod_headers and mod_rewrite, and `AllowOverride FileInfo`. See docs/deploy.md.\n\
         {types}\
         RemoveType .br .gz\nRemoveLanguage .br\nAddEncoding br .br\nAddEncoding gzip .gz\n\
         ErrorDocument 404 \"Not found.\"\n\n\
         RewriteEngine On\n\
         RewriteCond %{{REQUEST_METHOD}} !^(?:GET|HEAD)$\n\
         RewriteRule ^ - [R=405,END]\n\
         RewriteRule ^(?:{HIDDEN})$ - [R=404,END]\n\
         {named}{others}\
         RewriteRule ^{VIEW}$ index.html\n\
         {}{}\n\
         {}\
         Header always append Vary \"Accept-Encoding\"\n\
         {}{}\
         {}",
        twin("br", "br"),
        twin("gzip", "gz"),
        headers(&rules.page()),
        rules.pages.iter().map(|page| only(&page.pattern(), &rules.only(page))).collect::<String>(),
        only(&rules.kept_pattern(), &rules.kept_only()),
        // Of an error, whichever file it is about.
        "Header always set Cache-Control \"no-store\" \"expr=%{REQUEST_STATUS} >= 400\"\n",
    ))
}

fn only(pattern: &str, set: &Set<'_>) -> String {
    format!("<If \"%{{REQUEST_URI}} =~ m#^/{pattern}(?:\\.br|\\.gz)?$#\">\n{}</If>\n", headers(set))
}

fn headers(set: &Set<'_>) -> String {
    set.iter().map(|(name, value)| format!("Header always set {name} \"{value}\"\n")).collect()
}
