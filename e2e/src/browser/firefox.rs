//! Firefox: by geckodriver, and beyond the standard by WebDriver BiDi.

use super::{Wish, bidi::Bidi, driver::Driver};
use crate::setup::ThirdPartyCookies;
use anyhow::{Context, Result};
use fantoccini::Client;
use serde_json::{Value, json};
use std::process::Command;

/// What becomes of cookies in frames of another site.
const COOKIES: &str = "network.cookie.cookieBehavior";

/// Firefox gives a site that somebody was just sent to, and back, its cookies for a while. Here that while is over.
const EXCEPTIONS: [&str; 3] = [
    "privacy.restrict3rdpartystorage.heuristic.navigation", "privacy.restrict3rdpartystorage.heuristic.recently_visited",
    "privacy.restrict3rdpartystorage.heuristic.redirect",
];

pub(super) fn driver(wish: &Wish<'_>) -> Result<Driver> {
    // With port 0 the browser itself chooses one for WebDriver BiDi; otherwise all would want the same.
    let arguments = |port: u16| vec!["--port".to_owned(), port.to_string(), "--websocket-port".to_owned(), "0".to_owned()];
    Driver::start(|| Command::new(&wish.programs.driver), arguments)
}

pub(super) fn capabilities(wish: &Wish<'_>) -> Value {
    let arguments: &[&str] = if wish.headed { &[] } else { &["-headless"] };
    let mut preferences = match wish.third_party_cookies {
        ThirdPartyCookies::Allowed => json!({ COOKIES: 0 }),
        // As people have it: kept apart by the site that the frame is in, so that a session is not found there.
        ThirdPartyCookies::Blocked => {
            let mut preferences = json!({ COOKIES: 5 });
            EXCEPTIONS.iter().for_each(|name| preferences[*name] = false.into());
            preferences
        }
    };
    preferences["intl.accept_languages"] = wish.languages.into();
    json!({
        "browserName": "firefox",
        // The page is there when its document is: frames have no end of their own to be waited for.
        "pageLoadStrategy": "eager",
        "webSocketUrl": true,
        "moz:firefoxOptions": { "binary": wish.programs.browser, "args": arguments, "prefs": preferences },
    })
}

/// Connects beside the session.
pub(super) async fn connect(client: &Client) -> Result<Bidi> {
    let address = client.capabilities().and_then(|capabilities| capabilities.get("webSocketUrl")).and_then(Value::as_str);
    Bidi::connect(address.context("Firefox gives no address for WebDriver BiDi")?).await
}
