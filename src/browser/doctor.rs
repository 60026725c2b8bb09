//! Asks what the [doctor](crate::protocol::doctor) wants to know, from a page of the app: by `fetch()`, without cookies.

use super::{
    examine::{is_isolated, manners},
    fetch::{self, Outgoing, PATIENCE, Unsent},
    hint, moment,
    timer::{sleep, within},
};
use crate::protocol::{
    config::Config,
    doctor::{Answer, Doctor, Eyes, HEADERS, Line, Question, Reply, Surroundings, WORDS, tell},
    error::Error,
    examination::Manners,
    secret::Body,
};
use gloo::events::EventListener;
use std::{cell::Cell, rc::Rc, time::Duration};
use url::Url;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestCache, RequestCredentials, RequestInit, RequestMode, RequestRedirect, Response, SecurityPolicyViolationEvent};

/// Examines the configuration. `progress` is told how many questions are answered.
///
/// # Errors
/// `Platform` if this browser gives no random values.
pub async fn examine(config: &Config, progress: impl Fn(usize)) -> Result<Vec<Line>, Error> {
    let moment = moment::moment()?;
    let surroundings = Surroundings {
        eyes: Eyes::Page,
        now: moment.now.wall,
        origin_known: true,
        same_site: None,
        frames: hint::read(config.client_id()).frames,
        isolated: is_isolated(),
    };
    let mut doctor = Doctor::new(config.clone(), surroundings, &moment.entropy);
    let mut answered = 0;
    loop {
        let questions = doctor.questions();
        if questions.is_empty() {
            return Ok(doctor.signs().iter().map(|sign| tell(sign, WORDS)).collect());
        }
        for question in questions {
            progress(answered);
            let answer = ask(&question).await;
            doctor.hear(question.ask, answer);
            answered += 1;
        }
    }
}

async fn ask(question: &Question) -> Answer {
    let late = || Answer::Nothing(format!("no answer within {} s", PATIENCE.as_secs()));
    if question.ask.is_gone_to() {
        return match within(PATIENCE, manners(&question.url)).await {
            Some(Some(Manners::Redirects)) => Answer::Redirects,
            Some(Some(Manners::ShowsPage)) => Answer::Shows,
            Some(Some(Manners::Silent) | None) => Answer::Nothing("the browser does not say what is answered".to_owned()),
            None => late(),
        };
    }
    within(PATIENCE, called(question)).await.unwrap_or_else(late)
}

/// What a script calls.
async fn called(question: &Question) -> Answer {
    let forbidden = Forbidden::listen(question.url.expose());
    let form = question.body.as_ref().map(|_| ("content-type", "application/x-www-form-urlencoded"));
    let outgoing = Outgoing {
        url: question.url.expose(),
        method: question.method,
        headers: question.headers.iter().map(|(name, value)| (*name, value.as_str())).chain(form).collect(),
        body: question.body.as_deref(),
        cache: RequestCache::NoStore,
        keepalive: false,
    };
    match outgoing.send().await {
        Ok((response, _abort)) => match read(question, &response).await {
            Some(reply) => Answer::Replied(reply),
            None => Answer::Nothing("the answer broke off, or is too long".to_owned()),
        },
        Err(Unsent::Malformed(why)) => Answer::Nothing(why),
        Err(Unsent::Failed(_)) if forbidden.happened().await => Answer::Forbidden,
        Err(Unsent::Failed(_)) => why_not(question).await,
    }
}

async fn read(question: &Question, response: &Response) -> Option<Reply> {
    let body = if question.reads_body { fetch::text_of(response).await.ok()? } else { String::new() };
    let headers = HEADERS.into_iter().filter_map(|name| Some((name, fetch::header(response, name)?)));
    Some(Reply { status: response.status(), headers: headers.collect(), body: Body::new(body) })
}

/// Why a call failed, of which a browser tells nothing: it is made in a way in which the answer need not be readable, only there.
async fn why_not(question: &Question) -> Answer {
    let options = RequestInit::new();
    options.set_credentials(RequestCredentials::Omit);
    options.set_cache(RequestCache::NoStore);
    if question.ask.is_of_host() {
        options.set_redirect(RequestRedirect::Manual);
    } else {
        options.set_mode(RequestMode::NoCors);
    }
    let asked = gloo::utils::window().fetch_with_str_and_init(question.url.expose(), &options);
    match JsFuture::from(asked).await {
        Ok(_) if question.ask.is_of_host() => Answer::Redirects,
        Ok(_) => Answer::Unreadable,
        Err(_) => Answer::Nothing("nobody answers there".to_owned()),
    }
}

/// Whether the page's own policy has kept a request from going out.
struct Forbidden {
    happened: Rc<Cell<bool>>,
    _ear: EventListener,
}

impl Forbidden {
    fn listen(url: &str) -> Self {
        let origin = |address: &str| Url::parse(address).map(|url| url.origin()).ok();
        let (happened, wanted) = (Rc::new(Cell::new(false)), origin(url));
        let ear = EventListener::new(&gloo::utils::document(), "securitypolicyviolation", {
            let happened = Rc::clone(&happened);
            move |event| {
                if event.dyn_ref::<SecurityPolicyViolationEvent>().is_some_and(|violation| origin(&violation.blocked_uri()) == wanted) {
                    happened.set(true);
                }
            }
        });
        Self { happened, _ear: ear }
    }

    /// The browser reports it in its own time.
    async fn happened(&self) -> bool {
        for _ in 0..20 {
            if self.happened.get() {
                return true;
            }
            sleep(Duration::from_millis(10)).await;
        }
        false
    }
}
