//! Compilers and other work on the same machine: waited for, and owned up to.

use std::{fs, time::Duration};
use tokio::time::sleep;
use xtask::process::say;

/// Programs that take a whole processor, by the names that the system has for them (of 15 letters at most).
const LOUD: [&str; 8] = ["rustc", "cargo", "wasm-opt", "cc1", "cc1plus", "ld", "ld.lld", "rust-lld"];

/// What may be busy of all processors before a round, when nothing is measured: the browsers' own doings.
const IDLE: f64 = 0.2;

/// For how long the processors are watched.
const WATCH: Duration = Duration::from_millis(300);

/// The pause between two looks.
const PAUSE: Duration = Duration::from_secs(5);

/// Knows how long it may still be waited, and what the waiting was good for.
#[derive(Debug)]
pub(crate) struct Quiet {
    patience: Duration,
    rounds: u32,
    loud_rounds: u32,
}

impl Quiet {
    /// With a patience for the whole run.
    pub(crate) const fn new(patience: Duration) -> Self {
        Self { patience, rounds: 0, loud_rounds: 0 }
    }

    /// Before a round: waits while others compile, as long as there is patience.
    pub(crate) async fn wait(&mut self) {
        self.rounds += 1;
        let mut loud = disturbers().await;
        if !loud.is_empty() && !self.patience.is_zero() {
            say(&format!("Waiting for other programs that would spoil the figures: {} …", loud.join(", ")));
            while !loud.is_empty() && !self.patience.is_zero() {
                sleep(PAUSE).await;
                self.patience = self.patience.saturating_sub(PAUSE);
                loud = disturbers().await;
            }
            if !loud.is_empty() {
                say(&format!("They still run ({}). Measuring all the same: these figures are worth little.", loud.join(", ")));
            }
        }
        self.loud_rounds += u32::from(!loud.is_empty());
    }

    /// A sentence for the report, if there is something to own up to.
    pub(crate) fn confession(&self) -> Option<String> {
        (self.loud_rounds > 0)
            .then(|| format!("Other work ran beside {} of {} rounds: these figures are worth little.", self.loud_rounds, self.rounds))
    }
}

/// What runs that should not.
async fn disturbers() -> Vec<String> {
    let loud = loud_programs();
    if !loud.is_empty() {
        return loud;
    }
    let times = || fs::read_to_string("/proc/stat").ok().and_then(|text| times(&text));
    let before = times();
    sleep(WATCH).await;
    let busy = before.zip(times()).map_or(0.0, |(before, after)| busy(before, after));
    if busy > IDLE { vec![format!("something that takes {:.0} % of the processors", busy * 100.0)] } else { Vec::new() }
}

/// The time that all processors have had, and what of it they idled, in ticks: fields 4 and 5 of the first line are idle.
fn times(stat: &str) -> Option<(f64, f64)> {
    let fields = stat.lines().next()?.strip_prefix("cpu ")?.split_whitespace();
    let ticks: Vec<f64> = fields.take(8).filter_map(|field| field.parse().ok()).collect();
    Some((ticks.iter().sum(), ticks.get(3)? + ticks.get(4)?))
}

/// What share of the time between two looks they did not idle.
fn busy((all_before, idle_before): (f64, f64), (all, idle): (f64, f64)) -> f64 {
    if all > all_before { 1.0 - (idle - idle_before) / (all - all_before) } else { 0.0 }
}

/// The names of such programs that run. Nothing is known of them on systems without `/proc`.
fn loud_programs() -> Vec<String> {
    let own = ancestors();
    let is_process = |name: &str| name.parse().ok().filter(|id: &u32| !own.contains(id));
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let processes = entries.flatten().filter_map(|entry| is_process(&entry.file_name().to_string_lossy()));
    let states = processes.filter_map(|id| fs::read_to_string(format!("/proc/{id}/status")).ok());
    let mut loud: Vec<String> = states.filter_map(|status| loud_name(&status).map(str::to_owned)).collect();
    loud.sort();
    loud.dedup();
    loud
}

/// The name of a process that takes a processor, from its status. One that was stopped or has ended takes none.
fn loud_name(status: &str) -> Option<&str> {
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let is_at_rest = field("State:")?.starts_with(['T', 't', 'Z']);
    field("Name:").filter(|name| LOUD.contains(name) && !is_at_rest)
}

/// This process and those that started it: a `cargo` among them waits for us.
fn ancestors() -> Vec<u32> {
    let mut line = vec![std::process::id()];
    while let Some(parent) = line.last().and_then(|id| fs::read_to_string(format!("/proc/{id}/status")).ok()).as_deref().and_then(parent) {
        line.push(parent);
    }
    line
}

fn parent(status: &str) -> Option<u32> {
    let id = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
    id.trim().parse().ok().filter(|id| *id > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_knows_its_parent_and_the_first_one_has_none() {
        assert_eq!(parent("Name:\tbench\nPid:\t12\nPPid:\t7\n"), Some(7));
        assert_eq!(parent("Name:\tinit\nPPid:\t0\n"), None);
    }

    #[test]
    fn a_compiler_is_loud_unless_it_was_stopped() {
        let status = |name: &str, state: &str| format!("Name:\t{name}\nUmask:\t0022\nState:\t{state}\nPPid:\t7\n");
        assert_eq!(loud_name(&status("rustc", "R (running)")), Some("rustc"));
        assert_eq!(loud_name(&status("cargo", "S (sleeping)")), Some("cargo"));
        assert_eq!(loud_name(&status("rustc", "T (stopped)")), None);
        assert_eq!(loud_name(&status("rustfmt", "R (running)")), None);
    }

    #[test]
    fn processors_are_busy_while_they_do_not_idle() {
        let before = times("cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1 2 3\n").expect("times");
        let after = times("cpu  120 0 55 860 65 0 0 0 9 9\n").expect("times");
        assert_eq!((before, after), ((1000.0, 850.0), (1100.0, 925.0)));
        assert!((busy(before, after) - 0.25).abs() < 1e-9);
        assert!(busy(before, before) == 0.0 && times("intr 1 2\n").is_none());
    }

    #[test]
    fn what_was_loud_is_owned_up_to() {
        let mut quiet = Quiet::new(Duration::ZERO);
        quiet.rounds = 10;
        assert_eq!(quiet.confession(), None);
        quiet.loud_rounds = 3;
        assert!(quiet.confession().is_some_and(|text| text.contains("3 of 10 rounds")));
    }
}
