//! The other adapters in a real browser: network, signatures, stores, waking, and what must be there at the start.

#![cfg(target_arch = "wasm32")]

#[path = "support/page.rs"]
mod page;

use gloo::utils::document;
use hushkey::{
    Reason, View,
    browser::{
        crypto,
        driver::Driver,
        fetch, hint, moment, navigation, platform, timer, transaction_store,
        wake::{Awakening, Wake},
    },
    protocol::{
        error::NetworkFailure,
        hint::{Frames, Hint, Last, News},
        http::{Freshness, HttpRequest, MAX_BODY, Method},
        jwks::SignatureCheck,
        jwt::Algorithm,
        secret::Body,
        transaction::{Record, key_of},
        turn::{Event, Verdict},
    },
    read_configuration,
};
use page::{CLIENT, Provider, a_while, page, run, run_text, until};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const SIGNED_IN: Hint = Hint { last: Last::SignedIn, frames: Frames::Work, signed_out: None };

/// Puts something else in the place of a browser's property, until it is dropped.
struct Stub(&'static str);

impl Stub {
    fn new(place: &'static str, property: &str) -> Self {
        let (object, name) = place.rsplit_once('.').expect("object.name");
        run(&format!(
            "(window.natives ??= {{}})['{place}'] = Object.getOwnPropertyDescriptor({object}, '{name}'); \
             Object.defineProperty({object}, '{name}', {{ configurable: true, {property} }})"
        ));
        Self(place)
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        let place = self.0;
        let (object, name) = place.rsplit_once('.').expect("object.name");
        // Most natives stand on the prototype; some are the window's own.
        run(&format!("delete {place}; if (natives['{place}']) Object.defineProperty({object}, '{name}', natives['{place}'])"));
    }
}

// ------------------------------------------------------------------------------------------------------------------- fetch

fn get(url: &str) -> HttpRequest {
    HttpRequest::get(url, Freshness::CacheAllowed)
}

const SPY: &str = "value: (url, options) => { window.seen = [options.method, options.credentials, options.redirect, options.referrerPolicy, \
    options.mode, options.cache, options.body, JSON.stringify(Object.fromEntries(options.headers)), options.signal instanceof AbortSignal].join(' '); \
    return Promise.reject(new TypeError('spied')); }";

#[wasm_bindgen_test]
async fn tr_02_every_request_goes_without_cookies_redirects_and_referrer() {
    let _stub = Stub::new("window.fetch", SPY);
    let (get, reload) = (Method::Get(Freshness::CacheAllowed), Method::Get(Freshness::FromServer));
    for (method, seen) in [
        (
            Method::PostForm(Body::new("a=b")),
            r#"POST omit error no-referrer cors no-store a=b {"accept":"application/json","content-type":"application/x-www-form-urlencoded"} true"#,
        ),
        (get, r#"GET omit error no-referrer cors default  {"accept":"application/json"} true"#),
        (reload, r#"GET omit error no-referrer cors reload  {"accept":"application/json"} true"#),
    ] {
        let answer = fetch::ask(HttpRequest { url: "/x".into(), method, access_token: None, key: None }, fetch::PATIENCE).await;
        assert_eq!(answer.expect_err("it was rejected"), NetworkFailure::Unreachable);
        assert_eq!(run_text("return seen"), seen);
    }
}

#[wasm_bindgen_test]
async fn a_failure_without_a_network_is_called_so() {
    let _fetch = Stub::new("window.fetch", SPY);
    let _offline = Stub::new("navigator.onLine", "value: false");
    assert_eq!(fetch::ask(get("/x"), fetch::PATIENCE).await.expect_err("rejected"), NetworkFailure::Offline);
}

#[wasm_bindgen_test]
async fn tr_02_a_request_ends_in_time_and_is_aborted() {
    let slow = "value: (url, { signal }) => { window.signal = signal; return new Promise(() => {}); }";
    let _stub = Stub::new("window.fetch", slow);
    assert_eq!(fetch::ask(get("/slow"), Duration::from_millis(50)).await.expect_err("too slow"), NetworkFailure::Timeout);
    assert!(run("return signal.aborted").is_truthy());
}

#[wasm_bindgen_test]
async fn tr_02_a_body_that_never_ends_is_not_waited_for() {
    let endless =
        "value: (url, { signal }) => { window.signal = signal; return Promise.resolve(new Response(new ReadableStream({ start() {} }))); }";
    let _stub = Stub::new("window.fetch", endless);
    assert_eq!(fetch::ask(get("/slow"), Duration::from_millis(50)).await.expect_err("too slow"), NetworkFailure::Timeout);
    assert!(run("return signal.aborted").is_truthy());
}

#[wasm_bindgen_test]
async fn tr_05_an_answer_of_absurd_size_is_not_read() {
    for (size, fits) in [(MAX_BODY, true), (MAX_BODY + 1, false)] {
        let address = page(&"x".repeat(size));
        let answer = fetch::ask(get(address.expose()), fetch::PATIENCE).await.map(|response| response.body.expose().len());
        assert_eq!(answer, if fits { Ok(size) } else { Err(NetworkFailure::TooLarge) });
    }
    // An endless one ends at the limit, and not at the end of time or memory.
    let flood = "value: () => Promise.resolve(new Response(new ReadableStream({ pull(pipe) { pipe.enqueue(new Uint8Array(65536)); } })))";
    let _stub = Stub::new("window.fetch", flood);
    assert_eq!(fetch::ask(get("/x"), fetch::PATIENCE).await.expect_err("too large"), NetworkFailure::TooLarge);
}

#[wasm_bindgen_test]
async fn any_status_is_an_answer_and_bytes_that_are_no_text_do_no_harm() {
    let answer = fetch::ask(get("/there-is-no-such-page"), fetch::PATIENCE).await.expect("an answer");
    assert_eq!(answer.status, 404);
    let _stub = Stub::new(
        "window.fetch",
        "value: () => Promise.resolve(new Response(new Uint8Array([0x61, 0xff]), { headers: { 'content-type': 'a/b' } }))",
    );
    let answer = fetch::ask(get("/x"), fetch::PATIENCE).await.expect("an answer");
    assert_eq!((answer.status, answer.content_type.as_deref(), answer.body.expose()), (200, Some("a/b"), "a\u{fffd}"));
}

// ------------------------------------------------------------------------------------------------------------------ crypto

fn vectors() -> Vec<SignatureCheck> {
    checks(include_str!("support/signatures.json"))
}

fn checks(list: &str) -> Vec<SignatureCheck> {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let list: Vec<serde_json::Value> = serde_json::from_str(list).expect("a list");
    let text = |vector: &serde_json::Value, name| vector[name].as_str().expect("a text").to_owned();
    list.iter()
        .map(|vector| SignatureCheck {
            algorithm: Algorithm::from_name(&text(vector, "alg")).expect("known"),
            key: vector["key"].to_string().into(),
            signing_input: text(vector, "input"),
            signature: URL_SAFE_NO_PAD.decode(text(vector, "signature")).expect("base64url"),
        })
        .collect()
}

/// The same, made by this browser just now.
async fn fresh_vectors() -> Vec<SignatureCheck> {
    let script = r#"
        const rsa = { hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
        const kinds = [["RS256", { name: "RSASSA-PKCS1-v1_5", ...rsa }], ["PS256", { name: "RSA-PSS", saltLength: 32, ...rsa }],
            ["ES256", { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }], ["EdDSA", { name: "Ed25519" }]];
        const encode = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
        return Promise.all(kinds.map(async ([alg, algorithm]) => {
            const { publicKey, privateKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
            const { kty, n, e, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
            const signature = encode(await crypto.subtle.sign(algorithm, privateKey, new TextEncoder().encode("head.body")));
            return { alg, key: { kty, n, e, crv, x, y }, input: "head.body", signature };
        })).then(JSON.stringify)"#;
    let promise: js_sys::Promise = run(script).unchecked_into();
    checks(&JsFuture::from(promise).await.expect("signed").as_string().expect("a text"))
}

#[wasm_bindgen_test]
async fn id_19_webcrypto_verifies_every_algorithm_and_refuses_a_flipped_bit() {
    for checks in [vectors(), fresh_vectors().await] {
        assert_eq!(checks.len(), 4);
        assert_eq!(crypto::verify(checks.clone()).await, Verdict::Valid);
        for place in 0..checks.len() {
            for fault in 0..4 {
                let mut bad = checks.clone();
                match fault {
                    0 => bad[place].signature[5] ^= 1,
                    1 => bad[place].signing_input.push('A'),
                    2 => bad[place].signature.clear(),
                    _ => drop(bad[place].signature.pop()),
                }
                assert_eq!(crypto::verify(bad).await, Verdict::Invalid(place), "{place} {fault}");
            }
        }
    }
}

#[wasm_bindgen_test]
async fn id_19_a_signature_of_another_key_or_scheme_is_refused() {
    let (mut known, fresh) = (vectors(), fresh_vectors().await);
    for place in 0..4 {
        let mut bad = known.clone();
        bad[place].key = fresh[place].key.clone();
        assert_eq!(crypto::verify(bad).await, Verdict::Invalid(place), "{place}");
    }
    known[0].algorithm = Algorithm::Ps256;
    assert_eq!(crypto::verify(known).await, Verdict::Invalid(0));
}

#[wasm_bindgen_test]
async fn id_19_zeros_and_a_salt_of_another_length_are_no_signature() {
    for (place, check) in vectors().into_iter().enumerate() {
        let length = check.signature.len();
        for signature in
            [vec![0; length], [vec![0; length / 2], vec![1; length / 2]].concat(), [vec![1; length / 2], vec![0; length / 2]].concat()]
        {
            assert_eq!(crypto::verify(vec![SignatureCheck { signature, ..check.clone() }]).await, Verdict::Invalid(0), "{place}");
        }
    }
    for (salt, verdict) in [(32, Verdict::Valid), (0, Verdict::Invalid(0)), (20, Verdict::Invalid(0)), (64, Verdict::Invalid(0))] {
        let script = format!(
            r#"const algorithm = {{ name: "RSA-PSS", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), saltLength: {salt} }};
            const encode = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
            return crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]).then(async ({{ publicKey, privateKey }}) => {{
                const {{ kty, n, e }} = await crypto.subtle.exportKey("jwk", publicKey);
                const signature = encode(await crypto.subtle.sign(algorithm, privateKey, new TextEncoder().encode("head.body")));
                return JSON.stringify([{{ alg: "PS256", key: {{ kty, n, e }}, input: "head.body", signature }}]);
            }})"#
        );
        let promise: js_sys::Promise = run(&script).unchecked_into();
        let signed = checks(&JsFuture::from(promise).await.expect("signed").as_string().expect("a text"));
        assert_eq!(crypto::verify(signed).await, verdict, "a salt of {salt} bytes");
    }
}

#[wasm_bindgen_test]
async fn a_key_is_imported_once_and_never_taken_for_another() {
    run("window.imports = 0; window.real = SubtleCrypto.prototype.importKey; \
         SubtleCrypto.prototype.importKey = function (...all) { imports += 1; return real.apply(this, all); }");
    let (mut known, mut fresh) = (vectors(), fresh_vectors().await);
    // Two of one kind, that one verifies with in the same way.
    let (first, other) = (known.remove(0), fresh.remove(0));
    assert_eq!(crypto::verify(vec![other.clone(); 3]).await, Verdict::Valid);
    run("imports = 0");
    assert_eq!(crypto::verify(vec![first.clone(); 100]).await, Verdict::Valid);
    assert_eq!(run("return imports"), 1);
    let of_the_other = SignatureCheck { key: other.key.clone(), ..first.clone() };
    let as_another = SignatureCheck { algorithm: Algorithm::Ps256, ..first.clone() };
    for wrong in [of_the_other, as_another] {
        assert_eq!(crypto::verify(vec![first.clone(), wrong]).await, Verdict::Invalid(1));
    }
    assert_eq!(crypto::verify(vec![first, other]).await, Verdict::Valid);
    run("SubtleCrypto.prototype.importKey = real");
}

#[wasm_bindgen_test]
async fn id_15_what_is_no_key_verifies_nothing() {
    let mut off_the_curve = vectors().remove(2);
    let mut key: serde_json::Value = serde_json::from_str(&off_the_curve.key).expect("JSON");
    key["y"] = key["x"].clone();
    off_the_curve.key = key.to_string().into();
    let mut nothing = vectors().remove(0);
    nothing.key = "null".into();
    for check in [off_the_curve, nothing] {
        assert_eq!(crypto::verify(vec![check]).await, Verdict::Invalid(0));
    }
    // Firefox 153 crashes when it is to import a key of another kind. The core never has one imported: it chooses by kind.
    if run("return navigator.userAgent.includes('Firefox/')") != true {
        let mut other_kind = vectors().remove(2);
        other_kind.key = vectors().remove(0).key;
        assert_eq!(crypto::verify(vec![other_kind]).await, Verdict::Invalid(0));
    }
}

#[wasm_bindgen_test]
async fn an_algorithm_that_a_browser_does_not_know_is_told_from_a_wrong_signature() {
    let reject = "value(format, key, { name }, ...rest) { return name === 'Ed25519' ? Promise.reject(new DOMException('no', 'NotSupportedError')) \
        : SubtleCrypto.prototype.importKey.call(this, format, key, { ...arguments[2] }, ...rest); }";
    let _stub = Stub::new("crypto.subtle.importKey", reject);
    let checks = vectors();
    let place = checks.iter().position(|check| check.algorithm == Algorithm::EdDsa).expect("one of them");
    assert_eq!(crypto::verify(checks).await, Verdict::Unsupported(place));
}

// ------------------------------------------------------------------------------------------------------------------ stores

#[wasm_bindgen_test]
fn ar_09_a_record_is_read_once() {
    Provider::fresh();
    let key = key_of("c", "s");
    transaction_store::put(&Record::new(key.as_str(), "{}")).expect("stored");
    assert!(transaction_store::take("c", "other").is_none() && transaction_store::take("other", "s").is_none());
    assert_eq!(transaction_store::take("c", "s").expect("there").expose(), "{}");
    assert!(transaction_store::take("c", "s").is_none());
    assert_eq!(run("return sessionStorage.length"), 0);
}

#[wasm_bindgen_test]
fn ar_09_the_record_is_gone_before_anything_is_done_with_it() {
    let provider = Provider::fresh();
    transaction_store::put(&Record::new(key_of(CLIENT, "s"), "{}")).expect("stored");
    run("history.replaceState(null, '', '/callback?code=c&state=s')");
    let _driver = Driver::start(provider.config(), |_| {}).expect("started");
    assert_eq!(run("return sessionStorage.length"), 0);
    assert_eq!(run_text("return location.pathname + location.search"), "/callback");
}

#[wasm_bindgen_test]
fn ar_10_old_and_unreadable_records_are_swept_and_others_left_alone() {
    let provider = Provider::fresh();
    let now = moment::now().wall;
    let record = |state: &str, begun: u64| {
        let text = format!(r#"{{"kind":"sign_out","state":"{state}","begun":{begun}}}"#);
        transaction_store::put(&Record::new(key_of(CLIENT, state), text)).expect("stored");
    };
    record("fresh", now.as_millis());
    record("old", now.as_millis() - 601_000);
    run(
        "sessionStorage.setItem('hushkey:tests:pending:rubbish', 'x'); sessionStorage.setItem('hushkey:other:pending:x', 'x'); sessionStorage.setItem('theirs', 'x')",
    );
    transaction_store::sweep(&provider.config(), now);
    let left = run_text("return Object.keys(sessionStorage).sort().join()");
    assert_eq!(left, "hushkey:other:pending:x,hushkey:tests:pending:fresh,theirs");
}

#[wasm_bindgen_test]
fn a_browser_that_denies_storage_is_lived_with() {
    let provider = Provider::fresh();
    for denied in ["get() { throw new DOMException('no', 'SecurityError'); }", "value: null"] {
        let _stubs = [Stub::new("window.sessionStorage", denied), Stub::new("window.localStorage", denied)];
        hint::note("c", News::SignedIn(Some(Frames::Work)));
        assert_eq!(hint::read("c"), Hint::default());
        assert!(transaction_store::take("c", "s").is_none());
        let failure = transaction_store::put(&Record::new("k", "canary")).expect_err("denied");
        assert!(failure.to_string().starts_with("sessionStorage: ") && !failure.to_string().contains("canary"), "{failure}");
        assert!(Driver::start(provider.config(), |_| {}).is_ok());
    }
    let _full = Stub::new("Storage.prototype.setItem", "value() { throw new DOMException('full', 'QuotaExceededError'); }");
    assert!(transaction_store::put(&Record::new("k", "x")).is_err());
}

#[wasm_bindgen_test]
fn the_hint_is_kept_for_its_own_client_only() {
    Provider::fresh();
    hint::note("c", News::SignedIn(Some(Frames::Work)));
    assert_eq!((hint::read("c"), hint::read("d")), (SIGNED_IN, Hint::default()));
    run("localStorage.setItem('hushkey:c:hint', '<script>')");
    assert_eq!(hint::read("c"), Hint::default());
}

// ---------------------------------------------------------------------------------------------------------------- platform

#[wasm_bindgen_test]
fn bp_01_what_is_missing_is_named_and_nothing_begins_without_it() {
    let provider = Provider::fresh();
    assert_eq!(platform::check(), Ok(()));
    for (place, property, named) in [
        ("window.isSecureContext", "value: false", "secure context"),
        ("crypto.subtle", "value: undefined", "crypto.subtle"),
        ("crypto.getRandomValues", "value: undefined", "crypto.getRandomValues"),
        ("crypto.getRandomValues", "value() { throw new Error('no'); }", "crypto.getRandomValues"),
    ] {
        let _stub = Stub::new(place, property);
        let error = Driver::start(provider.config(), |_| {}).expect_err(named);
        assert!(error.to_string().starts_with(&format!("browser: {named}: ")), "{error}");
        assert_eq!(page::frames(), 0);
    }
}

#[wasm_bindgen_test]
fn a_browser_without_channels_signs_in_all_the_same() {
    let provider = Provider::fresh();
    let _stub = Stub::new("window.BroadcastChannel", "value: undefined");
    assert!(Driver::start(provider.config(), |_| {}).is_ok());
}

#[wasm_bindgen_test]
fn ar_02_every_moment_brings_other_entropy() {
    let shown = format!("{:?}", moment::moment().expect("a moment"));
    assert!(shown.contains("[redacted]"), "{shown}");
    run("window.drawn = []");
    let _stub = Stub::new(
        "crypto.getRandomValues",
        "value(bytes) { Crypto.prototype.getRandomValues.call(this, bytes); drawn.push(bytes.join()); return bytes; }",
    );
    for _ in 0..20 {
        moment::moment().expect("a moment");
    }
    assert_eq!(run("return new Set(drawn).size"), 20);
    assert_eq!(run("return drawn[0].split(',').length"), 32);
}

#[wasm_bindgen_test]
fn the_configuration_block_is_read_and_a_missing_one_is_named() {
    let missing = read_configuration().expect_err("there is none yet");
    assert!(missing.to_string().contains(r#"<script type="application/json" id="hushkey">"#), "{missing}");
    let block = document().create_element("script").expect("an element");
    block.set_id("hushkey");
    block.set_text_content(Some(r#"{"issuer":"http://localhost:9","client_id":"c"}"#));
    document().body().expect("a body").append_child(&block).expect("appended");
    assert!(read_configuration().is_err(), "a script that runs is no block of data");
    block.set_attribute("type", "application/json").expect("set");
    let config = read_configuration();
    block.remove();
    assert_eq!(config.expect("read").redirect_uri(), format!("{}/callback", navigation::origin()));
}

// ------------------------------------------------------------------------------------------------------- waking and driving

#[wasm_bindgen_test]
fn tr_10_a_page_that_wakes_says_so_until_nobody_listens() {
    let woken = Rc::new(RefCell::new(Vec::new()));
    let ears = Rc::clone(&woken);
    let wake = Wake::listen(move |awakening| ears.borrow_mut().push(awakening));
    let everything = "dispatchEvent(new Event('focus')); dispatchEvent(new Event('online')); document.dispatchEvent(new Event('visibilitychange')); \
        dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false })); dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))";
    run(everything);
    let woke = Awakening::Woke { visible: true };
    assert_eq!(woken.take(), [woke, woke, woke, Awakening::Returned]);
    {
        let _hidden = Stub::new("document.hidden", "value: true");
        run("document.dispatchEvent(new Event('visibilitychange'))");
        assert_eq!(woken.take(), [Awakening::Woke { visible: false }], "a page that is hidden says so");
    }
    drop(wake);
    run(everything);
    assert!(woken.borrow().is_empty());
}

#[wasm_bindgen_test]
async fn a_wait_is_bounded_and_drops_what_it_waited_for() {
    struct Flag(Rc<Cell<bool>>);
    impl Drop for Flag {
        fn drop(&mut self) {
            self.0.set(true);
        }
    }
    let dropped = Rc::new(Cell::new(false));
    let flag = Flag(Rc::clone(&dropped));
    let endless = async move {
        std::future::pending::<()>().await;
        drop(flag);
    };
    assert_eq!(timer::within(Duration::from_millis(20), endless).await, None);
    assert!(dropped.get());
    // Beyond 2³¹ milliseconds, setTimeout would fire at once.
    for long in [Duration::from_millis(1 << 31), Duration::from_millis(u32::MAX.into()), Duration::MAX] {
        assert_eq!(timer::within(long, a_while()).await, Some(()), "{long:?} is not over at once");
    }
}

#[wasm_bindgen_test]
async fn whoever_is_told_of_a_view_may_dispatch_again() {
    let provider = Provider::fresh();
    let (seen, slot) = (Rc::new(RefCell::new(Vec::new())), Rc::new(RefCell::new(None::<Driver>)));
    let (log, inner) = (Rc::clone(&seen), Rc::clone(&slot));
    let driver = Driver::start(provider.config(), move |view| {
        if matches!(view, View::SignedIn(_)) {
            inner.borrow().as_ref().expect("started").dispatch(Event::SignOutChosen);
        }
        log.borrow_mut().push(view);
    });
    slot.replace(Some(driver.expect("started")));
    until("the end", || seen.borrow().len() == 2).await;
    a_while().await;
    let seen = seen.borrow();
    assert!(seen.contains(&View::SignedOut(Reason::ByChoice)) && seen.iter().any(|view| view.person().is_some()), "{seen:?}");
    assert_eq!(seen.len(), 2, "every view once");
    slot.take();
}

#[wasm_bindgen_test]
async fn renewing_is_nobodys_news_but_wakes_those_who_wait() {
    let provider = Provider::fresh();
    let views = Rc::new(Cell::new(0));
    let count = Rc::clone(&views);
    let driver = Driver::start(provider.config(), move |_| count.set(count.get() + 1)).expect("started");
    until("a session", || driver.view().person().is_some()).await;
    assert_eq!(views.get(), 1);
    let (first, changed) = (driver.token_generation(), driver.changed());
    driver.dispatch(Event::RenewalChosen);
    timer::within(Duration::from_secs(1), changed).await.expect("a change");
    assert!(driver.is_renewing());
    until("the new token", || !driver.is_renewing()).await;
    assert_ne!(driver.token_generation(), first);
    assert_eq!(views.get(), 1, "no page looks different");
}
