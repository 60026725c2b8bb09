//! The page.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::names;
use super::results::Results;
use super::rules::{Rule, Rules, Section};

/// Writes it.
pub fn render(root: &Path, rules: &Rules, results: &Results) -> Result<String> {
    let words = |file: &str| {
        let path = root.join("conformance").join(file);
        fs::read_to_string(&path).with_context(|| format!("{} cannot be read.", path.display()))
    };
    let mut page = words("introduction.md")?;
    for section in &rules.0 {
        write!(page, "\n{}", section_of(section, results))?;
    }
    write!(page, "\n{}", not_applicable(rules))?;
    write!(page, "\n{}", words("tension.md")?)?;
    write!(page, "\n{}", foundation(&words("foundation.md")?, results))?;
    write!(page, "\n{}", words("fuzzing.md")?)?;
    write!(page, "\n{}", words("mutation.md")?)?;
    write!(page, "\n{}", words("libraries.md")?)?;
    write!(page, "\n{}", left_out(results))?;
    Ok(page)
}

fn section_of(section: &Section, results: &Results) -> String {
    let rows: Vec<String> = section.rules.iter().map(|rule| row(rule, results)).collect();
    format!(
        "## {}: {}\n\n| id | rule | standard | how | held by |\n|---|---|---|---|---|\n{}\n",
        section.letters,
        section.title,
        rows.join("\n")
    )
}

fn row(rule: &Rule, results: &Results) -> String {
    let held: Vec<String> = tests(rule, results).iter().map(|test| format!("`{test}` {}", places(test, results))).collect();
    let held = if held.is_empty() { "none".to_owned() } else { held.join(", ") };
    format!("| {} | {} | {} | {} | {held} |", rule.id, rule.rule, rule.standard, rule.how)
}

/// Those that begin with its id come first.
fn tests<'a>(rule: &Rule, results: &'a Results) -> Vec<&'a str> {
    let (mut first, others): (Vec<_>, Vec<_>) =
        results.tests().filter(|test| names::holds(test, rule)).partition(|test| names::begins_with(test, rule));
    first.extend(others);
    first
}

/// Where it has passed, in letters: N, J, C, F, W.
fn places(test: &str, results: &Results) -> String {
    let letter = |place| match place {
        "native" => 'N',
        "node" => 'J',
        "chromium" => 'C',
        "firefox" => 'F',
        _ => 'W',
    };
    results.places(test).map(letter).collect()
}

fn not_applicable(rules: &Rules) -> String {
    let reasons: Vec<String> =
        rules.all().filter_map(|rule| rule.not_applicable.as_ref().map(|why| format!("| {} | {} | {why} |", rule.id, rule.rule))).collect();
    format!("## Rules that cannot apply\n\n| id | rule | why not |\n|---|---|---|\n{}\n", reasons.join("\n"))
}

/// The words about the OpenID Foundation's tests, with what has passed in the place of the line `RESULTS`.
fn foundation(words: &str, results: &Results) -> String {
    let rows: Vec<String> = results
        .tests()
        .filter(|test| names::is_foundations(test))
        .map(|test| format!("| `{}` | {} |", test.trim_start_matches("e2e/"), places(test, results)))
        .collect();
    words.replace("RESULTS", &format!("| test | passed in |\n|---|---|\n{}", rows.join("\n")))
}

fn left_out(results: &Results) -> String {
    let rows: Vec<String> = results.left_out().map(|(test, place, why)| format!("| `{test}` | {place} | {why} |")).collect();
    format!("## Left out\n\nScenarios that an engine cannot play.\n\n| test | engine | why |\n|---|---|---|\n{}\n", rows.join("\n"))
}
