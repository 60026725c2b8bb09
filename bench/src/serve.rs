//! The static server: the same one for all apps, each on its port, as a host would serve it.

use crate::traffic::{Asked, Request, Traffic, now};
use anyhow::Result;
use axum::{Router, body::HttpBody, extract, serve::ListenerExt};
use std::{future::IntoFuture, io, path::Path, sync::Arc};
use tokio::task::JoinSet;
use xtask::{ports, serve, site::Site};

/// Servers that answer until this is dropped.
#[derive(Debug, Default)]
pub(crate) struct Servers(JoinSet<io::Result<()>>);

impl Servers {
    /// Serves a folder.
    pub(crate) fn add(&mut self, app: &'static str, port: u16, folder: &Path, traffic: &Traffic) -> Result<()> {
        let site = Arc::new(Site::load(folder)?);
        let traffic = traffic.clone();
        let router = Router::new().fallback(move |request: extract::Request| {
            let (site, traffic) = (Arc::clone(&site), traffic.clone());
            async move {
                let place = traffic.note(Request {
                    at: now(),
                    asked: Asked::App(app),
                    method: request.method().to_string(),
                    path: request.uri().path().to_owned(),
                    answer: None,
                });
                traffic.wait().await;
                let response = serve::respond(&site, &request);
                traffic.answered(place, response.status().as_u16(), response.body().size_hint().exact().unwrap_or_default());
                response
            }
        });
        for listener in ports::listen(port)? {
            listener.set_nonblocking(true)?;
            // What is written goes out at once: a delay of the system's own would be measured with the rest.
            let listener = tokio::net::TcpListener::from_std(listener)?.tap_io(|stream| drop(stream.set_nodelay(true)));
            self.0.spawn(axum::serve(listener, router.clone()).into_future());
        }
        Ok(())
    }
}
