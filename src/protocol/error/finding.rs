//! What was wrong with one field of a message, a token or the configuration.

use std::{borrow::Cow, error, fmt, time::Duration};

/// What was wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The parameter, claim, member or setting.
    pub field: Cow<'static, str>,
    /// What was wrong with it.
    pub problem: Problem,
}

/// The ways in which a field can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It had to be there.
    Missing,
    /// It was there, with another value than the one needed.
    Unexpected {
        /// What was needed.
        expected: String,
        /// What came.
        got: String,
    },
    /// It was there, and no value like this is acceptable. The text says why.
    Invalid(String),
    /// It is a time that cannot be, unless the clock of this device or the provider's is wrong.
    Clock {
        /// What is wrong with it: `passed`, or `lies ahead`.
        what: &'static str,
        /// By how much.
        by: Duration,
        /// How much would be tolerated.
        allowed: Duration,
    },
}

impl Finding {
    /// The field had to be there.
    pub(crate) fn missing(field: impl Into<Cow<'static, str>>) -> Self {
        Self { field: field.into(), problem: Problem::Missing }
    }

    /// The field had another value. What came is cut to a length that fits on a page.
    pub(crate) fn unexpected(field: impl Into<Cow<'static, str>>, expected: impl Into<String>, got: impl AsRef<str>) -> Self {
        Self { field: field.into(), problem: Problem::Unexpected { expected: expected.into(), got: capped(got.as_ref(), 120) } }
    }

    /// The field had a value that is never acceptable.
    pub(crate) fn invalid(field: impl Into<Cow<'static, str>>, why: impl Into<String>) -> Self {
        Self { field: field.into(), problem: Problem::Invalid(why.into()) }
    }

    /// The time in the field and the clock do not agree.
    pub(crate) fn clock(field: impl Into<Cow<'static, str>>, what: &'static str, by: Duration, allowed: Duration) -> Self {
        Self { field: field.into(), problem: Problem::Clock { what, by, allowed } }
    }

    /// Whether it may be nothing but a clock that is wrong.
    pub(crate) const fn is_clock(&self) -> bool {
        matches!(self.problem, Problem::Clock { .. })
    }

    /// The same finding about a field inside another, as `metadata.issuer`.
    pub(crate) fn inside(mut self, outer: &str) -> Self {
        self.field = format!("{outer}.{}", self.field).into();
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            Problem::Missing => write!(f, "{}: missing", self.field),
            Problem::Unexpected { expected, got } => write!(f, "{}: unexpected {got}, expected {expected}", self.field),
            Problem::Invalid(why) => write!(f, "{}: {why}", self.field),
            Problem::Clock { what, by, allowed } => write!(
                f,
                "{}: {what} by {} s, more than the {} s allowed; is the clock of this device right?",
                self.field,
                by.as_secs(),
                allowed.as_secs()
            ),
        }
    }
}

impl error::Error for Finding {}

/// At most `limit` characters.
pub(crate) fn capped(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
