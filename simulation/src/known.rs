//! Faults of the core that are known and not mended yet: each is let pass here, as narrowly as it can be told, and nowhere else. A fault that
//! is mended loses its exception in the same change.

use crate::{
    bridge::{self, Kind, Shown},
    check::Before,
    clock::{MINUTE, SECOND},
    page::Document,
    tally::Count,
    violation::{Held, require},
    world::{Truth, World},
};

/// A refresh token is sent again although it was used up: an answer of 5xx counts as not carried out, and it may come from something in between.
const UNAVAILABLE_COUNTS_AS_UNUSED: bool = true;

/// A refresh token is sent again although its answer came: what had to be known for believing the answer, keys or the right time, was missing, and the
/// attempt is thrown away with the next token in it.
const ANSWERED_REFRESHES_ARE_REPEATED: bool = true;

/// Keys are not asked for anew twice within a minute. An attempt that finds a key missing in that minute, because the first request failed or the
/// provider has changed its keys again, ends the session instead of waiting.
const KEYS_ARE_GIVEN_UP: bool = true;

/// An answer that comes when its deadline has passed, and before the timer does, as after a sleep, is taken as if it were in time: the code it brought is
/// too old by then, and the session ends.
const LATE_ANSWERS_ARE_TAKEN: bool = true;

/// The hint has room for one word about people: a sign-out is forgotten when somebody signs in, or nobody is found, afterwards, and a page that was in
/// the cache meanwhile comes back with the tokens of before.
const SIGN_OUTS_ARE_OVERWRITTEN: bool = true;

/// Where access tokens are looked into, their `exp` is held against the device's clock: if that is ahead by a token's lifetime and within the
/// tolerance, every token is expired on arrival, and the next renewal begins at once.
const RENEWALS_HAVE_NO_PAUSE: bool = true;

/// A refresh token is sent.
pub(crate) fn refresh_sent_again(world: &mut World, again: bool, document: &Document) -> Held {
    // The last resort, and no fault: no frame finds anybody, and to try is better than to give up.
    if !again || document.frame_failed || document.frames_blocked {
        return Ok(());
    }
    let known = match document.refresh_answer {
        Some(Truth::Unavailable) => UNAVAILABLE_COUNTS_AS_UNUSED,
        Some(Truth::Ordinary) => ANSWERED_REFRESHES_ARE_REPEATED,
        _ => false,
    };
    pass(world, known);
    require(known, "a refresh token that was used up is not sent again", || {
        format!("tab {}, answered {:?}", document.id.tab, document.refresh_answer)
    })
}

/// A page came back that has missed a sign-out.
pub(crate) fn sign_out_missed(missed: bool, document: &Document) -> Held {
    let known = document.forgot_sign_out;
    require(!missed || known, "no token is reachable in another tab after a sign-out", || format!("tab {}", document.id.tab))
}

/// What a page may not know when it comes back from the cache: somebody signed out, and the hint says something newer.
pub(crate) fn forgets_sign_out(world: &World, document: &Document) -> bool {
    SIGN_OUTS_ARE_OVERWRITTEN && document.since < world.signed_out && !bridge::says_signed_out(world.hint.as_deref())
}

/// A session ended that could have been renewed.
pub(crate) fn ended(world: &mut World, wrongly: bool, document: &Document, before: &Before, after: Shown) -> Held {
    let problem = document.core.problem().unwrap_or_default();
    let known = (before.kind == Kind::Answer && keys_were_given_up(world, document))
        || (LATE_ANSWERS_ARE_TAKEN && document.late && before.truth == Truth::Denial && problem == "invalid_grant");
    pass(world, wrongly && known);
    require(!wrongly || known, "a transient failure never ends a session", || {
        format!("{after:?} {problem} after {:?} ({:?})", before.kind, before.truth)
    })
}

/// Whether a page shows that a key is missing, and could not ask for it.
pub(crate) fn keys_were_given_up(world: &World, document: &Document) -> bool {
    let refetched = world.clock.now.saturating_sub(document.refetched) <= MINUTE;
    KEYS_ARE_GIVEN_UP && refetched && document.core.problem().as_deref() == Some("keys_kid")
}

/// An attempt begins because the time for it has come.
pub(crate) fn renewed_without_pause(world: &mut World, too_often: bool, detail: impl FnOnce() -> String) -> Held {
    let known = too_often && RENEWALS_HAVE_NO_PAUSE && world.clock.apart() + 4 * SECOND > world.provider.rules.lifetime_millis();
    pass(world, known);
    require(!too_often || known, "the provider is not asked again and again without a pause", detail)
}

fn pass(world: &mut World, known: bool) {
    if known {
        world.count(Count::KnownFaults);
        world.note(|_| "a known fault of the core".to_owned());
    }
}
