//! Values in words.

use super::texts;
use js_sys::{Array, Intl::RelativeTimeFormat, Object};
use std::time::Duration;

/// How long from now, in the words of the browser: `in 5 seconds`, `in 4 Minuten`.
pub(crate) fn in_time(span: Duration) -> String {
    let (count, unit) = count(span);
    let formatter = RelativeTimeFormat::new(&Array::of1(&texts::language().into()), &Object::new());
    formatter.format(f64::from(count), unit).into()
}

/// A span in one unit. Seconds that run are told for a minute and a half; after that they would be noise.
fn count(span: Duration) -> (u32, &'static str) {
    let seconds = u32::try_from(span.as_secs()).unwrap_or(u32::MAX);
    match seconds {
        0..90 => (seconds, "second"),
        90..5_400 => (seconds / 60, "minute"),
        5_400..129_600 => (seconds / 3600, "hour"),
        129_600.. => (seconds / 86_400, "day"),
    }
}

/// Up to two initials of a name: of its first and its last word.
pub(crate) fn initials(name: &str) -> String {
    let mut letters = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let (first, last) = (letters.next(), letters.next_back());
    [first, last].into_iter().flatten().flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_in_one_unit() {
        for (seconds, told) in [
            (0, (0, "second")),
            (89, (89, "second")),
            (90, (1, "minute")),
            (299, (4, "minute")),
            (5_399, (89, "minute")),
            (5_400, (1, "hour")),
            (183_600, (2, "day")),
        ] {
            assert_eq!(count(Duration::from_secs(seconds)), told);
        }
    }

    #[test]
    fn initials_are_of_the_first_and_the_last_word() {
        for (name, letters) in [
            ("Alice Example", "AE"),
            ("Éloïse Maria Müller-Nuñez", "ÉM"),
            ("bob@example.test", "B"),
            ("\"Ann\" (Lee)", "AL"),
            ("…", ""),
            ("李 小龍", "李小"),
        ] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }
}
