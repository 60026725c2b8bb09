//! Waiting for a condition: asked again and again, for a bounded time, never slept on a guess.

use anyhow::{Result, bail};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long something may take that should happen at once. Two busy cores can be slow.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// Asks until there is an answer. An error counts as "not yet" (a page may be about to change), and is told if nothing better comes.
pub(crate) async fn until<T>(what: &str, ask: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    until_within(PATIENCE, what, ask).await
}

/// The same, with a patience of its own.
pub(crate) async fn until_within<T>(patience: Duration, what: &str, mut ask: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let end = Instant::now() + patience;
    loop {
        let last = match ask().await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        if Instant::now() >= end {
            match last {
                Some(error) => bail!("waited {} s for {what}; at last: {error:#}", patience.as_secs()),
                None => bail!("waited {} s for {what}", patience.as_secs()),
            }
        }
        sleep(PAUSE).await;
    }
}

/// The answer to a yes-or-no question, for [`until`].
pub(crate) fn yes(holds: bool) -> Option<()> {
    holds.then_some(())
}
