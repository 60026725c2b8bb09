//! `cargo xtask run`: the app as it is deployed, beside a local provider.

use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;

use anyhow::Result;

use crate::config::Deployment;
use crate::provider::Provider;
use crate::serve::{serve, stop_signal};
use crate::site::Site;
use crate::wasm::{Build, Extensions};
use crate::workspace::Workspace;
use crate::{bundle, dist, ports, tools};

/// Builds everything, serves it until Ctrl-C.
pub async fn command(port: u16, open: bool) -> Result<()> {
    // What can be wrong is found before the long build.
    let ports = ports::three(port)?;
    ports::require_free(&ports[1..])?;
    let listeners = ports::listen(port)?;
    let workspace = Workspace::find()?;
    let deployment = Deployment::local(ports)?;
    tools::node()?;
    tools::provider_packages(&workspace)?;

    let bundle = bundle::make(&workspace, Build::Plain, &Extensions::Only(deployment.extensions.clone()))?;
    let folder = workspace.scratch("run");
    dist::write(&bundle, &deployment, &folder)?;
    let site = Arc::new(Site::load(&folder)?);
    session(&workspace, ports, listeners, site, open).await
}

async fn session(workspace: &Workspace, ports: [u16; 3], listeners: Vec<TcpListener>, site: Arc<Site>, open: bool) -> Result<()> {
    let mut provider = start_provider(workspace, ports).await?;
    let address = format!("http://localhost:{}", ports[0]);
    welcome(ports, &provider.people);
    if open {
        open_browser(&address);
    }
    let result = tokio::select! {
        served = serve(site, listeners, stop_signal()) => served.map_err(Into::into),
        error = provider.ended() => return Err(error),
    };
    provider.stop().await;
    println!("\nStopped.");
    result
}

/// Starts the provider for the local configuration.
pub async fn start_provider(workspace: &Workspace, ports: [u16; 3]) -> Result<Provider> {
    let silent = Deployment::local(ports)?.silent_path;
    let state = workspace.scratch(&format!("provider-{}.json", ports[1]));
    if let Some(folder) = state.parent() {
        std::fs::create_dir_all(folder)?;
    }
    Provider::start(workspace, ports, &silent, &state).await
}

/// Says where the app is and what can be done there.
pub fn welcome([app, provider, api]: [u16; 3], people: &[String]) {
    println!("\n  Open     http://localhost:{app}");
    if let Some((first, others)) = people.split_first() {
        println!("  Sign in  as {first}");
        for other in others {
            println!("           or {other}");
        }
    }
    println!("  Provider http://localhost:{provider}, API http://localhost:{api}/api/");
    println!("  Ctrl-C stops all three.\n");
}

/// Opens the address in the user's browser, if there is one.
pub fn open_browser(address: &str) {
    let opened = if cfg!(windows) {
        Command::new("cmd").args(["/C", "start", "", address]).spawn()
    } else if cfg!(target_os = "macos") {
        Command::new("open").arg(address).spawn()
    } else {
        Command::new("xdg-open").arg(address).spawn()
    };
    if opened.is_err() {
        println!("  No browser could be opened; open {address} yourself.");
    }
}
