//! Very many calls at once, counted: the work of each must not grow with how many there are.

#![cfg(target_arch = "wasm32")]

#[path = "support/mounted.rs"]
mod mounted;
#[path = "support/page.rs"]
mod page;

use hushkey::ApiRequest;
use mounted::Mounted;
use page::{Provider, until};
use serde_json::Value;
use std::{cell::Cell, future::poll_fn, pin::pin, rc::Rc, time::Duration};
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const MANY: u32 = 10_000;

/// A call is looked at when it begins, at each change on the way to the new token (frame, code, keys, tokens, signature), and for each piece of its own
/// answer. With a margin.
const LOOKS_PER_CALL: u32 = 16;

/// Makes this many calls at once, waits until each has an answer that was given to the second token, and counts how often they were looked at.
async fn looks_at(calls: u32, app: &Mounted) -> u32 {
    let (looks, answered) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    for _ in 0..calls {
        let (auth, looks, answered) = (app.auth(), Rc::clone(&looks), Rc::clone(&answered));
        spawn_local(async move {
            // Debug builds are slow, and a call has thirty seconds unless it says otherwise.
            let request = ApiRequest::get("/api/me").patience(Duration::from_secs(600));
            let mut call = pin!(auth.fetch(request));
            let response = poll_fn(|context| {
                looks.set(looks.get() + 1);
                call.as_mut().poll(context)
            });
            let answer: Value = response.await.expect("answered").json().await.expect("JSON");
            assert_eq!(answer["used"], "canary-at-2");
            answered.set(answered.get() + 1);
        });
    }
    let mut before = 0;
    // As long as it goes on, it is waited for.
    while answered.get() < calls {
        until("more answers", || answered.get() > before || answered.get() == calls).await;
        before = answered.get();
    }
    looks.get()
}

#[wasm_bindgen_test]
async fn tr_18_ten_thousand_calls_that_find_the_token_expired_cause_one_renewal() {
    let provider = Provider::fresh();
    // So short that it is never handed out.
    provider.set("lifetime", 2);
    let app = Mounted::new(provider.config(), true).await;
    app.reads("in Ada at / protected").await;
    provider.set("lifetime", 300);
    let looks = looks_at(MANY, &app).await;
    assert_eq!(provider.grants(), 2, "one for the session, one for all calls");
    assert!(looks <= MANY * LOOKS_PER_CALL, "{looks} looks at {MANY} calls");
}

#[wasm_bindgen_test]
async fn tr_18_ten_thousand_refused_calls_cause_one_renewal() {
    let provider = Provider::fresh();
    provider.set("refused", vec!["canary-at-1"]);
    let app = Mounted::new(provider.config(), true).await;
    app.reads("in Ada at / protected").await;
    let looks = looks_at(MANY, &app).await;
    assert_eq!(provider.grants(), 2, "one for the session, one for all calls");
    assert!(looks <= MANY * LOOKS_PER_CALL, "{looks} looks at {MANY} calls");
}
