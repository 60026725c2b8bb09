//! Very many calls at once, counted: the work of each must not grow with how many there are.

#![cfg(target_arch = "wasm32")]

#[path = "support/mounted.rs"]
mod mounted;
#[path = "support/page.rs"]
mod page;

use hushkey::ApiRequest;
use mounted::Mounted;
use page::{Provider, run, until};
use serde_json::Value;
use std::{cell::Cell, future::poll_fn, pin::pin, rc::Rc, time::Duration};
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const MANY: u32 = 10_000;

/// A call is looked at when it begins, at each change on the way to the new token (frame, code, keys, tokens, signature), and for each piece of its own
/// answer. With a margin.
const LOOKS_PER_CALL: u32 = 10;

/// Makes this many calls at once, waits until each has an answer that was given to the second token, and counts how often they are looked at.
async fn make(calls: u32, app: &Mounted) {
    let (looks, answered) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    for _ in 0..calls {
        let (auth, looks, answered) = (app.auth(), Rc::clone(&looks), Rc::clone(&answered));
        spawn_local(async move {
            // Debug builds are slow, and a call has thirty seconds unless it says otherwise.
            let request = ApiRequest::get("/api/me").patience(Duration::from_secs(600));
            let mut call = pin!(auth.fetch(request));
            let response = poll_fn(|context| {
                looks.set(looks.get() + 1);
                // Where the work grows with the square, nobody wants to wait for the end of it.
                assert!(looks.get() <= calls * LOOKS_PER_CALL, "{} looks at {calls} calls", looks.get());
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
    assert!(looks.get() >= calls, "each is looked at");
}

#[wasm_bindgen_test]
async fn tr_18_ten_thousand_calls_that_find_the_token_expired_cause_one_renewal() {
    let provider = Provider::fresh();
    // So short that it is never handed out.
    provider.set("lifetime", 2);
    let app = Mounted::new(provider.config(), true).await;
    app.reads("in Ada at / protected").await;
    provider.set("lifetime", 300);
    make(MANY, &app).await;
    assert_eq!(provider.grants(), 2, "one for the session, one for all calls");
}

#[wasm_bindgen_test]
async fn tr_18_ten_thousand_refused_calls_cause_one_renewal() {
    let provider = Provider::fresh();
    provider.set("refused", vec!["canary-at-1"]);
    // Each answer comes by itself, and every one of them before the new token.
    provider.set("slow", 1);
    let app = Mounted::new(provider.config(), true).await;
    app.reads("in Ada at / protected").await;
    provider.set("held", true);
    spawn_local(async move {
        until("every refusal", || run("return provider.calls.length") == f64::from(MANY)).await;
        provider.set("held", false);
    });
    make(MANY, &app).await;
    assert_eq!(Provider.grants(), 2, "one for the session, one for all calls");
}
