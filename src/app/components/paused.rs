//! A session that only the person can renew. It stands above the page, which stays as it is.

use crate::app::texts::text;
use hushkey::{AuthHandle, SignInOptions, View};
use yew::prelude::*;

/// Says so, with a way on that keeps everything on the page, and one that needs no window.
pub(crate) fn paused_bar(auth: &AuthHandle) -> Html {
    if !matches!(auth.view(), View::Paused { .. }) {
        return Html::default();
    }
    let (resume, here) = (auth.clone(), auth.clone());
    html! {
        <section class="notice notice-bar" aria-label={text("paused.label")}>
            <p><strong>{ text("paused.title") }</strong>{ " " }{ text("paused.text") }</p>
            <div class="actions">
                <button type="button" class="button button-small" onclick={move |_| resume.resume()}>{ text("paused.continue") }</button>
                <button type="button" class="button button-plain button-small" onclick={move |_| here.sign_in(SignInOptions::default())}>
                    { text("paused.leave") }
                </button>
            </div>
        </section>
    }
}
