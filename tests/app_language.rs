//! How a language comes to the app, and what the browser itself says in it.
//!
//! A page speaks one language for as long as it lives, so that this is one test.

#![cfg(all(target_arch = "wasm32", feature = "app"))]

#[path = "../src/app/language.rs"]
mod language;
#[allow(dead_code, reason = "the app uses more of it than this test")]
#[path = "../src/app/texts.rs"]
mod texts;
#[allow(dead_code, reason = "the app uses more of it than this test")]
#[path = "../src/app/words.rs"]
mod words;

use gloo::utils::document;
use js_sys::{Promise, eval};
use language::when_ready;
use std::{cell::RefCell, rc::Rc, time::Duration};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Waits until the texts are there.
async fn ready() {
    let told = Rc::new(RefCell::new(None));
    let done = Promise::new(&mut |resolve, _| {
        told.replace(Some(resolve));
    });
    let resolve = told.take().expect("a promise begins at once");
    when_ready(move || {
        let _ = resolve.call0(&wasm_bindgen::JsValue::NULL);
    });
    JsFuture::from(done).await.expect("it is resolved");
}

/// What the page's small script would leave.
fn promised(promise: &str, tag: &str) {
    eval(&format!("window.hushkeyTexts = {promise}; document.documentElement.lang = '{tag}'")).expect("a script");
}

fn page_says() -> String {
    document().document_element().and_then(|page| page.get_attribute("lang")).unwrap_or_default()
}

#[wasm_bindgen_test]
async fn a_page_is_english_until_another_language_has_come_and_then_speaks_that() {
    let is_ready = Rc::new(RefCell::new(false));
    let told = Rc::clone(&is_ready);
    when_ready(move || *told.borrow_mut() = true);
    assert!(*is_ready.borrow(), "English waits for nothing");
    assert_eq!(words::in_time(Duration::from_secs(5)), "in 5 seconds");
    assert_eq!(words::in_time(Duration::from_secs(3 * 86_400)), "in 3 days");

    for refused in ["Promise.resolve(undefined)", "Promise.resolve(false)", "Promise.reject(new Error('offline'))"] {
        promised(refused, "de");
        ready().await;
        assert_eq!((page_says().as_str(), texts::text("sign_in")), ("en", "Sign in"), "{refused}");
    }

    promised("Promise.resolve('sign_in = Anmelden\\n')", "de");
    ready().await;
    assert_eq!((page_says().as_str(), texts::text("sign_in"), texts::text("copy")), ("de", "Anmelden", "Copy"));
    assert_eq!(words::in_time(Duration::from_secs(1)), "in 1 Sekunde");
    assert_eq!(words::in_time(Duration::from_secs(3 * 86_400)), "in 3 Tagen");
}
