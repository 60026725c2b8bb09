//! `cargo xtask`: builds, runs, packs and tests hushkey.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use xtask::dist::Source;
use xtask::engines::Engine;
use xtask::hosts::Host;
use xtask::wasm::Build;
use xtask::workspace::Workspace;
use xtask::{bench, bundle, conformance, dev, dist, doctor, fuzz, mutants, run, serve, simulate, suite, validation};

/// Builds, runs, packs and tests hushkey.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Run the app as it is deployed, beside a local provider and its API
    Run {
        /// Port of the app; the next two are the provider's and the API's
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// Open the app in the browser
        #[arg(long)]
        open: bool,
    },
    /// Run the app while working on it: rebuilt and reloaded on every change
    Dev {
        /// Port of the app; the next two are the provider's and the API's
        #[arg(long, default_value_t = 8080)]
        port: u16,
    },
    /// Write the folder to deploy for one configuration
    Dist {
        /// The configuration, a JSON file
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// The folder to write
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Where the app will be served, such as https://app.example.com
        #[arg(long)]
        origin: Option<String>,
        /// A sixth smaller: without the page /flow, and with a standard library compiled for size (needs the component rust-src; a plain build is the fallback)
        #[arg(long)]
        smallest: bool,
        /// Of what `bundle` wrote, without building anything
        #[arg(long, value_name = "DIR", conflicts_with = "smallest")]
        bundle: Option<PathBuf>,
        /// With a service worker that keeps page and hashed files, so that a reload waits for no server of the app
        #[arg(long)]
        service_worker: bool,
        /// Whom the folder is for; may be given several times. Netlify and Cloudflare unless named
        #[arg(long, value_name = "HOST")]
        host: Vec<Host>,
    },
    /// Write the app without a configuration, with all extensions: what `dist --bundle` makes deployments of where there is no compiler
    Bundle {
        /// The folder to write
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// A sixth smaller; see `dist`
        #[arg(long)]
        smallest: bool,
    },
    /// Check a configuration against the real provider and the real host
    Doctor {
        /// The configuration, a JSON file
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// Where the app is served, such as https://app.example.com
        #[arg(long)]
        origin: Option<String>,
    },
    /// Serve a folder that `dist` wrote, with its headers
    Serve {
        /// The folder
        dir: PathBuf,
        /// The port; 0 takes a free one
        #[arg(long, default_value_t = 8080)]
        port: u16,
    },
    /// Check and test everything, in order, up to the first failure
    Test {
        /// Only these steps
        #[arg(long, value_delimiter = ',', value_name = "STEP,…")]
        only: Vec<String>,
        /// The browser engine for the steps that need one, Chromium unless named; may be given several times
        #[arg(long, value_name = "NAME")]
        engine: Vec<Engine>,
        /// Name the steps and do nothing
        #[arg(long)]
        list: bool,
    },
    /// Write docs/conformance.md anew, of the rules and of what the last `test` saw
    Conformance,
    /// Run the protocol core in simulated worlds, and check what must hold
    Simulate {
        /// How many sessions
        #[arg(long, default_value_t = 100_000)]
        sessions: u64,
        /// What the seeds of the sessions are made from
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Run the one session of this seed, and tell everything that happens in it
        #[arg(long, value_name = "SEED", conflicts_with_all = ["sessions", "seed"])]
        replay: Option<u64>,
    },
    /// Try hostile input by chance on everything that is read of others
    Fuzz {
        /// Only these targets
        targets: Vec<String>,
        /// How long each is tried, in seconds
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// How many are tried at a time
        #[arg(long, value_name = "N", default_value_t = 1)]
        together: usize,
        /// Put what was found into the corpus, as few texts as reach all that was reached
        #[arg(long)]
        keep: bool,
    },
    /// Change ring 0, one thing after the other, and see whether the native tests notice (two hours on two cores)
    Mutants {
        /// Only these files
        files: Vec<String>,
        /// Only one part of all, such as 2/8
        #[arg(long)]
        shard: Option<String>,
    },
    /// Measure reloads, bytes and memory, beside other libraries and beside what is possible
    #[command(disable_help_flag = true)]
    Bench {
        /// See `cargo xtask bench --help`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "OPTION")]
        arguments: Vec<OsString>,
    },
    /// Measure the validation of ID tokens in the browser, beside the jose library
    Validation,
    /// What Trunk calls after a build under `dev`
    #[command(hide = true)]
    DevHook,
}

#[tokio::main]
async fn main() -> ExitCode {
    let result = start(Arguments::parse().command).await;
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let chain: Vec<String> = error.chain().map(ToString::to_string).collect();
            eprintln!("\n{}", chain.join("\n"));
            ExitCode::FAILURE
        }
    }
}

async fn start(task: Task) -> Result<()> {
    match task {
        Task::Run { port, open } => run::command(port, open).await,
        Task::Dev { port } => dev::command(port).await,
        Task::Dist { config, out, origin, smallest, bundle, service_worker, host } => {
            let source = bundle.map_or_else(|| Source::Built(build(smallest)), Source::Kept);
            dist::command(&config, &out, origin.as_deref(), &source, service_worker, &host)
        }
        Task::Bundle { out, smallest } => bundle::kept::command(&out, build(smallest)),
        Task::Doctor { config, origin } => doctor::command(&config, origin.as_deref()).await,
        Task::Serve { dir, port } => serve::command(&dir, port).await,
        Task::Test { only, engine, list } => suite::command(&only, &engine, list),
        Task::Conformance => conformance::command(&Workspace::find()?),
        Task::Simulate { sessions, seed, replay } => simulate::command(sessions, seed, replay),
        Task::Fuzz { targets, seconds, together, keep } => fuzz::command(&targets, seconds, together, keep),
        Task::Mutants { files, shard } => mutants::command(&files, shard.as_deref()),
        Task::Bench { arguments } => bench::command(&arguments),
        Task::Validation => validation::command().await,
        Task::DevHook => dev::hook(),
    }
}

const fn build(smallest: bool) -> Build {
    if smallest { Build::Smallest } else { Build::Plain }
}
