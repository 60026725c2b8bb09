//! JSON Web Tokens, read but not yet believed ([RFC 7519](https://www.rfc-editor.org/rfc/rfc7519), [RFC 8725](https://www.rfc-editor.org/rfc/rfc8725)).

use super::{checks::Checking, encoding::from_base64url, error::Finding, json::Object};
use jwt_compact::UntrustedToken;
use std::fmt;

/// The signature algorithms that can be allowed. MACs and `none` have no name here, so no configuration can let them in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519, by its old name `EdDSA` or its own.
    EdDsa,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
}

impl Algorithm {
    /// By the `alg` value, letter by letter ([RFC 7518 §3.1](https://www.rfc-editor.org/rfc/rfc7518#section-3.1)).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "ES256" => Some(Self::Es256),
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            "PS256" => Some(Self::Ps256),
            "RS256" => Some(Self::Rs256),
            _ => None,
        }
    }

    /// The `alg` value.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Ps256 => "PS256",
            Self::Rs256 => "RS256",
        }
    }

    /// The length of a signature, where the algorithm fixes it.
    const fn signature_length(self) -> Option<usize> {
        match self {
            Self::Es256 | Self::EdDsa => Some(64),
            Self::Ps256 | Self::Rs256 => None,
        }
    }
}

/// What an ID token may call itself in `typ`, if it does.
const ID_TOKEN: [&str; 2] = ["JWT", "application/jwt"];

/// What an access token has to call itself ([RFC 9068 §2.1](https://www.rfc-editor.org/rfc/rfc9068#section-2.1)): one of the first two. Many
/// providers, Scalekit among them, still say `JWT` or nothing, which is taken where the configuration says so.
const ACCESS_TOKEN: [&str; 4] = ["at+jwt", "application/at+jwt", "JWT", "application/jwt"];

/// Longer tokens are not read: 64 KiB.
const MAX_LENGTH: usize = 64 * 1024;

/// A token whose form is right and whose signature nobody has checked.
pub(crate) struct Unverified {
    pub(crate) algorithm: Algorithm,
    pub(crate) key_id: Option<String>,
    pub(crate) claims: Object,
    pub(crate) signing_input: String,
    pub(crate) signature: Vec<u8>,
    /// Whether it says what kind of token it is.
    is_typed: bool,
}

impl fmt::Debug for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unverified").field("algorithm", &self.algorithm).field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

impl Unverified {
    /// Reads an ID token in compact form. The header decides nothing but which of the allowed algorithms it claims, and which key.
    pub(crate) fn parse(raw: &str, allowed: &[Algorithm], checks: Checking<'_>) -> Result<Self, Finding> {
        Self::parse_as(&ID_TOKEN, raw, allowed, checks)
    }

    /// Reads an access token that is to be checked, by the same rules.
    pub(crate) fn parse_access_token(raw: &str, compat: bool, allowed: &[Algorithm], checks: Checking<'_>) -> Result<Self, Finding> {
        let kinds = if compat { &ACCESS_TOKEN[..] } else { &ACCESS_TOKEN[..2] };
        let token = Self::parse_as(kinds, raw, allowed, checks)?;
        checks.require("typ, as RFC 9068 has it", compat || token.is_typed, || Finding::missing("typ"))?;
        Ok(token)
    }

    fn parse_as(kinds: &[&str], raw: &str, allowed: &[Algorithm], checks: Checking<'_>) -> Result<Self, Finding> {
        if raw.len() > MAX_LENGTH {
            return Err(Finding::invalid("token", "longer than 64 KiB"));
        }
        let segments: Vec<&str> = raw.split('.').collect();
        match segments.len() {
            3 => {}
            5 => return Err(Finding::invalid("token", "encrypted (JWE), which is not supported")),
            other => return Err(Finding::unexpected("token", "3 segments", format!("{other} segments"))),
        }
        if segments.iter().any(|segment| segment.is_empty()) {
            return Err(Finding::invalid("token", "has an empty segment; unsigned tokens are refused"));
        }
        let header = object("header", segments[0])?;
        let algorithm = checks.hold("alg", algorithm(&header, allowed))?;
        // No extension is understood here, so none that must be understood can be accepted (RFC 7515 §4.1.11).
        let critical = ["crit", "b64"].into_iter().find(|critical| header.get(critical).is_some());
        let finding = |critical| Err(Finding::invalid(critical, "no critical header extension is supported"));
        checks.hold("no crit", critical.map_or(Ok(()), finding))?;
        let claims = object("payload", segments[1])?;
        let kind = header.optional_str("typ")?;
        if let Some(kind) = kind {
            let is_known = kinds.iter().any(|known| known.eq_ignore_ascii_case(kind));
            checks.require("typ", is_known, || Finding::unexpected("typ", kinds[0], kind))?;
        }
        let key_id = if header.has("kid") { header.optional_str("kid")?.map(str::to_owned) } else { None };
        let token = UntrustedToken::new(raw).map_err(|why| Finding::invalid("token", format!("not a signed JWT ({why})")))?;
        let signature = token.signature_bytes().to_vec();
        if algorithm.signature_length().is_some_and(|length| length != signature.len()) {
            return Err(Finding::unexpected("signature", "64 bytes", format!("{} bytes", signature.len())));
        }
        Ok(Self {
            is_typed: kind.is_some(),
            algorithm,
            key_id,
            claims,
            signing_input: format!("{}.{}", segments[0], segments[1]),
            signature,
        })
    }
}

fn algorithm(header: &Object, allowed: &[Algorithm]) -> Result<Algorithm, Finding> {
    let name = header.required_str("alg")?;
    Algorithm::from_name(name).filter(|algorithm| allowed.contains(algorithm)).ok_or_else(|| {
        let names: Vec<_> = allowed.iter().map(|algorithm| algorithm.name()).collect();
        Finding::unexpected("alg", names.join(" or "), name)
    })
}

fn object(part: &'static str, segment: &str) -> Result<Object, Finding> {
    let bytes = from_base64url(segment).ok_or_else(|| Finding::invalid(part, "not base64url"))?;
    let text = String::from_utf8(bytes).map_err(|_| Finding::invalid(part, "not UTF-8"))?;
    Object::parse(&text).map_err(|finding| finding.inside(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{
        checks::{Checks, Subject},
        encoding::base64url,
    };

    fn token(header: &str, payload: &str) -> String {
        format!("{}.{}.{}", base64url(header.as_bytes()), base64url(payload.as_bytes()), base64url(&[1; 64]))
    }

    fn parse(raw: &str) -> Result<Unverified, Finding> {
        Unverified::parse(raw, &[Algorithm::Rs256], Checks::default().of(Subject::IdToken))
    }

    const HEADER: &str = r#"{"alg":"RS256","kid":"k"}"#;

    #[test]
    fn a_token_of_absurd_length_is_not_looked_at() {
        let of = |length: usize| parse(&"a".repeat(length)).expect_err("no token").to_string();
        assert!(!of(65_536).contains("longer than 64 KiB") && of(65_537).contains("longer than 64 KiB"));
    }

    #[test]
    fn a_token_shows_algorithm_and_key_and_nothing_that_it_says() {
        let token = parse(&token(r#"{"alg":"RS256","kid":"k"}"#, r#"{"sub":"canary"}"#)).unwrap();
        assert_eq!(format!("{token:?}"), r#"Unverified { algorithm: Rs256, key_id: Some("k"), .. }"#);
    }

    #[test]
    fn id_01_only_three_full_segments_of_base64url() {
        let good = token(HEADER, "{}");
        assert_eq!(parse(&good).unwrap().key_id.as_deref(), Some("k"));
        let (head, tail) = good.rsplit_once('.').unwrap();
        for bad in [
            head.to_owned(),
            format!("{good}."),
            format!("{good}.x"),
            format!("{good}.x.y"),
            format!("{head}."),
            format!(" {good}"),
            format!("{good}\n"),
            format!("{head}.{tail}="),
            r#"{"payload":"e30","signatures":[]}"#.to_owned(),
            String::new(),
            "..".to_owned(),
            "a".repeat(70_000),
        ] {
            assert!(parse(&bad).is_err(), "{bad}");
        }
        assert!(parse("a.b.c.d.e").unwrap_err().to_string().contains("encrypted"));
    }

    #[test]
    fn id_02_header_and_payload_are_objects_without_duplicates() {
        for (header, payload) in [
            (r#"{"alg":"none","alg":"RS256"}"#, "{}"),
            (HEADER, r#"{"aud":"a","aud":"b"}"#),
            (HEADER, "[]"),
            ("[]", "{}"),
            (HEADER, "\u{feff}{}"),
        ] {
            assert!(parse(&token(header, payload)).is_err(), "{header} {payload}");
        }
        let utf16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let raw = format!("{}.{}.{}", base64url(HEADER.as_bytes()), base64url(&utf16), base64url(&[1; 64]));
        assert!(parse(&raw).is_err());
    }

    #[test]
    fn id_03_05_06_algorithms_outside_the_list_are_refused() {
        for name in ["none", "noNE", "rs256", "RS256 ", "RS512", "ES256", "HS256", "HS384", "HS512", ""] {
            let finding = parse(&token(&format!(r#"{{"alg":"{name}"}}"#), "{}")).unwrap_err();
            assert_eq!(finding.field, "alg", "{name}");
        }
        assert!(parse(&token("{}", "{}")).is_err());
        let unsigned = format!("{}.{}.", base64url(br#"{"alg":"none"}"#), base64url(b"{}"));
        assert!(parse(&unsigned).is_err());
    }

    #[test]
    fn id_07_critical_extensions_are_refused() {
        for extra in [r#""crit":["exp"]"#, r#""crit":[]"#, r#""crit":["b64"],"b64":false"#, r#""b64":false"#] {
            assert!(parse(&token(&format!(r#"{{"alg":"RS256",{extra}}}"#), "{}")).is_err(), "{extra}");
        }
    }

    #[test]
    fn id_09_other_kinds_of_token_are_refused() {
        for good in ["JWT", "jwt", "application/jwt"] {
            assert!(parse(&token(&format!(r#"{{"alg":"RS256","typ":"{good}"}}"#), "{}")).is_ok(), "{good}");
        }
        for bad in ["at+jwt", "logout+jwt", "dpop+jwt", "secevent+jwt", ""] {
            assert!(parse(&token(&format!(r#"{{"alg":"RS256","typ":"{bad}"}}"#), "{}")).is_err(), "{bad}");
        }
    }

    #[test]
    fn id_11_a_kid_is_a_text_or_is_not_there() {
        let kid = |kid: &str| parse(&token(&format!(r#"{{"alg":"RS256","kid":{kid}}}"#), "{}")).map(|token| token.key_id);
        assert_eq!(kid(r#""k""#), Ok(Some("k".to_owned())));
        assert_eq!(kid(r#""""#), Ok(Some(String::new())));
        assert_eq!(kid("null"), Ok(None));
        for bad in ["1", "[\"k\"]", "{}", "true"] {
            assert_eq!(kid(bad).unwrap_err().field, "kid", "{bad}");
        }
    }

    #[test]
    fn id_19_an_es256_signature_has_64_bytes() {
        for length in [63, 65, 70] {
            let raw = format!("{}.{}.{}", base64url(br#"{"alg":"ES256"}"#), base64url(b"{}"), base64url(&vec![1; length]));
            assert!(Unverified::parse(&raw, &[Algorithm::Es256], Checks::default().of(Subject::IdToken)).is_err(), "{length}");
        }
    }
}
