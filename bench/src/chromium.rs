//! Chromium by the DevTools protocol, straight over its socket: a driver in between would take time, and vary in it.
//!
//! Nothing is listened to. Whatever the browser tells by itself is read past with the next answer.

use anyhow::{Context, Result, anyhow, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::{fs, process::Stdio, time::Duration};
use tempfile::TempDir;
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    sync::Mutex,
    time::{Instant, sleep, timeout},
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};
use xtask::engines::{Programs, chromium};

/// How long an answer, or the start, may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the browser would do by itself in the middle of a measurement, and how it treats pages that are not in front.
const QUIET: [&str; 11] = [
    "--disable-quic", "--no-first-run", "--no-default-browser-check", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-extensions", "--mute-audio", "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding",
];

/// The file in which the browser says where it can be spoken to.
const ADDRESS: &str = "DevToolsActivePort";

/// A running browser with an empty profile.
#[derive(Debug)]
pub(crate) struct Chromium {
    line: Mutex<Line>,
    child: Child,
    _profile: TempDir,
}

#[derive(Debug)]
struct Line {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    last: u64,
}

impl Chromium {
    /// Starts it.
    pub(crate) async fn start(programs: &Programs) -> Result<Self> {
        let profile = tempfile::Builder::new().prefix("hushkey-bench-").tempdir()?;
        let mut child = Command::new(&programs.browser)
            .args(chromium::arguments())
            .args(QUIET)
            .args(["--remote-debugging-port=0", "--window-size=1280,900"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("the browser did not start")?;
        let end = Instant::now() + PATIENCE;
        let address = loop {
            if let Some(address) = fs::read_to_string(profile.path().join(ADDRESS)).ok().and_then(|text| address(&text)) {
                break address;
            }
            if let Some(status) = child.try_wait()? {
                bail!("the browser ended with {status}");
            }
            if Instant::now() > end {
                bail!("the browser was not ready within {} s", PATIENCE.as_secs());
            }
            sleep(Duration::from_millis(50)).await;
        };
        let (socket, _) = connect_async(&address).await.context("the browser does not listen")?;
        Ok(Self { line: Mutex::new(Line { socket, last: 0 }), child, _profile: profile })
    }

    /// A command to the browser, or to the page with this session.
    pub(crate) async fn command(&self, session: Option<&str>, method: &str, parameters: Value) -> Result<Value> {
        let work = async {
            let mut line = self.line.lock().await;
            line.last += 1;
            let id = line.last;
            let mut text = json!({ "id": id, "method": method, "params": parameters });
            if let Some(session) = session {
                text["sessionId"] = session.into();
            }
            line.socket.send(Message::text(text.to_string())).await?;
            loop {
                let message = line.socket.next().await.context("the browser hung up")??;
                let Message::Text(text) = message else { continue };
                if let Some(answer) = answer(&serde_json::from_str(&text)?, id) {
                    return answer;
                }
            }
        };
        let answered = timeout(PATIENCE, work).await.map_err(|_| anyhow!("it took more than {} s", PATIENCE.as_secs()));
        answered.and_then(|answer| answer).with_context(|| method.to_owned())
    }

    /// Its name and version.
    pub(crate) async fn version(&self) -> Result<String> {
        let version = self.command(None, "Browser.getVersion", json!({})).await?;
        Ok(version["product"].as_str().unwrap_or_default().replace('/', " "))
    }

    /// Ends it.
    pub(crate) async fn close(mut self) -> Result<()> {
        // It may hang up before it answers.
        drop(self.command(None, "Browser.close", json!({})).await);
        if timeout(Duration::from_secs(10), self.child.wait()).await.is_err() {
            self.child.kill().await?;
        }
        Ok(())
    }
}

/// The address of the browser in the two lines of its file, once both are there.
fn address(text: &str) -> Option<String> {
    let (port, path) = text.split_once('\n')?;
    let path = path.trim_end();
    path.starts_with("/devtools/").then(|| format!("ws://127.0.0.1:{port}{path}"))
}

/// The answer to the command with this number, if the message is one.
fn answer(message: &Value, id: u64) -> Option<Result<Value>> {
    if message["id"] != id {
        return None;
    }
    Some(match message.get("error") {
        Some(error) => Err(anyhow!("{}", error["message"].as_str().unwrap_or("refused"))),
        None => Ok(message["result"].clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_only_when_it_is_whole() {
        assert_eq!(address("41227\n/devtools/browser/5e"), Some("ws://127.0.0.1:41227/devtools/browser/5e".to_owned()));
        assert_eq!(address("41227"), None);
        assert_eq!(address("41227\n"), None);
    }

    #[test]
    fn an_answer_is_known_by_its_number_and_an_error_is_one() {
        assert!(matches!(answer(&json!({ "id": 7, "result": { "a": 1 } }), 7), Some(Ok(result)) if result["a"] == 1));
        assert!(answer(&json!({ "id": 6, "result": {} }), 7).is_none());
        assert!(answer(&json!({ "method": "Page.loadEventFired" }), 7).is_none());
        let refused = answer(&json!({ "id": 7, "error": { "message": "no such page" } }), 7);
        assert!(matches!(refused, Some(Err(error)) if error.to_string() == "no such page"));
    }
}
