//! Something asynchronous that somebody waits for, and that ends when they no longer do.

use std::{
    cell::RefCell,
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    rc::Rc,
    task::Poll,
};

type Work = Pin<Box<dyn Future<Output = ()>>>;

/// A running future. Dropping this drops the future, with everything that it holds.
#[must_use = "the task ends when this is dropped"]
pub struct Task {
    _work: Rc<RefCell<Option<Work>>>,
}

impl Task {
    /// Starts a future. It runs for the first time after the present turn of the event loop.
    pub fn spawn(future: impl Future<Output = ()> + 'static) -> Self {
        let work: Rc<RefCell<Option<Work>>> = Rc::new(RefCell::new(Some(Box::pin(future))));
        let held = Rc::downgrade(&work);
        wasm_bindgen_futures::spawn_local(poll_fn(move |context| {
            // Out of its place while it runs: it may well be what drops the handle.
            let Some(mut future) = held.upgrade().and_then(|work| work.take()) else { return Poll::Ready(()) };
            if future.as_mut().poll(context).is_ready() {
                return Poll::Ready(());
            }
            match held.upgrade() {
                Some(work) => {
                    work.replace(Some(future));
                    Poll::Pending
                }
                None => Poll::Ready(()),
            }
        }));
        Self { _work: work }
    }
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Task")
    }
}
