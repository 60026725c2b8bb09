//! A tap on the wire between the browser and the provider: bytes pass unchanged, and a copy is kept.
//!
//! The address that the browser knows as the provider's is the tap's. So the suite sees every code, verifier and token in the moment in
//! which it is issued or used, whatever the page does with it, and nothing in the browser or the provider is changed for that.

use anyhow::Result;
use std::{
    io,
    net::TcpListener,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

/// Who spoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Browser,
    Provider,
}

/// What one side said on one connection.
#[derive(Debug)]
struct Talk {
    side: Side,
    bytes: Vec<u8>,
}

/// All that was said. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wire(Arc<Mutex<Vec<Talk>>>);

impl Wire {
    /// What one side said, all connections one after another.
    pub(crate) fn text(&self, side: Side) -> String {
        let talks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_side = talks.iter().filter(|talk| talk.side == side);
        of_side.map(|talk| String::from_utf8_lossy(&talk.bytes).into_owned()).collect::<Vec<_>>().join("\n")
    }

    /// What the browser asked for below this path, in no order: path and query.
    pub(crate) fn asked_for(&self, path: &str) -> Vec<String> {
        let said = self.text(Side::Browser);
        // A form that was posted over the same connection before ends without a line break.
        let asked = said.lines().filter_map(|line| line.strip_suffix(" HTTP/1.1")?.rsplit_once("GET ").map(|(_, asked)| asked));
        asked.filter(|asked| asked.starts_with(path)).map(str::to_owned).collect()
    }

    fn begin(&self, side: Side) -> usize {
        let mut talks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        talks.push(Talk { side, bytes: Vec::new() });
        talks.len() - 1
    }

    fn keep(&self, talk: usize, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)[talk].bytes.extend_from_slice(bytes);
    }
}

/// An open tap. It is closed, with all its connections, when it is dropped.
#[derive(Debug)]
pub(crate) struct Tap {
    _tasks: JoinSet<io::Result<()>>,
}

impl Tap {
    /// Hands every connection to `port` of this machine.
    pub(crate) fn open(listeners: Vec<TcpListener>, port: u16, wire: &Wire) -> Result<Self> {
        let mut tasks = JoinSet::new();
        for listener in listeners {
            listener.set_nonblocking(true)?;
            tasks.spawn(accept(tokio::net::TcpListener::from_std(listener)?, port, wire.clone()));
        }
        Ok(Self { _tasks: tasks })
    }
}

async fn accept(listener: tokio::net::TcpListener, port: u16, wire: Wire) -> io::Result<()> {
    let mut connections = JoinSet::new();
    loop {
        let (browser, _) = listener.accept().await?;
        connections.spawn(pass(browser, port, wire.clone()));
        while connections.try_join_next().is_some() {}
    }
}

async fn pass(browser: TcpStream, port: u16, wire: Wire) -> io::Result<()> {
    let provider = TcpStream::connect(("127.0.0.1", port)).await?;
    let (from_browser, to_browser) = browser.into_split();
    let (from_provider, to_provider) = provider.into_split();
    let asking = pump(from_browser, to_provider, Side::Browser, &wire);
    let answering = pump(from_provider, to_browser, Side::Provider, &wire);
    tokio::try_join!(asking, answering).map(drop)
}

async fn pump(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, side: Side, wire: &Wire) -> io::Result<()> {
    let talk = wire.begin(side);
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let count = from.read(&mut buffer).await?;
        if count == 0 {
            return to.shutdown().await;
        }
        wire.keep(talk, &buffer[..count]);
        to.write_all(&buffer[..count]).await?;
    }
}
