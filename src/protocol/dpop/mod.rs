//! Tokens that are bound to a key of this page: Demonstrating Proof of Possession ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)). Off unless the
//! configuration says `"dpop": true`.
//!
//! The keys are the browser's: it makes them, signs with them, and never gives them out. The core knows a key by its [`Thumbprint`]; with every
//! [`Moment`](super::time::Moment) it is given that of one which has not been used yet. What a proof says, when a request is sent once more with a
//! server's nonce, and to which key a token belongs, is decided here.

mod binding;
mod challenge;
mod key;
mod nonce;
mod proof;

pub(crate) use binding::{BoundToken, confirm};
pub use challenge::{asks_for_nonce, is_unreadable, token_endpoint_asks_for_nonce};
pub use key::{PublicKey, Thumbprint};
pub use nonce::{Nonces, Sent, Server, Verdict};
pub use proof::{Subject, Unsigned, proof};

/// The one way in which proofs are signed ([RFC 7518 §3.4](https://www.rfc-editor.org/rfc/rfc7518#section-3.4)).
pub(crate) const ALGORITHM: &str = "ES256";

/// The authentication scheme of a bound access token ([RFC 9449 §7.1](https://www.rfc-editor.org/rfc/rfc9449#section-7.1)), and its `token_type`.
pub const SCHEME: &str = "DPoP";
