//! Providers known by name.

use super::{address, address::Transport, discovery::Metadata, error::Finding, jwt::Algorithm};

/// Scalekit: every endpoint follows from the environment's address, so nothing has to be discovered (its discovery document
/// cannot be counted on to be readable from a browser). Only RS256 is signed with, and no `iss` comes with the response.
pub(crate) fn scalekit(env_url: &str, issuer: Option<&str>, transport: Transport) -> Result<Metadata, Finding> {
    let base = env_url.trim_end_matches('/');
    address::issuer("env_url", base, transport)?;
    let at = |path: &str| address::endpoint("env_url", &format!("{base}{path}"), transport);
    Ok(Metadata {
        issuer: issuer.map_or_else(|| Ok(base.to_owned()), |text| address::issuer("issuer", text, transport))?,
        authorization_endpoint: at("/oauth/authorize")?,
        token_endpoint: at("/oauth/token")?,
        jwks_uri: at("/keys")?,
        end_session_endpoint: Some(at("/oidc/logout")?),
        check_session_iframe: None,
        userinfo_endpoint: Some(at("/userinfo")?),
        par_endpoint: None,
        requires_par: false,
        revocation_endpoint: Some(at("/revoke")?),
        algorithms: Some(vec![Algorithm::Rs256]),
        advertises_pkce: true,
        sends_issuer: false,
        offers_fragment: false,
        refuses_proofs: false,
        unpublished: [false; 3],
    })
}

/// The scopes that Scalekit's guide asks for.
pub(crate) const SCALEKIT_SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];
