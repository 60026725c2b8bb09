//! The page of an app.

use crate::{
    apps::{ACCOUNT, App, NAME, Ports},
    chromium::Chromium,
};
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long a name may take to appear.
const PATIENCE: Duration = Duration::from_secs(20);

/// The pauses before the first look at a page and before each other one. A look takes a little of the page's time, so most pages are left alone until
/// they are ready.
const PAUSES: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(100)];

/// A page.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    browser: &'a Chromium,
    session: String,
}

/// What a document says about itself.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// When it began: milliseconds since 1970.
    pub(crate) began: f64,
    /// When the name stood there: milliseconds since it began.
    pub(crate) named: Option<f64>,
    /// `navigate` or `reload`.
    kind: String,
    /// The address, without query and fragment.
    address: String,
    is_visible: bool,
}

impl<'a> Page<'a> {
    /// The one that a browser opens with, empty.
    pub(crate) async fn first(browser: &'a Chromium) -> Result<Self> {
        let known = browser.command(None, "Target.getTargets", json!({})).await?;
        let target = known["targetInfos"].as_array().into_iter().flatten().find(|target| target["type"] == "page");
        let wish = json!({ "targetId": target.context("a browser without a page")?["targetId"], "flatten": true });
        let attached = browser.command(None, "Target.attachToTarget", wish).await?;
        let session = attached["sessionId"].as_str().context("a page without a session")?.to_owned();
        let page = Self { browser, session };
        // Without it no script runs before a document.
        page.command("Page.enable", json!({})).await?;
        let probe = format!("{{ const NAME = {}; {} }}", Value::from(NAME), include_str!("probe.js"));
        page.command("Page.addScriptToEvaluateOnNewDocument", json!({ "source": probe })).await?;
        Ok(page)
    }

    /// A command to the page.
    pub(crate) async fn command(&self, method: &str, parameters: Value) -> Result<Value> {
        self.browser.command(Some(&self.session), method, parameters).await
    }

    /// What an expression comes to.
    pub(crate) async fn evaluate(&self, expression: &str) -> Result<Value> {
        let answer = self.command("Runtime.evaluate", json!({ "expression": expression, "returnByValue": true })).await?;
        if let Some(why) = answer.get("exceptionDetails") {
            bail!("{}", why["exception"]["description"].as_str().unwrap_or("a script failed"));
        }
        Ok(answer["result"]["value"].clone())
    }

    /// Goes to an address.
    pub(crate) async fn go(&self, address: &str) -> Result<()> {
        self.command("Page.navigate", json!({ "url": address })).await.map(drop)
    }

    /// Opens the account page of an app for the first time, and waits until the person is signed in: the provider asks nothing.
    pub(crate) async fn sign_in(&self, app: &App, ports: Ports) -> Result<()> {
        let account = format!("{}{ACCOUNT}", ports.origin(app));
        self.go(&account).await?;
        self.until(|seen| seen.address == account && seen.named.is_some())
            .await
            .with_context(|| format!("{} did not sign in", app.name))?;
        Ok(())
    }

    /// Empties the browser's cache.
    pub(crate) async fn forget_cache(&self) -> Result<()> {
        self.command("Network.clearBrowserCache", json!({})).await.map(drop)
    }

    /// Reloads, and waits until the name stands in the document that came of it, and in no other: an app that leaves for the provider and comes
    /// back has not kept the person signed in, whatever stands there in the end.
    pub(crate) async fn reload(&self) -> Result<Seen> {
        let before = self.seen().await?.began;
        self.command("Page.reload", json!({})).await?;
        let seen = self.until(|seen| seen.began > before && seen.named.is_some()).await?;
        ensure!(seen.kind == "reload", "the name stands in another document than the one that was reloaded ({})", seen.kind);
        ensure!(seen.is_visible, "the page counts as hidden, and apps do less in such a one");
        Ok(seen)
    }

    async fn seen(&self) -> Result<Seen> {
        let said = self
            .evaluate(
                "[performance.timeOrigin, window.benchNamedAt ?? null, performance.getEntriesByType('navigation')[0]?.type ?? '', \
                 location.origin + location.pathname, document.visibilityState === 'visible']",
            )
            .await?;
        Ok(Seen {
            began: said[0].as_f64().context("a document without a beginning")?,
            named: said[1].as_f64(),
            kind: said[2].as_str().unwrap_or_default().to_owned(),
            address: said[3].as_str().unwrap_or_default().to_owned(),
            is_visible: said[4] == true,
        })
    }

    async fn until(&self, holds: impl Fn(&Seen) -> bool) -> Result<Seen> {
        let end = Instant::now() + PATIENCE;
        let mut pauses = PAUSES.into_iter().chain(std::iter::repeat(PAUSES[1]));
        loop {
            sleep(pauses.next().unwrap_or_default()).await;
            // Between two documents there is nobody to ask.
            match self.seen().await {
                Ok(seen) if holds(&seen) => return Ok(seen),
                _ if Instant::now() < end => {}
                seen => bail!("no name within {} s. Seen: {seen:?}. The page: {}", PATIENCE.as_secs(), self.text().await),
            }
        }
    }

    async fn text(&self) -> String {
        let said = self.evaluate("location.href.split('?')[0] + ' ' + document.body.innerText").await;
        said.map_or_else(|why| format!("{why:#}"), |text| text.as_str().unwrap_or_default().to_owned())
    }
}
