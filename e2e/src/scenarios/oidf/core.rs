//! OpenID Connect: the plans Basic, Config, refresh token and the comprehensive one, as far as they are for a public client with the code flow; and logout.
//!
//! Left out of them: `client-secret-basic` (there is no secret), `form-post-error` (a page cannot be posted to), `userinfo-bearer-body` (the token goes
//! into the header alone), `distributed-claims` (no address is called that a provider names in an answer), `invalid-chash` and `missing-chash` (hybrid flow), `mtls-endpoint-aliases` (a page has no certificate), and the dynamic
//! plan (there is no server to register).

use super::{DISCOVERED, scenario, steps};
use crate::{
    hostile::{Hostile, Then, When},
    scenarios::{Scenario, continuity},
    setup::Setup,
};

/// Lies about the way back from a sign-out, which nobody then waits for any more.
const fn on_the_way_out(rules: &'static [&'static str]) -> Setup {
    Hostile { rules, when: When::BeforeARenewal, cancelled: false, then: Then::SignedIn }
        .world(Setup { leaves_a_pending_record: true, ..DISCOVERED })
}

/// `ES256` is allowed, and the provider says so.
const CURVES: Setup = Setup { configuration: &[("algorithms", r#"["ES256"]"#), ("userinfo", "true")], ..DISCOVERED };

/// An ID token that says nothing about the person, so that what is shown of them can only come from userinfo.
macro_rules! told_by_userinfo {
    ($($more:expr),*) => {
        &[
            r#"{"in":"id_token","member":"name","remove":true}"#, r#"{"in":"id_token","member":"given_name","remove":true}"#,
            r#"{"in":"id_token","member":"family_name","remove":true}"#, r#"{"in":"id_token","member":"email","remove":true}"#, $($more),*
        ]
    };
}

#[rustfmt::skip]
pub(super) const SCENARIOS: &[Scenario] = &[
    // Basic
    scenario!("oidcc-client-test", "code, tokens and the API", Hostile::accepted(&[])),
    scenario!("oidcc-client-test-invalid-iss", "an ID token of another issuer", Hostile::tokens(&[r#"{"in":"id_token","member":"iss","append":"1"}"#], "id_token_iss")),
    scenario!("oidcc-client-test-missing-sub", "an ID token about nobody", Hostile::tokens(&[r#"{"in":"id_token","member":"sub","remove":true}"#], "id_token_sub")),
    scenario!("oidcc-client-test-invalid-aud", "an ID token for another client", Hostile::tokens(&[r#"{"in":"id_token","member":"aud","append":"1"}"#], "id_token_aud")),
    scenario!("oidcc-client-test-missing-iat", "an ID token without the time of its issue", Hostile::tokens(&[r#"{"in":"id_token","member":"iat","remove":true}"#], "id_token_iat")),
    scenario!("oidcc-client-test-kid-absent-single-jwks", "a token without kid, and one key", Hostile::accepted(&[
        r#"{"in":"id_token_header","member":"kid","remove":true}"#, r#"{"in":"keys","member":"keys.*.kid","remove":true}"#])),
    scenario!("oidcc-client-test-kid-absent-multiple-jwks", "a token without kid, and several keys", Hostile::tokens(&[
        r#"{"in":"id_token_header","member":"kid","remove":true}"#, r#"{"in":"keys","publish":"second"}"#, r#"{"in":"keys","member":"keys.*.kid","remove":true}"#], "keys_kid")),
    scenario!("oidcc-client-test-idtoken-sig-rs256", "a token signed by RS256", Hostile::accepted(&[])),
    scenario!("oidcc-client-test-idtoken-sig-none", "a token that is not signed", Hostile::tokens(&[r#"{"in":"id_token","sign":"none"}"#], "id_token_token")),
    scenario!("oidcc-client-test-invalid-sig-rs256", "a signature with a wrong bit", Hostile::tokens(&[r#"{"in":"id_token","flip":true}"#], "id_token_signature")),
    scenario!("oidcc-client-test-nonce-invalid", "an ID token with another nonce", Hostile::tokens(&[r#"{"in":"id_token","member":"nonce","append":"1"}"#], "id_token_nonce")),
    scenario!("oidcc-client-test-userinfo-invalid-sub", "userinfo about somebody else: nothing of it is shown", run = steps::userinfo_of_somebody_else,
        Hostile::accepted(told_by_userinfo!(r#"{"in":"userinfo","member":"sub","append":"invalid"}"#)).world(DISCOVERED)),
    scenario!("oidcc-client-test-scope-userinfo-claims", "what the page shows of the person, userinfo says", Hostile::accepted(told_by_userinfo!())),

    // Config
    scenario!("oidcc-client-test-discovery-openid-config", "everything is learned by discovery", Hostile::accepted(&[])),
    scenario!("oidcc-client-test-discovery-jwks-uri-keys", "the keys are where discovery says", Hostile::accepted_always(&[r#"{"in":"keys","path":"/5c1e0b7f/keys.json"}"#])),
    scenario!("oidcc-client-test-discovery-issuer-mismatch", "metadata of another issuer", Hostile::metadata(&[r#"{"in":"discovery","member":"issuer","append":"INVALID"}"#], "discovery_issuer")),
    scenario!("oidcc-client-test-signing-key-rotation-just-before-signing", "a new key after the set was fetched", run = steps::rotated_before_signing, DISCOVERED),
    scenario!("oidcc-client-test-signing-key-rotation", "another key at the next sign-in, past a cache of a day", run = steps::rotated_between, DISCOVERED),

    // Refresh
    scenario!("oidcc-client-test-refresh-token", "a refresh, and a call with what it brought", run = steps::refreshed, DISCOVERED),
    scenario!("oidcc-client-test-refresh-token-invalid-issuer", "a refreshed ID token of another issuer",
        Hostile::renewal(&[r#"{"in":"id_token","member":"iss","append":"1"}"#], Then::Refused("id_token_iss", 1))),
    scenario!("oidcc-client-test-refresh-token-invalid-sub", "a refreshed ID token about somebody else",
        Hostile::renewal(&[r#"{"in":"id_token","member":"sub","append":"1"}"#], Then::Refused("id_token_sub", 1))),

    // Comprehensive
    scenario!("oidcc-client-test-missing-aud", "an ID token for nobody", Hostile::tokens(&[r#"{"in":"id_token","member":"aud","remove":true}"#], "id_token_aud")),
    scenario!("oidcc-client-test-invalid-sig-hs256", "a MAC with a wrong bit", Hostile::tokens(&[r#"{"in":"id_token","sign":"hs256-client-id","flip":true}"#], "id_token_alg")),
    scenario!("oidcc-client-test-invalid-sig-es256", "an ES256 signature with a wrong bit", Hostile::tokens(&[
        r#"{"in":"discovery","member":"id_token_signing_alg_values_supported","set":["ES256"]}"#, r#"{"in":"keys","publish":"es256"}"#,
        r#"{"in":"id_token","sign":"es256","flip":true}"#], "id_token_signature"), CURVES),
    scenario!("oidcc-client-test-invalid-athash", "the hash of another access token", Hostile::tokens(&[r#"{"in":"id_token","member":"at_hash","append":"1"}"#], "id_token_at_hash")),
    scenario!("oidcc-client-test-missing-athash", "no hash of the access token: the code flow needs none", Hostile::accepted(&[r#"{"in":"id_token","member":"at_hash","remove":true}"#])),
    scenario!("oidcc-client-test-nonce-unless-code-flow", "a nonce is sent although the code flow needs none", run = steps::sends_a_nonce, DISCOVERED),
    scenario!("oidcc-client-test-userinfo-bearer-header", "userinfo gets the token in the header", Hostile::accepted(&[])),
    scenario!("oidcc-client-test-aggregated-claims", "userinfo with claims of others in it: they are left alone", Hostile::accepted(&[
        r#"{"in":"userinfo","member":"_claim_names","set":{"address":"other","name":"other"}}"#,
        r#"{"in":"userinfo","member":"_claim_sources","set":{"other":{"JWT":"eyJhbGciOiJub25lIn0.eyJuYW1lIjoiTWFsbG9yeSJ9."}}}"#])),

    // Logout, and a sign-in that somebody else begins
    scenario!("oidcc-client-test-rp-init-logout", "a sign-out, there and back", run = steps::signed_out, DISCOVERED),
    scenario!("oidcc-client-test-rp-init-logout-other-state", "the way back from it has another state", run = steps::signed_out,
        on_the_way_out(&[r#"{"in":"logout","member":"state","append":"_INVALID"}"#])),
    scenario!("oidcc-client-test-rp-init-logout-no-state", "the way back from it has no state", run = steps::signed_out,
        on_the_way_out(&[r#"{"in":"logout","member":"state","remove":true}"#])),
    scenario!("oidcc-client-test-session-management", "the provider's page is asked for changes, and one is noticed", run = continuity::monitored,
        Setup { provider: &["--session-management"], console_may_say: &["status of 400", "status of 401"], ..DISCOVERED }),
    scenario!("oidcc-client-test-3rd-party-init-login", "not offered: a link of somebody else's begins nothing", run = steps::begun_by_somebody_else,
        Setup { nobody_signs_in: true, ..DISCOVERED }),
];
