//! Real keys, for tests only, and what the browser's WebCrypto does with them.

use hushkey::protocol::{jwks::SignatureCheck, jwt::Algorithm, turn::Verdict};
use jwt_compact::{
    Algorithm as _, AlgorithmSignature,
    alg::{Ed25519, Es256, Rsa, RsaPrivateKey, RsaPublicKey},
    jwk::JsonWebKey,
};
use serde_json::{Value, json};

/// A signing key by its name in `test_keys.json`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Key {
    RsaA,
    RsaB,
    P256,
    Ed25519,
}

impl Key {
    fn name(self) -> &'static str {
        match self {
            Self::RsaA => "rsa_a",
            Self::RsaB => "rsa_b",
            Self::P256 => "p256",
            Self::Ed25519 => "ed25519",
        }
    }

    fn private(self) -> Value {
        let keys: Value = serde_json::from_str(include_str!("test_keys.json")).expect("the key file is JSON");
        keys[self.name()].clone()
    }

    /// The public half, as a provider publishes it.
    pub fn published(self) -> Value {
        let mut key = json!({ "use": "sig", "kid": self.name() });
        for member in ["kty", "crv", "n", "e", "x", "y"] {
            if let Some(value) = self.private().get(member) {
                key[member] = value.clone();
            }
        }
        key
    }

    /// The `alg` it signs with unless told otherwise.
    pub fn algorithm(self) -> &'static str {
        match self {
            Self::RsaA | Self::RsaB => "RS256",
            Self::P256 => "ES256",
            Self::Ed25519 => "EdDSA",
        }
    }

    /// A compact token.
    pub fn sign(self, header: &Value, claims: &Value) -> String {
        let algorithm = header["alg"].as_str().unwrap_or_default();
        let input = format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
        let private = self.private();
        let key: JsonWebKey<'_> = serde_json::from_value(private).expect("a good key");
        let bytes = input.as_bytes();
        let signature = match (self, algorithm) {
            (Self::RsaA | Self::RsaB, "PS256") => {
                Rsa::ps256().sign(&RsaPrivateKey::try_from(&key).expect("RSA"), bytes).as_bytes().into_owned()
            }
            (Self::RsaA | Self::RsaB, _) => Rsa::rs256().sign(&RsaPrivateKey::try_from(&key).expect("RSA"), bytes).as_bytes().into_owned(),
            (Self::P256, _) => Es256.sign(&p256(&key), bytes).as_bytes().into_owned(),
            (Self::Ed25519, _) => Ed25519.sign(&ed25519(&key), bytes).as_bytes().into_owned(),
        };
        format!("{input}.{}", encode(&signature))
    }
}

type P256Key = <Es256 as jwt_compact::Algorithm>::SigningKey;
type Ed25519Key = <Ed25519 as jwt_compact::Algorithm>::SigningKey;

fn p256(key: &JsonWebKey<'_>) -> P256Key {
    P256Key::try_from(key).expect("P-256")
}

fn ed25519(key: &JsonWebKey<'_>) -> Ed25519Key {
    Ed25519Key::try_from(key).expect("Ed25519")
}

pub fn encode(bytes: &[u8]) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Checks signatures as the browser would.
pub fn verify(checks: &[SignatureCheck]) -> Verdict {
    let place = checks.iter().position(|check| !holds(check));
    place.map_or(Verdict::Valid, Verdict::Invalid)
}

fn holds(check: &SignatureCheck) -> bool {
    let Ok(key) = serde_json::from_str::<JsonWebKey<'_>>(&check.key) else { return false };
    let message = check.signing_input.as_bytes();
    let rsa = |algorithm: Rsa| {
        let signature = <Rsa as jwt_compact::Algorithm>::Signature::try_from_slice(&check.signature);
        RsaPublicKey::try_from(&key).is_ok_and(|key| signature.is_ok_and(|signature| algorithm.verify_signature(&signature, &key, message)))
    };
    match check.algorithm {
        Algorithm::Rs256 => rsa(Rsa::rs256()),
        Algorithm::Ps256 => rsa(Rsa::ps256()),
        Algorithm::Es256 => {
            let signature = <Es256 as jwt_compact::Algorithm>::Signature::try_from_slice(&check.signature);
            let key = <Es256 as jwt_compact::Algorithm>::VerifyingKey::try_from(&key);
            key.is_ok_and(|key| signature.is_ok_and(|signature| Es256.verify_signature(&signature, &key, message)))
        }
        Algorithm::EdDsa => {
            let signature = <Ed25519 as jwt_compact::Algorithm>::Signature::try_from_slice(&check.signature);
            let key = <Ed25519 as jwt_compact::Algorithm>::VerifyingKey::try_from(&key);
            key.is_ok_and(|key| signature.is_ok_and(|signature| Ed25519.verify_signature(&signature, &key, message)))
        }
    }
}
