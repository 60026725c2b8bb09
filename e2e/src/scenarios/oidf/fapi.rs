//! FAPI 2.0 Security Profile: the tests of clients that can be those of a public one. Certified it cannot be: the profile is for confidential clients.
//!
//! Left out: `invalid-openbanking-intent-id` and `client-refresh-token-test` (of certain ecosystems), and those of the plan for signed messages.

use super::{scenario, steps};
use crate::{
    hostile::Hostile,
    scenarios::{Scenario, dpop},
    setup::Setup,
};

/// Somebody's record is left alone when another's state comes, and ends by itself.
const PENDING: Setup = Setup { leaves_a_pending_record: true, ..super::DISCOVERED };

/// Requests are pushed and tokens bound to keys, as the profile wants them. Servers ask for nonces by refusing.
const BOUND: Setup = Setup {
    provider: &["--par", "required", "--dpop-nonces"],
    configuration: &[("userinfo", "true"), ("dpop", "true")],
    console_may_say: dpop::BOUND.console_may_say,
    ..super::DISCOVERED
};

/// The same without nonces.
const BOUND_WITHOUT_NONCES: Setup = Setup { provider: &["--par", "required", "--dpop"], ..BOUND };

/// The challenge of the API, once, with the scheme in other letters.
const IN_OTHER_LETTERS: Hostile =
    Hostile::accepted_always(&[r#"{"in":"api","times":1,"headers":{"WWW-Authenticate":"dPoP error=\"use_dpop_nonce\", algs=\"ES256\""}}"#]);

#[rustfmt::skip]
pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!("fapi2-security-profile-final-client-test-happy-path", "a pushed request, bound tokens, nonces, and a call", run = steps::bound_with_nonces, BOUND),
    scenario!("fapi2-security-profile-final-client-test-happy-path-no-dpop-nonce", "the same where nobody wants a nonce", run = steps::bound_without_nonces, BOUND_WITHOUT_NONCES),
    scenario!("fapi2-security-profile-final-client-test-rs-dpop-auth-scheme-case-insensitivity", "the API asks for a nonce by a scheme in other letters", run = steps::bound_with_nonces,
        IN_OTHER_LETTERS.world(BOUND)),
    scenario!("fapi2-security-profile-final-client-test-discovery-issuer-mismatch", "metadata of another issuer",
        Hostile::metadata(&[r#"{"in":"discovery","member":"issuer","append":"INVALID"}"#], "discovery_issuer")),
    scenario!("fapi2-security-profile-final-client-test-invalid-iss", "an ID token of another issuer",
        Hostile::tokens(&[r#"{"in":"id_token","member":"iss","append":"1"}"#], "id_token_iss")),
    scenario!("fapi2-security-profile-final-client-test-invalid-aud", "an ID token for another client",
        Hostile::tokens(&[r#"{"in":"id_token","member":"aud","append":"1"}"#], "id_token_aud")),
    scenario!("fapi2-security-profile-final-client-test-invalid-secondary-aud", "an ID token for another client, too",
        Hostile::tokens(&[r#"{"in":"id_token","member":"aud","push":"1"}"#], "id_token_aud")),
    scenario!("fapi2-security-profile-final-client-test-invalid-null-alg", "an ID token that is not signed",
        Hostile::tokens(&[r#"{"in":"id_token","sign":"none-garbage"}"#], "id_token_alg")),
    scenario!("fapi2-security-profile-final-client-test-invalid-alternate-alg", "an algorithm that the provider says it does not use",
        Hostile::tokens(&[r#"{"in":"discovery","member":"id_token_signing_alg_values_supported","set":["ES256"]}"#], "id_token_alg")),
    scenario!("fapi2-security-profile-final-client-test-invalid-expired-exp", "an ID token that ended six minutes ago: a clock may be wrong, so it is tried again later",
        Hostile::clock(&[r#"{"in":"id_token","member":"exp","add":-2160}"#, r#"{"in":"id_token","member":"iat","add":-2160}"#])),
    scenario!("fapi2-security-profile-final-client-test-invalid-missing-exp", "an ID token without an end",
        Hostile::tokens(&[r#"{"in":"id_token","member":"exp","remove":true}"#], "id_token_exp")),
    scenario!("fapi2-security-profile-final-client-test-invalid-missing-aud", "an ID token for nobody",
        Hostile::tokens(&[r#"{"in":"id_token","member":"aud","remove":true}"#], "id_token_aud")),
    scenario!("fapi2-security-profile-final-client-test-invalid-missing-iss", "an ID token of nobody",
        Hostile::tokens(&[r#"{"in":"id_token","member":"iss","remove":true}"#], "id_token_iss")),
    scenario!("fapi2-security-profile-final-client-test-invalid-missing-nonce", "an ID token without nonce",
        Hostile::tokens(&[r#"{"in":"id_token","member":"nonce","remove":true}"#], "id_token_nonce")),
    scenario!("fapi2-security-profile-final-client-test-invalid-nonce", "an ID token with another nonce",
        Hostile::tokens(&[r#"{"in":"id_token","member":"nonce","append":"1"}"#], "id_token_nonce")),
    scenario!("fapi2-security-profile-final-client-test-valid-aud-as-array", "an audience in a list of one",
        Hostile::accepted(&[r#"{"in":"id_token","member":"aud","set":["spac_hushkey"]}"#])),
    scenario!("fapi2-security-profile-final-client-test-invalid-authorization-response-iss", "a response of another issuer",
        Hostile::response(&[r#"{"in":"authorize","member":"iss","append":"1"}"#], "response_iss")),
    scenario!("fapi2-security-profile-final-client-test-remove-authorization-response-iss", "a response without the issuer that was promised",
        Hostile::response(&[r#"{"in":"authorize","member":"iss","remove":true}"#], "response_iss")),
    scenario!("fapi2-security-profile-final-client-test-ensure-authorization-response-with-invalid-state-fails", "a response to another request",
        Hostile::response(&[r#"{"in":"authorize","member":"state","append":"1"}"#], "response_state"), PENDING),
    scenario!("fapi2-security-profile-final-client-test-ensure-authorization-response-with-invalid-missing-state-fails", "a response to no request",
        Hostile::response(&[r#"{"in":"authorize","member":"state","remove":true}"#], "response_state"), PENDING),
    scenario!("fapi2-security-profile-final-client-test-token-endpoint-response-without-expires_in", "a token that does not say how long it lives",
        Hostile::accepted(&[r#"{"in":"token","member":"expires_in","remove":true}"#])),
    scenario!("fapi2-security-profile-final-client-test-token-type-case-insensitivity", "a token type in other letters",
        Hostile::accepted(&[r#"{"in":"token","member":"token_type","swap_case":true}"#])),
];
