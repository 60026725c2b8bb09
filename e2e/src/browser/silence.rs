//! A driver that no longer answers: WebKitGTK's sometimes stops in the middle of a command when the machine is busy.

use anyhow::{Result, bail};
use std::{
    cell::Cell,
    error::Error,
    fmt::{self, Display, Formatter},
    time::Duration,
};
use tokio::time::timeout;

/// How long a living driver takes for a command at the very most: three times as long as the suite waits for anything.
pub(super) const LIMIT: Duration = Duration::from_secs(60);

/// The driver did not answer, so nothing is known of the page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Silence;

impl Display for Silence {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("the driver no longer answers")
    }
}

impl Error for Silence {}

/// Listens for answers, and remembers when one was missing.
#[derive(Debug, Default)]
pub(super) struct Listener {
    is_alone: Cell<bool>,
}

impl Listener {
    /// Whether an answer has been missing.
    pub(super) fn is_alone(&self) -> bool {
        self.is_alone.get()
    }

    /// Waits for an answer. After one was missing, none is waited for: commands are carried out one after another.
    pub(super) async fn hear<T, E: Error + Send + Sync + 'static>(
        &self,
        limit: Duration,
        answer: impl Future<Output = Result<T, E>>,
    ) -> Result<T> {
        if self.is_alone() {
            bail!(Silence);
        }
        match timeout(limit, answer).await {
            Ok(answer) => Ok(answer?),
            Err(_) => {
                self.is_alone.set(true);
                bail!(Silence)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        future::{pending, ready},
        io,
    };

    const MOMENT: Duration = Duration::from_millis(1);

    #[tokio::test]
    async fn an_answer_is_heard() -> Result<()> {
        let listener = Listener::default();
        assert_eq!(listener.hear(MOMENT, ready(Ok::<_, io::Error>(1))).await?, 1);
        assert!(listener.hear(MOMENT, ready(Err::<(), _>(io::Error::other("no")))).await.is_err());
        assert!(!listener.is_alone(), "an error is an answer");
        Ok(())
    }

    #[tokio::test]
    async fn a_silent_driver_is_asked_nothing_more() {
        let listener = Listener::default();
        let error = listener.hear(MOMENT, pending::<io::Result<()>>()).await.expect_err("nothing came");
        assert!(error.is::<Silence>() && listener.is_alone());
        assert!(listener.hear(MOMENT, ready(Ok::<_, io::Error>(1))).await.is_err());
    }
}
