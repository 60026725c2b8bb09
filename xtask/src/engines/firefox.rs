//! Firefox, and geckodriver from crates.io: Debian has no package of it.

use std::path::PathBuf;

use anyhow::Result;

use super::{Programs, named};
use crate::tools::{self, GECKODRIVER};

pub(super) const PACKAGES: &[&str] = &["firefox-esr"];

pub(super) const HINT: &str = "The tests in Firefox need Firefox. On Debian: sudo apt-get install firefox-esr. Elsewhere, install \
    it and name it in FIREFOX if it is not on the PATH. Its driver comes from crates.io; GECKODRIVER names another one.";

pub(super) fn find() -> Result<Option<Programs>> {
    let mac = PathBuf::from("/Applications/Firefox.app/Contents/MacOS/firefox");
    let browser = named("FIREFOX").or_else(|| tools::find(&["firefox-esr", "firefox"])).or_else(|| mac.is_file().then_some(mac));
    let Some(browser) = browser else { return Ok(None) };
    let driver = match named("GECKODRIVER") {
        Some(driver) => driver,
        None => GECKODRIVER.program("geckodriver")?,
    };
    Ok(Some(Programs { browser, driver, display: None }))
}
