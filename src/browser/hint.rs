//! The hint in `localStorage`. A browser that denies it costs a question to the provider, nothing else.

use super::storage;
use crate::protocol::hint::{self, Hint, News};

/// What is remembered from earlier page loads.
#[must_use]
pub fn read(client_id: &str) -> Hint {
    let text = storage::local().and_then(|storage| storage.get_item(&hint::key(client_id)).ok().flatten());
    Hint::parse(text.as_deref())
}

/// Remembers for later page loads. What other tabs have written stays, as far as this is not about it.
pub fn note(client_id: &str, news: News) {
    if let Some(storage) = storage::local() {
        // A full or denied store is as good as none.
        let _ = storage.set_item(&hint::key(client_id), &read(client_id).with(news).to_text());
    }
}
