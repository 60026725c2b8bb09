//! Requests from the suite itself: to the provider's control address and to the static server, over TLS where that has it.

use crate::tls::Identity;
use anyhow::{Context, Result};
use axum::body::Bytes;
use http::{HeaderMap, Method, Request, Uri, header};
use http_body_util::{BodyExt, Empty};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::{
    client::legacy::Client,
    rt::{TokioExecutor, TokioIo},
};

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// A header's value; empty if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

pub(crate) async fn get(url: &str) -> Result<Answer> {
    send(Method::GET, url, "", None).await
}

pub(crate) async fn post(url: &str) -> Result<Answer> {
    send(Method::POST, url, "", None).await
}

/// Asks for something in one of these encodings, and trusts this certificate.
pub(crate) async fn send(method: Method, url: &str, encodings: &str, identity: Option<&Identity>) -> Result<Answer> {
    let mut request = Request::builder().method(method).uri(url);
    if !encodings.is_empty() {
        request = request.header(header::ACCEPT_ENCODING, encodings);
    }
    let request = request.body(Empty::new())?;
    let response = match identity {
        None => Client::builder(TokioExecutor::new()).build_http().request(request).await.map_err(anyhow::Error::from),
        Some(identity) => over_tls(request, identity).await,
    };
    let (parts, body) = response.with_context(|| format!("{url} did not answer"))?.into_parts();
    Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body: body.collect().await?.to_bytes() })
}

async fn over_tls(mut request: Request<Empty<Bytes>>, identity: &Identity) -> Result<http::Response<Incoming>> {
    let uri = request.uri().clone();
    let (host, port) = (uri.host().context("an address without a host")?, uri.port_u16().context("an address without a port")?);
    let stream = identity.connect(host, port).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    request.headers_mut().insert(header::HOST, format!("{host}:{port}").parse()?);
    *request.uri_mut() = uri.path_and_query().context("an address without a path")?.as_str().parse::<Uri>()?;
    Ok(sender.send_request(request).await?)
}
