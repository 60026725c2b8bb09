//! The provider's keys, and which of them a token must be verified with ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)).

use super::{
    encoding::from_base64url,
    error::{Error, Finding},
    http::{Freshness, HttpRequest, HttpResponse},
    json::Object,
    jwt::{Algorithm, Unverified},
};
use serde_json::Value;
use std::rc::Rc;

/// The keys of a set that may verify signatures, and how many others were left out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KeySet {
    keys: Vec<Key>,
    /// Entries that no honest provider publishes here, private, symmetric or weak keys: their names, if they have any.
    pub(crate) refused: Vec<Option<String>>,
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
    HttpRequest::get(url, freshness)
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
        let mut set = Self { keys: Vec::new(), refused: Vec::new() };
        for entry in entries {
            match Key::read(entry) {
                Reading::Usable(key) => set.keys.push(key),
                Reading::Irrelevant => {}
                Reading::Refused => set.refused.push(entry.get("kid").and_then(Value::as_str).map(str::to_owned)),
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
            (None, _) if token.key_id.is_some() && self.refused.contains(&token.key_id) => {
                Err(NoKey::NoMatch(Finding::invalid("kid", "names a key that is private, symmetric or weak, and is not used")))
            }
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
        let is_secret = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].into_iter().any(|member| entry.get(member).is_some());
        if is_secret || entry["kty"] == "oct" {
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
#[path = "jwks_tests.rs"]
mod tests;
