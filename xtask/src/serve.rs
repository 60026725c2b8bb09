//! The static server: loopback only, with the headers of production.

use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::response::Response;
use tokio::task::JoinSet;

use crate::ports;
use crate::site::{Ask, Site};

/// Serves a folder until Ctrl-C: the command `cargo xtask serve`.
pub async fn command(folder: &Path, port: u16) -> Result<()> {
    let site = Arc::new(Site::load(folder)?);
    let listeners = ports::listen(port)?;
    let port = listeners[0].local_addr()?.port();
    println!("Serving {} at http://localhost:{port}", folder.display());
    serve(site, listeners, stop_signal()).await?;
    Ok(())
}

/// Answers on all listeners until `stop` resolves.
pub async fn serve(site: Arc<Site>, listeners: Vec<TcpListener>, stop: impl Future<Output = ()>) -> io::Result<()> {
    let app = Router::new().fallback(move |request: Request| {
        let response = respond(&site, &request);
        async move { response }
    });
    let mut tasks = JoinSet::new();
    for listener in listeners {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        tasks.spawn(axum::serve(listener, app.clone()).into_future());
    }
    // Dropping the set ends the servers, kept-alive connections included.
    tokio::select! {
        () = stop => Ok(()),
        Some(ended) = tasks.join_next() => ended.map_err(io::Error::other)?,
    }
}

/// Resolves at Ctrl-C or when the program is asked to end.
pub async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut term) = signal(SignalKind::terminate()) else {
            return;
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = term.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        tokio::signal::ctrl_c().await.ok();
    }
}

/// Answers one request.
pub fn respond(site: &Site, request: &Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return response(StatusCode::METHOD_NOT_ALLOWED, &[("Allow".to_owned(), "GET, HEAD".to_owned())], Body::empty());
    }
    let answer = site.answer(Ask {
        path: request.uri().path(),
        encodings: text(request.headers(), header::ACCEPT_ENCODING),
        known: text(request.headers(), header::IF_NONE_MATCH),
    });
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // The body of an answer to HEAD is dropped by the HTTP implementation.
    response(status, &answer.headers, Body::from(answer.body))
}

fn response(status: StatusCode, headers: &[(String, String)], body: Body) -> Response {
    let mut builder = Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    builder.body(body).unwrap_or_else(|_| {
        let mut broken = Response::new(Body::from("A header in _headers is malformed.\n"));
        *broken.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        broken
    })
}

fn text(headers: &HeaderMap, name: HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
