//! The browser adapters and the agent, in a real browser.

#![cfg(target_arch = "wasm32")]

use gloo::{events::EventListener, timers::future::TimeoutFuture, utils::document};
use hushkey::{
    ApiError, ApiRequest, AuthAgent, Config, Reason, RequireSignIn, Restoring, SignedIn, SignedOut, View,
    browser::{crypto, discarded::Discarded, fetch, frame::Frame, hint, moment, navigation, transaction_store},
    protocol::{
        error::NetworkFailure,
        hint::Hint,
        http::{Freshness, HttpRequest, MAX_BODY, Method},
        jwks::SignatureCheck,
        jwt::Algorithm,
        secret::SensitiveUrl,
        transaction::{Record, key_of},
        turn::Verdict,
    },
    use_auth,
};
use js_sys::{Function, Reflect};
use std::{cell::RefCell, rc::Rc, time::Duration};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlIFrameElement, Window};
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

const RELAY: &str = include_str!("../silent-refresh.html");

fn window() -> Window {
    gloo::utils::window()
}

/// Asks again and again until it is so, for ten seconds at most.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..500 {
        if is_so() {
            return;
        }
        TimeoutFuture::new(20).await;
    }
    panic!("it never came to this: {what}");
}

/// A page of our own origin, as an address.
fn page(html: &str) -> SensitiveUrl {
    let parts = js_sys::Array::of1(&html.into());
    let options = web_sys::BlobPropertyBag::new();
    options.set_type("text/html");
    let blob = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options).expect("a blob");
    SensitiveUrl::new(web_sys::Url::create_object_url_with_blob(&blob).expect("an address"))
}

fn posting(script: &str) -> SensitiveUrl {
    page(&format!("<script>{script}</script>"))
}

type Heard = Rc<RefCell<Vec<Result<String, Discarded>>>>;

fn open(url: &SensitiveUrl) -> (Frame, Heard) {
    let heard = Heard::default();
    let ears = Rc::clone(&heard);
    let frame = Frame::open(url, move |said| ears.borrow_mut().push(said.map(|message| format!("{message:?}")))).expect("a frame");
    (frame, heard)
}

fn frames() -> u32 {
    document().query_selector_all("iframe").expect("a list").length()
}

const GOOD: &str = r#"JSON.stringify({hushkey: 1, query: "?code=c&state=s", fragment: ""})"#;

#[wasm_bindgen_test]
async fn si_11_a_frame_answers_leaves_no_history_and_is_gone_when_dropped() {
    let (entries, before) = (window().history().expect("a history").length().expect("a length"), frames());
    for _ in 0..2 {
        let (frame, heard) = open(&posting(&format!("parent.postMessage({GOOD}, '*')")));
        until("an answer", || heard.borrow().iter().any(Result::is_ok)).await;
        assert_eq!(window().history().expect("a history").length(), Ok(entries));
        drop(frame);
        assert_eq!(frames(), before);
    }
}

#[wasm_bindgen_test]
async fn si_19_the_frame_is_hidden_and_may_nothing_and_its_address_is_not_in_the_document() {
    let (_frame, heard) = open(&posting(&format!("parent.postMessage({GOOD}, '*')")));
    let element = document().query_selector("iframe").expect("valid").expect("the frame");
    assert_eq!(element.get_attribute("allow").as_deref(), Some(""));
    assert_eq!(element.get_attribute("referrerpolicy").as_deref(), Some("no-referrer"));
    assert_eq!(element.get_attribute("tabindex").as_deref(), Some("-1"));
    assert!(element.has_attribute("hidden"));
    assert!(!element.has_attribute("src"));
    until("an answer", || !heard.borrow().is_empty()).await;
}

#[wasm_bindgen_test]
async fn si_07_a_perfect_message_from_another_window_of_our_origin_is_ignored() {
    let (_frame, heard) = open(&posting(""));
    let other: HtmlIFrameElement = document().create_element("iframe").expect("an element").unchecked_into();
    document().body().expect("a body").append_child(&other).expect("appended");
    other
        .content_window()
        .expect("a window")
        .location()
        .replace(posting(&format!("parent.postMessage({GOOD}, '*')")).expose())
        .expect("gone");
    until("the foreign message", || heard.borrow().contains(&Err(Discarded::ForeignWindow))).await;
    assert!(heard.borrow().iter().all(Result::is_err));
    other.remove();
}

#[wasm_bindgen_test]
async fn si_06_a_message_of_another_origin_is_ignored() {
    // A sandbox without allow-same-origin gives the page an origin of its own, "null".
    let (_frame, heard) = open(&posting(""));
    let other: HtmlIFrameElement = document().create_element("iframe").expect("an element").unchecked_into();
    other.set_attribute("sandbox", "allow-scripts").expect("set");
    other.set_attribute("srcdoc", &format!("<script>parent.postMessage({}, '*')</script>", GOOD)).expect("set");
    document().body().expect("a body").append_child(&other).expect("appended");
    until("the foreign message", || heard.borrow().contains(&Err(Discarded::ForeignOrigin))).await;
    assert!(heard.borrow().iter().all(Result::is_err));
    other.remove();
}

#[wasm_bindgen_test]
async fn si_08_09_a_thousand_bad_messages_do_not_end_the_wait() {
    let script = format!(
        "for (let i = 0; i < 250; i++) for (const bad of [null, 7, {{hushkey: 1}}, 'x'.repeat(40000)]) parent.postMessage(bad, '*'); parent.postMessage({GOOD}, '*')"
    );
    let (_frame, heard) = open(&posting(&script));
    until("the good one", || heard.borrow().iter().any(Result::is_ok)).await;
    assert_eq!(heard.borrow().iter().filter(|said| **said == Err(Discarded::Malformed)).count(), 1000);
}

#[wasm_bindgen_test]
async fn bp_16_nobody_listens_after_the_frame_is_dropped() {
    let (frame, heard) = open(&posting(""));
    drop(frame);
    let arrived = Rc::new(RefCell::new(false));
    let flag = Rc::clone(&arrived);
    let _listener = EventListener::new(&window(), "message", move |_| *flag.borrow_mut() = true);
    window().post_message(&"late".into(), &navigation::origin()).expect("posted");
    until("the message", || *arrived.borrow()).await;
    assert!(heard.borrow().is_empty());
}

#[wasm_bindgen_test]
async fn si_04_the_relay_page_itself_posts_one_message_that_is_understood() {
    // The runner's own page is framed or not, depending on the browser; the relay page speaks to the top window only.
    let (_frame, heard) = open(&page(RELAY));
    if window().top().ok().flatten().is_some_and(|top| *AsRef::<JsValue>::as_ref(&top) == JsValue::from(window())) {
        until("its answer", || heard.borrow().iter().any(Result::is_ok)).await;
    }
    TimeoutFuture::new(0).await;
    assert!(heard.borrow().len() <= 1);
}

fn vectors() -> Vec<SignatureCheck> {
    let list: serde_json::Value = serde_json::from_str(include_str!("support/signatures.json")).expect("JSON");
    let bytes = |text: &str| {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        URL_SAFE_NO_PAD.decode(text).expect("base64url")
    };
    list.as_array()
        .expect("a list")
        .iter()
        .map(|vector| SignatureCheck {
            algorithm: Algorithm::from_name(vector["alg"].as_str().expect("a name")).expect("known"),
            key: vector["key"].clone(),
            signing_input: vector["input"].as_str().expect("a text").to_owned(),
            signature: bytes(vector["signature"].as_str().expect("a text")),
        })
        .collect()
}

#[wasm_bindgen_test]
async fn id_19_webcrypto_verifies_every_algorithm_and_refuses_a_flipped_bit() {
    let checks = vectors();
    assert_eq!(checks.len(), 4);
    assert_eq!(crypto::verify(checks.clone()).await, Verdict::Valid);
    for place in 0..checks.len() {
        for part in 0..2 {
            let mut bad = checks.clone();
            match part {
                0 => bad[place].signature[5] ^= 1,
                _ => bad[place].signing_input.push('A'),
            }
            assert_eq!(crypto::verify(bad).await, Verdict::Invalid(place), "{place} {part}");
        }
    }
    let mut other_scheme = checks.clone();
    other_scheme[0].algorithm = Algorithm::Ps256;
    assert_eq!(crypto::verify(other_scheme).await, Verdict::Invalid(0));
}

#[wasm_bindgen_test]
async fn id_15_a_point_off_the_curve_is_no_key() {
    let mut check = vectors().remove(2);
    check.key["y"] = check.key["x"].clone();
    assert_eq!(crypto::verify(vec![check]).await, Verdict::Invalid(0));
}

fn get(url: &str) -> HttpRequest {
    HttpRequest { url: url.to_owned(), method: Method::Get(Freshness::CacheAllowed) }
}

#[wasm_bindgen_test]
async fn tr_02_every_request_goes_without_cookies_redirects_and_referrer() {
    let original = Reflect::get(&window(), &"fetch".into()).expect("fetch");
    let spy = Function::new_with_args(
        "url, options",
        "self.seen = [options.credentials, options.redirect, options.referrerPolicy, options.mode, options.cache, options.method, options.signal instanceof AbortSignal].join(' '); return Promise.reject(new TypeError('spied'))",
    );
    Reflect::set(&window(), &"fetch".into(), &spy).expect("replaced");
    let body = hushkey::protocol::secret::Body::new("a=b");
    let answer = fetch::ask(HttpRequest { url: "/token".into(), method: Method::PostForm(body) }, fetch::PATIENCE).await;
    Reflect::set(&window(), &"fetch".into(), &original).expect("put back");
    assert_eq!(answer.expect_err("it was rejected"), NetworkFailure::Unreachable);
    let seen = Reflect::get(&window(), &"seen".into()).expect("seen").as_string().expect("a text");
    assert_eq!(seen, "omit error no-referrer cors no-store POST true");
}

#[wasm_bindgen_test]
async fn tr_02_a_request_ends_in_time() {
    let original = Reflect::get(&window(), &"fetch".into()).expect("fetch");
    Reflect::set(&window(), &"fetch".into(), &Function::new_no_args("return new Promise(() => {})")).expect("replaced");
    let answer = fetch::ask(get("/slow"), Duration::from_millis(50)).await;
    Reflect::set(&window(), &"fetch".into(), &original).expect("put back");
    assert_eq!(answer.expect_err("too slow"), NetworkFailure::Timeout);
}

#[wasm_bindgen_test]
async fn tr_05_an_answer_of_absurd_size_is_not_read() {
    let address = page(&"x".repeat(MAX_BODY + 1));
    assert_eq!(fetch::ask(get(address.expose()), fetch::PATIENCE).await.expect_err("too large"), NetworkFailure::TooLarge);
    let answer = fetch::ask(get(page("small").expose()), fetch::PATIENCE).await.expect("read");
    assert_eq!((answer.status, answer.body.expose()), (200, "small"));
}

#[wasm_bindgen_test]
fn ar_09_a_record_is_read_once() {
    let key = key_of("c", "s");
    transaction_store::put(&Record::new(key.as_str(), "{}")).expect("stored");
    assert_eq!(transaction_store::take("c", "s").expect("there").expose(), "{}");
    assert!(transaction_store::take("c", "s").is_none());
}

#[wasm_bindgen_test]
fn the_hint_and_nothing_else_is_kept() {
    hint::write("c", Hint::SignedIn);
    assert_eq!((hint::read("c"), hint::read("d")), (Hint::SignedIn, Hint::Unknown));
    window().local_storage().expect("allowed").expect("there").clear().expect("cleared");
}

#[wasm_bindgen_test]
fn ar_02_every_moment_brings_other_entropy() {
    let debug = format!("{:?}", moment::moment().expect("a moment"));
    assert!(debug.contains("[redacted]"), "{debug}");
}

/// Nobody listens on this port.
fn config() -> Rc<Config> {
    let block = r#"{"preset":"scalekit","env_url":"http://localhost:9","client_id":"tests","api":["http://localhost:9/api/"]}"#;
    Rc::new(Config::from_json(block, &navigation::origin()).expect("a good configuration"))
}

thread_local!(static HANDLE: RefCell<Option<hushkey::AuthHandle>> = const { RefCell::new(None) });

#[component]
fn Probe() -> Html {
    let auth = use_auth();
    HANDLE.with(|slot| slot.replace(Some(auth)));
    html! {<>
        <SignedIn><i>{ "in" }</i></SignedIn>
        <SignedOut><i>{ "out" }</i></SignedOut>
        <Restoring><i>{ "restoring" }</i></Restoring>
        <RequireSignIn waiting={html! { <b>{ "waiting" }</b> }} signed_out={Callback::from(|reason| html! { <b>{ format!("{reason:?}") }</b> })}>
            <b>{ "protected" }</b>
        </RequireSignIn>
    </>}
}

#[component]
fn App() -> Html {
    html! { <AuthAgent config={config()}><Probe /></AuthAgent> }
}

fn handle() -> hushkey::AuthHandle {
    HANDLE.with(|slot| slot.borrow().clone()).expect("drawn")
}

#[wasm_bindgen_test]
async fn the_gates_show_what_fits_and_calls_go_to_listed_addresses_only() {
    hint::write("tests", Hint::SignedOutByChoice);
    let root: Element = document().create_element("div").expect("an element");
    document().body().expect("a body").append_child(&root).expect("appended");
    let app = yew::Renderer::<App>::with_root(root.clone()).render();
    until("the first drawing", || root.text_content().is_some_and(|text| !text.is_empty())).await;
    assert_eq!(root.text_content().as_deref(), Some("outByChoice"));
    assert_eq!(handle().view(), View::SignedOut(Reason::ByChoice));
    assert_eq!(frames(), 0, "somebody who signed out is not looked up");
    let refused = handle().fetch(ApiRequest::get("https://evil.example/api/")).await.expect_err("not listed");
    assert!(matches!(refused, ApiError::NotAllowed { .. }), "{refused:?}");
    assert_eq!(handle().fetch(ApiRequest::get("http://localhost:9/api/me")).await.expect_err("nobody").code(), "api_signed_out");

    handle().retry();
    until("the restore", || root.text_content().as_deref() == Some("restoringwaiting")).await;
    until("the failure to be told", || matches!(handle().view(), View::Restoring { delay: Some(_) })).await;
    assert_eq!(root.text_content().as_deref(), Some("restoringwaiting"), "a protected page stays calm meanwhile");
    app.destroy();
    until("the frame to go", || frames() == 0).await;
    window().local_storage().expect("allowed").expect("there").clear().expect("cleared");
}
