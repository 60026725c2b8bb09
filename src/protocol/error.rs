//! Everything that can go wrong, sorted by whose fault it is.
//!
//! A text names the field, says *missing* or *unexpected*, what was expected and what came. It never holds a secret.

use std::{borrow::Cow, error, fmt};

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
        }
    }
}

impl error::Error for Finding {}

/// A configuration that cannot be used, and which field of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(pub Finding);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "configuration: {}", self.0)
    }
}

impl error::Error for ConfigError {}

impl From<Finding> for ConfigError {
    fn from(finding: Finding) -> Self {
        Self(finding)
    }
}

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

/// Why no answer came over the network. Browsers give no more detail to scripts, by design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkFailure {
    /// The browser says that it is offline.
    Offline,
    /// No answer within the time allowed.
    Timeout,
    /// The server could not be reached, or does not allow this origin (CORS), or answered with a redirect.
    Unreachable,
    /// The server answered that it cannot answer now: this status, or 429.
    Unavailable(u16),
    /// The answer was larger than any honest one.
    TooLarge,
}

impl fmt::Display for NetworkFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Offline => f.write_str("the browser is offline"),
            Self::Timeout => f.write_str("no answer in time"),
            Self::Unreachable => f.write_str("not reachable (down, or its CORS settings do not allow this origin)"),
            Self::Unavailable(status) => write!(f, "answered with status {status}"),
            Self::TooLarge => f.write_str("the answer is too large"),
        }
    }
}

/// Why a silent attempt brought no session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SilentFailure {
    /// Nobody is signed in at the provider: the ordinary answer.
    LoginRequired,
    /// Somebody is, but the provider wants to ask something first: the code says what.
    NeedsInteraction(String),
    /// The hidden frame did not answer in time although the provider can be reached.
    Timeout,
    /// This page cannot use a hidden frame: the text says why.
    Blocked(&'static str),
    /// Another person is signed in at the provider now.
    AccountChanged,
}

impl fmt::Display for SilentFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LoginRequired => f.write_str("nobody is signed in at the provider"),
            Self::NeedsInteraction(code) => write!(f, "the provider wants to ask something: {code}"),
            Self::Timeout => f.write_str("the hidden frame did not answer in time"),
            Self::Blocked(why) => write!(f, "the hidden frame cannot be used: {why}"),
            Self::AccountChanged => f.write_str("another person is signed in at the provider now"),
        }
    }
}

/// Whose fault an [`Error`] is, which decides who can mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The person who set the app up.
    Configuration,
    /// The provider.
    Provider,
    /// Nobody: the network.
    Network,
    /// Whoever sent a forged, stale or replayed message.
    Input,
    /// The person, by choice.
    Person,
}

/// Why signing in, restoring or renewing did not work.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The access token, when it is to be checked, is not acceptable.
    AccessToken(Finding),
    /// The provider answered the authorization request with an error.
    Authorization(ProviderError),
    /// The authorization response is not authentic or not well formed. No code was redeemed.
    AuthorizationResponse(Finding),
    /// The metadata are missing, malformed or not the issuer's.
    Discovery(Finding),
    /// The ID token is not acceptable. Nothing of the response was used.
    IdToken(Finding),
    /// No key of the provider fits the token.
    Keys(Finding),
    /// Nobody could be asked.
    Network(NetworkFailure),
    /// This browser or this page lacks something that signing in needs.
    Platform(Finding),
    /// A silent attempt brought no session.
    Silent(SilentFailure),
    /// The token endpoint answered with an error.
    Token(ProviderError),
    /// The token response is malformed.
    TokenResponse(Finding),
}

impl Error {
    /// A stable, machine-readable name: the provider's own code where it gave one.
    ///
    /// ```
    /// use hushkey::protocol::error::{Error, NetworkFailure};
    /// assert_eq!(Error::Network(NetworkFailure::Timeout).code(), "network_timeout");
    /// ```
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::AccessToken(finding) => format!("access_token_{}", slug(finding)),
            Self::Authorization(error) | Self::Token(error) => error.code.clone(),
            Self::AuthorizationResponse(finding) => format!("response_{}", slug(finding)),
            Self::Discovery(finding) => format!("discovery_{}", slug(finding)),
            Self::IdToken(finding) => format!("id_token_{}", slug(finding)),
            Self::Keys(finding) => format!("keys_{}", slug(finding)),
            Self::Network(NetworkFailure::Offline) => "network_offline".to_owned(),
            Self::Network(NetworkFailure::Timeout) => "network_timeout".to_owned(),
            Self::Network(NetworkFailure::Unreachable) => "network_unreachable".to_owned(),
            Self::Network(NetworkFailure::Unavailable(status)) => format!("network_status_{status}"),
            Self::Network(NetworkFailure::TooLarge) => "network_too_large".to_owned(),
            Self::Platform(finding) => format!("platform_{}", slug(finding)),
            Self::Silent(SilentFailure::LoginRequired) => "login_required".to_owned(),
            Self::Silent(SilentFailure::NeedsInteraction(code)) => code.clone(),
            Self::Silent(SilentFailure::Timeout) => "silent_timeout".to_owned(),
            Self::Silent(SilentFailure::Blocked(_)) => "silent_blocked".to_owned(),
            Self::Silent(SilentFailure::AccountChanged) => "account_changed".to_owned(),
            Self::TokenResponse(finding) => format!("token_response_{}", slug(finding)),
        }
    }

    /// Whose fault it is.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::Authorization(error) if error.code == "access_denied" => Fault::Person,
            Self::Authorization(error) | Self::Token(error) => match error.code.as_str() {
                "invalid_request"
                | "invalid_client"
                | "unauthorized_client"
                | "unsupported_response_type"
                | "invalid_scope"
                | "unsupported_grant_type" => Fault::Configuration,
                // A code or refresh token that was used, or is too old: what ended sessions end with.
                "invalid_grant" => Fault::Input,
                _ => Fault::Provider,
            },
            Self::AuthorizationResponse(_) => Fault::Input,
            Self::Platform(_) => Fault::Configuration,
            Self::Network(_) => Fault::Network,
            Self::Silent(_) => Fault::Person,
            Self::AccessToken(_) | Self::Discovery(_) | Self::IdToken(_) | Self::Keys(_) | Self::TokenResponse(_) => Fault::Provider,
        }
    }

    /// Whether the same thing may well work a little later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Network(_) | Self::Silent(SilentFailure::Timeout) => true,
            Self::Authorization(error) | Self::Token(error) => {
                matches!(error.code.as_str(), "server_error" | "temporarily_unavailable" | "slow_down")
            }
            Self::AccessToken(_)
            | Self::AuthorizationResponse(_)
            | Self::Discovery(_)
            | Self::IdToken(_)
            | Self::Keys(_)
            | Self::Platform(_)
            | Self::Silent(_)
            | Self::TokenResponse(_) => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccessToken(finding) => write!(f, "access token: {finding}"),
            Self::Authorization(error) => write!(f, "the provider answered the sign-in with: {error}"),
            Self::AuthorizationResponse(finding) => write!(f, "sign-in response: {finding}"),
            Self::Discovery(finding) => write!(f, "provider metadata: {finding}"),
            Self::IdToken(finding) => write!(f, "ID token: {finding}"),
            Self::Keys(finding) => write!(f, "provider keys: {finding}"),
            Self::Network(failure) => write!(f, "provider: {failure}"),
            Self::Platform(finding) => write!(f, "browser: {finding}"),
            Self::Silent(failure) => write!(f, "silent sign-in: {failure}"),
            Self::Token(error) => write!(f, "the token endpoint answered: {error}"),
            Self::TokenResponse(finding) => write!(f, "token response: {finding}"),
        }
    }
}

impl error::Error for Error {}

/// The field of a finding as a piece of a machine-readable code.
fn slug(finding: &Finding) -> String {
    finding.field.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect()
}

/// At most `limit` characters.
pub(crate) fn capped(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
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

    #[test]
    fn transient_means_worth_another_try() {
        assert!(Error::Network(NetworkFailure::Unavailable(503)).is_transient());
        assert!(Error::Token(ProviderError::new("temporarily_unavailable", None)).is_transient());
        assert!(!Error::Token(ProviderError::new("invalid_grant", None)).is_transient());
        assert!(!Error::Silent(SilentFailure::LoginRequired).is_transient());
    }
}
