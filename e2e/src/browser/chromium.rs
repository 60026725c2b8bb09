//! Chromium: by chromedriver, and beyond the standard by the DevTools protocol through it.

use super::{Wish, driver::Driver};
use crate::{console::Entry, setup::ThirdPartyCookies};
use anyhow::Result;
use fantoccini::{Client, wd::WebDriverCompatibleCommand};
use http::Method;
use serde_json::{Value, json};
use std::process::Command;
use url::{ParseError, Url};
use xtask::engines::chromium;

/// What the browser does by itself, and would otherwise do in the middle of a scenario.
const QUIET: [&str; 6] = [
    "--disable-quic", "--no-first-run", "--no-default-browser-check", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
];

pub(super) fn driver(wish: &Wish<'_>) -> Result<Driver> {
    Driver::start(|| Command::new(&wish.programs.driver), |port| vec![format!("--port={port}"), "--log-level=SEVERE".to_owned()])
}

pub(super) fn capabilities(wish: &Wish<'_>) -> Value {
    let given = chromium::arguments();
    let wanted = given.into_iter().filter(|argument| !(wish.headed && argument.starts_with("--headless")));
    let mut arguments: Vec<String> = wanted.chain(QUIET).chain(["--window-size=1280,900"]).map(str::to_owned).collect();
    arguments.extend(wish.pin.map(|pin| format!("--ignore-certificate-errors-spki-list={pin}")));
    let is_blocked = wish.third_party_cookies == ThirdPartyCookies::Blocked;
    let preferences = json!({
        "profile.block_third_party_cookies": is_blocked,
        "profile.cookie_controls_mode": u8::from(is_blocked),
        "intl.accept_languages": wish.languages,
    });
    json!({
        "browserName": "chrome",
        // The page is there when its document is: frames have no end of their own to be waited for.
        "pageLoadStrategy": "eager",
        "goog:loggingPrefs": { "browser": "ALL" },
        "goog:chromeOptions": { "binary": wish.programs.browser, "args": arguments, "prefs": preferences },
    })
}

/// Lets a script run in this tab before every document from now on.
pub(super) async fn before_every_document(client: &Client, script: &str) -> Result<()> {
    devtools(client, "Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await.map(drop)
}

/// A command of the DevTools protocol.
pub(super) async fn devtools(client: &Client, command: &str, parameters: Value) -> Result<Value> {
    Ok(client.issue_cmd(Own { path: "goog/cdp/execute", body: json!({ "cmd": command, "params": parameters }) }).await?)
}

/// What the console has said since it was last asked, in all tabs.
pub(super) async fn console(client: &Client) -> Result<Vec<Entry>> {
    let entries = client.issue_cmd(Own { path: "se/log", body: json!({ "type": "browser" }) }).await?;
    Ok(entries.as_array().into_iter().flatten().map(Entry::from_chromedriver).collect())
}

/// A command to chromedriver's own endpoints below the session.
#[derive(Debug)]
struct Own {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Own {
    fn endpoint(&self, base_url: &Url, session_id: Option<&str>) -> Result<Url, ParseError> {
        base_url.join(&format!("session/{}/{}", session_id.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
