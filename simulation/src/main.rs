//! Runs many sessions, or one. See `cargo xtask simulate`.

use clap::Parser;
use simulation::{
    chance::session_seed,
    session::{self, Outcome},
    tally::{Count, Tally},
};
use std::{
    io::{self, Write},
    process::ExitCode,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::Instant,
};

/// Runs hushkey's protocol core in simulated worlds and checks what must hold
#[derive(Debug, Parser)]
struct Arguments {
    /// How many sessions
    #[arg(long, default_value_t = 100_000)]
    sessions: u64,
    /// What the seeds of the sessions are made from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Run the one session of this seed, and tell everything that happens in it
    #[arg(long, value_name = "SEED")]
    replay: Option<u64>,
}

/// So many lines of a failed session are shown at once; `--replay` shows all.
const LAST_LINES: usize = 40;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // A panic in the core is reported with its seed, once; the hook would only repeat it.
    std::panic::set_hook(Box::new(|_| {}));
    match arguments.replay {
        Some(seed) => replay(seed),
        None => many(arguments.sessions, arguments.seed),
    }
}

fn replay(seed: u64) -> ExitCode {
    let outcome = session::run(seed, true);
    tell(seed, &outcome, usize::MAX);
    if outcome.violation.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn tell(seed: u64, outcome: &Outcome, lines: usize) {
    let mut text = String::new();
    for line in outcome.trace.iter().skip(outcome.trace.len().saturating_sub(lines)) {
        text += &format!("{line}\n");
    }
    match &outcome.violation {
        Some(violation) => text += &format!("\nSeed {seed} violates: {violation}\nReplay it with: cargo xtask simulate --replay {seed}\n"),
        None => text += &format!("\nSeed {seed} holds.\n"),
    }
    // A reader that closes the pipe has seen enough.
    let _ = io::stdout().write_all(text.as_bytes());
}

fn many(sessions: u64, seed: u64) -> ExitCode {
    let started = Instant::now();
    let (next, failed) = (AtomicU64::new(0), AtomicBool::new(false));
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let mut tally = Tally::new();
        while !failed.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= sessions {
                break;
            }
            let outcome = session::run(session_seed(seed, number), false);
            tally.merge(&outcome.tally);
            if outcome.violation.is_some() {
                failed.store(true, Ordering::Relaxed);
                return (tally, Some(number));
            }
        }
        (tally, None)
    };
    let results: Vec<(Tally, Option<u64>)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    let mut tally = Tally::new();
    results.iter().for_each(|(own, _)| tally.merge(own));
    let seconds = started.elapsed().as_secs_f64();
    let run = next.into_inner().min(sessions);
    let events = tally.of(Count::Events);
    println!("{tally}");
    println!(
        "{run} sessions and {events} events in {seconds:.1} s on {workers} cores: {:.0} sessions and {:.0} events a second",
        run as f64 / seconds,
        events as f64 / seconds
    );
    let absent = tally.absent();
    if !absent.is_empty() {
        println!("Never happened: {}", absent.join(", "));
    }
    let Some(number) = results.iter().filter_map(|(_, failed)| *failed).min() else { return ExitCode::SUCCESS };
    let seed = session_seed(seed, number);
    println!("\nSession {number} failed:");
    tell(seed, &session::run(seed, true), LAST_LINES);
    ExitCode::FAILURE
}
