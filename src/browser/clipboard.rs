//! The clipboard.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Puts a text there. Whether it is there now: the clipboard is missing on pages that are not secure, and a browser may refuse.
pub async fn write(text: &str) -> bool {
    match begin(text) {
        Ok(written) => JsFuture::from(written).await.is_ok(),
        Err(_) => false,
    }
}

/// `navigator.clipboard.writeText`.
fn begin(text: &str) -> Result<Promise, JsValue> {
    let navigator = gloo::utils::window().navigator();
    let clipboard = Reflect::get(&navigator, &"clipboard".into())?;
    let write: Function = Reflect::get(&clipboard, &"writeText".into())?.dyn_into()?;
    write.apply(&clipboard, &Array::of1(&text.into()))?.dyn_into()
}
