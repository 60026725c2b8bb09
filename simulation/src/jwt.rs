//! Tokens in the form of real JWTs, with signatures that only the simulation can make and check.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// How every access token begins, and nothing else: `{"typ":"at+jwt","alg":"E` in base64url.
pub(crate) const ACCESS_MARK: &str = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJF";

/// How every ID token begins: `{"alg":"EdDSA","typ":"JW`.
pub(crate) const ID_MARK: &str = "eyJhbGciOiJFZERTQSIsInR5cCI6IkpX";

/// How every refresh token begins.
pub(crate) const REFRESH_MARK: &str = "refresh-secret-";

/// How every code begins.
pub(crate) const CODE_MARK: &str = "code-secret-";

/// The `typ` of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Access,
    Id,
}

/// A compact token: these claims, signed with this key.
pub(crate) fn compact(kind: Type, claims: &str, key: u32, honest: bool) -> String {
    let header = match kind {
        Type::Access => format!(r#"{{"typ":"at+jwt","alg":"EdDSA","kid":"k{key}"}}"#),
        Type::Id => format!(r#"{{"alg":"EdDSA","typ":"JWT","kid":"k{key}"}}"#),
    };
    let mut token = String::with_capacity(600);
    URL_SAFE_NO_PAD.encode_string(header, &mut token);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut token);
    let signature = signature(if honest { key } else { !key }, &token);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    token
}

/// The signature of a key: 64 bytes that depend on everything. It need not be hard to forge, because nobody here tries.
pub(crate) fn signature(key: u32, input: &str) -> [u8; 64] {
    let mut state = 0xcbf2_9ce4_8422_2325_u64 ^ u64::from(key).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for chunk in input.as_bytes().chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        state = (state ^ u64::from_le_bytes(word)).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(29);
    }
    let mut bytes = [0; 64];
    for place in bytes.chunks_mut(8) {
        state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        place.copy_from_slice(&state.to_le_bytes());
    }
    bytes
}

/// The `x` of a public key: the number of the key in 32 bytes.
pub(crate) fn public(key: u32) -> String {
    let mut bytes = [7; 32];
    bytes[..4].copy_from_slice(&key.to_le_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The key whose `x` this is.
pub(crate) fn key_of(public: &str) -> Option<u32> {
    let bytes = URL_SAFE_NO_PAD.decode(public).ok()?;
    Some(u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?))
}

/// The person that an ID token speaks of, as `sub` names them.
pub(crate) fn person_in(token: &str) -> Option<u8> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&payload).ok()?;
    claims["sub"].as_str()?.strip_prefix("usr_")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_begin_with_their_marks_and_with_no_other() {
        let access = compact(Type::Access, "{}", 3, true);
        let id = compact(Type::Id, r#"{"sub":"usr_2"}"#, 3, true);
        assert!(access.starts_with(ACCESS_MARK) && !access.contains(ID_MARK), "{access}");
        assert!(id.starts_with(ID_MARK) && !id.contains(ACCESS_MARK), "{id}");
        assert_eq!(person_in(&id), Some(2));
        assert_eq!(key_of(&public(70_000)), Some(70_000));
    }
}
