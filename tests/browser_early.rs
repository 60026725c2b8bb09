//! The head start of the page: its inline script in a real browser, beside what ring 0 would have asked for.

#![cfg(target_arch = "wasm32")]

#[path = "support/mounted.rs"]
mod mounted;
#[path = "support/page.rs"]
mod page;

use gloo::utils::document;
use hushkey::{
    Config,
    browser::{early, moment::moment, navigation},
    protocol::{
        early::Early,
        hint::Hint,
        machine::{self, State},
        redirect_log::RedirectLog,
        secret::SensitiveUrl,
        turn::{Effect, Event, Opened},
    },
};
use mounted::Mounted;
use page::{CLIENT, Provider, a_while, frames, run, run_text, until};
use serde_json::{Value, json};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{HtmlIFrameElement, HtmlScriptElement};

wasm_bindgen_test_configure!(run_in_browser);

const SCRIPT: &str = include_str!("../assets/early.js");

/// Runs the script in a page that has this configuration block, as the browser does while it reads the page.
fn begin(block: &str) {
    run("document.querySelectorAll('script.early, link[rel=preconnect]').forEach((old) => old.remove())");
    for (id, kind, text) in [("hushkey", "application/json", block), ("", "", SCRIPT)] {
        let script: HtmlScriptElement = document().create_element("script").expect("a script").unchecked_into();
        script.set_id(id);
        script.set_type(kind);
        script.set_class_name("early");
        script.set_text(text).expect("its text");
        document().body().expect("a body").append_child(&script).expect("in the page");
    }
}

/// Where the frame went to ask.
fn address_of(frame: &HtmlIFrameElement) -> Option<String> {
    let address = frame.content_window()?.location().href().ok()?;
    // At the bare relay page it waits.
    address.contains('?').then_some(address)
}

/// The address that ring 0 builds by itself for a page with this configuration.
fn address_of_ring_0(config: &Config) -> String {
    let opened = Opened {
        address: SensitiveUrl::new(navigation::origin() + "/"),
        remembered: None,
        hint: Hint::default(),
        redirects: RedirectLog::default(),
        framed: false,
        returned: false,
        visible: true,
        early: None,
    };
    let step = machine::step(State::new(), Event::Opened(opened), &moment().expect("the time"), config);
    let url = step.effects.into_iter().find_map(|effect| if let Effect::OpenFrame { url, .. } = effect { Some(url) } else { None });
    url.expect("a frame").expose().to_owned()
}

/// An address with names in the place of what is random in it.
fn without_chance(address: &str) -> String {
    let random = ["state", "nonce", "code_challenge"];
    let (endpoint, query) = address.split_once('?').expect("a query");
    let parameters = query.split('&').map(|parameter| match parameter.split_once('=') {
        Some((name, value)) if random.contains(&name) => format!("{name}={} characters", value.len()),
        // Two ways to write a blank.
        _ => parameter.replace("%20", "+"),
    });
    format!("{endpoint}?{}", parameters.collect::<Vec<_>>().join("&"))
}

fn block(members: &Value) -> String {
    let origin = navigation::origin();
    let mut block = json!({ "client_id": CLIENT });
    let members = members.as_object().expect("an object").clone();
    block.as_object_mut().expect("an object").extend(members);
    block.to_string().replace("ORIGIN", &origin)
}

fn metadata(more: &Value) -> Value {
    let mut metadata = json!({
        "issuer": "ORIGIN/p", "authorization_endpoint": "ORIGIN/p/authorize", "token_endpoint": "ORIGIN/p/token", "jwks_uri": "ORIGIN/p/keys",
    });
    metadata.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    metadata
}

/// A configuration with a token for each of two resources; the second address has the first one's.
fn several_resources(members: &Value) -> Value {
    let rule = |path: &str, resource: &str| json!({ "url": format!("ORIGIN/api/{path}"), "resource": resource });
    let mut members = members.clone();
    members["api"] = json!([rule("one/", "urn:one"), rule("also/", "urn:one"), rule("two/", "https://api.example/x?y=1&z=ä b")]);
    members
}

#[wasm_bindgen_test]
async fn ri_01_with_several_resources_the_head_start_asks_for_what_ring_0_asks_for() {
    let provider = Provider::fresh();
    let block = provider.block_with(&json!({}), &several_resources(&json!({})));
    let config = Config::from_json(&block, &navigation::origin()).expect(&block);
    begin(&block);
    until("the tokens", || provider.grants() == 1).await;
    let app = Mounted::new(Rc::new(config), true).await;
    app.reads("in Ada at / protected").await;
    assert_eq!((provider.get("asked"), provider.grants()), (json!(1), 1), "its answers are taken");
    assert_eq!(provider.get("targets"), json!(["urn:one"]), "one resource for one token");
}

#[wasm_bindgen_test]
async fn pa_01_no_head_start_where_requests_are_pushed() {
    let endpoint = json!({ "pushed_authorization_request_endpoint": "ORIGIN/p/par" });
    let mut required = endpoint.clone();
    required["require_pushed_authorization_requests"] = json!(true);
    for (metadata, wanted, begins) in
        [(metadata(&required), false, false), (metadata(&endpoint), true, false), (metadata(&endpoint), false, true)]
    {
        let _provider = Provider::fresh();
        begin(&block(&json!({ "metadata": metadata, "pushed_authorization_requests": wanted })));
        a_while().await;
        let early = early::take();
        assert_eq!((frames() == 1, early.is_some()), (begins, begins), "wanted: {wanted}");
        if let Some((_, frame, _)) = early {
            frame.discard();
        }
    }
}

#[wasm_bindgen_test]
async fn si_01_the_address_of_the_head_start_is_that_of_ring_0_parameter_by_parameter() {
    let _provider = Provider::fresh();
    for members in [
        json!({ "metadata": metadata(&json!({})) }),
        json!({ "metadata": metadata(&json!({ "authorization_endpoint": "ORIGIN/p/authorize?tenant=a%20b" })) }),
        json!({ "metadata": metadata(&json!({ "response_modes_supported": ["query", "fragment"] })) }),
        json!({ "metadata": metadata(&json!({ "response_modes_supported": ["query"] })) }),
        json!({ "metadata": metadata(&json!({})), "client_id": "a b&c=d+é", "scopes": "openid  api:read openid urn:x~y" }),
        json!({ "metadata": metadata(&json!({})), "scopes": ["openid", "email", "openid"], "silent_path": "/auth/relay.html" }),
        json!({ "metadata": metadata(&json!({})), "api": ["ORIGIN/api/", { "url": "ORIGIN/b/" }, { "url": "ORIGIN/c/", "resource": "https://api.example/x?y=1&z=ä b" }] }),
        several_resources(&json!({ "metadata": metadata(&json!({})) })),
        json!({ "preset": "scalekit", "env_url": "ORIGIN" }),
        json!({ "preset": "scalekit", "env_url": "ORIGIN//", "scopes": ["openid"] }),
    ] {
        let block = block(&members);
        let config = Config::from_json(&block, &navigation::origin()).expect(&block);
        begin(&block);
        until("the frame", || frames() == 1).await;
        let (early, frame, _) = early::take().expect(&block);
        until("the address of the frame", || address_of(&frame.element).is_some()).await;
        let address = address_of(&frame.element).expect("it is there");
        assert_eq!(without_chance(&address), without_chance(&address_of_ring_0(&config)));
        for parameter in [format!("state={}&", early.state.expose()), format!("nonce={}&", early.nonce.expose())] {
            assert!(address.contains(&parameter), "{parameter} in {address}");
        }
        assert!(address.contains(&challenge_of(&early).await), "the challenge is that of the verifier");
        let connections =
            "return [...document.querySelectorAll('link[rel=preconnect]')].map((link) => `${link.href} ${link.crossOrigin}`).join()";
        assert_eq!(run_text(connections), format!("{}/ anonymous", navigation::origin()));

        frame.discard();
        assert_eq!(frames(), 0);
    }
}

/// By the browser's own digest.
async fn challenge_of(early: &Early) -> String {
    let script = format!(
        "return crypto.subtle.digest('SHA-256', new TextEncoder().encode('{}')).then((digest) => \
         btoa(String.fromCharCode(...new Uint8Array(digest))).replace(/\\+/g, '-').replace(/\\//g, '_').replace('=', ''))",
        early.verifier.expose()
    );
    let promise: js_sys::Promise = run(&script).unchecked_into();
    let digest = wasm_bindgen_futures::JsFuture::from(promise).await.expect("a digest");
    format!("code_challenge={}&", digest.as_string().expect("a text"))
}

#[wasm_bindgen_test]
async fn si_16_no_head_start_where_it_is_pointless() {
    let hint = |value: &Value| run(&format!("localStorage.setItem('hushkey:{CLIENT}:hint', '{value}')"));
    let nothing: &dyn Fn() = &|| ();
    let cases: [(&str, &dyn Fn(), Value); 8] = [
        ("signed out by choice", &|| drop(hint(&json!({ "v": 1, "last": "signed_out_by_choice" }))), json!({})),
        (
            "frames are blocked",
            &|| drop(hint(&json!({ "v": 1, "last": "signed_in", "frames": "blocked", "found": 1 }))),
            json!({ "authorization_endpoint": "https://as.example/authorize" }),
        ),
        ("the callback page", &|| drop(run("history.replaceState(null, '', '/callback')")), json!({})),
        ("the page after a sign-out", &|| drop(run("history.replaceState(null, '', '/signed-out')")), json!({})),
        ("a hint that cannot be read", &|| drop(run(&format!("localStorage.setItem('hushkey:{CLIENT}:hint', '{{')"))), json!({})),
        ("an endpoint that is none", nothing, json!({ "authorization_endpoint": "nowhere" })),
        ("discovery", nothing, json!({ "authorization_endpoint": null })),
        ("scripts have no place in an address", nothing, json!({ "authorization_endpoint": "javascript:window.e2e=1" })),
    ];
    for (what, prepare, more) in cases {
        let _provider = Provider::fresh();
        prepare();
        begin(&block(&json!({ "metadata": metadata(&more) })));
        a_while().await;
        assert!(frames() == 0 && early::take().is_none(), "{what}");
    }
    for text in ["", "null", "{", "[]"] {
        begin(text);
        a_while().await;
        assert_eq!(frames(), 0, "{text:?}");
    }
    run("history.replaceState(null, '', '/')");
    assert_eq!(run("return window.e2e"), JsValue::UNDEFINED);
}

#[wasm_bindgen_test]
async fn bp_07_the_head_start_is_handed_out_once_and_stands_nowhere() {
    let _provider = Provider::fresh();
    // A frame has a number there.
    let globals = || run_text("return Object.getOwnPropertyNames(window).filter((name) => !/^[0-9]+$/.test(name)).sort().join()");
    let before = globals();
    begin(&block(&json!({ "metadata": metadata(&json!({})) })));
    until("the frame", || frames() == 1).await;
    let places = || {
        run_text(
            "return JSON.stringify([Object.getOwnPropertyNames(window).map((name) => { try { return [name, String(window[name])] } catch { return name } }), \
             {...localStorage}, {...sessionStorage}, document.cookie, window.name, history.state, location.href, document.documentElement.outerHTML])",
        )
        // Where a frame goes, anybody in this page can see in that frame as well: state and nonce, which are worth nothing without the verifier.
        .replace(&run_text("return JSON.stringify(document.querySelector('iframe')?.getAttribute('src').replaceAll('&', '&amp;') ?? '-').slice(1, -1)"), "")
    };
    let then = places();
    assert!(globals() == before, "there is a new global");
    let (early, frame, requests) = early::take().expect("it is there");
    assert!(early::take().is_none(), "a second time");
    for secret in [early.state.expose(), early.nonce.expose(), early.verifier.expose()] {
        assert!(!then.contains(secret) && !places().contains(secret), "it can be read");
    }
    assert!(!format!("{early:?} {frame:?} {requests:?}").contains(early.verifier.expose()));
    frame.discard();
}

#[wasm_bindgen_test]
async fn si_02_the_agent_goes_on_with_the_head_start_and_asks_no_second_time() {
    for answered_before in [true, false] {
        let provider = Provider::fresh();
        begin(&provider.block());
        until("the frame", || frames() == 1).await;
        if answered_before {
            a_while().await;
        }
        let app = Mounted::new(provider.config(), true).await;
        app.reads("in Ada at / protected").await;
        a_while().await;
        assert_eq!((frames(), provider.grants()), (0, 1));
        assert_eq!(provider.get("asked"), 1, "answered before: {answered_before}");
    }
}

#[wasm_bindgen_test]
async fn si_02_keys_and_tokens_are_asked_for_once_whatever_the_configuration() {
    let modes = json!(["query", "fragment"]);
    for (more_metadata, more) in [
        (json!({}), json!({})),
        (json!({ "response_modes_supported": modes }), json!({})),
        (json!({}), json!({ "client_id": "a b&c=d+é", "api": [{ "url": "ORIGIN/api/", "resource": "https://api.example/x?y=1&z=ä b" }] })),
    ] {
        let provider = Provider::fresh();
        let block = provider.block_with(&more_metadata, &more);
        let config = Config::from_json(&block, &navigation::origin()).expect(&block);
        begin(&block);
        until("the tokens", || provider.grants() == 1).await;
        let app = Mounted::new(Rc::new(config), true).await;
        app.reads("in Ada at / protected").await;
        assert_eq!((provider.get("asked"), provider.grants(), provider.get("keys")), (json!(1), 1, json!(1)), "{block}");
    }
}

#[wasm_bindgen_test]
async fn ar_08_the_head_start_redeems_nothing_if_anything_is_odd_about_the_answer() {
    let issuer = format!("{}/provider", navigation::origin());
    let good = "code=CODE&state=STATE";
    let named = format!("{good}&iss={issuer}");
    let cases = [
        (false, format!("?{good}"), 1),
        (false, format!("?{named}&session_state=a.b&scope=openid"), 1),
        (true, format!("?{named}"), 1),
        (true, format!("?{good}"), 0),
        (true, format!("?{good}&iss="), 0),
        (false, format!("?{good}&iss=https://evil.example"), 0),
        (false, format!("?{named}/"), 0),
        (false, format!("?{named}&iss={issuer}"), 0),
        (false, "?code=CODE".to_owned(), 0),
        (false, "?code=CODE&state=".to_owned(), 0),
        (false, "?code=CODE&state=STATEx".to_owned(), 0),
        (false, "?code=CODE&state=STATE&state=STATE".to_owned(), 0),
        (false, "?code=CODE&code=CODE&state=STATE".to_owned(), 0),
        (false, "?code=&state=STATE".to_owned(), 0),
        (false, "?state=STATE".to_owned(), 0),
        (false, format!("?{good}&error=access_denied"), 0),
        (false, format!("?{good}&access_token=x"), 0),
        (false, format!("?{good}&id_token=x"), 0),
        (false, format!("?{good}&unknown=x"), 0),
        (false, format!("?{good}#code=CODE"), 0),
        (false, format!("#{good}"), 0),
    ]
    .map(|(sends_issuer, response, redeemed)| {
        (json!({ "authorization_response_iss_parameter_supported": sends_issuer }), response, redeemed)
    });
    let in_the_fragment = [
        (format!("#{good}"), 1),
        (format!("?{good}"), 0),
        (format!("?unknown=x#{good}"), 0),
        (format!("#code={}&state=STATE", "x".repeat(10_000)), 0),
    ]
    .map(|(response, redeemed)| (json!({ "response_modes_supported": ["query", "fragment"] }), response, redeemed));
    for (metadata, response, redeemed) in cases.into_iter().chain(in_the_fragment) {
        let provider = Provider::fresh();
        provider.set("response", response.as_str());
        begin(&provider.block_with(&metadata, &json!({})));
        until("the answer", || provider.get("asked") == 1).await;
        a_while().await;
        assert_eq!(provider.grants(), redeemed, "{metadata} {response}");
        early::take().expect("it is there").1.discard();
    }
}

#[wasm_bindgen_test]
async fn tr_02_the_requests_of_the_head_start_go_without_cookies_redirects_and_referrer() {
    let provider = Provider::fresh();
    begin(&provider.block());
    until("keys and tokens", || provider.grants() == 1 && provider.get("keys") == 1).await;
    let bare = json!({ "credentials": "omit", "redirect": "error", "referrerPolicy": "no-referrer" });
    let mut form = bare.clone();
    form.as_object_mut().expect("an object").extend([("method".to_owned(), json!("POST")), ("cache".to_owned(), json!("no-store"))]);
    assert_eq!(provider.get("sent"), json!([bare, form]));
    early::take().expect("it is there").1.discard();
}

#[wasm_bindgen_test]
async fn ar_17_what_the_head_start_leaves_alone_the_app_decides() {
    let provider = Provider::fresh();
    provider.set("response", "?code=CODE&state=STATE&unknown=x#_=_");
    begin(&provider.block());
    until("the question", || provider.get("asked") == 1).await;
    a_while().await;
    assert_eq!(provider.grants(), 0);
    let app = Mounted::new(provider.config(), true).await;
    app.reads("in Ada at / protected").await;
    assert_eq!((provider.get("asked"), provider.grants(), provider.get("keys")), (json!(1), 1, json!(1)));
}

#[wasm_bindgen_test]
async fn si_02_a_head_start_of_another_configuration_is_not_taken_over() {
    let provider = Provider::fresh();
    begin(&provider.block_with(&json!({}), &json!({ "client_id": "other" })));
    until("the tokens", || provider.grants() == 1).await;
    run("document.querySelector('iframe').dataset.early = ''; window.e2eSignals = [...provider.signals]");
    let app = Mounted::new(provider.config(), true).await;
    app.reads("in Ada at / protected").await;
    assert_eq!(run_text("return String(document.querySelectorAll('[data-early]').length)"), "0", "it is not left behind either");
    assert_eq!(run("return e2eSignals[1].aborted"), true, "its tokens are not waited for");
    assert_eq!((provider.grants(), provider.get("keys")), (2, json!(1)), "the keys are the same ones, the tokens are not");
}

/// Until it is dropped, the address of every frame that loads is noted.
struct Watched;

impl Drop for Watched {
    fn drop(&mut self) {
        run("document.removeEventListener('load', window.e2eSee, true); delete window.e2eSee; delete window.e2eFrames");
    }
}

/// Notes the address of every frame that loads, before the frame's own listener takes it away.
#[must_use]
fn see_frames() -> Watched {
    run("document.removeEventListener('load', window.e2eSee, true); window.e2eFrames = [];
         window.e2eSee = ({ target }) => target.contentWindow && e2eFrames.push(target.contentWindow.location.href);
         document.addEventListener('load', e2eSee, true)");
    Watched
}

/// Whether this browser keeps a page without the query of its address.
fn heeds_no_vary_search() -> bool {
    run("return 'prerendering' in document") == true
}

/// What `see_frames` has seen, without the empty pages that frames begin with.
fn seen_frames() -> Vec<String> {
    let seen = run_text("return JSON.stringify(e2eFrames.filter((address) => address !== 'about:blank'))");
    serde_json::from_str(&seen).expect("a list")
}

#[wasm_bindgen_test]
async fn si_20_a_page_that_was_fetched_whole_fetches_the_bare_relay_page_beside_the_question_for_answers_in_the_fragment_and_else_before_it()
 {
    assert!(
        run("return performance.getEntriesByType('navigation')[0].transferSize > 300") == true,
        "this page was fetched whole, or the test shows nothing"
    );
    let bare = format!("{}/silent-refresh.html", navigation::origin());
    for (modes, is_first) in [(json!(["query", "fragment"]), false), (json!(["query"]), true)] {
        let wanted = if is_first && !heeds_no_vary_search() { 1 } else { 2 };
        let _provider = Provider::fresh();
        let _watched = see_frames();
        begin(&block(&json!({ "metadata": metadata(&json!({ "response_modes_supported": modes })) })));
        until("the frames", || seen_frames().len() >= wanted).await;
        a_while().await;
        let seen = seen_frames();
        assert_eq!(seen.len(), wanted, "{modes}: {seen:?}");
        assert!(seen.iter().any(|address| address.contains("/p/authorize?")));
        assert_eq!(seen.contains(&bare), wanted == 2, "nothing but the bare address");
        assert!(!is_first || wanted == 1 || seen[0] == bare, "the question did not wait: {seen:?}");
        assert_eq!(frames(), 1, "the other one is gone");
        early::take().expect("it is there").1.discard();
    }
}

#[wasm_bindgen_test]
async fn si_20_a_frame_at_the_bare_relay_page_is_taken_over_and_asks_then() {
    let provider = Provider::fresh();
    let _watched = see_frames();
    begin(&provider.block());
    until("the frame", || frames() == 1).await;
    assert!(!seen_frames().iter().any(|address| address.contains("authorize")), "it is taken over before that, or the test shows nothing");
    let app = Mounted::new(provider.config(), true).await;
    app.reads("in Ada at / protected").await;
    a_while().await;
    assert_eq!((frames(), provider.grants(), provider.get("asked")), (0, 1, json!(1)));
}

#[wasm_bindgen_test]
async fn si_20_the_agent_too_shows_the_bare_relay_page_before_it_asks() {
    let provider = Provider::fresh();
    let _watched = see_frames();
    let app = Mounted::new(provider.config(), true).await;
    app.reads("in Ada at / protected").await;
    let (seen, bare) = (seen_frames(), format!("{}/silent-refresh.html", navigation::origin()));
    assert_eq!(seen.first() == Some(&bare), heeds_no_vary_search(), "{seen:?}");
    assert_eq!(provider.get("asked"), 1);
}

#[wasm_bindgen_test]
async fn si_20_where_a_frame_has_brought_a_session_and_the_page_was_confirmed_nothing_comes_before_the_question() {
    let _provider = Provider::fresh();
    let _watched = see_frames();
    run(&format!("localStorage.setItem('hushkey:{CLIENT}:hint', '{}')", json!({ "v": 1, "last": "signed_in", "frames": "work" })));
    // As the browser tells it of a page that was confirmed.
    run("performance.getEntriesByType = () => [{ transferSize: 300 }]");
    begin(&block(&json!({ "metadata": metadata(&json!({})) })));
    until("the frame", || !seen_frames().is_empty()).await;
    run("delete performance.getEntriesByType");
    a_while().await;
    let seen = seen_frames();
    assert!(seen.len() == 1 && seen[0].contains("/p/authorize?"), "{seen:?}");
    early::take().expect("it is there").1.discard();
}
