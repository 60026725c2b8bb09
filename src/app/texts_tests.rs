//! Tests of the texts: the files agree, the app uses what is in them, and what stands in the page itself is the same.

use super::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

const GERMAN: &str = include_str!("../../assets/texts/de.txt");

/// The page, with the words of the first paint.
const PAGE: &str = include_str!("../../index.html");

/// What is filled in, and which other texts are named.
fn places(text: &str) -> BTreeSet<&str> {
    let filled = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(place, _)| place);
    filled.chain(text.split(" | ").filter(|part| part.starts_with('@'))).collect()
}

/// All code of the app.
fn code(folder: &Path) -> String {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.map(|entry| if entry.is_dir() { code(&entry) } else { fs::read_to_string(&entry).expect("a file") }).collect()
}

/// Every name in a call of one of the functions.
fn used() -> BTreeSet<String> {
    let code = code(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/app")));
    let called = |call| code.split(call).skip(1).filter_map(|rest| rest.split_once('"')).map(|(name, _)| name.to_owned());
    ["text(\"", "filled(\"", "marked(\""].into_iter().flat_map(called).collect()
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
    let [english, german] = [ENGLISH, GERMAN].map(|file| parse(file).into_iter().collect::<BTreeMap<_, _>>());
    assert!(english.keys().eq(german.keys()), "{:?}", english.keys().filter(|name| !german.contains_key(*name)).collect::<Vec<_>>());
    for (name, text) in english {
        assert_eq!(places(text), places(german[name]), "{name}");
    }
}

#[test]
fn every_name_that_the_app_uses_has_a_text_and_every_text_is_used() {
    let used = used();
    let english = parse(ENGLISH);
    for name in &used {
        assert!(find(&english, name).is_some(), "{name} has no text");
    }
    let named: BTreeSet<&str> = english.iter().flat_map(|(_, text)| places(text)).filter_map(|part| part.strip_prefix('@')).collect();
    for (name, _) in &english {
        let is_of_a_group = ["problem.", "fault.", "page.", "verdict."].iter().any(|group| name.starts_with(group));
        assert!(is_of_a_group || used.contains(*name) || named.contains(name), "{name} is used nowhere");
    }
    for name in named {
        assert!(find(&english, name).is_some(), "@{name} has no text");
    }
}

/// The first paint is in English until its script has looked at the browser, and then in that language: with the same words as the app.
#[test]
fn the_page_has_the_words_of_the_header_in_each_language() {
    let german = parse(GERMAN);
    for name in ["nav.home", "nav.account", "nav.api"] {
        let (text, other) = (text(name), find(&german, name).expect(name));
        let wanted = if text == other { format!(">{text}</a>") } else { format!(" data-de=\"{other}\">{text}</a>") };
        assert!(PAGE.contains(&wanted), "index.html has no {wanted}");
    }
    assert!(PAGE.contains(&format!(
        "<nav class=\"nav\" aria-label=\"{}\" data-de=\"{}\">",
        text("nav.main"),
        find(&german, "nav.main").expect("a name")
    )));
    for (tag, texts) in [("en", parse(ENGLISH)), ("de", german)] {
        let sentence = find(&texts, "page.no_script").expect("a sentence");
        assert!(PAGE.contains(&format!("<p class=\"lead\" lang=\"{tag}\">{sentence}</p>")), "{tag}");
    }
}

#[test]
fn a_language_that_has_come_is_spoken_and_english_stands_in_for_what_it_lacks() {
    assert_eq!((language().as_str(), text("sign_in"), text("copy")), ("en", "Sign in", "Copy"));
    speak("de".to_owned(), "# …\nsign_in = Anmelden\nsaid.signed_in = {name} ist da.\n".to_owned());
    assert_eq!((language().as_str(), text("sign_in"), text("copy")), ("de", "Anmelden", "Copy"));
    assert_eq!(filled("said.signed_in", &[("name", "Ida")]), "Ida ist da.");
}

#[test]
fn a_part_that_names_another_text_is_that_text() {
    let [heading, sentence, advice] = parts("problem.network_status_429");
    assert_eq!(heading, text("heading.busy"));
    assert_eq!((sentence, advice), (text("sentence.too_often"), text("advice.minute")));
}
