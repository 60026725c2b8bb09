//! Language tags for the provider's pages: `ui_locales` ([BCP 47](https://www.rfc-editor.org/info/bcp47), as
//! [OpenID Connect Core §3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest) wants them).

use super::{error::Finding, json::Object};

/// More than these say nothing to a provider.
pub(crate) const LIMIT: usize = 8;

/// The longest tag: RFC 5646 §4.4.1 wants room for 35 letters.
const LONGEST: usize = 35;

/// Whether this has the form of a tag. Which tags there are is the provider's business.
pub(crate) fn is_tag(text: &str) -> bool {
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    text.len() <= LONGEST && text.split('-').all(is_part)
}

/// The tags that a configuration names, in a list or in one string. An empty list asks for nothing.
pub(crate) fn read(object: &Object) -> Result<Option<Vec<String>>, Finding> {
    let tags: Vec<String> = match object.get("ui_locales") {
        None => return Ok(None),
        Some(serde_json::Value::String(text)) => text.split_ascii_whitespace().map(str::to_owned).collect(),
        Some(_) => object.optional_strings("ui_locales")?.unwrap_or_default(),
    };
    match tags.iter().find(|tag| !is_tag(tag)) {
        Some(bad) => Err(Finding::unexpected("ui_locales", "language tags such as de or pt-BR", bad)),
        None if tags.len() > LIMIT => Err(Finding::unexpected("ui_locales", "8 language tags at most", tags.len().to_string())),
        None => Ok(Some(tags)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_have_parts_of_letters_and_digits() {
        for tag in ["de", "en-GB", "zh-Hant-TW", "es-419", "de-CH-1996"] {
            assert!(is_tag(tag), "{tag}");
        }
        for text in ["", "-", "de-", "de DE", "de_DE", "*", "überall", "abcdefghi", "en&prompt=none", &"ab-".repeat(20)] {
            assert!(!is_tag(text), "{text}");
        }
    }

    #[test]
    fn a_configuration_names_languages_in_a_list_or_in_a_string() {
        let read = |block: &str| read(&Object::parse(block).expect("JSON"));
        assert_eq!(read("{}"), Ok(None));
        let both = Ok(Some(vec!["de".to_owned(), "en".to_owned()]));
        assert_eq!(read(r#"{"ui_locales":["de","en"]}"#), both);
        assert_eq!(read(r#"{"ui_locales":"de  en"}"#), both);
        assert_eq!(read(r#"{"ui_locales":[]}"#), Ok(Some(Vec::new())));
        assert!(read(r#"{"ui_locales":"a b c d e f g h"}"#).is_ok(), "eight");
        for bad in [r#"["de_DE"]"#, "7", r#""a b c d e f g h i""#] {
            assert!(read(&format!(r#"{{"ui_locales":{bad}}}"#)).is_err(), "{bad}");
        }
    }
}
