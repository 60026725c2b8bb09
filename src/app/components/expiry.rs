//! How long the access token is good for. It counts by itself: a renewal changes nothing else on the page.

use crate::app::{
    clock,
    texts::{filled, text},
    words,
};
use hushkey::{View, protocol::time::UnixTime, use_auth};
use std::time::Duration;
use yew::prelude::*;

/// A renewal that takes longer than this is remarked upon: three seconds.
const PATIENCE: Duration = Duration::from_secs(3);

/// What became of the person's wish for a new token.
#[derive(Clone, Copy, PartialEq)]
enum Renewal {
    /// They did not ask.
    NotAsked,
    /// They asked while they had this token, at this time.
    Asked { had: Option<u64>, at: UnixTime },
    /// A new token came.
    Done,
    /// None came. The old one stays in use as long as it can be.
    Failed,
}

/// The time that is left, and a button that does not wait for it to pass.
#[component]
pub(crate) fn Expiry() -> Html {
    clock::use_seconds();
    let auth = use_auth();
    let renewal = use_state_eq(|| Renewal::NotAsked);
    let expires_at = auth.token_expires_at();
    let renewing = auth.is_renewing();
    let generation = auth.token_generation();
    let promise = if matches!(auth.view(), View::Paused { .. }) { "" } else { text("access.by_itself") };
    let current = settle(*renewal, generation, renewing);
    if current != *renewal {
        renewal.set(current);
    }
    let busy = renewing || matches!(current, Renewal::Asked { .. });
    let renew = move |_| {
        if !busy {
            renewal.set(Renewal::Asked { had: generation, at: clock::now() });
            auth.renew();
        }
    };
    let outcome = match current {
        Renewal::Asked { at, .. } if clock::now().since(at) > PATIENCE => text("access.slow"),
        Renewal::NotAsked | Renewal::Asked { .. } => "",
        Renewal::Done => text("access.done"),
        Renewal::Failed => text("access.failed"),
    };
    html! {
        <section class="section" aria-labelledby="access">
            <h2 id="access">{ text("access") }</h2>
            <p class="quiet ticking">{ left(expires_at) }{ " " }{ promise }</p>
            <div class="actions">
                <button type="button" class="button button-plain" aria-disabled={busy.then_some("true")} onclick={renew}>
                    { if busy { text("access.renewing") } else { text("access.renew") } }
                </button>
                <span role="status">{ outcome }</span>
            </div>
        </section>
    }
}

/// Looks again at a wish that has not been answered.
fn settle(renewal: Renewal, generation: Option<u64>, renewing: bool) -> Renewal {
    match renewal {
        Renewal::Asked { had, .. } if generation != had => Renewal::Done,
        // Within the first second the renewal may not have begun.
        Renewal::Asked { at, .. } if !renewing && clock::now().since(at).as_secs() >= 1 => Renewal::Failed,
        Renewal::NotAsked | Renewal::Asked { .. } | Renewal::Done | Renewal::Failed => renewal,
    }
}

fn left(expires_at: Option<UnixTime>) -> String {
    match expires_at.map(|at| at.since(clock::now())) {
        Some(left) if !left.is_zero() => filled("access.left", &[("when", &words::in_time(left))]),
        Some(_) | None => text("access.expired").to_owned(),
    }
}
