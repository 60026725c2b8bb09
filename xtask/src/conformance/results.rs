//! Where tests have passed: read from the logs of the steps, kept in a file of lines.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::RESULTS;
use super::names;
use super::rules::Rules;
use crate::suite::PASSED;

/// Where a test was run: natively, in Node, or in an engine.
const PLACES: [&str; 5] = ["native", "node", "chromium", "firefox", "webkit"];

/// What was seen of the tests: by name and place, empty where it passed, and why where it was left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Results(BTreeMap<(String, &'static str), String>);

impl Results {
    /// Those that are kept in the repository.
    pub fn read(root: &Path) -> Result<Self> {
        let text = fs::read_to_string(root.join(RESULTS)).with_context(|| format!("{RESULTS} cannot be read."))?;
        let line = |line: &str| {
            let mut cells = line.split('\t');
            let (name, place) = (cells.next()?.to_owned(), cells.next()?);
            Some(((name, PLACES.into_iter().find(|own| *own == place)?), cells.next().unwrap_or_default().to_owned()))
        };
        Ok(Self(text.lines().filter_map(line).collect()))
    }

    /// What the logs of the steps that passed say.
    pub fn of_logs(folder: &Path) -> Result<Self> {
        let mut results = Self::default();
        for entry in fs::read_dir(folder).context("Run `cargo xtask test` first.")? {
            let path = entry?.path();
            let is_log = path.extension().is_some_and(|extension| extension == "log");
            let Some(task) = path.file_stem().and_then(|stem| stem.to_str()).filter(|_| is_log) else { continue };
            let text = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
            if text.lines().next_back() == Some(PASSED) {
                results.0.extend(of_log(task, &text));
            }
        }
        Ok(results)
    }

    /// Newer ones take the place of these: all that were of the same kind in the same place.
    #[must_use]
    pub fn updated_by(mut self, newer: Self) -> Self {
        let renewed: BTreeSet<_> = newer.0.keys().map(|(name, place)| (kind(name), *place)).collect();
        self.0.retain(|(name, place), _| !renewed.contains(&(kind(name), *place)));
        self.0.extend(newer.0);
        self
    }

    /// Those of tests that exist and hold a rule, or are the OpenID Foundation's.
    #[must_use]
    pub fn of(mut self, rules: &Rules, known: &BTreeSet<String>) -> Self {
        let wanted: BTreeSet<&String> = names::holding(known, rules).collect();
        self.0.retain(|(name, _), _| wanted.contains(name));
        self
    }

    /// The tests that have passed somewhere.
    pub fn tests(&self) -> impl Iterator<Item = &str> {
        let passed: BTreeSet<&str> = self.0.iter().filter(|(_, why)| why.is_empty()).map(|((name, _), _)| name.as_str()).collect();
        passed.into_iter()
    }

    /// Where it has passed.
    pub fn places<'a>(&'a self, test: &'a str) -> impl Iterator<Item = &'static str> + 'a {
        PLACES.into_iter().filter(move |place| self.0.get(&(test.to_owned(), *place)).is_some_and(String::is_empty))
    }

    /// What was left out where, and why.
    pub fn left_out(&self) -> impl Iterator<Item = (&str, &'static str, &str)> {
        self.0.iter().filter(|(_, why)| !why.is_empty()).map(|((name, place), why)| (name.as_str(), *place, why.as_str()))
    }

    /// Those of the places that the others know, too: who has run one engine knows nothing of another.
    #[must_use]
    pub fn where_known_to(mut self, others: &Self) -> Self {
        let places: BTreeSet<_> = others.0.keys().map(|(_, place)| *place).collect();
        self.0.retain(|(_, place), _| places.contains(place));
        self
    }

    /// What is in one of them only.
    pub fn differences(&self, seen: &Self) -> Vec<String> {
        let only = |these: &Self, others: &Self, verdict: &str| -> Vec<String> {
            let missing = these.0.iter().filter(|(key, why)| others.0.get(*key) != Some(why));
            missing.map(|((name, place), why)| format!("  {verdict} {name} in {place} {why}")).collect()
        };
        [only(self, seen, "no longer seen:"), only(seen, self, "not in the page yet:")].concat()
    }
}

impl fmt::Display for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((name, place), why) in &self.0 {
            writeln!(f, "{}", format!("{name}\t{place}\t{why}").trim_end())?;
        }
        Ok(())
    }
}

/// What stands before the name: `e2e`, `provider`, `step`, or nothing for a Rust function.
fn kind(name: &str) -> &str {
    name.split_once('/').map_or("", |(kind, _)| kind)
}

/// What the log of a task says: `wasm-firefox`, `deny`.
fn of_log(task: &str, text: &str) -> Vec<((String, &'static str), String)> {
    let (step, engine) = task.rsplit_once('-').unwrap_or((task, ""));
    let engine = PLACES.into_iter().find(|place| *place == engine);
    let step = if engine.is_some() { step } else { task };
    let place = engine.unwrap_or(if step == "provider" { "node" } else { "native" });
    let mut found: Vec<_> = match step {
        "native" | "wasm" => text.lines().filter_map(rust).map(|name| ((name, place), String::new())).collect(),
        "provider" => text.lines().filter_map(node).map(|name| ((name, place), String::new())).collect(),
        "e2e" | "oidf" => text.lines().filter_map(scenario).map(|(name, why)| ((name, place), why)).collect(),
        _ => Vec::new(),
    };
    found.push(((format!("step/{step}"), place), String::new()));
    found
}

/// `test module::name ... ok`
fn rust(line: &str) -> Option<String> {
    let name = line.strip_prefix("test ")?.strip_suffix("... ok")?.trim_end();
    Some(name.rsplit("::").next()?.to_owned())
}

/// `ok 3 - name`, as deep as it may stand.
fn node(line: &str) -> Option<String> {
    let (number, name) = line.trim_start().strip_prefix("ok ")?.split_once(" - ")?;
    number.bytes().all(|byte| byte.is_ascii_digit()).then(|| format!("provider/{}", name.replace("\\#", "#")))
}

/// `PASS  name 1.2 s …` or `SKIP  name  why`.
fn scenario(line: &str) -> Option<(String, String)> {
    let (verdict, rest) = line.split_once("  ")?;
    let (name, rest) = rest.split_once(' ')?;
    match verdict {
        "PASS" => Some((format!("e2e/{name}"), String::new())),
        "SKIP" => Some((format!("e2e/{name}"), rest.trim().to_owned())),
        _ => None,
    }
}
