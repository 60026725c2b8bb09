//! Whether a response asks for a nonce.

use super::SCHEME;
use crate::protocol::{
    challenge::{self, Challenge},
    http::HttpResponse,
    json::Object,
};

/// The code by which a server asks for a nonce.
const USE_NONCE: &str = "use_dpop_nonce";

/// Whether the token endpoint asks for one: 400 with this code ([RFC 9449 §8](https://www.rfc-editor.org/rfc/rfc9449#section-8)).
#[must_use]
pub fn token_endpoint_asks_for_nonce(response: &HttpResponse) -> bool {
    let says_so = |object: Object| object.optional_str("error").ok().flatten() == Some(USE_NONCE);
    response.status == 400 && response.is_json() && Object::parse(response.body.expose()).is_ok_and(says_so)
}

/// Whether a resource asks for one: 401, and a challenge of this scheme with this code ([§9](https://www.rfc-editor.org/rfc/rfc9449#section-9)). Another
/// challenge may be as malformed as it likes: a proof with a nonce does no harm.
#[must_use]
pub fn asks_for_nonce(status: u16, challenges: Option<&str>) -> bool {
    let is_wish = |challenge: &Challenge| {
        challenge.scheme.eq_ignore_ascii_case(SCHEME) && challenge.get("error").is_some_and(|code| code == USE_NONCE)
    };
    status == 401 && challenges.is_some_and(|header| challenge::read(header).0.iter().any(is_wish))
}

/// Whether a refusal does not say why, so that it may be this: a header that every 401 has
/// ([RFC 9110 §11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1)) cannot be read.
#[must_use]
pub const fn is_unreadable(status: u16, challenges: Option<&str>) -> bool {
    status == 401 && challenges.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::secret::Body;

    #[test]
    fn dp_08_a_resource_asks_by_401_and_a_challenge_of_the_scheme_in_any_case() {
        for good in [
            r#"DPoP error="use_dpop_nonce""#,
            r#"dPoP error="use_dpop_nonce""#,
            r#"DPOP realm="a, b", error="use_dpop_nonce", algs="ES256 PS256""#,
            r#"dpop algs="ES256",error=use_dpop_nonce"#,
            r#"DPoP ERROR = "use_dpop_nonce""#,
            r#"Bearer error="invalid_token", DPoP algs="ES256", error="use_dpop_nonce""#,
            r#"Negotiate, DPoP error="use_dpop_nonce""#,
            r#"Basic realm="x\"y, Bearer", DPoP error="use_dpop_nonce", Bearer"#,
            r#"DPoP error="use\_dpop_nonce""#,
        ] {
            assert!(asks_for_nonce(401, Some(good)), "{good}");
            for status in [200, 400, 403, 500] {
                assert!(!asks_for_nonce(status, Some(good)), "{status}");
            }
        }
        for bad in [
            "", "DPoP", r#"Bearer error="use_dpop_nonce""#, r#"DPoP error="invalid_token""#, r#"DPoP error="invalid_dpop_proof""#,
            r#"DPoP, Bearer error="use_dpop_nonce""#, r#"DPoP algs="ES256", Bearer error="use_dpop_nonce""#,
            r#"DPoPX error="use_dpop_nonce""#, r#"DPoP error="use_dpop_nonce_""#, r#"DPoP error_description="error=use_dpop_nonce""#,
            r#"DPoP realm="DPoP error=use_dpop_nonce""#, r#"DPoP realm=", error="use_dpop_nonce""#, r#"error="use_dpop_nonce""#,
        ] {
            assert!(!asks_for_nonce(401, Some(bad)), "{bad}");
        }
        assert!(!asks_for_nonce(401, None));
    }

    fn respond(status: u16, mime: &str, body: &str) -> bool {
        let response = HttpResponse { status, content_type: Some(mime.into()), retry_after: None, body: Body::new(body) };
        token_endpoint_asks_for_nonce(&response)
    }

    #[test]
    fn dp_07_the_token_endpoint_asks_by_400_and_its_code() {
        let good = r#"{"error":"use_dpop_nonce","error_description":"x"}"#;
        assert!(respond(400, "application/json", good) && respond(400, "application/json;charset=UTF-8", good));
        for (status, mime, body) in [
            (200, "application/json", good),
            (401, "application/json", good),
            (500, "application/json", good),
            (400, "text/html", good),
            (400, "application/json", r#"{"error":"invalid_grant"}"#),
            (400, "application/json", r#"{"error":"use_dpop_nonce","error":"x"}"#),
            (400, "application/json", r#"{"error":["use_dpop_nonce"]}"#),
            (400, "application/json", "use_dpop_nonce"),
            (400, "application/json", ""),
        ] {
            assert!(!respond(status, mime, body), "{status} {mime} {body}");
        }
    }

    #[test]
    fn dp_10_a_refusal_without_a_challenge_does_not_say_why() {
        assert!(is_unreadable(401, None));
        assert!(!is_unreadable(401, Some("Bearer")) && !is_unreadable(403, None) && !is_unreadable(200, None));
    }
}
