//! What a step changed, as a note: a session began, was renewed, paused or ended; a redirect or a renewal begins.

use super::{Entry, Harmless, Value};
use crate::protocol::{
    config::Config,
    machine::State,
    time::Clocks,
    view::{Destination, Reason, View},
};
use std::time::Duration;

/// A state, as far as notes are about it.
#[derive(Debug)]
pub(super) struct Outline {
    stand: Stand,
    renewing: bool,
    generation: Option<u64>,
}

/// Where the sign-in stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    Restoring,
    /// With milliseconds of the wall clock.
    Delayed(u64),
    Completing,
    SignedIn,
    Paused,
    SignedOut(&'static str),
    Leaving(&'static str),
}

impl Outline {
    pub(super) fn of(state: &State) -> Self {
        let stand = match state.view() {
            View::Restoring { delay: None } => Stand::Restoring,
            View::Restoring { delay: Some(delay) } => Stand::Delayed(delay.next_try.as_millis()),
            View::Completing => Stand::Completing,
            View::SignedIn(_) => Stand::SignedIn,
            View::Paused { .. } => Stand::Paused,
            View::SignedOut(reason) => Stand::SignedOut(word(&reason)),
            View::Leaving(Destination::Lookup) => Stand::Leaving("to look for a session"),
            View::Leaving(Destination::SignIn) => Stand::Leaving("to sign in"),
            View::Leaving(Destination::SignOut) => Stand::Leaving("to sign out"),
        };
        Self { stand, renewing: state.is_renewing(), generation: state.token_generation() }
    }
}

const fn word(reason: &Reason) -> &'static str {
    match reason {
        Reason::NoSession => "there is no session",
        Reason::ByChoice => "they signed out",
        Reason::Elsewhere => "they signed out in another tab",
        Reason::SessionEnded => "the session ended at the provider",
        Reason::AccountChanged => "another person is signed in there",
        Reason::SignedInElsewhere => "somebody signed in in another tab",
        Reason::Problem(_) => "something went wrong",
    }
}

/// What begins with a step.
pub(super) fn begun(before: &Outline, after: &Outline) -> Option<Entry> {
    match after.stand {
        Stand::Leaving(why) if before.stand != after.stand => Some(with("a redirect begins", "for", Value::Word(why))),
        _ if after.renewing && !before.renewing => Some(Entry::note("a renewal begins")),
        _ => None,
    }
}

/// What is reached with it.
pub(super) fn reached(before: &Outline, after: &Outline, now: Clocks, state: &State, config: &Config) -> Option<Entry> {
    if before.generation != after.generation && after.generation.is_some() {
        let lasts = state.token_expires_at().map_or(Duration::ZERO, |expires_at| expires_at.since(now.wall));
        let scopes = Harmless::scopes(state.granted_scopes().iter().map(String::as_str), config);
        let title = if before.generation.is_none() { "somebody is signed in" } else { "the session is renewed" };
        let mut entry = with(title, "access token for", Value::Seconds(lasts.as_secs()));
        entry.add("scope", Value::Text(scopes));
        return Some(entry);
    }
    if before.stand == after.stand {
        return None;
    }
    match after.stand {
        Stand::Paused => Some(Entry::note("the session is paused: only the person can renew it")),
        Stand::SignedOut(why) => Some(with("nobody is signed in", "because", Value::Word(why))),
        Stand::Delayed(next) => Some(with("will be tried again", "in", Value::Millis(next.saturating_sub(now.wall.as_millis())))),
        Stand::Restoring | Stand::Completing | Stand::SignedIn | Stand::Leaving(_) => None,
    }
}

fn with(title: &'static str, name: &'static str, value: Value) -> Entry {
    let mut entry = Entry::note(title);
    entry.add(name, value);
    entry
}
