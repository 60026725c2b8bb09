//! A session that only the person can renew. It stands above the page, which stays as it is.

use hushkey::{AuthHandle, SignInOptions, View};
use yew::prelude::*;

/// Says so, with a way on that keeps everything on the page, and one that needs no window.
pub(crate) fn paused_bar(auth: &AuthHandle) -> Html {
    if !matches!(auth.view(), View::Paused { .. }) {
        return Html::default();
    }
    let (resume, here) = (auth.clone(), auth.clone());
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
