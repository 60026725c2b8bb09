//! The words for what was found. They stand in a file of their own, so that they can be read and mended together.

use super::{Sign, Verdict};

/// All of them.
pub const WORDS: &str = include_str!("doctor.txt");

/// What was found about one thing, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How it stands.
    pub verdict: Verdict,
    /// What was looked at.
    pub topic: String,
    /// What was found: the field, what was expected, what came.
    pub finding: String,
    /// What to do. Empty where there is nothing to do.
    pub advice: String,
}

/// Puts a sign into words. Without words for it, its name and values have to do.
#[must_use]
pub fn tell(sign: &Sign, words: &str) -> Line {
    let Some(text) = find(sign.name, words) else {
        return Line { verdict: sign.verdict, topic: sign.name.to_owned(), finding: sign.values.join(" · "), advice: String::new() };
    };
    let mut parts = text.splitn(3, " | ").map(|part| filled(part, &sign.values, words));
    let mut part = || parts.next().unwrap_or_default();
    Line { verdict: sign.verdict, topic: part(), finding: part(), advice: part() }
}

/// What stands behind a name.
fn find<'a>(name: &str, words: &'a str) -> Option<&'a str> {
    words.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "))
}

/// A value that begins with @ is a text of that name. It may have places for values, too.
fn filled(text: &str, values: &[String], words: &str) -> String {
    let mut text = text.to_owned();
    for is_name in [true, false] {
        for (place, value) in values.iter().enumerate() {
            let named = value.strip_prefix('@').and_then(|name| find(name, words));
            if named.is_some() == is_name {
                text = text.replace(&format!("{{{place}}}"), named.unwrap_or(value));
            }
        }
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, fs, path::Path};

    #[test]
    fn words_are_filled_in_and_names_stand_for_words() {
        let words = "# comment\na = Topic | {0} {1} | Mend {0}.\nb = {0}, of which {2}";
        let sign =
            |name, values: &[&str]| Sign { verdict: Verdict::Look, name, values: values.iter().map(|&value| value.to_owned()).collect() };
        let line = tell(&sign("a", &["x", "@b", "z"]), words);
        assert_eq!((line.topic.as_str(), line.finding.as_str(), line.advice.as_str()), ("Topic", "x x, of which z", "Mend x."));
        assert_eq!(tell(&sign("a", &["x", "@unknown"]), words).finding, "x @unknown");
        let silent = tell(&sign("a", &["x", "y"]), "");
        assert_eq!((silent.topic.as_str(), silent.finding.as_str(), silent.advice.as_str()), ("a", "x · y", ""));
    }

    #[test]
    fn every_name_has_words_and_all_words_have_a_use() {
        let mut code = String::new();
        for entry in fs::read_dir(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/protocol/doctor"))).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("words.rs") {
                code += &fs::read_to_string(path).unwrap();
            }
        }
        let lines = WORDS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut names = BTreeSet::new();
        for line in lines {
            let (name, text) = line.split_once(" = ").unwrap_or_else(|| panic!("{line}"));
            assert!(names.insert(name), "{name} stands twice");
            assert_eq!(text, text.trim(), "{name}");
            let is_line = code.contains(&format!("\"{name}\"")) && text.contains(" | ");
            assert!(is_line || code.contains(&format!("\"@{name}\"")), "nobody says {name}");
        }
        for call in ["right(\"", "look(\"", "wrong(\"", "unknown(\"", "\"@"] {
            for name in code.split(call).skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(names.contains(name), "{name} has no words");
            }
        }
    }
}
