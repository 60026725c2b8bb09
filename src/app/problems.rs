//! What went wrong, in plain words: one text per code, `problem.access_denied`.
//!
//! It is found by the [code](Error::code) of an error; `*` at the end of a text's name stands for any ending, and the longest fit wins.
//! What the provider wrote about an error is never shown: it is for a log.

use super::texts::{best, parts};
use hushkey::{Error, Fault};

/// What a person reads about a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Explanation {
    /// The heading.
    pub(crate) title: &'static str,
    /// What happened.
    pub(crate) sentence: &'static str,
    /// What to do about it.
    pub(crate) advice: &'static str,
}

/// Explains an error.
pub(crate) fn explain(error: &Error) -> Explanation {
    find(&error.code()).unwrap_or_else(|| by_fault(error.fault()))
}

fn find(code: &str) -> Option<Explanation> {
    // An exact name before any other, a longer beginning before a shorter one.
    let rank = |pattern: &str| match pattern.strip_suffix('*') {
        Some(start) => code.starts_with(start).then_some((false, start.len())),
        None => (code == pattern).then_some((true, 0)),
    };
    best("problem.", rank).map(Explanation::of)
}

/// What can be said when only the side that has to act is known.
fn by_fault(fault: Fault) -> Explanation {
    Explanation::of(match fault {
        Fault::Configuration => "fault.configuration",
        Fault::Provider => "fault.provider",
        Fault::Network => "fault.network",
        Fault::Input => "fault.input",
        Fault::Person => "fault.person",
    })
}

impl Explanation {
    fn of(name: &str) -> Self {
        let [title, sentence, advice] = parts(name);
        Self { title, sentence, advice }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::texts;
    use hushkey::protocol::error::{
        DpopFailure, Finding, NetworkFailure, ParFailure, Problem, ProviderError, SilentFailure, StepUpFailure,
    };
    use std::collections::HashSet;

    fn answered(code: &str) -> Error {
        Error::Authorization(ProviderError { code: code.into(), description: Some("<b>do not show this</b>".into()) })
    }

    fn about(field: &'static str) -> Finding {
        Finding { field: field.into(), problem: Problem::Missing }
    }

    #[test]
    fn every_documented_callback_code_has_words_of_its_own() {
        for code in [
            "access_denied", "invalid_request", "server_error", "temporarily_unavailable", "login_required", "unauthorized_client",
            "invalid_scope", "unsupported_response_type", "invalid_redirect_uri", "invalid_connection_selector", "no_active_connections",
            "connection_not_active", "no_configured_connections", "invalid_organization_id", "invalid_connection_id", "domain_not_found",
            "invalid_user_domain", "invalid_client", "application_not_active", "unauthorized", "user_not_active",
            "mandatory_attribute_missing", "invalid_id_token", "failed_to_exchange_token", "user_info_retrieve_failed",
            "invalid_saml_response", "invalid_saml_metadata", "signature_validation_failed", "assertion_expired", "response_expired",
            "authentication_not_completed", "user_login_required", "interaction_required", "consent_required",
            "account_selection_required",
        ] {
            assert!(find(code).is_some(), "{code}");
        }
    }

    #[test]
    fn every_class_of_our_own_errors_has_words_of_its_own() {
        for error in [
            Error::AccessToken(about("aud")),
            Error::AuthorizationResponse(about("state")),
            Error::AuthorizationResponse(about("iss")),
            Error::Discovery(about("issuer")),
            Error::Dpop(DpopFailure::Nonce),
            Error::IdToken(about("exp")),
            Error::IdToken(about("nonce")),
            Error::IdToken(about("acr")),
            Error::IdToken(about("auth_time")),
            Error::Keys(about("kid")),
            Error::Network(NetworkFailure::Offline),
            Error::Network(NetworkFailure::Timeout),
            Error::Network(NetworkFailure::Unreachable),
            Error::Network(NetworkFailure::Unavailable { status: 503, retry_after: None }),
            Error::RedirectLoop,
            Error::Network(NetworkFailure::TooLarge),
            Error::Par(ParFailure::Network(NetworkFailure::Timeout)),
            Error::Par(ParFailure::Shape(about("expires_in"))),
            Error::Platform(about("crypto.subtle")),
            Error::Silent(SilentFailure::CookiesBlocked),
            Error::Silent(SilentFailure::Framed),
            Error::Silent(SilentFailure::Isolated),
            Error::Silent(SilentFailure::LoginRequired),
            Error::Silent(SilentFailure::NeedsInteraction("consent_required".into())),
            Error::Silent(SilentFailure::PageShown),
            Error::Silent(SilentFailure::Policy),
            Error::Silent(SilentFailure::RelayFraming("x-frame-options")),
            Error::Silent(SilentFailure::RelayMissing(404)),
            Error::Silent(SilentFailure::RelayWrong),
            Error::Silent(SilentFailure::Slow),
            Error::Silent(SilentFailure::Unregistered),
            Error::StepUp(StepUpFailure::Loop),
            Error::StepUp(StepUpFailure::Malformed(about("max_age"))),
            Error::StepUp(StepUpFailure::TooOften),
            Error::StepUp(StepUpFailure::Unmet(about("acr"))),
            Error::Token(ProviderError { code: "invalid_grant".into(), description: None }),
            Error::TokenResponse(about("access_token")),
            Error::TokenResponse(about("scope")),
        ] {
            assert!(find(&error.code()).is_some(), "{}", error.code());
        }
    }

    #[test]
    fn an_exact_row_wins_over_a_longer_reach() {
        assert_ne!(find("id_token_exp"), find("id_token_nonce"));
        assert_ne!(find("response_state"), find("response_iss"));
        assert_ne!(find("response_expired"), find("response_iss"));
        assert_ne!(find("network_status_429"), find("network_status_503"));
    }

    #[test]
    fn unknown_codes_are_explained_by_whose_turn_it_is() {
        let sentences: HashSet<_> = [Fault::Configuration, Fault::Provider, Fault::Network, Fault::Input, Fault::Person]
            .map(|fault| by_fault(fault).sentence)
            .into();
        assert_eq!(sentences.len(), 5);
        assert_eq!(explain(&answered("something_new")), by_fault(Fault::Provider));
    }

    /// All explanations of a language's file, in that language.
    fn all(file: &'static str) -> Vec<(&'static str, Explanation)> {
        texts::speak("xx".to_owned(), file.to_owned());
        let names = file.lines().filter_map(|line| line.split_once(" = ").map(|(name, _)| name));
        names.filter(|name| name.starts_with("problem.") || name.starts_with("fault.")).map(|name| (name, Explanation::of(name))).collect()
    }

    fn are_sentences_without(file: &'static str, jargon: &[&str]) {
        let all = all(file);
        assert!(all.len() > 60);
        for (name, Explanation { title, sentence, advice }) in all {
            assert!(!title.ends_with('.') && sentence.ends_with('.') && advice.ends_with('.'), "{name}");
            for text in [title, sentence, advice] {
                for word in ["!", "OAuth", "SAML", "nonce", "<", "@", "|"].iter().chain(jargon) {
                    assert!(!text.contains(word), "{name}: {text}");
                }
            }
        }
    }

    #[test]
    fn english_texts_are_sentences_without_jargon_or_noise() {
        are_sentences_without(include_str!("../../assets/texts/en.txt"), &["token", "redirect", "error"]);
    }

    #[test]
    fn german_texts_are_sentences_without_jargon_or_noise() {
        are_sentences_without(include_str!("../../assets/texts/de.txt"), &["Token", "Redirect", "Fehler", " du ", "Umleitung"]);
        assert_eq!(explain(&answered("access_denied")).title, "Anmeldung abgebrochen");
    }

    #[test]
    fn what_the_provider_wrote_is_never_shown() {
        let Explanation { title, sentence, advice } = explain(&answered("access_denied"));
        assert!(![title, sentence, advice].concat().contains("do not show this"));
    }
}
