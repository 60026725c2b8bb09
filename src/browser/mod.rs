//! Ring 1: the browser. One file per browser API, and no decisions: what happens is told to the [machine](crate::protocol::machine), and what
//! it wants is done.
//!
//! | file | browser API |
//! |---|---|
//! | [`driver`], `effects`, `changes`, `known`, `step_up` | none: the queue of events, what is done, and who hears of it |
//! | [`moment`] | `Date.now()`, `performance.now()`, `crypto.getRandomValues()` |
//! | [`platform`] | `isSecureContext`, `crypto.subtle`, `navigator.languages` |
//! | [`frame`] | the hidden `<iframe>`, `message` and `securitypolicyviolation` events |
//! | [`early`] | the frame that the page's inline script has opened |
//! | [`monitor`] | another hidden `<iframe>`, `postMessage()`, `setInterval()` |
//! | [`popup`] | `window.open()` |
//! | [`doctor`] | none: asks by [`fetch`] and [`examine`] |
//! | [`examine`] | an empty `<iframe>` with a policy |
//! | [`scroll`] | `scrollTo()`, `pagehide` |
//! | `captured` | `fetch()` and `crypto.subtle`, as they were at the start |
//! | [`fetch`] | `fetch()` |
//! | [`crypto`], `dpop` | `crypto.subtle` |
//! | [`navigation`] | `location`, `history` |
//! | [`transaction_store`] | `sessionStorage` |
//! | [`hint`] | `localStorage` |
//! | [`channel`], `tabs` | `BroadcastChannel` |
//! | [`wake`] | `visibilitychange`, `focus`, `online`, `pageshow`, `pointerdown`, `keydown` |
//! | [`console`] | `console` |
//! | `recorder`, `clipboard` | `performance.getEntriesByName()`, `navigator.clipboard`: for the feature `inspector` |
//! | [`timer`], [`task`] | `setTimeout()`, promises |
//!
//! Whatever is opened is a value, and is undone when the value is dropped.

mod captured;
mod changes;
pub mod channel;
pub mod clipboard;
pub mod console;
pub mod crypto;
pub mod discarded;
pub mod doctor;
mod dpop;
pub mod driver;
pub mod early;
mod effects;
pub mod examine;
pub mod fetch;
pub mod frame;
pub mod hint;
mod known;
pub mod moment;
pub mod monitor;
pub mod navigation;
pub mod platform;
pub mod popup;
mod recorder;
pub mod scroll;
mod step_up;
mod storage;
mod tabs;
pub mod task;
pub mod timer;
pub mod transaction_store;
pub mod wake;
