//! Pushed authorization requests ([RFC 9126](https://www.rfc-editor.org/rfc/rfc9126)): the parameters are posted to the provider, and the browser is
//! sent there with nothing but a reference to them. Where that is asked for and fails, nothing else is done instead.

use super::{
    authorize::{self, Manner},
    checks::{Checking, Subject},
    discovery::Metadata,
    dpop::Thumbprint,
    error::{Error, Finding, NetworkFailure, ParFailure, ProviderError},
    extension::{Extension as _, Par},
    http::{HttpRequest, HttpResponse, Outcome},
    json::Object,
    secret::{Body, SensitiveUrl, StateParameter},
    time::Clocks,
    transaction::{Ticket, Transaction},
    turn::Turn,
};
use std::time::Duration;
use url::Url;

/// A request that is being pushed, and the transaction that its answer will be held against.
#[derive(Debug)]
pub(super) struct Pushing {
    sent: Box<Sent>,
    _extension: Par,
}

#[derive(Debug)]
struct Sent {
    ticket: Ticket,
    transaction: Transaction,
    metadata: Metadata,
    at: Clocks,
}

/// How an authorization request goes on its way.
#[derive(Debug)]
pub(super) enum Request {
    /// The browser takes it there.
    Plain(SensitiveUrl, Transaction),
    /// It is pushed first.
    Pushed(Pushing),
}

impl Request {
    /// Makes a request, and pushes it if it is to be pushed.
    pub(super) fn new(manner: &Manner<'_>, metadata: Metadata, turn: &mut Turn<'_>) -> Self {
        let transaction = authorize::transaction(manner, &metadata, turn.now.wall, &mut turn.generator, turn.config);
        match metadata.par_endpoint.as_ref().zip(Par::BUILT) {
            None => Self::Plain(authorize::address(manner, &metadata, &transaction, turn.config), transaction),
            Some((endpoint, _extension)) => {
                let form = authorize::parameters(manner, &metadata, &transaction, turn.config);
                let ticket = turn.send(request(endpoint, form));
                Self::Pushed(Pushing { sent: Box::new(Sent { ticket, transaction, metadata, at: turn.now }), _extension })
            }
        }
    }
}

/// The client id is among the parameters, and a public client has no secret ([RFC 9126 §2](https://www.rfc-editor.org/rfc/rfc9126#section-2)).
fn request(endpoint: &Url, form: Body) -> HttpRequest {
    HttpRequest::post_form(endpoint.as_str(), form)
}

impl Pushing {
    /// Whether an answer with this ticket is waited for.
    pub(super) fn holds(&self, ticket: Ticket) -> bool {
        self.sent.ticket == ticket
    }

    /// The key that its code will be bound to, if it will.
    pub(super) const fn key(&self) -> Option<&Thumbprint> {
        self.sent.transaction.key.as_ref()
    }

    /// The `state` of the request.
    pub(super) const fn state(&self) -> &StateParameter {
        &self.sent.transaction.state
    }

    /// The endpoint answered. What it gave serves once, so it is gone to at once, by whoever gets it from here
    /// ([RFC 9126 §4](https://www.rfc-editor.org/rfc/rfc9126#section-4)).
    pub(super) fn answered(self, outcome: Outcome, turn: &Turn<'_>) -> Result<(SensitiveUrl, Transaction), Error> {
        let response = outcome.map_err(ParFailure::Network).and_then(|response| read(&response, turn.checks.of(Subject::Push)));
        let (reference, lasts) = response.map_err(Error::Par)?;
        // The machine slept, or the answer took longer than it is worth.
        if self.sent.at.plus(lasts).has_come(turn.now) {
            return Err(timed_out());
        }
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &turn.config.client_id)
            .append_pair("request_uri", &reference)
            .finish();
        Ok((authorize::at_endpoint(&self.sent.metadata, &query), self.sent.transaction))
    }
}

/// No answer came in time.
pub(super) const fn timed_out() -> Error {
    Error::Par(ParFailure::Network(NetworkFailure::Timeout))
}

/// Reads the answer: the reference, whose form is the provider's own business, and how long it may be used
/// ([RFC 9126 §2.2](https://www.rfc-editor.org/rfc/rfc9126#section-2.2)).
pub(super) fn read(response: &HttpResponse, checks: Checking<'_>) -> Result<(String, Duration), ParFailure> {
    if let Some(failure) = response.unavailable() {
        return Err(ParFailure::Network(failure));
    }
    let object = response.is_json().then(|| Object::parse(response.body.expose())).transpose().map_err(ParFailure::Shape)?;
    if let Some(object) = object.as_ref().filter(|object| object.has("error")) {
        let text = |field| object.optional_str(field).ok().flatten();
        return Err(ParFailure::Refused(ProviderError::new(text("error").unwrap_or_default(), text("error_description"))));
    }
    let finding = || Finding::unexpected("status", "201", response.status.to_string());
    checks.require("JSON with status 201", response.status == 201, finding).map_err(ParFailure::Shape)?;
    let kind = response.content_type.as_deref().unwrap_or("none");
    let object = object.ok_or_else(|| ParFailure::Shape(Finding::unexpected("content-type", "application/json", kind)))?;
    content(&object).map_err(ParFailure::Shape)
}

fn content(object: &Object) -> Result<(String, Duration), Finding> {
    let reference = object.required_str("request_uri")?.to_owned();
    let seconds = object.optional_number("expires_in")?.ok_or_else(|| Finding::missing("expires_in"))?;
    let lasts = Duration::try_from_secs_f64(seconds).ok().filter(|lasts| !lasts.is_zero());
    Ok((reference, lasts.ok_or_else(|| Finding::invalid("expires_in", "not a positive number of seconds"))?))
}

#[cfg(test)]
#[path = "par_tests.rs"]
mod tests;
