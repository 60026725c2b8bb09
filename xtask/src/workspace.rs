//! Where things are: the repository, cargo's target folder, the user's cache.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process;

/// The folders that every command works with.
#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Finds the repository that this program was built from, and cargo's
    /// target folder for it (which a user may have moved elsewhere).
    pub fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent folder; run it from a hushkey checkout.")?;
        let text = process::output(
            Command::new("cargo").args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(root),
            "reading the cargo workspace",
        )?;
        let metadata: Value = serde_json::from_str(&text)?;
        let target = metadata["target_directory"].as_str().context("cargo metadata names no target_directory.")?;
        Ok(Self { root: root.to_owned(), target: target.into() })
    }

    /// The repository.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A file or folder of the repository.
    pub fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Cargo's target folder.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Our own corner of the target folder.
    pub fn scratch(&self, path: &str) -> PathBuf {
        self.target.join("hushkey").join(path)
    }
}

/// The folder for what is installed once per user and shared by all clones:
/// `$HUSHKEY_CACHE`, or `hushkey` in the system's cache folder.
pub fn cache() -> Result<PathBuf> {
    if let Some(named) = variable("HUSHKEY_CACHE") {
        return Ok(named);
    }
    let system = if cfg!(windows) {
        variable("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        env::home_dir().map(|home| home.join("Library/Caches"))
    } else {
        variable("XDG_CACHE_HOME").or_else(|| env::home_dir().map(|home| home.join(".cache")))
    };
    match system {
        Some(system) => Ok(system.join("hushkey")),
        None => bail!("No cache folder is known; set HUSHKEY_CACHE to a folder of your choice."),
    }
}

fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}
