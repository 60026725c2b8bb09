//! Ring 3: the app. It knows routes, pages and words; who is signed in, it asks the library.
//!
//! * `route.rs`: which page stands at which address
//! * `pages/`: one file per page, with the texts that people read there
//! * `components/`: what several pages share
//! * `texts.rs`: what people read, by name; the words themselves are in `assets/texts/`
//! * `language.rs`: which language that is
//! * `problems.rs`: what went wrong, in plain words

mod clock;
mod components;
mod language;
mod pages;
mod problems;
mod route;
mod texts;
mod words;

use components::Frame;
use hushkey::{AuthAgent, Config, read_configuration};
use pages::Misconfigured;
use std::rc::Rc;
use yew::prelude::*;
use yew_router::BrowserRouter;

/// Puts the app in the place of the first paint, in the language of the page.
pub(crate) fn start() {
    language::when_ready(|| {
        let root = gloo::utils::document().get_element_by_id("app").expect("index.html has the element that the app is mounted on");
        yew::Renderer::<App>::with_root(root).render();
    });
}

/// The whole app, or the reason why there is none.
#[component]
fn App() -> Html {
    let config = use_memo((), |()| read_configuration().map(Rc::new));
    match &*config {
        Ok(config) => html! {
            <AuthAgent config={Rc::clone(config)}>
                <ContextProvider<Rc<Config>> context={Rc::clone(config)}>
                    <BrowserRouter>
                        <Frame />
                    </BrowserRouter>
                </ContextProvider<Rc<Config>>>
            </AuthAgent>
        },
        Err(error) => html! { <Misconfigured error={error.to_string()} /> },
    }
}
