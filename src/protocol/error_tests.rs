//! Every error: its code, whose fault it is, whether it is worth another try, and a part of what developers read.

use super::*;
use Fault::{Configuration, Input, Network, Person, Provider};
use std::time::Duration;

fn finding() -> Finding {
    Finding::unexpected("token_type", "bearer", "mac")
}

fn clock() -> Finding {
    Finding::clock("exp", "expired", Duration::from_secs(90), Duration::from_secs(60))
}

fn said(code: &str) -> ProviderError {
    ProviderError::new(code, Some("in its own words"))
}

fn unavailable(status: u16) -> NetworkFailure {
    NetworkFailure::Unavailable { status, retry_after: Some(Duration::from_secs(7)) }
}

/// Error, code, fault, whether it may pass, a part of the text.
type Row = (Error, &'static str, Fault, bool, &'static str);

fn assert_all(rows: Vec<Row>) {
    for (error, code, fault, passes, part) in rows {
        assert_eq!((error.code().as_str(), error.fault(), error.is_transient()), (code, fault, passes), "{error:?}");
        let text = error.to_string();
        assert!(text.contains(part) && !text.ends_with(part), "{part:?} is not the end of {text:?}, or not in it");
    }
}

#[test]
fn what_is_wrong_with_an_answer_names_the_answer_and_the_field() {
    assert_all(vec![
        (Error::AccessToken(finding()), "access_token_token_type", Provider, false, "access token: token_type: unexpected mac, expected "),
        (Error::AccessToken(clock()), "access_token_exp", Person, true, "exp: expired by 90 s, more than the 60 s allowed"),
        (Error::AuthorizationResponse(finding()), "response_token_type", Input, false, "sign-in response: token_type: "),
        (Error::Configuration(finding()), "configuration_token_type", Configuration, false, "configuration: token_type: "),
        (Error::Discovery(finding()), "discovery_token_type", Provider, false, "provider metadata: token_type: "),
        (Error::IdToken(finding()), "id_token_token_type", Provider, false, "ID token: token_type: "),
        (Error::IdToken(clock()), "id_token_exp", Person, true, "ID token: exp: expired by "),
        (Error::Keys(finding()), "keys_token_type", Provider, false, "provider keys: token_type: "),
        (Error::Logout(finding()), "logout_token_type", Provider, false, "sign-out: token_type: "),
        (Error::Platform(finding()), "platform_token_type", Configuration, false, "browser: token_type: "),
        (Error::Remark(finding()), "remark_token_type", Provider, false, "to be mended by the provider: token_type: "),
        (Error::TokenResponse(finding()), "token_response_token_type", Provider, false, "token response: token_type: "),
        (Error::UserInfo(finding()), "userinfo_token_type", Provider, false, "userinfo: token_type: "),
        (Error::RedirectLoop, "redirect_loop", Configuration, false, "six times within a minute"),
    ]);
    assert_eq!(Error::Platform(Finding::missing("crypto.subtle")).code(), "platform_crypto_subtle");
    assert_eq!(Error::IdToken(finding().inside("Outer")).code(), "id_token_outer_token_type");
    assert!(Error::IdToken(clock()).is_clock() && Error::AccessToken(clock()).is_clock());
    assert!(!Error::IdToken(finding()).is_clock() && !Error::AccessToken(finding()).is_clock() && !Error::Keys(clock()).is_clock());
    assert_eq!(Finding::missing("state").to_string(), "state: missing");
}

#[test]
fn what_the_provider_says_is_told_by_its_own_code() {
    let answered = "the provider answered the sign-in with: ";
    assert_all(vec![(Error::Authorization(said("access_denied")), "access_denied", Person, false, answered)]);
    // Of the token endpoint the same word is no choice of a person.
    let elsewhere: [fn(ProviderError) -> Error; 3] = [Error::Authorization, Error::Token, |error| Error::Par(ParFailure::Refused(error))];
    for (place, make) in elsewhere.into_iter().enumerate() {
        let part = [answered, "the token endpoint answered: ", "pushed authorization request: the endpoint answered: "][place];
        for code in [
            "invalid_request", "invalid_client", "unauthorized_client", "unsupported_response_type", "invalid_scope",
            "unsupported_grant_type",
        ] {
            assert_all(vec![(make(said(code)), code, Configuration, false, part)]);
        }
        for code in ["server_error", "temporarily_unavailable", "slow_down"] {
            assert_all(vec![(make(said(code)), code, Provider, true, part)]);
        }
        assert_all(vec![(make(said("invalid_grant")), "invalid_grant", Input, false, part)]);
        assert_all(vec![(make(said("its_own")), "its_own", Provider, false, "its_own (in its own words")]);
    }
    assert_all(vec![(Error::Token(said("access_denied")), "access_denied", Provider, false, "access_denied")]);
    assert_eq!(ProviderError::new("x", None).to_string(), "x");
}

#[test]
fn what_the_network_did_may_pass() {
    for (failure, code, part) in [
        (NetworkFailure::Offline, "network_offline", "the browser is "),
        (NetworkFailure::Timeout, "network_timeout", "no answer in "),
        (NetworkFailure::Unreachable, "network_unreachable", "not reachable (down, or its CORS settings"),
        (unavailable(503), "network_status_503", "answered with status "),
        (NetworkFailure::TooLarge, "network_too_large", "the answer is too "),
        (NetworkFailure::Proof(DpopFailure::Nonce), "dpop_nonce", "does not take its own nonce"),
    ] {
        assert_all(vec![(Error::Network(failure), code, Network, true, part)]);
        let pushed = Error::Par(ParFailure::Network(failure));
        assert_eq!((pushed.code(), pushed.fault(), pushed.is_transient()), (format!("par_{code}"), Network, true));
        assert!(pushed.to_string().contains("pushed authorization request: ") && pushed.to_string().contains(part));
        let waits = matches!(failure, NetworkFailure::Unavailable { .. }).then_some(Duration::from_secs(7));
        assert_eq!((Error::Network(failure).retry_after(), pushed.retry_after()), (waits, waits));
    }
    assert_eq!(Error::RedirectLoop.retry_after(), None);
    assert_eq!(Error::from(NetworkFailure::Timeout), Error::Network(NetworkFailure::Timeout));
    assert_eq!(Error::from(NetworkFailure::Proof(DpopFailure::Nonce)), Error::Dpop(DpopFailure::Nonce), "the network did nothing");
    assert_all(vec![(
        Error::Par(ParFailure::Shape(finding())),
        "par_token_type",
        Provider,
        false,
        "pushed authorization request: token_type: ",
    )]);
}

#[test]
fn keys_of_tokens_that_are_of_no_use_are_named() {
    for (failure, code, fault, part) in [
        (DpopFailure::Alg, "dpop_alg", Configuration, "has no "),
        (DpopFailure::Binding, "dpop_binding", Provider, "the proof was not taken"),
        (DpopFailure::CorsExpose, "dpop_cors_expose", Configuration, "name DPoP-Nonce and WWW-Authenticate"),
        (DpopFailure::KeyLost, "dpop_key_lost", Provider, "the key of the token is "),
        (DpopFailure::Nonce, "dpop_nonce", Provider, "does not take its own nonce"),
    ] {
        assert_all(vec![(Error::Dpop(failure), code, fault, false, part)]);
    }
}

#[test]
fn every_silence_says_what_to_do() {
    use SilentFailure::*;
    for (failure, code, fault, part) in [
        (LoginRequired, "login_required", Person, "nobody is signed in at the "),
        (NeedsInteraction("consent_required".into()), "consent_required", Person, "the provider wants to ask something: "),
        (CookiesBlocked, "silent_cookies_blocked", Person, "give the provider an address on the same site"),
        (Framed, "silent_framed", Configuration, "the app itself is shown in a frame"),
        (Isolated, "silent_isolated", Configuration, "serve the app without that header"),
        (PageShown, "silent_page_shown", Configuration, "its own log says "),
        (Policy, "silent_policy", Configuration, "add the provider's origin to "),
        (RelayFraming("X-Frame-Options"), "silent_relay_framing", Configuration, "sent with X-Frame-Options"),
        (RelayMissing(404), "silent_relay_missing", Configuration, "answered with status 404; deploy "),
        (RelayWrong, "silent_relay_wrong", Configuration, "deploy silent-refresh.html there"),
        (Slow, "silent_slow", Network, "did not answer in time"),
        (Unregistered, "silent_unregistered", Configuration, "register its address (silent_path) there"),
    ] {
        let passes = failure == Slow;
        assert_all(vec![(Error::Silent(failure), code, fault, passes, part)]);
    }
}

#[test]
fn a_step_up_that_came_to_nothing_is_the_persons_only_where_they_can_choose() {
    for (failure, code, fault, part) in [
        (StepUpFailure::Malformed(finding()), "step_up_malformed", Configuration, "the API's challenge is not acceptable: token_type: "),
        (StepUpFailure::Loop, "step_up_loop", Configuration, "demands a sign-in that the session already is"),
        (StepUpFailure::TooOften, "step_up_too_often", Configuration, "again and again within a "),
        (StepUpFailure::Unmet(finding()), "step_up_unmet", Person, "did not sign the person in as the API demands: "),
    ] {
        assert_all(vec![(Error::StepUp(failure), code, fault, false, part)]);
    }
}

#[test]
fn long_texts_are_cut_between_characters() {
    assert_eq!((capped("äöü", 3), capped("äöü", 2), capped("", 0)), ("äöü".to_owned(), "äö…".to_owned(), String::new()));
}
