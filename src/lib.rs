//! Hushkey signs people in to a single-page app by OpenID Connect: Authorization Code with PKCE, tokens in memory and nowhere else, and a
//! session that comes back by itself after a reload, through a hidden frame.
//!
//! ```ignore
//! use hushkey::{AuthAgent, SignedIn, SignedOut, SignInOptions, read_configuration, use_auth};
//! use std::rc::Rc;
//! use yew::prelude::*;
//!
//! #[component]
//! fn Greeting() -> Html {
//!     let auth = use_auth();
//!     let sign_in = { let auth = auth.clone(); move |_| auth.sign_in(SignInOptions::default()) };
//!     let name = auth.person().map(|person| person.name.clone());
//!     html! {<>
//!         <SignedIn>{ format!("Hello, {}", name.unwrap_or_default()) }</SignedIn>
//!         <SignedOut><button onclick={sign_in}>{ "Sign in" }</button></SignedOut>
//!     </>}
//! }
//!
//! #[component]
//! fn App() -> Html {
//!     match use_memo((), |()| read_configuration().map(Rc::new)).as_ref() {
//!         Ok(config) => html! { <AuthAgent config={Rc::clone(config)}><Greeting /></AuthAgent> },
//!         Err(error) => html! { error },
//!     }
//! }
//! ```
//!
//! # Where to start
//!
//! * To use it: `AuthAgent` around your router, `use_auth` below it, `RequireSignIn` around pages that need somebody.
//! * To configure it: [`Config::from_json`](protocol::config::Config::from_json).
//! * To understand it: [`protocol::machine::step`], one function through which everything goes.
//! * To change it: `ARCHITECTURE.md`, then the tests in `tests/walkthrough.rs`.
//!
//! # Features
//!
//! Each is a ring and adds API only: without any, [`protocol`] alone (pure, native too); `browser` adds the adapters; `yew` (default) the
//! components; `inspector` `FlowInspector`, which draws the protocol as it happens in the page.

pub mod protocol;

#[cfg(feature = "browser")]
pub mod browser;

#[cfg(feature = "yew")]
pub mod agent;

// The public interface is:
pub use protocol::{
    authorize::{Prompt, SignInOptions},
    config::Config,
    error::{ConfigError, Error, Fault},
    session::Person,
    step_up::StepUpChallenge,
    view::{Delay, Destination, Reason, View},
};

#[cfg(feature = "yew")]
pub use agent::*;
