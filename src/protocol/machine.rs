//! The machine: every transition of a sign-in, and nothing else decides.
//!
//! [`step`] takes a state and something that happened, and gives the next state and what the world is to do. It has no clock, no
//! randomness, no browser and no waiting; it cannot fail except by giving a state.
//!
//! There is one function per phase, in the order of the walk, and each of them names every event:
//!
//! | phase | waits for | leads to |
//! |---|---|---|
//! | `Starting` | the page to be opened | `Completing` on the callback page, else `Restoring` or `SignedOut` |
//! | `Restoring` | a silent attempt, or the pause before the next | `SignedIn`, `SignedOut`, or `Leaving` where a page needs somebody |
//! | `Completing` | the code to be redeemed | `SignedIn`, `SignedOut`, or `Restoring` when the network failed |
//! | `SignedIn` | the time to renew | itself, `SignedOut`, `Leaving` |
//! | `SignedOut` | a choice | `Leaving`, `Restoring` |
//! | `Leaving` | the browser to go | `SignedOut` or `Restoring`, if it did not go or came back |
//!
//! Whatever is waited for has a deadline: [`State::deadline`] is the one timer that the driver sets.

pub use super::reaction::{Ignored, Reaction};
use super::{
    api::{self, TokenAnswer},
    attempt::{Attempt, Progress},
    authorize::{self, Manner, SignInOptions},
    callback::{self, Parameters},
    config::Config,
    error::{Error, Finding, NetworkFailure, SilentFailure},
    hint::Hint,
    knowledge::Knowledge,
    logout,
    received::Previous,
    retry,
    secret::StateParameter,
    session::Session,
    tab_message::TabMessage,
    time::{Moment, UnixTime},
    transaction::{Pending, Record, Ticket},
    turn::{Effect, Event, HistoryEntry, Opened, Turn},
    view::{Delay, Destination, Reason, View},
};
use std::{rc::Rc, time::Duration};
use url::Url;

/// The whole state of a sign-in in one page.
#[derive(Debug)]
pub struct State {
    phase: Phase,
    ground: Ground,
    tickets: u64,
}

/// What a step gave.
#[derive(Debug)]
pub struct Step {
    /// The next state.
    pub state: State,
    /// What the world is to do, in this order.
    pub effects: Vec<Effect>,
    /// Whether the event was taken.
    pub reaction: Reaction,
}

/// What is true at present. Tokens exist in `SignedIn` alone (and in an [`Attempt`] that has not made a session of them yet).
#[derive(Debug)]
enum Phase {
    Starting,
    Restoring { pursuit: Pursuit, trouble: Option<Error> },
    Completing { attempt: Attempt },
    SignedIn { session: Box<Session>, renewal: Renewal },
    SignedOut(Reason),
    Leaving { purpose: Purpose, until: UnixTime },
}

/// An attempt, or the pause before the next one.
#[derive(Debug)]
enum Pursuit {
    Attempting { attempt: Box<Attempt>, failed_tries: u32 },
    Waiting { until: UnixTime, cause: Error, failed_tries: u32 },
}

#[derive(Debug)]
enum Renewal {
    Resting,
    Pursuing(Pursuit),
}

#[derive(Debug)]
enum Purpose {
    /// The provider's endpoints have to become known before the page can leave.
    PrepareSignIn {
        options: SignInOptions,
        history: HistoryEntry,
    },
    SignIn,
    SignOut,
}

/// What outlives a phase: facts about the provider and about this page load.
#[derive(Debug, Default)]
struct Ground {
    knowledge: Knowledge,
    /// A protected page that waits for somebody.
    needed: Option<String>,
    /// Where to go once somebody is signed in, if the present address is one of the protocol's own.
    landing: Option<String>,
    /// Whether this page load has had its one redirect that nobody chose.
    redirect_spent: bool,
    framed: bool,
}

/// After so many failures in a row a restore is given up; the person can try again.
const RESTORE_TRIES: u32 = 8;

/// The browser has this long to leave the page: half a minute.
const LEAVING_PATIENCE: Duration = Duration::from_secs(30);

/// A phase, and what was done with the event that led to it.
type Moved = (Phase, Reaction);

impl Default for State {
    fn default() -> Self {
        Self::new()
    }
}

impl State {
    /// Before anything has happened.
    #[must_use]
    pub fn new() -> Self {
        Self { phase: Phase::Starting, ground: Ground::default(), tickets: 0 }
    }

    /// When time alone changes something: send [`Event::Ticked`] then. An earlier tick does no harm.
    #[must_use]
    pub fn deadline(&self) -> Option<UnixTime> {
        match &self.phase {
            Phase::Starting | Phase::SignedOut(_) => None,
            Phase::Restoring { pursuit, .. } => Some(pursuit.deadline()),
            Phase::Completing { attempt } => Some(attempt.deadline()),
            Phase::SignedIn { session, renewal: Renewal::Resting } => Some(session.lifetime.renew_at),
            Phase::SignedIn { renewal: Renewal::Pursuing(pursuit), .. } => Some(pursuit.deadline()),
            Phase::Leaving { until, .. } => Some(*until),
        }
    }

    /// Whether an answer with this ticket is still waited for. A frame or a request that is not can be dropped.
    #[must_use]
    pub fn holds(&self, ticket: Ticket) -> bool {
        let attempt = match &self.phase {
            Phase::Completing { attempt } => Some(attempt),
            Phase::Restoring { pursuit: Pursuit::Attempting { attempt, .. }, .. }
            | Phase::SignedIn { renewal: Renewal::Pursuing(Pursuit::Attempting { attempt, .. }), .. } => Some(&**attempt),
            Phase::Starting | Phase::Restoring { .. } | Phase::SignedIn { .. } | Phase::SignedOut(_) | Phase::Leaving { .. } => None,
        };
        self.ground.knowledge.holds(ticket) || attempt.is_some_and(|attempt| attempt.holds(ticket))
    }

    /// What the app may see.
    #[must_use]
    pub fn view(&self) -> View {
        match &self.phase {
            Phase::Starting => View::Restoring { delay: None },
            Phase::Restoring { pursuit, .. } => View::Restoring { delay: pursuit.delay() },
            Phase::Completing { .. } => View::Completing,
            Phase::SignedIn { session, .. } => View::SignedIn(Rc::clone(&session.person)),
            Phase::SignedOut(reason) => View::SignedOut(reason.clone()),
            Phase::Leaving { purpose: Purpose::SignOut, .. } => View::Leaving(Destination::SignOut),
            Phase::Leaving { .. } => View::Leaving(Destination::SignIn),
        }
    }

    /// What a call to an API at this address is to do.
    #[must_use]
    pub fn token_for(&self, address: &str, now: UnixTime, config: &Config) -> TokenAnswer {
        if api::resolve(address, config).is_none() {
            return TokenAnswer::NotAllowed;
        }
        match &self.phase {
            Phase::Starting | Phase::Restoring { .. } | Phase::Completing { .. } => TokenAnswer::Wait,
            Phase::SignedIn { session, .. } if session.is_usable(now) => {
                TokenAnswer::Attach { token: session.access_token.clone(), generation: session.generation }
            }
            Phase::SignedIn { renewal: Renewal::Resting, .. } => TokenAnswer::Renew,
            Phase::SignedIn { renewal: Renewal::Pursuing(_), .. } => TokenAnswer::Wait,
            Phase::SignedOut(_) | Phase::Leaving { .. } => TokenAnswer::SignedOut,
        }
    }

    /// When the access token expires.
    #[must_use]
    pub fn token_expires_at(&self) -> Option<UnixTime> {
        self.session().map(|session| session.lifetime.expires_at)
    }

    /// A number that is another with every new token. Two tokens may well expire in the same second.
    #[must_use]
    pub fn token_generation(&self) -> Option<u64> {
        self.session().map(|session| session.generation)
    }

    /// The scopes that were granted.
    #[must_use]
    pub fn granted_scopes(&self) -> &[String] {
        self.session().map_or(&[], |session| &session.scopes)
    }

    /// Whether a new token is being asked for.
    #[must_use]
    pub fn is_renewing(&self) -> bool {
        matches!(self.phase, Phase::SignedIn { renewal: Renewal::Pursuing(_), .. })
    }

    fn session(&self) -> Option<&Session> {
        match &self.phase {
            Phase::SignedIn { session, .. } => Some(session),
            Phase::Starting | Phase::Restoring { .. } | Phase::Completing { .. } | Phase::SignedOut(_) | Phase::Leaving { .. } => None,
        }
    }
}

/// What happens next.
#[must_use]
pub fn step(state: State, event: Event, at: &Moment, config: &Config) -> Step {
    let State { phase, mut ground, tickets } = state;
    let mut turn = Turn::new(at, tickets, config);
    let turn_ref = &mut turn;
    let (phase, reaction) = match event {
        // The provider's documents are everybody's; the phases only hear that there is news.
        Event::Responded { ticket, outcome } if ground.knowledge.holds(ticket) => {
            let result = ground.knowledge.responded(outcome, turn_ref);
            (phase.learned(result, &mut ground, turn_ref), Reaction::Taken)
        }
        event => match phase {
            Phase::Starting => starting(event, &mut ground, turn_ref),
            Phase::Restoring { pursuit, trouble } => restoring(pursuit, trouble, event, &mut ground, turn_ref),
            Phase::Completing { attempt } => completing(attempt, event, &mut ground, turn_ref),
            Phase::SignedIn { session, renewal } => signed_in(session, renewal, event, &mut ground, turn_ref),
            Phase::SignedOut(reason) => signed_out(reason, event, &mut ground, turn_ref),
            Phase::Leaving { purpose, until } => leaving(purpose, until, event, &mut ground, turn_ref),
        },
    };
    let (effects, tickets) = turn.finish();
    Step { state: State { phase, ground, tickets }, effects, reaction }
}

const fn taken(phase: Phase) -> Moved {
    (phase, Reaction::Taken)
}

const fn ignored(phase: Phase, why: Ignored) -> Moved {
    (phase, Reaction::Ignored(why))
}

// ---------------------------------------------------------------------------------------------------------------- 1. Page load

fn starting(event: Event, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    match event {
        Event::Opened(opened) => taken(open(opened, ground, turn)),
        Event::SignInChosen(_)
        | Event::SignOutChosen
        | Event::SignInNeeded { .. }
        | Event::SignInNoLongerNeeded
        | Event::RenewalChosen
        | Event::RetryChosen
        | Event::FrameSpoke { .. }
        | Event::Responded { .. }
        | Event::Verified { .. }
        | Event::TokenRejected { .. }
        | Event::OtherTabSignedOut
        | Event::PageReturned
        | Event::Woke
        | Event::Ticked => ignored(Phase::Starting, Ignored::NotNow),
    }
}

fn open(opened: Opened, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    let Opened { address, remembered, hint, framed } = opened;
    ground.framed = framed;
    let Ok(address) = Url::parse(address.expose()) else {
        return look_up(None, hint, ground, turn);
    };
    let (query, fragment) = (address.query().unwrap_or_default(), address.fragment().unwrap_or_default());
    if address.path() == turn.config.redirect_path {
        return open_callback(query, fragment, remembered, hint, ground, turn);
    }
    if address.path() == turn.config.post_logout_path {
        return open_after_sign_out(query, remembered, hint, ground, turn);
    }
    // A response anywhere else is not for us: it is not processed, and does not stay in the address.
    if callback::looks_like_response(query, fragment) {
        let mut clean = address.clone();
        let rest = callback::without_response(query);
        clean.set_query(Some(rest.as_str()).filter(|rest| !rest.is_empty()));
        clean.set_fragment(None);
        turn.ask(Effect::RewriteAddress { to: super::address::relative(&clean) });
    }
    look_up(None, hint, ground, turn)
}

/// The callback page. The address is scrubbed first of all, and the transaction is gone from the store already.
fn open_callback(query: &str, fragment: &str, remembered: Option<Record>, hint: Hint, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    turn.ask(Effect::RewriteAddress { to: turn.config.redirect_path.clone() });
    ground.landing = Some("/".to_owned());
    if query.is_empty() && fragment.is_empty() {
        // Reloaded after it was scrubbed: there is nothing to complete, and perhaps somebody to find.
        return look_up(None, hint, ground, turn);
    }
    let trouble = |finding| Error::AuthorizationResponse(finding);
    let parameters = match Parameters::read(query, fragment) {
        Ok(parameters) => parameters,
        Err(finding) => return look_up(Some(trouble(finding)), hint, ground, turn),
    };
    let pending = match remembered {
        None => Err(Finding::invalid("state", "unknown: this sign-in was not begun in this tab, or was completed before")),
        Some(record) => Pending::from_record(&record, turn.config, turn.now),
    };
    match pending {
        Ok(Pending::SignIn { transaction, return_to }) => {
            ground.landing = Some(return_to);
            match callback::process_authorization_response(&parameters, &transaction) {
                Ok(code) => Phase::Completing { attempt: Attempt::redeem(code, transaction, &mut ground.knowledge, turn) },
                Err(Error::AuthorizationResponse(finding)) => look_up(Some(trouble(finding)), hint, ground, turn),
                Err(error) => problem(error, turn),
            }
        }
        Ok(Pending::SignOut { .. }) => look_up(Some(trouble(Finding::invalid("state", "belongs to a sign-out"))), hint, ground, turn),
        // A forged or stale link ends no session that exists: it is looked for, and only if there is none the person hears of it.
        Err(finding) => look_up(Some(trouble(finding)), hint, ground, turn),
    }
}

/// Back from the provider after a sign-out. A wrong `state` changes nothing about being signed out; it is never a reason to sign in.
fn open_after_sign_out(query: &str, remembered: Option<Record>, hint: Hint, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    if !query.is_empty() {
        turn.ask(Effect::RewriteAddress { to: turn.config.post_logout_path.clone() });
    }
    let confirmed = remembered
        .and_then(|record| Pending::from_record(&record, turn.config, turn.now).ok())
        .zip(Parameters::read(query, "").ok())
        .is_some_and(|(pending, parameters)| matches!(pending, Pending::SignOut { .. }) && parameters.is_state_of(pending.state()));
    if confirmed || hint == Hint::SignedOutByChoice {
        return Phase::SignedOut(Reason::ByChoice);
    }
    look_up(None, hint, ground, turn)
}

/// Looks for a session once per page load, unless the person signed out themselves: they are not looked up behind their back.
fn look_up(trouble: Option<Error>, hint: Hint, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    if ground.framed {
        return problem(Error::Silent(SilentFailure::Blocked("the app itself is shown in a frame")), turn);
    }
    match (hint, trouble) {
        (Hint::SignedOutByChoice, Some(trouble)) => problem(trouble, turn),
        (Hint::SignedOutByChoice, None) => Phase::SignedOut(Reason::ByChoice),
        (Hint::Unknown | Hint::SignedIn | Hint::SignedOut, trouble) => restore(trouble, 0, ground, turn),
    }
}

fn problem(error: Error, turn: &mut Turn<'_>) -> Phase {
    turn.ask(Effect::Report(error.clone()));
    Phase::SignedOut(Reason::Problem(error))
}

// -------------------------------------------------------------------------------------------------------------------- 2. Restore

fn restore(trouble: Option<Error>, failed_tries: u32, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    let attempt = Box::new(Attempt::silent(None, &mut ground.knowledge, turn));
    Phase::Restoring { pursuit: Pursuit::Attempting { attempt, failed_tries }, trouble }
}

fn restoring(pursuit: Pursuit, trouble: Option<Error>, event: Event, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    match event {
        Event::FrameSpoke { .. } | Event::Responded { .. } | Event::Verified { .. } => match pursuit.answered(event, ground, turn) {
            Answered::Progress(progress, failed_tries) => after_restore(progress, failed_tries, trouble, ground, turn),
            Answered::Nobody(pursuit) => ignored(Phase::Restoring { pursuit, trouble }, Ignored::Stale),
        },
        Event::SignInNeeded { place } => {
            ground.needed = Some(place);
            taken(Phase::Restoring { pursuit, trouble })
        }
        Event::SignInNoLongerNeeded => {
            ground.needed = None;
            taken(Phase::Restoring { pursuit, trouble })
        }
        Event::Ticked => match pursuit.ticked(turn.now) {
            Ticked::Early(pursuit) => ignored(Phase::Restoring { pursuit, trouble }, Ignored::Early),
            Ticked::Retry { failed_tries } => taken(restore(trouble, failed_tries, ground, turn)),
            Ticked::Expired { error, failed_tries } => after_restore(Progress::Failed(error), failed_tries, trouble, ground, turn),
        },
        Event::RetryChosen | Event::Woke => match pursuit {
            Pursuit::Waiting { failed_tries, .. } => taken(restore(trouble, failed_tries, ground, turn)),
            Pursuit::Attempting { .. } => ignored(Phase::Restoring { pursuit, trouble }, Ignored::AlreadyUnderWay),
        },
        Event::SignInChosen(options) => taken(leave_to_sign_in(options, HistoryEntry::Keep, ground, turn)),
        Event::SignOutChosen => taken(sign_out(None, turn)),
        Event::OtherTabSignedOut => taken(Phase::SignedOut(Reason::Elsewhere)),
        Event::PageReturned => taken(restore(trouble, 0, ground, turn)),
        Event::Opened(_) => ignored(Phase::Restoring { pursuit, trouble }, Ignored::OpenedBefore),
        Event::RenewalChosen | Event::TokenRejected { .. } => ignored(Phase::Restoring { pursuit, trouble }, Ignored::NotNow),
    }
}

fn after_restore(progress: Progress, failed_tries: u32, trouble: Option<Error>, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    match progress {
        Progress::Waiting(attempt) => {
            taken(Phase::Restoring { pursuit: Pursuit::Attempting { attempt: Box::new(attempt), failed_tries }, trouble })
        }
        Progress::Unmoved(attempt, why) => {
            ignored(Phase::Restoring { pursuit: Pursuit::Attempting { attempt: Box::new(attempt), failed_tries }, trouble }, why)
        }
        Progress::Done(session) => taken(enter(session, ground, turn)),
        Progress::Failed(error) | Progress::RefreshRefused(error, _) => {
            taken(restore_failed(error, failed_tries + 1, trouble, ground, turn))
        }
    }
}

fn restore_failed(error: Error, failed_tries: u32, trouble: Option<Error>, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    match error {
        Error::Silent(SilentFailure::LoginRequired) => nobody(trouble, ground, turn),
        // The provider can be reached and did not answer in the frame, or wants to ask something: only a page of its own will tell.
        Error::Silent(_) => {
            turn.ask(Effect::Report(error));
            nobody(trouble, ground, turn)
        }
        error if error.is_transient() && failed_tries < RESTORE_TRIES => {
            turn.ask(Effect::Report(error.clone()));
            Phase::Restoring { pursuit: Pursuit::pause(error, failed_tries, turn), trouble }
        }
        error => problem(error, turn),
    }
}

/// There is no session. A page that needs one sends the person to sign in, at most once per page load, and never after something went wrong.
fn nobody(trouble: Option<Error>, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    turn.ask(Effect::Hint(Hint::SignedOut));
    if let Some(trouble) = trouble {
        return problem(trouble, turn);
    }
    match ground.needed.take() {
        Some(place) => send_to_sign_in(place, ground, turn),
        None => Phase::SignedOut(Reason::NoSession),
    }
}

/// The one redirect of a page load that nobody chose.
fn send_to_sign_in(place: String, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    if ground.redirect_spent {
        return Phase::SignedOut(Reason::NoSession);
    }
    ground.redirect_spent = true;
    let options = SignInOptions { return_to: Some(place), ..SignInOptions::default() };
    leave_to_sign_in(options, HistoryEntry::Replace, ground, turn)
}

// ----------------------------------------------------------------------------------------------------------------- 3. Completing

fn completing(attempt: Attempt, event: Event, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    match event {
        Event::Responded { ticket, outcome } if attempt.holds(ticket) => {
            after_completing(attempt.responded(outcome, &mut ground.knowledge, turn), ground, turn)
        }
        Event::Verified { ticket, verdict } if attempt.holds(ticket) => after_completing(attempt.verified(verdict, turn), ground, turn),
        Event::FrameSpoke { .. } | Event::Responded { .. } | Event::Verified { .. } => {
            ignored(Phase::Completing { attempt }, Ignored::Stale)
        }
        Event::Ticked if turn.now >= attempt.deadline() => after_completing(Progress::Failed(attempt.expired()), ground, turn),
        Event::Ticked => ignored(Phase::Completing { attempt }, Ignored::Early),
        Event::SignInChosen(options) => taken(leave_to_sign_in(options, HistoryEntry::Keep, ground, turn)),
        Event::SignOutChosen => taken(sign_out(None, turn)),
        Event::OtherTabSignedOut => taken(Phase::SignedOut(Reason::Elsewhere)),
        Event::Opened(_) => ignored(Phase::Completing { attempt }, Ignored::OpenedBefore),
        Event::SignInNeeded { .. }
        | Event::SignInNoLongerNeeded
        | Event::RenewalChosen
        | Event::RetryChosen
        | Event::TokenRejected { .. }
        | Event::PageReturned
        | Event::Woke => ignored(Phase::Completing { attempt }, Ignored::NotNow),
    }
}

fn after_completing(progress: Progress, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    match progress {
        Progress::Waiting(attempt) => taken(Phase::Completing { attempt }),
        Progress::Unmoved(attempt, why) => ignored(Phase::Completing { attempt }, why),
        Progress::Done(session) => taken(enter(session, ground, turn)),
        // The code may or may not have been used up, so it is not sent again. The provider knows the person by now: ask silently.
        Progress::Failed(error) | Progress::RefreshRefused(error, _) if error.is_transient() => {
            taken(restore_failed(error.clone(), 1, Some(error), ground, turn))
        }
        Progress::Failed(error) | Progress::RefreshRefused(error, _) => taken(problem(error, turn)),
    }
}

// ------------------------------------------------------------------------------------------------------------------ 4. Signed in

/// The one way into a session.
fn enter(session: Box<Session>, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    ground.needed = None;
    turn.ask(Effect::Hint(Hint::SignedIn));
    if let Some(place) = ground.landing.take() {
        turn.ask(Effect::RewriteAddress { to: place });
    }
    Phase::SignedIn { session, renewal: Renewal::Resting }
}

fn signed_in(session: Box<Session>, renewal: Renewal, event: Event, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    let stay = |session, renewal| Phase::SignedIn { session, renewal };
    match event {
        Event::FrameSpoke { .. } | Event::Responded { .. } | Event::Verified { .. } => match renewal {
            Renewal::Pursuing(pursuit) => match pursuit.answered(event, ground, turn) {
                Answered::Progress(progress, failed_tries) => after_renewal(session, progress, failed_tries, ground, turn),
                Answered::Nobody(pursuit) => ignored(stay(session, Renewal::Pursuing(pursuit)), Ignored::Stale),
            },
            Renewal::Resting => ignored(stay(session, renewal), Ignored::Stale),
        },
        Event::Ticked => match renewal {
            Renewal::Resting if turn.now >= session.lifetime.renew_at => taken(renew(session, 0, ground, turn)),
            Renewal::Resting => ignored(stay(session, renewal), Ignored::Early),
            Renewal::Pursuing(pursuit) => match pursuit.ticked(turn.now) {
                Ticked::Early(pursuit) => ignored(stay(session, Renewal::Pursuing(pursuit)), Ignored::Early),
                Ticked::Retry { failed_tries } => taken(renew(session, failed_tries, ground, turn)),
                Ticked::Expired { error, failed_tries } => after_renewal(session, Progress::Failed(error), failed_tries, ground, turn),
            },
        },
        Event::RenewalChosen | Event::RetryChosen => match renewal {
            Renewal::Resting => taken(renew(session, 0, ground, turn)),
            Renewal::Pursuing(Pursuit::Waiting { failed_tries, .. }) => taken(renew(session, failed_tries, ground, turn)),
            Renewal::Pursuing(Pursuit::Attempting { .. }) => ignored(stay(session, renewal), Ignored::AlreadyUnderWay),
        },
        Event::Woke => match renewal {
            Renewal::Resting if turn.now >= session.lifetime.renew_at => taken(renew(session, 0, ground, turn)),
            Renewal::Pursuing(Pursuit::Waiting { failed_tries, .. }) => taken(renew(session, failed_tries, ground, turn)),
            Renewal::Resting => ignored(stay(session, renewal), Ignored::Early),
            Renewal::Pursuing(Pursuit::Attempting { .. }) => ignored(stay(session, renewal), Ignored::AlreadyUnderWay),
        },
        Event::TokenRejected { generation } if generation == session.generation => {
            let session = Box::new(Session { rejected: true, ..*session });
            match renewal {
                Renewal::Resting => taken(renew(session, 0, ground, turn)),
                Renewal::Pursuing(_) => taken(stay(session, renewal)),
            }
        }
        Event::TokenRejected { .. } => ignored(stay(session, renewal), Ignored::Stale),
        Event::SignInChosen(options) => taken(leave_to_sign_in(options, HistoryEntry::Keep, ground, turn)),
        Event::SignOutChosen => taken(sign_out(Some((session, ground)), turn)),
        Event::OtherTabSignedOut => taken(Phase::SignedOut(Reason::Elsewhere)),
        Event::PageReturned | Event::SignInNeeded { .. } | Event::SignInNoLongerNeeded => ignored(stay(session, renewal), Ignored::NotNow),
        Event::Opened(_) => ignored(stay(session, renewal), Ignored::OpenedBefore),
    }
}

/// Asks for new tokens: by the refresh token if there is one, else silently. The old token stays in use until it expires.
fn renew(session: Box<Session>, failed_tries: u32, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    let previous = Previous::of(&session);
    let attempt = match &session.refresh_token {
        Some(refresh_token) => Attempt::refresh(refresh_token.clone(), previous, &mut ground.knowledge, turn),
        None => Attempt::silent(Some(previous), &mut ground.knowledge, turn),
    };
    Phase::SignedIn { session, renewal: Renewal::Pursuing(Pursuit::Attempting { attempt: Box::new(attempt), failed_tries }) }
}

fn after_renewal(session: Box<Session>, progress: Progress, failed_tries: u32, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    let pursue = |session, attempt| Phase::SignedIn {
        session,
        renewal: Renewal::Pursuing(Pursuit::Attempting { attempt: Box::new(attempt), failed_tries }),
    };
    match progress {
        Progress::Waiting(attempt) => taken(pursue(session, attempt)),
        Progress::Unmoved(attempt, why) => ignored(pursue(session, attempt), why),
        Progress::Done(renewed) => taken(Phase::SignedIn { session: renewed, renewal: Renewal::Resting }),
        Progress::RefreshRefused(error, previous) => {
            turn.ask(Effect::Report(error));
            let session = Box::new(Session { refresh_token: None, ..*session });
            let attempt = Attempt::silent(Some(previous), &mut ground.knowledge, turn);
            taken(pursue(session, attempt))
        }
        Progress::Failed(error) => taken(renewal_failed(*session, error, failed_tries + 1, turn)),
    }
}

/// A transient failure never ends a session that could still be renewed. An answer that says so does.
fn renewal_failed(session: Session, error: Error, failed_tries: u32, turn: &mut Turn<'_>) -> Phase {
    if error.is_transient() {
        // A refresh that was sent and not answered may have been carried out: the token is then used up, and sending it again could end
        // the whole grant. The silent way is open.
        let refresh_token = session.refresh_token.clone().filter(|_| !is_ambiguous(&error));
        turn.ask(Effect::Report(error.clone()));
        let renewal = Renewal::Pursuing(Pursuit::pause(error, failed_tries, turn));
        return Phase::SignedIn { session: Box::new(Session { refresh_token, ..session }), renewal };
    }
    turn.ask(Effect::Hint(Hint::SignedOut));
    match error {
        Error::Silent(SilentFailure::AccountChanged) => Phase::SignedOut(Reason::AccountChanged),
        Error::Silent(_) => {
            turn.ask(Effect::Report(error));
            Phase::SignedOut(Reason::SessionEnded)
        }
        error => problem(error, turn),
    }
}

/// Whether a request may have been carried out although no answer came.
const fn is_ambiguous(error: &Error) -> bool {
    matches!(error, Error::Network(NetworkFailure::Timeout | NetworkFailure::TooLarge))
}

// ----------------------------------------------------------------------------------------------------------------- 5. Signed out

fn signed_out(reason: Reason, event: Event, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    match event {
        Event::SignInChosen(options) => taken(leave_to_sign_in(options, HistoryEntry::Keep, ground, turn)),
        Event::SignInNeeded { place } => match reason {
            Reason::NoSession if !ground.redirect_spent => taken(send_to_sign_in(place, ground, turn)),
            Reason::NoSession
            | Reason::ByChoice
            | Reason::Elsewhere
            | Reason::SessionEnded
            | Reason::AccountChanged
            | Reason::Problem(_) => ignored(Phase::SignedOut(reason), Ignored::NotNow),
        },
        Event::SignOutChosen => taken(sign_out(None, turn)),
        Event::RetryChosen => taken(restore(None, 0, ground, turn)),
        Event::OtherTabSignedOut if reason == Reason::NoSession => taken(Phase::SignedOut(Reason::Elsewhere)),
        Event::Opened(_) => ignored(Phase::SignedOut(reason), Ignored::OpenedBefore),
        Event::FrameSpoke { .. } | Event::Responded { .. } | Event::Verified { .. } | Event::TokenRejected { .. } => {
            ignored(Phase::SignedOut(reason), Ignored::Stale)
        }
        Event::SignInNoLongerNeeded
        | Event::RenewalChosen
        | Event::OtherTabSignedOut
        | Event::PageReturned
        | Event::Woke
        | Event::Ticked => ignored(Phase::SignedOut(reason), Ignored::NotNow),
    }
}

// -------------------------------------------------------------------------------------------------------------------- 6. Leaving

/// Goes to the provider, as soon as it is known where that is.
fn leave_to_sign_in(options: SignInOptions, history: HistoryEntry, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    let until = turn.now.plus(LEAVING_PATIENCE);
    let Some(metadata) = ground.knowledge.metadata(turn) else {
        ground.knowledge.want(turn);
        return Phase::Leaving { purpose: Purpose::PrepareSignIn { options, history }, until };
    };
    let wanted = options.return_to.as_deref().and_then(|place| turn.config.place_in_app(place));
    let return_to = wanted.or_else(|| ground.landing.clone()).unwrap_or_else(|| "/".to_owned());
    let (url, transaction) =
        authorize::authorization_request(&Manner::Redirect(&options), &metadata, turn.now, &mut turn.generator, turn.config);
    let record = Pending::SignIn { transaction, return_to }.to_record(turn.config);
    turn.ask(Effect::Remember(record));
    turn.ask(Effect::Navigate { url, history });
    Phase::Leaving { purpose: Purpose::SignIn, until }
}

/// Ends the session here first, whatever becomes of the rest: the tokens are gone with this step.
fn sign_out(session: Option<(Box<Session>, &mut Ground)>, turn: &mut Turn<'_>) -> Phase {
    turn.ask(Effect::Hint(Hint::SignedOutByChoice));
    turn.ask(Effect::Tell(TabMessage::SignedOut));
    let endpoint = session.and_then(|(session, ground)| Some((session.id_token, ground.knowledge.metadata(turn)?.end_session_endpoint?)));
    let Some((id_token, endpoint)) = endpoint else {
        turn.ask(Effect::RewriteAddress { to: turn.config.post_logout_path.clone() });
        return Phase::SignedOut(Reason::ByChoice);
    };
    let state = StateParameter::new(turn.generator.token());
    let url = logout::logout_url(&endpoint, &id_token, &state, turn.config);
    let record = Pending::SignOut { state, begun: turn.now }.to_record(turn.config);
    turn.ask(Effect::Remember(record));
    turn.ask(Effect::Navigate { url, history: HistoryEntry::Replace });
    Phase::Leaving { purpose: Purpose::SignOut, until: turn.now.plus(LEAVING_PATIENCE) }
}

fn leaving(purpose: Purpose, until: UnixTime, event: Event, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    match event {
        Event::PageReturned => taken(match purpose {
            Purpose::SignOut => Phase::SignedOut(Reason::ByChoice),
            Purpose::SignIn | Purpose::PrepareSignIn { .. } => restore(None, 0, ground, turn),
        }),
        Event::Ticked if turn.now >= until => taken(match purpose {
            Purpose::SignOut => Phase::SignedOut(Reason::ByChoice),
            Purpose::SignIn | Purpose::PrepareSignIn { .. } => problem(Error::Network(NetworkFailure::Timeout), turn),
        }),
        Event::Ticked => ignored(Phase::Leaving { purpose, until }, Ignored::Early),
        Event::SignOutChosen if !matches!(purpose, Purpose::SignOut) => taken(sign_out(None, turn)),
        Event::OtherTabSignedOut if matches!(purpose, Purpose::PrepareSignIn { .. }) => taken(Phase::SignedOut(Reason::Elsewhere)),
        Event::SignInChosen(_) | Event::SignOutChosen => ignored(Phase::Leaving { purpose, until }, Ignored::AlreadyUnderWay),
        Event::Opened(_) => ignored(Phase::Leaving { purpose, until }, Ignored::OpenedBefore),
        Event::FrameSpoke { .. } | Event::Responded { .. } | Event::Verified { .. } | Event::TokenRejected { .. } => {
            ignored(Phase::Leaving { purpose, until }, Ignored::Stale)
        }
        Event::SignInNeeded { .. }
        | Event::SignInNoLongerNeeded
        | Event::RenewalChosen
        | Event::RetryChosen
        | Event::OtherTabSignedOut
        | Event::Woke => ignored(Phase::Leaving { purpose, until }, Ignored::NotNow),
    }
}

// --------------------------------------------------------------------------------------------- News of the provider, and pursuits

impl Phase {
    /// Something was learned about the provider, or could not be.
    fn learned(self, result: Result<(), Error>, ground: &mut Ground, turn: &mut Turn<'_>) -> Self {
        match self {
            Self::Restoring { pursuit: Pursuit::Attempting { attempt, failed_tries }, trouble } => {
                let progress = attempt.learned(result, &mut ground.knowledge, turn);
                after_restore(progress, failed_tries, trouble, ground, turn).0
            }
            Self::Completing { attempt } => {
                let progress = attempt.learned(result, &mut ground.knowledge, turn);
                after_completing(progress, ground, turn).0
            }
            Self::SignedIn { session, renewal: Renewal::Pursuing(Pursuit::Attempting { attempt, failed_tries }) } => {
                let progress = attempt.learned(result, &mut ground.knowledge, turn);
                after_renewal(session, progress, failed_tries, ground, turn).0
            }
            Self::Leaving { purpose: Purpose::PrepareSignIn { options, history }, until } => match result {
                Ok(()) if ground.knowledge.metadata(turn).is_some() => leave_to_sign_in(options, history, ground, turn),
                Ok(()) => Self::Leaving { purpose: Purpose::PrepareSignIn { options, history }, until },
                Err(error) => problem(error, turn),
            },
            Self::Starting | Self::Restoring { .. } | Self::SignedIn { .. } | Self::SignedOut(_) | Self::Leaving { .. } => self,
        }
    }
}

enum Answered {
    Progress(Progress, u32),
    Nobody(Pursuit),
}

enum Ticked {
    Early(Pursuit),
    Retry { failed_tries: u32 },
    Expired { error: Error, failed_tries: u32 },
}

impl Pursuit {
    /// The pause after a failure.
    fn pause(cause: Error, failed_tries: u32, turn: &mut Turn<'_>) -> Self {
        let until = turn.now.plus(retry::pause(failed_tries, &mut turn.generator));
        Self::Waiting { until, cause, failed_tries }
    }

    const fn deadline(&self) -> UnixTime {
        match self {
            Self::Attempting { attempt, .. } => attempt.deadline(),
            Self::Waiting { until, .. } => *until,
        }
    }

    fn delay(&self) -> Option<Delay> {
        match self {
            Self::Attempting { .. } => None,
            Self::Waiting { until, cause, .. } => Some(Delay { cause: cause.clone(), next_try: *until }),
        }
    }

    fn ticked(self, now: UnixTime) -> Ticked {
        if now < self.deadline() {
            return Ticked::Early(self);
        }
        match self {
            Self::Attempting { attempt, failed_tries } => Ticked::Expired { error: attempt.expired(), failed_tries },
            Self::Waiting { failed_tries, .. } => Ticked::Retry { failed_tries },
        }
    }

    /// Hands an answer to the attempt that waits for it.
    fn answered(self, event: Event, ground: &mut Ground, turn: &mut Turn<'_>) -> Answered {
        let Self::Attempting { attempt, failed_tries } = self else { return Answered::Nobody(self) };
        let progress = match event {
            Event::FrameSpoke { ticket, message } if attempt.holds(ticket) => attempt.frame_spoke(&message, turn),
            Event::Responded { ticket, outcome } if attempt.holds(ticket) => attempt.responded(outcome, &mut ground.knowledge, turn),
            Event::Verified { ticket, verdict } if attempt.holds(ticket) => attempt.verified(verdict, turn),
            _ => return Answered::Nobody(Self::Attempting { attempt, failed_tries }),
        };
        Answered::Progress(progress, failed_tries)
    }
}
