//! The hidden frame and the relay page, in a real browser, among hostile windows.

#![cfg(target_arch = "wasm32")]

#[path = "support/page.rs"]
mod page;

use gloo::{events::EventListener, utils::document};
use hushkey::{
    browser::{discarded::Discarded, frame::Frame, monitor::Monitor, navigation},
    protocol::{
        monitoring::{Watch, Word},
        secret::SensitiveUrl,
    },
};
use page::{a_while, frames, history_length, page, run, run_text, until, window};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{HtmlIFrameElement, MessageEvent};

wasm_bindgen_test_configure!(run_in_browser);

const RELAY: &str = include_str!("../silent-refresh.html");

const GOOD: &str = r#"JSON.stringify({hushkey: 1, query: "?code=c&state=s", fragment: ""})"#;

fn posting(script: &str) -> SensitiveUrl {
    page(&format!("<script>{script}</script>"))
}

fn post_good() -> SensitiveUrl {
    posting(&format!("parent.postMessage({GOOD}, '*')"))
}

#[derive(Default)]
struct Heard(RefCell<Vec<Result<String, Discarded>>>);

impl Heard {
    fn good(&self) -> usize {
        self.0.borrow().iter().filter(|said| said.is_ok()).count()
    }

    fn bad(&self, why: Discarded) -> usize {
        self.0.borrow().iter().filter(|said| **said == Err(why)).count()
    }

    fn all(&self) -> usize {
        self.0.borrow().len()
    }
}

fn open(url: &SensitiveUrl) -> (Frame, Rc<Heard>) {
    let heard = Rc::<Heard>::default();
    let ears = Rc::clone(&heard);
    let frame =
        Frame::open(url, None, move |said| ears.0.borrow_mut().push(said.map(|message| format!("{message:?}"))), |_| {}).expect("a frame");
    (frame, heard)
}

/// Another frame, not the one that is waited for. Removed when dropped.
struct Stranger(HtmlIFrameElement);

impl Stranger {
    fn new(attribute: &str, value: &str, sandbox: Option<&str>) -> Self {
        let element: HtmlIFrameElement = document().create_element("iframe").expect("an element").unchecked_into();
        if let Some(sandbox) = sandbox {
            element.set_attribute("sandbox", sandbox).expect("set");
        }
        element.set_attribute(attribute, value).expect("set");
        document().body().expect("a body").append_child(&element).expect("appended");
        Self(element)
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        self.0.remove();
    }
}

#[wasm_bindgen_test]
async fn si_11_a_frame_answers_leaves_no_history_and_is_gone_when_dropped() {
    let entries = history_length().await;
    for _ in 0..3 {
        let (frame, heard) = open(&post_good());
        until("an answer", || heard.good() == 1).await;
        assert_eq!(run("return history.length"), entries);
        drop(frame);
        assert_eq!(frames(), 0);
    }
    // Not even when the provider sends the frame on from page to page.
    let last = post_good();
    let (_frame, heard) = open(&posting(&format!("location.replace('{}')", last.expose())));
    until("an answer", || heard.good() == 1).await;
    assert_eq!(run("return history.length"), entries);
}

#[wasm_bindgen_test]
async fn si_11_a_frame_may_be_dropped_by_its_own_message() {
    let slot = Rc::new(RefCell::new(None));
    let (holder, heard) = (Rc::clone(&slot), Rc::new(Cell::new(0)));
    let count = Rc::clone(&heard);
    let url = posting(&format!("for (let i = 0; i < 5; i++) parent.postMessage({GOOD}, '*')"));
    let frame = Frame::open(
        &url,
        None,
        move |_| {
            count.set(count.get() + 1);
            holder.borrow_mut().take();
        },
        |_| {},
    );
    slot.replace(Some(frame.expect("a frame")));
    until("the end of it", || frames() == 0).await;
    a_while().await;
    assert_eq!(heard.get(), 1, "the first one ends the listening");
}

#[wasm_bindgen_test]
async fn si_19_the_frame_is_hidden_and_its_address_is_not_in_the_document() {
    let (_frame, heard) = open(&post_good());
    let element = document().query_selector("iframe").expect("valid").expect("the frame");
    for (name, value) in [("allow", ""), ("referrerpolicy", "no-referrer"), ("tabindex", "-1"), ("aria-hidden", "true"), ("hidden", "")] {
        assert_eq!(element.get_attribute(name).as_deref(), Some(value), "{name}");
    }
    assert!(element.has_attribute("title"));
    assert!(!element.has_attribute("src"));
    until("an answer", || heard.good() == 1).await;
}

#[wasm_bindgen_test]
async fn si_07_a_perfect_message_from_another_window_of_our_origin_is_ignored() {
    let (_frame, heard) = open(&posting(""));
    let _stranger = Stranger::new("src", post_good().expose(), None);
    until("the foreign message", || heard.bad(Discarded::ForeignWindow) == 1).await;
    // Not from the page itself, either, and not from a window that is gone.
    run(&format!("postMessage({GOOD}, '*')"));
    run(&format!("dispatchEvent(new MessageEvent('message', {{ data: {GOOD}, origin: location.origin, source: null }}))"));
    until("both", || heard.bad(Discarded::ForeignWindow) == 3).await;
    assert_eq!(heard.good(), 0);
}

#[wasm_bindgen_test]
async fn si_06_a_message_of_another_origin_is_ignored() {
    let (_frame, heard) = open(&posting(""));
    // A sandbox without allow-same-origin gives the page an origin of its own, "null".
    let _stranger = Stranger::new("srcdoc", &format!("<script>parent.postMessage({GOOD}, '*')</script>"), Some("allow-scripts"));
    until("the foreign message", || heard.bad(Discarded::ForeignOrigin) == 1).await;
    let origin = navigation::origin();
    for foreign in [
        format!("{origin}.evil.example"),
        format!("{origin}0"),
        format!("{origin}/"),
        origin.to_uppercase(),
        String::new(),
        "null".to_owned(),
    ] {
        let source = "document.querySelector('iframe').contentWindow";
        run(&format!("dispatchEvent(new MessageEvent('message', {{ data: {GOOD}, origin: '{foreign}', source: {source} }}))"));
    }
    assert_eq!((heard.bad(Discarded::ForeignOrigin), heard.good()), (7, 0));
}

#[wasm_bindgen_test]
async fn si_06_the_right_frame_at_the_wrong_origin_is_ignored() {
    // The frame itself, while it is at another origin: what a provider's own page may say is not heard.
    let opaque = page(&format!(
        "<iframe sandbox='allow-scripts' srcdoc=\"<script>top.postMessage({}, '*')</script>\"></iframe>",
        GOOD.replace('"', "'")
    ));
    let (_frame, heard) = open(&opaque);
    until("the foreign message", || heard.bad(Discarded::ForeignOrigin) == 1).await;
    assert_eq!(heard.good(), 0);
}

#[wasm_bindgen_test]
async fn si_08_09_a_thousand_bad_messages_do_not_end_the_wait() {
    let bad = "[null, 7, {hushkey: 1, query: '', fragment: ''}, 'x'.repeat(40000), new Map(), new ArrayBuffer(9), '{}', 'javascript:alert(1)', [], '{\"hushkey\":2}']";
    let url = posting(&format!(
        "for (let i = 0; i < 100; i++) for (const bad of {bad}) parent.postMessage(bad, '*'); parent.postMessage({GOOD}, '*')"
    ));
    let (_frame, heard) = open(&url);
    until("the good one", || heard.good() == 1).await;
    assert_eq!((heard.bad(Discarded::Malformed), heard.all()), (1000, 1001));
}

#[wasm_bindgen_test]
async fn bp_16_nobody_listens_after_the_frame_is_dropped() {
    let (frame, heard) = open(&posting(""));
    drop(frame);
    let arrived = Rc::new(Cell::new(false));
    let flag = Rc::clone(&arrived);
    let _listener = EventListener::new(&window(), "message", move |_| flag.set(true));
    run(&format!("postMessage({GOOD}, '*')"));
    until("the message", || arrived.get()).await;
    assert_eq!(heard.all(), 0);
}

#[wasm_bindgen_test]
async fn si_03_04_the_relay_page_posts_its_query_and_fragment_once_and_to_its_own_origin() {
    let raw = Rc::new(RefCell::new(Vec::new()));
    let ears = Rc::clone(&raw);
    let _listener = EventListener::new(&window(), "message", move |event| {
        let event: &MessageEvent = event.unchecked_ref();
        ears.borrow_mut().push((event.origin(), event.data().as_string()));
    });
    let (_frame, heard) = open(&SensitiveUrl::new("/silent-refresh.html?code=a%2Bb&state=s#x"));
    until("its answer", || heard.good() == 1).await;
    a_while().await;
    assert_eq!(
        *raw.borrow(),
        [(navigation::origin(), Some(r##"{"hushkey":1,"query":"?code=a%2Bb&state=s","fragment":"#x"}"##.to_owned()))]
    );
}

#[wasm_bindgen_test]
async fn si_05_the_relay_page_posts_nothing_when_the_app_is_framed() {
    let (frame, heard) = open(&posting(""));
    drop(frame);
    run("window.leaked = []; window.steps = 0; window.onmessage = ({ data }) => data === 'loaded' ? steps++ : leaked.push(data)");
    let inner = format!("{}/silent-refresh.html?code=c&state=s", navigation::origin());
    let middle = page(&format!(
        "<script>onmessage = ({{ data }}) => top.postMessage(data, '*')</script><iframe src='{inner}' onload=\"top.postMessage('loaded', '*')\"></iframe>"
    ));
    let _stranger = Stranger::new("src", middle.expose(), None);
    until("the page inside", || run("return steps") == 1).await;
    a_while().await;
    assert_eq!((run_text("onmessage = null; return leaked.join()"), heard.all()), (String::new(), 0));
}

#[wasm_bindgen_test]
async fn si_04_the_relay_page_names_its_own_origin_as_the_only_receiver() {
    run("window.seen = []; window.natively = window.postMessage; window.postMessage = (...all) => seen.push(all)");
    let stranger = Stranger::new("src", "/silent-refresh.html?code=c&state=s", None);
    until("a message", || run("return seen.length") == 1).await;
    a_while().await;
    drop(stranger);
    let seen = run_text("window.postMessage = natively; return JSON.stringify(seen.map(([message, target]) => [typeof message, target]))");
    assert_eq!(seen, format!(r#"[["string","{}"]]"#, navigation::origin()));
}

#[wasm_bindgen_test]
async fn si_20_the_relay_page_works_under_its_policy() {
    let script = RELAY.split("<script>").nth(1).and_then(|rest| rest.split("</script>").next()).expect("one script");
    let hash = hash(script).await;
    let policy =
        format!(r#"<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-{hash}'; base-uri 'none'">"#);
    let watch = format!("{policy}<title>");
    assert_eq!(RELAY.matches("<title>").count(), 1);
    let (_frame, heard) = open(&page(&RELAY.replace("<title>", &watch)));
    until("its answer", || heard.good() == 1).await;
    let (_frame, heard) = open(&page(&RELAY.replace("<title>", &watch.replace("sha256-", "sha256-A"))));
    a_while().await;
    assert_eq!(heard.all(), 0, "the policy is in force");
}

async fn hash(text: &str) -> String {
    let digest = js_sys::Function::new_with_args(
        "text",
        "return crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)).then((bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))))",
    );
    let promise: js_sys::Promise = digest.call1(&wasm_bindgen::JsValue::NULL, &text.into()).expect("begun").unchecked_into();
    wasm_bindgen_futures::JsFuture::from(promise).await.expect("a digest").as_string().expect("a text")
}

// ------------------------------------------------------------------------------------------------------ the provider's own page

type Words = Rc<RefCell<Vec<Result<Word, Discarded>>>>;

/// Watches a page that runs this script; what is heard.
fn monitor(script: &str, origin: String) -> (Monitor, Words) {
    let heard = Words::default();
    let ears = Rc::clone(&heard);
    let watch = Watch { frame: posting(script).expose().to_owned(), origin, question: "client state".to_owned() };
    let monitor = Monitor::begin(&watch, move |word| ears.borrow_mut().push(word)).expect("a frame");
    (monitor, heard)
}

#[wasm_bindgen_test]
async fn lo_08_the_page_is_asked_the_question_and_answers() {
    let script = "onmessage = ({ data, origin, source }) => source.postMessage(data === 'client state' ? 'changed' : 'error', origin)";
    let (monitor, heard) = monitor(script, navigation::origin());
    until("an answer", || heard.borrow().contains(&Ok(Word::Changed))).await;
    assert!(heard.borrow().iter().all(Result::is_ok));
    drop(monitor);
    assert_eq!(frames(), 0);
}

#[wasm_bindgen_test]
async fn lo_09_only_the_page_itself_is_believed_and_only_its_words() {
    let (_monitor, heard) =
        monitor("for (const word of ['CHANGED', 'changed ', 1, {}, null]) parent.postMessage(word, '*')", navigation::origin());
    until("five rejections", || heard.borrow().iter().filter(|word| **word == Err(Discarded::Malformed)).count() == 5).await;
    let _stranger = Stranger::new("src", posting("parent.postMessage('changed', '*')").expose(), None);
    until("a foreign window", || heard.borrow().contains(&Err(Discarded::ForeignWindow))).await;
    run("window.postMessage('changed', '*')");
    until("another", || heard.borrow().iter().filter(|word| **word == Err(Discarded::ForeignWindow)).count() == 2).await;
    assert!(heard.borrow().iter().all(Result::is_err));
}

#[wasm_bindgen_test]
async fn lo_09_the_right_page_at_the_wrong_origin_is_neither_asked_nor_believed() {
    let script = "onmessage = () => parent.postMessage('asked', '*'); parent.postMessage('changed', '*')";
    let (_monitor, heard) = monitor(script, "https://as.example".to_owned());
    until("a foreign origin", || heard.borrow().contains(&Err(Discarded::ForeignOrigin))).await;
    a_while().await;
    assert_eq!(heard.borrow().as_slice(), [Err(Discarded::ForeignOrigin)]);
}
