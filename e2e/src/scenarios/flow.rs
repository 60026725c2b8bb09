//! The page that tells how the sign-in has gone.

use crate::{
    wait::{until, yes},
    world::World,
};
use anyhow::{Result, ensure};
use serde_json::json;

const LINK: &str = "How this sign-in works";

/// The titles of the lines, from the top.
const TITLES: &str = "return [...document.querySelectorAll('.flow-title strong')].map((title) => title.textContent)";

impl World {
    async fn opens_flow(&self) -> Result<()> {
        self.presses(LINK).await?;
        self.sees_heading(LINK).await?;
        self.is_at("/flow").await
    }

    /// Waits for these lines in this order, with any others between them.
    async fn sees_lines(&self, wanted: &[&str]) -> Result<()> {
        until(&format!("these lines in order: {wanted:?}"), async || {
            let titles = self.browser.script(TITLES, Vec::new()).await?;
            let titles: Vec<&str> = titles.as_array().into_iter().flatten().filter_map(|title| title.as_str()).collect();
            let mut rest = titles.iter();
            Ok(yes(wanted.iter().all(|title| rest.any(|found| found == title))))
        })
        .await
    }

    /// What the button puts into the clipboard, or, where the browser does not let it, below it.
    async fn copies_report(&self) -> Result<String> {
        self.presses("Copy report").await?;
        let status = || self.browser.text_at(".flow-tools [role=status]");
        until("the report to be copied", async || Ok(yes(!status().await?.is_empty()))).await?;
        if status().await?.starts_with("Copied.") && self.browser.can_watch() {
            let read = "const done = arguments[arguments.length - 1]; navigator.clipboard.readText().then(done, () => done(''))";
            if let Some(text) = self.browser.script_with_callback(read).await?.as_str().filter(|text| !text.is_empty()) {
                return Ok(text.to_owned());
            }
        }
        self.browser.text_at(".flow-report").await
    }
}

const SIGNED_IN: [&str; 4] = ["token request", "token response", "signatures and claims checked", "somebody is signed in"];

pub(super) async fn tells_the_walk(world: &World) -> Result<()> {
    world.signs_in().await?;
    world.opens_flow().await?;
    world.sees_lines(&[&["authorization response, by redirect"], &SIGNED_IN[..]].concat()).await?;

    world.browser.reload().await?;
    let restore = ["opens the hidden frame", "authorization request", "authorization response, from the relay page"];
    world.sees_lines(&[&restore[..], &SIGNED_IN[..]].concat()).await?;
    let early = world.browser.text_of("return String(document.querySelectorAll('.flow-early').length)").await?;
    ensure!(early != "0", "the head start is not among the lines");

    world.presses("API").await?;
    world.sees_api_answer().await?;
    world.presses("Account").await?;
    world.presses("Renew now").await?;
    world.sees("Renewed. You have a new access token.").await?;
    world.opens_flow().await?;
    let since =
        ["API call", "API answer", "a new access token is wanted now", "a renewal begins", "token request", "the session is renewed"];
    world.sees_lines(&[&restore[..], &SIGNED_IN[..], &since[..]].concat()).await?;
    world.sees("ID token: signature, iss, aud").await?;
    let faults = world.faults_of_page().await?;
    ensure!(faults.is_empty(), "{}", faults.join("; "));

    if world.browser.can_watch() {
        // Where it can be said, a page of this test may read what it has written.
        let allowed = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        let _ = world.browser.devtools("Browser.grantPermissions", allowed).await;
    }
    let report = world.copies_report().await?;
    let secrets = world.secrets().in_text(&report);
    ensure!(secrets.is_empty(), "the report holds a secret: {}", secrets.join(", "));
    if report.is_empty() {
        world.note("the report was copied, but this engine does not let a test read the clipboard");
    } else {
        for part in ["hushkey: ", "issuer: localhost", "token request", "checked ID token: signature", "the session is renewed"] {
            ensure!(report.contains(part), "the report does not say {part}: {report}");
        }
        for private in ["Alice", "alice@", "usr_", "ses_", "org_"] {
            ensure!(!report.contains(private), "the report says {private}");
        }
    }

    world.presses("Sign out").await?;
    world.sees_heading("You are signed out.").await?;
    world.opens_flow().await?;
    world.sees_lines(&["back after the sign-out", "nobody is signed in"]).await?;
    world.sees("sign-out: state").await
}
