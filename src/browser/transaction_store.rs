//! Pending redirects in `sessionStorage`: written before the page is left, taken once when it comes back. And when redirects were made that nobody
//! chose.

use super::storage;
use crate::protocol::{
    config::Config,
    error::Finding,
    redirect_log::{self, RedirectLog},
    time::UnixTime,
    transaction::{Pending, Record, key_of, key_prefix},
};
use web_sys::Storage;

/// Stores a record under its own key.
///
/// # Errors
/// `sessionStorage`, if the browser denies it or it is full. The sign-in will then not be recognised when it comes back.
pub fn put(record: &Record) -> Result<(), Finding> {
    let denied = || Finding::invalid("sessionStorage", "cannot be written, so the answer to this request will not be recognised");
    storage::session().ok_or_else(denied)?.set_item(record.key(), record.expose()).map_err(|_| denied())
}

/// Takes the record that belongs to a `state` out of the store: whatever comes of it, it is gone.
#[must_use]
pub fn take(client_id: &str, state: &str) -> Option<Record> {
    let storage = storage::session()?;
    let key = key_of(client_id, state);
    let text = storage.get_item(&key).ok().flatten()?;
    // A record that could be read but not removed could be read twice. It is then not used even once.
    storage.remove_item(&key).ok()?;
    Some(Record::new(key, text))
}

/// Removes this client's records that are too old or cannot be read.
pub fn sweep(config: &Config, now: UnixTime) {
    let Some(storage) = storage::session() else { return };
    for key in keys(&storage, &key_prefix(config.client_id())) {
        let Some(text) = storage.get_item(&key).ok().flatten() else { continue };
        if Pending::from_record(&Record::new(key.as_str(), text), config, now).is_err() {
            // What cannot be removed stays until the tab is closed; it is not used either.
            let _ = storage.remove_item(&key);
        }
    }
}

/// The redirects of this tab that nobody chose.
#[must_use]
pub fn redirects(client_id: &str) -> RedirectLog {
    let text = storage::session().and_then(|storage| storage.get_item(&redirect_log::key(client_id)).ok().flatten());
    RedirectLog::parse(text.as_deref())
}

/// Notes them for the pages that come after this one. Without a store there is no guard against circles, but then no redirect is recognised when
/// it comes back, either, and none follows.
pub fn note_redirects(client_id: &str, redirects: &RedirectLog) {
    let Some(storage) = storage::session() else { return };
    let key = redirect_log::key(client_id);
    // What cannot be written was denied before, when the transaction was to be stored.
    let _ = match redirects.to_text() {
        Some(text) => storage.set_item(&key, &text),
        None => storage.remove_item(&key),
    };
}

fn keys(storage: &Storage, prefix: &str) -> Vec<String> {
    let count = storage.length().unwrap_or_default();
    (0..count).filter_map(|place| storage.key(place).ok().flatten()).filter(|key| key.starts_with(prefix)).collect()
}
