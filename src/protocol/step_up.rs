//! An API that wants a stronger or a newer sign-in ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)). It may ask for one only where the configuration
//! lets it, and nothing happens behind the person's back: the app is told, and the person decides.

use super::{
    api,
    authorize::SignInOptions,
    challenge::{self, Challenge},
    config::Config,
    error::{Error, Finding, StepUpFailure},
    extension::{Extension as _, StepUp},
    redirect_log::RedirectLog,
    session::Session,
    time::UnixTime,
};
use std::time::Duration;

/// What an API demands, for [`SignInOptions::step_up`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepUpChallenge {
    /// The ways of signing in that will do, the best liked first. Empty if any will.
    pub acr_values: Vec<String>,
    /// How many seconds ago the person may have signed in, if that matters.
    pub max_age: Option<u64>,
    extension: StepUp,
}

impl SignInOptions {
    /// The sign-in that an API demands. The session is kept until there is a better one.
    #[must_use]
    pub fn step_up(challenge: &StepUpChallenge) -> Self {
        Self { acr_values: challenge.acr_values.clone(), max_age: challenge.max_age, keeps_session: true, ..Self::default() }
    }
}

/// The error code by which an API asks.
const INSUFFICIENT: &str = "insufficient_user_authentication";

/// The error code by which a provider says that it cannot ([OpenID Connect Unmet Authentication Requirements](https://openid.net/specs/openid-connect-unmet-authentication-requirements-1_0.html)).
const UNMET: &str = "unmet_authentication_requirements";

/// Nobody means a longer time than a year.
const LONGEST: u64 = 366 * 24 * 3600;

/// A sign-in is taken for one of this moment for so long: ten seconds, for the way back and the call.
const MOMENT: Duration = Duration::from_secs(10);

/// What the `WWW-Authenticate` headers of an API's 401 demand of the person, if they do, and if the API may.
pub(crate) fn demanded(
    address: &str,
    header: &str,
    session: Option<&Session>,
    redirects: &RedirectLog,
    now: UnixTime,
    config: &Config,
) -> Result<Option<StepUpChallenge>, StepUpFailure> {
    let (true, Some(session)) = (api::may_step_up(address, config), session) else { return Ok(None) };
    let Some(challenge) = read(header).map_err(StepUpFailure::Malformed)? else { return Ok(None) };
    if challenge.is_met_by(session, now, config) {
        return Err(StepUpFailure::Loop);
    }
    if redirects.is_full(now) {
        return Err(StepUpFailure::TooOften);
    }
    Ok(Some(challenge))
}

/// The one demand among all challenges. A header that is malformed is one of ours if it says so.
pub(super) fn read(header: &str) -> Result<Option<StepUpChallenge>, Finding> {
    let Some(extension) = StepUp::BUILT else { return Ok(None) };
    let challenges = match challenge::parse(header) {
        Ok(challenges) => challenges,
        Err(finding) if header.to_ascii_lowercase().contains(INSUFFICIENT) => return Err(finding),
        Err(_) => return Ok(None),
    };
    let is_ours = |challenge: &&Challenge| {
        matches!(challenge.scheme.as_str(), "bearer" | "dpop") && challenge.get("error").is_some_and(|error| error == INSUFFICIENT)
    };
    let mut demands = challenges.iter().filter(is_ours).map(|challenge| StepUpChallenge::read(challenge, extension));
    let Some(first) = demands.next().transpose()? else { return Ok(None) };
    for other in demands {
        if other? != first {
            return Err(Finding::invalid("www-authenticate", "demands two things"));
        }
    }
    Ok(Some(first))
}

impl StepUpChallenge {
    fn read(challenge: &Challenge, extension: StepUp) -> Result<Self, Finding> {
        let acr_values: Vec<String> = challenge.get("acr_values").unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect();
        if acr_values.iter().any(|acr| acr == "0" || !acr.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(Finding::invalid("acr_values", "has a value that no sign-in can have"));
        }
        let max_age = challenge.get("max_age").map(seconds).transpose()?;
        if acr_values.is_empty() && max_age.is_none() {
            // Whether a sign-in is good enough could not be told, and it would be asked for again and again.
            return Err(Finding::missing("acr_values"));
        }
        Ok(Self { acr_values, max_age, extension })
    }

    /// Whether the session is such a sign-in already, as its ID token says. In doubt it is not: the clocks may differ by the skew.
    fn is_met_by(&self, session: &Session, now: UnixTime, config: &Config) -> bool {
        let acr = session.claims.all.optional_str("acr").ok().flatten();
        let is_strong = self.acr_values.is_empty() || acr.is_some_and(|acr| self.acr_values.iter().any(|wanted| wanted == acr));
        let is_new = self.max_age.is_none_or(|max_age| {
            let certainly = Duration::from_secs(max_age).saturating_sub(config.clock_skew).max(MOMENT);
            session.claims.auth_time.is_some_and(|auth_time| now.since(auth_time) <= certainly)
        });
        is_strong && is_new
    }
}

/// A non-negative integer, in digits alone.
fn seconds(text: &str) -> Result<u64, Finding> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|seconds| is_number && *seconds <= LONGEST);
    number.ok_or_else(|| Finding::unexpected("max_age", "a number of seconds, a year at most", text))
}

/// What went wrong on the way of a step-up, where it is that the provider did not do it.
pub(crate) fn failure(error: Error) -> Error {
    match error {
        Error::IdToken(finding) if matches!(&*finding.field, "acr" | "auth_time") => Error::StepUp(StepUpFailure::Unmet(finding)),
        error => unmet(error),
    }
}

/// A provider's own word that it cannot sign the person in as was demanded.
pub(crate) fn unmet(error: Error) -> Error {
    match error {
        Error::Authorization(answer) if answer.code == UNMET => Error::StepUp(StepUpFailure::Unmet(Finding::invalid("error", UNMET))),
        error => error,
    }
}

#[cfg(test)]
#[path = "step_up_tests.rs"]
mod tests;
