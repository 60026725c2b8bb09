//! The attacker's server: whatever comes is noted and gladly answered, whoever asks from wherever.

use crate::{http::post, server::serve};
use anyhow::{Context, Result, ensure};
use axum::{
    Router,
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use std::{
    io,
    net::TcpListener,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::task::JoinSet;

/// A running server. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Attacker {
    /// Its origin.
    pub(crate) address: String,
    noted: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<io::Result<()>>,
}

impl Attacker {
    /// Opens it, and shows that it notes what comes.
    pub(crate) async fn open(listeners: Vec<TcpListener>) -> Result<Self> {
        let port = listeners.first().context("no listener")?.local_addr()?.port();
        let address = format!("http://localhost:{port}");
        let noted: Arc<Mutex<Vec<String>>> = Arc::default();
        let notes = Arc::clone(&noted);
        let router = Router::new().fallback(move |request: Request| {
            // With the preflights: even those say that somebody was about to come.
            notes.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{} {}", request.method(), request.uri()));
            let answer = answer(&request);
            async move { answer }
        });
        let attacker = Self { address, noted, _tasks: serve(&router, listeners)? };
        post(&format!("{}/tried", attacker.address)).await?;
        ensure!(attacker.noted() == ["POST /tried"], "the attacker's server notes nothing: {:?}", attacker.noted());
        attacker.noted.lock().unwrap_or_else(PoisonError::into_inner).clear();
        Ok(attacker)
    }

    /// What came: method and path.
    pub(crate) fn noted(&self) -> Vec<String> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn answer(request: &Request) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned().unwrap_or(HeaderValue::from_static("*"));
    let allowed = HeaderValue::from_static("authorization, content-type, dpop");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, origin),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, allowed),
    ];
    (headers, r#"{"keys":[]}"#).into_response()
}
