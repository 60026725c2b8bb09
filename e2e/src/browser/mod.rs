//! The browser, as far as the suite works it: addresses, tabs, keys, scripts, the console.
//!
//! What the WebDriver standard has is the same in all engines and stands here. Each engine has a file for the rest: its driver, how it is
//! asked for a browser, and what it can do beyond the standard.

mod bidi;
mod chromium;
mod display;
mod driver;
mod firefox;
mod silence;
mod webkit;

use crate::{
    console::Entry,
    setup::ThirdPartyCookies,
    wait::{until, yes},
};
use anyhow::{Context, Result, anyhow, bail};
use bidi::Bidi;
use display::Display;
use driver::Driver;
use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource, KeyAction, KeyActions},
    key::Key,
    wd::WindowHandle,
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::Value;
use silence::Listener;
use std::{error::Error, path::PathBuf};
use xtask::engines::{Engine, Programs};

pub(crate) use silence::Silence;

/// Runs in every new document before the page does, where an engine can do that.
const WATCH: &str = include_str!("watch.js");

/// What a browser is to be like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish<'a> {
    pub(crate) engine: Engine,
    pub(crate) programs: &'a Programs,
    /// Whether somebody wants to look at it.
    pub(crate) headed: bool,
    pub(crate) third_party_cookies: ThirdPartyCookies,
    /// The key of the one certificate that is trusted without anybody's signature.
    pub(crate) pin: Option<&'a str>,
    /// As `Accept-Language` names them.
    pub(crate) languages: &'a str,
}

/// A browser with an empty profile.
#[derive(Debug)]
pub(crate) struct Browser {
    client: Client,
    listener: Listener,
    beyond: Beyond,
    driver: Driver,
    // After the driver: a browser ends badly without its display.
    _display: Option<Display>,
}

/// How to get at what lies beyond the WebDriver standard.
#[derive(Debug)]
enum Beyond {
    Devtools,
    Bidi(Bidi),
    Nothing,
}

impl Browser {
    /// Opens one.
    pub(crate) async fn open(wish: Wish<'_>) -> Result<Self> {
        let (driver, display, capabilities) = match wish.engine {
            Engine::Chromium => (chromium::driver(&wish)?, None, chromium::capabilities(&wish)),
            Engine::Firefox => (firefox::driver(&wish)?, None, firefox::capabilities(&wish)),
            Engine::WebKit => {
                let (driver, display) = webkit::driver(&wish)?;
                (driver, display, webkit::capabilities(&wish))
            }
        };
        let Value::Object(capabilities) = capabilities else { return Err(anyhow!("capabilities are an object")) };
        let listener = Listener::default();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = listener.hear(silence::LIMIT, builder.capabilities(capabilities).connect(&driver.address())).await;
        let client = client.context("the browser did not start")?;
        driver.note(client.session_id().await?);
        listener.hear(silence::LIMIT, client.set_window_size(1280, 900)).await?;
        let beyond = match wish.engine {
            Engine::Chromium => Beyond::Devtools,
            Engine::Firefox => Beyond::Bidi(firefox::connect(&client).await?),
            Engine::WebKit => Beyond::Nothing,
        };
        let browser = Self { client, listener, beyond, driver, _display: display };
        if browser.can_watch() {
            browser.before_every_document(WATCH).await?;
        }
        Ok(browser)
    }

    /// Closes it with all its tabs.
    pub(crate) async fn close(self) -> Result<()> {
        self.client.close().await?;
        self.driver.note(None);
        Ok(())
    }

    /// Whether the driver has left a command unanswered.
    pub(crate) fn is_silent(&self) -> bool {
        self.listener.is_alone()
    }

    /// Waits for the answer to a command.
    async fn ask<T, E: Error + Send + Sync + 'static>(&self, answer: impl Future<Output = Result<T, E>>) -> Result<T> {
        self.listener.hear(silence::LIMIT, answer).await
    }

    /// Makes the window of this size.
    pub(crate) async fn resize(&self, width: u32, height: u32) -> Result<()> {
        self.ask(self.client.set_window_size(width, height)).await
    }

    // ---------------------------------------------------------------------------------------------------- Beyond the standard

    /// Whether a script can run before a document does, and so keep what was on a page for a moment.
    pub(crate) fn can_watch(&self) -> bool {
        !matches!(self.beyond, Beyond::Nothing)
    }

    /// Whether the console can be read.
    pub(crate) fn tells_console(&self) -> bool {
        !matches!(self.beyond, Beyond::Nothing)
    }

    /// Whether the console tells of a text that Trusted Types did not let become elements: Firefox refuses it without a word.
    pub(crate) fn tells_of_refused_texts(&self) -> bool {
        matches!(self.beyond, Beyond::Devtools)
    }

    /// Lets a script run before every document from now on, at least in this tab.
    pub(crate) async fn before_every_document(&self, script: &str) -> Result<()> {
        match &self.beyond {
            Beyond::Devtools => chromium::before_every_document(&self.client, script).await,
            Beyond::Bidi(bidi) => bidi.before_every_document(script).await,
            Beyond::Nothing => bail!("this engine runs no script before a document"),
        }
    }

    /// The folder in which this browser keeps what it keeps.
    pub(crate) fn profile(&self) -> Result<PathBuf> {
        let place = self.client.capabilities().and_then(|all| all.get("chrome")?.get("userDataDir")?.as_str());
        place.map(PathBuf::from).context("this engine does not say where its profile is")
    }

    /// The port of the DevTools protocol, for a tool that works the same browser.
    pub(crate) fn devtools_port(&self) -> Result<u16> {
        let address = self.client.capabilities().and_then(|all| all.get("goog:chromeOptions")?.get("debuggerAddress")?.as_str());
        let port = address.and_then(|address| address.rsplit(':').next()?.parse().ok());
        port.context("this engine has no port for the DevTools protocol")
    }

    /// What the console has said since it was last asked, in all tabs; nothing if this engine does not tell.
    pub(crate) async fn console(&self) -> Result<Option<Vec<Entry>>> {
        match &self.beyond {
            Beyond::Devtools => chromium::console(&self.client).await.map(Some),
            Beyond::Bidi(bidi) => bidi.console().await.map(Some),
            Beyond::Nothing => Ok(None),
        }
    }

    /// A command of the DevTools protocol, for pictures: they are taken in Chromium.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        match &self.beyond {
            Beyond::Devtools => chromium::devtools(&self.client, command, parameters).await,
            Beyond::Bidi(_) | Beyond::Nothing => bail!("this engine does not speak the DevTools protocol"),
        }
    }

    // ------------------------------------------------------------------------------------------------------------- Addresses

    pub(crate) async fn go_to(&self, address: &str) -> Result<()> {
        self.leaves(async || self.ask(self.client.goto(address)).await).await
    }

    pub(crate) async fn address(&self) -> Result<String> {
        self.text_of("return location.href").await
    }

    pub(crate) async fn reload(&self) -> Result<()> {
        self.leaves(async || self.ask(self.client.refresh()).await).await
    }

    /// Goes back, perhaps within the same document.
    pub(crate) async fn back(&self) -> Result<()> {
        self.ask(self.client.back()).await
    }

    /// Waits until this document has made way for another one, with an engine that does not wait itself.
    async fn leaves(&self, go: impl AsyncFnOnce() -> Result<()>) -> Result<()> {
        if !matches!(self.beyond, Beyond::Nothing) {
            return go().await;
        }
        self.script("window.e2eOld = true", Vec::new()).await?;
        go().await?;
        until("the new document", async || {
            Ok(yes(self.script("return !window.e2eOld && document.readyState !== 'loading'", Vec::new()).await? == true))
        })
        .await
    }

    // ------------------------------------------------------------------------------------------------------------------ Tabs

    pub(crate) async fn tab(&self) -> Result<WindowHandle> {
        self.ask(self.client.window()).await
    }

    pub(crate) async fn tabs(&self) -> Result<Vec<WindowHandle>> {
        self.ask(self.client.windows()).await
    }

    /// Opens another tab and goes there.
    pub(crate) async fn open_tab(&self) -> Result<()> {
        // In WebKit a window of its own: a tab would stay hidden behind the first, whichever is worked, and hidden pages rest.
        let tab = self.ask(self.client.new_window(!matches!(self.beyond, Beyond::Nothing))).await?.handle;
        self.switch_to(tab).await?;
        match self.beyond {
            // Its scripts belong to one tab.
            Beyond::Devtools => self.before_every_document(WATCH).await,
            Beyond::Bidi(_) | Beyond::Nothing => Ok(()),
        }
    }

    pub(crate) async fn switch_to(&self, tab: WindowHandle) -> Result<()> {
        self.ask(self.client.switch_to_window(tab)).await
    }

    /// Goes into the first frame of the page.
    pub(crate) async fn enter_frame(&self) -> Result<()> {
        self.ask(self.client.enter_frame(0)).await
    }

    /// Goes back to the page that the frame is in.
    pub(crate) async fn leave_frame(&self) -> Result<()> {
        self.ask(self.client.enter_parent_frame()).await
    }

    // -------------------------------------------------------------------------------------------------------- Hands and eyes

    /// Clicks the first element of a selector.
    pub(crate) async fn click(&self, selector: &str) -> Result<()> {
        self.ask(async { self.client.find(Locator::Css(selector)).await?.click().await }).await
    }

    /// Clicks the first button or link of this name.
    pub(crate) async fn click_named(&self, name: &str) -> Result<()> {
        let path = format!("//*[self::a or self::button][normalize-space()='{name}']");
        self.ask(async { self.client.find(Locator::XPath(&path)).await?.click().await }).await
    }

    pub(crate) async fn press(&self, key: Key) -> Result<()> {
        let value = char::from(key);
        let keys = KeyActions::new("keyboard".to_owned()).then(KeyAction::Down { value }).then(KeyAction::Up { value });
        self.ask(self.client.perform_actions(keys)).await
    }

    pub(crate) async fn press_with_shift(&self, key: Key) -> Result<()> {
        let (shift, value) = (char::from(Key::Shift), char::from(key));
        let keys = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: shift })
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value })
            .then(KeyAction::Up { value: shift });
        self.ask(self.client.perform_actions(keys)).await
    }

    pub(crate) async fn title(&self) -> Result<String> {
        self.ask(self.client.title()).await
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
        self.ask(self.client.source()).await
    }

    pub(crate) async fn screenshot(&self) -> Result<Vec<u8>> {
        self.ask(self.client.screenshot()).await
    }

    // --------------------------------------------------------------------------------------------------------------- Scripts

    pub(crate) async fn script(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        self.ask(self.client.execute(script, arguments)).await
    }

    /// A script that calls its last argument when it is done.
    pub(crate) async fn script_with_callback(&self, script: &str) -> Result<Value> {
        self.ask(self.client.execute_async(script, Vec::new())).await
    }

    /// A script that returns a text.
    pub(crate) async fn text_of(&self, script: &str) -> Result<String> {
        self.script(script, Vec::new()).await.map(as_text)
    }
}

fn as_text(value: Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
