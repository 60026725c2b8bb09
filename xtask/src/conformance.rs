//! `cargo xtask conformance`: the page `docs/conformance.md`, made of the rules, of the tests that hold them and of where those have passed.
//!
//! The rules stand in `conformance/rules/*.toml`, the rest of the page's words in `conformance/*.md`. A test says by its own name which rules it holds.
//! What has passed is read from the logs of `cargo xtask test` and kept in `conformance/results.tsv`, so that the page can be checked at any time: it is
//! stale if it is not what these files make, if a test has come or gone, or if the last step of a whole `cargo xtask test` saw something else.

pub mod names;
pub mod page;
pub mod results;
pub mod rules;

#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};

use crate::process::say;
use crate::workspace::Workspace;
use results::Results;
use rules::Rules;

/// Where the results are kept.
pub const RESULTS: &str = "conformance/results.tsv";

/// The page.
pub const PAGE: &str = "docs/conformance.md";

/// Takes over what the steps of the last `cargo xtask test` saw, and writes the page.
pub fn command(workspace: &Workspace) -> Result<()> {
    let root = workspace.root();
    let rules = Rules::read(root)?;
    let known = names::all(root)?;
    let seen = Results::of_logs(&workspace.scratch("test"))?;
    // A step that was not run says nothing of its tests: what was known of them stays.
    let results = Results::read(root)?.updated_by(seen).of(&rules, &known);
    fs::write(root.join(RESULTS), results.to_string())?;
    fs::write(root.join(PAGE), page::render(root, &rules, &results)?)?;
    say(&format!("Wrote {PAGE}: {} rules, {} tests.", rules.count(), results.tests().count()));
    for test in names::holding(&known, &rules).filter(|test| !results.tests().any(|own| own == *test)) {
        say(&format!("Has not been seen to pass yet: {test}"));
    }
    Ok(())
}

/// Fails if the kept results are not those of the logs.
pub fn check(root: &Path, logs: &Path) -> Result<()> {
    let rules = Rules::read(root)?;
    let seen = Results::of_logs(logs)?.of(&rules, &names::all(root)?);
    let kept = Results::read(root)?.where_known_to(&seen);
    let differences = kept.differences(&seen);
    ensure!(differences.is_empty(), "{PAGE} is stale: write it anew with `cargo xtask conformance`.\n{}", differences.join("\n"));
    Ok(())
}
