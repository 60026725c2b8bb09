//! A session that only the person can renew. It stands above the page, which stays as it is.

use hushkey::{SignInOptions, View, use_auth};
use yew::prelude::*;

/// Says so, with a way on that keeps everything on the page, and one that needs no window.
#[component]
pub(crate) fn PausedBar() -> Html {
    let auth = use_auth();
    if !matches!(auth.view(), View::Paused { .. }) {
        return Html::default();
    }
    let (resume, here) = (auth.clone(), auth);
    html! {
        <section class="notice notice-bar" aria-label="Your session">
            <p><strong>{ "Your session is paused." }</strong>{ " Nothing on this page is lost. Continue in a small window, and it goes on." }</p>
            <div class="actions">
                <button type="button" class="button button-small" onclick={move |_| resume.resume()}>{ "Continue" }</button>
                <button type="button" class="button button-plain button-small" onclick={move |_| here.sign_in(SignInOptions::default())}>
                    { "Leave this page and sign in" }
                </button>
            </div>
        </section>
    }
}
