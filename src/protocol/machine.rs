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
//! | `Restoring` | a silent attempt, the pause before the next, or to be seen | `SignedIn`, `SignedOut`, or `Leaving` where a page needs somebody or a frame cannot tell |
//! | `Completing` | the code to be redeemed | `SignedIn`, `SignedOut`, or `Restoring` when the network failed |
//! | `SignedIn` | the time to renew, or the person where only they can | itself, `SignedOut`, `Leaving` |
//! | `SignedOut` | a choice, or another tab | `Leaving`, `Restoring` |
//! | `Leaving` | the browser to go | `SignedOut` or `Restoring`, if it did not go or came back |
//!
//! Beside the phase stand facts that are true in all of them (`ground.rs`), and the window that the person may have been shown: its answer is as good
//! in one phase as in another.
//!
//! Whatever is waited for has a deadline, except people: [`State::deadline`] is the one timer that the driver sets.

pub use super::reaction::{Ignored, Reaction};
use super::{
    api::{self, Target, TokenAnswer},
    attempt::{Attempt, Progress, REQUEST_PATIENCE, Way},
    authorize::{Manner, SignInOptions},
    callback::{self, Parameters, ResponseMode},
    checks::{Checks, Subject},
    config::Config,
    dpop::{BoundToken, Thumbprint},
    error::{Error, Finding, NetworkFailure, SilentFailure, StepUpFailure},
    ground::{Ground, Popup},
    hint::{Hint, Last, News},
    logout,
    monitoring::{Watch, Word},
    par::{self, Pushing, Request},
    pursuit::{Answered, Pursuit, Ticked},
    received::Previous,
    revocation::{self, Before},
    secret::{SensitiveUrl, StateParameter},
    session::{Refresh, Session},
    step_up::{self, StepUpChallenge},
    tab_message::{TabMessage, Whose},
    time::{Clocks, Moment, UnixTime},
    transaction::{Journey, Pending, Record, Ticket, Transaction},
    turn::{Effect, Event, HistoryEntry, Opened, Turn},
    user_info,
    view::{Destination, Reason, View},
    window::{self, Window},
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
    Leaving { purpose: Purpose, until: Clocks },
}

#[derive(Debug)]
enum Renewal {
    Resting,
    Pursuing(Pursuit),
    /// Another of the person's organisations is asked for silently.
    Switching {
        attempt: Box<Attempt>,
        id: String,
    },
    /// Only the person can renew it.
    Paused(Error),
}

#[derive(Debug)]
enum Purpose {
    /// The provider's endpoints have to become known before the page can leave.
    Prepare(Departure),
    /// The request has to be pushed before the page can leave.
    Push(Departure, Pushing),
    /// It is leaving.
    Depart(Journey),
    SignOut,
}

impl Purpose {
    /// What the provider is gone to for. To sign out is no journey: it ends there.
    const fn journey(&self) -> Option<Journey> {
        match self {
            Self::Prepare(departure) | Self::Push(departure, _) => Some(departure.journey()),
            Self::Depart(journey) => Some(*journey),
            Self::SignOut => None,
        }
    }
}

/// A way to the provider.
#[derive(Debug)]
enum Departure {
    /// To sign in.
    SignIn { options: SignInOptions, history: HistoryEntry },
    /// To look for a session.
    Lookup,
}

impl Departure {
    const fn journey(&self) -> Journey {
        match self {
            Self::SignIn { options, .. } if options.keeps_session => Journey::StepUp,
            Self::SignIn { .. } => Journey::SignIn,
            Self::Lookup => Journey::Lookup,
        }
    }
}

/// After so many failures in a row a restore is given up, and the person can try again.
const RESTORE_TRIES: u32 = 8;

/// A provider that can be reached and does not answer in a frame is asked there so often.
const SILENCES: u32 = 2;

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

    /// When time alone changes something: send [`Event::Ticked`] once this [has come](Clocks::has_come). An earlier tick does no harm.
    #[must_use]
    pub fn deadline(&self) -> Option<Clocks> {
        let phase = match &self.phase {
            Phase::Starting | Phase::SignedOut(_) | Phase::SignedIn { renewal: Renewal::Paused(_), .. } => None,
            // The session's own token does not wait for another's pause.
            Phase::SignedIn { session, renewal: Renewal::Pursuing(Pursuit::Waiting { until, .. }) } if !session.asked.is_first() => {
                Some(until.earlier(session.lifetime.renew_at))
            }
            Phase::Restoring { pursuit, .. } | Phase::SignedIn { renewal: Renewal::Pursuing(pursuit), .. } => pursuit.deadline(),
            Phase::Completing { attempt } => Some(attempt.deadline()),
            Phase::SignedIn { session, renewal: Renewal::Resting } => Some(session.lifetime.renew_at),
            Phase::SignedIn { renewal: Renewal::Switching { attempt, .. }, .. } => Some(attempt.deadline()),
            Phase::Leaving { until, .. } => Some(*until),
        };
        let popup = self.ground.popup.as_ref().map(|popup| popup.attempt.deadline());
        match (phase, popup) {
            (Some(phase), Some(popup)) => Some(phase.earlier(popup)),
            (phase, popup) => phase.or(popup),
        }
    }

    /// Whether an answer with this ticket is still waited for. A frame, a window or a request that is not can be dropped.
    #[must_use]
    pub fn holds(&self, ticket: Ticket) -> bool {
        let pushed = matches!(&self.phase, Phase::Leaving { purpose: Purpose::Push(_, pushing), .. } if pushing.holds(ticket));
        pushed || self.ground.holds(ticket) || self.phase.attempt().is_some_and(|attempt| attempt.holds(ticket))
    }

    /// Whether something here is bound to this key. One that nothing is bound to can be dropped.
    #[must_use]
    #[inline(never)]
    pub fn holds_key(&self, key: &Thumbprint) -> bool {
        self.session().is_some_and(|session| session.holds_key(key))
            || self.phase.attempt().is_some_and(|attempt| attempt.holds_key(key))
            || self.ground.popup.as_ref().is_some_and(|popup| popup.attempt.holds_key(key))
    }

    /// What the app may see.
    #[must_use]
    pub fn view(&self) -> View {
        match &self.phase {
            Phase::Starting => View::Restoring { delay: None },
            Phase::Restoring { pursuit, .. } => View::Restoring { delay: pursuit.delay() },
            Phase::Completing { .. } => View::Completing,
            Phase::SignedIn { session, renewal: Renewal::Paused(cause) } => {
                View::Paused { person: Rc::clone(&session.person), cause: cause.clone() }
            }
            Phase::SignedIn { session, .. } => View::SignedIn(Rc::clone(&session.person)),
            Phase::SignedOut(reason) => View::SignedOut(reason.clone()),
            Phase::Leaving { purpose, .. } => View::Leaving(purpose.journey().map_or(Destination::SignOut, Journey::destination)),
        }
    }

    /// What a call to an API at this address is to do.
    #[must_use]
    pub fn token_for(&self, address: &str, now: Clocks, config: &Config) -> TokenAnswer {
        let Some(target) = api::target_of(address, config) else { return TokenAnswer::NotAllowed };
        match &self.phase {
            Phase::Starting | Phase::Restoring { .. } | Phase::Completing { .. } => TokenAnswer::Wait,
            // The page is back from there in a moment, with the session or without it.
            Phase::Leaving { purpose, .. } if purpose.journey() == Some(Journey::Lookup) => TokenAnswer::Wait,
            Phase::SignedIn { session, renewal } => match (session.token_for(target, now), renewal) {
                (Some(answer), _) => answer,
                (None, Renewal::Resting) if target.is_first() => TokenAnswer::Renew,
                (None, Renewal::Resting) => TokenAnswer::Fetch(target),
                (None, _) => TokenAnswer::Wait,
            },
            Phase::SignedOut(_) | Phase::Leaving { .. } => TokenAnswer::SignedOut,
        }
    }

    /// What the `WWW-Authenticate` headers of a 401 from this address demand of the person, if the API may demand anything.
    ///
    /// # Errors
    /// Why nothing can come of it: it is malformed, is met already, or comes too often.
    pub fn step_up(&self, address: &str, header: &str, now: Clocks, config: &Config) -> Result<Option<StepUpChallenge>, StepUpFailure> {
        step_up::demanded(address, header, self.session(), &self.ground.redirects, now.wall, config)
    }

    /// Why the last step-up came to nothing, if it did. The session went on.
    #[must_use]
    pub const fn step_up_failure(&self) -> Option<&Error> {
        self.ground.step_up_failure.as_ref()
    }

    /// When the access token expires.
    #[must_use]
    pub fn token_expires_at(&self) -> Option<UnixTime> {
        self.session().map(|session| session.lifetime.expires_at.wall)
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

    /// Whether the provider says that it understands PKCE, as far as its metadata are known. Every request has it all the same, and `state` and `nonce`
    /// beside it, so that nothing depends on this ([RFC 9700 §2.1.1](https://www.rfc-editor.org/rfc/rfc9700#section-2.1.1)).
    #[must_use]
    pub fn pkce_advertised(&self, config: &Config) -> Option<bool> {
        self.ground.knowledge.known_metadata(config).map(|metadata| metadata.advertises_pkce)
    }

    /// Whether a new token is being asked for.
    #[must_use]
    pub fn is_renewing(&self) -> bool {
        matches!(self.phase, Phase::SignedIn { renewal: Renewal::Pursuing(_) | Renewal::Switching { .. }, .. })
    }

    /// Whether a window is open that the person may be signing in in.
    #[must_use]
    pub const fn has_popup(&self) -> bool {
        self.ground.popup.is_some()
    }

    /// Whether the next page load has to find somebody before it shows what this one shows, so that where on the page the person was has to be
    /// remembered meanwhile.
    #[must_use]
    pub fn shows_what_has_to_be_restored(&self) -> bool {
        self.session().is_some()
    }

    /// The session that the provider's page is to be asked about meanwhile, where the provider has one, the page is looked at, and what a frame says in
    /// this browser means something.
    #[must_use]
    pub fn watch(&self, config: &Config) -> Option<Watch> {
        let Phase::SignedIn { session, renewal: Renewal::Resting } = &self.phase else { return None };
        let ground = &self.ground;
        let worthwhile = ground.visible && ground.frames_are_trusted(config) && !ground.monitoring.is_lost();
        let metadata = ground.knowledge.known_metadata(config).filter(|_| worthwhile)?;
        Watch::of(session.session_state.as_ref()?, metadata, config)
    }

    fn session(&self) -> Option<&Session> {
        self.phase.session()
    }
}

impl Phase {
    fn session(&self) -> Option<&Session> {
        match self {
            Self::SignedIn { session, .. } => Some(session),
            Self::Starting | Self::Restoring { .. } | Self::Completing { .. } | Self::SignedOut(_) | Self::Leaving { .. } => None,
        }
    }

    /// Whether the page leaves, and a session goes on meanwhile.
    fn leaves_with_session(&self) -> bool {
        matches!(self, Self::Leaving { purpose, .. } if purpose.journey() == Some(Journey::StepUp))
    }

    fn attempt(&self) -> Option<&Attempt> {
        match self {
            Self::Completing { attempt } => Some(attempt),
            Self::Restoring { pursuit, .. } | Self::SignedIn { renewal: Renewal::Pursuing(pursuit), .. } => pursuit.attempt(),
            Self::SignedIn { renewal: Renewal::Switching { attempt, .. }, .. } => Some(attempt),
            Self::Starting | Self::SignedIn { .. } | Self::SignedOut(_) | Self::Leaving { .. } => None,
        }
    }
}

/// What happens next.
#[must_use]
pub fn step(state: State, event: Event, at: &Moment, config: &Config) -> Step {
    checked_step(state, event, at, config).0
}

/// The same, with the checks that were passed.
pub(crate) fn checked_step(state: State, event: Event, at: &Moment, config: &Config) -> (Step, Checks) {
    let State { phase, mut ground, tickets } = state;
    let mut turn = Turn::new(at, tickets, config);
    let before = config.revoke_at_sign_out.map(|_| Before::of(&event, phase.session(), phase.attempt(), &ground, config));
    let (mut phase, reaction) = happened(phase, event, &mut ground, &mut turn);
    if let Some(before) = before.filter(|_| !phase.leaves_with_session()) {
        before.settle(phase.session(), phase.attempt(), &mut ground, &mut turn);
    }
    if config.user_info.is_some() && reaction == Reaction::Taken {
        let session = if let Phase::SignedIn { session, .. } = &mut phase { Some(&mut **session) } else { None };
        user_info::complete(session, &mut ground, &mut turn);
    }
    if !ground.settled && matches!(phase, Phase::SignedIn { .. } | Phase::SignedOut(_)) {
        ground.settled = true;
        turn.ask(Effect::ForgetScroll);
    }
    let (effects, tickets, checks) = turn.finish();
    (Step { state: State { phase, ground, tickets }, effects, reaction }, checks)
}

/// What concerns the ground comes first; the rest is the phase's.
fn happened(phase: Phase, event: Event, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    match event {
        // The provider's documents are everybody's; the phases only hear that there is news.
        Event::Responded { ticket, outcome } if ground.knowledge.holds(ticket) => {
            let result = ground.knowledge.responded(outcome, turn);
            let phase = match ground.popup.take() {
                None => phase,
                Some(Popup { attempt, options }) => {
                    let progress = attempt.learned(result.clone(), &mut ground.knowledge, turn);
                    let window = window::progressed(progress, options, ground);
                    match after_window(phase, window, ground, turn) {
                        Ok((phase, _)) | Err((phase, _)) => phase,
                    }
                }
            };
            return taken(phase.learned(result, ground, turn));
        }
        // About the person alone: no phase hears of it.
        Event::Responded { ticket, outcome } if turn.config.user_info.is_some() && ground.user_info.holds(ticket) => {
            ground.user_info.responded(outcome, turn);
            return taken(phase);
        }
        Event::Verified { ticket, verdict } if turn.config.user_info.is_some() && ground.user_info.holds(ticket) => {
            ground.user_info.verified(verdict, turn);
            return taken(phase);
        }
        Event::Responded { ticket, outcome } if turn.config.revoke_at_sign_out.is_some() && ground.late.contains(&ticket) => {
            ground.late.retain(|own| *own != ticket);
            revocation::came_late(outcome, ground, turn);
            return taken(phase);
        }
        Event::PersonActed => {
            ground.touched = true;
            return taken(phase);
        }
        _ => {}
    }
    let (phase, caught_up) = catch_up(phase, &event, ground, turn);
    let noticed = notice(&event, ground, turn) || caught_up;
    let (phase, event) = match ground.popup.take() {
        None => (phase, event),
        Some(popup) => {
            let window = window::happened(popup, event, ground, turn);
            match after_window(phase, window, ground, turn) {
                Ok(moved) => return moved,
                Err(rest) => rest,
            }
        }
    };
    let (phase, reaction) = match phase {
        Phase::Starting => starting(event, ground, turn),
        Phase::Restoring { pursuit, trouble } => restoring(pursuit, trouble, event, ground, turn),
        Phase::Completing { attempt } => completing(attempt, event, ground, turn),
        Phase::SignedIn { session, renewal } => signed_in(session, renewal, event, ground, turn),
        Phase::SignedOut(reason) => signed_out(reason, event, ground, turn),
        Phase::Leaving { purpose, until } => leaving(purpose, until, event, ground, turn),
    };
    (phase, if noticed { Reaction::Taken } else { reaction })
}

/// A page that was frozen has heard no other tab: a sign-out that it missed comes first, whoever has signed in since. Whether it missed one.
fn catch_up(phase: Phase, event: &Event, ground: &mut Ground, turn: &mut Turn<'_>) -> (Phase, bool) {
    match event {
        Event::PageReturned { hint } if ground.hint.missed_sign_out(hint) => {
            (happened(phase, Event::OtherTabSignedOut { at: hint.signed_out }, ground, turn).0, true)
        }
        _ => (phase, false),
    }
}

/// Facts that an event brings along, whatever the phase makes of it: whether the page is looked at, what was remembered while it was frozen, which
/// sign-out it has heard of, and that a window was forgotten. Whether anything was new.
fn notice(event: &Event, ground: &mut Ground, turn: &mut Turn<'_>) -> bool {
    match event {
        Event::Woke { visible } => std::mem::replace(&mut ground.visible, *visible) != *visible,
        Event::PageReturned { hint } => std::mem::replace(&mut ground.hint, *hint) != *hint,
        Event::OtherTabSignedOut { at: Some(at) } => ground.hint.signed_out.replace(*at) != Some(*at),
        Event::Ticked => window::ticked(ground, turn),
        _ => false,
    }
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
        Event::Opened(opened) => {
            let phase = open(opened, ground, turn);
            // Whoever does not go on with it now does not later, either.
            ground.early = None;
            taken(phase)
        }
        Event::SignInChosen(_)
        | Event::SignOutChosen
        | Event::SignInNeeded { .. }
        | Event::SignInNoLongerNeeded
        | Event::OrganizationChosen { .. }
        | Event::PersonActed
        | Event::RenewalChosen
        | Event::TokenNeeded(_)
        | Event::RetryChosen
        | Event::FrameSpoke { .. }
        | Event::FrameLoaded { .. }
        | Event::FrameForbidden { .. }
        | Event::Examined { .. }
        | Event::PopupBlocked { .. }
        | Event::Responded { .. }
        | Event::Verified { .. }
        | Event::TokenRejected { .. }
        | Event::OtherTabSignedIn(_)
        | Event::OtherTabSignedOut { .. }
        | Event::PageReturned { .. }
        | Event::ProviderSignedOut(_)
        | Event::SessionWatched(_)
        | Event::Woke { .. }
        | Event::Ticked => ignored(Phase::Starting, Ignored::NotNow),
    }
}

fn open(opened: Opened, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    let Opened { address, remembered, hint, redirects, framed, returned, visible, early } = opened;
    (ground.hint, ground.redirects) = (hint, redirects);
    (ground.framed, ground.returned, ground.visible, ground.early) = (framed, returned, visible, early);
    let Ok(address) = Url::parse(address.expose()) else {
        return look_up(None, ground, turn);
    };
    let (query, fragment) = (address.query().unwrap_or_default(), address.fragment().unwrap_or_default());
    if address.path() == turn.config.redirect_path {
        return open_callback(query, fragment, remembered, ground, turn);
    }
    if address.path() == turn.config.post_logout_path {
        return open_after_sign_out(query, remembered, ground, turn);
    }
    // A response anywhere else is not for us: it is not processed, and does not stay in the address.
    ground.opened_at = if callback::looks_like_response(query, fragment) {
        let mut clean = address.clone();
        let rest = callback::without_response(query);
        clean.set_query(Some(rest.as_str()).filter(|rest| !rest.is_empty()));
        clean.set_fragment(None);
        let to = super::address::relative(&clean);
        turn.ask(Effect::RewriteAddress { to: to.clone() });
        to
    } else {
        super::address::relative(&address)
    };
    look_up(None, ground, turn)
}

/// The callback page. The address is scrubbed first of all, and the transaction is gone from the store already.
fn open_callback(query: &str, fragment: &str, remembered: Option<Record>, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    turn.ask(Effect::RewriteAddress { to: turn.config.redirect_path.clone() });
    ground.landing = Some("/".to_owned());
    // Whatever a redirect could find, it has found.
    ground.lookup_spent = true;
    if query.is_empty() && fragment.is_empty() {
        // Reloaded after it was scrubbed: there is nothing to complete, and perhaps somebody to find.
        return look_up(None, ground, turn);
    }
    let trouble = |finding| Error::AuthorizationResponse(finding);
    let read = Parameters::read(query, fragment, ResponseMode::Query);
    let parameters = match turn.checks.of(Subject::Response).hold(ResponseMode::Query.once(), read) {
        Ok(parameters) => parameters,
        Err(finding) => return look_up(Some(trouble(finding)), ground, turn),
    };
    let pending = match remembered {
        None => Err(Finding::invalid("state", "unknown: this sign-in was not begun in this tab, or was completed before")),
        Some(record) => Pending::from_record(&record, turn.config, turn.now.wall),
    };
    match pending {
        Ok(Pending::SignIn { transaction, return_to, journey }) => {
            ground.landing = Some(return_to);
            match (callback::process_authorization_response(&parameters, &transaction, &turn.checks), journey) {
                (Ok(code), journey) => {
                    if let Some(error) = turn.lacks_key() {
                        return problem(error, turn);
                    }
                    let answer = (code, parameters.session_state());
                    Phase::Completing { attempt: Attempt::redeem(answer, transaction, journey, &mut ground.knowledge, turn) }
                }
                (Err(error), Journey::StepUp) => step_up_failed(error, ground, turn),
                (Err(Error::AuthorizationResponse(finding)), _) => look_up(Some(trouble(finding)), ground, turn),
                (Err(error), Journey::SignIn) => problem(step_up::unmet(error), turn),
                (Err(error), Journey::Lookup) => looked_up_in_vain(error, ground, turn),
            }
        }
        Ok(Pending::SignOut { .. }) => look_up(Some(trouble(Finding::invalid("state", "belongs to a sign-out"))), ground, turn),
        // A forged or stale link ends no session that exists: it is looked for, and only if there is none the person hears of it.
        Err(finding) => look_up(Some(trouble(finding)), ground, turn),
    }
}

/// Back from a lookup by redirect that found nobody: the person is put back where they were.
fn looked_up_in_vain(error: Error, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    if let Some(place) = ground.landing.take() {
        turn.ask(Effect::RewriteAddress { to: place });
        turn.ask(Effect::RestoreScroll);
    }
    restore_failed(error, 1, None, ground, turn)
}

/// Back from a step-up that came to nothing: the session goes on, as soon as it is found again.
fn step_up_failed(error: Error, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    note_step_up(error, ground, turn);
    if let Some(place) = &ground.landing {
        ground.opened_at.clone_from(place);
    }
    ground.lookup_spent = false;
    look_up(None, ground, turn)
}

/// What became of a step-up is told to developers here, and to the person by the page that wanted it.
fn note_step_up(error: Error, ground: &mut Ground, turn: &mut Turn<'_>) {
    let error = step_up::failure(error);
    turn.ask(Effect::Report(error.clone()));
    ground.step_up_failure = Some(error);
}

/// Back from the provider after a sign-out. A wrong `state` changes nothing about being signed out; it is never a reason to sign in.
fn open_after_sign_out(query: &str, remembered: Option<Record>, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    ground.lookup_spent = true;
    if !query.is_empty() {
        turn.ask(Effect::RewriteAddress { to: turn.config.post_logout_path.clone() });
    }
    let confirmed = remembered
        .and_then(|record| Pending::from_record(&record, turn.config, turn.now.wall).ok())
        .zip(Parameters::read(query, "", ResponseMode::Query).ok())
        .is_some_and(|(pending, parameters)| matches!(pending, Pending::SignOut { .. }) && parameters.is_state_of(pending.state()));
    let confirmed = turn.checks.of(Subject::SignOut).require("state", confirmed, || ()).is_ok();
    if confirmed || ground.hint.last == Last::SignedOutByChoice {
        return Phase::SignedOut(Reason::ByChoice);
    }
    look_up(None, ground, turn)
}

/// Looks for a session once per page load, unless the person signed out themselves: they are not looked up behind their back. A page that nobody
/// looks at waits until somebody does.
fn look_up(trouble: Option<Error>, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    if ground.framed {
        return problem(Error::Silent(SilentFailure::Framed), turn);
    }
    if let Some(error) = turn.lacks_key() {
        return problem(error, turn);
    }
    match (ground.hint.last, trouble) {
        (Last::SignedOutByChoice, Some(trouble)) => problem(trouble, turn),
        (Last::SignedOutByChoice, None) => Phase::SignedOut(Reason::ByChoice),
        (Last::Unknown | Last::SignedIn | Last::SignedOut, trouble) if !ground.visible => {
            Phase::Restoring { pursuit: Pursuit::Unseen, trouble }
        }
        (Last::Unknown | Last::SignedIn | Last::SignedOut, trouble) => look(trouble, ground, turn),
    }
}

fn problem(error: Error, turn: &mut Turn<'_>) -> Phase {
    turn.ask(Effect::Report(error.clone()));
    Phase::SignedOut(Reason::Problem(error))
}

// -------------------------------------------------------------------------------------------------------------------- 2. Restore

/// Begins to look for a session: in a frame, unless that is known to find nobody.
fn look(trouble: Option<Error>, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    if trouble.is_none() && !ground.touched && ground.frames_are_blocked(turn) && ground.may_look_by_redirect(turn) {
        return look_by_redirect(ground, turn);
    }
    restore(trouble, 0, ground, turn)
}

fn restore(trouble: Option<Error>, failed_tries: u32, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    let attempt = Attempt::restore(ground.early.take(), &mut ground.knowledge, turn);
    Phase::Restoring { pursuit: Pursuit::of(attempt, failed_tries), trouble }
}

/// Looks for a session by a redirect of the whole page, with `prompt=none`: the way that no browser's handling of frames can spoil.
fn look_by_redirect(ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    ground.lookup_spent = true;
    if ground.redirects.is_full(turn.now.wall) {
        return problem(Error::RedirectLoop, turn);
    }
    depart(Departure::Lookup, ground, turn)
}

fn restoring(pursuit: Pursuit, trouble: Option<Error>, event: Event, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    match event {
        Event::FrameSpoke { .. }
        | Event::FrameLoaded { .. }
        | Event::FrameForbidden { .. }
        | Event::Examined { .. }
        | Event::Responded { .. }
        | Event::Verified { .. } => match pursuit.answered(event, &mut ground.knowledge, turn) {
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
        Event::Ticked => match pursuit.ticked(&mut ground.knowledge, turn) {
            Ticked::Early(pursuit) => ignored(Phase::Restoring { pursuit, trouble }, Ignored::Early),
            Ticked::Retry { failed_tries } => taken(restore(trouble, failed_tries, ground, turn)),
            Ticked::Progress(progress, failed_tries) => after_restore(progress, failed_tries, trouble, ground, turn),
        },
        Event::Woke { visible } => match pursuit {
            Pursuit::Waiting { failed_tries, .. } if visible && pursuit.may_end_early() => {
                taken(restore(trouble, failed_tries, ground, turn))
            }
            Pursuit::Unseen if visible => taken(look(trouble, ground, turn)),
            Pursuit::Unseen | Pursuit::Waiting { .. } => ignored(Phase::Restoring { pursuit, trouble }, Ignored::NotNow),
            Pursuit::Attempting { .. } => ignored(Phase::Restoring { pursuit, trouble }, Ignored::AlreadyUnderWay),
        },
        Event::RetryChosen => match pursuit {
            Pursuit::Waiting { failed_tries, .. } => taken(restore(trouble, failed_tries, ground, turn)),
            Pursuit::Unseen => taken(restore(trouble, 0, ground, turn)),
            Pursuit::Attempting { .. } => ignored(Phase::Restoring { pursuit, trouble }, Ignored::AlreadyUnderWay),
        },
        // An attempt that is under way may have been answered before that sign-in.
        Event::OtherTabSignedIn(_) => match pursuit {
            Pursuit::Unseen => ignored(Phase::Restoring { pursuit, trouble }, Ignored::NotNow),
            Pursuit::Attempting { .. } | Pursuit::Waiting { .. } => taken(restore(trouble, 0, ground, turn)),
        },
        Event::SignInChosen(options) => taken(sign_in(Phase::Restoring { pursuit, trouble }, options, ground, turn)),
        Event::SignOutChosen => taken(sign_out(None, ground, turn)),
        Event::OtherTabSignedOut { .. } => taken(signed_out_elsewhere(ground)),
        Event::PageReturned { hint } => taken(page_returned(hint, trouble, ground, turn)),
        Event::Opened(_) => ignored(Phase::Restoring { pursuit, trouble }, Ignored::OpenedBefore),
        Event::PopupBlocked { .. } => ignored(Phase::Restoring { pursuit, trouble }, Ignored::Stale),
        Event::OrganizationChosen { .. }
        | Event::PersonActed
        | Event::RenewalChosen
        | Event::ProviderSignedOut(_)
        | Event::TokenNeeded(_)
        | Event::SessionWatched(_)
        | Event::TokenRejected { .. } => ignored(Phase::Restoring { pursuit, trouble }, Ignored::NotNow),
    }
}

/// A page without a session came back from the back/forward cache.
fn page_returned(hint: Hint, trouble: Option<Error>, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    match hint.last {
        Last::SignedOutByChoice => signed_out_elsewhere(ground),
        Last::Unknown | Last::SignedIn | Last::SignedOut => restore(trouble, 0, ground, turn),
    }
}

fn after_restore(progress: Progress, failed_tries: u32, trouble: Option<Error>, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    match progress {
        Progress::Waiting(attempt) => taken(Phase::Restoring { pursuit: Pursuit::of(attempt, failed_tries), trouble }),
        Progress::Unmoved(attempt, why) => ignored(Phase::Restoring { pursuit: Pursuit::of(attempt, failed_tries), trouble }, why),
        Progress::Done(session, way) => taken(enter(session, way, ground, turn)),
        Progress::Failed(error) | Progress::RefreshRefused(error) => taken(restore_failed(error, failed_tries + 1, trouble, ground, turn)),
    }
}

fn restore_failed(error: Error, failed_tries: u32, trouble: Option<Error>, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    match error {
        error if (error.is_transient() || ground.is_disturbance(&error)) && failed_tries < tries(&error) => {
            turn.ask(Effect::Report(error.clone()));
            Phase::Restoring { pursuit: Pursuit::pause(error, failed_tries, turn), trouble }
        }
        // Somebody is there, and the provider has to ask them something: only a page of its own will tell.
        Error::Silent(SilentFailure::NeedsInteraction(_)) => {
            turn.ask(Effect::Report(error));
            nobody(trouble, ground, turn)
        }
        Error::Silent(failure) => {
            if failure != SilentFailure::LoginRequired {
                turn.ask(Effect::Report(Error::Silent(failure)));
            }
            frame_found_nobody(trouble, ground, turn)
        }
        error => problem(error, turn),
    }
}

/// How often in a row something may fail before it is given up.
const fn tries(error: &Error) -> u32 {
    match error {
        Error::Silent(_) => SILENCES,
        _ => RESTORE_TRIES,
    }
}

/// No session, as far as a frame can tell. Where it cannot be trusted with that, the whole page asks, once and before the person has begun to use it.
fn frame_found_nobody(trouble: Option<Error>, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    if trouble.is_some() || !ground.may_look_by_redirect(turn) {
        return nobody(trouble, ground, turn);
    }
    if !ground.touched {
        return look_by_redirect(ground, turn);
    }
    // They are not taken away from what they do. What is remembered stays, so that the next page load can ask.
    match ground.needed.take() {
        Some(place) => send_to_sign_in(place, ground, turn),
        None => Phase::SignedOut(Reason::NoSession),
    }
}

/// There is no session. A page that needs one sends the person to sign in, at most once per page load, and never after something went wrong.
fn nobody(trouble: Option<Error>, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    // Another tab knows better than a frame that may be blind.
    if std::mem::take(&mut ground.elsewhere) && !ground.frames_are_trusted(turn.config) {
        return Phase::SignedOut(Reason::SignedInElsewhere);
    }
    ground.remember(News::SignedOut, turn);
    if let Some(trouble) = trouble.or_else(|| ground.step_up_failure.take()) {
        return problem(trouble, turn);
    }
    match ground.needed.take() {
        Some(place) => send_to_sign_in(place, ground, turn),
        None => Phase::SignedOut(Reason::NoSession),
    }
}

/// The one redirect of a page load that nobody chose.
fn send_to_sign_in(place: String, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    if ground.sign_in_spent {
        return Phase::SignedOut(Reason::NoSession);
    }
    ground.sign_in_spent = true;
    if ground.redirects.is_full(turn.now.wall) {
        return problem(Error::RedirectLoop, turn);
    }
    let options = SignInOptions { return_to: Some(place), ..SignInOptions::default() };
    depart(Departure::SignIn { options, history: HistoryEntry::Replace }, ground, turn)
}

// ----------------------------------------------------------------------------------------------------------------- 3. Completing

fn completing(attempt: Attempt, event: Event, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    let is_step_up = attempt.is_step_up();
    match event {
        Event::FrameSpoke { .. }
        | Event::FrameLoaded { .. }
        | Event::FrameForbidden { .. }
        | Event::Examined { .. }
        | Event::Responded { .. }
        | Event::Verified { .. } => match attempt.answered(event, &mut ground.knowledge, turn) {
            Ok(progress) => after_completing(progress, is_step_up, ground, turn),
            Err(attempt) => ignored(Phase::Completing { attempt }, Ignored::Stale),
        },
        Event::Ticked if attempt.deadline().has_come(turn.now) => {
            let progress = attempt.expired(&mut ground.knowledge, turn);
            after_completing(progress, is_step_up, ground, turn)
        }
        Event::Ticked => ignored(Phase::Completing { attempt }, Ignored::Early),
        Event::SignInChosen(options) => taken(sign_in(Phase::Completing { attempt }, options, ground, turn)),
        Event::SignOutChosen => taken(sign_out(None, ground, turn)),
        Event::OtherTabSignedOut { .. } => taken(signed_out_elsewhere(ground)),
        Event::Opened(_) => ignored(Phase::Completing { attempt }, Ignored::OpenedBefore),
        Event::PopupBlocked { .. } => ignored(Phase::Completing { attempt }, Ignored::Stale),
        Event::SignInNeeded { .. }
        | Event::SignInNoLongerNeeded
        | Event::OrganizationChosen { .. }
        | Event::PersonActed
        | Event::RenewalChosen
        | Event::TokenNeeded(_)
        | Event::RetryChosen
        | Event::TokenRejected { .. }
        | Event::OtherTabSignedIn(_)
        | Event::PageReturned { .. }
        | Event::ProviderSignedOut(_)
        | Event::SessionWatched(_)
        | Event::Woke { .. } => ignored(Phase::Completing { attempt }, Ignored::NotNow),
    }
}

fn after_completing(progress: Progress, is_step_up: bool, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    match progress {
        Progress::Waiting(attempt) => taken(Phase::Completing { attempt }),
        Progress::Unmoved(attempt, why) => ignored(Phase::Completing { attempt }, why),
        Progress::Done(session, way) => taken(enter(session, way, ground, turn)),
        Progress::Failed(error) | Progress::RefreshRefused(error) if is_step_up => taken(step_up_failed(error, ground, turn)),
        // The code may or may not have been used up, so it is not sent again. The provider knows the person by now: if that may pass, ask silently.
        Progress::Failed(error) | Progress::RefreshRefused(error) => taken(restore_failed(error.clone(), 1, Some(error), ground, turn)),
    }
}

// ------------------------------------------------------------------------------------------------------------------ 4. Signed in

/// The one way into a session.
fn enter(session: Box<Session>, way: Way, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    ground.needed = None;
    ground.elsewhere = false;
    ground.remember_session(way, turn);
    if way == Way::StepUp {
        ground.step_up_failure = None;
    } else {
        ground.forget_redirects(turn);
    }
    if let Some(place) = ground.landing.take() {
        turn.ask(Effect::RewriteAddress { to: place });
    }
    // The browser does that by itself only for what is there as soon as the page is.
    if way == Way::Lookup || (way == Way::Frame && ground.returned && !ground.settled) {
        turn.ask(Effect::RestoreScroll);
    }
    if matches!(way, Way::Redirect | Way::Popup | Way::StepUp) {
        tell_of(&session, turn);
    }
    Phase::SignedIn { session, renewal: Renewal::Resting }
}

/// Tells the other tabs that somebody signed in.
fn tell_of(session: &Session, turn: &mut Turn<'_>) {
    let whose = Whose::new(&session.claims.issuer, &session.claims.subject, &mut turn.generator);
    turn.ask(Effect::Tell(TabMessage::SignedIn(whose)));
}

fn signed_in(session: Box<Session>, renewal: Renewal, event: Event, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    let stay = |session, renewal| Phase::SignedIn { session, renewal };
    match event {
        Event::FrameSpoke { .. }
        | Event::FrameLoaded { .. }
        | Event::FrameForbidden { .. }
        | Event::Examined { .. }
        | Event::Responded { .. }
        | Event::Verified { .. } => match renewal {
            Renewal::Pursuing(pursuit) => match pursuit.answered(event, &mut ground.knowledge, turn) {
                Answered::Progress(progress, failed_tries) => after_renewal(session, progress, failed_tries, ground, turn),
                Answered::Nobody(pursuit) => ignored(stay(session, Renewal::Pursuing(pursuit)), Ignored::Stale),
            },
            Renewal::Switching { attempt, id } => match attempt.answered(event, &mut ground.knowledge, turn) {
                Ok(progress) => after_switch(session, progress, id, ground, turn),
                Err(attempt) => ignored(stay(session, Renewal::Switching { attempt: Box::new(attempt), id }), Ignored::Stale),
            },
            Renewal::Resting | Renewal::Paused(_) => ignored(stay(session, renewal), Ignored::Stale),
        },
        Event::Ticked => match renewal {
            Renewal::Resting if session.lifetime.renew_at.has_come(turn.now) => taken(renew(session, 0, ground, turn)),
            Renewal::Resting => ignored(stay(session, renewal), Ignored::Early),
            Renewal::Pursuing(Pursuit::Waiting { .. }) if !session.asked.is_first() && session.lifetime.renew_at.has_come(turn.now) => {
                taken(renew(session, 0, ground, turn))
            }
            Renewal::Pursuing(pursuit) => match pursuit.ticked(&mut ground.knowledge, turn) {
                Ticked::Early(pursuit) => ignored(stay(session, Renewal::Pursuing(pursuit)), Ignored::Early),
                Ticked::Retry { failed_tries } => {
                    let target = session.asked;
                    taken(ask_for(target, session, failed_tries, ground, turn))
                }
                Ticked::Progress(progress, failed_tries) => after_renewal(session, progress, failed_tries, ground, turn),
            },
            Renewal::Switching { attempt, id } if attempt.deadline().has_come(turn.now) => {
                let progress = attempt.expired(&mut ground.knowledge, turn);
                after_switch(session, progress, id, ground, turn)
            }
            Renewal::Switching { .. } => ignored(stay(session, renewal), Ignored::Early),
            Renewal::Paused(_) => ignored(stay(session, renewal), Ignored::NotNow),
        },
        Event::RenewalChosen | Event::RetryChosen => match renewal {
            Renewal::Resting | Renewal::Paused(_) => taken(renew(session, 0, ground, turn)),
            Renewal::Pursuing(Pursuit::Waiting { failed_tries, .. }) => taken(renew(session, failed_tries, ground, turn)),
            Renewal::Pursuing(_) | Renewal::Switching { .. } => ignored(stay(session, renewal), Ignored::AlreadyUnderWay),
        },
        Event::TokenNeeded(target) => match renewal {
            Renewal::Resting if session.token_for(target, turn.now).is_none() => taken(ask_for(target, session, 0, ground, turn)),
            Renewal::Resting => ignored(stay(session, renewal), Ignored::NotNow),
            Renewal::Pursuing(_) | Renewal::Switching { .. } | Renewal::Paused(_) => {
                ignored(stay(session, renewal), Ignored::AlreadyUnderWay)
            }
        },
        Event::Woke { visible } => woke_signed_in(session, renewal, visible, ground, turn),
        Event::PageReturned { hint } => match hint.last {
            Last::SignedOutByChoice => taken(signed_out_elsewhere(ground)),
            Last::Unknown | Last::SignedIn | Last::SignedOut => woke_signed_in(session, renewal, true, ground, turn),
        },
        // Of many calls that were refused together, the first has said it all. To take the others as news would wake everybody who waits, each time.
        Event::TokenRejected { generation }
            if generation == session.generation && session.rejected && !matches!(renewal, Renewal::Resting) =>
        {
            ignored(stay(session, renewal), Ignored::AlreadyUnderWay)
        }
        Event::TokenRejected { generation } if generation == session.generation => {
            let session = Box::new(Session { rejected: true, ..*session });
            match renewal {
                Renewal::Resting => taken(renew(session, 0, ground, turn)),
                Renewal::Pursuing(Pursuit::Waiting { .. }) if !session.asked.is_first() => taken(renew(session, 0, ground, turn)),
                Renewal::Pursuing(_) | Renewal::Switching { .. } | Renewal::Paused(_) => taken(stay(session, renewal)),
            }
        }
        Event::TokenRejected { generation } => {
            let mut session = session;
            match (session.further.reject(generation), renewal) {
                (Some(target), Renewal::Resting) => taken(ask_for(target, session, 0, ground, turn)),
                (Some(_), renewal) => taken(stay(session, renewal)),
                (None, renewal) => ignored(stay(session, renewal), Ignored::Stale),
            }
        }
        Event::OtherTabSignedIn(whose) => other_tab_signed_in(session, renewal, &whose, ground, turn),
        Event::SessionWatched(word) => watched(session, renewal, word, ground, turn),
        Event::OrganizationChosen { id } => taken(switch(session, id, ground, turn)),
        Event::SignInChosen(options) => taken(sign_in(stay(session, renewal), options, ground, turn)),
        Event::SignOutChosen => taken(sign_out(Some(session), ground, turn)),
        Event::OtherTabSignedOut { .. } => taken(signed_out_elsewhere(ground)),
        Event::ProviderSignedOut(notice) if notice.is_about(&session, turn.config) => taken(session_ended(ground, turn)),
        Event::ProviderSignedOut(_) => ignored(stay(session, renewal), Ignored::OtherSession),
        Event::SignInNeeded { .. } | Event::SignInNoLongerNeeded | Event::PersonActed => ignored(stay(session, renewal), Ignored::NotNow),
        Event::PopupBlocked { .. } => ignored(stay(session, renewal), Ignored::Stale),
        Event::Opened(_) => ignored(stay(session, renewal), Ignored::OpenedBefore),
    }
}

/// Time may have passed unnoticed: for the token, for the session at the provider, and for what another tab said.
fn woke_signed_in(session: Box<Session>, renewal: Renewal, visible: bool, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    let is_due = session.lifetime.renew_at.has_come(turn.now) || (visible && (ground.elsewhere || is_stale(&session, ground, turn)));
    match renewal {
        Renewal::Resting if is_due => taken(ask_anew(session, ground, turn)),
        Renewal::Resting => ignored(Phase::SignedIn { session, renewal }, Ignored::Early),
        Renewal::Pursuing(pursuit) => match pursuit {
            Pursuit::Waiting { failed_tries, .. } if visible && pursuit.may_end_early() => {
                taken(renew(session, failed_tries, ground, turn))
            }
            pursuit => ignored(Phase::SignedIn { session, renewal: Renewal::Pursuing(pursuit) }, Ignored::AlreadyUnderWay),
        },
        Renewal::Switching { .. } => ignored(Phase::SignedIn { session, renewal }, Ignored::AlreadyUnderWay),
        Renewal::Paused(_) => ignored(Phase::SignedIn { session, renewal }, Ignored::NotNow),
    }
}

/// Whether the provider has not said for a while that the session exists, and a frame can ask it: somebody may have signed out in another app.
fn is_stale(session: &Session, ground: &Ground, turn: &Turn<'_>) -> bool {
    let asked = turn.config.recheck.is_some_and(|interval| turn.now.since(session.confirmed) >= interval);
    asked && ground.frames_are_trusted(turn.config)
}

/// Asks the provider itself and not with the refresh token, which may outlive the session there.
fn ask_anew(session: Box<Session>, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    if ground.elsewhere || is_stale(&session, ground, turn) {
        let attempt = Attempt::silent(expected(&session, ground), None, &mut ground.knowledge, turn);
        return pursuing(no_longer_refreshing(session), attempt, 0);
    }
    renew(session, 0, ground, turn)
}

/// Whom a frame is to find: nobody in particular once another tab has said that somebody else is there.
fn expected(session: &Session, ground: &Ground) -> Option<Previous> {
    (!ground.elsewhere).then(|| Previous::of(session))
}

/// The provider's page said something about the session. It is a reason to ask, and nothing more.
fn watched(session: Box<Session>, renewal: Renewal, word: Word, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    match (word, renewal) {
        (Word::Changed, Renewal::Resting) => {
            if !ground.monitoring.alarmed(turn.now) {
                return taken(Phase::SignedIn { session, renewal: Renewal::Resting });
            }
            let attempt = Attempt::silent(expected(&session, ground), None, &mut ground.knowledge, turn);
            taken(pursuing(session, attempt, 0))
        }
        (Word::Error, renewal) if !ground.monitoring.is_lost() => {
            ground.monitoring.lose();
            taken(Phase::SignedIn { session, renewal })
        }
        (Word::Changed | Word::Error | Word::Unchanged, renewal) => ignored(Phase::SignedIn { session, renewal }, Ignored::NotNow),
    }
}

/// Somebody signed in in another tab. One browser has one session at the provider: if it is another person, this page follows.
fn other_tab_signed_in(session: Box<Session>, renewal: Renewal, whose: &Whose, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    if whose.is(&session.claims.issuer, &session.claims.subject) {
        if std::mem::take(&mut ground.elsewhere) {
            // They are back, after somebody else.
            return taken(Phase::SignedIn { session, renewal });
        }
        return match renewal {
            // What only the person could do, they have done.
            Renewal::Paused(_) => taken(renew(session, 0, ground, turn)),
            Renewal::Resting | Renewal::Pursuing(_) | Renewal::Switching { .. } => {
                ignored(Phase::SignedIn { session, renewal }, Ignored::NotNow)
            }
        };
    }
    if !ground.frames_are_trusted(turn.config) {
        return taken(replaced(ground));
    }
    ground.elsewhere = true;
    if ground.visible { taken(ask_anew(session, ground, turn)) } else { taken(Phase::SignedIn { session, renewal }) }
}

/// Another person is there now, and it cannot be found out who without somebody's help.
fn replaced(ground: &mut Ground) -> Phase {
    ground.elsewhere = false;
    ground.popup = None;
    Phase::SignedOut(Reason::AccountChanged)
}

/// Asks for new tokens: by the refresh token if there is one that is good, else silently. The old token stays in use until it expires.
fn renew(session: Box<Session>, failed_tries: u32, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    ask_for(Target::FIRST, session, failed_tries, ground, turn)
}

/// The same, for one of the resources. Whoever is there now is asked for the session's own token first.
fn ask_for(target: Target, session: Box<Session>, failed_tries: u32, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    let target = if ground.elsewhere { Target::FIRST } else { target };
    let session = Box::new(Session { asked: target, ..*session });
    match &session.refresh {
        Refresh::Good(token) if !ground.elsewhere => refresh(token.clone(), session, failed_tries, ground, turn),
        // Better than a frame that finds nobody.
        Refresh::Doubtful(token) if !ground.elsewhere && ground.frames_are_blocked(turn) => {
            refresh(token.clone(), session, failed_tries, ground, turn)
        }
        Refresh::Good(_) | Refresh::Sent(_) | Refresh::Doubtful(_) | Refresh::None => {
            let attempt = Attempt::silent(expected(&session, ground), None, &mut ground.knowledge, turn).asking_for(target);
            pursuing(session, attempt, failed_tries)
        }
    }
}

/// Asks for new tokens by the refresh token.
fn refresh(token: BoundToken, session: Box<Session>, failed_tries: u32, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    let attempt = Attempt::refresh(token.clone(), Previous::of(&session), session.asked, &mut ground.knowledge, turn);
    // Unless the endpoint has to be learned anew first.
    let refresh = if attempt.is_refresh() { Refresh::Sent(token) } else { session.refresh };
    pursuing(Box::new(Session { refresh, ..*session }), attempt, failed_tries)
}

/// A new token is being asked for.
fn pursuing(session: Box<Session>, attempt: Attempt, failed_tries: u32) -> Phase {
    let session = Box::new(Session { asked: attempt.target(), ..*session });
    Phase::SignedIn { session, renewal: Renewal::Pursuing(Pursuit::of(attempt, failed_tries)) }
}

fn after_renewal(session: Box<Session>, progress: Progress, failed_tries: u32, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    match progress {
        Progress::Waiting(attempt) => taken(pursuing(adopt_refresh_token(session, &attempt), attempt, failed_tries)),
        Progress::Unmoved(attempt, why) => ignored(pursuing(session, attempt, failed_tries), why),
        Progress::Done(renewed, way) => taken(renewed_as(session, renewed, way, ground, turn)),
        // One silent attempt is left, and it asks for whoever is there: why the refresh token ended is not known.
        Progress::RefreshRefused(error) => {
            turn.ask(Effect::Report(error));
            let session = Box::new(Session { refresh: Refresh::None, ..*session });
            let attempt = Attempt::silent(None, None, &mut ground.knowledge, turn);
            taken(pursuing(session, attempt, failed_tries))
        }
        Progress::Failed(error) => taken(renewal_failed(*session, error, failed_tries + 1, ground, turn)),
    }
}

/// The refresh token that an answer brought is in force at once: the one before it is used up, whether or not the rest of the answer can be believed
/// yet. It goes nowhere but to the token endpoint that it came from.
fn adopt_refresh_token(session: Box<Session>, attempt: &Attempt) -> Box<Session> {
    match attempt.refresh_token() {
        Some(token) => Box::new(Session { refresh: Refresh::Good(token), ..*session }),
        None => session,
    }
}

/// The next session of the same person, or the first one of another: then nothing of the old one is kept.
fn renewed_as(old: Box<Session>, new: Box<Session>, way: Way, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    let is_same = old.is_of_same_person(&new);
    if !new.asked.is_first() && !is_same {
        // Not a token of this session; theirs begins with its own.
        let attempt = Attempt::silent(None, None, &mut ground.knowledge, turn);
        return pursuing(no_longer_refreshing(old), attempt, 0);
    }
    ground.elsewhere = false;
    ground.remember_session(way, turn);
    if old.claims.issuer != new.claims.issuer || old.claims.subject != new.claims.subject {
        tell_of(&new, turn);
    }
    // A frame brings no refresh token where the provider gives one to people only. The one that is held goes on for the same organisation alone:
    // in another it would lead back to the old one.
    let kept = is_same && matches!(new.refresh, Refresh::None);
    let new = match (kept, &old.refresh) {
        (true, Refresh::Good(token)) => Session { refresh: Refresh::Good(token.clone()), apart: true, ..*new },
        _ => *new,
    };
    let session = match (new.asked.is_first(), is_same) {
        (true, true) => Session { further: old.further.renewed(), ..new },
        (true, false) => new,
        (false, _) => old.with_token_of(new),
    };
    Phase::SignedIn { session: Box::new(session), renewal: Renewal::Resting }
}

/// A transient failure never ends a session that could still be renewed. An answer that says so does, if it can be believed.
fn renewal_failed(session: Session, error: Error, failed_tries: u32, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    let may_pass = (error.is_transient() || ground.is_disturbance(&error)) && failed_tries < RESTORE_TRIES;
    // What ends the session, or concerns somebody else, is for the session to find out; the rest concerns those who call that resource.
    let is_over = error == Error::Silent(SilentFailure::LoginRequired) && ground.frames_are_trusted(turn.config);
    if !(session.asked.is_first() || ground.elsewhere || may_pass || is_over) {
        turn.ask(Effect::Report(error.clone()));
        let refresh = session.refresh.unanswered(may_have_been_carried_out(&error));
        let session = Session { refresh, ..session }.without_token(error);
        return Phase::SignedIn { session: Box::new(session), renewal: Renewal::Resting };
    }
    if error.is_transient() || may_pass {
        return try_again_later(session, error, failed_tries, turn);
    }
    let session = Session { asked: Target::FIRST, ..session };
    match (error, session.refresh) {
        // Every other way has been tried.
        (Error::Silent(failure), Refresh::Doubtful(token)) if !ground.elsewhere => {
            turn.ask(Effect::Report(Error::Silent(failure)));
            let session = Session { refresh: Refresh::None, ..session };
            let attempt = Attempt::refresh(token, Previous::of(&session), session.asked, &mut ground.knowledge, turn);
            pursuing(Box::new(session), attempt, failed_tries)
        }
        // Some browsers lend the provider its cookies in a frame for a while, and then no longer. Where that may be, a refresh token knows better.
        (Error::Silent(SilentFailure::LoginRequired), Refresh::Good(token))
            if !ground.elsewhere && !turn.config.shares_host_with_provider() =>
        {
            refresh(token, Box::new(Session { refresh: Refresh::None, ..session }), failed_tries, ground, turn)
        }
        (Error::Silent(SilentFailure::LoginRequired), _) if ground.frames_are_trusted(turn.config) => session_ended(ground, turn),
        (Error::Silent(_) | Error::Authorization(_) | Error::Par(_), _) if ground.elsewhere => replaced(ground),
        // It may be over, or the browser hid from the provider who is there, or the provider wants something of them. Only the person can tell, and
        // until then nothing is taken from them.
        (cause @ (Error::Silent(_) | Error::Authorization(_) | Error::Par(_)), refresh) => {
            let blind = cause == Error::Silent(SilentFailure::LoginRequired) && ground.frames_are_blocked(turn);
            let cause = if blind { Error::Silent(SilentFailure::CookiesBlocked) } else { cause };
            turn.ask(Effect::Report(cause.clone()));
            Phase::SignedIn { session: Box::new(Session { refresh, ..session }), renewal: Renewal::Paused(cause) }
        }
        (error, _) => {
            ground.remember(News::SignedOut, turn);
            problem(error, turn)
        }
    }
}

/// It is over at the provider.
fn session_ended(ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    ground.elsewhere = false;
    ground.remember(News::SignedOut, turn);
    Phase::SignedOut(Reason::SessionEnded)
}

fn try_again_later(session: Session, error: Error, failed_tries: u32, turn: &mut Turn<'_>) -> Phase {
    let refresh = session.refresh.unanswered(may_have_been_carried_out(&error));
    // Of two clocks that disagree, the one that nobody can set tells how long the token lasts.
    let lifetime = if error.is_clock() { session.lifetime.by_uptime() } else { session.lifetime };
    turn.ask(Effect::Report(error.clone()));
    let renewal = Renewal::Pursuing(Pursuit::pause(error, failed_tries, turn));
    Phase::SignedIn { session: Box::new(Session { refresh, lifetime, ..session }), renewal }
}

/// Whether a request may have been carried out although no answer of the provider's came: a status in the 500s may be of something in between.
fn may_have_been_carried_out(error: &Error) -> bool {
    match error {
        Error::Network(NetworkFailure::Unavailable { status, .. }) => *status != 429,
        Error::Network(failure) => *failure != NetworkFailure::Offline,
        Error::Token(refusal) => refusal.code == "server_error",
        _ => true,
    }
}

/// Goes on in another of the person's organisations: silently where the provider does that, else with a redirect.
fn switch(session: Box<Session>, id: String, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    let attempt = Attempt::silent(Some(Previous::of(&session)), Some(id.clone()), &mut ground.knowledge, turn);
    let session = no_longer_refreshing(session);
    Phase::SignedIn { session, renewal: Renewal::Switching { attempt: Box::new(attempt), id } }
}

/// A refresh that was under way is not waited for any more.
fn no_longer_refreshing(session: Box<Session>) -> Box<Session> {
    let Session { refresh, .. } = *session;
    Box::new(Session { refresh: refresh.unanswered(true), ..*session })
}

fn after_switch(session: Box<Session>, progress: Progress, id: String, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    let switching = |session, attempt, id| Phase::SignedIn { session, renewal: Renewal::Switching { attempt: Box::new(attempt), id } };
    match progress {
        Progress::Waiting(attempt) => taken(switching(session, attempt, id)),
        Progress::Unmoved(attempt, why) => ignored(switching(session, attempt, id), why),
        Progress::Done(switched, way) if switched.person.organization.as_deref() == Some(&id) => {
            taken(renewed_as(session, switched, way, ground, turn))
        }
        // The provider stayed where it was, or has to ask first.
        Progress::Done(..) | Progress::Failed(_) | Progress::RefreshRefused(_) => {
            let departure = Departure::SignIn { options: SignInOptions::organization(id), history: HistoryEntry::Keep };
            taken(depart(departure, ground, turn))
        }
    }
}

// ----------------------------------------------------------------------------------------------------------------- 5. Signed out

fn signed_out(reason: Reason, event: Event, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    match event {
        Event::SignInChosen(options) => taken(sign_in(Phase::SignedOut(reason), options, ground, turn)),
        Event::OrganizationChosen { id } => taken(sign_in(Phase::SignedOut(reason), SignInOptions::organization(id), ground, turn)),
        Event::SignInNeeded { place } => match reason {
            Reason::NoSession if !ground.sign_in_spent => taken(send_to_sign_in(place, ground, turn)),
            Reason::NoSession
            | Reason::ByChoice
            | Reason::Elsewhere
            | Reason::SessionEnded
            | Reason::AccountChanged
            | Reason::SignedInElsewhere
            | Reason::Problem(_) => ignored(Phase::SignedOut(reason), Ignored::NotNow),
        },
        Event::SignOutChosen => taken(sign_out(None, ground, turn)),
        Event::RetryChosen => taken(restore(None, 0, ground, turn)),
        Event::OtherTabSignedIn(_) if may_follow(&reason, ground, turn) => taken(follow(ground, turn)),
        Event::PageReturned { hint } if hint.last == Last::SignedIn && may_follow(&reason, ground, turn) => taken(follow(ground, turn)),
        Event::OtherTabSignedOut { .. } if reason == Reason::NoSession => taken(signed_out_elsewhere(ground)),
        Event::Opened(_) => ignored(Phase::SignedOut(reason), Ignored::OpenedBefore),
        Event::FrameSpoke { .. }
        | Event::FrameLoaded { .. }
        | Event::FrameForbidden { .. }
        | Event::Examined { .. }
        | Event::PopupBlocked { .. }
        | Event::Responded { .. }
        | Event::Verified { .. }
        | Event::TokenRejected { .. } => ignored(Phase::SignedOut(reason), Ignored::Stale),
        Event::SignInNoLongerNeeded
        | Event::PersonActed
        | Event::RenewalChosen
        | Event::TokenNeeded(_)
        | Event::OtherTabSignedIn(_)
        | Event::OtherTabSignedOut { .. }
        | Event::PageReturned { .. }
        | Event::ProviderSignedOut(_)
        | Event::SessionWatched(_)
        | Event::Woke { .. }
        | Event::Ticked => ignored(Phase::SignedOut(reason), Ignored::NotNow),
    }
}

/// Whether it is worth while to look who signed in elsewhere: not where that was tried, and a frame was blind.
fn may_follow(reason: &Reason, ground: &Ground, turn: &Turn<'_>) -> bool {
    let tried = matches!(reason, Reason::AccountChanged | Reason::SignedInElsewhere);
    !ground.framed && (!tried || ground.frames_are_trusted(turn.config))
}

/// Somebody signed in in another tab: this one looks for itself, as soon as it is looked at. It is not sent anywhere for that.
fn follow(ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    ground.elsewhere = true;
    (ground.sign_in_spent, ground.lookup_spent) = (true, true);
    if ground.visible { restore(None, 0, ground, turn) } else { Phase::Restoring { pursuit: Pursuit::Unseen, trouble: None } }
}

/// Another tab signed out.
fn signed_out_elsewhere(ground: &mut Ground) -> Phase {
    ground.popup = None;
    ground.elsewhere = false;
    ground.hint.last = Last::SignedOutByChoice;
    Phase::SignedOut(Reason::Elsewhere)
}

// -------------------------------------------------------------------------------------------------------------------- 6. Leaving

/// The person wants to sign in: in a window of its own if that is wished and can be had, else by leaving the page.
fn sign_in(phase: Phase, options: SignInOptions, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    if let Err(refusal) = options.check() {
        turn.ask(Effect::Report(Error::Configuration(refusal.0)));
    }
    if options.keeps_session {
        if ground.redirects.is_full(turn.now.wall) {
            note_step_up(Error::StepUp(StepUpFailure::TooOften), ground, turn);
            return phase;
        }
        ground.step_up_failure = None;
        // An API that is never content would send the person there and back for ever.
        ground.count_redirect(turn);
    }
    match ground.knowledge.latest_metadata(turn).filter(|_| options.popup) {
        Some(metadata) => {
            let attempt = Attempt::popup(&options, metadata, &mut ground.knowledge, turn);
            ground.popup = Some(Popup { attempt, options });
            phase
        }
        None => depart(Departure::SignIn { options, history: HistoryEntry::Keep }, ground, turn),
    }
}

/// Goes to the provider, as soon as it is known where that is.
fn depart(departure: Departure, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    let Some(metadata) = ground.knowledge.metadata(turn) else {
        ground.knowledge.want(turn);
        return Phase::Leaving { purpose: Purpose::Prepare(departure), until: turn.now.plus(LEAVING_PATIENCE) };
    };
    let manner = match &departure {
        Departure::SignIn { options, .. } => Manner::Redirect(options),
        Departure::Lookup => Manner::Lookup,
    };
    match Request::new(&manner, metadata, turn) {
        Request::Plain(url, transaction) => leave(&departure, url, transaction, ground, turn),
        Request::Pushed(pushing) => {
            let until = turn.now.plus(REQUEST_PATIENCE);
            Phase::Leaving { purpose: Purpose::Push(departure, pushing), until }
        }
    }
}

/// Leaves the page for the provider.
fn leave(departure: &Departure, url: SensitiveUrl, transaction: Transaction, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    let journey = departure.journey();
    let (history, wanted) = match departure {
        Departure::SignIn { options, history } => (*history, options.return_to.as_deref()),
        Departure::Lookup => (HistoryEntry::Replace, Some(ground.opened_at.as_str())),
    };
    let wanted = wanted.and_then(|place| turn.config.place_in_app(place));
    let return_to = wanted.or_else(|| ground.landing.clone()).unwrap_or_else(|| "/".to_owned());
    let record = Pending::SignIn { transaction, return_to, journey }.to_record(turn.config);
    if history == HistoryEntry::Replace {
        ground.count_redirect(turn);
    }
    turn.ask(Effect::Remember(record));
    turn.ask(Effect::Navigate { url, history });
    Phase::Leaving { purpose: Purpose::Depart(journey), until: turn.now.plus(LEAVING_PATIENCE) }
}

/// The page is still there. Whoever had a session has it back.
fn did_not_leave(journey: Journey, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    match journey {
        Journey::SignIn => problem(Error::Network(NetworkFailure::Timeout), turn),
        Journey::StepUp | Journey::Lookup => restore(None, 0, ground, turn),
    }
}

/// The page cannot leave for the provider.
fn cannot_leave(departure: &Departure, error: Error, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    match departure.journey() {
        Journey::SignIn => problem(error, turn),
        Journey::StepUp => step_up_failed(error, ground, turn),
        Journey::Lookup => restore_failed(error, 1, None, ground, turn),
    }
}

/// Ends the session here first, whatever becomes of the rest: the tokens are gone with this step.
fn sign_out(session: Option<Box<Session>>, ground: &mut Ground, turn: &mut Turn<'_>) -> Phase {
    ground.popup = None;
    ground.elsewhere = false;
    let at = turn.now.wall;
    ground.remember(News::SignedOutByChoice { at }, turn);
    turn.ask(Effect::Tell(TabMessage::SignedOut { at: Some(at) }));
    let endpoint = session.and_then(|session| Some((session.id_token, ground.knowledge.latest_metadata(turn)?.end_session_endpoint?)));
    let Some((id_token, endpoint)) = endpoint else {
        turn.ask(Effect::RewriteAddress { to: turn.config.post_logout_path.clone() });
        return Phase::SignedOut(Reason::ByChoice);
    };
    let state = StateParameter::new(turn.generator.token());
    let leave = logout::leave(&endpoint, &id_token, &state, turn.config);
    let record = Pending::SignOut { state, begun: turn.now.wall }.to_record(turn.config);
    turn.ask(Effect::Remember(record));
    turn.ask(leave);
    Phase::Leaving { purpose: Purpose::SignOut, until: turn.now.plus(LEAVING_PATIENCE) }
}

fn leaving(purpose: Purpose, until: Clocks, event: Event, ground: &mut Ground, turn: &mut Turn<'_>) -> Moved {
    let (purpose, event) = match (purpose, event) {
        (Purpose::Push(departure, pushing), Event::Responded { ticket, outcome }) if pushing.holds(ticket) => {
            return taken(match pushing.answered(outcome, turn) {
                Ok((url, transaction)) => leave(&departure, url, transaction, ground, turn),
                Err(error) => cannot_leave(&departure, error, ground, turn),
            });
        }
        other => other,
    };
    match event {
        Event::PageReturned { hint } => taken(match purpose {
            Purpose::SignOut => Phase::SignedOut(Reason::ByChoice),
            Purpose::Depart(_) | Purpose::Prepare(_) | Purpose::Push(..) => page_returned(hint, None, ground, turn),
        }),
        Event::Ticked if until.has_come(turn.now) => taken(match purpose {
            Purpose::SignOut => Phase::SignedOut(Reason::ByChoice),
            Purpose::Depart(journey) => did_not_leave(journey, ground, turn),
            Purpose::Prepare(departure) => did_not_leave(departure.journey(), ground, turn),
            Purpose::Push(departure, _) => cannot_leave(&departure, par::timed_out(), ground, turn),
        }),
        Event::Ticked => ignored(Phase::Leaving { purpose, until }, Ignored::Early),
        Event::SignOutChosen if !matches!(purpose, Purpose::SignOut) => taken(sign_out(None, ground, turn)),
        Event::OtherTabSignedOut { .. } if matches!(purpose, Purpose::Prepare(_) | Purpose::Push(..)) => {
            taken(signed_out_elsewhere(ground))
        }
        Event::SignInNeeded { place } => {
            ground.needed = Some(place);
            taken(Phase::Leaving { purpose, until })
        }
        Event::SignInNoLongerNeeded => {
            ground.needed = None;
            taken(Phase::Leaving { purpose, until })
        }
        Event::SignInChosen(_) | Event::SignOutChosen => ignored(Phase::Leaving { purpose, until }, Ignored::AlreadyUnderWay),
        Event::Opened(_) => ignored(Phase::Leaving { purpose, until }, Ignored::OpenedBefore),
        Event::FrameSpoke { .. }
        | Event::FrameLoaded { .. }
        | Event::FrameForbidden { .. }
        | Event::Examined { .. }
        | Event::PopupBlocked { .. }
        | Event::Responded { .. }
        | Event::Verified { .. }
        | Event::TokenRejected { .. } => ignored(Phase::Leaving { purpose, until }, Ignored::Stale),
        Event::OrganizationChosen { .. }
        | Event::PersonActed
        | Event::RenewalChosen
        | Event::TokenNeeded(_)
        | Event::RetryChosen
        | Event::OtherTabSignedIn(_)
        | Event::OtherTabSignedOut { .. }
        | Event::ProviderSignedOut(_)
        | Event::SessionWatched(_)
        | Event::Woke { .. } => ignored(Phase::Leaving { purpose, until }, Ignored::NotNow),
    }
}

// ------------------------------------------------------------------------------------------- News of the provider, and the window

impl Phase {
    /// Something was learned about the provider, or could not be.
    fn learned(self, result: Result<(), Error>, ground: &mut Ground, turn: &mut Turn<'_>) -> Self {
        match self {
            Self::Restoring { pursuit: Pursuit::Attempting { attempt, failed_tries }, trouble } => {
                let progress = attempt.learned(result, &mut ground.knowledge, turn);
                after_restore(progress, failed_tries, trouble, ground, turn).0
            }
            Self::Completing { attempt } => {
                let is_step_up = attempt.is_step_up();
                let progress = attempt.learned(result, &mut ground.knowledge, turn);
                after_completing(progress, is_step_up, ground, turn).0
            }
            Self::SignedIn { session, renewal: Renewal::Pursuing(Pursuit::Attempting { attempt, failed_tries }) } => {
                let progress = attempt.learned(result, &mut ground.knowledge, turn);
                after_renewal(session, progress, failed_tries, ground, turn).0
            }
            Self::SignedIn { session, renewal: Renewal::Switching { attempt, id } } => {
                let progress = attempt.learned(result, &mut ground.knowledge, turn);
                after_switch(session, progress, id, ground, turn).0
            }
            Self::Leaving { purpose: Purpose::Prepare(departure), .. } => match result {
                Ok(()) => depart(departure, ground, turn),
                Err(error) => cannot_leave(&departure, error, ground, turn),
            },
            Self::Starting | Self::Restoring { .. } | Self::SignedIn { .. } | Self::SignedOut(_) | Self::Leaving { .. } => self,
        }
    }
}

/// What the window means to the page.
fn after_window(phase: Phase, window: Window, ground: &mut Ground, turn: &mut Turn<'_>) -> Result<Moved, (Phase, Event)> {
    match (window, phase) {
        (Window::NotConcerned(event), phase) => Err((phase, event)),
        (Window::Open(reaction), phase) => Ok((phase, reaction)),
        (Window::SignedIn(session, way), _) => Ok(taken(enter(session, way, ground, turn))),
        (Window::Failed(error, _), Phase::SignedOut(_)) => Ok(taken(problem(step_up::unmet(error), turn))),
        (Window::Failed(error, options), phase) if options.keeps_session => {
            note_step_up(error, ground, turn);
            Ok(taken(phase))
        }
        (Window::Failed(error, _), phase) => {
            turn.ask(Effect::Report(error));
            Ok(taken(phase))
        }
        // Nothing on the page is given up for a window that did not open.
        (Window::Blocked(_), Phase::SignedIn { session, renewal: Renewal::Paused(_) }) => {
            let cause = Error::Platform(Finding::invalid("popup", "the browser did not open the window; allow pop-ups for this page"));
            Ok(taken(Phase::SignedIn { session, renewal: Renewal::Paused(cause) }))
        }
        (Window::Blocked(options), _) => {
            let departure = Departure::SignIn { options, history: HistoryEntry::Keep };
            Ok(taken(depart(departure, ground, turn)))
        }
    }
}
