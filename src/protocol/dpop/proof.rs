//! One proof for one HTTP request ([RFC 9449 §4](https://www.rfc-editor.org/rfc/rfc9449#section-4)).

use super::{ALGORITHM, PublicKey};
use crate::protocol::{encoding::base64url, secret::AccessToken, time::Moment};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

/// What a proof is about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The method, as the app gave it.
    pub method: &'a str,
    /// The address that the request goes to.
    pub url: &'a str,
    /// The nonce that the server gave, if it did.
    pub nonce: Option<&'a str>,
    /// The access token that goes with the request, if one does.
    pub access_token: Option<&'a AccessToken>,
}

/// A proof that has still to be signed.
#[derive(Debug)]
pub struct Unsigned(String);

/// Writes a proof: a fresh one for every request, by the entropy of a moment of its own. `None` if the address is none.
#[must_use]
pub fn proof(key: &PublicKey, subject: Subject<'_>, at: &Moment) -> Option<Unsigned> {
    // A method may be any text. What else stands in quotes here has none in it: an address, a nonce that was looked at, base64url.
    let (method, seconds) = (Value::from(as_sent(subject.method)).to_string(), at.now.wall.as_seconds().to_string());
    let (name, target) = (at.entropy.generator().token(), target(subject.url)?);
    let mut claims = ["{\"htm\":", &method, ",\"htu\":\"", &target, "\",\"iat\":", &seconds, ",\"jti\":\"", &name, "\""].concat();
    let mut add = |name: &str, value: &str| [",\"", name, "\":\"", value, "\""].iter().for_each(|part| claims.push_str(part));
    if let Some(nonce) = subject.nonce {
        add("nonce", nonce);
    }
    if let Some(token) = subject.access_token {
        add("ath", &base64url(&Sha256::digest(token.expose().as_bytes())));
    }
    claims.push('}');
    let header = ["{\"alg\":\"", ALGORITHM, "\",\"jwk\":", &key.to_json(), ",\"typ\":\"dpop+jwt\"}"].concat();
    Some(Unsigned([base64url(header.as_bytes()), base64url(claims.as_bytes())].join(".")))
}

impl Unsigned {
    /// What is to be signed.
    #[must_use]
    pub fn signing_input(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The proof with its signature, as the header has it.
    #[must_use]
    pub fn signed(self, signature: &[u8]) -> String {
        [self.0, base64url(signature)].join(".")
    }
}

/// The method as a browser sends it: it writes these in capitals, and any other as it is ([Fetch](https://fetch.spec.whatwg.org/#concept-method-normalize)).
fn as_sent(method: &str) -> String {
    let known = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
    known.into_iter().find(|known| known.eq_ignore_ascii_case(method)).unwrap_or(method).to_owned()
}

/// The address as a browser writes it, without query and fragment.
fn target(url: &str) -> Option<String> {
    let mut url = Url::parse(url).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{
        dpop::key::tests::example,
        encoding::from_base64url,
        time::{Clocks, Entropy, UnixTime, Uptime},
    };
    use serde_json::json;
    use std::collections::HashSet;

    fn moment(seed: u32) -> Moment {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&seed.to_be_bytes());
        let now = Clocks { wall: UnixTime::from_millis(1_562_262_616_789), uptime: Uptime::default() };
        Moment { now, entropy: Entropy::new(bytes), dpop: None }
    }

    fn parts(subject: Subject<'_>) -> (Value, Value, Vec<u8>) {
        let proof = proof(&example(), subject, &moment(1)).unwrap().signed(&[7; 64]);
        let parts: Vec<_> = proof.split('.').map(|part| from_base64url(part).unwrap()).collect();
        assert_eq!(parts.len(), 3);
        (serde_json::from_slice(&parts[0]).unwrap(), serde_json::from_slice(&parts[1]).unwrap(), parts[2].clone())
    }

    const PLAIN: Subject<'static> = Subject { method: "POST", url: "https://as.example/token", nonce: None, access_token: None };

    #[test]
    fn dp_02_the_header_is_exactly_type_algorithm_and_the_public_key() {
        let (header, _, signature) = parts(PLAIN);
        let jwk = json!({
            "kty": "EC", "crv": "P-256", "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        });
        assert_eq!(header, json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk }), "no d, ext, key_ops or anything else");
        assert_eq!(signature, [7; 64]);
    }

    #[test]
    fn dp_03_the_claims_are_those_that_are_needed() {
        let (_, claims, _) = parts(Subject { url: "https://as.example/token?a=b&c#d", ..PLAIN });
        let jti = claims["jti"].as_str().unwrap();
        assert_eq!(from_base64url(jti).unwrap().len(), 32, "256 bits, more than the 96 that are asked for");
        assert_eq!(claims, json!({ "jti": jti, "htm": "POST", "htu": "https://as.example/token", "iat": 1_562_262_616 }));
        assert!(claims["iat"].is_u64());
        let (_, claims, _) = parts(Subject { nonce: Some("eyJ7S_zG.eyJH0-Z.HX4w-7v"), ..PLAIN });
        assert_eq!(claims["nonce"], "eyJ7S_zG.eyJH0-Z.HX4w-7v");
        assert!(claims.get("ath").is_none());
    }

    #[test]
    fn dp_03_the_method_is_the_one_that_is_sent() {
        for (given, sent) in
            [("get", "GET"), ("Post", "POST"), ("DELETE", "DELETE"), ("patch", "patch"), ("PATCH", "PATCH"), ("x\"y", "x\"y")]
        {
            assert_eq!(parts(Subject { method: given, ..PLAIN }).1["htm"], sent);
        }
    }

    #[test]
    fn dp_03_ten_thousand_proofs_have_ten_thousand_names() {
        let name = |seed| proof(&example(), PLAIN, &moment(seed)).unwrap().signed(&[]);
        assert_eq!((0..10_000).map(name).collect::<HashSet<_>>().len(), 10_000);
    }

    #[test]
    fn dp_04_the_address_is_written_as_browsers_write_it() {
        for (url, htu) in [
            ("HTTPS://API.example:443/a%2Fb?x#y", "https://api.example/a%2Fb"),
            ("https://api.example", "https://api.example/"),
            ("https://api.example:8443/A%2fb%7E/", "https://api.example:8443/A%2fb%7E/"),
            ("http://LOCALHOST:80/x/../y", "http://localhost/y"),
            ("https://api.example/a b\"c", "https://api.example/a%20b%22c"),
            ("https://api.example/#", "https://api.example/"),
            ("https://api.example/?", "https://api.example/"),
        ] {
            assert_eq!(parts(Subject { url, ..PLAIN }).1["htu"], htu, "{url}");
        }
        for none in ["", "/token", "api.example"] {
            assert!(proof(&example(), Subject { url: none, ..PLAIN }, &moment(1)).is_none(), "{none}");
        }
    }

    #[test]
    fn dp_05_the_same_request_once_more_has_another_proof() {
        let names = [1, 2].map(|seed| proof(&example(), PLAIN, &moment(seed)).unwrap().0);
        assert_ne!(names[0], names[1]);
    }

    #[test]
    fn dp_06_ath_is_the_hash_of_the_token_that_goes_along() {
        // RFC 9449 §7.1
        let token = AccessToken::new("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU");
        let (_, claims, _) = parts(Subject { access_token: Some(&token), ..PLAIN });
        assert_eq!(claims["ath"], "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
        assert!(!claims.to_string().contains("Kz~8"));
        assert!(parts(PLAIN).1.get("ath").is_none(), "a token request carries no access token");
    }
}
