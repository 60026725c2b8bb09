//! What an effect is in the diagram: entries, or a reason why there is none.

use super::{Asked, Entry, Harmless, Lane, Value, facts};
use crate::protocol::{
    config::Config,
    http::{HttpRequest, Method},
    secret::SensitiveUrl,
    tab_message::TabMessage,
    transaction::Ticket,
    turn::Effect,
};

/// What there is to draw.
#[derive(Debug)]
pub(super) enum Drawn {
    /// This.
    Entries(Vec<Entry>),
    /// Nothing, for this reason.
    Nothing(#[cfg_attr(not(test), expect(dead_code, reason = "for those who read it, and a test"))] &'static str),
}

/// What an effect looks like.
pub(super) fn drawn(effect: &Effect, config: &Config) -> Drawn {
    use Lane::{App, Frame, Provider, Tabs};
    let one = |entry: Entry| Drawn::Entries(vec![entry]);
    match effect {
        Effect::OpenFrame { ticket, url, first } => {
            let opens = Entry::message(App, Frame, "opens the hidden frame").asking(*ticket);
            let opens = if first.is_some() { opens.with("first", Value::Word("the bare relay page")) } else { opens };
            Drawn::Entries(vec![opens, going(Entry::message(Frame, Provider, "authorization request"), url, config)])
        }
        Effect::AdoptFrame { .. } => one(Entry::note("goes on with the head start")),
        Effect::OpenPopup { ticket, url, .. } => {
            one(going(Entry::message(App, Provider, "authorization request, in a window"), url, config).asking(*ticket))
        }
        Effect::Examine { ticket, .. } => one(Entry::note("looks at why the frame is silent").asking(*ticket)),
        Effect::Send { ticket, request } => one(sent(request, config).asking(*ticket)),
        Effect::Verify { ticket, checks } => {
            let entry = Entry::note("has the signatures checked by the browser").asking(*ticket);
            one(checks.iter().fold(entry, |entry, check| entry.with("alg", Value::Word(check.algorithm.name()))))
        }
        Effect::Navigate { url, .. } => {
            let query = url.expose().split_once('?').map_or("", |(_, query)| query);
            let asks = facts::of_parameters(query, config).iter().any(|fact| fact.name == "response_type");
            let title = if asks { "authorization request, by redirect" } else { "sign-out request, by redirect" };
            one(going(Entry::message(App, Provider, title), url, config))
        }
        Effect::RewriteAddress { .. } => one(Entry::note("rewrites the page's address")),
        Effect::Remember(_) => one(Entry::note("remembers the transaction for the way back, for one use")),
        Effect::Tell(TabMessage::SignedIn(_)) => one(Entry::message(App, Tabs, "somebody signed in here")),
        Effect::Tell(TabMessage::SignedOut { .. }) => one(Entry::message(App, Tabs, "signed out here")),
        Effect::Hint(_) => Drawn::Nothing("it is for the next page load, and nobody is asked or told"),
        Effect::NoteRedirects(_) => Drawn::Nothing("it only counts redirects, for the next page load"),
        Effect::ForgetScroll | Effect::RestoreScroll => Drawn::Nothing("where a page is scrolled to is not the protocol's"),
        Effect::Report(_) => Drawn::Nothing("it stands as the failure of what led to it"),
    }
}

/// What an effect asks for, if it is answered by an event.
pub(super) fn asked(effect: &Effect) -> Option<(Ticket, Asked)> {
    match effect {
        Effect::OpenFrame { ticket, .. } | Effect::AdoptFrame { ticket } => Some((*ticket, Asked::Frame)),
        Effect::OpenPopup { ticket, .. } => Some((*ticket, Asked::Window)),
        Effect::Examine { ticket, .. } => Some((*ticket, Asked::Examination)),
        Effect::Send { ticket, request } => Some((*ticket, document(request))),
        Effect::Verify { ticket, .. } => Some((*ticket, Asked::Signatures)),
        Effect::Navigate { .. }
        | Effect::RewriteAddress { .. }
        | Effect::Remember(_)
        | Effect::Hint(_)
        | Effect::NoteRedirects(_)
        | Effect::ForgetScroll
        | Effect::RestoreScroll
        | Effect::Tell(_)
        | Effect::Report(_) => None,
    }
}

fn document(request: &HttpRequest) -> Asked {
    match request.method {
        Method::PostForm(_) => Asked::Tokens,
        Method::Get(_) if request.url.ends_with("/.well-known/openid-configuration") => Asked::Metadata,
        Method::Get(_) => Asked::Keys,
    }
}

fn sent(request: &HttpRequest, config: &Config) -> Entry {
    let title = match document(request) {
        Asked::Metadata => "asks for the metadata",
        Asked::Keys => "asks for the keys",
        _ => "token request",
    };
    let entry = Entry::message(Lane::App, Lane::Provider, title).going_to(Harmless::endpoint_of(request));
    match &request.method {
        Method::PostForm(form) => entry.with_all(facts::of_parameters(form.expose(), config)),
        Method::Get(_) => entry,
    }
}

/// With endpoint and parameters of an address.
fn going(entry: Entry, url: &SensitiveUrl, config: &Config) -> Entry {
    let query = url.expose().split_once('?').map_or("", |(_, query)| query);
    entry.going_to(Harmless::endpoint_at(url)).with_all(facts::of_parameters(query, config))
}
