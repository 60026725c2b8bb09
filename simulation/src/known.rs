//! Faults of the core that are known and not mended yet: each is let pass here, as narrowly as it can be told, and nowhere else. A fault that
//! is mended loses its exception in the same change.

use crate::{
    bridge::Shown,
    check::Before,
    tally::Count,
    violation::{Held, require},
    world::World,
};

/// The claims of an ID token are shown in the `Debug` of the state, and the nonce is one of them.
pub const NONCE_IS_SHOWN: bool = true;

/// A refresh token is sent again although its request was carried out: a broken connection and an answer of 5xx count as not carried out.
pub fn refresh_sent_twice(world: &mut World, again: bool) -> Held {
    const LET_PASS: bool = true;
    if again {
        world.count(Count::KnownFaults);
    }
    require(!again || LET_PASS, "a refresh token that was used up is not sent again", String::new)
}

/// A page came back that has missed a sign-out.
pub fn sign_out_missed(_world: &mut World, missed: bool, tab: usize) -> Held {
    require(!missed, "no token is reachable in another tab after a sign-out", || format!("tab {tab}"))
}

/// A session ended that could have been renewed.
pub fn ended(_world: &mut World, wrongly: bool, problem: Option<&str>, before: &Before, after: Shown) -> Held {
    require(!wrongly, "a transient failure never ends a session", || {
        format!("{after:?} {} after {:?} ({:?})", problem.unwrap_or_default(), before.kind, before.truth)
    })
}

/// A tab does not come to rest although nothing is wrong any more.
pub fn never_rests(_world: &mut World, _tab: usize, detail: impl FnOnce() -> String, invariant: &'static str) -> Held {
    require(false, invariant, detail)
}
