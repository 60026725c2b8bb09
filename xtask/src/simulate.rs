//! `cargo xtask simulate`: the protocol core in simulated worlds, on all cores.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{self, quietly};
use crate::workspace::Workspace;

/// The cargo profile that the simulation is built with.
pub const PROFILE: &str = "simulation";

/// Runs many sessions, or one in full.
pub fn command(sessions: u64, seed: u64, replay: Option<u64>) -> Result<()> {
    let workspace = Workspace::find()?;
    let build = ["build", "--locked", "--package", "simulation", "--profile", PROFILE];
    quietly(Command::new("cargo").args(build).current_dir(workspace.root()), "Building the simulation")?;
    let program = workspace.target().join(PROFILE).join(format!("simulation{}", std::env::consts::EXE_SUFFIX));
    let mut simulation = Command::new(program);
    match replay {
        Some(session) => simulation.args(["--replay".to_owned(), session.to_string()]),
        None => simulation.args(["--sessions".to_owned(), sessions.to_string(), "--seed".to_owned(), seed.to_string()]),
    };
    let status = simulation.status().with_context(|| format!("{} did not start.", process::shown(&simulation)))?;
    if !status.success() {
        bail!("Something that must hold does not.");
    }
    Ok(())
}
