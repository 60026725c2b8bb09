//! Ring 0: the protocol, as pure Rust. No clock, no randomness, no browser, no waiting, no log.
//!
//! | the walk | where |
//! |---|---|
//! | 1. page load | [`machine`], [`transaction`], [`hint`] |
//! | 2. restore | `attempt`, `pursuit`, [`authorize`], `par`, [`frame_message`], [`callback`], [`examination`], [`redirect_log`] |
//! | 3. tokens | `token`, `jwks`, `jwt`, `id_token`, `access_token`, `session`, `user_info` |
//! | 4. API call | [`api`], [`challenge`], [`step_up`] |
//! | 5. renewal | [`machine`], `pursuit`, `retry` |
//! | 6. sign-out | `logout`, [`revocation`], [`frontchannel`], [`tab_message`] |
//!
//! Configuration and what is known of the provider: [`config`], `locales`, `mix_up`, `pins`, `presets`, [`discovery`], `knowledge`; whether it all fits: [`doctor`].
//! Tokens that are bound to a key: [`dpop`]. Values: [`secret`], [`time`],
//! [`http`], [`error`].

mod access_token;
mod address;
pub mod api;
mod attempt;
pub mod authorize;
pub mod callback;
pub mod challenge;
mod checks;
pub mod config;
mod config_block;
pub mod config_builder;
pub mod discovery;
pub mod doctor;
pub mod dpop;
pub mod early;
mod encoding;
pub mod error;
pub mod examination;
pub mod extension;
#[cfg(feature = "flow")]
pub mod flow;
pub mod frame_message;
pub mod frontchannel;
mod further;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod ground;
mod hash_claim;
pub mod hint;
pub mod http;
mod id_token;
mod json;
pub mod jwks;
pub mod jwt;
mod knowledge;
mod locales;
mod logout;
pub mod machine;
mod mix_up;
pub mod monitoring;
mod par;
mod pins;
mod pkce;
mod policy;
mod presets;
mod pursuit;
mod reaction;
mod received;
pub mod redirect_log;
mod retry;
pub mod revocation;
pub mod secret;
pub mod session;
mod stage;
pub mod step_up;
pub mod tab_message;
pub mod time;
mod token;
pub mod transaction;
pub mod turn;
mod user_info;
#[cfg(feature = "validation")]
#[doc(hidden)]
pub mod validation;
pub mod view;
mod window;
