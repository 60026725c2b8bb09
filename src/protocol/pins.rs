//! Origins that the provider's endpoints must have, where the configuration lists them: metadata that lead elsewhere are then refused, whoever wrote them.

use super::{
    address::{self, Transport},
    discovery::Metadata,
    error::Finding,
    json::Object,
};
use url::Url;

const FIELD: &str = "endpoint_origins";

/// Reads the list. None means that every origin will do.
pub(super) fn read(object: &Object, transport: Transport) -> Result<Vec<String>, Finding> {
    let Some(texts) = object.optional_strings(FIELD)? else { return Ok(Vec::new()) };
    if texts.is_empty() {
        return Err(Finding::invalid(FIELD, "an empty list would refuse every provider"));
    }
    let origin = |text: &String| {
        let url = address::endpoint(FIELD, text, transport)?;
        let is_bare = url.path() == "/" && url.query().is_none();
        is_bare.then(|| address::origin(&url)).ok_or_else(|| Finding::unexpected(FIELD, "origins such as https://id.example.com", text))
    };
    texts.iter().map(origin).collect()
}

/// Holds metadata to the list. An optional endpoint that is elsewhere is left out.
pub(super) fn hold(metadata: Metadata, origins: &[String]) -> Result<Metadata, Finding> {
    let is_listed = |url: &Url| origins.is_empty() || origins.contains(&address::origin(url));
    for (field, url) in [
        ("authorization_endpoint", &metadata.authorization_endpoint),
        ("token_endpoint", &metadata.token_endpoint),
        ("jwks_uri", &metadata.jwks_uri),
    ] {
        if !is_listed(url) {
            return Err(Finding::unexpected(field, format!("an address at {}", origins.join(" or ")), address::origin(url)));
        }
    }
    Ok(Metadata {
        end_session_endpoint: metadata.end_session_endpoint.filter(is_listed),
        check_session_iframe: metadata.check_session_iframe.filter(is_listed),
        par_endpoint: metadata.par_endpoint.filter(is_listed),
        revocation_endpoint: metadata.revocation_endpoint.filter(is_listed),
        userinfo_endpoint: metadata.userinfo_endpoint.filter(is_listed),
        ..metadata
    })
}
