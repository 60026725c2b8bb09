//! Futures that wait for the next change of the state.

use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    rc::{Rc, Weak},
    task::{Poll, Waker},
};

/// Whom to wake, kept by the one who waits.
type Sleeper = RefCell<Option<Waker>>;

/// How often the state has changed, and who waits for the next time.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    count: Cell<u64>,
    sleepers: RefCell<Vec<Weak<Sleeper>>>,
}

impl Changes {
    /// It changed.
    pub(crate) fn happened(&self) {
        self.count.set(self.count.get() + 1);
        for sleeper in self.sleepers.take() {
            if let Some(waker) = sleeper.upgrade().and_then(|sleeper| sleeper.take()) {
                waker.wake();
            }
        }
    }

    /// Waits for the next change after this call, whether or not it has been polled before.
    pub(crate) fn next(self: &Rc<Self>) -> impl Future<Output = ()> + use<> {
        let changes = Rc::clone(self);
        let known = changes.count.get();
        let own: Rc<Sleeper> = Rc::default();
        poll_fn(move |context| {
            if changes.count.get() != known {
                return Poll::Ready(());
            }
            if own.replace(Some(context.waker().clone())).is_none() {
                changes.add(&own);
            }
            Poll::Pending
        })
    }

    /// Those who no longer wait are cleared out when the list is full, and it is full again only after twice as many: a session may be paused for days, and
    /// calls come and give up all the while.
    fn add(&self, sleeper: &Rc<Sleeper>) {
        let mut sleepers = self.sleepers.borrow_mut();
        if sleepers.len() == sleepers.capacity() {
            sleepers.retain(|sleeper| sleeper.strong_count() > 0);
            let room = sleepers.len() + 1;
            sleepers.reserve(room);
        }
        sleepers.push(Rc::downgrade(sleeper));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        pin::pin,
        sync::{
            Arc,
            atomic::{AtomicU32, Ordering},
        },
        task::{Context, Wake},
    };

    #[derive(Default)]
    struct Woken(AtomicU32);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_change_wakes_each_of_ten_thousand_once_however_often_they_looked() {
        let (changes, woken) = (Rc::new(Changes::default()), Arc::new(Woken::default()));
        let waker = Waker::from(Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        let mut waiting: Vec<_> = (0..10_000).map(|_| Box::pin(changes.next())).collect();
        for _ in 0..3 {
            assert!(waiting.iter_mut().all(|future| future.as_mut().poll(&mut context).is_pending()));
        }
        assert_eq!(changes.sleepers.borrow().len(), 10_000);
        changes.happened();
        assert_eq!(woken.0.load(Ordering::Relaxed), 10_000);
        changes.happened();
        assert_eq!(woken.0.load(Ordering::Relaxed), 10_000, "nobody sleeps any more");
        assert!(waiting.iter_mut().all(|future| future.as_mut().poll(&mut context).is_ready()));
    }

    #[test]
    fn nothing_is_kept_of_a_hundred_thousand_who_gave_up_waiting() {
        let (changes, woken) = (Rc::new(Changes::default()), Arc::new(Woken::default()));
        let waker = Waker::from(Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        let mut patient = pin!(changes.next());
        assert!(patient.as_mut().poll(&mut context).is_pending());
        let held = Arc::strong_count(&woken);
        for _ in 0..100_000 {
            assert!(pin!(changes.next()).poll(&mut context).is_pending());
        }
        assert_eq!(Arc::strong_count(&woken), held, "their wakers are gone with them");
        assert!(changes.sleepers.borrow().capacity() <= 8, "{}", changes.sleepers.borrow().capacity());
        changes.happened();
        assert_eq!(woken.0.load(Ordering::Relaxed), 1, "who still waits is woken");
    }
}
