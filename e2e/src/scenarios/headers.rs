//! The headers of production, as a browser gets them.

use crate::{
    http::{self, Answer},
    world::World,
};
use anyhow::{Context, Result, ensure};

/// Where somebody may ask for the page.
const PAGES: [&str; 4] = ["/", "/account", "/callback?code=x&state=y", "/some/deep/link"];

pub(super) async fn of_every_kind(world: &World) -> Result<()> {
    let at = async |path: &str| http::get(&format!("{}{path}", world.app)).await;

    let page = at("/").await?;
    for path in PAGES {
        let answer = at(path).await?;
        ensure!(answer.status == 200 && answer.body == page.body, "{path} is not answered with the page");
        has_common_headers(path, &answer)?;
        is_strict(path, answer.header("content-security-policy"), &["frame-ancestors 'none'", "require-trusted-types-for 'script'"])?;
        has(path, &answer, "cache-control", "no-cache")?;
        has(path, &answer, "content-type", "text/html; charset=utf-8")?;
    }

    let relay = at("/silent-refresh.html").await?;
    has_common_headers("the relay page", &relay)?;
    is_strict("the relay page", relay.header("content-security-policy"), &["frame-ancestors 'self'"])?;
    has("the relay page", &relay, "x-frame-options", "SAMEORIGIN")?;

    for (end, kind) in [("_bg.wasm", "application/wasm"), (".js", "text/javascript; charset=utf-8"), (".css", "text/css; charset=utf-8")] {
        let path = asset(&page.text(), end)?;
        let answer = at(&path).await?;
        ensure!(answer.status == 200, "{path} is answered with {}", answer.status);
        has_common_headers(&path, &answer)?;
        has(&path, &answer, "content-type", kind)?;
        has(&path, &answer, "cache-control", "public, max-age=31536000, immutable")?;
    }

    for path in ["/hushkey-0000000000000000.js", "/missing.html", "/_headers", "/..%2f..%2fprovider.json"] {
        let answer = at(path).await?;
        ensure!(answer.status == 404, "{path} is answered with {}", answer.status);
        ensure!(!answer.text().contains("<html"), "{path} is answered with a page");
        has_common_headers(path, &answer)?;
    }

    // The page that has these headers works.
    world.opens("/some/deep/link").await?;
    world.sees_heading("There is no page here").await
}

fn has_common_headers(path: &str, answer: &Answer) -> Result<()> {
    has(path, answer, "x-content-type-options", "nosniff")?;
    has(path, answer, "referrer-policy", "no-referrer")?;
    has(path, answer, "cross-origin-opener-policy", "same-origin")?;
    ensure!(answer.header("permissions-policy").contains("camera=()"), "{path} has no Permissions-Policy");
    ensure!(answer.header("content-security-policy").contains("default-src 'none'"), "{path} has no Content-Security-Policy");
    Ok(())
}

fn is_strict(path: &str, policy: &str, directives: &[&str]) -> Result<()> {
    for directive in directives.iter().copied().chain(["base-uri 'none'", "default-src 'none'"]) {
        ensure!(policy.contains(directive), "the policy of {path} lacks {directive}: {policy}");
    }
    for loose in ["'unsafe-inline'", "'unsafe-eval'", "*", "http:;", "data: blob:"] {
        ensure!(!policy.contains(loose), "the policy of {path} allows {loose}: {policy}");
    }
    Ok(())
}

fn has(path: &str, answer: &Answer, name: &str, value: &str) -> Result<()> {
    ensure!(answer.header(name) == value, "{path} has {name}: {}", answer.header(name));
    Ok(())
}

/// The first address in the page with this ending.
fn asset(page: &str, end: &str) -> Result<String> {
    let found = page.split('"').find(|text| text.starts_with('/') && text.ends_with(end));
    found.map(str::to_owned).with_context(|| format!("the page names no file that ends in {end}"))
}
