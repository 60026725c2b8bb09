//! What came of the scenarios, for whoever watches and for programs.

use crate::scenarios::Scenario;
use anyhow::{Context, Error, Result};
use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::Write,
    path::Path,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// What came of a scenario.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It passed, with these notes.
    Passed(Vec<String>),
    Failed(Error),
    /// It cannot be played here, and why.
    LeftOut(&'static str),
}

/// Counts and tells. Several threads may have something to tell.
#[derive(Debug)]
pub(crate) struct Report {
    engine: &'static str,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    record: Option<File>,
    passed: usize,
    failed: usize,
    left_out: usize,
    noted: BTreeMap<String, usize>,
}

impl Report {
    /// For a run in an engine. Each scenario becomes a line at the end of `record`.
    pub(crate) fn open(engine: &'static str, record: Option<&Path>) -> Result<Self> {
        let open = |path: &Path| OpenOptions::new().create(true).append(true).open(path).with_context(|| path.display().to_string());
        let record = record.map(open).transpose()?;
        Ok(Self { engine, inner: Mutex::new(Inner { record, ..Inner::default() }) })
    }

    /// A scenario is begun anew: what came of the first time says nothing.
    pub(crate) fn again(&self, scenario: &Scenario, took: Duration, why: &Error) {
        println!("AGAIN {:<22} {:>5.1} s  {why:#}", scenario.name, took.as_secs_f32());
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        *inner.noted.entry("the driver fell silent, and they were begun anew".to_owned()).or_default() += 1;
    }

    /// A scenario has ended.
    pub(crate) fn ended(&self, scenario: &Scenario, took: Duration, outcome: Outcome) -> Result<()> {
        let (name, seconds) = (scenario.name, took.as_secs_f32());
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let (verdict, why) = match outcome {
            Outcome::Passed(notes) => {
                println!("PASS  {name:<22} {seconds:>5.1} s  {}", scenario.headline);
                inner.passed += 1;
                for note in notes {
                    *inner.noted.entry(note).or_default() += 1;
                }
                ("passed", String::new())
            }
            Outcome::Failed(error) => {
                println!("FAIL  {name:<22} {seconds:>5.1} s  {error:#}");
                inner.failed += 1;
                ("failed", format!("{error:#}"))
            }
            Outcome::LeftOut(why) => {
                println!("SKIP  {name:<22}          {why}");
                inner.left_out += 1;
                ("left out", why.to_owned())
            }
        };
        let line = line(name, self.engine, verdict, &why);
        inner.record.as_mut().map_or(Ok(()), |file| file.write_all(line.as_bytes())).context("the record cannot be written")
    }

    /// Tells the whole. How many failed.
    pub(crate) fn sum_up(&self, run: &str) -> usize {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        for (note, times) in &inner.noted {
            println!("\nNote: in {times} scenarios {note}.");
        }
        println!("\n{run}: {} passed, {} failed, {} skipped", inner.passed, inner.failed, inner.left_out);
        inner.failed
    }
}

/// One line, whatever an error may hold.
fn line(name: &str, engine: &str, verdict: &str, why: &str) -> String {
    format!("{name}\t{engine}\t{verdict}\t{}\n", why.replace(['\t', '\n', '\r'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_has_a_line_of_four_cells_for_each_scenario_and_keeps_what_was_there() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("record.tsv");
        let [first, second, ..] = crate::scenarios::all(None)[..] else { panic!("there are scenarios") };
        for outcome in [Outcome::Passed(Vec::new()), Outcome::Failed(anyhow::anyhow!("two\nlines\tand a tab"))] {
            Report::open("firefox", Some(&file))?.ended(&first, Duration::ZERO, outcome)?;
        }
        Report::open("webkit", Some(&file))?.ended(&second, Duration::ZERO, Outcome::LeftOut("it cannot"))?;
        let expected = format!(
            "{0}\tfirefox\tpassed\t\n{0}\tfirefox\tfailed\ttwo lines and a tab\n{1}\twebkit\tleft out\tit cannot\n",
            first.name, second.name
        );
        assert_eq!(std::fs::read_to_string(&file)?, expected);
        Ok(())
    }
}
