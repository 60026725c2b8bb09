//! Where the focus goes when another page opens: to its heading, so that a screen reader reads it and Tab goes on from there.

use gloo::utils::document;
use hushkey::View;
use std::mem;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

/// Focuses the heading after the path has changed. The first page of a page load is left alone.
/// If the heading that had the focus gives way to another one (of a page that was still waiting), that one takes over.
#[hook]
pub(crate) fn use_heading_focus(path: &str, view: &View) {
    let first = use_mut_ref(|| (path.to_owned(), false));
    use_effect_with((path.to_owned(), mem::discriminant(view)), move |(path, _)| {
        let (seen, moved) = &mut *first.borrow_mut();
        let opened = seen != path;
        if opened {
            seen.clone_from(path);
            *moved = true;
        }
        if opened || (*moved && is_lost()) {
            focus_heading();
        }
    });
}

/// Whether nothing on the page has the focus.
fn is_lost() -> bool {
    document().active_element().is_none_or(|element| element.tag_name() == "BODY")
}

fn focus_heading() {
    let heading = document().query_selector("main h1").ok().flatten();
    if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<HtmlElement>().ok()) {
        // A heading that cannot take the focus is no reason to stop.
        let _ = heading.focus();
    }
}
