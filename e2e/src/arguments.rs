//! The command line.

use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Tests the app end to end, in headless Chromium.
#[derive(Debug, Parser)]
#[command(name = "e2e")]
pub(crate) struct Arguments {
    /// Only scenarios whose name contains this
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    only: Vec<String>,
    /// Show the browser
    #[arg(long)]
    headed: bool,
    /// Name the scenarios and do nothing
    #[arg(long)]
    list: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take a picture of every page and state: small and large, light and dark
    Screens {
        /// The folder for the pictures
        out: PathBuf,
    },
}

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Task {
    /// Name the scenarios.
    List,
    /// Play scenarios.
    Play {
        /// Parts of names; none means all.
        only: Vec<String>,
        /// Whether to show the browser.
        headed: bool,
    },
    /// Take pictures.
    Screens {
        /// Where they go.
        out: PathBuf,
    },
}

impl Arguments {
    pub(crate) fn task(self) -> Task {
        match self.command {
            Some(Command::Screens { out }) => Task::Screens { out },
            None if self.list => Task::List,
            None => Task::Play { only: self.only, headed: self.headed },
        }
    }
}
