//! What an API demands with a 401: the challenges of its `WWW-Authenticate` headers ([RFC 9110 §11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1)).

use super::error::Finding;

/// One challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The scheme, in small letters.
    pub scheme: String,
    /// The parameters in their order: names in small letters, values without quotes and escapes. A token68 in their place is left out.
    pub params: Vec<(String, String)>,
}

impl Challenge {
    /// The value of a parameter. Its name is given in small letters.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// Longer headers are not read: no honest API needs more than 4 KiB for its challenges.
const MAX_LENGTH: usize = 4096;

/// Reads all challenges. A browser joins several headers with commas, so that one text has them all.
///
/// ```
/// let challenges = hushkey::protocol::challenge::parse(r#"Basic, Bearer realm="a \"b\"", ERROR=invalid_token"#)?;
/// assert_eq!(challenges[1].scheme, "bearer");
/// assert_eq!(challenges[1].get("realm"), Some("a \"b\""));
/// # Ok::<(), hushkey::protocol::error::Finding>(())
/// ```
///
/// # Errors
/// What is malformed. Nothing of a header that is malformed anywhere can be used: where one challenge ends is not known then.
pub fn parse(header: &str) -> Result<Vec<Challenge>, Finding> {
    let (challenges, outcome) = read(header);
    outcome.map(|()| challenges)
}

/// Reads what can be read of a header, and says whether all of it could. What is malformed goes up to the next comma that stands in no quoted string.
pub(super) fn read(header: &str) -> (Vec<Challenge>, Result<(), Finding>) {
    let (mut rest, mut found, mut outcome) = (Rest(header), Found { challenges: Vec::new(), open: false }, Ok(()));
    if header.len() > MAX_LENGTH {
        return (found.challenges, Err(malformed("longer than 4 KiB")));
    }
    loop {
        rest.skip(|c| is_blank(c) || c == ',');
        if rest.0.is_empty() {
            return (found.challenges, outcome);
        }
        let item = rest.0;
        if let Err(finding) = found.take_item(&mut rest) {
            outcome = outcome.and(Err(finding));
            rest.0 = behind(item);
        }
    }
}

struct Found {
    challenges: Vec<Challenge>,
    /// Whether the present challenge may have (more) parameters: not before the first one, and not after a token68.
    open: bool,
}

impl Found {
    /// What stands before the next comma: a scheme, a parameter, or a scheme and its first parameter.
    fn take_item(&mut self, rest: &mut Rest<'_>) -> Result<(), Finding> {
        let mut name = rest.token().ok_or_else(|| malformed("has neither a scheme nor a parameter where one has to be"))?;
        let blanks = rest.skip(is_blank);
        if !rest.0.starts_with('=') {
            self.challenges.push(Challenge { scheme: name.to_ascii_lowercase(), params: Vec::new() });
            self.open = !(blanks > 0 && rest.token68());
            if rest.ends_here() {
                return Ok(());
            }
            name = rest.token().ok_or_else(|| malformed("has something else than parameters after a scheme"))?;
            rest.skip(is_blank);
        }
        let open = self.open;
        let challenge = self.challenges.last_mut().filter(|_| open).ok_or_else(|| malformed("has a parameter without a challenge"))?;
        rest.0 = rest.0.strip_prefix('=').ok_or_else(|| malformed("has a parameter without a value"))?;
        rest.skip(is_blank);
        let value = rest.value()?;
        rest.end_of_item()?;
        let name = name.to_ascii_lowercase();
        if challenge.get(&name).is_some() {
            return Err(malformed("has a parameter twice in one challenge"));
        }
        challenge.params.push((name, value));
        Ok(())
    }
}

/// What comes after the next comma that stands in no quoted string.
fn behind(text: &str) -> &str {
    let (mut quoted, mut escaped) = (false, false);
    for (place, byte) in text.bytes().enumerate() {
        if byte == b',' && !quoted {
            return &text[place..];
        }
        quoted ^= byte == b'"' && !escaped;
        escaped = quoted && byte == b'\\' && !escaped;
    }
    ""
}

/// What is still to be read.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// Leaves out all characters of a kind, and says how many bytes that were.
    fn skip(&mut self, kind: impl Fn(char) -> bool) -> usize {
        self.take(kind).len()
    }

    fn take(&mut self, kind: impl Fn(char) -> bool) -> &'a str {
        let end = self.0.find(|c| !kind(c)).unwrap_or(self.0.len());
        let (taken, rest) = self.0.split_at(end);
        self.0 = rest;
        taken
    }

    fn token(&mut self) -> Option<&'a str> {
        Some(self.take(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))).filter(|token| !token.is_empty())
    }

    /// Leaves out a token68, if one stands here: one that is followed by anything else than the end of the item is the beginning of a parameter.
    fn token68(&mut self) -> bool {
        let mut ahead = Rest(self.0);
        let length = ahead.skip(|c| c.is_ascii_alphanumeric() || "-._~+/".contains(c));
        ahead.skip(|c| c == '=');
        let is_one = length > 0 && ahead.ends_here();
        if is_one {
            self.0 = ahead.0;
        }
        is_one
    }

    /// A token, or a quoted string without its quotes and escapes.
    fn value(&mut self) -> Result<String, Finding> {
        let Some(quoted) = self.0.strip_prefix('"') else {
            return self.token().map(str::to_owned).ok_or_else(|| malformed("has a parameter without a value"));
        };
        let mut value = String::new();
        let mut characters = quoted.chars();
        loop {
            let character = match characters.next() {
                Some('"') => break,
                Some('\\') => characters.next(),
                other => other,
            };
            match character {
                None => return Err(malformed("has a quoted string without an end")),
                Some(c) if c.is_control() && c != '\t' => return Err(malformed("has a control character")),
                Some(c) => value.push(c),
            }
        }
        self.0 = characters.as_str();
        Ok(value)
    }

    /// Whether nothing but blanks comes before the next comma.
    fn ends_here(&self) -> bool {
        let rest = self.0.trim_start_matches(is_blank);
        rest.is_empty() || rest.starts_with(',')
    }

    fn end_of_item(&self) -> Result<(), Finding> {
        if self.ends_here() { Ok(()) } else { Err(malformed("has two things without a comma between them")) }
    }
}

const fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

fn malformed(why: &'static str) -> Finding {
    Finding::invalid("www-authenticate", why)
}

#[cfg(test)]
#[path = "challenge_tests.rs"]
mod tests;
