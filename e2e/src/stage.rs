//! What all scenarios share: the finished bundle, the programs, a place for files.

use crate::{browser::Wish, container, setup::Setup, tls::Identity, webserver::Real};
use anyhow::{Result, ensure};
use std::{fs, path::PathBuf};
use xtask::{
    bundle,
    bundle::Bundle,
    engines::{Engine, Programs},
    servers::WebServer,
    tools,
    wasm::{Build, Extensions},
    workspace::Workspace,
};

/// What all scenarios share.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) workspace: Workspace,
    pub(crate) bundle: Bundle,
    pub(crate) engine: Engine,
    /// Who serves the app, if not we.
    pub(crate) real: Option<Real>,
    /// What the image is made of, if a scenario needs it.
    pub(crate) container: Option<PathBuf>,
    /// The folder with axe-core and Lighthouse: they judge in Chromium.
    pub(crate) judges: Option<PathBuf>,
    programs: Programs,
    headed: bool,
}

impl Stage {
    /// Builds the app (or finds it built), and finds the programs.
    pub(crate) fn set(
        engine: Engine,
        headed: bool,
        (build, extensions): (Build, &Extensions),
        host: Option<WebServer>,
        with_container: bool,
    ) -> Result<Self> {
        let workspace = Workspace::find()?;
        let programs = engine.programs()?;
        let real = host.map(Real::find).transpose()?;
        tools::node()?;
        tools::provider_packages(&workspace)?;
        let bundle = bundle::make(&workspace, build, extensions)?;
        ensure!(bundle.build == build, "the build that is to be tested could not be made");
        let container = with_container.then(|| container::make(&workspace)).transpose()?;
        let judges = if engine == Engine::Chromium { Some(tools::judges(&workspace)?) } else { None };
        Ok(Self { workspace, bundle, engine, real, container, judges, programs, headed })
    }

    /// A browser for a scenario.
    pub(crate) fn wish(&self, setup: &Setup) -> Wish<'_> {
        Wish {
            engine: self.engine,
            programs: &self.programs,
            headed: self.headed,
            third_party_cookies: setup.third_party_cookies,
            pin: self.identity().map(|identity| identity.pin.as_str()),
            languages: setup.languages,
        }
    }

    /// The certificate of the run, if it has one.
    pub(crate) fn identity(&self) -> Option<&Identity> {
        self.real.as_ref().map(|real| &real.identity)
    }

    /// The engine, and the server that is under test.
    pub(crate) fn name(&self) -> String {
        let server = self.real.as_ref().map(|real| format!("-{}", real.server.name()));
        format!("{}{}", self.engine.name(), server.unwrap_or_default())
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
        self.workspace.target().join("e2e").join(self.name())
    }
}
