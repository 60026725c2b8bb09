//! `cargo xtask fuzz`: hostile input by chance, against everything that is read of others.
//!
//! It begins with the texts in `fuzz/corpus`, which the tests read as well. What a run finds beyond them stays in the target folder; what is worth keeping
//! is put into the corpus by hand, or by `--keep`.

use std::fs;
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use anyhow::{Context, Result, bail, ensure};

use crate::process::{logged, say, tail};
use crate::tools::CARGO_FUZZ;
use crate::workspace::Workspace;

/// A text that takes longer is as good as a crash: ten seconds.
const TIMEOUT: u32 = 10;

/// The names of the targets.
pub fn targets(workspace: &Workspace) -> Result<Vec<String>> {
    let entries = fs::read_dir(workspace.at("fuzz/fuzz_targets"))?;
    let names: Result<Vec<_>> =
        entries.map(|entry| Ok(entry?.path().file_stem().unwrap_or_default().to_string_lossy().into_owned())).collect();
    let mut names = names?;
    names.sort();
    Ok(names)
}

/// Runs these targets, or all, so many at a time.
pub fn command(only: &[String], seconds: u32, together: usize, keep: bool) -> Result<()> {
    let workspace = Workspace::find()?;
    let all = targets(&workspace)?;
    if let Some(unknown) = only.iter().find(|name| !all.contains(name)) {
        bail!("There is no target {unknown}; there are {}.", all.join(", "));
    }
    say("building …");
    let log = workspace.scratch("fuzz").join("build.log");
    fs::create_dir_all(workspace.scratch("fuzz"))?;
    let is_built = logged(cargo_fuzz(&workspace)?.arg("build"), &fs::File::create(&log)?)?.success();
    ensure!(is_built, "{}\nThe targets could not be built; the whole output is in {}.", tail(&log, 40)?, log.display());

    let waiting = Mutex::new(all.iter().filter(|name| only.is_empty() || only.contains(name)));
    let next = || waiting.lock().ok()?.next();
    // One that finds something ends its own row, and the others go on to their end.
    let row = || -> Result<()> {
        while let Some(target) = next() {
            run(&workspace, target, seconds, keep)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let rows: Vec<_> = (0..together.max(1)).map(|_| scope.spawn(row)).collect();
        let ends: Vec<_> = rows.into_iter().map(|row| row.join().unwrap_or_else(|_| bail!("a row of targets broke off"))).collect();
        ends.into_iter().collect()
    })
}

fn run(workspace: &Workspace, target: &str, seconds: u32, keep: bool) -> Result<()> {
    let work = workspace.scratch("fuzz");
    let (found, corpus, log) = (work.join(target), workspace.at("fuzz/corpus").join(target), work.join(format!("{target}.log")));
    fs::create_dir_all(&found)?;
    say(&format!("{target}: {seconds} s …"));
    let arguments = [format!("-max_total_time={seconds}"), format!("-timeout={TIMEOUT}"), "-print_final_stats=1".to_owned()];
    let mut run = cargo_fuzz(workspace)?;
    run.args(["run", target]).arg(&found).arg(&corpus).arg("--").args(arguments);
    let status = logged(&mut run, &fs::File::create(&log)?)?;
    let told = fs::read_to_string(&log).map(|text| stats(&text)).unwrap_or_default();
    if !status.success() {
        bail!("{}\n{target} found something, or could not be run; the whole output is in {}.", tail(&log, 40)?, log.display());
    }
    ensure!(!told.is_empty(), "{target} says nothing of what it did; its output is in {}.", log.display());
    say(&format!("{target}: {told}, no crash"));
    if keep {
        let mut merge = cargo_fuzz(workspace)?;
        merge.args(["run", target]).arg(&corpus).arg(&found).args(["--", "-merge=1", "-max_len=2048"]);
        ensure!(logged(&mut merge, &fs::File::create(&log)?)?.success(), "what {target} found could not be kept; see {}.", log.display());
    }
    Ok(())
}

/// The switches of a fuzzer are called unstable; the toolchain is pinned, and this is how a stable one is told that they are meant.
fn cargo_fuzz(workspace: &Workspace) -> Result<Command> {
    let mut command = Command::new(CARGO_FUZZ.program("cargo-fuzz").context("The fuzzer could not be installed.")?);
    command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", workspace.scratch("fuzz").join("target")).current_dir(workspace.root());
    Ok(command)
}

/// What libFuzzer says of itself at the end.
fn stats(log: &str) -> String {
    let of = |name: &str| log.lines().find_map(|line| line.strip_prefix("stat::")?.strip_prefix(name)?.strip_prefix(':')).map(str::trim);
    match (of("number_of_executed_units"), of("new_units_added")) {
        (Some(executed), Some(new)) => format!("{executed} texts, {new} of them new to the code"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_libfuzzer_says_is_read() {
        let log =
            "Done 5 runs\nstat::number_of_executed_units: 120\nstat::average_exec_per_sec:     0\nstat::new_units_added:          7\n";
        assert_eq!(stats(log), "120 texts, 7 of them new to the code");
        assert_eq!(stats("panicked"), "");
    }

    #[test]
    fn every_target_is_in_the_manifest() {
        let workspace = Workspace::find().expect("the repository");
        let manifest = fs::read_to_string(workspace.at("fuzz/Cargo.toml")).expect("a manifest");
        for target in targets(&workspace).expect("targets") {
            assert!(manifest.contains(&format!("name = \"{target}\"\npath = \"fuzz_targets/{target}.rs\"")), "{target}");
        }
    }
}
