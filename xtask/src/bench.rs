//! `cargo xtask bench`: how long a reload takes, beside other libraries.

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{self, quietly};
use crate::workspace::Workspace;

/// Builds the benchmark and runs it with these arguments.
pub fn command(arguments: &[OsString]) -> Result<()> {
    let workspace = Workspace::find()?;
    // Unoptimised: what it serves lies in memory, and its dependencies are optimised in every profile.
    let build = ["build", "--locked", "--package", "bench"];
    quietly(Command::new("cargo").args(build).current_dir(workspace.root()), "Building the benchmark")?;
    let mut bench = Command::new(workspace.target().join("debug").join(format!("bench{}", std::env::consts::EXE_SUFFIX)));
    let status = bench.args(arguments).status().with_context(|| format!("{} did not start.", process::shown(&bench)))?;
    if !status.success() {
        bail!("The benchmark failed.");
    }
    Ok(())
}
