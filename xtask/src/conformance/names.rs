//! The tests that there are, and the rules that their names tell.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::rules::{Rule, Rules, SECTIONS};
use crate::suite::STEPS;

/// By what the OpenID Foundation's tests begin.
pub const FOUNDATION: [&str; 2] = ["oidcc-client-", "fapi2-security-profile-"];

/// The rules that a test holds by its name: `tr_16_17_…` holds two, `ar_14_di_09_…` one of each section.
pub fn ids(name: &str) -> Vec<String> {
    let (mut found, mut section) = (Vec::new(), None);
    let bare = name.rsplit_once('/').map_or(name, |(_, bare)| bare);
    for word in bare.split(['_', '-', ' ']) {
        let is_number = word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_digit());
        match section {
            Some(section) if is_number => found.push(format!("{section}-{word}").to_ascii_uppercase()),
            _ => section = SECTIONS.into_iter().find(|own| *own == word),
        }
    }
    found
}

/// Whether the name begins with the rule's id.
pub fn begins_with(name: &str, rule: &Rule) -> bool {
    let bare = name.rsplit_once('/').map_or(name, |(_, bare)| bare).replace('_', "-");
    bare.to_ascii_uppercase().starts_with(&format!("{}-", rule.id))
}

/// Whether it holds this rule, by its name or because the rule says so.
pub fn holds(name: &str, rule: &Rule) -> bool {
    ids(name).contains(&rule.id) || rule.also.iter().any(|own| own == name)
}

/// Whether it is one of the OpenID Foundation's.
pub fn is_foundations(name: &str) -> bool {
    name.strip_prefix("e2e/").is_some_and(|bare| FOUNDATION.iter().any(|own| bare.starts_with(own)))
}

/// Those of them that hold a rule, or are the OpenID Foundation's.
pub fn holding<'a>(tests: &'a BTreeSet<String>, rules: &'a Rules) -> impl Iterator<Item = &'a String> {
    tests.iter().filter(|name| is_foundations(name) || !ids(name).is_empty() || rules.all().any(|rule| holds(name, rule)))
}

/// The names of all tests: of those in Rust the function's, of the others with where they stand, `e2e/reload`, `provider/…`, `step/deny`.
pub fn all(root: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for folder in ["src", "tests", "xtask/src", "e2e/src", "simulation", "bench/src"] {
        for text in texts(&root.join(folder), "rs")? {
            names.extend(functions(&text));
        }
    }
    let mut scenarios = texts(&root.join("e2e/src/scenarios"), "rs")?;
    scenarios.extend(texts(&root.join("e2e/src/scenarios"), "tsv")?);
    for text in scenarios {
        names.extend(between(&text, "scenario!(\"", '"').map(|name| format!("e2e/{name}")));
        names.extend(between(&text, "walk!(\"", '"').map(|name| format!("e2e/{name}")));
        let quoted =
            text.split('"').skip(1).step_by(2).filter(|word| FOUNDATION.iter().any(|own| word.starts_with(own) && !word.contains(' ')));
        names.extend(quoted.map(|name| format!("e2e/{name}")));
    }
    for text in texts(&root.join("provider/test"), "mjs")? {
        names.extend(between(&text, "test('", '\'').map(|name| format!("provider/{name}")));
    }
    names.extend(STEPS.iter().map(|step| format!("step/{}", step.name)));
    Ok(names)
}

/// The functions below `#[test]` and `#[wasm_bindgen_test]`, whatever else stands between them.
fn functions(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        is_test |= ["#[test]", "#[wasm_bindgen_test]", "#[tokio::test]"].contains(&line);
        let name = line.trim_start_matches("pub ").trim_start_matches("async ").strip_prefix("fn ");
        let name = name.and_then(|rest| rest.split('(').next());
        found.extend(name.filter(|_| std::mem::take(&mut is_test)).map(str::to_owned));
    }
    found
}

fn between<'a>(text: &'a str, before: &'a str, quote: char) -> impl Iterator<Item = &'a str> {
    text.split(before).skip(1).filter_map(move |rest| rest.split(quote).next())
}

/// Every file below a folder with this extension.
fn texts(folder: &Path, extension: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be read.", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(texts(&path, extension)?);
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(fs::read_to_string(&path)?);
        }
    }
    Ok(found)
}
