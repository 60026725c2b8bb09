//! What an event is in the diagram. Every event has its entry.

use super::{Asked, Entry, Failure, Harmless, Lane, Value, facts};
use crate::protocol::{
    config::Config,
    early::Early,
    error::Error,
    examination::{Evidence, Manners},
    frame_message::FrameMessage,
    http::Outcome,
    monitoring::Word,
    time::Clocks,
    transaction::Ticket,
    turn::{Event, Opened, Verdict},
};
use url::Url;

/// An event, before the machine has it.
pub(super) struct Heard {
    /// The ticket of what it answers.
    pub(super) ticket: Option<Ticket>,
    /// What was done before the app was there.
    pub(super) early: Vec<Entry>,
    /// When that began.
    pub(super) begun: Option<Clocks>,
    pub(super) entry: Entry,
}

impl Heard {
    /// Looks at an event. `asked` is what it answers, as far as that is known.
    pub(super) fn of(event: &Event, asked: Option<Asked>, config: &Config) -> Self {
        let early = match event {
            Event::Opened(opened) => opened.early.as_ref(),
            _ => None,
        };
        Self {
            ticket: event.ticket(),
            early: early.map(|early| begun_early(early, config)).unwrap_or_default(),
            begun: early.map(|early| early.begun),
            entry: entry(event, asked, config),
        }
    }
}

fn entry(event: &Event, asked: Option<Asked>, config: &Config) -> Entry {
    use Lane::{App, Person, Provider, Tabs};
    match event {
        Event::Opened(opened) => page_opened(opened, config),
        Event::SignInChosen(options) => {
            let entry = Entry::message(Person, App, "wants to sign in");
            if options.popup { entry.with("in", Value::Word("a window")) } else { entry }
        }
        Event::SignOutChosen => Entry::message(Person, App, "wants to sign out"),
        Event::OrganizationChosen { .. } => Entry::message(Person, App, "chooses another organisation"),
        Event::RetryChosen => Entry::message(Person, App, "wants another try now"),
        Event::PersonActed => Entry::message(Person, App, "begins to use the page"),
        Event::SignInNeeded { .. } => Entry::note("a page needs somebody who is signed in"),
        Event::SignInNoLongerNeeded => Entry::note("the page that needs somebody was left"),
        // A call may want it as well as a person.
        Event::RenewalChosen => Entry::note("a new access token is wanted now"),
        Event::FrameSpoke { message, .. } => spoke(message, asked, config),
        Event::FrameLoaded { .. } => Entry::message(Lane::Frame, App, "came to rest on a page"),
        Event::FrameForbidden { .. } => Entry::note("the app's own policy forbids the frame"),
        Event::Examined { evidence, .. } => examined(evidence),
        Event::PopupBlocked { .. } => Entry::note("the browser did not open the window"),
        Event::Responded { outcome, .. } => responded(outcome, asked, config),
        Event::Verified { verdict, .. } => Entry::note(match verdict {
            Verdict::Valid => "signatures and claims checked",
            Verdict::Invalid(_) => "a signature is wrong",
            Verdict::Unsupported(_) => "a signature cannot be checked here",
        }),
        Event::TokenRejected { .. } => Entry::message(Lane::Api, App, "refused the access token"),
        Event::OtherTabSignedIn(_) => Entry::message(Tabs, App, "somebody signed in there"),
        Event::OtherTabSignedOut { .. } => Entry::message(Tabs, App, "signed out there"),
        Event::SessionWatched(word) => Entry::message(Provider, App, "session monitoring").with(
            "says",
            Value::Word(match word {
                Word::Unchanged => "unchanged",
                Word::Changed => "changed",
                Word::Error => "error",
            }),
        ),
        Event::PageReturned { .. } => Entry::note("the page came back from the back/forward cache"),
        Event::Woke { visible: true } => Entry::note("the tab woke, or is looked at"),
        Event::Woke { visible: false } => Entry::note("nobody looks at the tab"),
        Event::Ticked => Entry::note("the timer"),
    }
}

fn page_opened(opened: &Opened, config: &Config) -> Entry {
    let address = Url::parse(opened.address.expose()).ok();
    let query = address.as_ref().and_then(Url::query).unwrap_or_default();
    let path = address.as_ref().map(Url::path).unwrap_or_default();
    let back = |title| Entry::message(Lane::Provider, Lane::App, title).with_all(facts::of_parameters(query, config));
    let entry = match path {
        path if path == config.redirect_path && !query.is_empty() => back("authorization response, by redirect"),
        path if path == config.post_logout_path && !query.is_empty() => back("back after the sign-out"),
        _ => Entry::note("the app is there"),
    };
    let entry = if opened.remembered.is_some() { entry.with("transaction", Value::Word("remembered")) } else { entry };
    let entry = if opened.framed { entry.with("page", Value::Word("in a frame")) } else { entry };
    if opened.visible { entry } else { entry.with("page", Value::Word("not looked at")) }
}

/// What the page's small script did.
fn begun_early(early: &Early, config: &Config) -> Vec<Entry> {
    let begun = |entry: Entry| Entry { at: early.begun, early: true, ..entry };
    let query = early.url.expose().split_once('?').map_or("", |(_, query)| query);
    let asks = Entry::message(Lane::Frame, Lane::Provider, "authorization request")
        .going_to(Harmless::endpoint_at(&early.url))
        .with_all(facts::of_parameters(query, config));
    vec![begun(Entry::message(Lane::App, Lane::Frame, "opens the hidden frame")), begun(asks)]
}

fn spoke(message: &FrameMessage, asked: Option<Asked>, config: &Config) -> Entry {
    let (from, title) = match asked {
        Some(Asked::Window) => (Lane::Provider, "authorization response, from the window"),
        _ => (Lane::Frame, "authorization response, from the relay page"),
    };
    let mut entry = Entry::message(from, Lane::App, title)
        .with_all(facts::of_parameters(message.query.expose(), config))
        .with_all(facts::of_parameters(message.fragment.expose(), config));
    entry.heard_from_frame = true;
    entry
}

fn examined(evidence: &Evidence) -> Entry {
    let entry = Entry::note("looked at why the frame is silent");
    let entry = match &evidence.relay {
        Ok(relay) => entry.with("relay page", Value::Number(u64::from(relay.status))),
        Err(_) => entry.with("relay page", Value::Word("not to be had")),
    };
    let provider = match evidence.provider {
        Manners::Redirects => "redirects",
        Manners::ShowsPage => "shows a page",
        Manners::Silent => "is silent",
    };
    entry.with("provider", Value::Word(provider))
}

fn responded(outcome: &Outcome, asked: Option<Asked>, config: &Config) -> Entry {
    let title = match asked {
        Some(Asked::Tokens) => "token response",
        Some(Asked::Keys) => "key set",
        Some(Asked::Metadata) => "metadata",
        Some(Asked::Frame | Asked::Window | Asked::Examination | Asked::Signatures) | None => "a late answer",
    };
    match outcome {
        Ok(response) => {
            let entry = Entry::message(Lane::Provider, Lane::App, title).with("status", Value::Number(u64::from(response.status)));
            // What is in keys and metadata is public and long.
            let members = if asked == Some(Asked::Tokens) { facts::of_members(response.body.expose(), config) } else { Vec::new() };
            entry.with_all(members)
        }
        Err(failure) => {
            let mut entry = Entry::message(Lane::Provider, Lane::App, "no answer");
            entry.failure = Some(Failure::of(&Error::Network(*failure)));
            entry
        }
    }
}
