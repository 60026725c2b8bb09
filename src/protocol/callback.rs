//! The authorization response ([RFC 6749 §4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2),
//! [RFC 9207](https://www.rfc-editor.org/rfc/rfc9207)): the same checks for the callback page and for the hidden frame.

use super::{
    checks::{Checks, Subject},
    error::{Error, Finding, ProviderError, SilentFailure},
    monitoring::SessionState,
    secret::{Code, SensitiveUrl, StateParameter},
    transaction::Transaction,
};
use std::fmt;

/// Parameters of an authorization response, each at most once, none of them believed yet.
pub(crate) struct Parameters(Vec<(String, String)>);

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Parameters that only an authorization response has.
const OWN: [&str; 10] =
    ["code", "state", "error", "error_description", "error_uri", "iss", "session_state", "access_token", "id_token", "response"];

/// Where the parameters of a response stand ([OAuth 2.0 Multiple Response Types §2.1](https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html#ResponseModes)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResponseMode {
    /// In the query: what every provider does unless asked otherwise.
    Query,
    /// In the fragment. It is no part of what a browser asks a server for, so the page that it comes to can be taken from the cache.
    Fragment,
}

impl ResponseMode {
    /// What is checked of the form of a response, by its name.
    pub(crate) const fn once(self) -> &'static str {
        match self {
            Self::Query => "each parameter once, in the query",
            Self::Fragment => "each parameter once, in the fragment",
        }
    }

    /// Its name in a request, where it has to be asked for.
    pub(crate) const fn asked_for(self) -> Option<&'static str> {
        match self {
            Self::Query => None,
            Self::Fragment => Some("fragment"),
        }
    }
}

/// A longer response is not read: no honest one comes near to 16 KiB.
const MAX_LENGTH: usize = 16 * 1024;

impl Parameters {
    /// Reads that part of an address which was asked for. An empty value counts as absent; a parameter that stands twice refuses the response.
    pub(crate) fn read(query: &str, fragment: &str, mode: ResponseMode) -> Result<Self, Finding> {
        if query.len() + fragment.len() > MAX_LENGTH {
            return Err(Finding::invalid("response", "longer than 16 KiB"));
        }
        let (query, fragment) = (query.strip_prefix('?').unwrap_or(query), fragment.strip_prefix('#').unwrap_or(fragment));
        let (asked, other, other_name) = match mode {
            ResponseMode::Query => (query, fragment, "fragment"),
            ResponseMode::Fragment => (fragment, query, "query"),
        };
        let mut parameters: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(asked.as_bytes()) {
            if parameters.iter().any(|(taken, _)| *taken == name) {
                // The name may be anything; only names of the protocol are repeated in an error.
                let known = OWN.iter().find(|own| **own == name);
                return Err(Finding::invalid(known.copied().unwrap_or("response"), "stands there twice"));
            }
            parameters.push((name.into_owned(), value.into_owned()));
        }
        // A response in the other part is none; one in both is an attack.
        if let Some((name, _)) =
            form_urlencoded::parse(other.as_bytes()).find(|(name, value)| OWN.contains(&name.as_ref()) && !value.is_empty())
        {
            return Err(Finding::invalid("response", format!("carries {name} in the {other_name}, where it was not asked for")));
        }
        parameters.retain(|(_, value)| !value.is_empty());
        Ok(Self(parameters))
    }

    /// Whether the response carries this `state`.
    pub(crate) fn is_state_of(&self, state: &StateParameter) -> bool {
        self.get("state").is_some_and(|returned| state.matches(returned))
    }

    /// `session_state`, if it is one. It is asked for after the response has proved to be authentic.
    pub(crate) fn session_state(&self) -> Option<SessionState> {
        self.get("session_state").and_then(SessionState::read)
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// The `state` in an address, to look up the record that belongs to it. It proves nothing yet.
#[must_use]
pub fn state_in(address: &SensitiveUrl) -> Option<String> {
    let query = address.expose().split('#').next()?.split_once('?')?.1;
    form_urlencoded::parse(query.as_bytes()).find(|(name, value)| name == "state" && !value.is_empty()).map(|(_, value)| value.into_owned())
}

/// Whether a query or fragment looks like an authorization response.
pub(crate) fn looks_like_response(query: &str, fragment: &str) -> bool {
    let has = |text: &str, wanted: &[&str]| {
        form_urlencoded::parse(text.trim_start_matches(['?', '#']).as_bytes()).any(|(name, _)| wanted.contains(&name.as_ref()))
    };
    [query, fragment]
        .iter()
        .any(|part| (has(part, &["code", "error"]) && has(part, &["state"])) || has(part, &["access_token", "id_token"]))
}

/// A query without the parameters of a response, for an address that is to be kept.
pub(crate) fn without_response(query: &str) -> String {
    let kept = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| !OWN.contains(&name.as_ref()));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish()
}

/// Checks a response against its transaction: state, then issuer, then what it says. Nothing else is looked at before these hold.
///
/// # Errors
/// `AuthorizationResponse` if it is not authentic or not well formed; `Authorization` or `Silent` if it is an authentic error.
pub(crate) fn process_authorization_response(parameters: &Parameters, transaction: &Transaction, checks: &Checks) -> Result<Code, Error> {
    authentic(parameters, transaction, checks).map_err(Error::AuthorizationResponse)?;
    let refuse = |finding| Err(Error::AuthorizationResponse(finding));
    match (parameters.get("code"), parameters.get("error")) {
        (Some(_), Some(_)) => refuse(Finding::invalid("error", "stands beside a code")),
        (None, None) => refuse(Finding::missing("code")),
        (Some(code), None) => checks.of(Subject::Response).hold("code, and no error", Ok(Code::new(code))),
        (None, Some(code)) => Err(authentic_error(code, parameters.get("error_description"))),
    }
}

/// Whether a response is the answer to this transaction, and carries nothing that no such answer has.
fn authentic(parameters: &Parameters, transaction: &Transaction, checks: &Checks) -> Result<(), Finding> {
    let checks = checks.of(Subject::Response);
    let state = parameters.get("state").ok_or_else(|| Finding::missing("state"))?;
    checks.require("state", transaction.state.matches(state), || Finding::invalid("state", "not the one that was sent"))?;
    match parameters.get("iss") {
        Some(issuer) => {
            let expected = &transaction.issuer;
            checks.require("iss", issuer == expected, || Finding::unexpected("iss", expected, issuer))?;
        }
        None if transaction.sends_issuer => return Err(Finding::missing("iss")),
        None => {}
    }
    let token = ["access_token", "id_token", "token_type", "response"].into_iter().find(|token| parameters.get(token).is_some());
    checks.hold("no token", token.map_or(Ok(()), |token| Err(Finding::invalid(token, "a code response never carries it"))))
}

/// Sorts an authentic error ([OpenID Connect Core §3.1.2.6](https://openid.net/specs/openid-connect-core-1_0.html#AuthError)).
fn authentic_error(code: &str, description: Option<&str>) -> Error {
    match code {
        "login_required" | "user_login_required" => Error::Silent(SilentFailure::LoginRequired),
        "interaction_required" | "consent_required" | "account_selection_required" => {
            Error::Silent(SilentFailure::NeedsInteraction(code.to_owned()))
        }
        _ => Error::Authorization(ProviderError::new(code, description)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{
        secret::{Nonce, Verifier},
        time::UnixTime,
        transaction::Asked,
    };

    fn transaction(sends_issuer: bool) -> Transaction {
        Transaction {
            state: StateParameter::new("sTaTe"),
            nonce: Nonce::new("n"),
            verifier: Verifier::new("v"),
            issuer: "https://as.example".into(),
            token_endpoint: "https://as.example/token".parse().unwrap(),
            redirect_uri: "https://app.example/callback".into(),
            sends_issuer,
            response_mode: ResponseMode::Query,
            asked: Asked::nothing(UnixTime::default()),
            key: None,
        }
    }

    fn process_with(query: &str, fragment: &str, sends_issuer: bool) -> Result<String, Error> {
        let parameters = Parameters::read(query, fragment, ResponseMode::Query).map_err(Error::AuthorizationResponse)?;
        process_authorization_response(&parameters, &transaction(sends_issuer), &Checks::default()).map(|code| code.expose().to_owned())
    }

    fn process(query: &str) -> Result<String, Error> {
        process_with(query, "", false)
    }

    fn refused(query: &str) -> bool {
        matches!(process(query), Err(Error::AuthorizationResponse(_)))
    }

    #[test]
    fn ar_17_unknown_parameters_are_ignored_and_empty_ones_absent() {
        assert_eq!(process("?code=c%2B1&state=sTaTe&session_state=x&foo=bar&error=").unwrap(), "c+1");
        assert!(refused("code=&state=sTaTe"));
        assert!(refused("state=sTaTe"));
    }

    #[test]
    fn ar_08_the_state_must_be_the_one_that_was_sent() {
        for query in [
            "code=c", "code=c&state=", "code=c&state=sTaTe1", "code=c&state=STATE", "code=c&state=other", "error=access_denied",
            "error=access_denied&state=x",
        ] {
            assert!(refused(query), "{query}");
        }
    }

    #[test]
    fn ar_12_13_the_issuer_must_be_the_one_that_was_asked() {
        assert!(process("code=c&state=sTaTe&iss=https%3A%2F%2Fas.example").is_ok());
        for rest in ["code=c", "error=access_denied"] {
            for issuer in ["https://as.example1", "https://as.example/", "https://AS.example"] {
                assert!(refused(&format!("{rest}&state=sTaTe&iss={issuer}")), "{rest} {issuer}");
            }
            assert!(matches!(process_with(&format!("{rest}&state=sTaTe"), "", true), Err(Error::AuthorizationResponse(_))));
        }
    }

    #[test]
    fn ar_16_a_parameter_that_stands_twice_refuses_the_response() {
        for query in ["code=a&code=b&state=sTaTe", "code=a&state=sTaTe&state=sTaTe", "code=a&state=sTaTe&x=1&x=2"] {
            assert!(refused(query), "{query}");
        }
        assert!(process_with("code=a&state=sTaTe", "#state=sTaTe", false).is_err());
    }

    #[test]
    fn ar_18_a_code_beside_an_error_is_refused() {
        assert!(refused("code=x&error=login_required&state=sTaTe"));
    }

    #[test]
    fn ar_19_20_tokens_and_fragments_are_never_consumed() {
        for token in ["access_token=stolen", "id_token=a.b.c", "response=jarm", "token_type=Bearer"] {
            assert!(refused(&format!("code=c&state=sTaTe&{token}")), "{token}");
        }
        assert!(process_with("code=c&state=sTaTe", "#access_token=stolen", false).is_err());
        assert!(process_with("", "#code=c&state=sTaTe", false).is_err());
        assert!(process_with("code=c&state=sTaTe", "#section", false).is_ok());
    }

    #[test]
    fn ar_16_19_20_in_the_fragment_the_same_rules_hold_and_the_query_is_never_consumed() {
        let read = |query: &str, fragment: &str| {
            let parameters = Parameters::read(query, fragment, ResponseMode::Fragment).map_err(Error::AuthorizationResponse)?;
            process_authorization_response(&parameters, &transaction(false), &Checks::default()).map(|code| code.expose().to_owned())
        };
        assert_eq!(read("", "#code=c%2B1&state=sTaTe").unwrap(), "c+1");
        assert_eq!(read("?v=2", "code=c&state=sTaTe").unwrap(), "c");
        for (query, fragment) in [
            ("?code=c&state=sTaTe", ""),
            ("?code=a", "#code=c&state=sTaTe"),
            ("?state=sTaTe", "#code=c&state=sTaTe"),
            ("?iss=x", "#code=c&state=sTaTe"),
            ("", "#code=a&code=b&state=sTaTe"),
            ("", "#code=c&state=other"),
            ("", "#code=c&state=sTaTe&access_token=stolen"),
            ("", ""),
            ("", "#section"),
        ] {
            assert!(read(query, fragment).is_err(), "{query} {fragment}");
        }
    }

    #[test]
    fn si_12_the_ordinary_answers_of_a_silent_attempt() {
        assert_eq!(process("error=login_required&state=sTaTe").unwrap_err(), Error::Silent(SilentFailure::LoginRequired));
        for code in ["interaction_required", "consent_required", "account_selection_required"] {
            let error = process(&format!("error={code}&state=sTaTe")).unwrap_err();
            assert_eq!(error, Error::Silent(SilentFailure::NeedsInteraction(code.into())));
        }
        assert!(matches!(process("error=access_denied&error_description=no&state=sTaTe"), Err(Error::Authorization(_))));
    }

    #[test]
    fn a_response_of_absurd_length_is_refused() {
        assert!(refused(&format!("code={}&state=sTaTe", "a".repeat(20_000))));
        let of = |length: usize| Parameters::read(&"a".repeat(length - 2), "#a", ResponseMode::Query);
        assert!(of(16_384).is_ok() && of(16_385).is_err());
    }

    #[test]
    fn parameters_are_shown_without_their_values() {
        let parameters = Parameters::read("code=secret&state=secret", "", ResponseMode::Query).unwrap();
        assert_eq!(format!("{parameters:?}"), r#"["code", "state"]"#);
    }

    #[test]
    fn ar_21_responses_are_recognised_wherever_they_stand() {
        assert!(looks_like_response("?code=a&state=b", ""));
        assert!(looks_like_response("", "#error=a&state=b"));
        assert!(looks_like_response("", "#access_token=a"));
        assert!(!looks_like_response("?code=de", ""));
        assert_eq!(without_response("code=a&state=b&q=1%262"), "q=1%262");
    }
}
