//! The language of the page, where it is not English.

use super::texts;
use gloo::utils::{document, window};
use js_sys::{Promise, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// What the page's small script (`assets/language.js`) leaves: its promise of the language's file.
const PROMISE: &str = "hushkeyTexts";

/// The attribute of the page that says its language.
const ATTRIBUTE: &str = "lang";

/// Calls this as soon as the texts are there: at once for English. If they cannot be had, the page is an English one.
pub(crate) fn when_ready(then: impl FnOnce() + 'static) {
    let promise = Reflect::get(&window(), &PROMISE.into()).ok().and_then(|value| value.dyn_into::<Promise>().ok());
    match promise {
        None => then(),
        Some(promise) => spawn_local(async move {
            take(JsFuture::from(promise).await.ok().and_then(|file| file.as_string()));
            then();
        }),
    }
}

fn take(file: Option<String>) {
    let Some(page) = document().document_element() else { return };
    match (file, page.get_attribute(ATTRIBUTE)) {
        (Some(file), Some(tag)) => texts::speak(tag, file),
        (None, _) | (_, None) => {
            // An element of HTML takes this attribute.
            let _ = page.set_attribute(ATTRIBUTE, "en");
        }
    }
}
