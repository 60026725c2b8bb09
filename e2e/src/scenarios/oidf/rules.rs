//! What the Foundation's tests leave out, and a real browser has to show.

use super::{DISCOVERED, scenario, steps};
use crate::{hostile::Hostile, scenarios::Scenario, setup::Setup};

/// A browser says by itself that a redirect was not followed.
const STAYS: Setup = Setup { console_may_say: &["ERR_FAILED", "redirect", "CORS"], ..DISCOVERED };

/// What the page says of a provider that cannot be reached.
const UNREACHABLE: &str = "The sign-in service cannot be reached.";

#[rustfmt::skip]
pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!("ar-12-an-error-of-another-issuer-is-not-believed", "a refusal of another issuer",
        Hostile::cancelled(&[r#"{"in":"authorize","member":"iss","append":"1"}"#], "response_iss")),
    scenario!("ar-13-an-error-without-the-promised-issuer-is-not-believed", "a refusal of nobody",
        Hostile::cancelled(&[r#"{"in":"authorize","member":"iss","remove":true}"#], "response_iss")),
    scenario!("ar-14-a-mix-up-tells-the-attacker-no-code", "a provider that lets people sign in at another one", run = steps::mixed_up,
        Setup { mixed_up: true, nobody_signs_in: true, ..Setup::ORDINARY }),
    scenario!("ar-14-di-09-a-swapped-token-endpoint-gets-no-code", "the token endpoint is another one when the person comes back",
        Hostile::accepted(&[r#"{"in":"discovery","member":"token_endpoint","set":"ATTACKER/token"}"#])),
    scenario!("ar-16-two-codes-are-none", "a response with two codes",
        Hostile::response(&[r#"{"in":"authorize","member":"code","double":"Zm9yZWlnbi1jb2RlLW9mLXNvbWVib2R5LWVsc2U"}"#], "response_code")),
    scenario!("ar-16-two-states-are-none", "a response with the same state twice",
        Hostile::response(&[r#"{"in":"authorize","member":"state","double":true}"#], "response_state")),
    scenario!("ar-19-a-token-in-a-response-spoils-it", "a good code, and an access token behind it",
        Hostile::response(&[r#"{"in":"authorize","member":"access_token","set":"stolen","part":"fragment"}"#], "response_response")),
    scenario!("tr-02-a-redirected-token-request-goes-nowhere", "the token endpoint sends the code to the attacker",
        Hostile::for_a_moment(&[r#"{"in":"token","status":307,"location":"ATTACKER/token"}"#], UNREACHABLE), STAYS),
    scenario!("tr-04-a-token-response-that-is-a-page-is-none", "tokens that say they are HTML",
        Hostile::tokens(&[r#"{"in":"token","headers":{"Content-Type":"text/html"}}"#], "token_response_content_type")),
    scenario!("tr-04-a-created-token-is-none", "tokens with status 201", Hostile::tokens(&[r#"{"in":"token","status":201}"#], "token_response_status")),
    scenario!("tr-05-two-access-tokens-are-none", "the same access token twice",
        Hostile::tokens(&[r#"{"in":"token","member":"access_token","double":true}"#], "token_response_document")),
    scenario!("id-02-an-issuer-that-stands-twice-is-none", "a foreign issuer before the right one, signed",
        Hostile::tokens(&[r#"{"in":"id_token","member":"iss","double":"https://evil.test"}"#], "id_token_payload_document")),
    scenario!("id-06-a-public-key-is-no-secret", "a MAC keyed with the published key", Hostile::tokens(&[r#"{"in":"id_token","sign":"hs256-pem"}"#], "id_token_alg")),
    scenario!("id-08-a-key-that-a-token-brings-along-is-not-used", "a token signed by the key in its own header",
        Hostile::tokens(&[r#"{"in":"id_token","sign":"jwk"}"#], "id_token_signature")),
    scenario!("id-10-keys-are-not-fetched-from-elsewhere", "the keys are redirected to the attacker",
        Hostile::for_a_moment(&[r#"{"in":"keys","status":302,"location":"ATTACKER/keys"}"#], UNREACHABLE), STAYS),
    scenario!("id-11-a-key-of-another-name-is-not-tried", "a signature by a listed key, under the name of another",
        Hostile::tokens(&[r#"{"in":"keys","publish":"second"}"#, r#"{"in":"id_token","sign":"second","kid":"published"}"#], "id_token_signature")),
    scenario!("id-15-a-weak-key-verifies-nothing", "a signature by a listed key of 1024 bits",
        Hostile::tokens(&[r#"{"in":"keys","publish":"weak"}"#, r#"{"in":"id_token","sign":"weak"}"#], "keys_kid")),
    scenario!("id-18-a-withdrawn-key-verifies-nothing", "a signature by a key that is no longer listed",
        Hostile::tokens(&[r#"{"in":"keys","withdraw":true}"#], "keys_kid")),
    scenario!("ui-04-a-claims-source-elsewhere-gets-no-token", "userinfo names a claims endpoint of the attacker", Hostile::accepted(&[
        r#"{"in":"userinfo","member":"_claim_names","set":{"credit_score":"other"}}"#,
        r#"{"in":"userinfo","member":"_claim_sources","set":{"other":{"endpoint":"ATTACKER/claims","access_token":"theirs"}}}"#])),
    scenario!("di-04-metadata-are-not-fetched-from-elsewhere", "discovery is redirected to the attacker",
        Hostile::metadata(&[r#"{"in":"discovery","status":302,"location":"ATTACKER/metadata"}"#], ""), STAYS),
];
