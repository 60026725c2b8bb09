//! The provider of a run: a Node program that tells of every request.

use crate::{
    apps::{Issuer, Ports},
    traffic::{Asked, Request, Traffic},
};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::{process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, Command},
    sync::mpsc::{self, UnboundedReceiver},
    time::timeout,
};
use xtask::{ports, tools, workspace::Workspace};

/// How long it may take to be ready, or to obey.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running provider. It ends with this value.
#[derive(Debug)]
pub(crate) struct Provider {
    _child: Child,
    orders: ChildStdin,
    /// What it says that is no request.
    replies: UnboundedReceiver<Value>,
}

impl Provider {
    /// Starts it, and waits until it is ready.
    pub(crate) async fn start(workspace: &Workspace, own: Ports, traffic: &Traffic) -> Result<Self> {
        tools::node()?;
        tools::provider_packages(workspace)?;
        ports::require_free(&[Issuer::Ordinary, Issuer::Slash].map(|issuer| own.issuer(issuer)))?;
        let mut child = Command::new("node")
            .arg(workspace.at("bench/provider/main.mjs"))
            .arg(own.provider().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("the provider did not start")?;
        let orders = child.stdin.take().context("the provider has no input")?;
        let mut lines = BufReader::new(child.stdout.take().context("the provider has no output")?).lines();
        let (tell, replies) = mpsc::unbounded_channel();
        let traffic = traffic.clone();
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                let Ok(said) = serde_json::from_str::<Value>(&line) else { continue };
                match request(&said) {
                    Some(request) => drop(traffic.note(request)),
                    None => drop(tell.send(said)),
                }
            }
        });
        let mut provider = Self { _child: child, orders, replies };
        let first = provider.reply().await.context("the provider was not ready")?;
        ensure!(first["ready"] == true, "the provider said {first}");
        Ok(provider)
    }

    /// Lets every request to it wait for so long from now on.
    pub(crate) async fn set_delay(&mut self, delay: Duration) -> Result<()> {
        let wanted = delay.as_millis();
        self.orders.write_all(format!("{wanted}\n").as_bytes()).await?;
        let reply = self.reply().await?;
        ensure!(reply["delay"].as_u64().map(u128::from) == Some(wanted), "the provider said {reply}");
        Ok(())
    }

    async fn reply(&mut self) -> Result<Value> {
        timeout(PATIENCE, self.replies.recv()).await.context("the provider is silent")?.context("the provider has ended")
    }
}

/// The request that a line tells of.
fn request(said: &Value) -> Option<Request> {
    Some(Request {
        at: said["at"].as_f64()?,
        asked: Asked::Provider,
        method: said["method"].as_str()?.to_owned(),
        path: said["path"].as_str()?.to_owned(),
        answer: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_request_is_told_from_a_reply() {
        let told = request(&json!({ "at": 5.5, "method": "POST", "path": "/oauth/token" })).expect("a request");
        assert_eq!((told.at, told.method.as_str(), told.path.as_str()), (5.5, "POST", "/oauth/token"));
        assert_eq!(request(&json!({ "delay": 50 })), None);
        assert_eq!(request(&json!({ "ready": true })), None);
    }
}
