//! Provider metadata ([OpenID Connect Discovery 1.0](https://openid.net/specs/openid-connect-discovery-1_0.html),
//! [RFC 8414](https://www.rfc-editor.org/rfc/rfc8414)): given by hand, derived by a preset, or fetched.

use super::{
    address::{self, Transport},
    callback::ResponseMode,
    checks::Checking,
    dpop,
    error::{Error, Finding},
    http::{Freshness, HttpRequest, HttpResponse, Method},
    json::Object,
    jwt::Algorithm,
};
use url::Url;

/// What is known of a provider. Member names are those of the discovery document.
#[derive(Clone, Debug, PartialEq)]
pub struct Metadata {
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: Url,
    pub(crate) token_endpoint: Url,
    pub(crate) jwks_uri: Url,
    pub(crate) end_session_endpoint: Option<Url>,
    pub(crate) check_session_iframe: Option<Url>,
    pub(crate) algorithms: Option<Vec<Algorithm>>,
    pub(crate) sends_issuer: bool,
    /// Whether it says that it answers in the fragment, too.
    pub(crate) offers_fragment: bool,
    /// Whether it publishes how proofs may be signed, and not in the way in which they are here.
    pub(crate) refuses_proofs: bool,
}

impl Metadata {
    /// Checks a metadata object. Required endpoints must be usable; an optional one that is not is left out.
    pub(crate) fn from_object(object: &Object, transport: Transport) -> Result<Self, Finding> {
        let required = |field: &'static str| address::endpoint(field, object.required_str(field)?, transport);
        let optional = |field: &'static str| {
            let text = object.optional_str(field).ok().flatten()?;
            address::endpoint(field, text, transport).ok()
        };
        let authorization_endpoint = required("authorization_endpoint")?;
        refuse_own_parameters(&authorization_endpoint)?;
        let metadata = Self {
            issuer: address::issuer("issuer", object.required_str("issuer")?, transport)?,
            authorization_endpoint,
            token_endpoint: required("token_endpoint")?,
            jwks_uri: required("jwks_uri")?,
            end_session_endpoint: optional("end_session_endpoint"),
            check_session_iframe: optional("check_session_iframe"),
            algorithms: object
                .optional_strings("id_token_signing_alg_values_supported")?
                .map(|names| names.iter().filter_map(|name| Algorithm::from_name(name)).collect()),
            sends_issuer: object.optional_bool("authorization_response_iss_parameter_supported")?.unwrap_or(false),
            offers_fragment: object
                .optional_strings("response_modes_supported")?
                .is_some_and(|modes| modes.iter().any(|mode| mode == "fragment")),
            refuses_proofs: match object.optional_strings("dpop_signing_alg_values_supported") {
                Ok(names) => names.is_some_and(|names| !names.iter().any(|name| name == dpop::ALGORITHM)),
                Err(_) => true,
            },
        };
        supports(object, "code_challenge_methods_supported", super::pkce::METHOD)?;
        supports(object, "response_types_supported", "code")?;
        supports(object, "grant_types_supported", "authorization_code")?;
        Ok(metadata)
    }

    /// How a hidden frame and a window are answered: they come to the relay page, which is found in the cache if the answer is no part of its address.
    pub(crate) const fn relayed_response_mode(&self) -> ResponseMode {
        if self.offers_fragment { ResponseMode::Fragment } else { ResponseMode::Query }
    }

    /// The issuer identifier, as written.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }
}

/// A list that was published must hold what this client needs. A list that was not says nothing.
fn supports(object: &Object, field: &'static str, needed: &str) -> Result<(), Finding> {
    match object.optional_strings(field)? {
        Some(list) if !list.iter().any(|item| item == needed) => Err(Finding::unexpected(field, needed, list.join(" "))),
        _ => Ok(()),
    }
}

/// An authorization endpoint may have a query of its own, but not with our parameters in it: they would be there twice.
fn refuse_own_parameters(endpoint: &Url) -> Result<(), Finding> {
    match endpoint.query_pairs().find(|(name, _)| super::authorize::is_reserved(name)) {
        Some((name, _)) => Err(Finding::invalid("authorization_endpoint", format!("already carries the parameter {name}"))),
        None => Ok(()),
    }
}

/// Asks for the metadata of an issuer.
pub(crate) fn discovery_request(issuer: &str) -> HttpRequest {
    let issuer = issuer.strip_suffix('/').unwrap_or(issuer);
    HttpRequest { url: format!("{issuer}/.well-known/openid-configuration"), method: Method::Get(Freshness::CacheAllowed), proof: None }
}

/// Reads the answer. The issuer in it must be the configured one, letter by letter.
pub(crate) fn process_discovery_response(
    response: &HttpResponse,
    issuer: &str,
    transport: Transport,
    checks: Checking<'_>,
) -> Result<Metadata, Error> {
    if let Some(failure) = response.unavailable() {
        return Err(Error::Network(failure));
    }
    if response.status != 200 {
        return Err(Error::Discovery(Finding::unexpected("status", "200", response.status.to_string())));
    }
    if !response.is_json() {
        return Err(Error::Discovery(Finding::unexpected(
            "content-type",
            "application/json",
            response.content_type.as_deref().unwrap_or("none"),
        )));
    }
    let object = Object::parse(response.body.expose()).map_err(Error::Discovery)?;
    let found = object.required_str("issuer").map_err(Error::Discovery)?;
    checks.require("issuer", found == issuer, || Error::Discovery(Finding::unexpected("issuer", issuer, found)))?;
    let metadata = Metadata::from_object(&object, transport).map_err(Error::Discovery);
    checks.held("endpoints, S256, code", &metadata);
    metadata
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{
        checks::{Checks, Subject},
        secret::Body,
    };
    use serde_json::{Value, json};

    const ISSUER: &str = "https://as.example/tenant";

    fn document() -> Value {
        json!({
            "issuer": ISSUER, "authorization_endpoint": "https://as.example/authorize", "token_endpoint": "https://as.example/token",
            "jwks_uri": "https://as.example/keys", "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256"],
        })
    }

    fn process(document: &Value) -> Result<Metadata, Error> {
        respond(200, "application/json; charset=utf-8", &document.to_string())
    }

    fn respond(status: u16, mime: &str, body: &str) -> Result<Metadata, Error> {
        let response = HttpResponse { status, content_type: Some(mime.to_owned()), retry_after: None, body: Body::new(body) };
        process_discovery_response(&response, ISSUER, Transport::Secure, Checks::default().of(Subject::Metadata))
    }

    fn with(field: &str, value: Value) -> Value {
        let mut document = document();
        document[field] = value;
        document
    }

    #[test]
    fn di_02_one_trailing_slash_is_stripped() {
        for issuer in ["https://as.example/tenant", "https://as.example/tenant/"] {
            assert_eq!(discovery_request(issuer).url, "https://as.example/tenant/.well-known/openid-configuration");
        }
    }

    #[test]
    fn di_03_the_issuer_is_compared_letter_by_letter() {
        assert!(process(&document()).is_ok());
        for other in [format!("{ISSUER}INVALID"), format!("{ISSUER}/"), "https://AS.example/tenant".to_owned(), String::new()] {
            let error = process(&with("issuer", json!(other))).unwrap_err();
            assert!(error.code() == "discovery_issuer", "{error}");
        }
    }

    #[test]
    fn di_04_only_200_json_objects_without_duplicates() {
        let body = document().to_string();
        assert!(respond(201, "application/json", &body).is_err());
        assert!(respond(200, "text/html", &body).is_err());
        assert!(respond(200, "application/json", "[]").is_err());
        assert!(respond(200, "application/json", &body.replacen('{', r#"{"issuer":"https://evil.example","#, 1)).is_err());
        assert!(respond(503, "text/html", "").unwrap_err().is_transient());
    }

    #[test]
    fn di_05_required_endpoints_are_there_and_https() {
        for field in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
            for bad in [
                Value::Null,
                json!("http://as.example/x"),
                json!("javascript:alert(1)"),
                json!("/x"),
                json!("https://as.example/#x"),
                json!(1),
            ] {
                let error = process(&with(field, bad.clone())).unwrap_err();
                assert!(error.to_string().contains(field), "{field} {bad}: {error}");
            }
        }
        assert!(
            process(&{
                let mut d = document();
                d.as_object_mut().unwrap().remove("response_types_supported");
                d
            })
            .is_ok()
        );
    }

    #[test]
    fn di_06_code_and_its_grant_must_be_supported_where_published() {
        assert!(process(&with("response_types_supported", json!(["token"]))).is_err());
        assert!(process(&with("grant_types_supported", json!(["implicit"]))).is_err());
    }

    #[test]
    fn ar_05_published_methods_must_hold_s256() {
        assert!(process(&with("code_challenge_methods_supported", json!(["plain"]))).is_err());
    }

    #[test]
    fn di_07_an_unusable_optional_endpoint_switches_its_feature_off() {
        for bad in [json!("javascript:alert(1)"), json!("http://as.example/logout"), json!(7)] {
            assert_eq!(process(&with("end_session_endpoint", bad)).unwrap().end_session_endpoint, None);
        }
        assert!(process(&with("end_session_endpoint", json!("https://as.example/logout"))).unwrap().end_session_endpoint.is_some());
    }

    #[test]
    fn ar_23_the_authorization_endpoint_keeps_its_query_but_not_our_parameters() {
        assert!(process(&with("authorization_endpoint", json!("https://as.example/authorize?tenant=a"))).is_ok());
        assert!(process(&with("authorization_endpoint", json!("https://as.example/authorize?state=evil"))).is_err());
    }
}
