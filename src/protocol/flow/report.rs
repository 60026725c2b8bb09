//! The record as plain text, to be pasted into an issue.

use super::{Entry, Flow, Part, clock};

/// Everything that is kept, below some lines about the circumstances. Times are in UTC: who reads it may be elsewhere.
#[must_use]
pub fn report(flow: &Flow, about: &[(&str, String)]) -> String {
    let mut text = String::new();
    for (name, value) in about {
        // A line that is not one would look like another.
        add(&mut text, &[name, ": ", &value.replace(char::is_control, " "), "\n"]);
    }
    if flow.dropped() > 0 {
        add(&mut text, &["(", &flow.dropped().to_string(), " older lines are kept no more)\n"]);
    }
    let mut before: Option<&Entry> = None;
    for entry in flow.entries() {
        let (time, ago) = (clock(entry.at.wall, 0), entry.ago(before.replace(entry)));
        add(&mut text, &[&time, &ago, "  ", &entry.way(), entry.title, &entry.asides()]);
        let mut last = None;
        for (part, words) in entry.parts() {
            let between = match (last.replace(part), part) {
                // They stand together.
                (Some(Part::Fact), Part::Fact) => ", ",
                (_, Part::Passed) => " | checked ",
                (_, Part::Failed) => " | FAILED ",
                (_, Part::Fact | Part::Endpoint | Part::Aside) => " | ",
            };
            add(&mut text, &[between, &words]);
        }
        text.push('\n');
    }
    text
}

fn add(text: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| text.push_str(part));
}
