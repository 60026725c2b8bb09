//! What an event is in the diagram. Every event has its entry.

use super::{Asked, Entry, Failure, Lane, Value, effect, facts};
use crate::protocol::{
    config::Config,
    early::Early,
    error::Error,
    examination::{Evidence, Manners},
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
    let (from, to, title) = what(event, asked, config);
    let mut entry = Entry::message(from, to, title);
    entry.heard_from_frame = matches!(event, Event::FrameSpoke { .. });
    add_facts(&mut entry, event, asked, config);
    entry
}

/// Between whom, and what.
fn what(event: &Event, asked: Option<Asked>, config: &Config) -> (Lane, Lane, &'static str) {
    use Lane::{Api, App, Frame, Person, Provider, Tabs};
    match event {
        Event::Opened(opened) => match way_back(opened, config) {
            Some((_, title)) => (Provider, App, title),
            None => (App, App, "the app is there"),
        },
        Event::SignInChosen(options) if options.keeps_session => (Person, App, "wants to sign in again, as an API demands"),
        Event::SignInChosen(_) => (Person, App, "wants to sign in"),
        Event::SignOutChosen => (Person, App, "wants to sign out"),
        Event::OrganizationChosen { .. } => (Person, App, "chooses another organisation"),
        Event::RetryChosen => (Person, App, "wants another try now"),
        Event::PersonActed => (Person, App, "begins to use the page"),
        Event::SignInNeeded { .. } => (App, App, "a page needs somebody who is signed in"),
        Event::SignInNoLongerNeeded => (App, App, "the page that needs somebody was left"),
        // A call may want it as well as a person.
        Event::RenewalChosen => (App, App, "a new access token is wanted now"),
        Event::TokenNeeded(_) => (App, App, "an access token for another resource is wanted"),
        Event::FrameSpoke { .. } if asked == Some(Asked::Window) => (Provider, App, "authorization response, from the window"),
        Event::FrameSpoke { .. } => (Frame, App, "authorization response, from the relay page"),
        Event::FrameLoaded { .. } => (Frame, App, "came to rest on a page"),
        Event::FrameForbidden { .. } => (App, App, "the app's own policy forbids the frame"),
        Event::Examined { .. } => (App, App, "looked at why the frame is silent"),
        Event::PopupBlocked { .. } => (App, App, "the browser did not open the window"),
        Event::Responded { outcome: Err(_), .. } => (Provider, App, "no answer"),
        Event::Responded { .. } => match asked {
            Some(Asked::Tokens) => (Provider, App, "token response"),
            Some(Asked::Push) => (Provider, App, "answer to the pushed request"),
            Some(Asked::Keys) => (Provider, App, "key set"),
            Some(Asked::UserInfo) => (Provider, App, "userinfo response"),
            Some(Asked::Metadata) => (Provider, App, "metadata"),
            Some(Asked::Frame | Asked::Window | Asked::Examination | Asked::Signatures) | None => (Provider, App, "a late answer"),
        },
        Event::Verified { verdict: Verdict::Valid, .. } => (App, App, "signatures and claims checked"),
        Event::Verified { verdict: Verdict::Invalid(_), .. } => (App, App, "a signature is wrong"),
        Event::Verified { verdict: Verdict::Unsupported(_), .. } => (App, App, "a signature cannot be checked here"),
        Event::TokenRejected { .. } => (Api, App, "refused the access token"),
        Event::OtherTabSignedIn(_) => (Tabs, App, "somebody signed in there"),
        Event::OtherTabSignedOut { .. } => (Tabs, App, "signed out there"),
        Event::ProviderSignedOut(_) => (Provider, App, "front-channel logout"),
        Event::SessionWatched(Word::Unchanged) => (Provider, App, "session monitoring: unchanged"),
        Event::SessionWatched(Word::Changed) => (Provider, App, "session monitoring: changed"),
        Event::SessionWatched(Word::Error) => (Provider, App, "session monitoring: error"),
        Event::PageReturned { .. } => (App, App, "the page came back from the back/forward cache"),
        Event::Woke { visible: true } => (App, App, "the tab woke, or is looked at"),
        Event::Woke { visible: false } => (App, App, "nobody looks at the tab"),
        Event::Ticked => (App, App, "the timer"),
    }
}

/// What was in it. Of the events that are not named here, everything is said.
fn add_facts(entry: &mut Entry, event: &Event, asked: Option<Asked>, config: &Config) {
    match event {
        Event::Opened(opened) => {
            if let Some((query, _)) = way_back(opened, config) {
                entry.facts = facts::of_parameters(&query, config);
            }
            if opened.remembered.is_some() {
                entry.add("transaction", Value::Word("remembered"));
            }
            if opened.framed || !opened.visible {
                entry.add("page", Value::Word(if opened.framed { "in a frame" } else { "not looked at" }));
            }
        }
        Event::SignInChosen(options) if options.popup => entry.add("in", Value::Word("a window")),
        Event::FrameSpoke { message, .. } => {
            for part in [&message.query, &message.fragment] {
                entry.facts.extend(facts::of_parameters(part.expose(), config));
            }
            // It stands in the frame first where a browser is to keep it by its bare address, and says so.
            if entry.facts.is_empty() {
                entry.title = "the relay page is there, without an answer";
            }
        }
        Event::Examined { evidence, .. } => add_evidence(entry, evidence),
        Event::Responded { outcome: Ok(response), .. } => {
            entry.add("status", Value::Number(u64::from(response.status)));
            // What is in keys and metadata is public and long.
            if matches!(asked, Some(Asked::Tokens | Asked::Push)) {
                entry.facts.extend(facts::of_members(response.body.expose(), config));
            }
        }
        Event::Responded { outcome: Err(failure), .. } => entry.failure = Some(Failure::of(&Error::Network(*failure))),
        _ => {}
    }
}

/// The query with which the provider sent the person back, and after what.
fn way_back(opened: &Opened, config: &Config) -> Option<(String, &'static str)> {
    let address = Url::parse(opened.address.expose()).ok()?;
    let query = address.query().filter(|query| !query.is_empty())?;
    let title = match address.path() {
        path if path == config.redirect_path => "authorization response, by redirect",
        path if path == config.post_logout_path => "back after the sign-out",
        _ => return None,
    };
    Some((query.to_owned(), title))
}

/// What the page's small script did.
fn begun_early(early: &Early, config: &Config) -> Vec<Entry> {
    let mut entries = effect::opening(&early.url, config);
    for entry in &mut entries {
        (entry.at, entry.early) = (early.begun, true);
    }
    entries
}

fn add_evidence(entry: &mut Entry, evidence: &Evidence) {
    entry.add(
        "relay page",
        match &evidence.relay {
            Ok(relay) => Value::Number(u64::from(relay.status)),
            Err(_) => Value::Word("not to be had"),
        },
    );
    let provider = match evidence.provider {
        Manners::Redirects => "redirects",
        Manners::ShowsPage => "shows a page",
        Manners::Silent => "is silent",
    };
    entry.add("provider", Value::Word(provider));
}
