//! What all scenarios share: the finished bundle, the programs, a place for files.

use crate::browser::Driver;
use anyhow::Result;
use std::{fs, path::PathBuf};
use xtask::{bundle, bundle::Bundle, suite, tools, workspace::Workspace};

/// What all scenarios share.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) workspace: Workspace,
    pub(crate) bundle: Bundle,
    pub(crate) driver: Driver,
    pub(crate) chromium: PathBuf,
    pub(crate) headed: bool,
}

impl Stage {
    /// Builds the app (or finds it built) and starts the driver.
    pub(crate) fn set(headed: bool) -> Result<Self> {
        let workspace = Workspace::find()?;
        let programs = suite::browser()?;
        tools::node()?;
        tools::provider_packages(&workspace)?;
        let bundle = bundle::make(&workspace)?;
        let driver = Driver::start(&programs.chromedriver)?;
        Ok(Self { workspace, bundle, driver, chromium: programs.chromium, headed })
    }

    /// An empty folder for a scenario.
    pub(crate) fn folder(&self, scenario: &str) -> Result<PathBuf> {
        let folder = self.results().join("worlds").join(scenario);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// Removes what an earlier failure left, so that it is not taken for a new one.
    pub(crate) fn forget_evidence(&self, scenario: &str) -> Result<()> {
        for extension in ["png", "html"] {
            let file = self.results().join(scenario).with_extension(extension);
            if file.exists() {
                fs::remove_file(file)?;
            }
        }
        Ok(())
    }

    /// Where the evidence of failures goes.
    pub(crate) fn results(&self) -> PathBuf {
        self.workspace.target().join("e2e")
    }
}
