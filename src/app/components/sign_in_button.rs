//! The way in.

use crate::app::texts::text;
use hushkey::{SignInOptions, use_auth};
use yew::prelude::*;

/// What the button says and how it looks.
#[derive(Properties, PartialEq)]
pub(crate) struct SignInButtonProps {
    /// What it says.
    #[prop_or_else(|| text("sign_in").into())]
    pub(crate) label: AttrValue,
    /// How it looks, beside being a button.
    #[prop_or_default]
    pub(crate) class: Classes,
}

/// Takes the person to the sign-in page, and afterwards back to where they are now.
#[component]
pub(crate) fn SignInButton(SignInButtonProps { label, class }: &SignInButtonProps) -> Html {
    let auth = use_auth();
    html! {
        <button type="button" class={classes!("button", class.clone())} onclick={move |_| auth.sign_in(SignInOptions::default())}>
            { label }
        </button>
    }
}
