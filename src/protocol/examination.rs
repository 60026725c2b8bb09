//! Why a hidden frame did not answer. A browser tells a script nothing about a page of another site, so after the time has run out the
//! surroundings are looked at, and the cause is what is left.

use super::{
    config::Config,
    error::{Error, NetworkFailure, SilentFailure},
    policy::{ANCESTORS, Policy},
    secret::Body,
};
use url::Url;

/// What was found where the relay page should be.
#[derive(Clone, Debug)]
pub struct RelayPage {
    /// The status it is answered with.
    pub status: u16,
    /// Its text.
    pub body: Body,
    /// Its `X-Frame-Options`.
    pub frame_options: Option<String>,
    /// Its `Content-Security-Policy`.
    pub policy: Option<String>,
}

/// How the provider answers a silent request that is made without cookies, outside of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manners {
    /// It redirects to the relay page, as it should.
    Redirects,
    /// It shows a page.
    ShowsPage,
    /// It does not answer.
    Silent,
}

/// Everything that was found.
#[derive(Debug)]
pub struct Evidence {
    /// The relay page, or why it could not be had.
    pub relay: Result<RelayPage, NetworkFailure>,
    /// The provider.
    pub provider: Manners,
    /// Whether the app is cross-origin isolated.
    pub isolated: bool,
}

/// By this a relay page is known; anything that is answered instead of it does not have it.
const MARK: &str = r#"name="hushkey-relay""#;

/// The most likely cause. `loaded`: the frame came to rest on some page.
pub(crate) fn cause(evidence: &Evidence, loaded: bool, config: &Config) -> Error {
    let silent = Error::Silent;
    // An isolated app is not told even that the provider redirects; and a provider that is down would have kept back its keys, too.
    if evidence.provider == Manners::Silent && !evidence.isolated {
        return Error::Network(match evidence.relay {
            Err(NetworkFailure::Offline) => NetworkFailure::Offline,
            _ => NetworkFailure::Unreachable,
        });
    }
    match &evidence.relay {
        Err(NetworkFailure::Offline) => return Error::Network(NetworkFailure::Offline),
        // Every other page of the app came from there, so this one is answered in a way that is not followed: with a redirect.
        Err(_) => return silent(SilentFailure::RelayWrong),
        Ok(relay) => {
            if let Some(failure) = fault_of(relay, config) {
                return silent(failure);
            }
        }
    }
    match (evidence.provider, loaded) {
        (Manners::ShowsPage, _) => silent(SilentFailure::Unregistered),
        (_, _) if evidence.isolated => silent(SilentFailure::Isolated),
        (_, true) => silent(SilentFailure::PageShown),
        (_, false) => silent(SilentFailure::Slow),
    }
}

/// What keeps this from being the relay page, if anything does.
pub(crate) fn fault_of(relay: &RelayPage, config: &Config) -> Option<SilentFailure> {
    if relay.status != 200 {
        return Some(SilentFailure::RelayMissing(relay.status));
    }
    if !relay.body.expose().contains(MARK) {
        return Some(SilentFailure::RelayWrong);
    }
    refuses_framing(relay, &config.app).map(SilentFailure::RelayFraming)
}

/// The header that keeps the relay page out of frames of its own origin, if one does
/// ([CSP3 §6.4.2](https://www.w3.org/TR/CSP3/#directive-frame-ancestors): where `frame-ancestors` stands, `X-Frame-Options` does not count).
fn refuses_framing(relay: &RelayPage, app: &Url) -> Option<&'static str> {
    let policy = Policy::parse(relay.policy.as_deref().unwrap_or_default());
    if policy.has(ANCESTORS) {
        return (!policy.allows(ANCESTORS, app, app)).then_some("a Content-Security-Policy (frame-ancestors)");
    }
    let options = relay.frame_options.as_deref()?.trim();
    options.eq_ignore_ascii_case("deny").then_some("an X-Frame-Options")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<meta name="hushkey-relay">"#;

    fn relay() -> RelayPage {
        RelayPage { status: 200, body: Body::new(PAGE), frame_options: None, policy: None }
    }

    fn found(relay: Result<RelayPage, NetworkFailure>, provider: Manners, isolated: bool, loaded: bool) -> Error {
        let config = Config::from_json(r#"{"issuer":"https://as.example","client_id":"c"}"#, "https://app.example").unwrap();
        cause(&Evidence { relay, provider, isolated }, loaded, &config)
    }

    #[test]
    fn si_11_every_silence_has_a_cause_with_a_name() {
        use Manners::{Redirects, ShowsPage, Silent};
        let with = |change: fn(&mut RelayPage)| {
            let mut page = relay();
            change(&mut page);
            Ok(page)
        };
        let policy = |text: &str| Ok(RelayPage { policy: Some(text.to_owned()), ..relay() });
        for (relay, provider, isolated, loaded, code) in [
            (Ok(relay()), Redirects, false, false, "silent_slow"),
            (Ok(relay()), Redirects, false, true, "silent_page_shown"),
            (Ok(relay()), ShowsPage, false, true, "silent_unregistered"),
            (Ok(relay()), Silent, false, false, "network_unreachable"),
            (Err(NetworkFailure::Offline), Silent, false, true, "network_offline"),
            (Err(NetworkFailure::Offline), Redirects, false, true, "network_offline"),
            (Err(NetworkFailure::Unreachable), Redirects, false, true, "silent_relay_wrong"),
            (with(|page| page.status = 404), Redirects, false, true, "silent_relay_missing"),
            (with(|page| page.body = Body::new("<div id=app>")), Redirects, false, true, "silent_relay_wrong"),
            (with(|page| page.frame_options = Some("Deny".into())), Redirects, false, true, "silent_relay_framing"),
            (with(|page| page.frame_options = Some("SAMEORIGIN".into())), Redirects, true, true, "silent_isolated"),
            (Ok(relay()), Silent, true, false, "silent_isolated"),
            (Err(NetworkFailure::Offline), Silent, true, false, "network_offline"),
            (policy("default-src 'none'; Frame-Ancestors 'none'"), Redirects, false, true, "silent_relay_framing"),
            (policy("frame-ancestors https://app.example"), Redirects, false, true, "silent_page_shown"),
            (policy("default-src 'none';frame-ancestors 'self'"), Redirects, false, true, "silent_page_shown"),
            (policy("frame-ancestors 'self', frame-ancestors 'none'"), Redirects, false, true, "silent_relay_framing"),
            (policy("frame-ancestors"), Redirects, false, true, "silent_relay_framing"),
        ] {
            let error = found(relay, provider, isolated, loaded);
            assert_eq!(error.code(), code, "{error}");
        }
    }
}
