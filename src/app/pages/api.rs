//! A call to an API on behalf of the person.

use crate::app::components::{Waiting, signed_out_panel, use_title};
use hushkey::{ApiError, ApiRequest, AuthHandle, Config, Reason, RequireSignIn, protocol::error::NetworkFailure, use_auth};
use js_sys::JSON;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

const TITLE: &str = "API";

/// What to write into the configuration when it names no API.
const EXAMPLE: &str = r#""api": [{ "url": "https://api.example.com/" }]"#;

/// The page of the sample call.
#[component]
pub(crate) fn Api() -> Html {
    use_title(TITLE);
    html! {
        <RequireSignIn waiting={html! { <Waiting title={TITLE}>{ shape() }</Waiting> }} signed_out={|reason: Reason| signed_out_panel(&reason)}>
            <Sample />
        </RequireSignIn>
    }
}

/// What the page will look like.
fn shape() -> Html {
    html! { <><div class="bone bone-title" /><div class="bone bone-line" /><div class="bone bone-box" /></> }
}

#[component]
fn Sample() -> Html {
    let config = use_context::<Rc<Config>>().expect("the page stands inside of the app, which provides the configuration");
    match config.api_prefixes().first() {
        Some(prefix) => html! { <Call address={format!("{}/me", prefix.trim_end_matches('/'))} /> },
        None => html! {
            <>
                <h1 tabindex="-1">{ "No API is set up" }</h1>
                <p class="lead">{ "Name one in the configuration block of index.html, and this page calls it for you. Only the addresses named there are ever sent your access token." }</p>
                <pre class="block"><code>{ EXAMPLE }</code></pre>
            </>
        },
    }
}

/// What came back.
#[derive(Clone, PartialEq)]
enum Answer {
    /// The API answered.
    Came { status: u16, ok: bool, body: AttrValue },
    /// It did not.
    Failed(AttrValue),
}

#[derive(Properties, PartialEq)]
struct CallProps {
    address: AttrValue,
}

/// Calls once when the page opens, and again at every press. The last answer stays until the next one is there.
#[component]
fn Call(CallProps { address }: &CallProps) -> Html {
    let auth = use_auth();
    let answer = use_state_eq(|| None::<Answer>);
    let calling = use_state_eq(|| false);
    let call = {
        let (address, answer, calling) = (address.clone(), answer.clone(), calling.clone());
        move || {
            let (auth, address, answer, calling) = (auth.clone(), address.clone(), answer.clone(), calling.clone());
            calling.set(true);
            spawn_local(async move {
                answer.set(Some(ask(&auth, &address).await));
                calling.set(false);
            });
        }
    };
    let busy = *calling;
    let onclick = {
        let call = call.clone();
        move |_| {
            if !busy {
                call()
            }
        }
    };
    use_effect_with((), move |()| call());
    html! {
        <>
            <h1 tabindex="-1">{ "Calling an API" }</h1>
            <p class="lead">{ "This page asks a protected API who you are. Your access token goes along, and to no other address." }</p>
            <div class="exchange" aria-busy={busy.to_string()}>
                <div class="exchange-line"><code>{ "GET " }{ address }</code>{ status(answer.as_ref()) }</div>
                <pre class="exchange-body" tabindex="0" aria-label="Answer"><code>{ body(answer.as_ref()) }</code></pre>
            </div>
            <div class="actions">
                <button type="button" class="button" aria-disabled={busy.then_some("true")} {onclick}>{ if busy { "Calling…" } else { "Call again" } }</button>
            </div>
        </>
    }
}

async fn ask(auth: &AuthHandle, address: &str) -> Answer {
    match auth.fetch(ApiRequest::get(address)).await {
        Ok(response) => {
            let (status, ok) = (response.status(), response.ok());
            match response.text().await {
                Ok(text) => Answer::Came { status, ok, body: pretty(&text).into() },
                Err(error) => Answer::Failed(explain(&error).into()),
            }
        }
        Err(error) => Answer::Failed(explain(&error).into()),
    }
}

fn status(answer: Option<&Answer>) -> Html {
    let (class, text) = match answer {
        None => ("status", "Waiting".to_owned()),
        Some(Answer::Came { status, ok: true, .. }) => ("status status-good", format!("Answered {status}")),
        Some(Answer::Came { status, ok: false, .. }) => ("status status-bad", format!("Answered {status}")),
        Some(Answer::Failed(_)) => ("status status-bad", "No answer".to_owned()),
    };
    html! { <span {class} role="status">{ text }</span> }
}

fn body(answer: Option<&Answer>) -> AttrValue {
    match answer {
        None => AttrValue::default(),
        Some(Answer::Came { body, .. } | Answer::Failed(body)) => body.clone(),
    }
}

/// Why there is no answer, in words, and the code for those who can mend it.
fn explain(error: &ApiError) -> String {
    let sentence = match error {
        ApiError::SignedOut => "Nobody is signed in any more.",
        ApiError::PersonChanged => "Somebody else is signed in by now.",
        ApiError::NotAllowed { .. } => "This address is not named in the configuration, so it was not sent your access token.",
        ApiError::TimedOut | ApiError::Network(NetworkFailure::Timeout) => "No answer came in time.",
        ApiError::Network(NetworkFailure::Offline) => "You are offline.",
        ApiError::Network(_) => "The API cannot be reached.",
        ApiError::Request(_) => "The call could not be sent.",
        _ => "The answer could not be read.",
    };
    format!("{sentence}\n\n{}", error.code())
}

/// JSON with line breaks, its members in the order in which they came; anything else as it came.
fn pretty(text: &str) -> String {
    let indented = JSON::parse(text).and_then(|value| JSON::stringify_with_replacer_and_space(&value, &JsValue::NULL, &2.into()));
    indented.map_or_else(|_| text.to_owned(), String::from)
}
