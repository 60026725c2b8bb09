//! Asks one question over HTTP: without cookies, following nothing.

use std::io;
use std::time::Duration;

use hushkey::protocol::doctor::{Answer, HEADERS, Question, Reply};
use hushkey::protocol::http::MAX_BODY;
use hushkey::protocol::secret::Body;
use ureq::http::{HeaderMap, Request};
use ureq::{Agent, Error};

/// Nobody is waited for longer, body and all.
const PATIENCE: Duration = Duration::from_secs(10);

/// What asks.
pub(super) fn agent() -> Agent {
    Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .user_agent(concat!("hushkey-doctor/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent()
}

/// Asks it.
pub(super) fn ask(agent: &Agent, question: &Question) -> Answer {
    exchange(agent, question).map_or_else(|error| Answer::Nothing(words(&error)), Answer::Replied)
}

/// For a question whose asking broke down.
pub(super) fn failed() -> Answer {
    Answer::Nothing("it could not be asked".to_owned())
}

fn exchange(agent: &Agent, question: &Question) -> Result<Reply, Error> {
    let mut request = Request::builder().method(question.method).uri(question.url.expose());
    for (name, value) in &question.headers {
        request = request.header(*name, value);
    }
    let mut response = match &question.body {
        None => agent.run(request.body(())?)?,
        Some(form) => agent.run(request.header("content-type", "application/x-www-form-urlencoded").body(form.as_str())?)?,
    };
    let body = match question.reads_body {
        true => response.body_mut().with_config().limit(MAX_BODY as u64).lossy_utf8(true).read_to_string()?,
        false => String::new(),
    };
    let headers = HEADERS.into_iter().filter_map(|name| Some((name, joined(response.headers(), name)?))).collect();
    Ok(Reply { status: response.status().as_u16(), headers, body: Body::new(body) })
}

/// A header that stands there several times is one list (RFC 9110 §5.3).
fn joined(headers: &HeaderMap, name: &str) -> Option<String> {
    let values: Vec<_> = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// Why there is no answer, in words.
fn words(error: &Error) -> String {
    match error {
        Error::HostNotFound => "the name of its host is not known (DNS)".to_owned(),
        Error::Timeout(_) => format!("no answer within {} s", PATIENCE.as_secs()),
        Error::BodyExceedsLimit(_) => format!("the answer is larger than {MAX_BODY} bytes"),
        Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => "nothing listens there (connection refused)".to_owned(),
        Error::Rustls(error) => format!("TLS: {error}"),
        other => format!("no answer ({other})"),
    }
}
