//! Every request of a run: noted, and delayed if the network is to be slow.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Who was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The static server of an app.
    App(&'static str),
    /// The provider.
    Provider,
}

/// A request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request {
    /// When it came in: milliseconds since 1970, the clock of `performance.timeOrigin`.
    pub(crate) at: f64,
    pub(crate) asked: Asked,
    pub(crate) method: String,
    /// Without query.
    pub(crate) path: String,
    /// The status of the answer and the bytes of its body, where they are known.
    pub(crate) answer: Option<(u16, u64)>,
}

/// All requests. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traffic(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    requests: Mutex<Vec<Request>>,
    delay: AtomicU64,
}

impl Traffic {
    /// Notes a request. Returns its place in the log.
    pub(crate) fn note(&self, request: Request) -> usize {
        let mut requests = self.0.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.push(request);
        requests.len() - 1
    }

    /// Notes how a request was answered.
    pub(crate) fn answered(&self, place: usize, status: u16, bytes: u64) {
        if let Some(request) = self.0.requests.lock().unwrap_or_else(PoisonError::into_inner).get_mut(place) {
            request.answer = Some((status, bytes));
        }
    }

    /// How many there were.
    pub(crate) fn count(&self) -> usize {
        self.0.requests.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Those to this app or to the provider since there were so many, in the order in which they came in. Other apps have a life of their own.
    pub(crate) fn since(&self, count: usize, app: &'static str) -> Vec<Request> {
        let requests = self.0.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let own = |request: &&Request| [Asked::App(app), Asked::Provider].contains(&request.asked);
        let mut seen: Vec<Request> = requests.get(count..).unwrap_or_default().iter().filter(own).cloned().collect();
        // What the provider saw is told a moment later.
        seen.sort_by(|one, other| one.at.total_cmp(&other.at));
        seen
    }

    /// Lets every request to an app wait for so long from now on.
    pub(crate) fn set_delay(&self, delay: Duration) {
        self.0.delay.store(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Waits as a request has to.
    pub(crate) async fn wait(&self) {
        match self.0.delay.load(Ordering::Relaxed) {
            0 => {}
            delay => tokio::time::sleep(Duration::from_millis(delay)).await,
        }
    }
}

/// The time: milliseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "requests are compared with what a browser says by the same clock")]
pub(crate) fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_gives_what_is_new_and_concerns_the_app() {
        let traffic = Traffic::default();
        let ask = |at, asked| Request { at, asked, method: "GET".to_owned(), path: "/".to_owned(), answer: None };
        traffic.note(ask(1.0, Asked::App("one")));
        let count = traffic.count();
        let place = traffic.note(ask(3.0, Asked::App("one")));
        traffic.note(ask(2.0, Asked::App("two")));
        traffic.note(ask(2.5, Asked::Provider));
        traffic.answered(place, 200, 7);
        let seen = traffic.since(count, "one");
        assert_eq!(seen.iter().map(|request| request.asked).collect::<Vec<_>>(), [Asked::Provider, Asked::App("one")]);
        assert_eq!(seen[1].answer, Some((200, 7)));
    }
}
