//! nginx or Caddy, with the folder and the configuration that `dist` wrote, as a program of one scenario: ports, logs and everything else of its own.

use crate::{
    tls::Identity,
    wait::{until, yes},
};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};
use tokio::process::{Child, Command};
use xtask::{hosts, ports, servers::WebServer};

/// What it takes to serve the app by a real server.
#[derive(Debug)]
pub(crate) struct Real {
    pub(crate) server: WebServer,
    pub(crate) program: PathBuf,
    pub(crate) identity: Identity,
}

impl Real {
    /// Finds the program, makes the certificate.
    pub(crate) fn find(server: WebServer) -> Result<Self> {
        Ok(Self { server, program: server.program()?, identity: Identity::make()? })
    }

    /// Serves a deployed folder until the returned value is dropped.
    pub(crate) async fn serve(&self, folder: &Path, home: &Path, port: u16) -> Result<Running> {
        fs::create_dir_all(home)?;
        fs::write(home.join("certificate.pem"), &self.identity.certificate)?;
        fs::write(home.join("key.pem"), &self.identity.key)?;
        let (file, text) = match self.server {
            WebServer::Nginx => ("nginx.conf", nginx(folder, home, port)?),
            WebServer::Caddy => ("Caddyfile", caddy(folder, home, port)?),
        };
        fs::write(home.join(file), text)?;
        let log = fs::File::create(home.join("output.log"))?;
        let mut command = Command::new(&self.program);
        match self.server {
            WebServer::Nginx => command.arg("-p").arg(home).arg("-c").arg(home.join(file)).arg("-e").arg(home.join("error.log")),
            WebServer::Caddy => command.args(["run", "--adapter", "caddyfile", "--config"]).arg(home.join(file)),
        };
        // Caddy keeps its own things in the folder of whoever starts it.
        for variable in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
            command.env(variable, home);
        }
        let child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).kill_on_drop(true).spawn();
        let mut child = child.with_context(|| format!("{} did not start", self.program.display()))?;
        let ready = until("the server to listen", async || Ok(yes(ports::listens(port)?))).await;
        if let (Err(error), ended) = (ready, child.try_wait()?) {
            bail!("{error:#} (ended: {ended:?}): {}", fs::read_to_string(home.join("output.log"))?);
        }
        Ok(Running { _child: child, server: self.server, log: home.join("asked.log") })
    }
}

/// A running server.
#[derive(Debug)]
pub(crate) struct Running {
    _child: Child,
    pub(crate) server: WebServer,
    log: PathBuf,
}

impl Running {
    /// What was asked for by GET: path and query, in the order in which it was answered.
    pub(crate) fn asked(&self) -> Vec<String> {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let of_caddy = |line: &str| -> Option<String> {
            let entry: Value = serde_json::from_str(line).ok()?;
            let request = &entry["request"];
            (request["method"] == "GET").then(|| request["uri"].as_str().map(str::to_owned))?
        };
        match self.server {
            WebServer::Nginx => log.lines().filter_map(|line| line.strip_prefix("GET ")).map(str::to_owned).collect(),
            WebServer::Caddy => log.lines().filter_map(of_caddy).collect(),
        }
    }
}

/// One process, on one port of this machine, and around what `dist` wrote only what docs/deploy.md says.
fn nginx(folder: &Path, home: &Path, port: u16) -> Result<String> {
    let written = hosts::beside(folder, "nginx.conf")?;
    let home = home.display();
    let temporary: String =
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|name| format!("  {name}_temp_path {home}/{name};\n")).concat();
    Ok(format!(
        "daemon off;\nmaster_process off;\npid {home}/nginx.pid;\nevents {{ worker_connections 256; }}\n\
         http {{\n{temporary}  log_format asked '$request_method $request_uri';\n  access_log {home}/asked.log asked;\n  \
         server {{\n    listen 127.0.0.1:{port} ssl http2;\n    listen [::1]:{port} ssl http2;\n    server_name localhost;\n    \
         ssl_certificate {home}/certificate.pem;\n    ssl_certificate_key {home}/key.pem;\n    ssl_protocols TLSv1.2 TLSv1.3;\n    root {};\n    include {};\n  }}\n}}\n",
        folder.display(),
        written.display()
    ))
}

fn caddy(folder: &Path, home: &Path, port: u16) -> Result<String> {
    let written = hosts::beside(folder, "Caddyfile")?;
    let home = home.display();
    Ok(format!(
        "{{\n\tadmin off\n\tauto_https off\n}}\n\
         https://localhost:{port} {{\n\tbind 127.0.0.1 [::1]\n\ttls {home}/certificate.pem {home}/key.pem\n\t\
         log {{\n\t\toutput file {home}/asked.log\n\t\tformat json\n\t}}\n\troot * {}\n\timport {}\n}}\n",
        folder.display(),
        written.display()
    ))
}
