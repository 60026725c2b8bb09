//! What people read, by its name. Each language is a file in `assets/texts/`.

use std::{cell::OnceCell, collections::BTreeMap};

/// The language that is always there: it is compiled in, and stands in for whatever another one lacks.
const ENGLISH: &str = include_str!("../../assets/texts/en.txt");

/// The texts of a language by their names.
type Texts = BTreeMap<&'static str, &'static str>;

thread_local! {
    static TEXTS: OnceCell<Texts> = const { OnceCell::new() };
}

/// The text of this name, in the language of the page.
///
/// # Panics
/// If there is none. A test looks for every name that the app uses.
pub(crate) fn text(name: &str) -> &'static str {
    TEXTS.with(|texts| texts.get_or_init(|| parse(ENGLISH)).get(name).copied()).expect("every name has a text")
}

/// The text of this name with what is to be filled in: `Signed in as {name}.`
pub(crate) fn filled(name: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(text(name).to_owned(), |text, (place, value)| text.replace(&format!("{{{place}}}"), value))
}

/// Reads a language's file.
fn parse(file: &'static str) -> Texts {
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('=')).map(|(name, text)| (name.trim(), text.trim())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, fs, path::Path};

    const GERMAN: &str = include_str!("../../assets/texts/de.txt");

    /// What is filled in.
    fn places(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(place, _)| place).collect()
    }

    /// Every name in a call of one of the two functions.
    fn used(folder: &Path, names: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                used(&entry, names);
                continue;
            }
            let code = fs::read_to_string(&entry).expect("a file");
            for call in ["text(\"", "filled(\""] {
                names.extend(code.split(call).skip(1).filter_map(|rest| rest.split_once('"')).map(|(name, _)| name.to_owned()));
            }
        }
    }

    #[test]
    fn every_line_is_a_comment_or_a_name_with_a_text_that_no_other_line_has() {
        for file in [ENGLISH, GERMAN] {
            let mut seen = BTreeSet::new();
            for line in file.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
                let (name, text) = line.split_once(" = ").unwrap_or_else(|| panic!("{line}"));
                assert!(!text.trim().is_empty(), "{name} is empty");
                assert!(seen.insert(name), "{name} stands twice");
            }
        }
    }

    #[test]
    fn languages_have_the_same_names_and_fill_in_the_same() {
        let (english, german) = (parse(ENGLISH), parse(GERMAN));
        assert!(english.keys().eq(german.keys()));
        for (name, text) in english {
            assert_eq!(places(text), places(german[name]), "{name}");
        }
    }

    #[test]
    fn every_name_that_the_app_uses_has_a_text() {
        let mut names = BTreeSet::new();
        used(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/app")), &mut names);
        let english = parse(ENGLISH);
        for name in names {
            assert!(english.contains_key(name.as_str()), "{name}");
        }
    }
}
