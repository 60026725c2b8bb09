//! nginx: directives for a server block that has `root` and the certificate.
//!
//! A location with a header of its own inherits none, so each has all of its headers. Exact names stand before expressions, and of expressions the first
//! that fits counts. The 404 of a missing file, and the 400 of an address that leads out of the folder, are given by one place without a page.

use anyhow::Result;

use super::Rules;
use super::rules::{HIDDEN, Set, VIEW};
use crate::site::KINDS;

pub(super) fn render(rules: &Rules<'_>) -> Result<String> {
    let types: String = KINDS.iter().map(|(end, kind)| format!("    \"{kind}\" {end};\n")).collect();
    let pages = rules.pages.iter().map(|page| {
        let tried = format!("try_files {} =404;", page.path);
        location(&format!("~ \"^/{}$\"", page.pattern()), &[&tried], &rules.of(page))
    });
    let before = [
        location(
            "= /_missing",
            &["internal;", "default_type \"text/plain; charset=utf-8\";", "return 404 \"Not found.\\n\";"],
            &rules.missing(),
        ),
        location(&format!("~ \"^/(?:{HIDDEN})$\""), &["return 404;"], &Vec::new()),
    ];
    let after = [
        location(&format!("~ \"^/{}$\"", rules.kept_pattern()), &["try_files $uri =404;"], &rules.kept()),
        location(&format!("~ \"^/{VIEW}$\""), &["try_files /index.html =404;"], &rules.page()),
        location("/", &["try_files $uri =404;"], &rules.page()),
    ];
    let locations: Vec<String> = before.into_iter().chain(pages).chain(after).collect();
    Ok(format!(
        "# Written by `cargo xtask dist --host nginx`: to be included in a server block that has `root` and the certificate.\n\
         # See docs/deploy.md. With the module ngx_brotli (Debian: libnginx-mod-http-brotli-static), brotli_static may be switched on:\n\
         # brotli_static on;\n\
         server_tokens off;\n\
         gzip off;\n\
         gzip_static on;\n\
         gzip_vary on;\n\
         absolute_redirect off;\n\
         error_page 400 404 =404 /_missing;\n\
         default_type application/octet-stream;\n\
         types {{\n{types}}}\n\n{}",
        locations.join("\n")
    ))
}

fn location(pattern: &str, does: &[&str], headers: &Set<'_>) -> String {
    let does: String = does.iter().map(|line| format!("    {line}\n")).collect();
    let headers: String = headers.iter().map(|(name, value)| format!("    add_header {name} \"{value}\" always;\n")).collect();
    format!("location {pattern} {{\n{does}{headers}}}\n")
}
