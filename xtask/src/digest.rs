//! Digests in the spellings that a page, and a browser, need.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256, Sha384};

/// The first 16 hex digits of the SHA-256: the part of a file name, or of an
/// entity tag, that changes with the content.
pub fn short(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The SHA-256 as a whole, as tools print it.
pub fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The value of an `integrity` attribute.
pub fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(bytes)))
}

/// The SHA-256, in the base64 that browsers know keys by.
pub fn sha256(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(Sha256::digest(bytes))
}

/// The source expression that lets a Content-Security-Policy run one inline
/// script. A browser hashes the text after the parser has normalised its line
/// ends, so a file checked out with CRLF hashes like one with LF.
pub fn script_source(script: &str) -> String {
    let text = script.replace("\r\n", "\n");
    format!("'sha256-{}'", sha256(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_digests_as_browsers_expect() {
        // The example of the CSP specification.
        assert_eq!(script_source("alert('Hello, world.');"), "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='");
        assert_eq!(short(b"abc"), "ba7816bf8f01cfea");
        assert_eq!(hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(integrity(b"abc").starts_with("sha384-ywB1P0WjXou1oD1pmsZQ"));
    }

    #[test]
    fn line_ends_do_not_matter_to_an_inline_script() {
        assert_eq!(script_source("a\r\nb"), script_source("a\nb"));
    }
}
