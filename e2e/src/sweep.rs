//! The leak sweep: looks for the secrets of a world in every place of the browser that scripts can read and that the page's memory is not.

use crate::{browser::Browser, secrets::Secrets};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use xtask::config::LOCAL_CLIENT;

const COLLECT: &str = include_str!("sweep.js");

/// What a sweep of one page gave.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// What must not be.
    pub(crate) faults: Vec<String>,
    /// What browsers keep by themselves and no page can take away.
    pub(crate) notes: Vec<String>,
}

/// What a world may have that others may not. Secrets are looked for in it all the same, but for the verifier of a pending record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowed {
    /// The record of a sign-in under way.
    pub(crate) pending: bool,
    /// A service worker, and what it keeps.
    pub(crate) service_worker: bool,
    /// The times of the latest redirects.
    pub(crate) redirects: bool,
}

/// Sweeps the page that is open.
pub(crate) async fn sweep(browser: &Browser, secrets: &Secrets, allowed: Allowed) -> Result<Findings> {
    let collected = browser.script_with_callback(COLLECT).await?;
    if let Some(error) = collected["error"].as_str() {
        bail!("the sweep failed: {error}");
    }
    let places = collected["found"].as_object().context("the sweep brought nothing")?;
    let mut findings = Findings::default();
    for (place, text) in places {
        let text = text.as_str().unwrap_or_default();
        // A record of a sign-in under way holds its verifier: that is what it is for.
        let is_pending = allowed.pending && place.starts_with("sessionStorage[") && place.contains(":pending:");
        if !is_pending {
            findings.faults.extend(secrets.in_text(text).into_iter().map(|name| format!("{place} holds a secret ({name})")));
            let is_shell = allowed.service_worker && (place.starts_with("Cache hushkey-") || place == "service worker");
            let stranger = stranger(place, text).filter(|_| !(is_shell || allowed.redirects && is_redirects(place, text)));
            findings.faults.extend(stranger.map(|why| format!("{} {why}", secrets.redact(place))));
        }
    }
    let texts = |name: &str| collected[name].as_array().cloned().unwrap_or_default();
    for violation in texts("violations").iter().filter_map(Value::as_str) {
        findings.faults.push(format!("the policy was violated: {}", secrets.redact(violation)));
    }
    for entry in texts("measured").iter().filter_map(Value::as_str) {
        findings.notes.extend(
            secrets
                .in_text(entry)
                .into_iter()
                .map(|name| format!("the browser's own record of the load (performance) holds a used {name}")),
        );
    }
    Ok(findings)
}

/// Times, and nothing else.
fn is_redirects(place: &str, text: &str) -> bool {
    // What stands in a store is told with its key before it.
    let value = text.split_once(' ').map_or("", |(_, value)| value);
    let rest = value.replace("\"v\"", "").replace("\"redirects\"", "");
    place == format!("sessionStorage[hushkey:{LOCAL_CLIENT}:redirects]") && rest.chars().all(|c| c.is_ascii_digit() || "{}[]:,".contains(c))
}

/// What has no business to be there at all, secret or not.
fn stranger(place: &str, text: &str) -> Option<&'static str> {
    let hint = format!("localStorage[hushkey:{LOCAL_CLIENT}:hint]");
    let pending = format!("sessionStorage[hushkey:{LOCAL_CLIENT}:pending:");
    if place.starts_with(&pending) {
        return Some("is a record of a sign-in that is over");
    }
    let is_store = place.starts_with("localStorage[") || place.starts_with("sessionStorage[");
    let is_kept = is_store || ["IndexedDB ", "Cache ", "service worker"].iter().any(|start| place.starts_with(start));
    if is_kept && place != hint {
        return Some("should not be there");
    }
    if place == hint && text.len() > hint.len() + 96 {
        return Some("is longer than a hint");
    }
    (place.starts_with("global ") && text == "memory of the app").then_some("lets any script read the app's memory")
}
