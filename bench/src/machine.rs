//! What the figures were measured on.

use anyhow::Result;
use std::{fs, process::Command};
use xtask::process::output;

/// A machine and its programs.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    processor: String,
    cores: usize,
    memory: String,
    system: String,
    browser: String,
    node: String,
    date: String,
}

impl Machine {
    /// This one, with this browser.
    pub(crate) fn this(browser: String) -> Result<Self> {
        let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
        let release = read("/etc/os-release");
        Ok(Self {
            processor: field(&read("/proc/cpuinfo"), "model name", ':').unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
            cores: std::thread::available_parallelism()?.get(),
            memory: field(&read("/proc/meminfo"), "MemTotal", ':')
                .and_then(|text| gibibytes(&text))
                .unwrap_or_else(|| "unknown".to_owned()),
            system: field(&release, "PRETTY_NAME", '=').unwrap_or_else(|| std::env::consts::OS.to_owned()),
            browser,
            node: output(Command::new("node").arg("--version"), "asking Node its version")?.trim().trim_start_matches('v').to_owned(),
            date: output(Command::new("date").args(["-u", "+%Y-%m-%d"]), "asking for the date")?.trim().to_owned(),
        })
    }

    /// It in one sentence.
    pub(crate) fn sentence(&self) -> String {
        let Self { processor, cores, memory, system, browser, node, date } = self;
        format!("Measured on {date}: {processor}, {cores} cores, {memory} of memory, {system}, {browser}, provider on Node {node}.")
    }
}

/// The value of the first line with this name.
fn field(text: &str, name: &str, separator: char) -> Option<String> {
    let pairs = text.lines().filter_map(|line| line.split_once(separator));
    let found = pairs.into_iter().find(|(own, _)| own.trim() == name)?;
    Some(found.1.trim().trim_matches('"').to_owned())
}

/// Kilobytes as the system writes them, rounded to what is on the label.
fn gibibytes(text: &str) -> Option<String> {
    let kilobytes: f64 = text.strip_suffix(" kB")?.parse().ok()?;
    Some(format!("{:.0} GiB", kilobytes / 1024.0 / 1024.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let text = "model\t\t: 85\nmodel name\t: Some Processor\nmodel name\t: Other\n";
        assert_eq!(field(text, "model name", ':').as_deref(), Some("Some Processor"));
        assert_eq!(field("PRETTY_NAME=\"Debian 12\"\n", "PRETTY_NAME", '=').as_deref(), Some("Debian 12"));
        assert_eq!(field(text, "name", ':'), None);
    }

    #[test]
    fn memory_is_rounded() {
        assert_eq!(gibibytes("24684096 kB").as_deref(), Some("24 GiB"));
        assert_eq!(gibibytes("much"), None);
    }
}
