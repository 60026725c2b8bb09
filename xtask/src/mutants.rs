//! `cargo xtask mutants`: whether the tests would notice if ring 0 were another.
//!
//! `cargo-mutants` changes one thing after the other and runs the native tests each time. It does so in a copy in which the unit tests and the
//! integration tests are one crate: a change costs some seconds there, and forty programs to link here.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::process::{output, say};
use crate::tools::CARGO_MUTANTS;
use crate::workspace::Workspace;

/// By this line a file of tests says that it is for native ones.
const NATIVE: &str = "not(target_arch = \"wasm32\")";

/// These look at the repository, or stand in the allocator's place: they cannot be part of another program.
const APART: [&str; 2] = ["allocations", "repository"];

/// What is changed, and what is not: tests, and what is there for them.
const CHANGED: &str = "src/protocol/**/*.rs";
// Those of `validation` are not compiled for it.
const UNCHANGED: [&str; 5] =
    ["src/protocol/fuzzing*", "src/protocol/fuzzing/**", "src/protocol/validation.rs", "**/*_tests.rs", "**/*_rules.rs"];

/// A change that makes tests run for longer than this many seconds is noticed.
const TIMEOUT: &str = "60";

/// More than one in so many must not go unnoticed.
const ONE_IN: usize = 20;

/// Tries all changes, or those of one part: `2/8` is the third of eight.
pub fn command(files: &[String], shard: Option<&str>) -> Result<()> {
    let workspace = Workspace::find()?;
    let work = workspace.scratch("mutants");
    let (tree, found) = (work.join("tree"), work.join("found"));
    copy(&workspace, &tree)?;
    make_one(&tree)?;
    let mut run = Command::new(CARGO_MUTANTS.program("cargo-mutants").context("cargo-mutants could not be installed.")?);
    run.args(["mutants", "--in-place", "--no-shuffle", "--baseline", "run", "--timeout", TIMEOUT, "--output"]).arg(&found);
    run.args(["--no-default-features", "--features", "flow,fuzzing", "--colors", "never"]);
    for file in if files.is_empty() { vec![CHANGED] } else { files.iter().map(String::as_str).collect() } {
        run.args(["--file", file]);
    }
    UNCHANGED.iter().for_each(|file| _ = run.args(["--exclude", file]));
    if let Some(shard) = shard {
        run.args(["--sharding", "round-robin", "--shard", shard]);
    }
    run.args(["--", "--lib"]).current_dir(&tree);
    run.env("CARGO_TARGET_DIR", work.join("target")).env("CARGO_PROFILE_DEV_DEBUG", "0").env("PROPTEST_CASES", "32");
    // Its own words are shown as they come. Whether it is content is read from what it leaves.
    let status = run.status().context("cargo-mutants could not be started.")?;
    let outcomes = found.join("mutants.out/outcomes.json");
    let outcomes = fs::read_to_string(&outcomes).with_context(|| format!("cargo-mutants ended with {status} and left nothing."))?;
    judge(&serde_json::from_str(&outcomes)?)
}

/// Says what came of it.
fn judge(outcomes: &Value) -> Result<()> {
    let count = |name: &str| outcomes[name].as_u64().map(|count| count as usize).with_context(|| format!("outcomes.json has no {name}"));
    let (caught, timeouts, missed, unviable) = (count("caught")?, count("timeout")?, count("missed")?, count("unviable")?);
    let viable = caught + timeouts + missed;
    say(&format!("{viable} changes that compile ({unviable} do not): {missed} unnoticed"));
    ensure!(viable > 0, "Nothing was tried.");
    ensure!(missed * ONE_IN <= viable, "More than one in {ONE_IN} changes went unnoticed.");
    Ok(())
}

/// The files of the repository as they are now, and no others.
fn copy(workspace: &Workspace, tree: &Path) -> Result<()> {
    let listed = output(
        Command::new("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(workspace.root()),
        "listing the files of the repository",
    )?;
    if tree.exists() {
        fs::remove_dir_all(tree)?;
    }
    // One that was deleted and is still listed is none.
    for path in listed.lines().filter(|path| workspace.at(path).is_file()) {
        let to = tree.join(path);
        fs::create_dir_all(to.parent().context("a file in a folder")?)?;
        fs::copy(workspace.at(path), to)?;
    }
    Ok(())
}

/// Puts all native tests into the library's own.
fn make_one(tree: &Path) -> Result<()> {
    let mut names = Vec::new();
    for entry in fs::read_dir(tree.join("tests"))? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|end| end == "rs") && fs::read_to_string(&path)?.contains(NATIVE) && !APART.contains(&&*name) {
            names.push(name);
        }
    }
    names.sort();
    let modules: Vec<String> = names.iter().map(|name| format!("#[path = \"../{name}.rs\"]\nmod {name};\n")).collect();
    fs::create_dir_all(tree.join("tests/all"))?;
    fs::write(tree.join("tests/all/mod.rs"), modules.concat())?;
    // Or each change would be linked into all of their programs all the same.
    let manifest = tree.join("Cargo.toml");
    let text = fs::read_to_string(&manifest)?;
    fs::write(&manifest, text.replacen("[package]", "[package]\nautotests = false", 1))?;
    let library = tree.join("src/lib.rs");
    let text = fs::read_to_string(&library)?;
    let more = "\n#[cfg(test)]\nextern crate self as hushkey;\n#[cfg(test)]\n#[path = \"../tests/all/mod.rs\"]\nmod all_native_tests;\n";
    Ok(fs::write(library, text + more)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_in_twenty_may_go_unnoticed_and_no_more() {
        let outcomes = |caught: usize, missed: usize| json!({ "caught": caught, "timeout": 10, "missed": missed, "unviable": 500 });
        assert!(judge(&outcomes(85, 5)).is_ok());
        assert!(judge(&outcomes(84, 5)).is_err());
        assert!(judge(&json!({ "caught": 0, "timeout": 0, "missed": 0, "unviable": 3 })).is_err(), "nothing tried is nothing shown");
        assert!(judge(&json!({})).is_err());
    }
}
