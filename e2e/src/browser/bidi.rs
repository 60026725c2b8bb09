//! WebDriver BiDi, as much of it as the suite needs: commands, and what the console says.
//!
//! Nobody listens all the time: whatever the browser has said waits in the socket until the next command is answered.

use crate::console::Entry;
use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::{cell::RefCell, time::Duration};
use tokio::{net::TcpStream, sync::Mutex, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection to a session.
#[derive(Debug)]
pub(super) struct Bidi {
    line: Mutex<Line>,
    console: RefCell<Vec<Entry>>,
}

#[derive(Debug)]
struct Line {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    last: u64,
}

impl Bidi {
    /// Connects to the address that a session gives, and begins to listen to the console.
    pub(super) async fn connect(address: &str) -> Result<Self> {
        let (socket, _) = connect_async(address).await.context("no connection to WebDriver BiDi")?;
        let bidi = Self { line: Mutex::new(Line { socket, last: 0 }), console: RefCell::default() };
        bidi.command("session.subscribe", json!({ "events": ["log.entryAdded"] })).await?;
        Ok(bidi)
    }

    /// Lets a script run before every document from now on, in all tabs.
    pub(super) async fn before_every_document(&self, script: &str) -> Result<()> {
        let function = format!("() => {{ {script} }}");
        self.command("script.addPreloadScript", json!({ "functionDeclaration": function })).await.map(drop)
    }

    /// What the console has said since this was last asked, in all tabs.
    pub(super) async fn console(&self) -> Result<Vec<Entry>> {
        // Any command would do: what was said before its answer is read with it.
        self.command("session.status", json!({})).await?;
        Ok(self.console.take())
    }

    async fn command(&self, method: &str, parameters: Value) -> Result<Value> {
        let work = async {
            let mut line = self.line.lock().await;
            line.last += 1;
            let id = line.last;
            let text = json!({ "id": id, "method": method, "params": parameters }).to_string();
            line.socket.send(Message::text(text)).await?;
            loop {
                let message = line.socket.next().await.context("the browser hung up")??;
                let Message::Text(text) = message else { continue };
                match understood(&serde_json::from_str(&text)?, id) {
                    Some(Said::Answer(answer)) => return answer.with_context(|| format!("{method} was refused")),
                    Some(Said::InTheConsole(entry)) => self.console.borrow_mut().push(entry),
                    None => {}
                }
            }
        };
        match timeout(PATIENCE, work).await {
            Ok(answer) => answer,
            Err(_) => bail!("{method} was not answered within {} s", PATIENCE.as_secs()),
        }
    }
}

/// What the browser says.
#[derive(Debug)]
enum Said {
    Answer(Result<Value>),
    InTheConsole(Entry),
}

fn understood(message: &Value, id: u64) -> Option<Said> {
    if message["type"] == "event" {
        return (message["method"] == "log.entryAdded").then(|| Said::InTheConsole(Entry::from_bidi(&message["params"])));
    }
    if message["id"] != id {
        return None;
    }
    Some(Said::Answer(match message["type"].as_str() {
        Some("success") => Ok(message["result"].clone()),
        _ => Err(anyhow::anyhow!("{}: {}", message["error"], message["message"])),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_known_by_its_number_and_an_error_is_one() {
        let said = |message: Value| understood(&message, 7);
        assert!(matches!(said(json!({ "type": "success", "id": 7, "result": 1 })), Some(Said::Answer(Ok(result))) if result == 1));
        assert!(said(json!({ "type": "success", "id": 6, "result": 1 })).is_none());
        let refused = json!({ "type": "error", "id": 7, "error": "invalid argument", "message": "no" });
        assert!(matches!(said(refused), Some(Said::Answer(Err(error))) if error.to_string().contains("invalid argument")));
    }

    #[test]
    fn the_console_is_listened_to_while_an_answer_is_waited_for() {
        let event = json!({ "type": "event", "method": "log.entryAdded", "params": { "level": "error", "text": "bad" } });
        assert!(matches!(understood(&event, 1), Some(Said::InTheConsole(entry)) if entry.is_fault(&[])));
        assert!(understood(&json!({ "type": "event", "method": "browsingContext.load" }), 1).is_none());
    }
}
