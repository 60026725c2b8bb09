//! `cargo xtask test`: every check, in order, up to the first failure.

mod browser;
mod steps;

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

pub use browser::{Browser, browser};
pub use steps::{STEPS, Step};

use crate::process;
use crate::workspace::Workspace;

/// How much of a failed step's output is shown; all of it is in its log.
const SHOWN_LINES: usize = 400;

/// What a step has to work with.
#[derive(Debug)]
pub struct Context {
    /// The repository.
    pub workspace: Workspace,
    log: File,
}

impl Context {
    /// Runs a command in the repository, its output in the step's log; fails if
    /// the command fails.
    pub fn run(&self, command: &mut std::process::Command) -> Result<()> {
        if command.get_current_dir().is_none() {
            command.current_dir(self.workspace.root());
        }
        let status = process::logged(command, &self.log)?;
        if !status.success() {
            bail!("{} ended with {status}.", process::shown(command));
        }
        Ok(())
    }
}

/// Runs the steps, or those that are named in `only`.
pub fn command(only: &[String], list: bool) -> Result<()> {
    if list {
        for step in STEPS {
            println!("{:<9} {}", step.name, step.headline);
        }
        return Ok(());
    }
    let steps = chosen(only)?;
    let workspace = Workspace::find()?;
    let logs = workspace.scratch("test");
    fs::create_dir_all(&logs)?;

    let mut done: Vec<(&Step, Duration)> = Vec::new();
    for step in &steps {
        println!("\n[{}/{}] {}: {}", done.len() + 1, steps.len(), step.name, step.headline);
        let path = logs.join(format!("{}.log", step.name));
        let context = Context { workspace: workspace.clone(), log: File::create(&path)? };
        let started = Instant::now();
        let result = (step.run)(&context);
        let time = started.elapsed();
        if let Err(error) = result {
            println!("\n{}\n", process::tail(&path, SHOWN_LINES)?);
            println!("FAIL  {} after {}: {error:#}", step.name, shown(time));
            println!("      The whole output is in {}.", path.display());
            summarise(&done, Some((step, time)), &steps);
            bail!("The step {} failed. Again: cargo xtask test --only {}", step.name, step.name);
        }
        println!("PASS  {} in {}", step.name, shown(time));
        done.push((step, time));
    }
    summarise(&done, None, &steps);
    Ok(())
}

fn chosen(only: &[String]) -> Result<Vec<&'static Step>> {
    let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
    if let Some(unknown) = only.iter().find(|name| !names.contains(&name.as_str())) {
        bail!("There is no step {unknown}; the steps are {}.", names.join(", "));
    }
    let wanted = |step: &&Step| only.is_empty() || only.iter().any(|name| name == step.name);
    Ok(STEPS.iter().filter(wanted).collect())
}

fn summarise(done: &[(&Step, Duration)], failed: Option<(&Step, Duration)>, all: &[&Step]) {
    println!();
    for (step, time) in done {
        println!("PASS  {:<9} {:>8}  {}", step.name, shown(*time), step.headline);
    }
    if let Some((step, time)) = failed {
        println!("FAIL  {:<9} {:>8}  {}", step.name, shown(time), step.headline);
    }
    let reached = done.len() + usize::from(failed.is_some());
    for step in &all[reached..] {
        println!("----  {:<9} {:>8}  {}", step.name, "not run", step.headline);
    }
    println!("\n{} passed, {} failed", done.len(), usize::from(failed.is_some()));
}

fn shown(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

/// A file for a step, in our corner of the target folder.
fn scratch(context: &Context, name: &str) -> PathBuf {
    context.workspace.scratch("test").join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_chosen_by_name_and_keep_their_order() {
        let only = ["deny".to_owned(), "fmt".to_owned()];
        let names: Vec<_> = chosen(&only).expect("known").iter().map(|step| step.name).collect();
        assert_eq!(names, ["fmt", "deny"]);
        assert_eq!(chosen(&[]).expect("all").len(), STEPS.len());
        let message = chosen(&["unit".to_owned()]).expect_err("unknown").to_string();
        assert!(message.contains("no step unit") && message.contains("native"), "{message}");
    }

    #[test]
    fn times_are_readable() {
        assert_eq!(shown(Duration::from_secs(59)), "59 s");
        assert_eq!(shown(Duration::from_secs(61)), "1 min 01 s");
    }
}
