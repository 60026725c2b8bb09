//! Access-token validation, only where a provider's guide asks for it.
//!
//! An access token is meant for the API: clients are told not to look inside ([RFC 9068 §6](https://www.rfc-editor.org/rfc/rfc9068#section-6)).
//! Scalekit's guide for single-page apps asks for signature, `iss`, `aud`, `exp` and `iat`, and puts roles and permissions there. Where the configuration
//! does not say that this is enough (`access_token_compat`), the whole of [RFC 9068 §2.2](https://www.rfc-editor.org/rfc/rfc9068#section-2.2) is asked for.
//! What is read is for display: the API decides for itself what a person may do.

use super::{
    checks::Subject,
    error::Finding,
    id_token::{self, Expectation, IdClaims},
    json::Object,
    jwt::Unverified,
    time::UnixTime,
};
use std::time::Duration;

/// Claims of an access token that passed every check.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AccessClaims {
    pub(crate) all: Object,
}

impl AccessClaims {
    /// How long the token lives from this moment, or else from its `iat`, by the `exp` that was checked.
    pub(crate) fn life(&self, from: Option<UnixTime>) -> Option<Duration> {
        let time = |claim| self.all.optional_number(claim).ok().flatten().and_then(UnixTime::from_numeric_date);
        Some(time("exp")?.since(from.or_else(|| time("iat"))?))
    }
}

/// Checks issuer, audience, times, and that the token speaks of the same person, session and organisation as the ID token.
pub(crate) fn validate(
    token: Unverified,
    (audiences, compat): (&[String], bool),
    expectation: &Expectation<'_>,
    id: &IdClaims,
) -> Result<AccessClaims, Finding> {
    let claims = &token.claims;
    let checks = expectation.checks.of(Subject::AccessToken);
    let issuer = claims.required_str("iss")?;
    checks.require("iss", issuer == expectation.issuer, || Finding::unexpected("iss", expectation.issuer, issuer))?;
    let found = claims.one_or_many("aud")?.ok_or_else(|| Finding::missing("aud"))?;
    let is_ours = found.iter().any(|audience| (compat && audience == expectation.client_id) || audiences.contains(audience));
    let expected = || if compat { expectation.client_id.to_owned() } else { audiences.join(" or ") };
    checks.require("aud", is_ours, || Finding::unexpected("aud", expected(), found.join(" ")))?;
    id_token::times(claims, expectation, checks)?;
    if !compat {
        for claim in ["sub", "client_id", "jti"] {
            checks.hold(claim, claims.required_str(claim))?;
        }
    }
    if let Some(client) = claims.optional_str("client_id")? {
        let expected = expectation.client_id;
        checks.require("client_id", client == expected, || Finding::unexpected("client_id", expected, client))?;
    }
    for claim in ["sub", "sid", "oid"] {
        if let (Some(access), Some(identity)) = (claims.optional_str(claim)?, id.all.optional_str(claim)?) {
            let finding = || Finding::invalid(claim, "the access token and the ID token speak of different ones");
            checks.require(claim, access == identity, finding)?;
        }
    }
    Ok(AccessClaims { all: token.claims })
}

#[cfg(test)]
#[path = "access_token_tests.rs"]
mod tests;
