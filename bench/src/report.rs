//! The report: tables in Markdown, and the place in a page where they go.

use crate::{
    apps::{App, Made},
    bytes::Bytes,
    conditions::Condition,
    machine::Machine,
    memory::Memory,
    reload::Series,
    statistics::Sample,
};
use anyhow::{Result, bail};
use xtask::wasm::Build;

/// How the line begins that comes before the measured part of a page.
const BEGIN: &str = "<!-- measured:";

/// The line that comes after it.
const END: &str = "<!-- end -->";

/// The app that others are compared with.
const OWN: &str = "hushkey";

const MEBIBYTE: f64 = 1024.0 * 1024.0;

/// Everything that was measured.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) command: String,
    pub(crate) machine: Machine,
    pub(crate) build: Option<Build>,
    pub(crate) apps: Vec<App>,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) rounds: u32,
    pub(crate) series: Vec<Series>,
    pub(crate) bytes: Vec<Bytes>,
    /// One for each app, and one for an empty page; none if memory was left out.
    pub(crate) memory: Vec<Memory>,
    pub(crate) confession: Option<String>,
}

impl Report {
    /// The tables.
    pub(crate) fn render(&self) -> String {
        let mut parts = vec![format!("{} By `{}`.", self.machine.sentence(), self.command)];
        parts.extend(self.confession.clone());
        if self.build == Some(Build::Plain) {
            parts.push("The smallest build did not work here: hushkey is the plain one.".to_owned());
        }
        parts.push(self.list());
        parts.push(self.latency());
        parts.extend(self.ratios());
        parts.push(self.requests());
        parts.push(self.first_load());
        parts.extend(self.held());
        parts.join("\n\n") + "\n"
    }

    fn list(&self) -> String {
        let rows = self.apps.iter().map(|app| format!("* **{}**: {}", app.name, app.what));
        rows.collect::<Vec<_>>().join("\n")
    }

    fn latency(&self) -> String {
        let cell = |sample: &Sample| {
            let [median, minimum, p90] = [sample.median(), sample.minimum(), sample.p90()].map(Option::unwrap_or_default);
            format!("**{median:.0}** ({minimum:.0}, {p90:.0})")
        };
        let head = format!("Reload of a protected page until the name stands there, ms: **median** (minimum, p90) of {}.", self.rounds);
        self.by_condition(&head, |app, condition| self.times(app.name, condition).map(|sample| cell(&sample)))
    }

    fn ratios(&self) -> Option<String> {
        self.apps.iter().find(|app| app.name == OWN)?;
        let head = "The median of hushkey divided by that of the other: below 1, hushkey is faster.";
        Some(self.by_condition(head, |app, condition| {
            let [own, other] = [OWN, app.name].map(|name| self.times(name, condition).and_then(|sample| sample.median()));
            (app.name != OWN).then(|| ratio(own, other)).flatten()
        }))
    }

    fn requests(&self) -> String {
        let head = "Requests until the name stands there, to app and provider, preflights included (median).";
        self.by_condition(head, |app, condition| {
            let median = self.find(app.name, condition)?.requests().median()?;
            Some(format!("{median:.0}"))
        })
    }

    fn first_load(&self) -> String {
        let head =
            "A first load with nothing in the cache, hidden frame included: bytes of the bodies that the app's server sent (brotli 11).";
        let mut table = Table::new(head, &["app", "all", "scripts", "WebAssembly", "the rest", "files", "hushkey to it"]);
        let own = self.apps.iter().position(|app| app.name == OWN).and_then(|place| self.bytes.get(place));
        // What a service worker keeps survives when the cache is emptied: there is no first load to be had.
        for (app, bytes) in self.apps.iter().zip(&self.bytes).filter(|(app, _)| !matches!(app.made, Made::Shell(_))) {
            let (all, scripts, wasm) = (bytes.sum(), bytes.of_kind(&[".js"]), bytes.of_kind(&[".wasm"]));
            let part = |bytes: u64| if bytes == 0 { "–".to_owned() } else { grouped(bytes) };
            let compared = own.filter(|_| app.name != OWN).and_then(|own| ratio(Some(real(own.sum())), Some(real(all))));
            let rest = part(all.saturating_sub(scripts + wasm));
            let files = bytes.0.len().to_string();
            table.row(&[app.name.to_owned(), grouped(all), part(scripts), part(wasm), rest, files, dash(compared)]);
        }
        table.text
    }

    fn held(&self) -> Option<String> {
        let (empty, apps) = self.memory.split_last()?;
        let head = format!(
            "Memory of the page after its load, garbage collected, MiB (median of {} browsers). *Private pages*: of the renderer, over those of an \
             empty page; they hold everything, WebAssembly and compiled code, too.",
            empty.heap.len()
        );
        let mut table = Table::new(&head, &["app", "JS heap", "WebAssembly memory", "private pages"]);
        let shown = |bytes: Option<f64>| bytes.map(|bytes| format!("{:.1}", bytes / MEBIBYTE));
        for (app, memory) in self.apps.iter().zip(apps) {
            let wasm = Memory::median(&memory.wasm).filter(|bytes| *bytes > 0.0);
            let private = Memory::median(&memory.private).zip(Memory::median(&empty.private)).map(|(own, empty)| own - empty);
            table.row(&[app.name.to_owned(), dash(shown(Memory::median(&memory.heap))), dash(shown(wasm)), dash(shown(private))]);
        }
        table.row(&["an empty page".to_owned(), dash(shown(Memory::median(&empty.heap))), dash(None), dash(None)]);
        Some(table.text)
    }

    fn by_condition(&self, head: &str, cell: impl Fn(&App, Condition) -> Option<String>) -> String {
        let titles: Vec<&str> = std::iter::once("app").chain(self.conditions.iter().map(|condition| condition.title())).collect();
        let mut table = Table::new(head, &titles);
        for app in &self.apps {
            let cells: Vec<Option<String>> = self.conditions.iter().map(|condition| cell(app, *condition)).collect();
            if cells.iter().any(Option::is_some) {
                table.row(&std::iter::once(app.name.to_owned()).chain(cells.into_iter().map(dash)).collect::<Vec<_>>());
            }
        }
        table.text
    }

    fn find(&self, app: &str, condition: Condition) -> Option<&Series> {
        self.series.iter().find(|series| series.app == app && series.condition == condition)
    }

    fn times(&self, app: &str, condition: Condition) -> Option<Sample> {
        self.find(app, condition).map(Series::times)
    }
}

/// A table below a sentence; all columns but the first are numbers.
#[derive(Debug)]
struct Table {
    text: String,
}

impl Table {
    fn new(sentence: &str, titles: &[&str]) -> Self {
        let rule = vec!["--:"; titles.len().saturating_sub(1)].join("|");
        Self { text: format!("{sentence}\n\n| {} |\n|---|{rule}|", titles.join(" | ")) }
    }

    fn row(&mut self, cells: &[String]) {
        self.text.push_str(&format!("\n| {} |", cells.join(" | ")));
    }
}

fn ratio(own: Option<f64>, other: Option<f64>) -> Option<String> {
    let (own, other) = own.zip(other.filter(|other| *other > 0.0))?;
    Some(format!("{:.2}", own / other))
}

fn dash(cell: Option<String>) -> String {
    cell.unwrap_or_else(|| "–".to_owned())
}

fn real(bytes: u64) -> f64 {
    u32::try_from(bytes).map_or(f64::INFINITY, f64::from)
}

/// A number with a comma before every three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

/// The page with this in place of what was measured before; everything that somebody wrote stays.
pub(crate) fn place(page: &str, report: &str) -> Result<String> {
    let lines: Vec<&str> = page.lines().collect();
    let places =
        |is: &dyn Fn(&str) -> bool| lines.iter().enumerate().filter(|(_, line)| is(line)).map(|(place, _)| place).collect::<Vec<_>>();
    let (begins, ends) = (places(&|line| line.starts_with(BEGIN)), places(&|line| line == END));
    let (&[begin], &[end]) = (begins.as_slice(), ends.as_slice()) else {
        bail!("The page must have one line that begins with {BEGIN} and one that is {END}; it has {} and {}.", begins.len(), ends.len());
    };
    if begin > end {
        bail!("{END} comes before {BEGIN} in the page.");
    }
    let before = lines[..=begin].join("\n");
    let after = lines[end..].join("\n");
    Ok(format!("{before}\n{}\n{after}\n", report.trim_end()))
}

/// A page with nothing but the measured part.
pub(crate) fn blank() -> String {
    format!("# Performance\n\n{BEGIN} by cargo xtask bench -->\n{END}\n")
}

#[cfg(test)]
mod tests;
