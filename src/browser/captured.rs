//! What tokens pass through on their way out, as it was when the driver started: a script of the page that replaces it later gets to see none.
//!
//! It is a hurdle and no guarantee (SECURITY.md): whoever runs script in the page can ask for tokens of their own.

use js_sys::{Array, Function, Promise, Reflect};
use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{RequestInit, SubtleCrypto};

pub(super) struct Captured {
    fetch: Function,
    subtle: SubtleCrypto,
    import_key: Function,
    verify: Function,
}

impl Captured {
    fn new() -> Result<Self, JsValue> {
        let window = gloo::utils::window();
        let subtle = window.crypto()?.subtle();
        let function = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).map(JsCast::unchecked_into);
        Ok(Self {
            fetch: function(&window, "fetch")?,
            import_key: function(&subtle, "importKey")?,
            verify: function(&subtle, "verify")?,
            subtle,
        })
    }
}

thread_local! {
    static CAPTURED: RefCell<Weak<Captured>> = const { RefCell::new(Weak::new()) };
}

/// Takes everything as it is now, unless a driver that still lives has it already. It is kept for as long as anybody holds this.
pub(super) fn capture() -> Option<Rc<Captured>> {
    let captured = CAPTURED.with_borrow(Weak::upgrade).or_else(|| Captured::new().ok().map(Rc::new))?;
    CAPTURED.set(Rc::downgrade(&captured));
    Some(captured)
}

fn captured() -> Result<Rc<Captured>, JsValue> {
    // Without a driver, as in the module of the doctor, there is nothing to keep.
    CAPTURED.with_borrow(Weak::upgrade).map_or_else(|| Captured::new().map(Rc::new), Ok)
}

/// `fetch()`.
pub(super) fn fetch(url: &str, options: &RequestInit) -> Promise {
    let asked = captured().and_then(|captured| captured.fetch.call2(&gloo::utils::window(), &url.into(), options));
    asked.map_or_else(|why| Promise::reject(&why), JsCast::unchecked_into)
}

/// `crypto.subtle.importKey()`.
pub(super) fn import_key(arguments: &Array) -> Result<Promise, JsValue> {
    let captured = captured()?;
    captured.import_key.apply(&captured.subtle, arguments).map(JsCast::unchecked_into)
}

/// `crypto.subtle.verify()`.
pub(super) fn verify(arguments: &Array) -> Result<Promise, JsValue> {
    let captured = captured()?;
    captured.verify.apply(&captured.subtle, arguments).map(JsCast::unchecked_into)
}
