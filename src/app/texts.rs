//! What people read, by its name. Each language is a file in `assets/texts/`.
//!
//! English is a part of the app. Another language is a file that only those fetch who prefer it: the page's small script (`assets/language.js`)
//! begins that before the app is there, and sets the language of the page.

use std::cell::OnceCell;
use yew::prelude::*;

/// The language that is always there. It stands in for whatever another one lacks.
const ENGLISH: &str = include_str!("../../assets/texts/en.txt");

/// Names and texts of a language, in the order of its file.
type Texts = Vec<(&'static str, &'static str)>;

thread_local! {
    static ENGLISH_TEXTS: Texts = parse(ENGLISH);
    /// The page's language and its texts, where that is another one.
    static OTHER: OnceCell<(String, Texts)> = const { OnceCell::new() };
}

/// Makes this the language of the page, for as long as the page lives: its tag and its file.
pub(crate) fn speak(tag: String, file: String) {
    // Every text is on a page sooner or later, and pages end with the app.
    let file: &'static str = Box::leak(file.into_boxed_str());
    // Whoever comes second finds a page that is being read already.
    let _ = OTHER.with(|other| other.set((tag, parse(file))));
}

/// The tag of the language of the page.
pub(crate) fn language() -> String {
    OTHER.with(|other| other.get().map_or_else(|| "en".to_owned(), |(tag, _)| tag.clone()))
}

/// The text of this name, in the language of the page.
///
/// # Panics
/// If there is none. A test looks for every name that the app uses.
pub(crate) fn text(name: &str) -> &'static str {
    let other = OTHER.with(|other| other.get().and_then(|(_, texts)| find(texts, name)));
    other.or_else(|| ENGLISH_TEXTS.with(|texts| find(texts, name))).expect("every name has a text")
}

/// The text of this name with what is to be filled in: `Signed in as {name}.`
pub(crate) fn filled(name: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(text(name).to_owned(), |text, (place, value)| text.replace(&format!("{{{place}}}"), value))
}

/// The text of this name with parts of the page in it.
pub(crate) fn marked(name: &str, values: &[(&str, Html)]) -> Html {
    let mut parts = text(name).split('{');
    let first = parts.next().unwrap_or_default();
    let rest = parts.filter_map(|part| part.split_once('}')).map(|(place, after)| {
        let value = values.iter().find(|(own, _)| *own == place).map(|(_, value)| value.clone());
        html! { <>{ value.unwrap_or_default() }{ after }</> }
    });
    html! { <>{ first }{ for rest }</> }
}

/// The text in several parts, of which each may be that of another name: `@heading.busy | Wait a minute. | @advice.again`
pub(crate) fn parts<const N: usize>(name: &str) -> [&'static str; N] {
    let mut parts = text(name).split(" | ").map(|part| part.strip_prefix('@').map_or(part, text));
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

/// The best of the names that begin like this, by what comes after that.
pub(crate) fn best<K: Ord>(start: &str, rank: impl Fn(&'static str) -> Option<K>) -> Option<&'static str> {
    ENGLISH_TEXTS.with(|texts| {
        let ranked = texts.iter().filter_map(|(name, _)| Some((rank(name.strip_prefix(start)?)?, *name)));
        ranked.max_by(|(one, _), (other, _)| one.cmp(other)).map(|(_, name)| name)
    })
}

fn find(texts: &Texts, name: &str) -> Option<&'static str> {
    texts.iter().find(|(own, _)| *own == name).map(|(_, text)| *text)
}

/// Reads a language's file.
fn parse(file: &'static str) -> Texts {
    file.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = ")).collect()
}

#[cfg(test)]
#[path = "texts_tests.rs"]
mod tests;
