//! The one file that knows the core's events, effects and questions. Everything else of the simulation speaks in the words of `words`, so
//! that a core that grows is followed here first: a new event is a line in `words` and in [`event`], a new effect one there and in
//! [`wish`]. It stands where the browser driver stands, and decides as little.

use crate::clock::Clocks;
use hushkey::{
    Config, Reason, SignInOptions, View,
    protocol::{
        api::TokenAnswer,
        authorize::Prompt,
        callback,
        error::NetworkFailure,
        examination::{Evidence, Manners, RelayPage},
        frame_message::FrameMessage,
        hint::{Frames, Hint, Last, News},
        http::{Freshness, HttpResponse, Method},
        machine::{self, Reaction, State},
        monitoring::Word,
        redirect_log::RedirectLog,
        secret::{Body, SensitiveUrl},
        tab_message::TabMessage,
        time::{self, Entropy, Moment, UnixTime, Uptime},
        transaction::{self, Record},
        turn::{Effect, Event, HistoryEntry, Opened, Verdict},
    },
};
use std::{mem, time::Duration};

pub(crate) use crate::words::{Answer, Check, Input, Kind, Shown, Ticket, Token, Who, Why, Wish};

/// What a step did.
#[derive(Debug)]
pub(crate) struct Stepped {
    /// What is to be done, in this order.
    pub(crate) wishes: Vec<Wish>,
    /// Whether the event was ignored.
    pub(crate) ignored: bool,
    /// Every `Debug` output of the step, if it was asked for.
    pub(crate) sample: Option<Sample>,
}

/// What a developer would see of a step: state before and after, and the effects with event and view.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) effects: String,
}

/// The core of one page.
#[derive(Debug)]
pub(crate) struct Core {
    state: State,
    config: &'static Config,
}

impl Core {
    /// Before anything has happened.
    pub(crate) fn new(config: &'static Config) -> Self {
        Self { state: State::new(), config }
    }

    /// One step.
    pub(crate) fn step(&mut self, event: Event, clocks: Clocks, entropy: [u8; 32], sample: bool) -> Stepped {
        let at = Moment { now: both(clocks), entropy: Entropy::new(entropy), dpop: None };
        let seen = sample.then(|| (format!("{:?}", self.state), format!("{event:?}")));
        let step = machine::step(mem::take(&mut self.state), event, &at, self.config);
        self.state = step.state;
        let sample = seen.map(|(before, event)| Sample {
            before,
            after: format!("{:?}", self.state),
            effects: format!("{event} {:?} {:?}", step.effects, self.state.view()),
        });
        let wishes = step.effects.into_iter().map(|effect| wish(effect, self.config)).collect();
        Stepped { wishes, ignored: matches!(step.reaction, Reaction::Ignored(_)), sample }
    }

    /// What the page shows.
    pub(crate) fn shown(&self) -> Shown {
        match self.state.view() {
            View::Restoring { .. } => Shown::Restoring,
            View::Completing => Shown::Completing,
            View::Leaving(hushkey::Destination::Lookup) => Shown::LeavingToLookup,
            View::Leaving(hushkey::Destination::SignIn) => Shown::LeavingToSignIn,
            View::Leaving(hushkey::Destination::SignOut) => Shown::LeavingToSignOut,
            View::SignedIn(person) => Shown::SignedIn(who(&person)),
            View::Paused { person, .. } => Shown::Paused(who(&person)),
            View::SignedOut(reason) => Shown::SignedOut(match reason {
                Reason::NoSession => Why::NoSession,
                Reason::ByChoice => Why::ByChoice,
                Reason::Elsewhere => Why::Elsewhere,
                Reason::SessionEnded => Why::SessionEnded,
                Reason::AccountChanged => Why::AccountChanged,
                Reason::SignedInElsewhere => Why::SignedInElsewhere,
                Reason::Problem(_) => Why::Problem,
            }),
        }
    }

    /// The name of the problem that is shown, if one is.
    pub(crate) fn problem(&self) -> Option<String> {
        match self.state.view() {
            View::SignedOut(Reason::Problem(error)) | View::Paused { cause: error, .. } => Some(error.code()),
            _ => None,
        }
    }

    /// How many milliseconds from now the deadline is; zero if it is due. `None` if there is none.
    pub(crate) fn deadline_in(&self, clocks: Clocks) -> Option<u64> {
        self.state.deadline().map(|deadline| deadline.from_now(both(clocks)).as_millis() as u64)
    }

    /// Whether the state waits for something, and so must have a deadline: people are waited for without one.
    pub(crate) fn waits(&self) -> bool {
        !matches!(self.shown(), Shown::SignedOut(_) | Shown::Paused(_))
    }

    /// Whether it waits until somebody looks at the page.
    pub(crate) fn waits_unseen(&self) -> bool {
        matches!(self.state.view(), View::Restoring { delay: None }) && (self.state.deadline().is_none() || self.state.has_popup())
    }

    /// Whether a window is open.
    pub(crate) const fn has_popup(&self) -> bool {
        self.state.has_popup()
    }

    /// Whether an answer with this ticket is waited for.
    pub(crate) fn holds(&self, ticket: Ticket) -> bool {
        self.state.holds(ticket)
    }

    /// A number that is another with every token; `None` without one.
    pub(crate) fn generation(&self) -> Option<u64> {
        self.state.token_generation()
    }

    /// Whether a new token is being asked for.
    pub(crate) fn is_renewing(&self) -> bool {
        self.state.is_renewing()
    }

    /// What a call to an API is to do.
    pub(crate) fn token_for(&self, address: &str, clocks: Clocks) -> Token {
        match self.state.token_for(address, both(clocks), self.config) {
            TokenAnswer::Attach { token, generation, .. } => Token::Attach { token: token.expose().to_owned(), generation },
            // The apps here have no further resource.
            TokenAnswer::Wait | TokenAnswer::Fetch(_) | TokenAnswer::Refused(_) => Token::Wait,
            TokenAnswer::Renew => Token::Renew,
            TokenAnswer::SignedOut => Token::SignedOut,
            TokenAnswer::NotAllowed => Token::NotAllowed,
        }
    }
}

/// The clocks as the core knows them.
const fn both(clocks: Clocks) -> time::Clocks {
    time::Clocks { wall: UnixTime::from_millis(clocks.wall), uptime: Uptime::from_millis(clocks.uptime) }
}

fn who(person: &hushkey::Person) -> Who {
    Who { person: number(Some(&person.subject)), organisation: number(person.organization.as_deref()) }
}

/// The number in `usr_7`; zero if there is none.
fn number(text: Option<&str>) -> u8 {
    text.and_then(|text| text.rsplit('_').next()?.parse().ok()).unwrap_or_default()
}

/// What the driver makes of an input: no event if it is a message that is not ours.
pub(crate) fn event(input: Input, config: &Config) -> Option<(Kind, Event)> {
    let one = |kind, event| Some((kind, event));
    match input {
        Input::Opened { address, kept, hint, redirects, visible } => {
            let remembered = kept.map(|(key, text)| Record::new(key, text));
            let opened = Opened {
                address: SensitiveUrl::new(address),
                remembered,
                hint: Hint::parse(hint.as_deref()),
                redirects: RedirectLog::parse(redirects.as_deref()),
                framed: false,
                returned: false,
                visible,
                early: None,
            };
            one(Kind::Opened, Event::Opened(opened))
        }
        Input::SignIn { return_to, anew, popup } => {
            let prompt = anew.then_some(Prompt::SelectAccount);
            one(Kind::SignIn, Event::SignInChosen(SignInOptions { prompt, return_to: Some(return_to), popup, ..SignInOptions::default() }))
        }
        Input::Organisation(id) => one(Kind::Organisation, Event::OrganizationChosen { id }),
        Input::Acted => one(Kind::Acted, Event::PersonActed),
        Input::SignOut => one(Kind::SignOut, Event::SignOutChosen),
        Input::Needed(place) => one(Kind::Needed, Event::SignInNeeded { place }),
        Input::NotNeeded => one(Kind::NotNeeded, Event::SignInNoLongerNeeded),
        Input::Renew => one(Kind::Renew, Event::RenewalChosen),
        Input::Retry => one(Kind::Retry, Event::RetryChosen),
        Input::FrameSaid { ticket, text } => {
            FrameMessage::parse(&text).ok().map(|message| (Kind::Frame, Event::FrameSpoke { ticket, message }))
        }
        Input::FrameLoaded { ticket } => one(Kind::FrameLoaded, Event::FrameLoaded { ticket }),
        Input::FrameForbidden { ticket } => one(Kind::FrameForbidden, Event::FrameForbidden { ticket }),
        Input::Examined { ticket, online, answers } => {
            let page = RelayPage { status: 200, body: Body::new(RELAY), frame_options: None, policy: None };
            let relay = if online { Ok(page) } else { Err(NetworkFailure::Offline) };
            let provider = if answers { Manners::Redirects } else { Manners::Silent };
            one(Kind::Examined, Event::Examined { ticket, evidence: Evidence { relay, provider, isolated: false } })
        }
        Input::PopupSaid { ticket, text } => {
            FrameMessage::parse(&text).ok().map(|message| (Kind::Popup, Event::FrameSpoke { ticket, message }))
        }
        Input::PopupBlocked { ticket } => one(Kind::PopupBlocked, Event::PopupBlocked { ticket }),
        Input::Answered { ticket, answer } => {
            let respond = |status, mime: &str, body: String| {
                Ok(HttpResponse {
                    status,
                    content_type: Some(mime.to_owned()),
                    retry_after: (status == 503).then_some(Duration::from_secs(20)),
                    body: Body::new(body),
                })
            };
            let outcome = match answer {
                Answer::Json(status, body) => respond(status, "application/json", body),
                Answer::Html(status) => respond(status, "text/html", "<!doctype html>".to_owned()),
                Answer::Unreachable => Err(NetworkFailure::Unreachable),
                Answer::Offline => Err(NetworkFailure::Offline),
                Answer::TimedOut => Err(NetworkFailure::Timeout),
            };
            one(Kind::Answer, Event::Responded { ticket, outcome })
        }
        Input::Checked { ticket, wrong } => {
            one(Kind::Check, Event::Verified { ticket, verdict: wrong.map_or(Verdict::Valid, Verdict::Invalid) })
        }
        Input::Rejected { generation } => one(Kind::Rejected, Event::TokenRejected { generation }),
        Input::Told(text) => match TabMessage::parse(&text, config) {
            Some(TabMessage::SignedOut { at }) => one(Kind::SignedOutElsewhere, Event::OtherTabSignedOut { at }),
            Some(TabMessage::SignedIn(whose)) => one(Kind::SignedInElsewhere, Event::OtherTabSignedIn(whose)),
            None => None,
        },
        // A page in the cache hears no other tab, and asks the hint instead.
        Input::Returned { hint } => one(Kind::Returned, Event::PageReturned { hint: Hint::parse(hint.as_deref()) }),
        Input::Watched { changed } => one(Kind::Watched, Event::SessionWatched(if changed { Word::Changed } else { Word::Error })),
        Input::Woke { visible } => one(Kind::Woke, Event::Woke { visible }),
        Input::Ticked => one(Kind::Ticked, Event::Ticked),
    }
}

fn wish(effect: Effect, config: &Config) -> Wish {
    match effect {
        Effect::OpenFrame { ticket, url, .. } => Wish::Frame { ticket, url: url.expose().to_owned() },
        // It is adopted only by a page that has one.
        Effect::AdoptFrame { ticket } => Wish::Frame { ticket, url: String::new() },
        Effect::OpenPopup { ticket, url, .. } => Wish::Popup { ticket, url: url.expose().to_owned() },
        // Requests are not pushed here, so the window has an address from the beginning.
        Effect::SendPopup { ticket, url } => Wish::Popup { ticket, url: url.expose().to_owned() },
        Effect::Examine { ticket, question, .. } => {
            Wish::Examine { ticket, question: question.map(|question| question.expose().to_owned()).unwrap_or_default() }
        }
        Effect::Send { ticket, request } => {
            let (form, cached) = match request.method {
                Method::Get(freshness) => (None, freshness == Freshness::CacheAllowed),
                Method::PostForm(form) => (Some(form.expose().to_owned()), false),
            };
            Wish::Send { ticket, url: request.url, form, cached }
        }
        Effect::Verify { ticket, checks } => {
            let check = |check: hushkey::protocol::jwks::SignatureCheck| Check {
                key: coordinate(&check.key),
                input: check.signing_input,
                signature: check.signature,
            };
            Wish::Check { ticket, checks: checks.into_iter().map(check).collect() }
        }
        Effect::Navigate { url, history } => Wish::Leave { url: url.expose().to_owned(), replaces: history == HistoryEntry::Replace },
        Effect::RewriteAddress { to } => Wish::Rewrite(to),
        Effect::Remember(record) => Wish::Keep { key: record.key().to_owned(), text: record.expose().to_owned() },
        Effect::Hint(news) => Wish::Hint(news),
        Effect::NoteRedirects(log) => Wish::NoteRedirects(log.to_text()),
        Effect::ForgetScroll => Wish::ForgetScroll,
        Effect::RestoreScroll => Wish::RestoreScroll,
        Effect::Tell(message) => Wish::Tell(message.to_text(config)),
        // None of these worlds is configured for these two.
        Effect::Submit(request) => Wish::Leave { url: request.url, replaces: false },
        Effect::Revoke(request, _) => Wish::Report(format!("a revocation at {}", request.url)),
        Effect::Report(error) => Wish::Report(error.to_string()),
    }
}

/// Whether the hint says that somebody signed out by choice.
pub(crate) fn says_signed_out(hint: Option<&str>) -> bool {
    Hint::parse(hint).last == Last::SignedOutByChoice
}

/// The text of the hint, with what a page has found out.
pub(crate) fn noted(hint: Option<&str>, news: News) -> String {
    Hint::parse(hint).with(news).to_text()
}

/// Whether a page knows that frames find nobody in this browser, who has found this out.
pub(crate) const fn frames_blocked_after(before: bool, news: News) -> bool {
    match news {
        News::SignedIn(Some(frames)) => matches!(frames, Frames::Blocked { .. }),
        News::SignedIn(None) | News::SignedOut | News::SignedOutByChoice { .. } => before,
    }
}

/// Whether the hint says that frames find nobody in this browser.
pub(crate) fn says_frames_blocked(hint: Option<&str>) -> bool {
    matches!(Hint::parse(hint).frames, Frames::Blocked { .. })
}

/// The key in `sessionStorage` of the record that belongs to an address.
pub(crate) fn record_key(address: &str, config: &Config) -> Option<String> {
    let state = callback::state_in(&SensitiveUrl::new(address))?;
    Some(transaction::key_of(config.client_id(), &state))
}

/// The relay page.
const RELAY: &str = r#"<meta name="hushkey-relay">"#;

/// How old a record in `sessionStorage` may be before a page that is loaded sweeps it away, in milliseconds.
pub(crate) const RECORD_LIFETIME: u64 = Duration::from_secs(600).as_millis() as u64;

/// What tells the keys of the simulated provider apart.
fn coordinate(key: &str) -> String {
    let key: Option<serde_json::Value> = serde_json::from_str(key).ok();
    key.and_then(|key| key["x"].as_str().map(str::to_owned)).unwrap_or_default()
}
