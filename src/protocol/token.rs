//! The token endpoint ([RFC 6749 §4.1.3, §5, §6](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)).

use super::{
    checks::Checking,
    config::Config,
    dpop::{self, BoundToken, Thumbprint},
    error::{DpopFailure, Error, Finding, NetworkFailure, ProviderError},
    further::Target,
    http::{HttpRequest, HttpResponse},
    json::Object,
    secret::{AccessToken, Body, Code, IdToken, RefreshToken, Verifier},
};
use std::time::Duration;
use url::Url;

/// A well-formed token response. What is in it has not been validated.
#[derive(Debug)]
pub(crate) struct TokenResponse {
    pub(crate) access_token: AccessToken,
    pub(crate) id_token: Option<IdToken>,
    pub(crate) refresh_token: Option<RefreshToken>,
    pub(crate) expires_in: Option<Duration>,
    /// The scopes that were granted, where the response names them.
    pub(crate) scopes: Option<Vec<String>>,
}

/// Redeems a code, with a proof of the key that it is bound to. The verifier is consumed: a second try is impossible.
pub(crate) fn code_request(
    endpoint: &Url,
    code: &Code,
    redirect_uri: &str,
    verifier: &Verifier,
    key: Option<&Thumbprint>,
    target: Target,
    config: &Config,
) -> HttpRequest {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.expose()),
        ("redirect_uri", redirect_uri),
        ("code_verifier", verifier.expose()),
    ];
    post(endpoint, &fields, target, config).proving(key.cloned())
}

/// Uses a refresh token, with the key that it is bound to. The scope is left out, which asks for what was granted before, never for more.
pub(crate) fn refresh_request(endpoint: &Url, refresh_token: &BoundToken, target: Target, config: &Config) -> HttpRequest {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose())];
    post(endpoint, &fields, target, config).proving(refresh_token.key.clone())
}

/// A token is for one resource, whatever the authorization was for ([RFC 8707 §2.2](https://www.rfc-editor.org/rfc/rfc8707#section-2.2)).
fn post(endpoint: &Url, fields: &[(&str, &str)], target: Target, config: &Config) -> HttpRequest {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("client_id", &config.client_id).extend_pairs(fields);
    if let Some(resource) = config.resources().get(target.place()) {
        form.append_pair("resource", resource);
    }
    HttpRequest::post_form(endpoint.as_str(), Body::new(form.finish()))
}

/// Reads the answer to either request. With `dpop` the token must be bound to a key, without it, it must not be.
///
/// # Errors
/// `Network` if the server cannot answer now, `Token` if it says no, `TokenResponse` if what it says is malformed.
pub(crate) fn process_token_response(response: &HttpResponse, dpop: bool, checks: Checking<'_>) -> Result<TokenResponse, Error> {
    if let Some(failure) = response.unavailable() {
        return Err(Error::Network(failure));
    }
    let malformed = |finding| Err(Error::TokenResponse(finding));
    if !response.is_json() {
        // An error page of something in between says nothing about the grant.
        return match response.status {
            400..=499 => Err(Error::Network(NetworkFailure::Unavailable { status: response.status, retry_after: response.retry_after })),
            _ => malformed(Finding::unexpected("content-type", "application/json", response.content_type.as_deref().unwrap_or("none"))),
        };
    }
    let object = Object::parse(response.body.expose()).map_err(Error::TokenResponse)?;
    if object.has("error") {
        // One that is no text is an error all the same; it only has no name that could be told.
        let text = |field| object.optional_str(field).ok().flatten();
        return Err(match text("error").unwrap_or_default() {
            "invalid_dpop_proof" if dpop => Error::Dpop(DpopFailure::Binding),
            code => Error::Token(ProviderError::new(code, text("error_description"))),
        });
    }
    let (status, finding) = (response.status, || Finding::unexpected("status", "200", response.status.to_string()));
    checks.require("JSON with status 200", status == 200, finding).map_err(Error::TokenResponse)?;
    read(&object, dpop, checks).map_err(Error::TokenResponse)
}

fn read(object: &Object, dpop: bool, checks: Checking<'_>) -> Result<TokenResponse, Finding> {
    let access_token = object.required_str("access_token")?;
    let finding = || Finding::invalid("access_token", "has characters that cannot stand in a header");
    checks.require("access_token", is_token68(access_token), finding)?;
    let kind = object.required_str("token_type")?;
    // A token that anybody could use in the place of one that is bound to a key is no token (RFC 9449 §5).
    let expected = if dpop { dpop::SCHEME } else { "Bearer" };
    checks.require("token_type", kind.eq_ignore_ascii_case(expected), || Finding::unexpected("token_type", expected, kind))?;
    let expires_in = match object.get("expires_in") {
        None => None,
        Some(_) => Some(
            object
                .optional_number("expires_in")?
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
                .ok_or_else(|| Finding::invalid("expires_in", "not a number of seconds"))?,
        ),
    };
    Ok(TokenResponse {
        access_token: AccessToken::new(access_token),
        id_token: object.optional_str("id_token")?.filter(|text| !text.is_empty()).map(IdToken::new),
        refresh_token: object.optional_str("refresh_token")?.filter(|text| !text.is_empty()).map(RefreshToken::new),
        expires_in,
        scopes: object.optional_str("scope")?.map(|text| text.split_ascii_whitespace().map(str::to_owned).collect()),
    })
}

/// The characters that a bearer token may have ([RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
fn is_token68(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty() && body.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~+/".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{
        checks::{Checks, Subject},
        http::Method,
    };
    use serde_json::{Value, json};

    fn respond(status: u16, mime: &str, body: &str) -> Result<TokenResponse, Error> {
        let response = HttpResponse { status, content_type: Some(mime.into()), retry_after: None, body: Body::new(body) };
        process_token_response(&response, false, Checks::default().of(Subject::TokenResponse))
    }

    fn with(field: &str, value: Value) -> Result<TokenResponse, Error> {
        let mut body = json!({ "access_token": "at", "token_type": "Bearer", "expires_in": 299, "id_token": "a.b.c", "refresh_token": "rt", "x": [1] });
        if value.is_null() {
            body.as_object_mut().unwrap().remove(field);
        } else {
            body[field] = value;
        }
        respond(200, "application/json;charset=UTF-8", &body.to_string())
    }

    #[test]
    fn tr_01_a_public_client_sends_its_id_and_no_secret() {
        let config = Config::from_json(r#"{"issuer":"https://as.example","client_id":"a b"}"#, "https://app.example").unwrap();
        let endpoint = Url::parse("https://as.example/token").unwrap();
        let (code, verifier) = (Code::new("c&d"), Verifier::new("v"));
        let request = code_request(&endpoint, &code, "https://app.example/callback", &verifier, None, Target::FIRST, &config);
        let Method::PostForm(body) = &request.method else { panic!("POST") };
        assert_eq!(
            body.expose(),
            "client_id=a+b&grant_type=authorization_code&code=c%26d&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback&code_verifier=v"
        );
        let request = refresh_request(&endpoint, &BoundToken { token: RefreshToken::new("rt"), key: None }, Target::FIRST, &config);
        let Method::PostForm(body) = &request.method else { panic!("POST") };
        assert_eq!(body.expose(), "client_id=a+b&grant_type=refresh_token&refresh_token=rt");
    }

    #[test]
    fn tr_04_success_is_200_and_a_json_object() {
        let good = r#"{"access_token":"at","token_type":"Bearer"}"#;
        assert!(respond(200, "application/json", good).is_ok());
        for (status, mime, body) in [
            (201, "application/json", good),
            (204, "application/json", ""),
            (200, "text/html", good),
            (200, "application/jsonx", good),
            (200, "application/json", "[]"),
            (200, "application/json", "\"x\""),
            (200, "application/json", "{\"access_token\":\"at\""),
            (200, "application/json", "\u{feff}{}"),
            (302, "text/html", ""),
        ] {
            assert!(matches!(respond(status, mime, body), Err(Error::TokenResponse(_))), "{status} {mime} {body}");
        }
    }

    #[test]
    fn a_refused_proof_is_told_as_that_where_there_was_one() {
        let refused = |dpop| {
            let body = Body::new(r#"{"error":"invalid_dpop_proof"}"#);
            let response = HttpResponse { status: 400, content_type: Some("application/json".into()), retry_after: None, body };
            process_token_response(&response, dpop, Checks::default().of(Subject::TokenResponse)).expect_err("refused")
        };
        assert_eq!(refused(true), Error::Dpop(DpopFailure::Binding));
        assert_eq!(refused(false), Error::Token(ProviderError::new("invalid_dpop_proof", None)));
    }

    #[test]
    fn tr_05_duplicates_are_refused_and_unknown_members_ignored() {
        assert!(respond(200, "application/json", r#"{"access_token":"a","access_token":"b","token_type":"Bearer"}"#).is_err());
        assert!(with("unknown", json!({})).is_ok());
    }

    #[test]
    fn tr_06_the_access_token_must_fit_a_header() {
        for bad in [Value::Null, json!(""), json!(1), json!("a\r\nX: y"), json!("a b"), json!("ä"), json!("=="), json!("a=b")] {
            assert!(with("access_token", bad.clone()).is_err(), "{bad}");
        }
        assert!(with("access_token", json!("aZ09-._~+/==")).is_ok());
    }

    #[test]
    fn tr_07_the_token_type_is_bearer_in_any_case() {
        assert!(with("token_type", json!("bEARER")).is_ok());
        for bad in [json!("mac"), json!("DPoP"), Value::Null, json!(1)] {
            assert!(with("token_type", bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn tr_08_09_lifetimes_are_numbers_or_absent() {
        assert_eq!(with("expires_in", json!(299)).unwrap().expires_in, Some(Duration::from_secs(299)));
        assert_eq!(with("expires_in", Value::Null).unwrap().expires_in, None);
        for bad in [json!(-1), json!("3600"), json!({}), json!([1]), json!(true)] {
            assert!(with("expires_in", bad.clone()).is_err(), "{bad}");
        }
        for bad in ["null", "1e400"] {
            assert!(
                respond(200, "application/json", &format!(r#"{{"access_token":"a","token_type":"Bearer","expires_in":{bad}}}"#)).is_err(),
                "{bad}"
            );
        }
    }

    #[test]
    fn tr_15_errors_are_errors_at_any_status() {
        for status in [200, 400, 401] {
            let error =
                respond(status, "application/json", r#"{"error":"invalid_grant","access_token":"x","token_type":"Bearer"}"#).unwrap_err();
            assert_eq!(error.code(), "invalid_grant", "{status}");
        }
        for odd in [json!(7), json!(""), json!({}), json!(["invalid_grant"]), json!("a\"b")] {
            assert_eq!(with("error", odd.clone()).unwrap_err().code(), "invalid_error_code", "{odd} beside good tokens");
        }
        let null = r#"{"error":null,"access_token":"x","token_type":"Bearer"}"#;
        assert!(respond(200, "application/json", null).is_ok(), "some write down that there is none");
        for (status, mime) in [(400, "text/html"), (500, "application/json"), (503, "text/html"), (429, "application/json")] {
            assert!(respond(status, mime, r#"{"error":"invalid_grant"}"#).unwrap_err().is_transient(), "{status} {mime}");
        }
    }
}
