//! A call to an API on behalf of the person.

use crate::app::{
    components::{Waiting, signed_out_panel, step_up_notice, use_title},
    problems,
    texts::{filled, text},
};
use hushkey::{
    ApiError, ApiRequest, AuthHandle, Config, Error, Reason, RequireSignIn, StepUpChallenge, protocol::error::NetworkFailure, use_auth,
};
use js_sys::JSON;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// What to write into the configuration when it names no API.
const EXAMPLE: &str = r#""api": [{ "url": "https://api.example.com/" }]"#;

/// The page of the sample call.
#[component]
pub(crate) fn Api() -> Html {
    use_title(text("title.api"));
    html! {
        <RequireSignIn waiting={html! { <Waiting title={text("title.api")}>{ shape() }</Waiting> }} signed_out={|reason: Reason| signed_out_panel(&reason)}>
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
    let samples = config.api_samples();
    if samples.is_empty() {
        return html! {
            <>
                <h1 tabindex="-1">{ text("api.none") }</h1>
                <p class="lead">{ text("api.none.lead") }</p>
                <pre class="block"><code>{ EXAMPLE }</code></pre>
            </>
        };
    }
    let lead = if samples.len() > 1 { text("api.lead.many") } else { text("api.lead") };
    let calls = samples.into_iter().map(|prefix| html! { <Call address={format!("{}/me", prefix.trim_end_matches('/'))} /> });
    html! {
        <>
            <h1 tabindex="-1">{ text("api.title") }</h1>
            <p class="lead">{ lead }</p>
            { for calls }
        </>
    }
}

/// What came back.
#[derive(Clone, PartialEq)]
enum Answer {
    /// The API answered.
    Came { status: u16, ok: bool, body: AttrValue },
    /// It wants another sign-in first.
    StepUp(StepUpChallenge),
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
        let (auth, address, answer, calling) = (auth.clone(), address.clone(), answer.clone(), calling.clone());
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
    let wanted = match &*answer {
        Some(Answer::StepUp(challenge)) => Some(step_up_notice(&auth, challenge)),
        _ => None,
    };
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
            <div class="exchange" aria-busy={busy.to_string()}>
                <div class="exchange-line"><code>{ "GET " }{ address }</code>{ status(answer.as_ref()) }</div>
                <pre class="exchange-body" tabindex="0" role="group" aria-label={text("api.answer")}><code>{ body(answer.as_ref()) }</code></pre>
            </div>
            { for wanted }
            <div class="actions">
                <button type="button" class="button" aria-disabled={busy.then_some("true")} {onclick}>{ if busy { text("api.calling") } else { text("api.again") } }</button>
            </div>
        </>
    }
}

async fn ask(auth: &AuthHandle, address: &str) -> Answer {
    match auth.fetch(ApiRequest::get(address)).await {
        Ok(response) => {
            let (status, ok) = (response.status(), response.ok());
            match response.text().await {
                Ok(answer) => Answer::Came { status, ok, body: pretty(&answer).into() },
                Err(error) => Answer::Failed(explain(&error).into()),
            }
        }
        Err(ApiError::StepUp(challenge)) => Answer::StepUp(challenge),
        // It did answer.
        Err(error @ ApiError::StepUpFailed(_)) => Answer::Came { status: 401, ok: false, body: explain(&error).into() },
        Err(error) => Answer::Failed(explain(&error).into()),
    }
}

fn status(answer: Option<&Answer>) -> Html {
    let answered = |status: u16| filled("api.answered", &[("status", &status.to_string())]);
    let (class, said) = match answer {
        None => ("status", text("api.waiting").to_owned()),
        Some(Answer::Came { status, ok: true, .. }) => ("status status-good", answered(*status)),
        Some(Answer::Came { status, ok: false, .. }) => ("status status-bad", answered(*status)),
        Some(Answer::StepUp(_)) => ("status status-bad", answered(401)),
        Some(Answer::Failed(_)) => ("status status-bad", text("api.silent").to_owned()),
    };
    html! { <span {class} role="status">{ said }</span> }
}

fn body(answer: Option<&Answer>) -> AttrValue {
    match answer {
        None => AttrValue::default(),
        Some(Answer::StepUp(_)) => text("step_up.label").into(),
        Some(Answer::Came { body, .. } | Answer::Failed(body)) => body.clone(),
    }
}

/// Why there is no answer, in words, and the code for those who can mend it.
fn explain(error: &ApiError) -> String {
    if let ApiError::StepUpFailed(failure) = error {
        let problem = problems::explain(&Error::StepUp(failure.clone()));
        return format!("{} {}\n\n{}", problem.sentence, problem.advice, error.code());
    }
    let sentence = match error {
        ApiError::SignedOut => text("api.signed_out"),
        ApiError::PersonChanged => text("api.person_changed"),
        ApiError::NotAllowed { .. } => text("api.not_allowed"),
        ApiError::NoToken(_) => text("api.no_token"),
        ApiError::TimedOut | ApiError::Network(NetworkFailure::Timeout) => text("api.late"),
        ApiError::Network(NetworkFailure::Offline) => text("delay.offline"),
        ApiError::Dpop(_) => text("api.not_proved"),
        ApiError::Network(_) => text("api.unreachable"),
        ApiError::Request(_) => text("api.not_sent"),
        _ => text("api.unreadable"),
    };
    format!("{sentence}\n\n{}", error.code())
}

/// JSON with line breaks, its members in the order in which they came; anything else as it came.
fn pretty(text: &str) -> String {
    let indented = JSON::parse(text).and_then(|value| JSON::stringify_with_replacer_and_space(&value, &JsValue::NULL, &2.into()));
    indented.map_or_else(|_| text.to_owned(), String::from)
}
