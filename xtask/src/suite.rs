//! `cargo xtask test`: every check, in order, up to the first failure.

mod steps;

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

pub use steps::{Run, STEPS, Step};

use crate::engines::{self, Engine};
use crate::process;
use crate::workspace::Workspace;

/// How much of a failed step's output is shown; all of it is in its log.
const SHOWN_LINES: usize = 400;

/// The width of a step's name, with that of an engine.
const WIDTH: usize = 13;

/// The last line of the log of a task that passed.
pub const PASSED: &str = "xtask: passed";

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

/// A step, and the engine that it is run in if it needs one.
#[derive(Clone, Copy, Debug)]
struct Task {
    step: &'static Step,
    engine: Option<Engine>,
}

impl Task {
    fn run(&self, context: &Context) -> Result<()> {
        match (self.step.run, self.engine) {
            (Run::Once(run), _) => run(context),
            (Run::In(_, run), Some(engine)) => run(context, engine),
            (Run::In(..), None) => bail!("{} needs an engine.", self.step.name),
        }
    }

    /// Its name: that of the step, and of the engine if there is one.
    fn name(&self) -> String {
        let engine = self.engine.map(|engine| format!(" {}", engine.name()));
        format!("{}{}", self.step.name, engine.unwrap_or_default())
    }

    /// What to type to run it alone.
    fn again(&self) -> String {
        let engine = self.engine.map(|engine| format!(" --engine {}", engine.name()));
        format!("cargo xtask test --only {}{}", self.step.name, engine.unwrap_or_default())
    }
}

/// Runs the steps, or those that are named in `only`; those that need a browser
/// in these engines, or in Chromium.
pub fn command(only: &[String], asked: &[Engine], list: bool) -> Result<()> {
    if list {
        for step in STEPS {
            println!("{:<WIDTH$} {}", step.name, step.headline);
        }
        return Ok(());
    }
    let steps = chosen(only)?;
    let workspace = Workspace::find()?;
    let logs = workspace.scratch("test");
    fs::create_dir_all(&logs)?;
    let is_needed = |engine: &Engine| steps.iter().any(|step| matches!(step.run, Run::In(possible, _) if possible.contains(engine)));
    let needed: Vec<Engine> = Engine::ALL.into_iter().filter(is_needed).collect();
    let tasks = tasks(&steps, &engines::choose(&needed, asked)?);
    if tasks.is_empty() {
        bail!("None of these steps can be run in that engine.");
    }

    if only.is_empty() {
        forget(&logs)?;
    }
    let mut done: Vec<(&Task, Duration)> = Vec::new();
    for task in &tasks {
        println!("\n[{}/{}] {}: {}", done.len() + 1, tasks.len(), task.name(), task.step.headline);
        let path = logs.join(format!("{}.log", task.name().replace(' ', "-")));
        let context = Context { workspace: workspace.clone(), log: File::create(&path)? };
        let started = Instant::now();
        let result = task.run(&context);
        let time = started.elapsed();
        if let Err(error) = result {
            println!("\n{}\n", process::tail(&path, SHOWN_LINES)?);
            println!("FAIL  {} after {}: {error:#}", task.name(), shown(time));
            println!("      The whole output is in {}.", path.display());
            summarise(&done, Some((task, time)), &tasks);
            bail!("The step {} failed. Again: {}", task.name(), task.again());
        }
        println!("PASS  {} in {}", task.name(), shown(time));
        writeln!(&context.log, "\n{PASSED}")?;
        done.push((task, time));
    }
    summarise(&done, None, &tasks);
    Ok(())
}

/// Logs of earlier runs say nothing of this one.
fn forget(logs: &Path) -> Result<()> {
    for entry in fs::read_dir(logs)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "log") {
            fs::remove_file(path)?;
        }
    }
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

fn tasks(steps: &[&'static Step], engines: &[Engine]) -> Vec<Task> {
    let of_step = |step: &&'static Step| -> Vec<Task> {
        let step = *step;
        match step.run {
            Run::Once(_) => vec![Task { step, engine: None }],
            Run::In(possible, _) => {
                let in_engine = |engine: &Engine| Task { step, engine: Some(*engine) };
                engines.iter().filter(|engine| possible.contains(engine)).map(in_engine).collect()
            }
        }
    };
    steps.iter().flat_map(of_step).collect()
}

fn summarise(done: &[(&Task, Duration)], failed: Option<(&Task, Duration)>, all: &[Task]) {
    let line = |result: &str, task: &Task, time: &str| println!("{result}  {:<WIDTH$} {time:>8}  {}", task.name(), task.step.headline);
    println!();
    for (task, time) in done {
        line("PASS", task, &shown(*time));
    }
    if let Some((task, time)) = failed {
        line("FAIL", task, &shown(time));
    }
    let reached = done.len() + usize::from(failed.is_some());
    for task in &all[reached..] {
        line("----", task, "not run");
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
    fn steps_that_need_a_browser_are_run_once_in_each_engine_that_they_can_be_run_in() {
        let steps = chosen(&["fmt".to_owned(), "wasm".to_owned(), "e2e".to_owned()]).expect("known");
        let names: Vec<_> = tasks(&steps, &[Engine::Firefox, Engine::WebKit]).iter().map(Task::name).collect();
        assert_eq!(names, ["fmt", "wasm firefox", "e2e firefox", "e2e webkit"]);
        assert!(names.iter().all(|name| name.len() <= WIDTH));
    }

    #[test]
    fn a_failed_step_says_how_to_repeat_it() {
        let step = chosen(&["e2e".to_owned()]).expect("known")[0];
        assert_eq!(Task { step, engine: Some(Engine::WebKit) }.again(), "cargo xtask test --only e2e --engine webkit");
    }

    #[test]
    fn times_are_readable() {
        assert_eq!(shown(Duration::from_secs(59)), "59 s");
        assert_eq!(shown(Duration::from_secs(61)), "1 min 01 s");
    }
}
