//! What is read of others, each behind a function that takes any text. They are for fuzzing and for the corpus that came of it
//! (`cargo xtask fuzz`, `tests/corpus.rs`), and compiled with the feature of this name only, which nothing that ships has.
//!
//! Not to crash is the least of it. Each function holds what was accepted against what it was read from, by other means than the code that it tests:
//! whatever is accepted must be what stands there, once, and nothing else. It says whether anything was.

mod api;
mod user_info;

pub use api::{challenge, dpop_nonce};
pub use user_info::user_info;

use super::{
    callback::{self, Parameters, ResponseMode},
    checks::{Checks, Subject},
    config::Config,
    discovery, dpop,
    encoding::{base64url, from_base64url},
    error::Error,
    frame_message::FrameMessage,
    hint::Hint,
    http::HttpResponse,
    id_token::{self, Expectation, Origin},
    jwks,
    jwt::{Algorithm, Unverified},
    par,
    redirect_log::RedirectLog,
    secret::{Body, Nonce},
    tab_message::TabMessage,
    time::UnixTime,
    token,
    transaction::{self, Asked, Pending, Record},
};
use serde_json::{Map, Value};
use std::time::Duration;
use url::Url;

const APP: &str = "https://app.example";
const ISSUER: &str = "https://as.example";
const STATE: &str = "state-of-this-attempt";
const NONCE: &str = "nonce-of-this-attempt";
const NOW: UnixTime = UnixTime::from_millis(1_800_000_000_000);
const ALGORITHMS: [Algorithm; 4] = [Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256, Algorithm::EdDsa];

fn config() -> Config {
    Config::from_json(r#"{"issuer":"https://as.example","client_id":"c"}"#, APP).expect("a good configuration")
}

/// The query, a line break, the fragment of an address that the provider sent the browser back to.
pub fn callback(text: &str) -> bool {
    let (query, fragment) = text.split_once('\n').unwrap_or((text, ""));
    let mut accepted = false;
    for (mode, read, other) in [(ResponseMode::Query, query, fragment), (ResponseMode::Fragment, fragment, query)] {
        let Ok(parameters) = Parameters::read(query, fragment, mode) else { continue };
        let answer = callback::process_authorization_response(&parameters, &pending(), &Checks::default());
        let every = |part: &str, name: &str| -> Vec<String> {
            let address = Url::parse(&format!("{APP}/?{}", part.trim_start_matches(['?', '#']).replace('#', "%23"))).expect("an address");
            address.query_pairs().filter(|(own, _)| own == name).map(|(_, value)| value.into_owned()).collect()
        };
        match answer {
            Ok(code) => {
                accepted = true;
                assert_eq!(every(read, "code"), [code.expose()]);
                assert_eq!(every(read, "state"), [STATE]);
                assert!(every(read, "iss").iter().all(|issuer| issuer.is_empty() || issuer == ISSUER));
                for never in ["error", "access_token", "id_token", "response"] {
                    assert!(every(read, never).iter().all(String::is_empty), "a code beside {never}");
                }
                assert!(every(other, "code").iter().all(String::is_empty), "a second code");
            }
            Err(Error::Authorization(_) | Error::Silent(_)) => assert_eq!(every(read, "state"), [STATE], "an error counts after state"),
            Err(Error::AuthorizationResponse(_)) => {}
            Err(other) => panic!("not an error of a response: {other}"),
        }
    }
    let kept = callback::without_response(query);
    assert!(!callback::looks_like_response(&kept, ""), "what is kept of an address is no response");
    accepted
}

fn pending() -> transaction::Transaction {
    let text = serde_json::json!({
        "kind": "sign_in", "state": STATE, "nonce": NONCE, "verifier": "v", "issuer": ISSUER, "token_endpoint": "https://as.example/token",
        "redirect_uri": "https://app.example/callback", "sends_issuer": false, "begun": NOW.as_millis(), "return_to": "/",
    });
    match Pending::from_record(&Record::new("k", text.to_string()), &config(), NOW) {
        Ok(Pending::SignIn { transaction, .. }) => transaction,
        other => panic!("a transaction, not {other:?}"),
    }
}

/// What the hidden frame, or somebody else, posts.
pub fn frame_message(text: &str) -> bool {
    let Ok(message) = FrameMessage::parse(text) else { return false };
    let read: Value = serde_json::from_str(text).expect("JSON");
    assert_eq!(read["hushkey"].as_f64(), Some(1.0));
    assert_eq!(read["query"], message.query.expose());
    assert_eq!(read["fragment"], message.fragment.expose());
    assert_eq!(read.as_object().map(Map::len), Some(3));
    true
}

/// A status, a media type and a body, each in a line of its own.
fn response(text: &str) -> HttpResponse {
    let (status, rest) = text.split_once('\n').unwrap_or((text, ""));
    let (content_type, body) = rest.split_once('\n').unwrap_or((rest, ""));
    let content_type = (!content_type.is_empty()).then(|| content_type.to_owned());
    HttpResponse { status: status.parse().unwrap_or(200), content_type, retry_after: None, body: Body::new(body) }
}

/// The members of a JSON object that must be one by now, the last of several with one name.
fn members(text: &str) -> Map<String, Value> {
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => members,
        other => panic!("an object was accepted: {other:?}"),
    }
}

/// An answer of the token endpoint.
pub fn token_response(text: &str) -> bool {
    let response = response(text);
    if dpop::token_endpoint_asks_for_nonce(&response) {
        assert_eq!(response.status, 400);
        assert_eq!(members(response.body.expose())["error"], "use_dpop_nonce");
    }
    let Ok(answer) = token::process_token_response(&response, false, Checks::default().of(Subject::TokenResponse)) else { return false };
    let read = members(response.body.expose());
    assert_eq!(response.status, 200);
    assert!(read.get("error").is_none_or(Value::is_null), "an error is an error");
    assert_eq!(read["access_token"], answer.access_token.expose());
    assert!(answer.access_token.expose().bytes().all(|byte| byte.is_ascii_graphic()), "it stands in a header");
    assert!(read["token_type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")));
    let seconds = answer.expires_in.map(|lasts| lasts.as_secs_f64());
    assert_eq!(seconds.is_some(), read.contains_key("expires_in"));
    assert!(seconds.is_none_or(|seconds| seconds >= 0.0));
    assert_eq!(
        answer.id_token.as_ref().map(|token| token.expose()),
        read.get("id_token").and_then(Value::as_str).filter(|text| !text.is_empty())
    );
    true
}

/// An answer of the endpoint for pushed authorization requests.
pub fn par_response(text: &str) -> bool {
    let response = response(text);
    let Ok((reference, lasts)) = par::read(&response, Checks::default().of(Subject::Push)) else { return false };
    let read = members(response.body.expose());
    assert_eq!(response.status, 201);
    assert!(read.get("error").is_none_or(Value::is_null), "an error is an error");
    assert_eq!(read["request_uri"], reference.as_str());
    assert!(!reference.is_empty());
    let seconds = read["expires_in"].as_f64().expect("a number");
    assert!(!lasts.is_zero() && (lasts.as_secs_f64() - seconds).abs() <= 1e-9 * seconds.max(1.0), "{lasts:?} for {seconds}");
    true
}

/// A token in compact form.
pub fn jwt(text: &str) -> bool {
    let Ok(token) = Unverified::parse(text, &ALGORITHMS, Checks::default().of(Subject::IdToken)) else { return false };
    let segments: Vec<&str> = text.split('.').collect();
    assert_eq!(segments.len(), 3);
    for segment in &segments {
        let bytes = from_base64url(segment).expect("base64url");
        assert_eq!(base64url(&bytes), *segment, "it can be written in one way only");
    }
    let part = |at: usize| members(&String::from_utf8(from_base64url(segments[at]).expect("base64url")).expect("UTF-8"));
    let header = part(0);
    assert_eq!(Algorithm::from_name(header["alg"].as_str().expect("a name")), Some(token.algorithm));
    assert!(!header.contains_key("crit") && !header.contains_key("b64"));
    assert_eq!(&part(1), token.claims.members());
    assert_eq!(token.signing_input, format!("{}.{}", segments[0], segments[1]), "what is verified is what was read");
    true
}

/// The claims of an ID token whose signature holds, for the client `c`.
pub fn id_token(text: &str) -> bool {
    let raw = format!("{}.{}.{}", base64url(br#"{"alg":"RS256"}"#), base64url(text.as_bytes()), base64url(&[0; 256]));
    let Ok(token) = Unverified::parse(&raw, &ALGORITHMS, Checks::default().of(Subject::IdToken)) else { return false };
    let nonce = Nonce::new(NONCE);
    let expectation = Expectation {
        issuer: ISSUER,
        client_id: "c",
        trusted_audiences: &[],
        skew: Duration::from_secs(60),
        now: NOW,
        access_token: "at",
        checks: &Checks::default(),
        origin: Origin::Code { nonce: &nonce, code: "code", asked: &Asked::nothing(NOW) },
    };
    let Ok(claims) = id_token::validate(token, &expectation) else { return false };
    let read = members(text);
    assert_eq!(read["iss"], ISSUER);
    assert!(
        read["aud"] == "c"
            || read["aud"] == serde_json::json!(["c"])
            || read["aud"].as_array().is_some_and(|all| all.iter().all(|one| one == "c"))
    );
    assert_eq!(read["nonce"], NONCE);
    assert_eq!(read["sub"], claims.subject.as_str());
    assert!(!claims.subject.is_empty() && claims.subject.len() <= 255);
    let seconds = |claim: &str| read[claim].as_f64().expect("a number");
    let now = NOW.as_millis() as f64 / 1000.0;
    assert!(seconds("exp") > now - 61.0 && seconds("iat") < now + 61.0 && seconds("iat") > now - 662.0 && seconds("exp") > seconds("iat"));
    assert!(read.get("azp").is_none_or(|azp| azp == "c" || azp.is_null()));
    assert!(!read.contains_key("events"), "a logout token is no ID token");
    true
}

/// A key set.
pub fn jwks(text: &str) -> bool {
    let Ok(set) = jwks::process_jwks_response(&response(&format!("200\napplication/json\n{text}"))) else { return false };
    let accepted = set.public().next().is_some();
    for public in set.public() {
        let key = members(public);
        for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert!(!key.contains_key(private), "a private member is handed on");
        }
        assert!(["RSA", "EC", "OKP"].iter().any(|kind| key["kty"] == *kind));
        if key["kty"] == "RSA" {
            assert!(from_base64url(key["n"].as_str().expect("n")).expect("base64url").len() >= 256, "a weak key");
        }
    }
    accepted
}

/// A discovery document.
pub fn discovery(text: &str) -> bool {
    let response = response(&format!("200\napplication/json\n{text}"));
    let checks = Checks::default();
    let Ok(metadata) = discovery::process_discovery_response(&response, &config(), checks.of(Subject::Metadata)) else {
        return false;
    };
    let read = members(text);
    assert_eq!(read["issuer"], ISSUER);
    assert_eq!(metadata.issuer(), ISSUER);
    let required = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
    for endpoint in required.into_iter().chain(metadata.end_session_endpoint.iter()).chain(metadata.check_session_iframe.iter()) {
        assert_eq!(endpoint.scheme(), "https", "{endpoint}");
        assert!(endpoint.fragment().is_none() && endpoint.username().is_empty() && endpoint.password().is_none(), "{endpoint}");
    }
    true
}

/// A configuration block.
pub fn configuration(text: &str) -> bool {
    let Ok(config) = Config::from_json(text, APP) else { return false };
    assert_eq!(Config::from_json(text, APP).as_ref(), Ok(&config), "the same block, the same configuration");
    for address in [config.redirect_uri(), config.silent_redirect_uri(), config.post_logout_redirect_uri()] {
        let url = Url::parse(&address).expect("an address");
        assert_eq!(url.as_str(), address, "it is sent as it is registered");
        assert!(url.origin().ascii_serialization() == APP && url.query().is_none() && url.fragment().is_none(), "{address}");
    }
    let issuer = Url::parse(config.issuer()).expect("an address");
    assert!(issuer.scheme() == "https" && issuer.query().is_none() && issuer.fragment().is_none() && issuer.username().is_empty());
    assert!(!config.client_id().is_empty());
    true
}

/// What is found in the browser's stores and on the channel of the tabs, which anybody in the page may have written.
pub fn stored(text: &str) -> bool {
    let config = config();
    let pending = Pending::from_record(&Record::new("k", text), &config, NOW);
    let accepted = pending.is_ok();
    if let Ok(Pending::SignIn { transaction, return_to, .. }) = pending {
        assert!(return_to.starts_with('/') && !return_to.starts_with("//"), "it stays in the app");
        assert_eq!(Url::parse(APP).and_then(|app| app.join(&return_to)).expect("an address").origin().ascii_serialization(), APP);
        assert_eq!(transaction.redirect_uri, config.redirect_uri());
        assert_eq!(transaction.token_endpoint.scheme(), "https");
    }
    let hint = Hint::parse(Some(text));
    assert_eq!(Hint::parse(Some(&hint.to_text())), hint, "what is written is read again");
    let redirects = RedirectLog::parse(Some(text)).to_text();
    assert_eq!(RedirectLog::parse(redirects.as_deref()).to_text(), redirects);
    if let Some(message) = TabMessage::parse(text, &config) {
        assert!(TabMessage::parse(&message.to_text(&config), &config).is_some());
    }
    accepted
}
