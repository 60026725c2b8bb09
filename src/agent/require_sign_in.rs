//! A page for people who are signed in.

use super::{component::use_auth, gates::theirs};
use crate::{
    browser::navigation,
    protocol::view::{Reason, View},
};
use yew::prelude::*;

/// Properties of [`RequireSignIn`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct RequireSignInProps {
    /// The page.
    #[prop_or_default]
    pub children: Html,
    /// What stands in its place until it is known whether somebody is signed in, and while the browser leaves for the sign-in page.
    #[prop_or_default]
    pub waiting: Html,
    /// What stands in its place when nobody is, and why.
    #[prop_or_else(|| Callback::from(|_| Html::default()))]
    pub signed_out: Callback<Reason, Html>,
}

/// Shows its children to people who are signed in. Anybody else is sent to the sign-in page, once per page load and only if nothing went wrong and
/// they did not sign out themselves; afterwards they are back here.
#[component]
pub fn RequireSignIn(props: &RequireSignInProps) -> Html {
    let auth = use_auth();
    let view = auth.view();
    let place = navigation::place();
    let stage = Stage::of(&view);
    let handle = auth.clone();
    use_effect_with((stage, place), move |(stage, place)| {
        if *stage != Stage::SignedIn {
            auth.need_sign_in(place.clone());
        }
    });
    // A restore that ends after the person has gone on to a public page sends nobody away from there.
    use_effect_with((), move |()| move || handle.need_sign_in_no_longer());
    match view {
        View::SignedIn(person) | View::Paused { person, .. } => theirs(&person, &props.children),
        View::SignedOut(reason) => props.signed_out.emit(reason),
        View::Restoring { .. } | View::Completing | View::Leaving(_) => props.waiting.clone(),
    }
}

/// As much of the view as decides whether to say again that somebody is needed.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Waiting,
    SignedIn,
    SignedOut,
}

impl Stage {
    const fn of(view: &View) -> Self {
        match view {
            View::SignedIn(_) | View::Paused { .. } => Self::SignedIn,
            View::SignedOut(_) => Self::SignedOut,
            View::Restoring { .. } | View::Completing | View::Leaving(_) => Self::Waiting,
        }
    }
}
