//! Futures that wait for the next change of the state.

use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    rc::Rc,
    task::{Poll, Waker},
};

/// How often the state has changed, and who waits for the next time.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    count: Cell<u64>,
    sleepers: RefCell<Vec<Waker>>,
}

impl Changes {
    /// It changed.
    pub(crate) fn happened(&self) {
        self.count.set(self.count.get() + 1);
        self.sleepers.take().into_iter().for_each(Waker::wake);
    }

    /// Waits for the next change after this call, whether or not it has been polled before.
    pub(crate) fn next(self: &Rc<Self>) -> impl Future<Output = ()> + use<> {
        let changes = Rc::clone(self);
        let known = changes.count.get();
        poll_fn(move |context| {
            if changes.count.get() != known {
                return Poll::Ready(());
            }
            changes.sleepers.borrow_mut().push(context.waker().clone());
            Poll::Pending
        })
    }
}
