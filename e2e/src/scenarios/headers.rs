//! The headers of production, as a browser gets them, whoever serves the folder.

use crate::{http::Answer, world::World};
use anyhow::{Context, Result, ensure};

/// Where somebody may ask for the page.
const PAGES: [&str; 7] = ["/", "/index.html", "/account", "/callback?code=x&state=y", "/some/deep/link", "/some/deep/", "/people/a.b/c"];

/// What nobody is to get, and what is not there: neither is the page.
const MISSING: [&str; 10] = [
    "/hushkey-0000000000000000.js", "/hushkey-0000000000000000_bg.wasm", "/missing.html", "/some/deep/app.css", "/_headers", "/_redirects",
    "/_deep/link", "/index.html.br", "/index.html.gz", "/..%2f..%2fprovider.json",
];

pub(super) async fn of_every_kind(world: &World) -> Result<()> {
    let at = async |path: &str| {
        let answer = world.asks(path, "").await?;
        has_hsts_over_tls(world, path, &answer)?;
        anyhow::Ok(answer)
    };

    let page = at("/").await?;
    for path in PAGES {
        let answer = at(path).await?;
        ensure!(answer.status == 200 && answer.body == page.body, "{path} is not answered with the page");
        has_common_headers(path, &answer)?;
        is_strict(path, answer.header("content-security-policy"), &["frame-ancestors 'none'", "require-trusted-types-for 'script'"])?;
        has(path, &answer, "cache-control", "no-cache")?;
        has(path, &answer, "content-type", "text/html; charset=utf-8")?;
    }

    for name in ["/silent-refresh.html", "/silent-refresh", "/silent-refresh.html?code=x&state=y"] {
        let relay = at(name).await?;
        ensure!(relay.status == 200 && relay.text().contains("hushkey-relay"), "{name} is not answered with the relay page");
        has_common_headers(name, &relay)?;
        is_strict(name, relay.header("content-security-policy"), &["frame-ancestors 'self'", "script-src 'sha256-"])?;
        has(name, &relay, "x-frame-options", "SAMEORIGIN")?;
        has(name, &relay, "cache-control", "public, max-age=3600")?;
        has(name, &relay, "no-vary-search", "params")?;
        has(name, &relay, "content-type", "text/html; charset=utf-8")?;
    }

    for (end, kind) in [("_bg.wasm", "application/wasm"), (".js", "text/javascript; charset=utf-8"), (".css", "text/css; charset=utf-8")] {
        let path = asset(&page.text(), end)?;
        let answer = at(&path).await?;
        ensure!(answer.status == 200, "{path} is answered with {}", answer.status);
        has_common_headers(&path, &answer)?;
        has(&path, &answer, "content-type", kind)?;
        has(&path, &answer, "cache-control", "public, max-age=31536000, immutable")?;
        comes_compressed(world, &path, answer.body.len(), &answer).await?;
    }
    comes_compressed(world, "/account", page.body.len(), &page).await?;
    let worker = at("/service-worker.js").await?;
    has_common_headers("the service worker", &worker)?;
    has("the service worker", &worker, "cache-control", "no-cache")?;

    for path in MISSING {
        let answer = at(path).await?;
        ensure!(answer.status == 404, "{path} is answered with {}", answer.status);
        ensure!(!answer.text().contains("<html"), "{path} is answered with a page");
        has_common_headers(path, &answer)?;
        has(path, &answer, "cache-control", "no-store")?;
    }
    let posted = world.posts("/callback").await?;
    ensure!(posted.status == 405 && !posted.text().contains("hushkey"), "a POST is answered with {}", posted.status);

    // The page that has these headers works.
    world.opens("/some/deep/link").await?;
    world.sees_heading("There is no page here").await
}

/// It is promised over TLS, and nowhere else.
fn has_hsts_over_tls(world: &World, path: &str, answer: &Answer) -> Result<()> {
    has(path, answer, "strict-transport-security", if world.is_over_tls() { "max-age=63072000" } else { "" })
}

/// The compressed twin is sent to those who take it, as what it is, and under the same rules.
async fn comes_compressed(world: &World, path: &str, plain: usize, whole: &Answer) -> Result<()> {
    let encodings: &[&str] = if world.knows_brotli() { &["gzip", "br"] } else { &["gzip"] };
    for encoding in encodings {
        let answer = world.asks(path, encoding).await?;
        has(path, &answer, "content-encoding", encoding)?;
        ensure!(answer.body.len() < plain && answer.status == 200, "{path} is not smaller in {encoding}");
        ensure!(answer.header("vary").eq_ignore_ascii_case("accept-encoding"), "{path} is kept for everybody: {}", answer.header("vary"));
        for name in ["content-security-policy", "cache-control", "content-type", "cross-origin-opener-policy"] {
            has(path, &answer, name, whole.header(name))?;
        }
    }
    Ok(())
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
