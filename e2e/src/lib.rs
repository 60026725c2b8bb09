//! The end-to-end suite of hushkey: the app as it is deployed, in a real browser, against the local provider.
//!
//! Every scenario gets a world of its own: provider, API, a folder made for these ports, a static server with the headers of production,
//! and a browser with an empty profile. Afterwards the world is judged: no secret that went over the wire may be found in any place of
//! the browser that outlives the page's memory, no policy may have been violated, and the console must be clean.
//!
//! From bottom to top: `wait` and `http` ask again and again; `tap`, `secrets` see what goes over the wire; `provider`, `server` and
//! `browser` are the parts of a `world`, with `tls` and `webserver` where a real server serves the
//! app, and `container` for what the image does; `console` and `sweep` judge it; `scenarios` tell what people do, and what a `hostile` provider and an `attacker` do; `runner` plays them, several at once if it is told to, and `report` tells what came of it; on
//! `walks` through all pages and states `look` takes pictures or judges.

mod arguments;
mod attacker;
mod browser;
mod console;
mod container;
mod hostile;
mod http;
mod look;
mod person;
mod provider;
mod report;
mod runner;
mod scenarios;
mod screens;
mod secrets;
mod server;
mod setup;
mod soak;
mod stage;
mod sweep;
mod tap;
mod tls;
mod wait;
mod walks;
mod webserver;
mod world;

use arguments::{Arguments, Task};
use clap::Parser;
use std::process::ExitCode;

/// Runs what the command line asks for.
#[must_use]
pub fn main() -> ExitCode {
    let result = match Arguments::parse().task() {
        Task::List(group) => {
            runner::list(group);
            Ok(true)
        }
        Task::Play(wanted) => runner::play(&wanted),
        Task::Screens { out, walks, shown } => screens::take(&out, &walks, shown).map(|()| true),
        Task::Soak { minutes, seed, out } => soak::run(minutes, seed, &out).map(|()| true),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
