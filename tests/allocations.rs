//! How often `step` allocates, event by event. The counts are the same on every run; `cargo test --no-default-features --test allocations -- --nocapture`
//! prints them.

#![cfg(not(target_arch = "wasm32"))]

#[path = "support/flow.rs"]
mod flow;
#[path = "support/moments.rs"]
mod moments;

use allocation_counter::{AllocationInfo, measure};
use flow::API;
use hushkey::protocol::machine::{Reaction, step};
use moments::{MOMENTS, SetUp, signed_in};

fn cost(set_up: SetUp) -> AllocationInfo {
    let (flow, event) = set_up();
    let (at, state) = (flow.moment(), flow.state);
    let mut given = None;
    let cost = measure(|| given = Some(step(state, event, &at, &flow.config)));
    assert_eq!(given.expect("a step").reaction, Reaction::Taken);
    cost
}

// With the record of the flow it does; how much more is counted below.
#[cfg(not(feature = "flow"))]
#[test]
fn no_event_allocates_more_often_than_it_used_to() {
    // At most, and not far below: a bound that is too high guards nothing.
    let bounds = [45, 28, 15, 65, 36, 83, 87, 73, 83];
    println!("{:<34}{:>12}{:>10}", "event", "allocations", "bytes");
    let counts = MOMENTS.map(|(name, set_up)| {
        let AllocationInfo { count_total, bytes_total, .. } = cost(set_up);
        println!("{name:<34}{count_total:>12}{bytes_total:>10}");
        count_total
    });
    for (((name, _), count), bound) in MOMENTS.into_iter().zip(counts).zip(bounds) {
        assert!((bound * 3 / 4..=bound).contains(&count), "{name}: {count} allocations, expected up to {bound}");
    }
}

/// `step` with the record of the flow.
#[cfg(feature = "flow")]
fn recorded_cost(set_up: SetUp) -> AllocationInfo {
    let (flow, event) = set_up();
    let (at, state) = (flow.moment(), flow.state);
    let (mut given, mut record) = (None, hushkey::protocol::flow::Flow::default());
    let cost = measure(|| given = Some(hushkey::protocol::flow::step(state, event, &at, &flow.config, &mut record)));
    assert_eq!(given.expect("a step").reaction, Reaction::Taken);
    cost
}

#[cfg(feature = "flow")]
#[test]
fn to_record_an_event_costs_a_bounded_number_of_allocations() {
    println!("{:<34}{:>12}{:>12}{:>10}", "event", "not kept", "kept", "bytes");
    for (name, set_up) in MOMENTS {
        let (bare, recorded) = (cost(set_up), recorded_cost(set_up));
        println!("{name:<34}{:>12}{:>12}{:>10}", bare.count_total, recorded.count_total, recorded.bytes_total - bare.bytes_total);
        let more = recorded.count_total - bare.count_total;
        assert!(more <= 28, "{name}: {more} allocations more");
    }
}

#[test]
fn an_api_call_costs_the_same_however_many_there_were() {
    let flow = signed_in(false);
    let call = || measure(|| drop(flow.state.token_for(API, flow.now, &flow.config)));
    let first = call();
    println!("token_for: {} allocations", first.count_total);
    assert!(first.count_total <= 8 && first.bytes_current == 0, "{first:?}");
    assert!((0..10_000).all(|_| call() == first));
}
