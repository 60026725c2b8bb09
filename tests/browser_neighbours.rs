//! Several agents in one page, in a real browser.

#![cfg(target_arch = "wasm32")]

#[path = "support/mounted.rs"]
mod mounted;
#[path = "support/page.rs"]
mod page;

use hushkey::{AuthAgent, AuthHandle, Config, Reason, View, browser::navigation, use_auth};
use mounted::Mounted;
use page::{Provider, a_while, frames, until};
use serde_json::{Value, json};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

/// A sign-in at another provider.
fn elsewhere(provider: &Provider, members: &Value) -> Rc<Config> {
    let block = provider.block_with(&json!({ "issuer": "ORIGIN/elsewhere" }), members);
    Rc::new(Config::from_json(&block, &navigation::origin()).expect("a good configuration"))
}

fn code_of(app: &Mounted) -> String {
    match app.auth().view() {
        View::SignedOut(Reason::Problem(error)) => error.code(),
        other => panic!("a problem was expected, not {other:?}"),
    }
}

#[wasm_bindgen_test]
async fn ar_15_a_second_agent_with_the_way_back_of_another_provider_does_not_start() {
    let provider = Provider::fresh();
    let first = Mounted::new(provider.config(), true).await;
    first.reads("in Ada at / protected").await;
    for (members, code) in [
        (json!({}), "configuration_redirect_path"),
        (json!({ "silent_path": "/quiet.html" }), "configuration_redirect_path"),
        (json!({ "redirect_path": "/other" }), "configuration_silent_path"),
    ] {
        let grants = provider.grants();
        let second = Mounted::new(elsewhere(&provider, &members), false).await;
        a_while().await;
        assert_eq!(code_of(&second), code);
        assert_eq!((frames(), provider.grants()), (0, grants), "it asks nobody");
    }
    assert_eq!(first.text(), "in Ada at / protected", "the first goes on");
    let same = Mounted::new(provider.config(), true).await;
    same.reads("in Ada at / protected").await;
    let members = json!({ "redirect_path": "/other", "silent_path": "/quiet.html", "client_id": "other" });
    let apart = Mounted::new(elsewhere(&provider, &members), false).await;
    assert!(matches!(apart.auth().view(), View::Restoring { .. }), "one with a way back of its own does");
    drop((first, same, apart));
    let alone = Mounted::new(elsewhere(&provider, &json!({ "client_id": "other" })), false).await;
    assert!(matches!(alone.auth().view(), View::Restoring { .. }), "nobody else is there any more");
}

thread_local! {
    static SHOWN: RefCell<Option<(UseStateHandle<Rc<Config>>, AuthHandle)>> = const { RefCell::new(None) };
}

#[derive(PartialEq, Properties)]
struct Props {
    config: Rc<Config>,
}

#[component]
fn Changing(props: &Props) -> Html {
    let config = use_state(|| Rc::clone(&props.config));
    html! { <AuthAgent config={Rc::clone(&config)}><Seen {config} /></AuthAgent> }
}

#[derive(PartialEq, Properties)]
struct SeenProps {
    config: UseStateHandle<Rc<Config>>,
}

#[component]
fn Seen(props: &SeenProps) -> Html {
    let auth = use_auth();
    SHOWN.set(Some((props.config.clone(), auth)));
    html! {}
}

#[wasm_bindgen_test]
async fn ar_15_one_agent_may_change_its_provider() {
    let provider = Provider::fresh();
    let root = gloo::utils::document().create_element("div").expect("an element");
    let app = yew::Renderer::<Changing>::with_root_and_props(root, Props { config: provider.config() }).render();
    let shown = || SHOWN.with_borrow(|shown| shown.clone().expect("drawn"));
    until("the first session", || SHOWN.with_borrow(Option::is_some) && matches!(shown().1.view(), View::SignedIn(_))).await;
    let next = elsewhere(&provider, &json!({}));
    shown().0.set(Rc::clone(&next));
    until("the other provider", || *shown().0 == next && !matches!(shown().1.view(), View::SignedIn(_))).await;
    assert!(!matches!(shown().1.view(), View::SignedOut(Reason::Problem(_))), "{:?}", shown().1.view());
    app.destroy();
    SHOWN.set(None);
}
