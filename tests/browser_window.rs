//! What a silent frame gives away, windows for signing in, the first touch, and the place on the page, in a real browser.

#![cfg(target_arch = "wasm32")]

#[path = "support/page.rs"]
mod page;

use gloo::utils::document;
use hushkey::{
    browser::{
        discarded::Discarded,
        frame::{Frame, Sign},
        navigation,
        popup::{Popup, channel_name},
        scroll::{self, Memory},
        wake::FirstTouch,
    },
    protocol::secret::{SensitiveUrl, StateParameter},
};
use page::{a_while, page, run, run_text, until, window};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn watch(url: &SensitiveUrl) -> (Frame, Rc<RefCell<Vec<Sign>>>) {
    let seen = Rc::<RefCell<Vec<Sign>>>::default();
    let eyes = Rc::clone(&seen);
    let frame = Frame::open(url, None, |_| {}, move |sign| eyes.borrow_mut().push(sign)).expect("a frame");
    (frame, seen)
}

#[wasm_bindgen_test]
async fn si_11_a_frame_that_comes_to_rest_without_a_word_is_seen() {
    let (_frame, seen) = watch(&page("<p>Sign in, please</p>"));
    until("it to be loaded", || *seen.borrow() == [Sign::Loaded]).await;
}

#[wasm_bindgen_test]
async fn si_21_a_violation_of_the_own_policy_is_seen_if_it_is_about_this_frame() {
    let (frame, seen) = watch(&SensitiveUrl::new("https://as.example/authorize?state=s"));
    let violate = |directive: &str, uri: &str| {
        run(&format!(
            "document.dispatchEvent(new SecurityPolicyViolationEvent('securitypolicyviolation', \
             {{ effectiveDirective: '{directive}', blockedURI: '{uri}', violatedDirective: '{directive}', documentURI: 'x', originalPolicy: '', disposition: 'enforce', statusCode: 0 }}))"
        ));
    };
    violate("img-src", "https://as.example/x.png");
    violate("frame-src", "https://ads.example/");
    assert!(!seen.borrow().contains(&Sign::Forbidden));
    violate("frame-src", "https://as.example");
    assert!(seen.borrow().contains(&Sign::Forbidden));
    drop(frame);
    seen.borrow_mut().clear();
    violate("frame-src", "https://as.example");
    assert!(seen.borrow().is_empty());
}

#[wasm_bindgen_test]
async fn bp_05_a_window_answers_on_the_channel_of_its_state() {
    run("window.opened = []; window.natively = window.open; \
         window.open = (...all) => { const fake = { location: { replace: (to) => opened.push(to) }, close: () => opened.push('closed') }; return Object.setPrototypeOf(fake, Window.prototype); }");
    let heard = Rc::<RefCell<Vec<Result<String, Discarded>>>>::default();
    let ears = Rc::clone(&heard);
    let state = StateParameter::new("popup.abc");
    let spoke = move |said: Result<_, _>| ears.borrow_mut().push(said.map(|message| format!("{message:?}")));
    let popup = Popup::open(&SensitiveUrl::new("https://as.example/authorize"), &state, spoke).expect("opened");
    assert_eq!(run_text("window.open = natively; return opened.join()"), "https://as.example/authorize");
    run(&format!("window.other = new BroadcastChannel('{}')", channel_name(&state)));
    run("other.postMessage('rubbish'); other.postMessage(JSON.stringify({ hushkey: 1, query: '?code=c&state=popup.abc', fragment: '' }))");
    until("both", || heard.borrow().len() == 2).await;
    assert!(heard.borrow()[0] == Err(Discarded::Malformed) && heard.borrow()[1].is_ok());
    drop(popup);
    run("other.postMessage('late'); other.close()");
    a_while().await;
    assert_eq!((heard.borrow().len(), run_text("return opened.join()")), (2, "https://as.example/authorize,closed".to_owned()));
}

#[wasm_bindgen_test]
fn pa_02_a_window_that_opens_at_the_click_goes_on_later_and_is_closed_if_nothing_comes() {
    run("window.opened = []; window.natively = window.open; \
         window.open = (...all) => { const fake = { location: { replace: (to) => opened.push(to) }, close: () => opened.push('closed') }; return Object.setPrototypeOf(fake, Window.prototype); }");
    let open = || Popup::open(&SensitiveUrl::new("about:blank"), &StateParameter::new("popup.y"), |_| {}).expect("opened");
    let popup = open();
    popup.go(&SensitiveUrl::new("https://as.example/authorize?client_id=c&request_uri=urn%3Ax")).expect("it goes there");
    drop(open());
    assert_eq!(
        run_text("window.open = natively; return opened.join()"),
        "about:blank,https://as.example/authorize?client_id=c&request_uri=urn%3Ax,about:blank,closed"
    );
    drop(popup);
}

#[wasm_bindgen_test]
fn bp_05_a_window_that_is_blocked_is_an_error_and_leaves_nothing() {
    run("window.natively = window.open; window.open = () => null");
    let refused = Popup::open(&SensitiveUrl::new("https://as.example/authorize"), &StateParameter::new("popup.x"), |_| {});
    run("window.open = natively");
    assert_eq!(refused.expect_err("blocked").code(), "platform_popup");
}

#[wasm_bindgen_test]
fn si_17_the_first_touch_is_noticed_whatever_the_page_does_with_it() {
    let touched = Rc::new(Cell::new(0));
    let count = Rc::clone(&touched);
    let ears = FirstTouch::listen(move || count.set(count.get() + 1));
    run("const stop = (event) => event.stopImmediatePropagation(); document.body.addEventListener('keydown', stop); \
         document.body.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true })); document.body.removeEventListener('keydown', stop); \
         dispatchEvent(new Event('focus')); dispatchEvent(new PointerEvent('pointermove'))");
    assert_eq!(touched.get(), 1);
    run("dispatchEvent(new PointerEvent('pointerdown'))");
    assert_eq!(touched.get(), 2);
    drop(ears);
    run("dispatchEvent(new PointerEvent('pointerdown'))");
    assert_eq!(touched.get(), 2);
}

#[wasm_bindgen_test]
async fn the_place_on_a_page_is_kept_once_and_for_this_page_alone() {
    let tall = document().create_element("div").expect("an element");
    tall.set_attribute("style", "height: 9000px").expect("set");
    document().body().expect("a body").append_child(&tall).expect("appended");
    let scrolled = || window().scroll_y().map(f64::round).unwrap_or_default();
    let wanted = Rc::new(Cell::new(false));
    let asked = Rc::clone(&wanted);
    let _memory = Memory::keep("scroller", move || asked.get());

    window().scroll_to_with_x_and_y(0.0, 1234.0);
    run("dispatchEvent(new PageTransitionEvent('pagehide'))");
    assert!(scroll::take("scroller").is_none(), "it did not matter");
    wanted.set(true);
    run("dispatchEvent(new PageTransitionEvent('pagehide'))");
    let record = scroll::take("scroller").expect("kept");
    assert!(scroll::take("scroller").is_none(), "once");
    assert_eq!(record["place"], navigation::place());

    window().scroll_to_with_x_and_y(0.0, 0.0);
    let mut elsewhere = record.clone();
    elsewhere["place"] = "/other".into();
    scroll::restore(elsewhere).await;
    assert_eq!(scrolled(), 0.0);
    scroll::restore(record.clone()).await;
    assert_eq!(scrolled(), 1234.0);

    // Whoever has begun to move is left alone.
    tall.set_attribute("style", "height: 10px").expect("set");
    let waiting = scroll::restore(record);
    let moves = async {
        a_while().await;
        run("dispatchEvent(new WheelEvent('wheel'))");
        tall.set_attribute("style", "height: 9000px").expect("set");
    };
    both(waiting, moves).await;
    assert_eq!(scrolled(), 0.0);
    tall.remove();
}

/// Both at once.
async fn both(one: impl Future<Output = ()> + 'static, other: impl Future<Output = ()>) {
    let done = Rc::new(Cell::new(false));
    let flag = Rc::clone(&done);
    wasm_bindgen_futures::spawn_local(async move {
        one.await;
        flag.set(true);
    });
    other.await;
    until("the end of both", || done.get()).await;
}
