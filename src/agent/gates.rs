//! Parts of a page that are shown in one state only.

use super::component::use_auth;
use crate::protocol::{session::Person, view::View};
use yew::prelude::*;

/// Properties of [`SignedIn`], [`SignedOut`] and [`Restoring`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct GateProps {
    /// What is shown.
    #[prop_or_default]
    pub children: Html,
}

/// Shows its children while somebody is signed in, also while their session is paused. It hides; it does not protect: what a person may have is
/// decided by the API.
#[component]
pub fn SignedIn(props: &GateProps) -> Html {
    let auth = use_auth();
    match auth.person() {
        Some(person) => theirs(&person, &props.children),
        None => Html::default(),
    }
}

/// Shows its children while nobody is signed in, and that is known.
#[component]
pub fn SignedOut(props: &GateProps) -> Html {
    let auth = use_auth();
    shown_if(matches!(auth.view(), View::SignedOut(_)), props)
}

/// Shows its children while it is not known yet whether somebody is signed in: a session is looked for, or the answer of the sign-in page redeemed.
#[component]
pub fn Restoring(props: &GateProps) -> Html {
    let auth = use_auth();
    shown_if(matches!(auth.view(), View::Restoring { .. } | View::Completing), props)
}

/// By this, what is below a gate belongs to one person in one organisation: for another it is made anew, with nothing in it that was theirs.
pub(super) fn whose(person: &Person) -> String {
    format!("{} {}", person.organization.as_deref().unwrap_or_default(), person.subject)
}

/// What is below a gate, for this person.
pub(super) fn theirs(person: &Person, children: &Html) -> Html {
    html! { <key={whose(person)}>{ children.clone() }</> }
}

fn shown_if(shown: bool, props: &GateProps) -> Html {
    if shown { props.children.clone() } else { Html::default() }
}
