//! WebKitGTK: by WebKitWebDriver, on a display of its own. Beyond the standard there is nothing: no script before a document, no console.

use super::{Wish, display::Display, driver::Driver};
use crate::setup::ThirdPartyCookies;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::process::Command;
use xtask::engines::is_root;

/// The driver, and the display for its browser unless somebody wants to look at it.
pub(super) fn driver(wish: &Wish<'_>) -> Result<(Driver, Option<Display>)> {
    let server = wish.programs.display.as_deref().context("WebKit needs a display")?;
    let display = if wish.headed { None } else { Some(Display::open(server)?) };
    let command = || {
        let mut command = Command::new(&wish.programs.driver);
        if let Some(display) = &display {
            command.env("DISPLAY", display.name()).env("GDK_BACKEND", "x11");
        }
        // It takes the person's languages from the locale, and a machine has few: English is everywhere.
        command.env("LANGUAGE", "en").env("LC_ALL", "C.UTF-8");
        if is_root() {
            command.env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1");
        }
        command
    };
    let driver = Driver::start(command, |port| vec![format!("--port={port}")])?;
    Ok((driver, display))
}

pub(super) fn capabilities(wish: &Wish<'_>) -> Value {
    let arguments = match wish.third_party_cookies {
        ThirdPartyCookies::Allowed => ["--automation", "--cookies-policy=always"],
        ThirdPartyCookies::Blocked => ["--automation", "--enable-itp"],
    };
    json!({
        // The driver sometimes misses that a page has loaded, and waits for it for five minutes: we wait ourselves.
        "pageLoadStrategy": "none",
        "webkitgtk:browserOptions": { "binary": wish.programs.browser, "args": arguments },
    })
}
