//! A text for copying.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What to copy.
#[derive(Properties, PartialEq)]
pub(crate) struct CopyBoxProps {
    /// What it is.
    pub(crate) label: AttrValue,
    /// The text.
    pub(crate) text: AttrValue,
}

/// A field with the text, and a button that copies it; if the browser does not let it, the text is selected for the person to copy.
#[component]
pub(crate) fn CopyBox(CopyBoxProps { label, text }: &CopyBoxProps) -> Html {
    let field = use_node_ref();
    let outcome = use_state_eq(|| "");
    let copy = {
        let (field, text, outcome) = (field.clone(), text.clone(), outcome.clone());
        move |_| {
            let (field, text, outcome) = (field.clone(), text.clone(), outcome.clone());
            spawn_local(async move {
                if write_to_clipboard(&text).await.is_ok() {
                    outcome.set("Copied.");
                    return;
                }
                if let Some(field) = field.cast::<HtmlInputElement>() {
                    let _ = field.focus();
                    field.select();
                }
                outcome.set("Your browser does not allow copying. The code is selected, ready for you to copy.");
            });
        }
    };
    html! {
        <div class="copy">
            <label for="copy-text">{ label }</label>
            <div class="copy-row">
                <input id="copy-text" ref={field} value={text} readonly=true spellcheck="false" autocomplete="off" />
                <button type="button" class="button button-plain" onclick={copy}>{ "Copy" }</button>
            </div>
            <p class="quiet small" role="status">{ *outcome }</p>
        </div>
    }
}

/// `navigator.clipboard.writeText`. The clipboard is missing on pages that are not secure, so each step may fail.
pub(crate) async fn write_to_clipboard(text: &str) -> Result<(), JsValue> {
    let navigator = gloo::utils::window().navigator();
    let clipboard = Reflect::get(&navigator, &"clipboard".into())?;
    let write: Function = Reflect::get(&clipboard, &"writeText".into())?.dyn_into()?;
    let written: Promise = write.apply(&clipboard, &Array::of1(&text.into()))?.dyn_into()?;
    JsFuture::from(written).await.map(drop)
}
