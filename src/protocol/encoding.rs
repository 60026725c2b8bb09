//! Base64url without padding, as every JOSE and PKCE value is written.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// Bytes to base64url.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Base64url to bytes; `None` for padding, other alphabets and non-canonical tail bits.
pub(crate) fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_02_base64url_is_strict() {
        assert_eq!(from_base64url("YQ"), Some(b"a".to_vec()));
        for bad in ["YQ==", "YR", "Y Q", "+/", "Y"] {
            assert_eq!(from_base64url(bad), None, "{bad}");
        }
    }
}
