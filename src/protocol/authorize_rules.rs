//! Rules of the authorization request, each with what would break it.

use super::tests::build;
use super::*;
use std::collections::HashSet;

fn extra(pairs: &[(&str, &str)]) -> SignInOptions {
    let extra = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    SignInOptions { extra, ..SignInOptions::default() }
}

/// Every way to ask, with these options where it takes some.
fn manners(options: &SignInOptions) -> [Manner<'_>; 4] {
    [Manner::Silent { id_token_hint: None, organization_id: None }, Manner::Lookup, Manner::Redirect(options), Manner::Popup(options)]
}

/// Parameters that nobody but this client sets.
const RESERVED: [&str; 18] = [
    "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "response_mode",
    "prompt", "request", "request_uri", "registration", "dpop_jkt", "id_token_hint", "max_age", "resource", "claims",
];

#[test]
fn ar_01_no_option_takes_the_challenge_away_or_makes_it_plain() {
    for pairs in [
        [("code_challenge_method", "plain"), ("code_challenge", "x")],
        [("code_challenge_method", ""), ("code_challenge", "")],
        [("code_challenge_method", "S256 plain"), ("code_challenge", "canary")],
    ] {
        let options = extra(&pairs);
        for manner in manners(&options) {
            let (query, transaction) = build(&manner, 1);
            assert_eq!((&*query["code_challenge_method"], &query["code_challenge"]), ("S256", &pkce::challenge(&transaction.verifier)));
        }
    }
}

#[test]
fn ar_06_the_response_type_is_code_whatever_is_wished_for() {
    for wish in ["token", "code token", "id_token", "code id_token token", "none", "password", ""] {
        let options = extra(&[("response_type", wish)]);
        for manner in manners(&options) {
            assert_eq!(build(&manner, 1).0["response_type"], "code", "{wish}");
        }
    }
}

#[test]
fn ar_07_the_state_is_256_random_bits_and_tells_nothing() {
    let options =
        SignInOptions { return_to: Some("/account?secret=canary".into()), login_hint: Some("canary".into()), ..SignInOptions::default() };
    let mut bits = HashSet::new();
    for seed in 0..64 {
        for manner in manners(&options) {
            let (query, _) = build(&manner, seed);
            let random = query["state"].trim_start_matches("popup.");
            let bytes = crate::protocol::encoding::from_base64url(random).expect("base64url");
            assert_eq!(bytes.len(), 32);
            assert!(!random.contains("canary") && !bytes.windows(6).any(|part| part == b"canary" || part == b"accoun"));
            bits.extend(bytes.iter().enumerate().flat_map(|(place, byte)| (0..8).map(move |bit| (place, bit, byte >> bit & 1))));
        }
    }
    assert_eq!(bits.len(), 2 * 256, "every bit is one and is none");
}

#[test]
fn ar_11_every_request_has_a_nonce_of_256_bits_that_no_option_sets() {
    let mut seen = HashSet::new();
    for wish in ["", "canary"] {
        let options = extra(&[("nonce", wish)]);
        for (seed, manner) in manners(&options).into_iter().enumerate() {
            let (query, transaction) = build(&manner, u8::try_from(seed).unwrap() + u8::from(wish.is_empty()) * 10);
            assert_eq!((query["nonce"].as_str(), query["nonce"].len()), (transaction.nonce.expose(), 43));
            assert!(query["nonce"] != query["state"] && seen.insert(query["nonce"].clone()));
        }
    }
}

#[test]
fn ar_24_a_reserved_parameter_is_refused_by_name_and_the_safe_value_is_sent() {
    let (good, _) = build(&Manner::Redirect(&SignInOptions::default()), 1);
    for name in RESERVED {
        let options = extra(&[("acr_values", "gold"), (name, "evil")]);
        let refusal = options.check().expect_err(name);
        assert_eq!(refusal.0.field, format!("extra.{name}"));
        assert!(!refusal.to_string().contains("evil"), "no value is repeated: {refusal}");
        for manner in [Manner::Redirect(&options), Manner::Popup(&options)] {
            let (query, _) = build(&manner, 1);
            assert!(!query.values().any(|value| value == "evil"), "{name}");
            assert_eq!(query["acr_values"], "gold");
            assert_eq!(query.contains_key(name), good.contains_key(name), "{name}");
        }
    }
    for fine in ["acr_values", "ui_locales", "State", "login_hint", "organization_id"] {
        assert_eq!(extra(&[(fine, "x")]).check(), Ok(()), "{fine}");
    }
    let twice = SignInOptions { login_hint: Some("me".into()), ..extra(&[("login_hint", "evil"), ("a", "1"), ("a", "2")]) };
    let (query, _) = build(&Manner::Redirect(&twice), 1);
    assert_eq!((&*query["login_hint"], &*query["a"]), ("me", "1"), "the first of two, and an option of its own before any");
}

#[test]
fn ar_25_prompt_none_stands_alone_and_scopes_are_single_words() {
    for wish in ["none", "none login", "login none", "consent"] {
        let options = extra(&[("prompt", wish)]);
        for manner in manners(&options) {
            let (query, _) = build(&manner, 1);
            let silent = matches!(manner, Manner::Silent { .. } | Manner::Lookup);
            assert_eq!(query.get("prompt").map(String::as_str), silent.then_some("none"), "{wish} {manner:?}");
            let scopes: Vec<&str> = query["scope"].split(' ').collect();
            assert!(scopes.contains(&"openid") && scopes.iter().all(|scope| !scope.is_empty()));
            assert_eq!(scopes.iter().collect::<HashSet<_>>().len(), scopes.len());
        }
    }
    for (prompt, name) in [(Prompt::Create, "create"), (Prompt::Login, "login"), (Prompt::SelectAccount, "select_account")] {
        let options = SignInOptions { prompt: Some(prompt), ..SignInOptions::default() };
        assert_eq!(build(&Manner::Redirect(&options), 1).0["prompt"], name);
    }
}
