//! `cargo xtask validation`: how long it takes to validate an ID token in the browser, beside the `jose` library on the same token.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::sync::mpsc::{Sender, channel};
use tokio::time::timeout;

use crate::engines::{Engine, chromium};
use crate::ports;
use crate::process::{quietly, say};
use crate::tools::{self, WASM};
use crate::wasm;
use crate::workspace::Workspace;

/// A browser that has not come to an end by now never will: five minutes.
const PATIENCE: Duration = Duration::from_secs(300);

/// What the page may report: a few thousand numbers.
const LARGEST_REPORT: usize = 1 << 22;

/// Builds both sides, has a browser measure them, and prints what came of it.
pub async fn command() -> Result<()> {
    let workspace = Workspace::find()?;
    let site = site(&workspace)?;
    let listener = ports::listen(0)?.remove(0);
    let address = format!("http://{}/", listener.local_addr()?);
    listener.set_nonblocking(true)?;
    let (report, mut reports) = channel(1);
    let app = router(site, report);
    let server = tokio::spawn(async move { axum::serve(tokio::net::TcpListener::from_std(listener)?, app).await });

    say("Measuring in Chromium …");
    let profile = workspace.scratch("validation/profile");
    let mut browser = tokio::process::Command::new(Engine::Chromium.programs()?.browser)
        .args(chromium::arguments())
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("Chromium did not start.")?;
    let reported = timeout(PATIENCE, reports.recv()).await;
    browser.kill().await?;
    server.abort();
    let text = reported.context("The page reported nothing within five minutes.")?.context("The server ended early.")?;
    print!("{}", table(&serde_json::from_str(&text)?)?);
    Ok(())
}

/// The folder that is served: the page, hushkey's side as it ships, and jose as it comes.
fn site(workspace: &Workspace) -> Result<PathBuf> {
    tools::wasm_target(workspace)?;
    let build = ["build", "--quiet", "--release", "--locked", "--target", WASM, "--package", "hushkey", "--no-default-features"];
    let mut cargo = Command::new("cargo");
    cargo.args(build).args(["--features", "validation", "--example", "validation"]).current_dir(workspace.root());
    quietly(&mut cargo, "Building hushkey's side (the first time takes a few minutes)")?;
    let folder = workspace.scratch("validation");
    fs::create_dir_all(&folder)?;
    // Under the name of the app, so that it is made fit for the browser as the app is.
    let module = folder.join("hushkey.wasm");
    fs::copy(workspace.target().join(WASM).join("release/examples/validation.wasm"), &module)?;
    let site = folder.join("site");
    wasm::bind(workspace, &module, &site)?;
    fs::write(site.join("index.html"), r#"<!doctype html><script type="module" src="/page.js"></script>"#)?;
    fs::copy(workspace.at("xtask/validation/page.js"), site.join("page.js"))?;
    copy_all(&tools::validation_packages(workspace)?.join("node_modules/jose/dist/webapi"), &site.join("jose"))?;
    Ok(site)
}

fn copy_all(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("{} is missing.", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_all(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn router(site: PathBuf, report: Sender<String>) -> Router {
    let site = Arc::new(site);
    Router::new().fallback(move |request: Request| {
        let (site, report) = (Arc::clone(&site), report.clone());
        async move {
            let path = request.uri().path().trim_start_matches('/').to_owned();
            if path == "result" {
                let body = to_bytes(request.into_body(), LARGEST_REPORT).await.unwrap_or_default();
                let heard = report.send(String::from_utf8_lossy(&body).into_owned()).await;
                return if heard.is_ok() { StatusCode::NO_CONTENT } else { StatusCode::GONE }.into_response();
            }
            file(&site, if path.is_empty() { "index.html" } else { &path })
        }
    })
}

/// A file of the site. With these headers a page may read a clock of five microseconds instead of a hundred.
fn file(site: &Path, path: &str) -> Response {
    let kind = match path.rsplit('.').next() {
        Some("js") => "text/javascript",
        Some("wasm") => "application/wasm",
        _ => "text/html",
    };
    let isolated = [
        (header::CONTENT_TYPE, kind),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
    ];
    match fs::read(site.join(path)) {
        Ok(bytes) if !path.contains("..") => (isolated, bytes).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The medians of the blocks, in microseconds for one validation.
fn table(report: &Value) -> Result<String> {
    if let Some(error) = report["error"].as_str() {
        bail!("The page failed: {error}");
    }
    let mut text = format!("\n  {}\n", report["browser"].as_str().unwrap_or_default());
    text += &format!("  {:<8}{:>8}{:>14}{:>14}{:>8}{:>22}\n", "", "each", "hushkey", "jose", "ratio", "response to session");
    for row in report["rows"].as_array().context("no rows")? {
        let (hushkey, jose, session) = (median(&row["hushkey"])?, median(&row["jose"])?, median(&row["session"])?);
        let (name, count, ratio) = (row["algorithm"].as_str().unwrap_or_default(), &row["validations"], hushkey / jose);
        text += &format!("  {name:<8}{count:>8}{hushkey:>11.1} µs{jose:>11.1} µs{ratio:>8.2}{session:>19.1} µs\n");
    }
    Ok(text)
}

fn median(times: &Value) -> Result<f64> {
    let mut times: Vec<f64> = serde_json::from_value(times.clone())?;
    times.sort_by(f64::total_cmp);
    let middle = times.get(times.len() / 2).ok_or_else(|| anyhow!("nothing was measured"))?;
    Ok(middle * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn medians_are_of_the_middle_and_in_microseconds() -> Result<()> {
        let report = json!({ "browser": "B", "rows": [{ "algorithm": "RS256", "validations": 3, "hushkey": [9.0, 0.1, 0.2], "jose": [0.4, 0.4, 9.0], "session": [0.3] }] });
        let table = table(&report)?;
        assert!(["200.0 µs", "400.0 µs", "0.50", "300.0 µs"].iter().all(|figure| table.contains(figure)), "{table}");
        Ok(())
    }

    #[test]
    fn a_page_that_failed_is_no_result() {
        assert!(table(&json!({ "error": "no session" })).is_err());
        assert!(table(&json!({ "rows": [{ "algorithm": "RS256", "hushkey": [], "jose": [], "session": [] }] })).is_err());
    }
}
