//! Chromium and chromedriver, which must be of the same version.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::{Programs, is_root, named};
use crate::process::output;
use crate::tools;

pub(super) const PACKAGES: &[&str] = &["chromium", "chromium-driver"];

pub(super) const HINT: &str = "The browser tests need Chromium (or Chrome) and chromedriver of the same version. \
    On Debian and Ubuntu: sudo apt-get install chromium chromium-driver. Elsewhere, install \
    both and name them in CHROMIUM and CHROMEDRIVER if they are not on the PATH.";

/// The arguments for a browser that nobody looks at.
pub fn arguments() -> Vec<&'static str> {
    let mut arguments = vec!["--headless=new", "--disable-gpu", "--disable-dev-shm-usage"];
    if is_root() {
        // Chromium's sandbox refuses to start as root (containers, CI).
        arguments.push("--no-sandbox");
    }
    arguments
}

pub(super) fn find() -> Result<Option<Programs>> {
    let mac = PathBuf::from("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    let browser = named("CHROMIUM")
        .or_else(|| tools::find(&["chromium", "chromium-browser", "google-chrome", "chrome"]))
        .or_else(|| mac.is_file().then_some(mac));
    let driver = named("CHROMEDRIVER").or_else(|| tools::find(&["chromedriver"]));
    let (Some(browser), Some(driver)) = (browser, driver) else { return Ok(None) };
    require_match(&browser, &driver)?;
    Ok(Some(Programs { browser, driver, display: None }))
}

/// Refuses a driver that is not for the browser: its own complaint comes late
/// and looks like a failed test.
fn require_match(browser: &Path, driver: &Path) -> Result<()> {
    let major = |program: &Path| -> Result<Option<String>> {
        let text = output(Command::new(program).arg("--version"), "asking the browser its version")?;
        let number = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        Ok(number.and_then(|number| number.split('.').next()).map(str::to_owned))
    };
    let (own, its) = (major(browser)?, major(driver)?);
    if own != its {
        bail!(
            "{} is version {} but {} is for version {}; install a matching pair.",
            browser.display(),
            own.unwrap_or_default(),
            driver.display(),
            its.unwrap_or_default()
        );
    }
    Ok(())
}
