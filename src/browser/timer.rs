//! Waiting for time to pass.

use gloo::timers::callback::Timeout;
use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    pin::pin,
    rc::Rc,
    task::{Poll, Waker},
    time::Duration,
};

/// No single wait is longer: one minute. A timer that is asked for anew every minute follows a clock that was changed, and stays far below
/// 2³¹ milliseconds, beyond which `setTimeout` fires at once.
const LONGEST: Duration = Duration::from_secs(60);

/// Calls back after `wait`, or after a minute if that is sooner. Dropping the handle cancels it.
pub(crate) fn after(wait: Duration, callback: impl FnOnce() + 'static) -> Timeout {
    Timeout::new(millis(wait.min(LONGEST)), callback)
}

/// The answer of a future, or `None` once `limit` has passed. The future is dropped then, which undoes what it had begun.
pub async fn within<T>(limit: Duration, future: impl Future<Output = T>) -> Option<T> {
    let over = Rc::new(Cell::new(false));
    let sleeper: Rc<RefCell<Option<Waker>>> = Rc::default();
    let _timer = Timeout::new(millis(limit), {
        let (over, sleeper) = (Rc::clone(&over), Rc::clone(&sleeper));
        move || {
            over.set(true);
            if let Some(waker) = sleeper.take() {
                waker.wake();
            }
        }
    });
    let mut future = pin!(future);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(answer) => Poll::Ready(Some(answer)),
        Poll::Pending if over.get() => Poll::Ready(None),
        Poll::Pending => {
            sleeper.replace(Some(context.waker().clone()));
            Poll::Pending
        }
    })
    .await
}

/// Waits.
pub(crate) async fn sleep(span: Duration) {
    let _ = within(span, std::future::pending::<()>()).await;
}

/// Whole milliseconds, rounded up so that no wait ends early, and at most what `setTimeout` can count.
fn millis(wait: Duration) -> u32 {
    let rounded = wait.as_nanos().div_ceil(1_000_000).min(i32::MAX as u128);
    u32::try_from(rounded).unwrap_or(i32::MAX as u32)
}
