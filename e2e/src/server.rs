//! Who hands out files: our own server with the headers of production, a real one, or one of a few lines that could be any.

use crate::{
    container::Container,
    tap::{Tap, Wire},
    webserver::Running,
};
use anyhow::{Context, Result};
use axum::{
    Router,
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use std::{
    fs, io,
    net::TcpListener,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::task::JoinSet;
use xtask::{ports, serve, servers::WebServer, site::Site};

/// A running server. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    _tasks: JoinSet<io::Result<()>>,
    _tap: Option<Tap>,
    wire: Wire,
    real: Option<Running>,
    container: Option<Container>,
}

impl Server {
    /// The server of `cargo xtask serve`, behind a tap that notes what it is asked for.
    pub(crate) fn production(folder: &Path, listeners: Vec<TcpListener>) -> Result<Self> {
        let site = Arc::new(Site::load(folder)?);
        let behind = ports::listen(0)?;
        let port = behind.first().context("it listens")?.local_addr()?.port();
        let wire = Wire::default();
        let tap = Tap::open(listeners, port, &wire)?;
        let mut tasks = JoinSet::new();
        tasks.spawn(serve::serve(site, behind, std::future::pending()));
        Ok(Self { _tasks: tasks, _tap: Some(tap), wire, real: None, container: None })
    }

    /// nginx or Caddy.
    pub(crate) fn real(running: Running) -> Self {
        Self { _tasks: JoinSet::new(), _tap: None, wire: Wire::default(), real: Some(running), container: None }
    }

    /// What the image is started as.
    pub(crate) fn contained(container: Container) -> Self {
        Self { _tasks: JoinSet::new(), _tap: None, wire: Wire::default(), real: None, container: Some(container) }
    }

    /// What was started.
    pub(crate) fn container(&self) -> Result<&Container> {
        self.container.as_ref().context("the app is not served by what the image is started as")
    }

    /// Whether it is nginx.
    pub(crate) fn is_nginx(&self) -> bool {
        self.real.as_ref().is_some_and(|running| running.server == WebServer::Nginx)
    }

    /// What was asked for below this path, in no order: path and query. Of any but a plain server.
    pub(crate) fn asked_for(&self, path: &str) -> Vec<String> {
        let of_wire = || self.wire.asked_for(path);
        self.real.as_ref().map_or_else(of_wire, |real| real.asked().into_iter().filter(|asked| asked.starts_with(path)).collect())
    }

    /// Any static server: files by their names, the page for everything that has no name of a file, no header but the type and these.
    pub(crate) fn plain(folder: &Path, headers: &'static [(&str, &str)], listeners: Vec<TcpListener>) -> Result<Self> {
        let folder = folder.to_owned();
        let router = Router::new().fallback(move |request: Request| {
            let mut answer = plain_answer(&folder, request.uri().path());
            answer
                .headers_mut()
                .extend(headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))));
            async move { answer }
        });
        Ok(Self { _tasks: serve(&router, listeners)?, _tap: None, wire: Wire::default(), real: None, container: None })
    }
}

fn plain_answer(folder: &Path, path: &str) -> Response {
    let name = path.trim_start_matches('/');
    if name == "favicon.ico" {
        // Browsers ask for it by themselves.
        return StatusCode::NO_CONTENT.into_response();
    }
    let is_view = !name.rsplit('/').next().unwrap_or_default().contains('.');
    let file: PathBuf = folder.join(if is_view { "index.html" } else { name });
    let kind = match file.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html",
        "js" => "text/javascript",
        "css" => "text/css",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
    match fs::read(file) {
        Ok(bytes) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Serves on all of these until the value is dropped.
pub(crate) fn serve(router: &Router, listeners: Vec<TcpListener>) -> Result<JoinSet<io::Result<()>>> {
    let mut tasks = JoinSet::new();
    for listener in listeners {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let router = router.clone();
        tasks.spawn(async move { axum::serve(listener, router).await });
    }
    Ok(tasks)
}
