//! WebKitGTK: its driver, the small browser that comes with the library, and
//! a display for it, since it has no mode without windows.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Programs, named};
use crate::tools;

pub(super) const PACKAGES: &[&str] = &["webkit2gtk-driver", "xvfb"];

pub(super) const HINT: &str = "The tests in WebKit need WebKitGTK with WebKitWebDriver and MiniBrowser, and Xvfb, on Linux. \
    On Debian and Ubuntu: sudo apt-get install webkit2gtk-driver xvfb. Elsewhere, install them and name them in \
    WEBKITWEBDRIVER, MINIBROWSER and XVFB if they are not found.";

/// Where distributions put the browser, below a folder for the architecture or not.
const FOLDERS: [&str; 3] = ["/usr/lib", "/usr/lib64", "/usr/libexec"];

pub(super) fn find() -> Option<Programs> {
    Some(Programs {
        browser: named("MINIBROWSER").or_else(|| FOLDERS.iter().find_map(|folder| browser_in(Path::new(folder))))?,
        driver: named("WEBKITWEBDRIVER").or_else(|| tools::find(&["WebKitWebDriver"]))?,
        display: Some(named("XVFB").or_else(|| tools::find(&["Xvfb"]))?),
    })
}

fn browser_in(folder: &Path) -> Option<PathBuf> {
    let below = fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let mut places = std::iter::once(folder.to_owned()).chain(below);
    places.find_map(|place| Some(place.join("webkit2gtk-4.1/MiniBrowser")).filter(|program| program.is_file()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Result;

    #[test]
    fn the_browser_is_found_with_and_without_a_folder_for_the_architecture() -> Result<()> {
        for place in ["webkit2gtk-4.1", "x86_64-linux-gnu/webkit2gtk-4.1"] {
            let home = tempfile::tempdir()?;
            assert_eq!(browser_in(home.path()), None);
            let program = home.path().join(place).join("MiniBrowser");
            fs::create_dir_all(home.path().join(place))?;
            fs::write(&program, "")?;
            assert_eq!(browser_in(home.path()), Some(program));
        }
        Ok(())
    }
}
