//! The browser, as far as the suite works it: addresses, tabs, keys, scripts, the console.

mod commands;
mod driver;

pub(crate) use driver::Driver;

use crate::console::Entry;
use anyhow::{Context, Result, anyhow};
use commands::Own;
use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource, KeyAction, KeyActions},
    key::Key,
    wd::WindowHandle,
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::path::Path;

/// Runs in every new document before the page does.
const WATCH: &str = include_str!("watch.js");

/// What the browser does by itself, and would otherwise do in the middle of a scenario.
const QUIET: [&str; 6] = [
    "--disable-quic", "--no-first-run", "--no-default-browser-check", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
];

/// A browser with an empty profile.
#[derive(Debug)]
pub(crate) struct Browser {
    client: Client,
}

impl Browser {
    /// Opens one.
    pub(crate) async fn open(driver: &Driver, program: &Path, headed: bool) -> Result<Self> {
        let given = xtask::suite::Browser::arguments();
        let mut arguments: Vec<&str> = given.into_iter().filter(|argument| !(headed && argument.starts_with("--headless"))).collect();
        arguments.extend(QUIET);
        arguments.push("--window-size=1280,900");
        let capabilities = json!({
            "browserName": "chrome",
            // The page is there when its document is: frames have no end of their own to be waited for.
            "pageLoadStrategy": "eager",
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": { "binary": program, "args": arguments },
        });
        let Value::Object(capabilities) = capabilities else { return Err(anyhow!("capabilities are an object")) };
        let client = ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&driver.address()).await;
        let browser = Self { client: client.context("the browser did not start")? };
        browser.before_every_document(WATCH).await?;
        Ok(browser)
    }

    /// Closes it with all its tabs.
    pub(crate) async fn close(self) -> Result<()> {
        Ok(self.client.close().await?)
    }

    // ------------------------------------------------------------------------------------------------------------- Addresses

    pub(crate) async fn go_to(&self, address: &str) -> Result<()> {
        Ok(self.client.goto(address).await?)
    }

    pub(crate) async fn address(&self) -> Result<String> {
        self.text_of("return location.href").await
    }

    pub(crate) async fn reload(&self) -> Result<()> {
        Ok(self.client.refresh().await?)
    }

    pub(crate) async fn back(&self) -> Result<()> {
        Ok(self.client.back().await?)
    }

    // ------------------------------------------------------------------------------------------------------------------ Tabs

    pub(crate) async fn tab(&self) -> Result<WindowHandle> {
        Ok(self.client.window().await?)
    }

    pub(crate) async fn tabs(&self) -> Result<Vec<WindowHandle>> {
        Ok(self.client.windows().await?)
    }

    /// Opens another tab and goes there.
    pub(crate) async fn open_tab(&self) -> Result<()> {
        let tab = self.client.new_window(true).await?.handle;
        self.switch_to(tab).await?;
        self.before_every_document(WATCH).await
    }

    pub(crate) async fn switch_to(&self, tab: WindowHandle) -> Result<()> {
        Ok(self.client.switch_to_window(tab).await?)
    }

    /// Goes into the first frame of the page.
    pub(crate) async fn enter_frame(&self) -> Result<()> {
        Ok(self.client.enter_frame(0).await?)
    }

    /// Goes back to the page that the frame is in.
    pub(crate) async fn leave_frame(&self) -> Result<()> {
        Ok(self.client.enter_parent_frame().await?)
    }

    // -------------------------------------------------------------------------------------------------------- Hands and eyes

    /// Clicks the first element of a selector.
    pub(crate) async fn click(&self, selector: &str) -> Result<()> {
        Ok(self.client.find(Locator::Css(selector)).await?.click().await?)
    }

    /// Clicks the first button or link of this name.
    pub(crate) async fn click_named(&self, name: &str) -> Result<()> {
        let path = format!("//*[self::a or self::button][normalize-space()='{name}']");
        Ok(self.client.find(Locator::XPath(&path)).await?.click().await?)
    }

    pub(crate) async fn press(&self, key: Key) -> Result<()> {
        let value = char::from(key);
        let keys = KeyActions::new("keyboard".to_owned()).then(KeyAction::Down { value }).then(KeyAction::Up { value });
        Ok(self.client.perform_actions(keys).await?)
    }

    pub(crate) async fn title(&self) -> Result<String> {
        Ok(self.client.title().await?)
    }

    /// The text that can be seen.
    pub(crate) async fn text(&self) -> Result<String> {
        self.text_of("return document.body?.innerText ?? ''").await
    }

    /// The text of the first element of a selector; empty if there is none.
    pub(crate) async fn text_at(&self, selector: &str) -> Result<String> {
        let script = "return document.querySelector(arguments[0])?.innerText?.trim() ?? ''";
        Ok(as_text(self.script(script, vec![selector.into()]).await?))
    }

    pub(crate) async fn source(&self) -> Result<String> {
        Ok(self.client.source().await?)
    }

    pub(crate) async fn screenshot(&self) -> Result<Vec<u8>> {
        Ok(self.client.screenshot().await?)
    }

    // --------------------------------------------------------------------------------------------------------------- Scripts

    pub(crate) async fn script(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.client.execute(script, arguments).await?)
    }

    /// A script that calls its last argument when it is done.
    pub(crate) async fn script_with_callback(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute_async(script, Vec::new()).await?)
    }

    /// A script that returns a text.
    pub(crate) async fn text_of(&self, script: &str) -> Result<String> {
        self.script(script, Vec::new()).await.map(as_text)
    }

    /// Lets a script run in this tab before every document from now on.
    pub(crate) async fn before_every_document(&self, script: &str) -> Result<()> {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await.map(drop)
    }

    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        Ok(self.client.issue_cmd(Own::devtools(command, &parameters)).await?)
    }

    /// What the console has said since it was last asked, in all tabs.
    pub(crate) async fn console(&self) -> Result<Vec<Entry>> {
        let entries = self.client.issue_cmd(Own::console()).await?;
        Ok(entries.as_array().into_iter().flatten().map(Entry::from_json).collect())
    }
}

fn as_text(value: Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
