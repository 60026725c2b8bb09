//! What is special about a scenario's world.

use crate::{hostile::Hostile, sweep::Allowed};
use anyhow::{Result, bail};
use serde_json::{Map, Value, json};
use std::sync::{Mutex, PoisonError};
use xtask::{config::Deployment, engines::Engine, ports};

/// The ports of a world, all of them on this machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ports {
    /// `http`, or `https` where a real server serves the app: then provider and API have TLS in front of them, too.
    pub(crate) scheme: &'static str,
    /// The app's static server.
    pub(crate) app: u16,
    /// What the browser knows as the provider: the tap.
    pub(crate) tap: u16,
    /// The provider itself.
    pub(crate) provider: u16,
    /// What the browser knows as the API.
    pub(crate) api: u16,
    /// The API itself: the same, unless it has TLS in front of it.
    pub(crate) api_itself: u16,
    /// The provider's control address.
    pub(crate) control: u16,
    /// The attacker's server, where there is one.
    pub(crate) attacker: u16,
}

/// The next port to try. Ports lie below those that systems give to outgoing connections, of which the suite makes many.
static NEXT: Mutex<Option<u16>> = Mutex::new(None);
const LOWEST: u16 = 10_000;
const HIGHEST: u16 = 29_999;

/// A port that nobody has, and that no other world of this run gets.
fn free() -> Result<u16> {
    let mut next = NEXT.lock().unwrap_or_else(PoisonError::into_inner);
    for _ in LOWEST..HIGHEST {
        // Runs that begin at the same time begin far from each other.
        let port = next.unwrap_or(LOWEST + u16::try_from(std::process::id().wrapping_mul(1009) % 19_000)?);
        *next = Some(if port == HIGHEST { LOWEST } else { port + 1 });
        if ports::listen(port).is_ok() {
            return Ok(port);
        }
    }
    bail!("there is no free port")
}

impl Ports {
    /// Free ports.
    pub(crate) fn free(scheme: &'static str) -> Result<Self> {
        let api = free()?;
        let api_itself = if scheme == "https" { free()? } else { api };
        Ok(Self { scheme, app: free()?, tap: free()?, provider: free()?, api, api_itself, control: free()?, attacker: free()? })
    }

    /// The origin of the app.
    pub(crate) fn app(&self) -> String {
        format!("{}://localhost:{}", self.scheme, self.app)
    }
}

/// Who serves the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// Our own server, with the headers of production.
    Production,
    /// What the image is started as.
    Container,
    /// A server that knows files, and sends these headers with each.
    Plain(&'static [(&'static str, &'static str)]),
}

/// Where the provider is, seen from the app. A port makes no other site, but `127.0.0.1` is another than `localhost`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    /// At the same site: its cookies are sent into a frame.
    Same,
    /// At another site: its cookies are third-party cookies in a frame, and marked to be sent there if the browser allows.
    Cross,
}

/// What the browser does with third-party cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ThirdPartyCookies {
    /// It sends them.
    Allowed,
    /// It does not: what most browsers do unless they are told otherwise.
    Blocked,
}

/// What is special about a scenario's world.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setup {
    /// More arguments for the provider.
    pub(crate) provider: &'static [&'static str],
    /// More members of the configuration.
    pub(crate) configuration: &'static [(&'static str, &'static str)],
    /// What somebody does to the deployed page.
    pub(crate) edit: Option<fn(&str) -> Result<String>>,
    /// The provider is named by its issuer alone, and everything else discovered.
    pub(crate) discovered: bool,
    /// The API may ask for a stronger sign-in.
    pub(crate) step_up: bool,
    /// The resources that the API has, each below a path of its own.
    pub(crate) resources: &'static [(&'static str, &'static str)],
    /// A service worker keeps page and hashed files.
    pub(crate) service_worker: bool,
    /// Who serves the app. Where a real server is under test, that one does in any case.
    pub(crate) host: Host,
    /// The folder is for a host that sends no headers: the policy stands in the pages.
    pub(crate) policy_in_page: bool,
    /// Where the provider is.
    pub(crate) site: Site,
    /// What the browser does with third-party cookies.
    pub(crate) third_party_cookies: ThirdPartyCookies,
    /// Engines in which this cannot be shown, and why.
    pub(crate) not_in: &'static [(Engine, &'static str)],
    /// Why this is shown on our own server alone, and on no real one.
    pub(crate) only_ours: Option<&'static str>,
    /// What the console may say: what belongs to what the scenario breaks on purpose.
    pub(crate) console_may_say: &'static [&'static str],
    /// The languages that the person prefers, as `Accept-Language` names them.
    pub(crate) languages: &'static str,
    /// Nobody signs in, so no secret goes over the wire.
    pub(crate) nobody_signs_in: bool,
    /// Somebody leaves for the sign-in page and does not come back from it: the record of that waits for its time to run out.
    pub(crate) leaves_a_pending_record: bool,
    /// What a provider that means harm does.
    pub(crate) hostile: Option<Hostile>,
    /// The app is configured for a provider that is the attacker, and names the honest one's authorization endpoint as its own.
    pub(crate) mixed_up: bool,
}

impl Setup {
    /// Nothing: everything works.
    pub(crate) const ORDINARY: Self = Self {
        provider: &[],
        configuration: &[],
        edit: None,
        discovered: false,
        step_up: false,
        resources: &[],
        service_worker: false,
        host: Host::Production,
        policy_in_page: false,
        site: Site::Same,
        third_party_cookies: ThirdPartyCookies::Blocked,
        not_in: &[],
        only_ours: None,
        console_may_say: &[],
        languages: "en-US,en",
        nobody_signs_in: false,
        leaves_a_pending_record: false,
        hostile: None,
        mixed_up: false,
    };

    /// What the leak sweep may find.
    pub(crate) fn may_have(&self) -> Allowed {
        Allowed { pending: self.leaves_a_pending_record, service_worker: self.service_worker, redirects: self.step_up }
    }

    /// The address under which the browser knows the provider.
    pub(crate) fn issuer(&self, ports: Ports) -> String {
        let host = match self.site {
            Site::Same => "localhost",
            Site::Cross => "127.0.0.1",
        };
        format!("{}://{host}:{}", ports.scheme, ports.tap)
    }

    /// Whether the app has reason to complain.
    pub(crate) const fn is_hostile(&self) -> bool {
        self.mixed_up || self.hostile.is_some()
    }

    /// Whether there is an attacker's server.
    pub(crate) fn has_attacker(&self) -> bool {
        self.mixed_up || self.hostile.is_some_and(|hostile| hostile.has_attacker())
    }

    /// Whether a sign-in brings a refresh token.
    pub(crate) fn asks_for_refresh_tokens(&self) -> bool {
        self.configuration.iter().all(|(name, value)| *name != "scopes" || value.contains("offline_access"))
    }

    /// All arguments for the provider that say how it differs from an ordinary one.
    pub(crate) fn provider_arguments(&self, engine: Engine) -> Vec<&'static str> {
        let cookies: &[&str] = match (self.site, engine) {
            (Site::Same, _) => &[],
            (Site::Cross, Engine::Chromium | Engine::Firefox) => &["--cookies", "none"],
            // It takes no `Secure` cookie from this machine without TLS.
            (Site::Cross, Engine::WebKit) => &["--cookies", "loose"],
        };
        [self.provider, cookies].concat()
    }

    /// Why this cannot be shown in an engine, if it cannot.
    pub(crate) fn why_not_in(&self, engine: Engine) -> Option<&'static str> {
        self.not_in.iter().find(|(other, _)| *other == engine).map(|(_, why)| *why)
    }

    /// The configuration for these ports.
    pub(crate) fn deployment(&self, ports: Ports) -> Result<Deployment> {
        let local = Deployment::local([ports.app, ports.tap, ports.api])?;
        let mut members: Map<String, Value> = serde_json::from_str(&local.text)?;
        members.insert(
            "api".to_owned(),
            json!([{ "url": format!("{}://localhost:{}/api/", ports.scheme, ports.api), "step_up": self.step_up }]),
        );
        if !self.resources.is_empty() {
            let rule = |(path, resource): &(&str, &str)| {
                let url = format!("{}://localhost:{}{path}", ports.scheme, ports.api);
                json!({ "url": url, "resource": resource, "step_up": self.step_up })
            };
            members.insert("api".to_owned(), self.resources.iter().map(rule).collect());
        }
        if self.discovered || self.mixed_up {
            members.retain(|name, _| name != "preset" && name != "env_url");
        }
        if self.mixed_up {
            let attacker = format!("http://localhost:{}", ports.attacker);
            let metadata = json!({
                "issuer": attacker,
                "authorization_endpoint": format!("{}/oauth/authorize", self.issuer(ports)),
                "token_endpoint": format!("{attacker}/token"),
                "jwks_uri": format!("{attacker}/keys"),
            });
            members.insert("metadata".to_owned(), metadata);
            // So that the policy is not what keeps them apart.
            members.insert("api".to_owned(), json!([{ "url": self.issuer(ports) }]));
        } else if self.discovered {
            members.insert("issuer".to_owned(), self.issuer(ports).into());
        } else {
            members.insert("env_url".to_owned(), self.issuer(ports).into());
        }
        members.extend(self.configuration.iter().map(|(name, value)| ((*name).to_owned(), read(value))));
        let deployment = Deployment::check(&Value::Object(members).to_string(), Some(&ports.app()))?;
        Ok(Deployment { service_worker: self.service_worker, ..deployment })
    }
}

/// A number or a yes or no as such, anything else as a text.
fn read(value: &str) -> Value {
    serde_json::from_str(value).unwrap_or_else(|_| Value::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORTS: Ports = Ports { scheme: "http", app: 1, tap: 2, provider: 3, api: 4, api_itself: 4, control: 5, attacker: 6 };

    #[test]
    fn a_provider_elsewhere_has_another_host_and_cookies_for_frames() {
        let elsewhere = Setup { provider: &["--no-iss"], site: Site::Cross, ..Setup::ORDINARY };
        assert_eq!(
            (Setup::ORDINARY.issuer(PORTS).as_str(), elsewhere.issuer(PORTS).as_str()),
            ("http://localhost:2", "http://127.0.0.1:2")
        );
        assert!(Setup::ORDINARY.provider_arguments(Engine::Firefox).is_empty());
        assert_eq!(elsewhere.provider_arguments(Engine::Firefox), ["--no-iss", "--cookies", "none"]);
        assert_eq!(elsewhere.provider_arguments(Engine::WebKit), ["--no-iss", "--cookies", "loose"]);
    }

    #[test]
    fn the_configuration_names_the_provider_where_it_is() -> Result<()> {
        let elsewhere = Setup { site: Site::Cross, ..Setup::ORDINARY };
        assert_eq!(elsewhere.deployment(PORTS)?.provider, ["http://127.0.0.1:2"]);
        Ok(())
    }

    #[test]
    fn over_tls_everything_is() -> Result<()> {
        let deployment = Setup::ORDINARY.deployment(Ports { scheme: "https", ..PORTS })?;
        assert!(deployment.https);
        assert_eq!(deployment.connect, ["https://localhost:2", "https://localhost:4"]);
        Ok(())
    }
}
