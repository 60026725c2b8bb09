//! Tests of the authorization request.

use super::*;
use crate::protocol::{config::Provider, time::Entropy};
use std::collections::{HashMap, HashSet};

fn config() -> Config {
    let block = r#"{"preset":"scalekit","env_url":"https://acme.scalekit.com","client_id":"spac_1",
        "api":[{"url":"https://api.example/","resource":"https://api.example"}]}"#;
    Config::from_json(block, "https://app.example").unwrap()
}

pub(super) fn build(manner: &Manner<'_>, seed: u8) -> (HashMap<String, String>, Transaction) {
    let config = config();
    let Provider::Known(metadata) = &config.provider else { unreachable!("preset") };
    let (url, transaction) =
        authorization_request(manner, metadata, UnixTime::from_millis(1), &mut Entropy::new([seed; 32]).generator(), &config);
    let url = url::Url::parse(url.expose()).unwrap();
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let map: HashMap<_, _> = pairs.iter().cloned().collect();
    assert_eq!(pairs.len(), map.len(), "no parameter stands twice");
    (map, transaction)
}

#[test]
fn ar_01_06_11_every_request_is_a_code_request_with_s256_and_nonce() {
    let options = SignInOptions::default();
    for manner in [Manner::Silent { id_token_hint: None, organization_id: None }, Manner::Redirect(&options)] {
        let (query, transaction) = build(&manner, 1);
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["client_id"], "spac_1");
        assert_eq!(query["scope"], "openid profile email offline_access");
        assert_eq!(query["code_challenge_method"], "S256");
        assert_eq!(query["code_challenge"], pkce::challenge(&transaction.verifier));
        assert_eq!(query["nonce"], transaction.nonce.expose());
        assert_eq!(query["state"], transaction.state.expose());
        assert_eq!(query["redirect_uri"], transaction.redirect_uri);
        assert_eq!(query["resource"], "https://api.example");
        assert!(!query.contains_key("response_mode"));
    }
}

#[test]
fn si_01_15_the_silent_request_has_its_own_redirect_uri_and_prompt_none() {
    let (query, _) = build(&Manner::Silent { id_token_hint: None, organization_id: None }, 1);
    assert_eq!(query["redirect_uri"], "https://app.example/silent-refresh.html");
    assert_eq!(query["prompt"], "none");
    assert!(!query.contains_key("id_token_hint"));
    let (query, _) = build(&Manner::Silent { id_token_hint: Some(&IdToken::new("a.b.c")), organization_id: Some("org_1") }, 1);
    assert_eq!((&*query["id_token_hint"], &*query["organization_id"]), ("a.b.c", "org_1"));
}

#[test]
fn ar_20_the_fragment_is_asked_for_where_the_relay_page_answers_and_the_provider_offers_it() {
    let mut config = config();
    let Provider::Known(metadata) = &mut config.provider else { unreachable!("preset") };
    metadata.offers_fragment = true;
    let metadata = metadata.clone();
    let options = SignInOptions::default();
    for (manner, mode) in [
        (Manner::Silent { id_token_hint: None, organization_id: None }, ResponseMode::Fragment),
        (Manner::Popup(&options), ResponseMode::Fragment),
        (Manner::Redirect(&options), ResponseMode::Query),
        (Manner::Lookup, ResponseMode::Query),
    ] {
        let (url, transaction) =
            authorization_request(&manner, &metadata, UnixTime::from_millis(1), &mut Entropy::new([1; 32]).generator(), &config);
        assert_eq!(transaction.response_mode, mode);
        assert_eq!(url.expose().contains("&response_mode=fragment"), mode == ResponseMode::Fragment, "{manner:?}");
    }
}

#[test]
fn si_01_a_lookup_by_redirect_comes_back_to_the_callback_page() {
    let (query, transaction) = build(&Manner::Lookup, 1);
    assert_eq!((&*query["redirect_uri"], &*query["prompt"]), ("https://app.example/callback", "none"));
    assert_eq!(transaction.redirect_uri, query["redirect_uri"]);
}

#[test]
fn bp_05_a_popup_comes_back_to_the_relay_page_which_knows_it_by_its_state() {
    let options = SignInOptions { login_hint: Some("me".into()), ..SignInOptions::default() };
    let (query, transaction) = build(&Manner::Popup(&options), 1);
    assert_eq!((&*query["redirect_uri"], &*query["login_hint"]), ("https://app.example/silent-refresh.html", "me"));
    assert!(!query.contains_key("prompt"));
    let random = query["state"].strip_prefix("popup.").expect("marked");
    assert_eq!((random.len(), transaction.state.expose()), (43, &*query["state"]));
}

#[test]
fn ar_03_07_values_are_fresh_and_opaque() {
    let mut seen = HashSet::new();
    for seed in 0..=255 {
        let (query, transaction) =
            build(&Manner::Redirect(&SignInOptions { return_to: Some("/account".into()), ..SignInOptions::default() }), seed);
        for value in [&query["state"], &query["nonce"], transaction.verifier.expose()] {
            assert_eq!(value.len(), 43);
            assert!(!value.contains("account"));
            assert!(seen.insert(value.to_owned()), "repeated");
        }
    }
}

#[test]
fn every_option_is_sent_under_its_name() {
    let options = SignInOptions {
        prompt: Some(Prompt::SelectAccount),
        organization_id: Some("org_1".into()),
        connection_id: Some("conn_1".into()),
        domain: Some("acme.com".into()),
        login_hint: Some("a+b@acme.com".into()),
        provider: Some("google".into()),
        max_age: Some(60),
        acr_values: vec!["gold".into(), "urn:silver".into()],
        keeps_session: false,
        extra: vec![("ui_locales".into(), "de en".into())],
        popup: false,
        return_to: Some("/x".into()),
    };
    let (query, transaction) = build(&Manner::Redirect(&options), 1);
    for (name, value) in [
        ("prompt", "select_account"),
        ("organization_id", "org_1"),
        ("connection_id", "conn_1"),
        ("domain", "acme.com"),
        ("login_hint", "a+b@acme.com"),
        ("provider", "google"),
        ("max_age", "60"),
        ("acr_values", "gold urn:silver"),
        ("ui_locales", "de en"),
    ] {
        assert_eq!(query[name], value);
    }
    assert_eq!((transaction.asked.max_age, &transaction.asked.acr_values), (Some(60), &options.acr_values));
    assert!(!query.values().any(|value| value == "/x"), "the way back is no business of the provider");
}

#[test]
fn ar_32_pages_that_people_see_are_asked_for_in_their_languages_and_frames_in_none() {
    let config = config().with_languages(["de-AT", "not a tag", "en"].map(str::to_owned));
    let Provider::Known(metadata) = &config.provider else { unreachable!("preset") };
    let own = SignInOptions { extra: vec![("ui_locales".into(), "fr".into())], ..SignInOptions::default() };
    let options = SignInOptions::default();
    for (manner, wanted) in [
        (Manner::Redirect(&options), Some("ui_locales=de-AT+en")),
        (Manner::Popup(&options), Some("ui_locales=de-AT+en")),
        (Manner::Redirect(&own), Some("ui_locales=fr")),
        (Manner::Silent { id_token_hint: None, organization_id: None }, None),
        (Manner::Lookup, None),
    ] {
        let (url, _) = authorization_request(&manner, metadata, UnixTime::from_millis(1), &mut Entropy::new([1; 32]).generator(), &config);
        let sent: Vec<&str> = url.expose().split('&').filter(|pair| pair.starts_with("ui_locales")).collect();
        assert_eq!(sent, wanted.into_iter().collect::<Vec<_>>(), "{manner:?}");
    }
}

#[test]
fn ar_24_25_extra_parameters_override_nothing() {
    let extra = [
        "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
        "response_mode", "prompt", "request", "request_uri", "login_hint",
    ]
    .map(|name| (name.to_owned(), "evil".to_owned()))
    .to_vec();
    let options = SignInOptions { extra, login_hint: Some("me".into()), ..SignInOptions::default() };
    let (query, _) = build(&Manner::Redirect(&options), 1);
    assert!(!query.values().any(|value| value == "evil"));
}
