//! One session from its seed to its end.

use crate::{
    chance::Chance,
    clock::SECOND,
    moves::Choice,
    provider::APP,
    tally::Tally,
    violation::{Held, Violation},
    world::World,
};
use std::panic::{self, AssertUnwindSafe};

/// What came of a session.
#[derive(Debug)]
pub struct Outcome {
    /// The invariant that did not hold, if one did not.
    pub violation: Option<Violation>,
    /// What happened, and how often.
    pub tally: Tally,
    /// What happened, line by line, if that was asked for.
    pub trace: Vec<String>,
}

/// Runs the session of a seed. The same seed gives the same session, traced or not.
#[must_use]
pub fn run(seed: u64, traced: bool) -> Outcome {
    let mut world = World::new(seed, traced);
    // A panic is a violation like any other: the state of the world is only read for its trace afterwards.
    let held = panic::catch_unwind(AssertUnwindSafe(|| live(&mut world)));
    let violation = match held {
        Ok(held) => held.err(),
        Err(panic) => {
            let words = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
            Some(Violation { invariant: "nothing panics", detail: words.unwrap_or("without words").to_owned() })
        }
    };
    Outcome { violation, tally: world.tally, trace: world.trace.unwrap_or_default() }
}

fn live(world: &mut World) -> Held {
    let choice = Choice::draw(&mut world.chance);
    world.note(|world| format!("{:?} {:?}", world.habits.usual, world.provider.rules));
    // Most sessions begin with somebody at the provider already.
    if world.chance.percent(60) {
        world.provider.sign_in(world.habits.usual, world.clock.provider());
    }
    let address = format!("{APP}{}", world.chance.pick(&["/", "/account"]));
    world.load(0, &address)?;
    for _ in 0..length(&mut world.chance) {
        let wait = pause(world);
        world.run_for_steps(world.clock.now + wait, PAUSE_STEPS)?;
        let what = choice.next(&mut world.chance);
        world.note(|_| format!("move: {what:?}"));
        world.make(what)?;
        if world.steps > ENOUGH {
            break;
        }
    }
    world.end()
}

/// A session with more steps than this has shown what it can.
const ENOUGH: u64 = 150;

/// A pause is over after so many steps, however long it was meant to be.
const PAUSE_STEPS: u64 = 60;

/// How many moves a session has: most are short, some are long.
fn length(chance: &mut Chance) -> u64 {
    if chance.percent(85) { chance.between(3, 14) } else { chance.between(15, 40) }
}

/// How long until the next move: in the middle of things mostly, sometimes so long that tokens expire.
fn pause(world: &mut World) -> u64 {
    let lifetime = world.provider.rules.lifetime_millis();
    match world.chance.below(100) {
        0..35 => world.chance.between(0, 300),
        35..70 => world.chance.between(300, 5 * SECOND),
        70..90 => world.chance.between(5 * SECOND, 40 * SECOND),
        _ => world.chance.between(lifetime / 3, lifetime + lifetime / 2),
    }
}
