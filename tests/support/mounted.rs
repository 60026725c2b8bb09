//! An app with every gate in it, mounted for one test.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use super::page::until;
use gloo::utils::document;
use hushkey::{AuthAgent, AuthHandle, Config, RequireSignIn, Restoring, SignedIn, SignedOut, use_auth};
use std::{cell::RefCell, rc::Rc};
use web_sys::Element;
use yew::prelude::*;
use yew_router::prelude::*;

thread_local!(static HANDLE: RefCell<Option<AuthHandle>> = const { RefCell::new(None) });

#[derive(Clone, PartialEq, Properties)]
struct AppProps {
    config: Rc<Config>,
    /// Whether there is a page that needs somebody.
    protected: bool,
}

#[component]
fn App(AppProps { config, protected }: &AppProps) -> Html {
    html! {
        <AuthAgent {config}>
            <BrowserRouter>
                <Probe />
                if *protected { <Protected /> }
            </BrowserRouter>
        </AuthAgent>
    }
}

#[component]
fn Probe() -> Html {
    let auth = use_auth();
    let name = auth.person().map(|person| person.name.clone());
    let path = use_location().map(|location| location.path().to_owned());
    HANDLE.with(|slot| slot.replace(Some(auth)));
    html! {<>
        <SignedIn>{ "in " }{ name }</SignedIn>
        <SignedOut>{ "out" }</SignedOut>
        <Restoring>{ "restoring" }</Restoring>
        { " at " }{ path }
    </>}
}

#[component]
fn Protected() -> Html {
    html! {
        <RequireSignIn waiting={html! { " waiting" }} signed_out={|reason| html! { format!(" {reason:?}") }}>{ " protected" }</RequireSignIn>
    }
}

/// Removed again when dropped.
pub struct Mounted {
    root: Element,
    app: Option<AppHandle<App>>,
}

impl Mounted {
    pub async fn new(config: Rc<Config>, protected: bool) -> Self {
        let root = document().create_element("div").expect("an element");
        document().body().expect("a body").append_child(&root).expect("appended");
        let app = Some(yew::Renderer::<App>::with_root_and_props(root.clone(), AppProps { config, protected }).render());
        let mounted = Self { root, app };
        until("the first drawing", || !mounted.text().is_empty()).await;
        mounted
    }

    /// What a person reads.
    pub fn text(&self) -> String {
        self.root.text_content().unwrap_or_default()
    }

    pub async fn reads(&self, text: &str) {
        for _ in 0..1000 {
            if self.text() == text {
                return;
            }
            gloo::timers::future::TimeoutFuture::new(10).await;
        }
        panic!("it reads {:?}, and never {text:?}", self.text());
    }

    pub fn auth(&self) -> AuthHandle {
        HANDLE.with(|slot| slot.borrow().clone()).expect("drawn")
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
