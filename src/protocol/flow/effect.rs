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
    use Lane::{App, Provider, Tabs};
    let (to, title) = match effect {
        Effect::OpenFrame { url, .. } => return Drawn::Entries(opening(url, config)),
        Effect::AdoptFrame { .. } => (App, "goes on with the head start"),
        Effect::OpenPopup { .. } => (Provider, "authorization request, in a window"),
        Effect::SendPopup { .. } => (Provider, "authorization request, in that window"),
        Effect::Examine { .. } => (App, "looks at why the frame is silent"),
        Effect::Send { request, .. } => match document(request) {
            Asked::Metadata => (Provider, "asks for the metadata"),
            Asked::Keys => (Provider, "asks for the keys"),
            Asked::UserInfo => (Provider, "asks for more about the person, with the access token"),
            Asked::Push => (Provider, "pushed authorization request"),
            _ => (Provider, "token request"),
        },
        Effect::Submit(_) => (Provider, "sign-out request, by a form"),
        Effect::Revoke(..) => (Provider, "revokes a token"),
        Effect::Verify { .. } => (App, "has the signatures checked by the browser"),
        Effect::Navigate { .. } => (Provider, "sign-out request, by redirect"),
        Effect::RewriteAddress { .. } => (App, "rewrites the page's address"),
        Effect::Remember(_) => (App, "remembers the transaction for the way back, for one use"),
        Effect::Tell(TabMessage::SignedIn(_)) => (Tabs, "somebody signed in here"),
        Effect::Tell(TabMessage::SignedOut { .. }) => (Tabs, "signed out here"),
        Effect::Hint(_) => return Drawn::Nothing("it is for the next page load, and nobody is asked or told"),
        Effect::NoteRedirects(_) => return Drawn::Nothing("it only counts redirects, for the next page load"),
        Effect::ForgetScroll | Effect::RestoreScroll => return Drawn::Nothing("where a page is scrolled to is not the protocol's"),
        Effect::Report(_) => return Drawn::Nothing("it stands as the failure of what led to it"),
    };
    let mut entry = Entry::message(App, to, title);
    match effect {
        Effect::OpenPopup { url, .. } | Effect::SendPopup { url, .. } => add_request(&mut entry, url, config),
        Effect::Navigate { url, .. } => {
            add_request(&mut entry, url, config);
            if entry.facts.iter().any(|fact| matches!(fact.name, "response_type" | "request_uri")) {
                entry.title = "authorization request, by redirect";
            }
        }
        Effect::Send { request, .. } | Effect::Revoke(request, _) | Effect::Submit(request) => {
            entry.endpoint = Harmless::endpoint_of(request);
            if let Method::PostForm(form) = &request.method {
                entry.facts = facts::of_parameters(form.expose(), config);
            }
            if request.key.is_some() {
                entry.add("DPoP", Value::Word("a proof of the key"));
            }
        }
        Effect::Verify { checks, .. } => checks.iter().for_each(|check| entry.add("alg", Value::Word(check.algorithm.name()))),
        _ => {}
    }
    Drawn::Entries(vec![entry])
}

/// A hidden frame is opened, and asks.
pub(super) fn opening(url: &SensitiveUrl, config: &Config) -> Vec<Entry> {
    let mut asks = Entry::message(Lane::Frame, Lane::Provider, "authorization request");
    add_request(&mut asks, url, config);
    vec![Entry::message(Lane::App, Lane::Frame, "opens the hidden frame"), asks]
}

/// Endpoint and parameters of an address.
fn add_request(entry: &mut Entry, url: &SensitiveUrl, config: &Config) {
    entry.endpoint = Harmless::endpoint_at(url);
    entry.facts = facts::of_parameters(url.expose().split_once('?').map_or("", |(_, query)| query), config);
}

/// What an effect asks for, if it is answered by an event.
pub(super) fn asked(effect: &Effect) -> Option<(Ticket, Asked)> {
    match effect {
        Effect::OpenFrame { ticket, .. } | Effect::AdoptFrame { ticket } => Some((*ticket, Asked::Frame)),
        Effect::OpenPopup { ticket, .. } => Some((*ticket, Asked::Window)),
        Effect::Examine { ticket, .. } => Some((*ticket, Asked::Examination)),
        Effect::Send { ticket, request } => Some((*ticket, document(request))),
        Effect::Verify { ticket, .. } => Some((*ticket, Asked::Signatures)),
        Effect::Revoke(..)
        | Effect::SendPopup { .. }
        | Effect::Submit(_)
        | Effect::Navigate { .. }
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
    match &request.method {
        Method::PostForm(form) if form.expose().starts_with("response_type=") => Asked::Push,
        Method::PostForm(_) => Asked::Tokens,
        Method::Get(_) if request.access_token.is_some() => Asked::UserInfo,
        Method::Get(_) if request.url.ends_with("/.well-known/openid-configuration") => Asked::Metadata,
        Method::Get(_) => Asked::Keys,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{
        error::{Error, SilentFailure},
        extension::{Extension as _, Revocation},
        hint::News,
        http::Freshness,
        redirect_log::RedirectLog,
        secret::{AccessToken, Body, StateParameter},
        transaction::Record,
        turn::HistoryEntry,
    };

    #[test]
    fn every_effect_has_an_entry_or_a_reason_for_none() {
        let config = Config::from_json(r#"{"issuer":"https://as.example","client_id":"c"}"#, "https://app.example").unwrap();
        let (ticket, url) = (Ticket(1), || SensitiveUrl::new("https://as.example/a?response_type=code&state=canary#canary"));
        let get = HttpRequest::get("https://as.example/keys", Freshness::CacheAllowed);
        let user_info = HttpRequest::get("https://as.example/u", Freshness::FromServer).with_token(AccessToken::new("canary"));
        let post = HttpRequest::post_form("https://as.example/t", Body::new("code=canary"));
        let effects = [
            (Effect::OpenFrame { ticket, url: url(), first: Some("canary".into()) }, 2),
            (Effect::AdoptFrame { ticket }, 1),
            (Effect::OpenPopup { ticket, url: url(), state: StateParameter::new("canary") }, 1),
            (Effect::SendPopup { ticket, url: url() }, 1),
            (Effect::Examine { ticket, relay: "canary".into(), question: Some(url()) }, 1),
            (Effect::Send { ticket, request: get }, 1),
            (Effect::Send { ticket, request: post.clone() }, 1),
            (Effect::Send { ticket, request: user_info }, 1),
            (Effect::Revoke(post.clone(), Revocation::BUILT.unwrap()), 1),
            (Effect::Submit(post), 1),
            (Effect::Verify { ticket, checks: Vec::new() }, 1),
            (Effect::Navigate { url: url(), history: HistoryEntry::Keep }, 1),
            (Effect::RewriteAddress { to: "canary".into() }, 1),
            (Effect::Remember(Record::new("canary", "canary")), 1),
            (Effect::Tell(TabMessage::SignedOut { at: None }), 1),
            (Effect::Hint(News::SignedOut), 0),
            (Effect::NoteRedirects(RedirectLog::default()), 0),
            (Effect::ForgetScroll, 0),
            (Effect::RestoreScroll, 0),
            (Effect::Report(Error::Silent(SilentFailure::Slow)), 0),
        ];
        for (effect, count) in effects {
            let drawn = drawn(&effect, &config);
            match &drawn {
                Drawn::Entries(entries) => assert_eq!(entries.len(), count, "{effect:?}"),
                Drawn::Nothing(why) => assert!(count == 0 && why.len() > 20, "{effect:?}: {why}"),
            }
            assert!(!format!("{drawn:?}").contains("canary"), "{drawn:?}");
        }
    }
}
