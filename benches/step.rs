//! `step`, event by event: `cargo bench --no-default-features --bench step`. How often an event allocates stands in `tests/allocations.rs`.

#![allow(missing_docs, reason = "criterion's macro makes a public function without any")]

#[cfg(not(target_arch = "wasm32"))]
#[path = "../tests/support/flow.rs"]
mod flow;
#[cfg(not(target_arch = "wasm32"))]
#[path = "../tests/support/moments.rs"]
mod moments;

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use super::{
        flow::{API, Flow, key_set},
        moments::{MOMENTS, SetUp, is_response_with, signed_in},
    };
    use criterion::{BatchSize, Criterion, Throughput, criterion_group};
    use hushkey::protocol::{machine::step, turn::Event};
    use std::hint::black_box;

    /// One step, from the state before it.
    fn time(group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>, name: &str, set_up: SetUp) {
        let (flow, _) = set_up();
        let (at, config) = (flow.moment(), flow.config);
        let begin = || {
            let (flow, event) = set_up();
            (flow.state, event)
        };
        group.bench_function(name, |bencher| {
            bencher.iter_batched(begin, |(state, event)| step(state, event, &at, &config), BatchSize::SmallInput);
        });
    }

    fn events(criterion: &mut Criterion) {
        let mut group = criterion.benchmark_group("step");
        group.throughput(Throughput::Elements(1));
        for (name, set_up) in MOMENTS {
            time(&mut group, name, set_up);
        }
        let flow = signed_in(false);
        group.bench_function("api call: token_for", |bencher| {
            bencher.iter(|| black_box(flow.state.token_for(black_box(API), flow.now, &flow.config)));
        });
        group.finish();
    }

    fn sign_in(criterion: &mut Criterion) {
        let mut group = criterion.benchmark_group("sign-in");
        group.throughput(Throughput::Elements(signed_in(false).events));
        group.sample_size(50);
        // With the answers of the provider, which are made on the way: the whole of a page load but for network and signature.
        group.bench_function("from Opened to a session", |bencher| bencher.iter(|| signed_in(false)));
        group.finish();
    }

    fn keys(criterion: &mut Criterion) {
        let mut group = criterion.benchmark_group("a thousand keys");
        let published = key_set(1_000);
        let last = |before: fn(&Event) -> bool| {
            let mut flow = Flow::new(false);
            flow.keys.clone_from(&published);
            flow.key_id = Some("k999".to_owned());
            flow.open();
            flow.before(before)
        };
        group.sample_size(30);
        let is_keys: fn(&Event) -> bool = |event| is_response_with(event, "\"keys\"");
        let is_tokens: fn(&Event) -> bool = |event| is_response_with(event, "id_token");
        for (name, which) in [("read the set", is_keys), ("read tokens, choose the key", is_tokens)] {
            let (flow, _) = last(which);
            let (at, config) = (flow.moment(), flow.config);
            group.bench_function(name, |bencher| {
                let begin = || {
                    let (flow, event) = last(which);
                    (flow.state, event)
                };
                bencher.iter_batched(begin, |(state, event)| step(state, event, &at, &config), BatchSize::PerIteration);
            });
        }
        group.finish();
    }

    criterion_group!(benches, events, sign_in, keys);
}

#[cfg(not(target_arch = "wasm32"))]
criterion::criterion_main!(native::benches);

#[cfg(target_arch = "wasm32")]
fn main() {}
