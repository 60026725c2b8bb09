//! The local provider with its API: a process that a scenario can stop, start again and make misbehave.

use crate::{
    http,
    setup::{Ports, Setup},
    tap::{Side, Tap, Wire},
    tls::{Identity, Shield},
};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::{
    cell::RefCell,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};
use xtask::{config::LOCAL_CLIENT, engines::Engine, ports, workspace::Workspace};

/// How long the provider may take to be ready: its first start makes a key.
const PATIENCE: Duration = Duration::from_secs(60);

/// The provider of one world.
#[derive(Debug)]
pub(crate) struct Provider {
    program: PathBuf,
    state: PathBuf,
    ports: Ports,
    engine: Engine,
    setup: Setup,
    identity: Option<Identity>,
    running: RefCell<Option<Running>>,
    /// All that goes between the browser and the provider.
    pub(crate) wire: Wire,
}

#[derive(Debug)]
struct Running {
    child: Child,
    // The pipe must stay open, or the provider's next line would end it.
    _lines: Lines<BufReader<ChildStdout>>,
    _tap: Tap,
    _shields: Vec<Shield>,
}

impl Provider {
    /// Starts it. What it remembers is kept in the folder, so that it survives a stop.
    pub(crate) async fn start(
        workspace: &Workspace,
        folder: &Path,
        ports: Ports,
        engine: Engine,
        setup: Setup,
        identity: Option<Identity>,
    ) -> Result<Self> {
        let provider = Self {
            program: workspace.at("provider/main.mjs"),
            state: folder.join("provider.json"),
            ports,
            engine,
            setup,
            identity,
            running: RefCell::default(),
            wire: Wire::default(),
        };
        provider.start_again().await?;
        Ok(provider)
    }

    /// Starts it where it was stopped, with what it remembers.
    pub(crate) async fn start_again(&self) -> Result<()> {
        let Ports { tap, provider, api, api_itself, control, .. } = self.ports;
        let issuer = self.setup.issuer(self.ports);
        let mut child = Command::new("node")
            .arg(&self.program)
            .args(["--port", &provider.to_string(), "--api-port", &api_itself.to_string(), "--control-port", &control.to_string()])
            .args(["--app", &self.ports.app(), "--issuer", &issuer, "--client-id", LOCAL_CLIENT])
            .arg("--exit-with-stdin")
            .arg("--state")
            .arg(&self.state)
            .args(self.setup.provider_arguments(self.engine))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("the provider did not start")?;
        let mut lines = BufReader::new(child.stdout.take().context("the provider has no output")?).lines();
        let line = timeout(PATIENCE, lines.next_line()).await.context("the provider was not ready within a minute")??;
        ensure!(line.is_some_and(|line| line.contains("\"ready\":true")), "the provider ended before it was ready");
        let mut shields = Vec::new();
        let mut outside = ports::listen(tap)?;
        if let Some(identity) = &self.identity {
            // The tap hears what is said behind the TLS.
            let behind = ports::listen(0)?;
            let port = behind.first().context("it listens")?.local_addr()?.port();
            shields.push(Shield::open(std::mem::replace(&mut outside, behind), port, identity)?);
            shields.push(Shield::open(ports::listen(api)?, api_itself, identity)?);
        }
        let tap = Tap::open(outside, provider, &self.wire)?;
        self.running.replace(Some(Running { child, _lines: lines, _tap: tap, _shields: shields }));
        Ok(())
    }

    /// Stops it, as for an update: nobody answers at its address any more.
    pub(crate) async fn stop(&self) -> Result<()> {
        let Some(mut running) = self.running.take() else { bail!("the provider is stopped already") };
        drop(running.child.stdin.take());
        timeout(Duration::from_secs(10), running.child.wait()).await.context("the provider did not end")??;
        Ok(())
    }

    /// Works a control: `revoke-sessions`, `fail?endpoint=token&status=503`, …
    pub(crate) async fn control(&self, what: &str) -> Result<()> {
        let answer = http::post(&format!("http://localhost:{}/{what}", self.ports.control)).await?;
        ensure!(answer.status == 200, "the provider refused {what}: {}", answer.text());
        Ok(())
    }

    /// The requests that it has seen since the log was last cleared, without preflights and without those of its own API.
    pub(crate) async fn log(&self) -> Result<Log> {
        let answer = http::get(&format!("http://localhost:{}/log", self.ports.control)).await?;
        let entries: Vec<Value> = serde_json::from_slice(&answer.body)?;
        Ok(Log(entries.into_iter().filter(|entry| entry["method"] != "OPTIONS").collect()))
    }

    /// How often each rule of tampering was followed.
    pub(crate) async fn tampered(&self) -> Result<Vec<u64>> {
        let answer = http::get(&format!("http://localhost:{}/tamper", self.ports.control)).await?;
        let rules: Vec<Value> = serde_json::from_slice(&answer.body)?;
        Ok(rules.iter().filter_map(|rule| rule["followed"].as_u64()).collect())
    }

    /// The name of the cookie that holds the session.
    pub(crate) fn session_cookie(&self) -> String {
        format!("session_{}", self.ports.provider)
    }

    /// From here on the log counts anew.
    pub(crate) async fn forget_log(&self) -> Result<()> {
        self.control("log/clear").await
    }

    /// What the browser asked it for below this path, in no order: path and query.
    pub(crate) fn asked_for(&self, path: &str) -> Vec<String> {
        self.wire.asked_for(path)
    }

    /// How often the browser sent this text to the provider.
    pub(crate) fn was_sent(&self, text: &str) -> usize {
        self.wire.text(Side::Browser).matches(text).count()
    }
}

/// The requests that the provider has seen.
#[derive(Debug)]
pub(crate) struct Log(Vec<Value>);

impl Log {
    /// How many asked for a page: an authorization request that is not silent.
    pub(crate) fn visible_sign_ins(&self) -> usize {
        self.at("/oauth/authorize").filter(|entry| entry["values"]["prompt"] != "none").count()
    }

    /// How many were silent authorization requests.
    pub(crate) fn silent_sign_ins(&self) -> usize {
        self.at("/oauth/authorize").filter(|entry| entry["values"]["prompt"] == "none").count()
    }

    /// How many of those carried a cookie of this name.
    pub(crate) fn silent_sign_ins_with(&self, cookie: &str) -> usize {
        let carries = |entry: &&Value| entry["cookies"].as_array().is_some_and(|names| names.iter().any(|name| name == cookie));
        self.at("/oauth/authorize").filter(|entry| entry["values"]["prompt"] == "none").filter(carries).count()
    }

    /// How many token requests there were of this grant type.
    pub(crate) fn grants(&self, grant_type: &str) -> usize {
        self.at("/oauth/token").filter(|entry| entry["values"]["grant_type"] == grant_type).count()
    }

    /// How many token requests there were.
    pub(crate) fn token_requests(&self) -> usize {
        self.at("/oauth/token").count()
    }

    /// How many requests there were at a path.
    pub(crate) fn count_at(&self, path: &str) -> usize {
        self.at(path).count()
    }

    /// How often something was answered at a path.
    pub(crate) fn answered_at(&self, path: &str) -> usize {
        self.at(path).filter(|entry| entry["status"] == 200).count()
    }

    /// What was asked for with a token: paths of userinfo and API.
    pub(crate) fn calls(&self) -> Vec<&str> {
        self.0.iter().filter_map(|entry| entry["path"].as_str()).filter(|path| *path == "/userinfo" || path.starts_with("/api/")).collect()
    }

    /// The statuses that userinfo was answered with, where the token came in the header alone.
    pub(crate) fn userinfo_statuses(&self) -> Vec<u64> {
        let in_header = |entry: &&Value| entry["has_authorization"] == true && entry["params"] == Value::Array(Vec::new());
        self.at("/userinfo").filter(in_header).filter_map(|entry| entry["status"].as_u64()).collect()
    }

    /// The statuses that the API answered the sample call with.
    pub(crate) fn api_statuses(&self) -> Vec<u64> {
        self.at("/api/me").filter_map(|entry| entry["status"].as_u64()).collect()
    }

    /// The names of the parameters of the last request at a path.
    pub(crate) fn parameters_at(&self, path: &str) -> Vec<String> {
        let last = self.at(path).last().and_then(|entry| entry["params"].as_array().cloned());
        last.unwrap_or_default().iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// The statuses of the answers at a path.
    pub(crate) fn statuses_at(&self, path: &str) -> Vec<u64> {
        self.at(path).filter_map(|entry| entry["status"].as_u64()).collect()
    }

    /// The proofs that came to a path, as they were read there.
    pub(crate) fn proofs_at(&self, path: &str) -> Vec<Value> {
        self.at(path).map(|entry| entry["proof"].clone()).collect()
    }

    /// The schemes of `Authorization` at a path.
    pub(crate) fn schemes_at(&self, path: &str) -> Vec<String> {
        self.at(path).map(|entry| entry["scheme"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The last request at a path.
    pub(crate) fn last_at<'a>(&'a self, path: &'a str) -> Option<&'a Value> {
        self.at(path).last()
    }

    /// The requests at a path.
    pub(crate) fn at<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a Value> {
        self.0.iter().filter(move |entry| entry["path"] == path)
    }
}
