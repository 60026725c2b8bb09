//! The OpenID Foundation's tests of relying parties, by their own names and with their own lies, and what those tests leave out.
//!
//! The oracle is theirs: after the lie nothing more is called for five seconds, neither token endpoint nor userinfo nor API. Beyond theirs, the page
//! says by a code what was wrong, nobody is signed in, and the world is judged as any other.

mod core;
mod fapi;
mod play;
mod rules;
mod steps;

use super::Scenario;
use crate::setup::Setup;

/// What the Foundation's tests ask of a relying party: everything is discovered, and userinfo is asked.
const DISCOVERED: Setup = Setup { discovered: true, configuration: &[("userinfo", "true")], ..Setup::ORDINARY };

/// A scenario that is a row: a lie and what the app is to make of it; or one with steps of its own.
macro_rules! scenario {
    ($name:literal, $headline:literal, run = $run:path, $setup:expr) => {
        $crate::scenarios::Scenario {
            name: $name,
            headline: $headline,
            setup: $setup,
            run: |world| Box::pin(async move { $run(&world).await }),
        }
    };
    ($name:literal, $headline:literal, $hostile:expr) => {
        scenario!($name, $headline, $hostile, super::DISCOVERED)
    };
    ($name:literal, $headline:literal, $hostile:expr, $setup:expr) => {
        scenario!($name, $headline, run = super::play::row, $hostile.world($setup))
    };
}
use scenario;

/// All of them. Those that take longest come first, so that nobody waits for one alone.
pub(super) fn scenarios() -> Vec<Scenario> {
    [fapi::SCENARIOS, rules::SCENARIOS, core::SCENARIOS].concat()
}
