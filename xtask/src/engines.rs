//! The browser engines that tests run in: found, installed where that can be
//! done without asking, or asked for in a plain sentence.

pub mod chromium;
mod firefox;
mod webkit;

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, anyhow};
use clap::ValueEnum;

use crate::process::{output, quietly};
use crate::tools;

/// A browser engine, by the browser that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// Blink and V8, as in Chrome and Edge.
    Chromium,
    /// Gecko: Firefox, or its release with long support.
    Firefox,
    /// WebKitGTK with the small browser that comes with it: the engine of Safari.
    #[value(name = "webkit")]
    WebKit,
}

/// What it takes to drive an engine.
#[derive(Clone, Debug)]
pub struct Programs {
    /// The browser.
    pub browser: PathBuf,
    /// Its WebDriver.
    pub driver: PathBuf,
    /// The display that nobody looks at, for a browser that cannot do without one.
    pub display: Option<PathBuf>,
}

impl Engine {
    /// All of them, in the order in which they are tested.
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    /// The name for `--engine`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    /// Finds the programs; installs them where that can be done without asking.
    pub fn programs(self) -> Result<Programs> {
        if let Some(found) = self.find()? {
            return Ok(found);
        }
        let (packages, hint) = match self {
            Self::Chromium => (chromium::PACKAGES, chromium::HINT),
            Self::Firefox => (firefox::PACKAGES, firefox::HINT),
            Self::WebKit => (webkit::PACKAGES, webkit::HINT),
        };
        if is_root() && tools::find(&["apt-get"]).is_some() {
            install(packages)?;
        }
        self.find()?.ok_or_else(|| anyhow!("{hint}"))
    }

    fn find(self) -> Result<Option<Programs>> {
        match self {
            Self::Chromium => chromium::find(),
            Self::Firefox => firefox::find(),
            Self::WebKit => Ok(webkit::find()),
        }
    }
}

/// The engines to run in: those of the needed ones that were asked for, or
/// Chromium if none was. Fails if one is not to be had.
pub fn choose(needed: &[Engine], asked: &[Engine]) -> Result<Vec<Engine>> {
    choose_from(needed, asked, |engine| engine.programs().map(drop))
}

fn choose_from(needed: &[Engine], asked: &[Engine], is_there: impl Fn(Engine) -> Result<()>) -> Result<Vec<Engine>> {
    let asked = if asked.is_empty() { &[Engine::Chromium] } else { asked };
    let engines: Vec<Engine> = needed.iter().copied().filter(|engine| asked.contains(engine)).collect();
    engines.iter().try_for_each(|engine| is_there(*engine))?;
    Ok(engines)
}

/// Installs packages of Debian.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    output(&mut apt(&["update", "-qq"]), "reading the list of packages")?;
    quietly(apt(&["install", "-qq", "-y", "--no-install-recommends"]).args(packages), &format!("Installing {}", packages.join(", ")))
}

/// A program that somebody names in the environment.
fn named(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Whether this runs as root: in a container or on CI, where packages can be
/// installed, and where browsers refuse their sandbox.
pub fn is_root() -> bool {
    cfg!(unix) && output(Command::new("id").arg("-u"), "asking for the user id").is_ok_and(|id| id.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIREFOX: [Engine; 1] = [Engine::Firefox];

    fn only_chromium(engine: Engine) -> Result<()> {
        if engine == Engine::Chromium { Ok(()) } else { Err(anyhow!("install {}", engine.name())) }
    }

    #[test]
    fn chromium_is_enough_unless_others_are_asked_for() -> Result<()> {
        assert_eq!(choose_from(&Engine::ALL, &[], only_chromium)?, [Engine::Chromium]);
        assert_eq!(choose_from(&Engine::ALL, &FIREFOX, |_| Ok(()))?, FIREFOX);
        Ok(())
    }

    #[test]
    fn an_engine_that_was_asked_for_must_be_there_and_so_must_chromium() -> Result<()> {
        let message = choose_from(&Engine::ALL, &FIREFOX, only_chromium).expect_err("there is no Firefox").to_string();
        assert_eq!(message, "install firefox");
        assert!(choose_from(&Engine::ALL, &[], |_| Err(anyhow!("nothing"))).is_err());
        assert_eq!(choose_from(&Engine::ALL, &FIREFOX, |_| Ok(()))?, FIREFOX);
        Ok(())
    }

    #[test]
    fn names_are_those_of_the_command_line() {
        for engine in Engine::ALL {
            assert_eq!(Engine::from_str(engine.name(), false), Ok(engine));
        }
    }
}
