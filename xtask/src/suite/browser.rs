//! The browser that tests run in: found, or installed from Debian's packages.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process::{output, quietly};
use crate::tools;

/// Chromium and its driver.
#[derive(Clone, Debug)]
pub struct Browser {
    /// The browser; `$CHROMIUM` names another one.
    pub chromium: PathBuf,
    /// The driver; `$CHROMEDRIVER` names another one.
    pub chromedriver: PathBuf,
}

impl Browser {
    /// The arguments for a browser that nobody looks at.
    pub fn arguments() -> Vec<&'static str> {
        let mut arguments = vec!["--headless=new", "--disable-gpu", "--disable-dev-shm-usage"];
        if is_root() {
            // Chromium's sandbox refuses to start as root (containers, CI).
            arguments.push("--no-sandbox");
        }
        arguments
    }
}

/// Finds the browser; installs it where that can be done without asking.
pub fn browser() -> Result<Browser> {
    if let Some(found) = find() {
        return Ok(found);
    }
    if is_root() && tools::find(&["apt-get"]).is_some() {
        let apt = |arguments: &[&str]| {
            let mut command = Command::new("apt-get");
            command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
            command
        };
        output(&mut apt(&["update", "-qq"]), "reading the list of packages")?;
        quietly(
            &mut apt(&["install", "-qq", "-y", "--no-install-recommends", "chromium", "chromium-driver"]),
            "Installing Chromium and its driver",
        )?;
    }
    find().context(
        "The browser tests need Chromium (or Chrome) and chromedriver of the same version. \
         On Debian and Ubuntu: sudo apt-get install chromium chromium-driver. Elsewhere, install \
         both and name them in CHROMIUM and CHROMEDRIVER if they are not on the PATH.",
    )
}

fn find() -> Option<Browser> {
    let named = |variable: &str| env::var_os(variable).filter(|v| !v.is_empty()).map(PathBuf::from);
    let mac = PathBuf::from("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    let chromium = named("CHROMIUM")
        .or_else(|| tools::find(&["chromium", "chromium-browser", "google-chrome", "chrome"]))
        .or_else(|| mac.is_file().then_some(mac))?;
    let chromedriver = named("CHROMEDRIVER").or_else(|| tools::find(&["chromedriver"]))?;
    Some(Browser { chromium, chromedriver })
}

fn is_root() -> bool {
    cfg!(unix) && output(Command::new("id").arg("-u"), "asking for the user id").is_ok_and(|id| id.trim() == "0")
}

/// Refuses a driver that is not for the browser: its own complaint comes late
/// and looks like a failed test.
pub(super) fn require_match(browser: &Browser) -> Result<()> {
    let major = |program: &PathBuf| -> Result<Option<String>> {
        let text = output(Command::new(program).arg("--version"), "asking the browser its version")?;
        let number = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        Ok(number.and_then(|number| number.split('.').next()).map(str::to_owned))
    };
    let (own, driver) = (major(&browser.chromium)?, major(&browser.chromedriver)?);
    if own != driver {
        bail!(
            "{} is version {} but {} is for version {}; install a matching pair.",
            browser.chromium.display(),
            own.unwrap_or_default(),
            browser.chromedriver.display(),
            driver.unwrap_or_default()
        );
    }
    Ok(())
}
