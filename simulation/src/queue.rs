//! What is going to happen, in the order of time; of two things at the same time, the one that was arranged first.

use std::{cmp::Ordering, collections::BinaryHeap};

/// A queue of things that are due at a time.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    heap: BinaryHeap<Entry<T>>,
    arranged: u64,
}

#[derive(Debug)]
struct Entry<T> {
    at: u64,
    number: u64,
    what: T,
}

impl<T> Queue<T> {
    /// Nothing is going to happen.
    pub(crate) const fn new() -> Self {
        Self { heap: BinaryHeap::new(), arranged: 0 }
    }

    /// Arranges something.
    pub(crate) fn push(&mut self, at: u64, what: T) {
        self.arranged += 1;
        self.heap.push(Entry { at, number: self.arranged, what });
    }

    /// The next thing that is due by `limit`.
    pub(crate) fn pop_by(&mut self, limit: u64) -> Option<(u64, T)> {
        if self.heap.peek()?.at > limit {
            return None;
        }
        self.heap.pop().map(|entry| (entry.at, entry.what))
    }
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T> Eq for Entry<T> {}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Entry<T> {
    /// The heap gives its greatest first, and the earliest is wanted.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.number).cmp(&(self.at, self.number))
    }
}
