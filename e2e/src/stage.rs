//! What all scenarios share: the finished bundle, the programs, a place for files.

use crate::{browser::Wish, setup::Setup};
use anyhow::{Result, ensure};
use std::{fs, path::PathBuf};
use xtask::{
    bundle,
    bundle::Bundle,
    engines::{Engine, Programs},
    tools,
    wasm::Build,
    workspace::Workspace,
};

/// What all scenarios share.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) workspace: Workspace,
    pub(crate) bundle: Bundle,
    pub(crate) engine: Engine,
    /// The folder with axe-core and Lighthouse: they judge in Chromium.
    pub(crate) judges: Option<PathBuf>,
    programs: Programs,
    headed: bool,
}

impl Stage {
    /// Builds the app (or finds it built), and finds the programs.
    pub(crate) fn set(engine: Engine, headed: bool, build: Build) -> Result<Self> {
        let workspace = Workspace::find()?;
        let programs = engine.programs()?;
        tools::node()?;
        tools::provider_packages(&workspace)?;
        let bundle = bundle::make(&workspace, build)?;
        ensure!(bundle.build == build, "the build that is to be tested could not be made");
        let judges = if engine == Engine::Chromium { Some(tools::judges(&workspace)?) } else { None };
        Ok(Self { workspace, bundle, engine, judges, programs, headed })
    }

    /// A browser for a scenario.
    pub(crate) fn wish(&self, setup: &Setup) -> Wish<'_> {
        Wish {
            engine: self.engine,
            programs: &self.programs,
            headed: self.headed,
            third_party_cookies: setup.third_party_cookies,
            languages: setup.languages,
        }
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
        self.workspace.target().join("e2e").join(self.engine.name())
    }
}
