//! The command line.

use crate::{
    apps::{APPS, App},
    conditions::Condition,
};
use anyhow::{Result, bail, ensure};
use clap::{Parser, ValueEnum};
use std::path::PathBuf;

/// Measures hushkey, other libraries and what is possible, side by side: how long a reload takes until the person's name stands there, what a first
/// visit loads, and what memory is used. Prints the report, and writes it into docs/performance.md unless something was left out
#[derive(Clone, Debug, Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
pub(crate) struct Arguments {
    /// Reloads of each app under each condition that count; two more come before them
    #[arg(long, default_value_t = 22, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,
    /// Only these apps
    #[arg(long, value_delimiter = ',', value_name = "APP,…")]
    only: Vec<String>,
    /// Only these conditions
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    condition: Vec<Condition>,
    /// Browsers that are started for each app's memory; 0 leaves memory out
    #[arg(long, default_value_t = 5)]
    pub(crate) memory: u32,
    /// The file whose measured part is written anew; one that is not there is made
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The first of the ports
    #[arg(long, default_value_t = 8400, value_parser = clap::value_parser!(u16).range(1024..65000))]
    pub(crate) port: u16,
    /// For how many minutes at most to wait while compilers and other programs work on this machine
    #[arg(long, default_value_t = 5, value_name = "MINUTES")]
    pub(crate) patience: u64,
}

impl Arguments {
    /// The apps to measure.
    pub(crate) fn apps(&self) -> Result<Vec<App>> {
        if let Some(unknown) = self.only.iter().find(|name| APPS.iter().all(|app| app.name != **name)) {
            let known: Vec<&str> = APPS.iter().map(|app| app.name).collect();
            bail!("--only: there is no app {unknown}; there are {}.", known.join(", "));
        }
        let apps: Vec<App> = APPS.into_iter().filter(|app| self.only.is_empty() || self.only.iter().any(|name| name == app.name)).collect();
        ensure!(!apps.is_empty(), "--only names no app.");
        Ok(apps)
    }

    /// The conditions to measure under.
    pub(crate) fn conditions(&self) -> Vec<Condition> {
        let all = Condition::value_variants().iter().copied();
        all.filter(|condition| self.condition.is_empty() || self.condition.contains(condition)).collect()
    }

    /// Whether nothing was left out.
    pub(crate) fn is_whole(&self) -> bool {
        self.only.is_empty() && self.condition.is_empty() && self.memory > 0
    }

    /// The command as somebody would type it, as far as it decides about figures.
    pub(crate) fn command(&self) -> String {
        let mut words = vec!["cargo xtask bench".to_owned(), format!("--rounds {}", self.rounds)];
        if !self.only.is_empty() {
            words.push(format!("--only {}", self.only.join(",")));
        }
        if !self.condition.is_empty() {
            words.push(format!("--condition {}", self.condition.iter().map(|one| one.name()).collect::<Vec<_>>().join(",")));
        }
        words.push(format!("--memory {}", self.memory));
        words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> Result<Arguments> {
        Ok(Arguments::try_parse_from([&["bench"], words].concat())?)
    }

    #[test]
    fn without_a_word_everything_is_measured_often_enough() -> Result<()> {
        let all = parsed(&[])?;
        assert!(all.rounds >= 20 && all.is_whole());
        assert_eq!((all.apps()?.len(), all.conditions().len()), (APPS.len(), 6));
        Ok(())
    }

    #[test]
    fn a_part_is_named_and_keeps_its_order() -> Result<()> {
        let part = parsed(&["--rounds", "3", "--only", "floor,hushkey", "--condition", "cold-far,warm"])?;
        assert_eq!(part.apps()?.iter().map(|app| app.name).collect::<Vec<_>>(), ["hushkey", "floor"]);
        assert_eq!(part.conditions(), [Condition::Warm, Condition::ColdFar]);
        assert!(!part.is_whole());
        assert_eq!(part.command(), "cargo xtask bench --rounds 3 --only floor,hushkey --condition cold-far,warm --memory 5");
        assert!(!parsed(&["--memory", "0"])?.is_whole());
        Ok(())
    }

    #[test]
    fn what_does_not_exist_is_refused_by_name() -> Result<()> {
        let error = parsed(&["--only", "hushkey,msal"])?.apps().expect_err("no such app").to_string();
        assert!(error.contains("no app msal; there are hushkey, "), "{error}");
        assert!(parsed(&["--condition", "hot"]).is_err());
        assert!(parsed(&["--rounds", "0"]).is_err());
        Ok(())
    }
}
