//! What must hold after every step, whatever happened.

use crate::{
    bridge::{Input, Kind, Sample, Shown, Stepped, Token, Why, Wish},
    dispatch::{is_choice, is_leaving},
    habits::API,
    jwt::{ACCESS_MARK, CODE_MARK, ID_MARK, REFRESH_MARK},
    page::{Document, HoldingKind},
    provider::TokenRequest,
    tally::Count,
    violation::{Held, Violation, require},
    world::{Truth, World},
};

/// Every so many steps, everything that a developer could see is searched for secrets, and an ignored event's state is compared.
pub(crate) const SAMPLE: u64 = 50;

/// More attempts than this that nobody asked for, within ten seconds, are a storm: pauses grow from a second, and no honest token lives for less
/// than a minute.
const OFTEN: usize = 9;
const OFTEN_WITHIN: u64 = 10_000;

/// What was true before a step, and what caused it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before {
    /// What kind of event.
    pub(crate) kind: Kind,
    /// What the simulation knows of it.
    pub(crate) truth: Truth,
    shown: Shown,
    generation: Option<u64>,
    by_refresh: bool,
    told_sign_out: bool,
}

impl Before {
    /// Of a page, before this comes to it; and the step at which somebody last signed out.
    pub(crate) fn of(document: &Document, input: &Input, truth: Truth, signed_out: u64) -> Self {
        Self {
            kind: Kind::Opened,
            truth,
            shown: document.core.shown(),
            generation: document.core.generation(),
            by_refresh: document.by_refresh,
            told_sign_out: input.tells_sign_out() || (matches!(input, Input::Returned { .. }) && document.since < signed_out),
        }
    }

    /// Of this kind of event.
    pub(crate) const fn with(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// What was shown.
    pub(crate) const fn was(&self) -> Shown {
        self.shown
    }

    /// Whether a refresh token was presented last.
    pub(crate) const fn refreshed(&self) -> bool {
        self.by_refresh
    }

    /// The generation of the token that was held.
    pub(crate) const fn had(&self) -> Option<u64> {
        self.generation
    }
}

impl World {
    /// Whether this step is looked at closely.
    pub(crate) const fn is_sampled(&self) -> bool {
        (self.steps + self.sampling).is_multiple_of(SAMPLE)
    }

    /// What is asked for may be asked for.
    pub(crate) fn check_effects(&self, document: &mut Document, before: &Before, stepped: &Stepped) -> Held {
        let after = document.core.shown();
        require(!stepped.ignored || stepped.wishes.is_empty(), "an ignored event asks for nothing", || format!("{:?}", before.kind))?;
        if before.kind == Kind::Organisation && !stepped.ignored {
            document.switching = true;
        }
        if (is_choice(before.kind) && !stepped.ignored) || (document.switching && is_leaving(after)) {
            document.leave_chosen = true;
        } else if !is_leaving(before.shown) && is_leaving(after) {
            document.leave_chosen = false;
        }
        if is_leaving(after) || !document.core.is_renewing() {
            document.switching = false;
        }
        if !stepped.ignored {
            match before.kind {
                Kind::Frame => document.frame_failed |= before.truth == Truth::Refusal,
                Kind::Examined | Kind::FrameForbidden => document.frame_failed = true,
                _ => {}
            }
        }
        let begins = |wish: &Wish| matches!(wish, Wish::Frame { .. } | Wish::Send { form: Some(_), .. });
        if before.kind == Kind::Ticked && stepped.wishes.iter().any(begins) {
            document.attempts.push_back(self.clock.now);
            if document.attempts.len() > OFTEN {
                let since = document.attempts.pop_front().unwrap_or_default();
                let in_time = self.clock.now - since >= OFTEN_WITHIN;
                require(in_time, "the provider is not asked again and again without a pause", || format!("tab {}", document.id.tab))?;
            }
        }
        for wish in &stepped.wishes {
            check_secrecy(document, wish)?;
        }
        Ok(())
    }

    /// What is presented to the token endpoint was never presented before.
    pub(crate) fn presented(&mut self, document: &mut Document, form: Option<&str>) -> Held {
        let Some(form) = form else { return Ok(()) };
        let request = TokenRequest::read(form);
        document.by_refresh = request.grant_type == "refresh_token";
        if document.by_refresh {
            let again = self.provider.has_rotated(&request.refresh_token);
            // The last resort, where no frame finds anybody: to try is better than to give up.
            let last = document.frame_failed || document.frames_blocked;
            return require(!again || last, "a refresh token that was used up is not sent again", || format!("tab {}", document.id.tab));
        }
        let copied = self.cloned.contains(&request.verifier);
        let shown = document.published.iter().any(|text| text.contains(&request.verifier));
        require(!shown, "a verifier reaches no effect but Send and Remember", String::new)?;
        let fresh = self.codes.insert(request.code);
        require(fresh || copied, "a code is presented at most once", || format!("tab {}", document.id.tab))?;
        let fresh = self.verifiers.insert(request.verifier.clone());
        require(fresh || copied, "a verifier is used at most once", || format!("tab {}", document.id.tab))?;
        self.remember_secrets([request.verifier]);
        Ok(())
    }

    /// The state is one that may follow.
    pub(crate) fn check_state(&mut self, document: &mut Document, before: &Before, ignored: bool, sample: Option<Sample>) -> Held {
        let (core, after, clocks) = (&document.core, document.core.shown(), self.clock.device());
        let unseen = core.waits_unseen() && !document.seen;
        require(!core.waits() || unseen || core.deadline_in(clocks).is_some(), "every waiting state has a deadline", || {
            format!("{after:?}")
        })?;
        if let Some(sample) = sample {
            self.count(Count::Sampled);
            self.check_sample(&sample, ignored)?;
        }
        let core = &document.core;
        let signs_out = matches!(before.kind, Kind::SignOut | Kind::SignedOutElsewhere);
        let is_out = core.generation().is_none() && (is_leaving(after) || matches!(after, Shown::SignedOut(_)));
        require(!signs_out || is_out, "no token is reachable after a sign-out", || format!("{after:?} after {:?}", before.kind))?;
        require(!before.told_sign_out || core.generation().is_none(), "no token is reachable after a sign-out", || {
            format!("{after:?} after {:?}", before.kind)
        })?;
        let count = |kinds: &[HoldingKind]| document.held.iter().filter(|holding| kinds.contains(&holding.kind)).count();
        require(count(&[HoldingKind::Frame]) <= 1, "at most one frame is held", String::new)?;
        let attempts = count(&[HoldingKind::Frame, HoldingKind::Examination, HoldingKind::TokenRequest, HoldingKind::Check]);
        // A window is an attempt of its own, beside the page's.
        let windows = count(&[HoldingKind::Popup]);
        require(windows <= 1, "at most one window is held", String::new)?;
        require(
            attempts <= 1 + usize::from(core.has_popup() && windows == 0) && count(&[HoldingKind::Document]) <= 1,
            "one renewal at a time in a tab",
            || format!("{attempts} under way"),
        )?;
        require(document.automatic <= 1 && document.lookups <= 1, "at most one redirect of a page load is automatic", || {
            format!("tab {}: {} to sign in, {} to look for a session", document.id.tab, document.automatic, document.lookups)
        })?;
        let moved = after != before.shown;
        let renewed = core.generation() != before.generation;
        if moved || renewed {
            self.check_owner(document, after)?;
        }
        let forged = renewed && core.generation().is_some() && before.truth != Truth::Ordinary;
        require(!forged, "a session comes of what the provider signed only", || format!("{:?}", before.truth))?;
        if let (Some(was), Some(is)) = (before.shown.who(), after.who()) {
            let whole = was.person == is.person || (renewed && matches!(before.kind, Kind::Check) && before.truth == Truth::Ordinary);
            require(whole, "nobody is replaced by another person but whole", || format!("{was:?} by {is:?} after {:?}", before.kind))?;
        }
        if matches!(after, Shown::Paused(_)) && !matches!(before.shown, Shown::Paused(_)) {
            let only_the_person = match before.kind {
                Kind::Frame => before.truth == Truth::Refusal,
                Kind::Examined | Kind::FrameForbidden => true,
                _ => false,
            };
            require(only_the_person, "a session pauses for the person only", || format!("{:?} ({:?})", before.kind, before.truth))?;
        }
        document.frame_failed &= !renewed;
        if moved {
            self.check_end(document, before, after)?;
        }
        self.count_step(document, before, after, ignored);
        if matches!(before.kind, Kind::SignOut) && !ignored {
            self.signed_out = self.steps;
        }
        if core.waits_unseen() && before.shown != Shown::Restoring {
            self.tally.add(Count::Unseen);
        }
        if after.who().is_some()
            && (before.shown.who().is_none() || before.shown.who().map(|who| who.person) != after.who().map(|who| who.person))
        {
            document.since = self.steps;
        }
        if before.kind == Kind::Returned {
            self.check_signed_out(document)?;
        }
        Ok(())
    }

    /// The token belongs to the person who is shown.
    fn check_owner(&self, document: &Document, after: Shown) -> Held {
        match (document.core.token_for(API, self.clock.device()), after) {
            (Token::Attach { token, .. }, Shown::SignedIn(who) | Shown::Paused(who)) => {
                let owner = self.provider.owner(&token);
                require(owner == Some(who), "the token is of the person who is shown", || format!("{who:?} is shown, {owner:?} owns"))
            }
            (Token::Attach { .. }, shown) => Err(Violation { invariant: "tokens exist in a session only", detail: format!("{shown:?}") }),
            _ => Ok(()),
        }
    }

    /// A page that shows somebody has not missed a sign-out that came after they signed in.
    pub(crate) fn check_signed_out(&self, document: &Document) -> Held {
        let holds = document.core.generation().is_some() && document.since < self.signed_out;
        require(!holds, "no token is reachable in another tab after a sign-out", || format!("tab {}", document.id.tab))
    }

    /// A session ends for a reason only, and a page says the reason that is true.
    fn check_end(&self, document: &Document, before: &Before, after: Shown) -> Held {
        use Kind::{Examined, Frame, FrameForbidden, Opened, Returned, SignOut, SignedInElsewhere, SignedOutElsewhere, Ticked};
        if let Shown::SignedOut(why) = after {
            let fits = match why {
                Why::NoSession => matches!(before.kind, Frame | Ticked | Examined | FrameForbidden | Opened),
                Why::ByChoice => matches!(before.kind, SignOut | Returned | Ticked | Opened),
                Why::Elsewhere => before.kind == SignedOutElsewhere || (before.kind == Returned && before.told_sign_out),
                Why::SessionEnded => before.kind == Frame && before.truth == Truth::Refusal,
                Why::AccountChanged => matches!(before.kind, SignedInElsewhere | Frame | Examined | FrameForbidden),
                Why::SignedInElsewhere => matches!(before.kind, Frame | Examined | FrameForbidden | Ticked),
                Why::Problem => true,
            };
            require(fits, "a reason is given when it is true", || format!("{why:?} after {:?} ({:?})", before.kind, before.truth))?;
        }
        if before.shown.who().is_none() || after.who().is_some() {
            return Ok(());
        }
        let changed = after == Shown::SignedOut(Why::AccountChanged);
        let may_end = match before.kind {
            _ if after == Shown::LeavingToSignIn => document.leave_chosen,
            SignOut | SignedOutElsewhere => true,
            Returned => before.told_sign_out,
            Frame => before.truth == Truth::Refusal,
            SignedInElsewhere | Examined | FrameForbidden => changed,
            Kind::Check => before.truth == Truth::Mistake,
            _ => false,
        };
        require(may_end, "a transient failure never ends a session", || {
            format!("{after:?} {} after {:?} ({:?})", document.core.problem().unwrap_or_default(), before.kind, before.truth)
        })
    }

    fn check_sample(&self, sample: &Sample, ignored: bool) -> Held {
        require(!ignored || sample.before == sample.after, "an ignored event leaves the state as it was", || sample.effects.clone())?;
        for (place, text) in [("state", &sample.after), ("effects", &sample.effects)] {
            let marks = [ACCESS_MARK, ID_MARK, REFRESH_MARK, CODE_MARK];
            let shown = marks.iter().any(|mark| text.contains(mark)) || self.secrets.iter().any(|secret| text.contains(secret.as_str()));
            require(!shown, "no secret is in any Debug output", || format!("in the {place}"))?;
        }
        Ok(())
    }
}

/// No effect carries what it must not.
fn check_secrecy(document: &mut Document, wish: &Wish) -> Held {
    let (text, name) = match wish {
        Wish::Frame { url, .. } => (url, "OpenFrame"),
        Wish::Popup { url, .. } => (url, "OpenPopup"),
        Wish::Examine { question, .. } => (question, "Examine"),
        Wish::NoteRedirects(text) => {
            return require(text.as_ref().is_none_or(|text| !text.contains("eyJ")), "no token reaches an effect but Send", || {
                "NoteRedirects".to_owned()
            });
        }
        Wish::Leave { url, .. } => (url, "Navigate"),
        Wish::Rewrite(to) => (to, "RewriteAddress"),
        Wish::Tell(text) => (text, "Tell"),
        Wish::Report(text) => (text, "Report"),
        Wish::Keep { text, .. } => (text, "Remember"),
        Wish::Send { form, .. } => {
            let id = form.as_ref().is_some_and(|form| form.contains(ID_MARK));
            return require(!id, "an ID token leaves as id_token_hint only", || "Send".to_owned());
        }
        Wish::Check { .. } | Wish::Hint(_) | Wish::ForgetScroll | Wish::RestoreScroll => return Ok(()),
    };
    let token = [ACCESS_MARK, REFRESH_MARK, CODE_MARK].iter().any(|mark| text.contains(mark));
    require(!token, "no token reaches an effect but Send", || name.to_owned())?;
    let hints = if matches!(wish, Wish::Frame { .. } | Wish::Leave { .. }) { text.matches("id_token_hint=eyJ").count() } else { 0 };
    require(text.matches(ID_MARK).count() == hints, "an ID token leaves as id_token_hint only", || name.to_owned())?;
    if !matches!(wish, Wish::Keep { .. }) {
        World::publish(document, text);
    }
    Ok(())
}
