//! What is asked, whom and how.

use super::{Asked, Doctor, Eyes};
use crate::protocol::{
    authorize::{self, Manner},
    config::Config,
    discovery::{self, Metadata},
    http::Freshness,
    secret::{SensitiveUrl, StateParameter},
    transaction::Transaction,
};

/// What a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The page of the app.
    Page,
    /// The relay page.
    Relay,
    /// The app at the address that the provider sends people back to.
    Callback,
    /// A file of the app, by the end of its name.
    File(&'static str),
    /// The provider's metadata.
    Discovery,
    /// The provider's keys.
    Keys,
    /// A made-up code at the token endpoint.
    Token,
    /// An API, by its place in the configuration.
    Api(usize),
    /// An authorization request with `prompt=none`, without cookies, that is to be answered at the relay page.
    Silent,
    /// The same, to be answered at the callback page.
    Lookup,
    /// The same, to be answered at an address that nobody has registered.
    Stranger,
    /// The end of a session that is none: without cookies and without a token.
    SignOut,
}

impl Ask {
    /// Whether this is what a browser goes to, not what a script calls: all that matters is whether it redirects, and where to.
    #[must_use]
    pub const fn is_gone_to(self) -> bool {
        matches!(self, Self::Silent | Self::Lookup | Self::Stranger | Self::SignOut)
    }

    /// Whether this is asked of the host of the app.
    #[must_use]
    pub const fn is_of_host(self) -> bool {
        matches!(self, Self::Page | Self::Relay | Self::Callback | Self::File(_))
    }
}

/// One thing to ask: without cookies, without following redirects, without a cache.
#[derive(Clone, Debug)]
pub struct Question {
    /// What about.
    pub ask: Ask,
    /// Whom.
    pub url: SensitiveUrl,
    /// How.
    pub method: &'static str,
    /// The headers to send. A browser sets some of them itself, and leaves these out.
    pub headers: Vec<(&'static str, String)>,
    /// What to send, as `application/x-www-form-urlencoded`.
    pub body: Option<String>,
    /// Whether the body of the answer is needed.
    pub reads_body: bool,
}

/// A code that no provider has ever given out.
const MADE_UP: &str = "hushkey-doctor";

/// A path that nobody registers.
const UNREGISTERED: &str = "/hushkey-doctor-unregistered";

/// The files of the app that are looked at, by the ends of their names, and their media types.
pub(super) const FILES: [(&str, &str); 3] = [(".wasm", "application/wasm"), (".js", "text/javascript"), (".css", "text/css")];

/// All that can be asked and has not been.
pub(super) fn next(doctor: &mut Doctor) -> Vec<Question> {
    let is_first = doctor.asked.is_empty();
    let mut list = if is_first { first(doctor) } else { second(doctor) };
    list.retain(|(question, _)| doctor.asked(question.ask).is_none());
    let asked = list.into_iter().map(|(question, transaction)| {
        doctor.asked.push(Asked { ask: question.ask, url: question.url.clone(), transaction, answer: None });
        question
    });
    asked.collect()
}

type Due = (Question, Option<Transaction>);

/// What needs no answer before.
fn first(doctor: &Doctor) -> Vec<Due> {
    let config = &doctor.config;
    let mut list = Vec::new();
    if doctor.knows_origin() {
        list.push(plain(Ask::Page, format!("{}/", config.app_origin())));
        list.push(plain(Ask::Relay, config.silent_redirect_uri()));
        list.push(plain(Ask::Callback, config.redirect_uri()));
    }
    let metadata = discovery::discovery_request(config.issuer(), config.well_known, Freshness::CacheAllowed);
    list.push(called(doctor, Ask::Discovery, metadata.url));
    list
}

/// What the first answers lead to.
fn second(doctor: &mut Doctor) -> Vec<Due> {
    let mut list = Vec::new();
    if let Some(page) = doctor.reply(Ask::Page) {
        for (end, _) in FILES {
            let found = page.body.expose().split('"').find(|text| text.starts_with('/') && text.ends_with(end));
            list.extend(found.map(|path| file(end, format!("{}{path}", doctor.config.app_origin()))));
        }
    }
    for (place, rule) in doctor.config.api.iter().enumerate() {
        list.push(api(doctor, place, rule.prefix.to_string()));
    }
    if let Some(metadata) = doctor.metadata() {
        list.push(called(doctor, Ask::Keys, metadata.jwks_uri.to_string()));
        list.push(token(doctor, &metadata));
        if doctor.knows_origin() {
            list.extend(gone_to(doctor, &metadata));
        }
    }
    list
}

fn plain(ask: Ask, url: String) -> Due {
    let question = Question { ask, url: SensitiveUrl::new(url), method: "GET", headers: Vec::new(), body: None, reads_body: true };
    (question, None)
}

fn file(end: &'static str, url: String) -> Due {
    let (question, none) = plain(Ask::File(end), url);
    (Question { headers: vec![("accept-encoding", "br, gzip".to_owned())], reads_body: false, ..question }, none)
}

/// What a script of the app calls: a program says on whose behalf, a browser does so by itself.
fn called(doctor: &Doctor, ask: Ask, url: String) -> Due {
    let (question, none) = plain(ask, url);
    let mut headers = vec![("accept", "application/json".to_owned())];
    if doctor.knows_origin() {
        headers.push(("origin", doctor.config.app_origin()));
    }
    (Question { headers, ..question }, none)
}

fn token(doctor: &Doctor, metadata: &Metadata) -> Due {
    let (question, none) = called(doctor, Ask::Token, metadata.token_endpoint.to_string());
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("code", MADE_UP)
        .append_pair("redirect_uri", &doctor.config.redirect_uri())
        .append_pair("client_id", &doctor.config.client_id)
        // As long as a verifier must be (RFC 7636 §4.1).
        .append_pair("code_verifier", &MADE_UP.repeat(4))
        .finish();
    (Question { method: "POST", body: Some(body), ..question }, none)
}

/// A program asks what a browser would ask before (the preflight); a browser does that by itself.
fn api(doctor: &Doctor, place: usize, url: String) -> Due {
    let (question, none) = called(doctor, Ask::Api(place), url);
    let (mut headers, mut method) = (question.headers, "GET");
    if doctor.is_page() {
        headers.push(("authorization", format!("Bearer {MADE_UP}")));
    } else {
        method = "OPTIONS";
        headers.push(("access-control-request-method", "GET".to_owned()));
        headers.push(("access-control-request-headers", "authorization".to_owned()));
    }
    (Question { headers, method, reads_body: false, ..question }, none)
}

/// What browsers are sent to.
fn gone_to(doctor: &mut Doctor, metadata: &Metadata) -> Vec<Due> {
    let (now, config) = (doctor.surroundings.now, &doctor.config);
    let silent = Manner::Silent { id_token_hint: None, organization_id: None };
    let stranger = Config { silent_path: UNREGISTERED.to_owned(), ..config.clone() };
    let all = [(Ask::Silent, &silent, config), (Ask::Lookup, &Manner::Lookup, config), (Ask::Stranger, &silent, &stranger)];
    let mut list = Vec::new();
    // Nothing is asked that the app would not ask: what is to be pushed is not sent there in any other way.
    let all = all.into_iter().filter(|_| metadata.par_endpoint.is_none());
    // Whether the third leads anywhere is of interest where it can be seen.
    let count = if doctor.surroundings.eyes == Eyes::Page { 2 } else { 3 };
    for (ask, manner, config) in all.take(count) {
        let (_, mut transaction) = authorize::authorization_request(manner, metadata, now, &mut doctor.generator, config);
        // A browser may write into its console where it was redirected to, and a page does not get to see it: then no chance is needed.
        if doctor.surroundings.eyes == Eyes::Page {
            transaction.state = StateParameter::new(MADE_UP);
        }
        let url = authorize::address(manner, metadata, &transaction, config);
        list.push((Question { url, ..plain(ask, String::new()).0 }, Some(transaction)));
    }
    if doctor.is_page() {
        return list;
    }
    if let Some(endpoint) = &metadata.end_session_endpoint {
        let mut url = endpoint.clone();
        url.query_pairs_mut()
            .append_pair("client_id", &doctor.config.client_id)
            .append_pair("post_logout_redirect_uri", &doctor.config.post_logout_redirect_uri());
        list.push(plain(Ask::SignOut, url.to_string()));
    }
    list
}
