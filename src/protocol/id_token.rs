//! ID token validation: every step of [OpenID Connect Core §3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation),
//! and for tokens from a refresh also [§12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse).
//!
//! The signature comes first ([`super::attempt`] asks for it); what is here looks at claims that are already known to be the issuer's.

use super::{
    checks::{Checking, Checks, Subject},
    error::Finding,
    hash_claim,
    json::Object,
    jwt::{Algorithm, Unverified},
    secret::Nonce,
    time::UnixTime,
    transaction::Asked,
};
use std::{fmt, time::Duration};

/// What the claims are held against.
#[derive(Debug)]
pub(crate) struct Expectation<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) trusted_audiences: &'a [String],
    pub(crate) skew: Duration,
    pub(crate) now: UnixTime,
    pub(crate) access_token: &'a str,
    /// Where it is written down what was checked.
    pub(crate) checks: &'a Checks,
    pub(crate) origin: Origin<'a>,
}

/// How the token was come by.
#[derive(Debug)]
pub(crate) enum Origin<'a> {
    /// A code was redeemed.
    Code {
        /// The nonce that was sent.
        nonce: &'a Nonce,
        /// The hash input of `c_hash`.
        code: &'a str,
        /// When the authorization request was made, and what it demanded.
        asked: &'a Asked,
    },
    /// A refresh token was used.
    Refresh {
        /// The claims of the ID token before.
        original: &'a IdClaims,
        /// The nonce of the session's first request.
        nonce: &'a Nonce,
    },
}

/// Claims of a token that passed every check. Only [`validate`] makes them.
#[derive(Clone, PartialEq)]
pub(crate) struct IdClaims {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) issued_at: UnixTime,
    pub(crate) auth_time: Option<UnixTime>,
    /// When it was checked, by the clock of the device.
    pub(crate) checked_at: UnixTime,
    pub(crate) all: Object,
}

impl fmt::Debug for IdClaims {
    // The nonce is among the claims, and whatever else a provider puts there about a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdClaims").field("issuer", &self.issuer).field("issued_at", &self.issued_at).finish_non_exhaustive()
    }
}

/// A fresh login's token may be this old: ten minutes.
const MAX_AGE_AT_LOGIN: Duration = Duration::from_secs(600);

/// Two that come within a minute may have been issued in one second, or by clocks that differ.
const ONE_MOMENT: Duration = Duration::from_secs(60);

/// Checks every claim. The first that is not acceptable refuses the whole token.
pub(crate) fn validate(token: Unverified, expectation: &Expectation<'_>) -> Result<IdClaims, Finding> {
    let claims = &token.claims;
    let checks = expectation.checks.of(Subject::IdToken);
    let issuer = exact(claims, "iss", expectation.issuer, checks)?.to_owned();
    checks.hold("aud", audience(claims, expectation))?;
    if claims.has("azp") {
        exact(claims, "azp", expectation.client_id, checks)?;
    }
    checks.require("no logout token", !claims.has("events"), || Finding::invalid("events", "this is a logout token"))?;
    let subject = claims.required_str("sub")?;
    let is_subject = subject.len() <= 255 && subject.is_ascii();
    checks.require("sub", is_subject, || Finding::invalid("sub", "longer than 255 ASCII characters"))?;
    let subject = subject.to_owned();
    hashes(claims, token.algorithm, expectation)?;
    let auth_time = optional_time(claims, "auth_time")?;
    match &expectation.origin {
        Origin::Code { nonce, .. } => {
            let found = claims.required_str("nonce")?;
            checks.require("nonce", nonce.matches(found), || Finding::invalid("nonce", "not the one that was sent"))?;
        }
        Origin::Refresh { original, nonce } => {
            checks.hold("the same sub, iss, aud, auth_time and nonce", continuity(claims, auth_time, original, nonce))?;
        }
    }
    // Times come last: of a token that is right in all else, a wrong time says that a clock is wrong.
    let issued_at = times(claims, expectation, checks)?;
    match &expectation.origin {
        Origin::Code { asked, .. } => {
            let (age, allowed) = (expectation.now.since(issued_at), MAX_AGE_AT_LOGIN + expectation.skew);
            checks.require("iat, not old", age <= allowed, || Finding::clock("iat", "lies behind", age, allowed))?;
            authentication_age(auth_time, asked, expectation)?;
            authentication_class(claims, &asked.acr_values, checks)?;
        }
        Origin::Refresh { original, .. } => {
            let is_later = issued_at.plus(expectation.skew) >= original.issued_at;
            let finding = || Finding::invalid("iat", "earlier than that of the ID token before");
            checks.require("iat, not before the last", is_later, finding)?;
            let is_new = issued_at > original.issued_at || expectation.now.since(original.checked_at) <= ONE_MOMENT;
            let finding = || Finding::invalid("iat", "not new: it is that of the ID token before");
            checks.require("iat, new", is_new, finding)?;
        }
    }
    Ok(IdClaims { issuer, subject, issued_at, auth_time, checked_at: expectation.now, all: token.claims })
}

/// A string claim that must be this one, letter by letter.
pub(crate) fn exact<'a>(claims: &'a Object, claim: &'static str, expected: &str, checks: Checking<'_>) -> Result<&'a str, Finding> {
    let found = claims.required_str(claim)?;
    checks.require(claim, found == expected, || Finding::unexpected(claim, expected, found))?;
    Ok(found)
}

/// The audience holds this client, and nobody who is not trusted.
fn audience(claims: &Object, expectation: &Expectation<'_>) -> Result<(), Finding> {
    let audiences = claims.one_or_many("aud")?.ok_or_else(|| Finding::missing("aud"))?;
    if !audiences.iter().any(|audience| audience == expectation.client_id) {
        return Err(Finding::unexpected("aud", expectation.client_id, audiences.join(" ")));
    }
    let known = |audience: &String| audience == expectation.client_id || expectation.trusted_audiences.contains(audience);
    match audiences.iter().find(|audience| !known(audience)) {
        Some(other) => Err(Finding::unexpected("aud", format!("nobody beside {}", expectation.client_id), other)),
        None => Ok(()),
    }
}

/// `exp`, `iat` and `nbf` against the clock. Returns `iat`.
pub(crate) fn times(claims: &Object, expectation: &Expectation<'_>, checks: Checking<'_>) -> Result<UnixTime, Finding> {
    let (now, skew) = (expectation.now, expectation.skew);
    let expires = required_time(claims, "exp")?;
    let issued_at = required_time(claims, "iat")?;
    let apart = |claim: &'static str, what: &'static str, by: Duration| Finding::clock(claim, what, by, skew);
    checks.require("exp", now < expires.plus(skew), || apart("exp", "passed", now.since(expires)))?;
    checks.require("iat", issued_at <= now.plus(skew), || apart("iat", "lies ahead", issued_at.since(now)))?;
    checks.require("exp after iat", expires > issued_at, || Finding::invalid("exp", "not later than iat"))?;
    if let Some(not_before) = optional_time(claims, "nbf")? {
        checks.require("nbf", not_before <= now.plus(skew), || apart("nbf", "lies ahead", not_before.since(now)))?;
    }
    Ok(issued_at)
}

/// `at_hash` and `c_hash`, where the provider sends them.
fn hashes(claims: &Object, algorithm: Algorithm, expectation: &Expectation<'_>) -> Result<(), Finding> {
    let checks = expectation.checks.of(Subject::IdToken);
    let check = |claim: &'static str, value: &str| match claims.optional_str(claim)? {
        Some(found) => {
            let is_its_own = found == hash_claim::left_half(algorithm, value);
            checks.require(claim, is_its_own, || Finding::invalid(claim, "belongs to another value"))
        }
        None => Ok(()),
    };
    check("at_hash", expectation.access_token)?;
    match &expectation.origin {
        Origin::Code { code, .. } => check("c_hash", code),
        Origin::Refresh { .. } => Ok(()),
    }
}

/// A `max_age` that was sent must have been kept. 0 means a sign-in of its own, as `prompt=login` does
/// ([§3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)): however long it took, it came after the request.
fn authentication_age(auth_time: Option<UnixTime>, asked: &Asked, expectation: &Expectation<'_>) -> Result<(), Finding> {
    let Some(max_age) = asked.max_age else { return Ok(()) };
    let (now, skew, checks) = (expectation.now, expectation.skew, expectation.checks.of(Subject::IdToken));
    let auth_time = auth_time.ok_or_else(|| Finding::missing("auth_time"))?;
    checks.require("auth_time, not ahead", auth_time <= now.plus(skew), || Finding::invalid("auth_time", "lies ahead"))?;
    let ago = |point: UnixTime| format!("{} s", point.since(auth_time).as_secs());
    if max_age == 0 {
        let finding = || Finding::unexpected("auth_time", "after the request", format!("{} before it", ago(asked.begun)));
        return checks.require("auth_time, after the request", auth_time.plus(skew) >= asked.begun, finding);
    }
    let is_kept = auth_time.plus(Duration::from_secs(max_age)).plus(skew) >= now;
    let finding = || Finding::unexpected("auth_time", format!("at most {max_age} s ago"), ago(now));
    checks.require("auth_time, within max_age", is_kept, finding)
}

/// Where it matters how somebody signed in, it must be one of the ways that will do. `0` says that nothing is known of it.
fn authentication_class(claims: &Object, accepted: &[String], checks: Checking<'_>) -> Result<(), Finding> {
    if accepted.is_empty() {
        return Ok(());
    }
    let found = claims.required_str("acr")?;
    let will_do = found != "0" && accepted.iter().any(|acr| acr == found);
    checks.require("acr", will_do, || Finding::unexpected("acr", accepted.join(" or "), found))
}

/// A refreshed token speaks of the same person, to the same client, of the same sign-in.
fn continuity(claims: &Object, auth_time: Option<UnixTime>, original: &IdClaims, nonce: &Nonce) -> Result<(), Finding> {
    for (claim, expected) in [("sub", &original.subject), ("iss", &original.issuer)] {
        let found = claims.required_str(claim)?;
        if found != expected {
            return Err(Finding::unexpected(claim, expected, found));
        }
    }
    if claims.one_or_many("aud")? != original.all.one_or_many("aud")? {
        return Err(Finding::invalid("aud", "not the audience of the first ID token"));
    }
    if let (Some(now), Some(then)) = (auth_time, original.auth_time)
        && now != then
    {
        return Err(Finding::invalid("auth_time", "not that of the first ID token"));
    }
    match claims.optional_str("nonce")? {
        Some(found) if !nonce.matches(found) => Err(Finding::invalid("nonce", "not that of the first ID token")),
        _ => Ok(()),
    }
}

fn required_time(claims: &Object, claim: &'static str) -> Result<UnixTime, Finding> {
    optional_time(claims, claim)?.ok_or_else(|| Finding::missing(claim))
}

pub(crate) fn optional_time(claims: &Object, claim: &'static str) -> Result<Option<UnixTime>, Finding> {
    match claims.optional_number(claim)? {
        None => Ok(None),
        Some(seconds) => UnixTime::from_numeric_date(seconds).map(Some).ok_or_else(|| Finding::invalid(claim, "not a point in time")),
    }
}

#[cfg(test)]
#[path = "id_token_rules.rs"]
mod rules;
#[cfg(test)]
#[path = "id_token_tests.rs"]
mod tests;
