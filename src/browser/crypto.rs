//! Signatures, checked by WebCrypto ([Web Cryptography API](https://www.w3.org/TR/webcrypto-2/)).

use super::captured;
use crate::protocol::{jwks::SignatureCheck, jwt::Algorithm, turn::Verdict};
use js_sys::{Array, JSON, Object, Reflect, Uint8Array};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::CryptoKey;

/// Checks signatures in their order and stops at the first that does not hold.
pub async fn verify(checks: Vec<SignatureCheck>) -> Verdict {
    for (place, check) in checks.iter().enumerate() {
        match holds(check).await {
            Ok(true) => {}
            Ok(false) => return Verdict::Invalid(place),
            Err(error) if is_not_supported(&error) => return Verdict::Unsupported(place),
            Err(_) => return Verdict::Invalid(place),
        }
    }
    Verdict::Valid
}

/// A key as WebCrypto has it, with the parameters that it was imported with.
#[derive(Clone)]
struct Imported {
    algorithm: Algorithm,
    text: Rc<str>,
    parameters: Object,
    key: CryptoKey,
}

thread_local! {
    /// The key that was used last. To import one costs as much again as to verify with it, and a provider seldom takes another.
    static LAST: RefCell<Option<Imported>> = const { RefCell::new(None) };
}

async fn holds(check: &SignatureCheck) -> Result<bool, JsValue> {
    let Imported { parameters, key, .. } = imported(check).await?;
    let (signature, signed) = (Uint8Array::from(&check.signature[..]), Uint8Array::from(check.signing_input.as_bytes()));
    let verified = captured::verify(&Array::of4(&parameters, &key, &signature, &signed))?;
    Ok(JsFuture::from(verified).await?.is_truthy())
}

async fn imported(check: &SignatureCheck) -> Result<Imported, JsValue> {
    let last = LAST.with_borrow(Clone::clone);
    if let Some(last) = last.filter(|last| last.algorithm == check.algorithm && last.text == check.key) {
        return Ok(last);
    }
    let (parameters, key) = (object(parameters(check.algorithm))?, object(&check.key)?);
    let usages = Array::of1(&"verify".into());
    let arguments = Array::of5(&"jwk".into(), &key, &parameters, &false.into(), &usages);
    let key = JsFuture::from(captured::import_key(&arguments)?).await?.unchecked_into();
    let imported = Imported { algorithm: check.algorithm, text: Rc::clone(&check.key), parameters, key };
    LAST.set(Some(imported.clone()));
    Ok(imported)
}

/// Parameters for importing the key and for verifying alike ([RFC 7518 §3](https://www.rfc-editor.org/rfc/rfc7518#section-3),
/// [RFC 8037 §3.1](https://www.rfc-editor.org/rfc/rfc8037#section-3.1)). WebCrypto ignores the members that a call does not need.
const fn parameters(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Es256 => r#"{"name":"ECDSA","namedCurve":"P-256","hash":"SHA-256"}"#,
        Algorithm::EdDsa => r#"{"name":"Ed25519"}"#,
        // The salt is as long as the hash (RFC 7518 §3.5).
        Algorithm::Ps256 => r#"{"name":"RSA-PSS","hash":"SHA-256","saltLength":32}"#,
        Algorithm::Rs256 => r#"{"name":"RSASSA-PKCS1-v1_5","hash":"SHA-256"}"#,
    }
}

fn object(json: &str) -> Result<Object, JsValue> {
    JSON::parse(json).map(JsCast::unchecked_into)
}

fn is_not_supported(error: &JsValue) -> bool {
    Reflect::get(error, &"name".into()).is_ok_and(|name| name == "NotSupportedError")
}
