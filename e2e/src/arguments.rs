//! The command line.

use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use xtask::{
    engines::Engine,
    servers::WebServer,
    wasm::{Build, Extensions},
};

/// Tests the app end to end, in a browser that nobody looks at.
#[derive(Debug, Parser)]
#[command(name = "e2e")]
pub(crate) struct Arguments {
    /// Only scenarios whose name contains this, or is this where it begins with "="
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    only: Vec<String>,
    /// Only scenarios of this group
    #[arg(long, value_name = "NAME")]
    group: Option<Group>,
    /// Play so many at once, each in a world of its own
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    together: usize,
    /// Append a line for each scenario to this file: name, engine, passed, failed or left out, and why
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// The browser engine
    #[arg(long, value_name = "NAME", default_value = "chromium")]
    engine: Engine,
    /// Let this server serve the app, over TLS, with what `cargo xtask dist` wrote for it; our own unless named
    #[arg(long, value_name = "NAME")]
    host: Option<WebServer>,
    /// Show the browser
    #[arg(long)]
    headed: bool,
    /// Test the smallest build, as `cargo xtask dist --smallest` makes it
    #[arg(long)]
    smallest: bool,
    /// Test the app without the extensions of the protocol, as `cargo xtask dist` makes it for a configuration that needs none
    #[arg(long)]
    bare: bool,
    /// Name the scenarios and do nothing
    #[arg(long)]
    list: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take a picture of every page and state in Chromium: small and large, light and dark
    Screens {
        /// The folder for the pictures
        out: PathBuf,
        /// Put those that the README shows into docs/screens, too
        #[arg(long)]
        shown: bool,
        /// Only walks whose name contains this
        #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
        walks: Vec<String>,
    },
    /// Run for a long time in Chromium: four tabs, tokens that live for a minute, a provider that fails at random
    Soak {
        /// How long
        #[arg(long, default_value_t = 60)]
        minutes: u64,
        /// What chance is made from
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The file for what is measured: CSV
        #[arg(long)]
        out: PathBuf,
    },
}

/// Scenarios that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Group {
    /// What people do with the app.
    App,
    /// What a provider that means harm does: the OpenID Foundation's tests of relying parties, and what those leave out.
    Oidf,
}

/// Which scenarios are to be played, and how.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// Parts of names; none means all.
    pub(crate) only: Vec<String>,
    /// The group; none means all.
    pub(crate) group: Option<Group>,
    /// How many at once.
    pub(crate) together: usize,
    /// Where a line for each goes.
    pub(crate) record: Option<PathBuf>,
    /// The engine.
    pub(crate) engine: Engine,
    /// Whether to show the browser.
    pub(crate) headed: bool,
    /// How the app is compiled.
    pub(crate) build: Build,
    /// With which extensions of the protocol.
    pub(crate) extensions: Extensions,
    /// Who serves it, if not we.
    pub(crate) host: Option<WebServer>,
}

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Task {
    /// Name the scenarios.
    List(Option<Group>),
    /// Play scenarios.
    Play(Wanted),
    /// Take pictures.
    Screens {
        /// Where they go.
        out: PathBuf,
        /// Parts of names of walks; none means all.
        walks: Vec<String>,
        /// Whether those of the README are put where it looks for them.
        shown: bool,
    },
    /// Run for a long time.
    Soak {
        minutes: u64,
        seed: u64,
        /// Where the measures go.
        out: PathBuf,
    },
}

impl Arguments {
    pub(crate) fn task(self) -> Task {
        match self.command {
            Some(Command::Screens { out, shown, walks }) => Task::Screens { out, walks, shown },
            Some(Command::Soak { minutes, seed, out }) => Task::Soak { minutes, seed, out },
            None if self.list => Task::List(self.group),
            None => Task::Play(Wanted {
                only: self.only,
                group: self.group,
                together: self.together.max(1),
                record: self.record,
                engine: self.engine,
                headed: self.headed,
                build: if self.smallest { Build::Smallest } else { Build::Plain },
                extensions: if self.bare { Extensions::NONE } else { Extensions::All },
                host: self.host,
            }),
        }
    }
}
