//! `cargo xtask bench`: hushkey beside other libraries, and beside what is possible.
//!
//! From bottom to top: `statistics`, `traffic` and `machine` know nothing of apps; `apps` and `conditions` say what is measured; `make`, `serve` and
//! `provider` put it on the network, `chromium` and `page` work it; `reload`, `bytes` and `memory` measure; `report` tells.

mod apps;
mod arguments;
mod bytes;
mod chromium;
mod conditions;
mod machine;
mod make;
mod memory;
mod page;
mod provider;
mod quiet;
mod reload;
mod report;
mod serve;
mod statistics;
mod traffic;

use anyhow::{Context, Result};
use apps::{App, Ports};
use arguments::Arguments;
use bytes::Bytes;
use chromium::Chromium;
use clap::Parser;
use machine::Machine;
use make::Workshop;
use memory::Memory;
use provider::Provider;
use quiet::Quiet;
use reload::Track;
use report::Report;
use serde_json::json;
use serve::Servers;
use std::{collections::BTreeMap, fs, path::Path, process::ExitCode, time::Duration};
use traffic::Traffic;
use xtask::{engines::Engine, process::say, serve::stop_signal, workspace::Workspace};

/// The page that a whole run writes into.
const PAGE: &str = "docs/performance.md";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = tokio::select! {
        result = run(&arguments) => result,
        () = stop_signal() => Err(anyhow::anyhow!("stopped")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<()> {
    let (apps, conditions, ports) = (arguments.apps()?, arguments.conditions(), Ports(arguments.port));
    let workspace = Workspace::find()?;
    let programs = Engine::Chromium.programs()?;
    let workshop = Workshop::open(&workspace, ports, &apps)?;
    let traffic = Traffic::default();
    let servers = serve_all(&workshop, ports, &apps, &traffic)?;
    let mut provider = Provider::start(&workspace, ports, &traffic).await?;
    let mut quiet = Quiet::new(Duration::from_secs(arguments.patience * 60));

    let browser = Chromium::start(&programs).await?;
    let machine = Machine::this(browser.version().await?)?;
    browser.close().await?;

    say("Reloading …");
    let mut track = Track { programs: &programs, ports, traffic: &traffic, provider: &mut provider, quiet: &mut quiet };
    let (bytes, series) = track.run(&apps, &conditions, arguments.rounds).await?;

    let mut memory = Vec::new();
    if arguments.memory > 0 {
        say("Looking at memory …");
        for app in apps.iter().map(Some).chain([None]) {
            memory.push(Memory::measure(&programs, ports, app, arguments.memory).await?);
        }
    }
    drop(servers);

    let report = Report {
        command: arguments.command(),
        machine,
        build: workshop.build(),
        apps,
        conditions,
        rounds: arguments.rounds,
        series,
        bytes,
        memory,
        confession: quiet.confession(),
    };
    keep_raw(&report, &workspace.scratch("bench"))?;
    let text = report.render();
    println!("\n{text}");
    match (&arguments.out, arguments.is_whole()) {
        (Some(out), _) => write(out, &text),
        (None, true) => write(&workspace.at(PAGE), &text),
        (None, false) => {
            say("Something was left out, so this was not written anywhere; --out FILE does.");
            Ok(())
        }
    }
}

/// Serves every app, and the floor in any case: its empty page is what memory is compared with.
fn serve_all(workshop: &Workshop, ports: Ports, apps: &[App], traffic: &Traffic) -> Result<Servers> {
    let floor = make::floor().filter(|floor| apps.iter().all(|app| app.name != floor.name));
    let mut servers = Servers::default();
    for app in apps.iter().chain(&floor) {
        let folder = workshop.make(app)?;
        servers.add(app.name, ports.app(app), &folder, traffic)?;
    }
    Ok(servers)
}

fn write(file: &Path, text: &str) -> Result<()> {
    let page = if file.exists() { fs::read_to_string(file)? } else { report::blank() };
    let placed = report::place(&page, text).with_context(|| file.display().to_string())?;
    fs::write(file, placed).with_context(|| format!("{} cannot be written", file.display()))?;
    say(&format!("Written into {}.", file.display()));
    Ok(())
}

/// Every single measurement, for whoever does not trust a median.
fn keep_raw(report: &Report, folder: &Path) -> Result<()> {
    let named = |names: &mut dyn Iterator<Item = (&'static str, serde_json::Value)>| names.collect::<BTreeMap<_, _>>();
    let names = || report.apps.iter().map(|app| app.name);
    let raw = json!({
        "command": report.command,
        "machine": report.machine.sentence(),
        "reloads": report.series.iter().map(reload::Series::raw).collect::<Vec<_>>(),
        "bytes": named(&mut names().zip(report.bytes.iter().map(Bytes::raw))),
        "memory": named(&mut names().chain(["an empty page"]).zip(report.memory.iter().map(Memory::raw))),
    });
    let file = folder.join("samples.json");
    fs::write(&file, format!("{raw:#}\n"))?;
    say(&format!("Every measurement is in {}.", file.display()));
    Ok(())
}
