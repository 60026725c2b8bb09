//! The record as plain text, to be pasted into an issue.

use super::{
    Entry, Flow,
    words::{Part, clock, span},
};
use std::fmt::Write;

/// Everything that is kept, below some lines about the circumstances. Times are in UTC: who reads it may be elsewhere.
#[must_use]
pub fn report(flow: &Flow, about: &[(&str, String)]) -> String {
    let mut text = String::new();
    for (name, value) in about {
        // A line that is not one would look like another.
        let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let _ = writeln!(text, "{name}: {value}");
    }
    if flow.dropped() > 0 {
        let _ = writeln!(text, "({} older lines are kept no more)", flow.dropped());
    }
    let mut before: Option<&Entry> = None;
    for entry in flow.entries() {
        let _ = write!(
            text,
            "{} {:>9}  ",
            clock(entry.time(), 0),
            before.map(|before| format!("+{}", span(entry.after(before)))).unwrap_or_default()
        );
        let _ = writeln!(text, "{}", line(entry));
        before = Some(entry);
    }
    text
}

fn line(entry: &Entry) -> String {
    let mut line = format!("{}: {}{}", entry.way(), entry.title, entry.asides());
    let mut last = None;
    for (part, text) in entry.parts() {
        // Facts stand together.
        line.push_str(if last.replace(part) == Some(Part::Fact) && part == Part::Fact { ", " } else { " | " });
        line.push_str(match part {
            Part::Passed => "checked ",
            Part::Failed => "FAILED ",
            Part::Endpoint | Part::Fact | Part::Aside => "",
        });
        line.push_str(&text);
    }
    line
}
