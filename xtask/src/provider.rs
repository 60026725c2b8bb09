//! The local provider and its API: a Node program beside the app.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::config::LOCAL_CLIENT;
use crate::workspace::Workspace;

/// How long the provider may take to be ready: its first start makes a key.
const PATIENCE: Duration = Duration::from_secs(60);

/// The exit code by which the provider says that a port is taken.
const PORT_TAKEN: i32 = 98;

/// A running provider. It ends with this value, and also when this program is
/// killed: it watches its standard input, which is ours to hold open.
#[derive(Debug)]
pub struct Provider {
    child: Child,
    // Not left in the child, since waiting for that would close it.
    stdin: Option<ChildStdin>,
    // The pipe must stay open, or the provider's next line would end it.
    _lines: Lines<BufReader<ChildStdout>>,
    /// Whom one can sign in as, as sentences.
    pub people: Vec<String>,
}

impl Provider {
    /// Starts the provider for an app on the first port and waits until it is
    /// ready. Sessions are kept in the file `state` across restarts.
    pub async fn start(workspace: &Workspace, ports: [u16; 3], silent: &str, state: &Path) -> Result<Self> {
        let [app, provider, api] = ports;
        let mut child = Command::new("node")
            .arg(workspace.at("provider/main.mjs"))
            .args(["--port", &provider.to_string(), "--api-port", &api.to_string()])
            .args(["--app", &format!("http://localhost:{app}")])
            .args(["--client-id", LOCAL_CLIENT, "--silent-path", silent])
            .arg("--exit-with-stdin")
            .arg("--state")
            .arg(state)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("The local provider did not start.")?;
        let stdout = child.stdout.take().context("The local provider has no output.")?;
        let stdin = child.stdin.take();
        let mut lines = BufReader::new(stdout).lines();
        let line = timeout(PATIENCE, lines.next_line()).await.context("The local provider was not ready within a minute.")??;
        let Some(line) = line else {
            let status = child.wait().await?;
            if status.code() == Some(PORT_TAKEN) {
                bail!("The local provider's port is taken; choose other ports with --port.");
            }
            bail!("The local provider ended with {status} before it was ready.");
        };
        Ok(Self { child, stdin, _lines: lines, people: people(&line)? })
    }

    /// Resolves when the provider ends by itself, which it should not.
    pub async fn ended(&mut self) -> anyhow::Error {
        match self.child.wait().await {
            Ok(status) => anyhow::anyhow!("The local provider ended with {status}."),
            Err(error) => error.into(),
        }
    }

    /// Lets the provider save its sessions and end.
    pub async fn stop(mut self) {
        drop(self.stdin.take());
        if timeout(Duration::from_secs(3), self.child.wait()).await.is_err() {
            self.child.kill().await.ok();
        }
    }
}

fn people(line: &str) -> Result<Vec<String>> {
    let ready: Value = serde_json::from_str(line)
        .ok()
        .filter(|value: &Value| value["ready"] == true)
        .with_context(|| format!("The local provider said something unexpected: {line}"))?;
    let people = ready["people"].as_array().cloned().unwrap_or_default();
    Ok(people.iter().map(person).collect())
}

fn person(person: &Value) -> String {
    let text = |name: &str| person[name].as_str();
    let name = person.as_str().or_else(|| text("login")).or_else(|| text("email")).or_else(|| text("name"));
    let name = name.unwrap_or("somebody");
    match text("password") {
        Some(password) => format!("{name} (password: {password})"),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_whom_to_sign_in_as() {
        let line = r#"{"ready":true,"people":["ada",{"email":"b@x.example","password":"p"}]}"#;
        assert_eq!(people(line).expect("ready"), ["ada", "b@x.example (password: p)"]);
        assert!(people("Listening on 8081").is_err());
        assert!(people(r#"{"ready":false}"#).is_err());
    }
}
