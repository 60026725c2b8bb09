//! What a first visit of somebody who is signed in loads from an app's own server, the hidden frame included: as the server sent it.

use crate::{
    apps::App,
    page::Page,
    traffic::{Asked, Request, Traffic},
};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};
use tokio::time::sleep;

/// How long an app may go on loading after the name stands there.
const SETTLE: Duration = Duration::from_secs(1);

/// The bytes of an app, by file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bytes(pub(crate) BTreeMap<String, u64>);

impl Bytes {
    /// Measures the app of a page whose person is signed in.
    pub(crate) async fn measure(page: &Page<'_>, traffic: &Traffic, app: &App) -> Result<Self> {
        page.forget_cache().await?;
        let seen_before = traffic.count();
        page.reload().await.with_context(|| format!("the first load of {}", app.name))?;
        sleep(SETTLE).await;
        Ok(Self::of(&traffic.since(seen_before, app.name)))
    }

    fn of(requests: &[Request]) -> Self {
        let mut files = BTreeMap::new();
        for request in requests.iter().filter(|request| request.asked != Asked::Provider) {
            if let Some((200, bytes)) = request.answer {
                *files.entry(request.path.clone()).or_default() += bytes;
            }
        }
        Self(files)
    }

    /// All of them.
    pub(crate) fn sum(&self) -> u64 {
        self.0.values().sum()
    }

    /// Those of files of these kinds, by the ends of their names.
    pub(crate) fn of_kind(&self, ends: &[&str]) -> u64 {
        self.0.iter().filter(|(path, _)| ends.iter().any(|end| path.ends_with(end))).map(|(_, bytes)| bytes).sum()
    }

    /// Everything, for a file.
    pub(crate) fn raw(&self) -> Value {
        json!(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_sent_counts_and_nothing_else() {
        let ask = |asked, path: &str, answer| Request { at: 0.0, asked, method: "GET".to_owned(), path: path.to_owned(), answer };
        let app = Asked::App("one");
        let bytes = Bytes::of(&[
            ask(app, "/account", Some((200, 700))),
            ask(app, "/a.js", Some((200, 50))),
            ask(app, "/b.wasm", Some((200, 1000))),
            ask(app, "/account", Some((304, 0))),
            ask(app, "/missing.png", Some((404, 9))),
            ask(Asked::Provider, "/oauth/token", None),
        ]);
        assert_eq!((bytes.0.len(), bytes.sum()), (3, 1750));
        assert_eq!(bytes.of_kind(&[".js", ".wasm"]), 1050);
    }
}
