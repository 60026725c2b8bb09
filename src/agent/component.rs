//! `<AuthAgent>`, which runs the sign-in, and the hook that everything below it uses.

use super::{handle::AuthHandle, neighbours::Agent};
use crate::{browser::driver::Driver, protocol::config::Config};
use std::rc::Rc;
use yew::prelude::*;

/// Properties of [`AuthAgent`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct AuthAgentProps {
    /// How to sign people in. A different one starts anew.
    pub config: Rc<Config>,
    /// The app.
    #[prop_or_default]
    pub children: Html,
}

/// Runs the sign-in for everything below it. It stands around the router, so that the address is clean before the router reads it.
///
/// Two in one page that sign in at different providers need a `redirect_path` and a `silent_path` each
/// ([RFC 9700 §4.4.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.4.2)): the second is refused with
/// [`Error::Configuration`](crate::protocol::error::Error::Configuration) otherwise.
///
/// If this browser or this page lacks something that signing in needs, the app is shown all the same, signed out, with
/// [`Error::Platform`](crate::protocol::error::Error::Platform) as the reason.
#[component]
pub fn AuthAgent(props: &AuthAgentProps) -> Html {
    let draw_again = use_force_update();
    let agent = use_memo((), |()| Agent::new());
    let driver = use_memo(Rc::clone(&props.config), |config| {
        agent.takes(config).and_then(|()| Driver::start(Rc::clone(config), move |_| draw_again.force_update()))
    });
    let context = AuthHandle::new((*driver).clone());
    html! {
        <ContextProvider<AuthHandle> {context}>{ props.children.clone() }</ContextProvider<AuthHandle>>
    }
}

/// The sign-in. The component that uses it is drawn again when its [`View`](crate::View) changes, and at no other time.
///
/// # Panics
/// Outside of an [`AuthAgent`]: an app that forgot it would only seem to protect anything.
#[hook]
pub fn use_auth() -> AuthHandle {
    use_context::<AuthHandle>().expect("use_auth() and the gates stand below an <AuthAgent>")
}
