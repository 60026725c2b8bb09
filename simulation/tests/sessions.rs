//! A small number of sessions with every test run; `cargo xtask simulate` runs many.

use simulation::{
    chance::session_seed,
    session,
    tally::{Count, Tally},
};

/// The run that the tests look at.
const RUN: u64 = 1;

#[test]
fn the_same_seed_gives_the_same_session_traced_or_not() {
    for number in 0..50 {
        let seed = session_seed(RUN, number);
        let (first, second, untraced) = (session::run(seed, true), session::run(seed, true), session::run(seed, false));
        assert!(first.trace.len() > 10, "session {seed} is told");
        assert_eq!(first.trace, second.trace, "session {seed}");
        assert_eq!(first.tally, second.tally);
        assert_eq!(first.tally, untraced.tally, "session {seed} is another when nobody looks");
        assert!(untraced.trace.is_empty());
    }
}

#[test]
fn different_seeds_give_different_sessions() {
    let traces: Vec<_> = (0..50).map(|number| session::run(session_seed(RUN, number), true).trace).collect();
    for (place, trace) in traces.iter().enumerate() {
        assert!(!traces[..place].contains(trace));
    }
}

#[test]
fn two_thousand_sessions_hold_and_show_what_they_claim() {
    let mut tally = Tally::new();
    for number in 0..2000 {
        let seed = session_seed(RUN, number);
        let outcome = session::run(seed, false);
        tally.merge(&outcome.tally);
        if let Some(violation) = outcome.violation {
            panic!("session {number} violates: {violation}\nReplay it with: cargo xtask simulate --replay {seed}");
        }
    }
    assert_eq!(tally.absent(), Vec::<&str>::new(), "two thousand sessions have everything in them");
    assert!(tally.of(Count::Events) > 40_000);
}

#[test]
fn a_trace_holds_no_secret() {
    for number in 0..200 {
        let text = session::run(session_seed(RUN, number), true).trace.concat();
        // How every token and code of the simulation begins.
        for mark in ["eyJ", "code-secret-", "refresh-secret-"] {
            assert!(!text.contains(mark), "{mark}");
        }
    }
}
