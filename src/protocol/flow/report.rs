//! The record as plain text, to be pasted into an issue.

use super::{
    Entry, Flow,
    words::{clock, span, why},
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
    let mut line = format!("{}: {}", entry.way(), entry.title);
    let mut add = |part: String| {
        line.push_str(" | ");
        line.push_str(&part);
    };
    if entry.early {
        add("before the app was there".to_owned());
    }
    if let Some(took) = entry.took {
        add(format!("took {}", span(took)));
    }
    if let Some(endpoint) = &entry.endpoint {
        add(endpoint.to_string());
    }
    if !entry.facts.is_empty() {
        add(entry.facts.iter().map(|fact| format!("{}={}", fact.name, fact.value)).collect::<Vec<_>>().join(" "));
    }
    for (subject, names) in entry.checks_by_subject() {
        add(format!("checked {}: {}", subject.name(), names.join(", ")));
    }
    if let Some(failure) = &entry.failure {
        add(format!("FAILED {failure}"));
    }
    if let Some(ignored) = entry.ignored {
        add(format!("ignored: {}", why(ignored)));
    }
    if entry.repeated > 0 {
        add(format!("{} more times", entry.repeated));
    }
    line
}
