//! The flow inspector in a real browser: what it draws is what happened, and nothing of it is a secret.

#![cfg(all(target_arch = "wasm32", feature = "inspector"))]

#[path = "support/page.rs"]
mod page;

use gloo::utils::document;
use hushkey::{ApiRequest, AuthAgent, AuthHandle, Config, FlowInspector, use_auth};
use page::{Provider, run, run_text, until};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

thread_local!(static HANDLE: RefCell<Option<AuthHandle>> = const { RefCell::new(None) });

#[derive(Clone, PartialEq, Properties)]
struct AppProps {
    config: Rc<Config>,
}

#[component]
fn App(AppProps { config }: &AppProps) -> Html {
    html! { <AuthAgent {config}><Probe /><FlowInspector /></AuthAgent> }
}

#[component]
fn Probe() -> Html {
    let auth = use_auth();
    HANDLE.with(|slot| slot.replace(Some(auth)));
    Html::default()
}

/// Removed again when dropped.
struct Mounted {
    root: Element,
    app: Option<AppHandle<App>>,
}

impl Mounted {
    fn new(provider: &Provider) -> Self {
        let root = document().create_element("div").expect("an element");
        document().body().expect("a body").append_child(&root).expect("appended");
        let props = AppProps { config: provider.config() };
        let app = Some(yew::Renderer::<App>::with_root_and_props(root.clone(), props).render());
        Self { root, app }
    }

    /// What each item of the list says, without what is only to be seen.
    fn lines(&self) -> Vec<String> {
        let items = self.root.query_selector_all("ol > li").expect("a list");
        let text = |place| {
            let item: Element = items.get(place).expect("an item").clone_node_with_deep(true).expect("a copy").unchecked_into();
            let seen = item.query_selector_all("[aria-hidden]").expect("a list");
            (0..seen.length()).for_each(|place| seen.get(place).expect("there").unchecked_into::<Element>().remove());
            item.text_content().unwrap_or_default()
        };
        (0..items.length()).map(text).collect()
    }

    async fn says(&self, part: &str) {
        until(part, || self.lines().iter().any(|line| line.contains(part))).await;
    }

    fn presses(&self, name: &str) {
        let buttons = self.root.query_selector_all("button").expect("a list");
        let button =
            (0..buttons.length()).filter_map(|place| buttons.get(place)).find(|button| button.text_content().as_deref() == Some(name));
        button.unwrap_or_else(|| panic!("no button {name}")).unchecked_into::<HtmlElement>().click();
    }

    fn status(&self) -> String {
        self.root.query_selector("[role=status]").expect("a selector").and_then(|status| status.text_content()).unwrap_or_default()
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        if let Some(app) = self.app.take() {
            app.destroy();
        }
        HANDLE.with(|slot| slot.replace(None));
        self.root.remove();
    }
}

fn auth() -> AuthHandle {
    HANDLE.with(|slot| slot.borrow().clone()).expect("drawn")
}

/// Fails unless these come in this order.
fn in_order(lines: &[String], parts: &[&str]) {
    let mut rest = lines.iter();
    for part in parts {
        assert!(rest.any(|line| line.contains(part)), "{part} is missing, or too early, in {lines:#?}");
    }
}

#[wasm_bindgen_test]
async fn a_restore_that_happened_is_drawn_and_what_happens_next_as_well() {
    let provider = Provider::fresh();
    provider.set("refresh", true);
    let app = Mounted::new(&provider);
    app.says("somebody is signed in").await;
    in_order(
        &app.lines(),
        &[
            "App: the app is there",
            "App to hidden frame: opens the hidden frame",
            "Hidden frame to provider: authorization request",
            "Hidden frame to app: authorization response, from the relay page",
            "App to provider: token request",
            "Provider to app: token response",
            "App: signatures and claims checked",
            "App: somebody is signed in",
        ],
    );
    app.says("Checked: ID token: signature, iss, aud").await;

    assert!(auth().fetch(ApiRequest::get("/api/me?secret=canary")).await.expect("answered").ok());
    app.says("App to API: API call").await;
    app.says("API to app: API answer").await;
    auth().renew();
    app.says("App: the session is renewed").await;
    run("new BroadcastChannel('hushkey:tests').postMessage('canary')");
    app.says("Other tabs to app: a message between tabs that is not for this app, ignored").await;
    in_order(&app.lines(), &["API to app: API answer", "a renewal begins", "grant_type refresh_token", "the session is renewed"]);
    let html = app.root.inner_html();
    for secret in ["canary", "code~", "eyJ", "usr_1", "Ada", "style="] {
        assert!(!html.contains(secret), "{secret} in {html}");
    }
}

#[wasm_bindgen_test]
async fn a_call_that_is_refused_is_drawn_with_its_second_try() {
    let provider = Provider::fresh();
    provider.set("refused", vec!["canary-at-1"]);
    let app = Mounted::new(&provider);
    app.says("somebody is signed in").await;
    assert!(auth().fetch(ApiRequest::get("/api/me")).await.expect("answered").ok());
    app.says("API call, once more with a new token").await;
    in_order(
        &app.lines(),
        &["API call", "status 401", "refused the access token", "a renewal begins", "once more with a new token", "status 200"],
    );
    let refused = auth().fetch(ApiRequest::get("/elsewhere")).await;
    assert!(refused.is_err());
    app.says("an API call is not sent").await;
    app.says("because api_not_allowed").await;
}

#[wasm_bindgen_test]
async fn the_report_can_be_copied_and_has_nothing_secret_in_it() {
    let provider = Provider::fresh();
    run(
        "window.copied = []; Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: async (text) => { copied.push(text); } } })",
    );
    let app = Mounted::new(&provider);
    app.says("somebody is signed in").await;
    app.presses("Copy report");
    until("the copy", || app.status() == "Copied. There is no secret in it.").await;
    let report = run_text("return copied.join()");
    assert!(report.starts_with(&format!("hushkey: {}\nbrowser: Mozilla/", env!("CARGO_PKG_VERSION"))), "{report}");
    for part in [
        "\nissuer: ", "\ntimes: UTC\n", "Hidden frame to provider: authorization request", "state ●",
        "checked ID token: signature, iss, aud",
    ] {
        assert!(report.contains(part), "{part} is not in {report}");
    }
    for secret in ["canary", "code~", "eyJ", "usr_1", "Ada"] {
        assert!(!report.contains(secret), "{secret} in {report}");
    }
    // A browser that refuses leaves it to the person.
    run("navigator.clipboard.writeText = async () => { throw new Error('no') }");
    app.presses("Copy report");
    until("the refusal", || app.status().starts_with("Your browser does not allow copying")).await;
    let shown = app.root.query_selector("pre").expect("a selector").and_then(|pre| pre.text_content()).unwrap_or_default();
    assert!(shown.starts_with("hushkey: ") && shown.contains("token request"), "{shown}");
    run("delete navigator.clipboard");
}

#[wasm_bindgen_test]
async fn notes_can_be_left_out_and_everything_forgotten() {
    let provider = Provider::fresh();
    let app = Mounted::new(&provider);
    app.says("somebody is signed in").await;
    app.presses("Only messages");
    until("the notes to go", || !app.lines().iter().any(|line| line.starts_with("App: "))).await;
    app.says("token request").await;
    app.presses("Only messages");
    app.says("somebody is signed in").await;
    app.presses("Clear");
    until("an empty list", || app.lines().is_empty()).await;
    auth().renew();
    app.says("a renewal begins").await;
    assert!(!app.lines().iter().any(|line| line.contains("the app is there")), "{:#?}", app.lines());
}
