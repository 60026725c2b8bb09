//! What the provider itself says went wrong.

use super::capped;
use std::fmt;

/// An authentic error answer of the provider
/// ([RFC 6749 §4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1), [§5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderError {
    /// The `error` code, or `invalid_error_code` if it had characters that no code may have.
    pub code: String,
    /// The `error_description`, cut to 300 characters: for a log, not for a page.
    pub description: Option<String>,
}

impl ProviderError {
    /// Takes the two fields as they came, and makes them harmless.
    pub(crate) fn new(code: &str, description: Option<&str>) -> Self {
        // %x20-21 / %x23-5B / %x5D-7E
        let allowed = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
        let code = if !code.is_empty() && code.len() <= 64 && code.chars().all(allowed) { code } else { "invalid_error_code" };
        let printable = |text: &str| text.chars().filter(|c| !c.is_control()).collect::<String>();
        Self { code: code.to_owned(), description: description.map(|text| capped(&printable(text), 300)) }
    }
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.description {
            Some(description) => write!(f, "{} ({description})", self.code),
            None => f.write_str(&self.code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ar_26_codes_with_foreign_characters_become_generic() {
        assert_eq!(ProviderError::new("access_denied", None).code, "access_denied");
        for bad in ["\"<script>", "a\\b", "", "tür", "a\nb", &"x".repeat(65)] {
            assert_eq!(ProviderError::new(bad, None).code, "invalid_error_code", "{bad}");
        }
    }

    #[test]
    fn ar_27_descriptions_are_capped_and_printable() {
        let error = ProviderError::new("x", Some(&format!("a\u{1b}[31m{}", "é".repeat(400))));
        let description = error.description.unwrap();
        assert_eq!(description.chars().count(), 301);
        assert!(!description.contains('\u{1b}'));
    }
}
