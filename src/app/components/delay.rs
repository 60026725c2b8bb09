//! Says that the provider cannot be reached, and when it is asked again.

use crate::app::{
    clock,
    texts::{filled, text},
    words,
};
use hushkey::{
    Delay, Error, View,
    protocol::{error::NetworkFailure, time::UnixTime},
    use_auth,
};
use std::time::Duration;
use yew::prelude::*;

/// The delay of a lookup, from the first failure until its end. While it is being tried again nothing is known to be wrong for the moment,
/// but a page that forgot the delay for that long would flicker.
#[hook]
pub(crate) fn use_delay(view: &View) -> Option<Delay> {
    let last = use_mut_ref(|| None::<Delay>);
    let mut last = last.borrow_mut();
    match view {
        View::Restoring { delay: Some(delay) } => *last = Some(delay.clone()),
        View::Restoring { delay: None } => {}
        View::SignedOut(_) | View::Leaving(_) | View::Completing | View::SignedIn(_) | View::Paused { .. } => *last = None,
    }
    last.clone()
}

/// A small notice on a page that has more to say.
pub(crate) fn delay_notice(delay: &Delay) -> Html {
    html! {
        <div class="notice">
            <p><strong>{ cause(delay) }</strong>{ " " }<Countdown next_try={delay.next_try} /></p>
            <TryNow class="button-plain button-small" />
        </div>
    }
}

/// In the place of a page that cannot be shown yet.
pub(crate) fn delay_panel(delay: &Delay) -> Html {
    html! {
        <>
            <h1 tabindex="-1">{ cause(delay) }</h1>
            { for advice(delay).map(|advice| html! { <p class="lead">{ advice }</p> }) }
            <p class="lead"><Countdown next_try={delay.next_try} /></p>
            <div class="actions"><TryNow /></div>
        </>
    }
}

/// What keeps the lookup from its end.
pub(crate) fn cause(delay: &Delay) -> &'static str {
    match delay.cause {
        Error::Network(NetworkFailure::Offline) => text("delay.offline"),
        Error::Network(NetworkFailure::Unavailable { status: 429, .. }) => text("delay.busy"),
        Error::AccessToken(_) | Error::IdToken(_) => text("delay.clock"),
        Error::Silent(_) => text("delay.slow"),
        _ => text("delay.unreachable"),
    }
}

/// What the person can do about it, where that is more than to wait.
fn advice(delay: &Delay) -> Option<&'static str> {
    matches!(delay.cause, Error::AccessToken(_) | Error::IdToken(_)).then(|| text("delay.clock.advice"))
}

#[derive(Properties, PartialEq)]
struct CountdownProps {
    next_try: UnixTime,
}

#[component]
fn Countdown(CountdownProps { next_try }: &CountdownProps) -> Html {
    clock::use_seconds();
    let left = next_try.since(clock::now());
    let told = if left.is_zero() {
        text("delay.trying").to_owned()
    } else {
        // A second that has begun counts, so that the last number is 1.
        filled("delay.next", &[("when", &words::in_time(left + Duration::from_millis(999)))])
    };
    html! { <span class="ticking">{ told }</span> }
}

#[derive(Properties, PartialEq)]
struct TryNowProps {
    #[prop_or_default]
    class: Classes,
}

#[component]
fn TryNow(TryNowProps { class }: &TryNowProps) -> Html {
    let auth = use_auth();
    html! { <button type="button" class={classes!("button", class.clone())} onclick={move |_| auth.retry()}>{ text("delay.now") }</button> }
}
