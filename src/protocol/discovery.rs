//! Provider metadata ([OpenID Connect Discovery 1.0](https://openid.net/specs/openid-connect-discovery-1_0.html),
//! [RFC 8414](https://www.rfc-editor.org/rfc/rfc8414)): given by hand, derived by a preset, or fetched.

use super::{
    address::{self, Transport},
    callback::ResponseMode,
    checks::Checking,
    config::Config,
    dpop,
    error::{Error, Finding},
    extension,
    http::{Freshness, HttpRequest, HttpResponse},
    json::Object,
    jwt::Algorithm,
    pins,
};
use url::Url;

/// Under which well-known name an issuer's metadata are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WellKnown {
    /// `openid-configuration`, behind the issuer.
    OpenId,
    /// `oauth-authorization-server`, between its host and its path.
    OAuth,
}

/// What is known of a provider. Member names are those of the discovery document.
#[derive(Clone, Debug, PartialEq)]
pub struct Metadata {
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: Url,
    pub(crate) token_endpoint: Url,
    pub(crate) jwks_uri: Url,
    pub(crate) end_session_endpoint: Option<Url>,
    pub(crate) check_session_iframe: Option<Url>,
    pub(crate) userinfo_endpoint: Option<Url>,
    /// Where authorization requests are pushed to; after [`pushing`](Self::pushing) only if they are.
    pub(crate) par_endpoint: Option<Url>,
    /// Whether it takes no request that was not pushed.
    pub(crate) requires_par: bool,
    pub(crate) revocation_endpoint: Option<Url>,
    pub(crate) algorithms: Option<Vec<Algorithm>>,
    /// Whether it says that it understands PKCE: some do and do not say so.
    pub(crate) advertises_pkce: bool,
    pub(crate) sends_issuer: bool,
    /// Whether it says that it answers in the fragment, too.
    pub(crate) offers_fragment: bool,
    /// Whether it publishes how proofs may be signed, and not in the way in which they are here.
    pub(crate) refuses_proofs: bool,
    /// Of [`REQUIRED_LISTS`], those that it does not publish.
    pub(crate) unpublished: [bool; 3],
}

/// What a provider must say of itself ([Discovery §3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata)). Of what it does not
/// say nothing depends here.
const REQUIRED_LISTS: [&str; 3] = ["response_types_supported", "subject_types_supported", "id_token_signing_alg_values_supported"];

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
            userinfo_endpoint: optional("userinfo_endpoint"),
            par_endpoint: optional(PAR_ENDPOINT),
            requires_par: object.optional_bool(REQUIRE_PAR)?.unwrap_or(false),
            revocation_endpoint: optional("revocation_endpoint"),
            algorithms: object
                .optional_strings("id_token_signing_alg_values_supported")?
                .map(|names| names.iter().filter_map(|name| Algorithm::from_name(name)).collect()),
            advertises_pkce: supports(object, "code_challenge_methods_supported", super::pkce::METHOD)?,
            sends_issuer: object.optional_bool("authorization_response_iss_parameter_supported")?.unwrap_or(false),
            offers_fragment: object
                .optional_strings("response_modes_supported")?
                .is_some_and(|modes| modes.iter().any(|mode| mode == "fragment")),
            refuses_proofs: match object.optional_strings("dpop_signing_alg_values_supported") {
                Ok(names) => names.is_some_and(|names| !names.iter().any(|name| name == dpop::ALGORITHM)),
                Err(_) => true,
            },
            unpublished: REQUIRED_LISTS.map(|list| !object.has(list)),
        };
        supports(object, "response_types_supported", "code")?;
        supports(object, "grant_types_supported", "authorization_code")?;
        Ok(metadata)
    }

    /// Decides whether requests are pushed: if the provider or the app (`wanted`) says so. Then there must be a place for it, because nothing else is done
    /// instead ([RFC 9126 §5](https://www.rfc-editor.org/rfc/rfc9126#section-5)).
    pub(crate) fn pushing(self, wanted: bool) -> Result<Self, Finding> {
        let pushes = wanted || self.requires_par;
        if self.requires_par {
            extension::for_field::<extension::Par>(REQUIRE_PAR)?;
        }
        if pushes && self.par_endpoint.is_none() {
            return Err(Finding::missing(PAR_ENDPOINT));
        }
        Ok(Self { par_endpoint: self.par_endpoint.filter(|_| pushes), ..self })
    }

    /// How a hidden frame and a window are answered: they come to the relay page, which is found in the cache if the answer is no part of its address.
    pub(crate) const fn relayed_response_mode(&self) -> ResponseMode {
        if self.offers_fragment { ResponseMode::Fragment } else { ResponseMode::Query }
    }

    /// The lists that every provider has to publish, and this one does not.
    pub(crate) fn unpublished(&self) -> impl Iterator<Item = &'static str> {
        REQUIRED_LISTS.into_iter().zip(self.unpublished).filter_map(|(list, is_missing)| is_missing.then_some(list))
    }

    /// The issuer identifier, as written.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }
}

/// The one optional endpoint that may turn out to be needed.
const PAR_ENDPOINT: &str = "pushed_authorization_request_endpoint";

/// By this a provider says that it takes no request that was not pushed.
const REQUIRE_PAR: &str = "require_pushed_authorization_requests";

/// Whether a list was published. One that was must hold what this client needs; one that was not says nothing.
fn supports(object: &Object, field: &'static str, needed: &str) -> Result<bool, Finding> {
    match object.optional_strings(field)? {
        Some(list) if !list.iter().any(|item| item == needed) => Err(Finding::unexpected(field, needed, list.join(" "))),
        list => Ok(list.is_some()),
    }
}

/// An authorization endpoint may have a query of its own, but not with our parameters in it: they would be there twice.
fn refuse_own_parameters(endpoint: &Url) -> Result<(), Finding> {
    match endpoint.query_pairs().find(|(name, _)| super::authorize::is_reserved(name)) {
        Some((name, _)) => Err(Finding::invalid("authorization_endpoint", format!("already carries the parameter {name}"))),
        None => Ok(()),
    }
}

/// Asks for the metadata of an issuer ([Discovery §4.1](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationRequest),
/// [RFC 8414 §3.1](https://www.rfc-editor.org/rfc/rfc8414#section-3.1)).
pub(crate) fn discovery_request(issuer: &str, well_known: WellKnown, freshness: Freshness) -> HttpRequest {
    let issuer = issuer.strip_suffix('/').unwrap_or(issuer);
    let url = match well_known {
        WellKnown::OpenId => format!("{issuer}/.well-known/openid-configuration"),
        WellKnown::OAuth => {
            let path = issuer.match_indices('/').nth(2).map_or(issuer.len(), |(place, _)| place);
            format!("{}/.well-known/oauth-authorization-server{}", &issuer[..path], &issuer[path..])
        }
    };
    HttpRequest::get(url, freshness)
}

/// Reads the answer. The issuer in it must be the configured one, letter by letter.
pub(crate) fn process_discovery_response(response: &HttpResponse, config: &Config, checks: Checking<'_>) -> Result<Metadata, Error> {
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
    let (issuer, found) = (config.issuer(), object.required_str("issuer").map_err(Error::Discovery)?);
    checks.require("issuer", found == issuer, || Error::Discovery(Finding::unexpected("issuer", issuer, found)))?;
    let metadata = Metadata::from_object(&object, config.transport());
    let metadata = metadata.and_then(|metadata| pins::hold(metadata, &config.endpoint_origins)).map_err(Error::Discovery);
    checks.held("endpoints, code", &metadata);
    if let Ok(Metadata { advertises_pkce: true, .. }) = metadata {
        checks.held("S256, as published", &metadata);
    }
    metadata
}

#[cfg(test)]
#[path = "discovery_tests.rs"]
mod tests;
