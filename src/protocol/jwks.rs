//! The provider's keys, and which of them a token must be verified with ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)).

use super::{
    encoding::from_base64url,
    error::{Error, Finding},
    http::{Freshness, HttpRequest, HttpResponse, Method},
    json::Object,
    jwt::{Algorithm, Unverified},
};
use serde_json::Value;
use std::rc::Rc;

/// The keys of a set that may verify signatures, and how many others were left out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KeySet {
    keys: Vec<Key>,
    /// Entries that no honest provider publishes here: private, symmetric or weak keys.
    pub(crate) refused: usize,
}

/// One public key.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    key_id: Option<String>,
    algorithm: Option<String>,
    family: Family,
    /// The public members only, as WebCrypto imports them.
    public: Rc<str>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Family {
    Rsa,
    P256,
    Ed25519,
}

/// One signature for WebCrypto to check.
#[derive(Clone, PartialEq)]
pub struct SignatureCheck {
    /// How it was made.
    pub algorithm: Algorithm,
    /// The public key as a JSON Web Key, shared with the set that it is of.
    pub key: Rc<str>,
    /// What was signed.
    pub signing_input: String,
    /// The signature.
    pub signature: Vec<u8>,
}

impl std::fmt::Debug for SignatureCheck {
    // What was signed is the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignatureCheck").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// Why no key was chosen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum NoKey {
    /// None fits. A newer set may have one.
    NoMatch(Finding),
    /// Several do. A newer set will not help.
    Ambiguous(Finding),
}

/// Asks for the keys.
pub(crate) fn jwks_request(url: &str, freshness: Freshness) -> HttpRequest {
    HttpRequest { url: url.to_owned(), method: Method::Get(freshness), proof: None }
}

/// Reads the answer.
pub(crate) fn process_jwks_response(response: &HttpResponse) -> Result<KeySet, Error> {
    if let Some(failure) = response.unavailable() {
        return Err(Error::Network(failure));
    }
    if response.status != 200 {
        return Err(Error::Keys(Finding::unexpected("status", "200", response.status.to_string())));
    }
    // The media type is not looked at: providers send application/json, application/jwk-set+json and worse.
    KeySet::parse(response.body.expose()).map_err(Error::Keys)
}

impl KeySet {
    fn parse(text: &str) -> Result<Self, Finding> {
        let object = Object::parse(text)?;
        let Some(Value::Array(entries)) = object.get("keys") else { return Err(Finding::missing("keys")) };
        let mut set = Self { keys: Vec::new(), refused: 0 };
        for entry in entries {
            match Key::read(entry) {
                Reading::Usable(key) => set.keys.push(key),
                Reading::Irrelevant => {}
                Reading::Refused => set.refused += 1,
            }
        }
        Ok(set)
    }

    /// The keys as WebCrypto gets them.
    #[cfg(feature = "fuzzing")]
    pub(crate) fn public(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| &*key.public)
    }

    /// How many keys may verify this algorithm, and how many of them have no name.
    pub(crate) fn fitting(&self, algorithm: Algorithm) -> (usize, usize) {
        let fitting = self.keys.iter().filter(|key| key.fits(algorithm));
        let nameless = fitting.clone().filter(|key| key.key_id.is_none()).count();
        (fitting.count(), nameless)
    }

    /// The one key for this token, as a check to be made. Only the `kid` chooses; a header's own `jwk`, `jku` or `x5u` never does.
    pub(crate) fn check_for(&self, token: &Unverified) -> Result<SignatureCheck, NoKey> {
        let fits = |key: &&Key| key.fits(token.algorithm) && (token.key_id.is_none() || key.key_id == token.key_id);
        let mut candidates = self.keys.iter().filter(fits);
        let wanted = token.key_id.as_deref().unwrap_or("(none)");
        match (candidates.next(), candidates.next()) {
            (Some(key), None) => Ok(SignatureCheck {
                algorithm: token.algorithm,
                key: Rc::clone(&key.public),
                signing_input: token.signing_input.clone(),
                signature: token.signature.clone(),
            }),
            (None, _) => Err(NoKey::NoMatch(Finding::unexpected("kid", format!("a published key for {}", token.algorithm.name()), wanted))),
            (Some(_), Some(_)) => Err(NoKey::Ambiguous(Finding::invalid("kid", format!("several published keys fit {wanted}")))),
        }
    }
}

enum Reading {
    Usable(Key),
    /// For encryption, or of a kind that is not verified with here.
    Irrelevant,
    /// It should never have been published.
    Refused,
}

impl Key {
    fn read(entry: &Value) -> Reading {
        let text = |name: &str| entry.get(name).and_then(Value::as_str).map(str::to_owned);
        if entry.get("d").is_some() || entry.get("k").is_some() {
            return Reading::Refused;
        }
        let for_verifying = text("use").is_none_or(|usage| usage == "sig")
            && entry.get("key_ops").is_none_or(|list| list.as_array().is_some_and(|list| list.iter().any(|item| item == "verify")));
        if !for_verifying {
            return Reading::Irrelevant;
        }
        let bytes = |name: &str| entry.get(name).and_then(Value::as_str).and_then(from_base64url).unwrap_or_default();
        let (family, is_sound) = match (text("kty").as_deref(), text("crv").as_deref()) {
            (Some("RSA"), _) => (Family::Rsa, is_strong_rsa(&bytes("n"), &bytes("e"))),
            (Some("EC"), Some("P-256")) => (Family::P256, is_coordinate(&bytes("x")) && is_coordinate(&bytes("y"))),
            (Some("OKP"), Some("Ed25519")) => (Family::Ed25519, is_coordinate(&bytes("x"))),
            _ => return Reading::Irrelevant,
        };
        if !is_sound {
            return Reading::Refused;
        }
        let public = match family {
            Family::Rsa => format!(r#"{{"kty":"RSA","n":{},"e":{}}}"#, entry["n"], entry["e"]),
            Family::P256 => format!(r#"{{"kty":"EC","crv":"P-256","x":{},"y":{}}}"#, entry["x"], entry["y"]),
            Family::Ed25519 => format!(r#"{{"kty":"OKP","crv":"Ed25519","x":{}}}"#, entry["x"]),
        };
        Reading::Usable(Self { key_id: text("kid"), algorithm: text("alg"), family, public: public.into() })
    }

    fn fits(&self, algorithm: Algorithm) -> bool {
        let family = match algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => Family::Rsa,
            Algorithm::Es256 => Family::P256,
            Algorithm::EdDsa => Family::Ed25519,
        };
        self.family == family && self.algorithm.as_deref().is_none_or(|name| Algorithm::from_name(name) == Some(algorithm))
    }
}

/// 2048 bits or more, and an odd exponent above one.
fn is_strong_rsa(modulus: &[u8], exponent: &[u8]) -> bool {
    let modulus = &modulus[modulus.iter().take_while(|byte| **byte == 0).count()..];
    let exponent = &exponent[exponent.iter().take_while(|byte| **byte == 0).count()..];
    let bits = modulus.len() * 8 - modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
    bits >= 2048 && exponent.last().is_some_and(|byte| byte % 2 == 1) && exponent != [1]
}

/// 32 bytes and not nothing. Whether a point lies on its curve is checked by WebCrypto when it imports the key.
fn is_coordinate(bytes: &[u8]) -> bool {
    bytes.len() == 32 && bytes.iter().any(|byte| *byte != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{
        checks::{Checks, Subject},
        encoding::base64url,
    };
    use serde_json::json;

    fn rsa(kid: Option<&str>, fill: u8) -> Value {
        let mut key = json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "e": "AQAB", "n": base64url(&[fill; 256]) });
        if let Some(kid) = kid {
            key["kid"] = json!(kid);
        }
        key
    }

    fn set(keys: &[Value]) -> KeySet {
        KeySet::parse(&json!({ "keys": keys }).to_string()).unwrap()
    }

    fn token(kid: Option<&str>, extra: &str) -> Unverified {
        let kid = kid.map_or_else(String::new, |kid| format!(r#","kid":"{kid}""#));
        let raw =
            format!("{}.{}.{}", base64url(format!(r#"{{"alg":"RS256"{kid}{extra}}}"#).as_bytes()), base64url(b"{}"), base64url(&[1; 256]));
        Unverified::parse(&raw, &[Algorithm::Rs256], Checks::default().of(Subject::IdToken)).unwrap()
    }

    #[test]
    fn id_11_a_kid_is_matched_exactly_or_not_at_all() {
        let keys = set(&[rsa(Some("a"), 0xff), rsa(Some("b"), 0xee)]);
        let chosen: Value = serde_json::from_str(&keys.check_for(&token(Some("b"), "")).unwrap().key).unwrap();
        assert_eq!(chosen, json!({ "kty": "RSA", "e": "AQAB", "n": rsa(None, 0xee)["n"] }), "the public members and no others");
        assert!(matches!(keys.check_for(&token(Some("c"), "")), Err(NoKey::NoMatch(_))));
        assert!(matches!(set(&[rsa(None, 0xff)]).check_for(&token(Some("c"), "")), Err(NoKey::NoMatch(_))));
    }

    #[test]
    fn id_12_without_kid_a_single_key_is_used() {
        assert!(set(&[rsa(Some("a"), 0xff)]).check_for(&token(None, "")).is_ok());
    }

    #[test]
    fn id_13_without_kid_several_keys_are_ambiguous() {
        assert!(matches!(set(&[rsa(None, 0xff), rsa(None, 0xee)]).check_for(&token(None, "")), Err(NoKey::Ambiguous(_))));
    }

    #[test]
    fn id_14_use_alg_operations_and_duplicates_narrow_the_choice() {
        for (field, value) in
            [("use", json!("enc")), ("alg", json!("RS512")), ("alg", json!("PS256")), ("key_ops", json!(["sign"])), ("kty", json!("XYZ"))]
        {
            let mut key = rsa(Some("a"), 0xff);
            key[field] = value.clone();
            assert!(matches!(set(&[key]).check_for(&token(Some("a"), "")), Err(NoKey::NoMatch(_))), "{field} {value}");
        }
        assert!(matches!(set(&[rsa(Some("a"), 0xff), rsa(Some("a"), 0xee)]).check_for(&token(Some("a"), "")), Err(NoKey::Ambiguous(_))));
    }

    #[test]
    fn id_15_private_symmetric_and_weak_keys_are_never_used() {
        let mut private = rsa(Some("a"), 0xff);
        private["d"] = json!("AQAB");
        let mut short = rsa(Some("a"), 0xff);
        short["n"] = json!(base64url(&[0xff; 128]));
        let mut padded = rsa(Some("a"), 0xff);
        padded["n"] = json!(base64url(&[vec![0; 128], vec![0xff; 128]].concat()));
        let mut one = rsa(Some("a"), 0xff);
        one["e"] = json!("AQ");
        let mut even = rsa(Some("a"), 0xff);
        even["e"] = json!("Ag");
        let zero = json!({ "kty": "EC", "crv": "P-256", "kid": "a", "x": base64url(&[0; 32]), "y": base64url(&[0; 32]) });
        let symmetric = json!({ "kty": "oct", "kid": "a", "k": "AQAB" });
        for key in [private, short, padded, one, even, zero, symmetric] {
            let keys = set(std::slice::from_ref(&key));
            assert_eq!(keys.refused, 1, "{key}");
            assert!(keys.check_for(&token(Some("a"), "")).is_err(), "{key}");
        }
    }

    #[test]
    fn id_08_keys_in_the_token_header_are_not_keys() {
        let own =
            format!(r#","jwk":{},"jku":"https://evil.example/keys","x5u":"https://evil.example/x","x5c":["AA"]"#, rsa(Some("evil"), 0xaa));
        assert!(matches!(set(&[]).check_for(&token(Some("evil"), &own)), Err(NoKey::NoMatch(_))));
    }

    #[test]
    fn a_set_must_have_a_list_of_keys() {
        for bad in ["{}", "[]", r#"{"keys":{}}"#, r#"{"keys":[],"keys":[]}"#, "<html>"] {
            assert!(KeySet::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(set(&[json!(1), json!("x"), json!({ "kty": "RSA" })]).keys.len(), 0);
    }
}
