//! A year of renewals: what the state holds is as much at the end as at the beginning, to the byte.

#[path = "../../tests/support/flow.rs"]
mod flow;

use flow::{Flow, PERIOD, RENEWALS_OF_A_YEAR};

/// What the state holds after so many renewals, in bytes on the heap: as many as are free once it is dropped.
fn held_after(renewals: u64, refresh_tokens: bool) -> i64 {
    let mut flow = Flow::new(refresh_tokens);
    flow.open();
    flow.settle();
    let begun = flow.now;
    let mut generation = flow.state.token_generation().expect("a session");
    for _ in 0..renewals {
        flow.tick();
        flow.settle();
        let next = flow.state.token_generation().expect("a session");
        assert_ne!(generation, next, "a new token");
        generation = next;
    }
    assert_eq!(flow.now.since(begun), PERIOD * u32::try_from(renewals).expect("few enough"));
    let state = std::mem::take(&mut flow.state);
    -allocation_counter::measure(|| drop(state)).bytes_current
}

#[test]
fn after_a_year_of_renewals_in_frames_the_state_holds_what_it_held_after_a_thousand() {
    let held = held_after(1_000, false);
    assert!(held > 2_000, "{held} bytes cannot be a session");
    assert_eq!(held_after(RENEWALS_OF_A_YEAR, false), held);
    println!("{held} bytes");
}

#[test]
fn after_a_year_of_renewals_by_refresh_token_the_state_holds_what_it_held_after_a_thousand() {
    let held = held_after(1_000, true);
    assert!(held > 2_000, "{held} bytes cannot be a session");
    assert_eq!(held_after(RENEWALS_OF_A_YEAR, true), held);
    println!("{held} bytes");
}
