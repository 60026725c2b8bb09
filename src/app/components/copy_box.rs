//! A text for copying.

use crate::app::texts::text;
use hushkey::browser::clipboard;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What to copy.
#[derive(Properties, PartialEq)]
pub(crate) struct CopyBoxProps {
    /// What it is.
    pub(crate) label: AttrValue,
    /// The text.
    pub(crate) copied: AttrValue,
}

/// A field with the text, and a button that copies it; if the browser does not let it, the text is selected for the person to copy.
#[component]
pub(crate) fn CopyBox(CopyBoxProps { label, copied }: &CopyBoxProps) -> Html {
    let field = use_node_ref();
    let outcome = use_state_eq(|| "");
    let copy = {
        let (field, copied, outcome) = (field.clone(), copied.clone(), outcome.clone());
        move |_| {
            let (field, copied, outcome) = (field.clone(), copied.clone(), outcome.clone());
            spawn_local(async move {
                if clipboard::write(&copied).await {
                    outcome.set(text("copy.done"));
                    return;
                }
                if let Some(field) = field.cast::<HtmlInputElement>() {
                    let _ = field.focus();
                    field.select();
                }
                outcome.set(text("copy.refused"));
            });
        }
    };
    html! {
        <div class="copy">
            <label for="copy-text">{ label }</label>
            <div class="copy-row">
                <input id="copy-text" ref={field} value={copied} readonly=true spellcheck="false" autocomplete="off" />
                <button type="button" class="button button-plain" onclick={copy}>{ text("copy") }</button>
            </div>
            <p class="quiet small" role="status">{ *outcome }</p>
        </div>
    }
}
