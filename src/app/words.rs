//! Values in words.

use std::time::Duration;

/// A span in at most two units: `4 min 12 s`.
pub(crate) fn span(span: Duration) -> String {
    let seconds = span.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, _, _) => format!("{hours} h {} min", minutes % 60),
        (_, _, _) => format!("{days} d {} h", hours % 24),
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
    fn spans_have_at_most_two_units() {
        for (seconds, words) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min 0 s"),
            (252, "4 min 12 s"),
            (3600, "1 h 0 min"),
            (86_399, "23 h 59 min"),
            (183_600, "2 d 3 h"),
        ] {
            assert_eq!(span(Duration::from_secs(seconds)), words);
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
