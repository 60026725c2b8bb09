//! Proof Key for Code Exchange, method S256 ([RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)). There is no other method here.

use super::{encoding::base64url, secret::Verifier, time::Generator};
use sha2::{Digest, Sha256};

/// The one `code_challenge_method`.
pub(crate) const METHOD: &str = "S256";

/// A fresh verifier: 32 random bytes as 43 characters.
pub(crate) fn verifier(generator: &mut Generator) -> Verifier {
    Verifier::new(generator.token())
}

/// The challenge that goes with a verifier: BASE64URL(SHA256(ASCII(verifier))).
pub(crate) fn challenge(verifier: &Verifier) -> String {
    base64url(&Sha256::digest(verifier.expose().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ar_02_challenge_of_the_rfc_example() {
        // RFC 7636, appendix B
        let verifier = Verifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
