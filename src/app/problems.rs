//! What went wrong, in plain words: one row per code.
//!
//! A row is found by the [code](Error::code) of an error; `*` at the end of a row's code stands for any ending, and the longest fit wins.
//! What the provider wrote about an error is never shown: it is for a log.

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
    let fits = |row: &&(&str, Explanation)| match row.0.strip_suffix('*') {
        Some(start) => code.starts_with(start),
        None => code == row.0,
    };
    TABLE.iter().filter(fits).max_by_key(|(pattern, _)| (!pattern.ends_with('*'), pattern.len())).map(|(_, explanation)| *explanation)
}

/// What can be said when only the side that has to act is known.
fn by_fault(fault: Fault) -> Explanation {
    let (sentence, advice) = match fault {
        Fault::Configuration => ("This app is not set up correctly.", TELL_US),
        Fault::Provider => ("The sign-in service gave an answer that cannot be used.", LATER),
        Fault::Network => ("The sign-in service cannot be reached.", "Check your connection and try again."),
        Fault::Input => ("The answer to the sign-in did not belong to this page, so it was not used.", AGAIN),
        Fault::Person => ("The sign-in was not finished.", AGAIN),
    };
    Explanation { title: "Sign-in did not work", sentence, advice }
}

const AGAIN: &str = "Please try again.";
const LATER: &str = "Try again in a moment. If it keeps happening, tell the people who run this app.";
const TELL_US: &str = "Please tell the people who run this app, and give them the code below.";
const TELL_YOUR_ADMIN: &str = "Please tell the people who look after accounts in your organisation, and give them the code below.";

const SETUP: &str = "This app is not set up correctly";
const ORGANISATION: &str = "Your organisation's sign-in did not work";
const UNKNOWN_SESSION: &str = "Your session could not be looked up";
const TOO_OLD: &str = "This sign-in is no longer valid";
const STRANGE: &str = "The answer could not be trusted";

const fn row(code: &'static str, title: &'static str, sentence: &'static str, advice: &'static str) -> (&'static str, Explanation) {
    (code, Explanation { title, sentence, advice })
}

/// Every code with words of its own.
#[rustfmt::skip]
const TABLE: &[(&str, Explanation)] = &[
    // The person's own choice, or their turn.
    row("access_denied", "Sign-in was cancelled", "You did not allow the sign-in, or it was cancelled on the way.", "You can try again whenever you like."),
    row("login_required", "You are not signed in", "The sign-in service does not know you yet, or it has forgotten you.", "Sign in to go on."),
    row("user_login_required", "You are not signed in", "The sign-in service does not know you yet, or it has forgotten you.", "Sign in to go on."),
    row("interaction_required", "One more step is needed", "The sign-in service wants to ask you something first.", "Try again to answer it."),
    row("consent_required", "One more step is needed", "The sign-in service needs your consent first.", "Try again to give it."),
    row("account_selection_required", "One more step is needed", "You have more than one account, and one has to be chosen.", "Try again to choose."),
    row("authentication_not_completed", "Sign-in was not finished", "The sign-in stopped before its last step.", AGAIN),

    // How this app is registered.
    row("invalid_request", SETUP, "The sign-in service did not understand what this app asked for.", TELL_US),
    row("invalid_request_object", SETUP, "The sign-in service did not understand what this app asked for.", TELL_US),
    row("invalid_client", SETUP, "The sign-in service does not know this app.", TELL_US),
    row("unauthorized_client", SETUP, "The sign-in service does not let this app sign people in this way.", TELL_US),
    row("unauthorized", SETUP, "The sign-in service does not let this app sign people in this way.", TELL_US),
    row("application_not_active", SETUP, "This app is switched off at the sign-in service.", TELL_US),
    row("invalid_redirect_uri", SETUP, "The address to come back to is not registered at the sign-in service.", TELL_US),
    row("invalid_scope", SETUP, "This app asked for something that the sign-in service does not offer.", TELL_US),
    row("invalid_target", SETUP, "This app asked for access to something that the sign-in service does not know.", TELL_US),
    row("unsupported_response_type", SETUP, "The sign-in service does not support the way in which this app signs people in.", TELL_US),
    row("unsupported_grant_type", SETUP, "The sign-in service does not support the way in which this app signs people in.", TELL_US),

    // The sign-in service itself.
    row("server_error", "The sign-in service had a problem", "Something went wrong at the sign-in service.", LATER),
    row("temporarily_unavailable", "The sign-in service is busy", "It cannot sign anybody in at the moment.", "Try again in a minute."),
    row("slow_down", "The sign-in service is busy", "It was asked too often in a short time.", "Wait a minute, then try again."),
    row("invalid_grant", TOO_OLD, "It was already used, or it took too long.", AGAIN),

    // Connections, organisations and accounts.
    row("no_active_connections", ORGANISATION, "No way to sign in is switched on for your organisation.", TELL_YOUR_ADMIN),
    row("no_configured_connections", ORGANISATION, "No way to sign in has been set up for your organisation.", TELL_YOUR_ADMIN),
    row("connection_not_active", ORGANISATION, "The way in which your organisation signs in is switched off.", TELL_YOUR_ADMIN),
    row("invalid_connection_id", ORGANISATION, "The way in which you wanted to sign in is not known.", TELL_US),
    row("invalid_connection_selector", ORGANISATION, "It is not clear in which way you wanted to sign in.", TELL_US),
    row("invalid_organization_id", "Organisation not found", "The organisation you wanted to sign in to is not known.", "Check the link that brought you here, or try again without it."),
    row("organization_*", "Organisation not available", "The organisation you wanted to sign in to cannot be used.", TELL_YOUR_ADMIN),
    row("domain_not_found", "Organisation not found", "No organisation belongs to the e-mail domain you gave.", "Check your e-mail address and try again."),
    row("invalid_user_domain", "This e-mail address does not belong here", "Your organisation does not accept the domain of your e-mail address.", "Try again with your work address."),
    row("user_not_active", "Your account is switched off", "Your account exists, but nobody can sign in with it at the moment.", TELL_YOUR_ADMIN),

    // What an organisation's own sign-in answered to the service.
    row("mandatory_attribute_missing", ORGANISATION, "It left out something about you that is needed, such as your e-mail address.", TELL_YOUR_ADMIN),
    row("invalid_id_token", ORGANISATION, "It gave an answer that could not be trusted.", TELL_YOUR_ADMIN),
    row("failed_to_exchange_token", ORGANISATION, "It broke off before the last step.", TELL_YOUR_ADMIN),
    row("user_info_retrieve_failed", ORGANISATION, "It did not say who you are.", TELL_YOUR_ADMIN),
    row("invalid_saml_*", ORGANISATION, "It gave an answer that could not be read.", TELL_YOUR_ADMIN),
    row("signature_validation_failed", ORGANISATION, "It gave an answer that could not be trusted.", TELL_YOUR_ADMIN),
    row("assertion_expired", ORGANISATION, "Its answer came too late.", "Please try again. If it keeps happening, a clock in your organisation may be wrong."),
    row("response_expired", ORGANISATION, "Its answer came too late.", "Please try again. If it keeps happening, a clock in your organisation may be wrong."),

    // The network.
    row("network_offline", "You are offline", "There is no connection to the internet.", "Try again when you are back online."),
    row("network_timeout", "The sign-in service is slow", "It did not answer in time.", "Check your connection and try again."),
    row("network_unreachable", "The sign-in service cannot be reached", "It may be down, or something between it and you is in the way.", "Check your connection and try again."),
    row("network_status_429", "The sign-in service is busy", "It was asked too often in a short time.", "Wait a minute, then try again."),
    row("network_status_*", "The sign-in service had a problem", "It cannot answer at the moment.", LATER),
    row("network_too_large", STRANGE, "The sign-in service sent far more than it should.", TELL_US),

    // What this page found when it looked at the answer.
    row("response_state", "This sign-in link cannot be used", "It was already used, it is too old, or it was made for another tab.", "Please start again."),
    row("response_*", STRANGE, "The answer to the sign-in was not one that this page can accept, so it was not used.", "Please start again."),
    row("discovery_*", SETUP, "The sign-in service describes itself in a way that does not fit.", TELL_US),
    row("keys_*", STRANGE, "The keys of the sign-in service do not fit its answer.", LATER),
    row("token_response_*", STRANGE, "The sign-in service gave an incomplete answer.", LATER),
    row("id_token_exp", "Your clock may be wrong", "The time on this device and the time of the sign-in service do not agree.", "Set the clock of this device to automatic, then try again."),
    row("id_token_iat", "Your clock may be wrong", "The time on this device and the time of the sign-in service do not agree.", "Set the clock of this device to automatic, then try again."),
    row("id_token_nbf", "Your clock may be wrong", "The time on this device and the time of the sign-in service do not agree.", "Set the clock of this device to automatic, then try again."),
    row("id_token_*", STRANGE, "The sign-in service said who you are in a way that could not be verified.", LATER),
    row("access_token_*", STRANGE, "The sign-in service gave access in a way that could not be verified.", LATER),

    // This browser and this page.
    row("platform_*", "This browser cannot sign you in", "It lacks something that a safe sign-in needs, or this page was not opened over a secure connection.", "Use a current browser, and an address that begins with https."),
    row("platform_popup", "The sign-in window was blocked", "Your browser did not open it.", "Allow windows for this page, or go on here."),
    row("redirect_loop", "Going round in circles", "You were sent to the sign-in service and back again and again, without being signed in.", "Sign in to go on. If it keeps happening, tell the people who run this app."),

    // Why nothing could be found out in the background.
    row("silent_slow", UNKNOWN_SESSION, "The sign-in service did not answer in the background.", "Sign in to go on."),
    row("silent_cookies_blocked", UNKNOWN_SESSION, "Your browser does not tell the sign-in service who you are in the background.", "Sign in to go on."),
    row("silent_framed", "This page is shown inside of another one", "For your safety it does nothing there.", "Open it in a tab of its own."),
    row("silent_isolated", SETUP, "The app shuts itself off from the sign-in service.", TELL_US),
    row("silent_page_shown", UNKNOWN_SESSION, "The sign-in service wanted to show something in the background.", "Sign in to go on."),
    row("silent_policy", SETUP, "The app forbids itself to ask the sign-in service.", TELL_US),
    row("silent_relay_framing", SETUP, "A page that it needs in the background may not be shown there.", TELL_US),
    row("silent_relay_missing", SETUP, "A page that it needs in the background is missing.", TELL_US),
    row("silent_relay_wrong", SETUP, "Something else stands in the place of a page that it needs in the background.", TELL_US),
    row("silent_unregistered", SETUP, "The sign-in service does not know a page that the app needs in the background.", TELL_US),
];

#[cfg(test)]
mod tests {
    use super::*;
    use hushkey::protocol::error::{Finding, NetworkFailure, Problem, ProviderError, SilentFailure};
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
            Error::IdToken(about("exp")),
            Error::IdToken(about("nonce")),
            Error::Keys(about("kid")),
            Error::Network(NetworkFailure::Offline),
            Error::Network(NetworkFailure::Timeout),
            Error::Network(NetworkFailure::Unreachable),
            Error::Network(NetworkFailure::Unavailable { status: 503, retry_after: None }),
            Error::RedirectLoop,
            Error::Network(NetworkFailure::TooLarge),
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
            Error::Token(ProviderError { code: "invalid_grant".into(), description: None }),
            Error::TokenResponse(about("access_token")),
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
        let texts: HashSet<_> = [Fault::Configuration, Fault::Provider, Fault::Network, Fault::Input, Fault::Person]
            .map(|fault| by_fault(fault).sentence)
            .into();
        assert_eq!(texts.len(), 5);
        assert_eq!(explain(&answered("something_new")), by_fault(Fault::Provider));
    }

    #[test]
    fn texts_are_sentences_without_jargon_or_noise() {
        let mut seen = HashSet::new();
        for (code, Explanation { title, sentence, advice }) in TABLE {
            assert!(seen.insert(code), "{code} stands twice");
            assert!(!title.ends_with('.') && sentence.ends_with('.') && advice.ends_with('.'), "{code}");
            for text in [title, sentence, advice] {
                for word in ["!", "OAuth", "token", "SAML", "redirect", "error", "nonce", "<"] {
                    assert!(!text.contains(word), "{code}: {text}");
                }
            }
        }
    }

    #[test]
    fn what_the_provider_wrote_is_never_shown() {
        let Explanation { title, sentence, advice } = explain(&answered("access_denied"));
        assert!(![title, sentence, advice].concat().contains("do not show this"));
    }
}
