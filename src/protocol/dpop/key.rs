//! A key, as others may see it.

use crate::protocol::{
    encoding::{base64url, from_base64url},
    extension::{Dpop, Extension as _},
};
use sha2::{Digest, Sha256};
use std::{fmt, rc::Rc};

/// The public members of a P-256 key ([RFC 7518 §6.2.1](https://www.rfc-editor.org/rfc/rfc7518#section-6.2.1)), and no other member: what is not here
/// cannot get into a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    x: String,
    y: String,
    extension: Dpop,
}

impl PublicKey {
    /// From the two coordinates as a JSON Web Key has them: 32 bytes each, in base64url.
    #[must_use]
    pub fn new(x: &str, y: &str) -> Option<Self> {
        let is_coordinate = |text: &str| from_base64url(text).is_some_and(|bytes| bytes.len() == 32);
        let extension = Dpop::BUILT?;
        (is_coordinate(x) && is_coordinate(y)).then(|| Self { x: x.to_owned(), y: y.to_owned(), extension })
    }

    /// The key as JSON, with the members that a thumbprint is made of, in their order.
    pub(super) fn to_json(&self) -> String {
        ["{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"", &self.x, "\",\"y\":\"", &self.y, "\"}"].concat()
    }

    /// The thumbprint ([RFC 7638 §3](https://www.rfc-editor.org/rfc/rfc7638#section-3)).
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        Thumbprint(base64url(&Sha256::digest(self.to_json().as_bytes())).into(), self.extension)
    }
}

/// The name of a key: the hash of its public members ([RFC 7638](https://www.rfc-editor.org/rfc/rfc7638)). It is no secret.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Thumbprint(Rc<str>, Dpop);

impl Thumbprint {
    /// The thumbprint as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The extension, without which there is no key.
    #[must_use]
    pub const fn extension(&self) -> Dpop {
        self.1
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The key of the examples in RFC 9449.
    pub(crate) fn example() -> PublicKey {
        PublicKey::new("l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA").unwrap()
    }

    #[test]
    fn dp_14_the_thumbprint_is_that_of_the_rfc() {
        // RFC 9449 §6.1 has it as the `jkt` of this key.
        assert_eq!(example().thumbprint().as_str(), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    }

    #[test]
    fn dp_02_a_key_is_two_coordinates_and_nothing_else() {
        let x = "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs";
        for bad in
            ["", "AA", "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs=", "x\",\"d\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &"A".repeat(86)]
        {
            assert_eq!(PublicKey::new(x, bad), None, "{bad}");
            assert_eq!(PublicKey::new(bad, x), None, "{bad}");
        }
    }
}
