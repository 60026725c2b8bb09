//! The list of what was found, for a terminal or a file.

use hushkey::protocol::doctor::{Line, Verdict};

/// The width that texts are broken at.
const WIDTH: usize = 120;

/// Mark, word and colour of a verdict.
const fn dress(verdict: Verdict) -> (&'static str, &'static str, &'static str) {
    match verdict {
        Verdict::Right => ("✓", "right", "32"),
        Verdict::Unknown => ("?", "unknown", "36"),
        Verdict::Look => ("!", "look", "33"),
        Verdict::Wrong => ("✗", "wrong", "31;1"),
    }
}

/// All lines, and a summary.
pub(super) fn list(lines: &[Line], coloured: bool) -> String {
    let topics = lines.iter().map(|line| line.topic.chars().count()).max().unwrap_or_default();
    let margin = 2 + 10 + topics + 2;
    let mut text = String::new();
    for line in lines {
        let (mark, word, colour) = dress(line.verdict);
        let verdict = paint(&format!("{mark} {word:<8}"), colour, coloured);
        let finding = broken(&line.finding, margin);
        text.push_str(&format!("  {verdict}{:<topics$}  {finding}\n", line.topic));
        if !line.advice.is_empty() {
            let advice = broken(&line.advice, margin + 2);
            text.push_str(&format!("{:margin$}→ {advice}\n", ""));
        }
    }
    format!("{text}\n  {}\n", summary(lines))
}

/// How many of each.
fn summary(lines: &[Line]) -> String {
    let count = |verdict| lines.iter().filter(|line| line.verdict == verdict).count();
    let [right, unknown, look, wrong] = [Verdict::Right, Verdict::Unknown, Verdict::Look, Verdict::Wrong].map(count);
    format!("{wrong} wrong, {look} worth a look, {unknown} that could not be told, {right} right")
}

fn paint(text: &str, colour: &str, coloured: bool) -> String {
    if coloured { format!("\x1b[{colour}m{text}\x1b[0m") } else { text.to_owned() }
}

/// Broken at words, each further line as far in as the first. An address is never broken.
fn broken(text: &str, margin: usize) -> String {
    let room = WIDTH.saturating_sub(margin).max(40);
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join(&format!("\n{:margin$}", ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(verdict: Verdict, finding: &str, advice: &str) -> Line {
        Line { topic: "Keys".to_owned(), verdict, finding: finding.to_owned(), advice: advice.to_owned() }
    }

    #[test]
    fn columns_stand_under_each_other_and_colour_is_for_terminals() {
        let lines = [line(Verdict::Right, "fine", ""), line(Verdict::Wrong, "no key", "Mend it.")];
        let plain = list(&lines, false);
        assert_eq!(
            plain,
            "  ✓ right   Keys  fine\n  ✗ wrong   Keys  no key\n                  → Mend it.\n\n  \
             1 wrong, 0 worth a look, 0 that could not be told, 1 right\n"
        );
        let coloured = list(&lines, true);
        assert!(coloured.contains("\x1b[31;1m✗ wrong   \x1b[0m") && !plain.contains('\x1b'));
    }

    #[test]
    fn long_texts_are_broken_at_words() {
        let text = list(&[line(Verdict::Look, &"word ".repeat(60), "")], false);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(text.lines().nth(1).is_some_and(|second| second.starts_with("                  word")), "{text}");
    }
}
