//! The configuration of a deployment, checked by the library itself.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use hushkey::protocol::config::Config;
use hushkey::protocol::frontchannel;

/// Stands for the app's origin where it does not matter and was not given.
const SOME_HTTPS_ORIGIN: &str = "https://app.invalid";

/// Stands for it where the provider is on this machine: only an app on this machine may talk to that over plain http.
const THIS_MACHINE: &str = "http://localhost";

/// A configuration that the app would accept.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// The JSON text for the page.
    pub text: String,
    /// Whether the app is known to be served over https.
    pub https: bool,
    /// The path of the relay page.
    pub silent_path: String,
    /// Origins that the app calls.
    pub connect: Vec<String>,
    /// Origins that the app frames and navigates to.
    pub provider: Vec<String>,
    /// Whether there is a page that the provider shows when a session ends there.
    pub frontchannel_logout: bool,
    /// The extensions that the app has to be built with, by their cargo features.
    pub extensions: Vec<&'static str>,
    /// Paths of the pages that belong to the protocol: where a person comes back from the provider, and the relay page under both its names.
    pub apart: Vec<String>,
    /// Whether a service worker keeps page and hashed files.
    pub service_worker: bool,
}

impl Deployment {
    /// Checks a configuration for an app at `origin`; the error names the field.
    pub fn check(text: &str, origin: Option<&str>) -> Result<Self> {
        let config = accepted(text, origin)?;
        let silent_path = config.silent_path().to_owned();
        if !silent_path.ends_with(".html") || silent_path == "/index.html" {
            return Err(anyhow!(
                "silent_path: is {silent_path}, but must be the path of a page of its own that \
                 ends in .html, so that any static host serves it as a page"
            ));
        }
        Ok(Self {
            text: text.to_owned(),
            https: origin.is_some_and(|origin| origin.starts_with("https://")),
            silent_path,
            connect: config.connect_origins(),
            provider: config.frame_origins(),
            frontchannel_logout: config.has_frontchannel_logout(),
            extensions: config.extensions(),
            apart: [config.redirect_path(), config.silent_path(), bare(config.silent_path()), config.post_logout_path()]
                .into_iter()
                .chain([frontchannel::PATH, bare(frontchannel::PATH)].into_iter().filter(|_| config.has_frontchannel_logout()))
                .map(str::to_owned)
                .collect(),
            service_worker: false,
        })
    }

    /// Reads and checks a configuration file.
    pub fn read(file: &Path, origin: Option<&str>) -> Result<Self> {
        let text = fs::read_to_string(file).with_context(|| format!("The configuration {} cannot be read.", file.display()))?;
        Self::check(&text, origin).with_context(|| format!("The configuration {} was refused.", file.display()))
    }

    /// The configuration for the local provider beside an app on `port`.
    pub fn local([app, provider, api]: [u16; 3]) -> Result<Self> {
        Self::check(&local(provider, api), Some(&format!("http://localhost:{app}")))
    }
}

/// The configuration as the app at this origin would have it, or at one that stands for it.
pub fn accepted(text: &str, origin: Option<&str>) -> Result<Config> {
    Ok(match origin {
        Some(origin) => Config::from_json(text, origin)?,
        None => Config::from_json(text, SOME_HTTPS_ORIGIN).or_else(|refusal| Config::from_json(text, THIS_MACHINE).map_err(|_| refusal))?,
    })
}

/// The name of the relay page at hosts (Cloudflare Pages) that drop ".html" from addresses by a redirect.
pub fn bare(silent_path: &str) -> &str {
    silent_path.trim_end_matches(".html")
}

/// The name under which the app is registered at the local provider.
pub const LOCAL_CLIENT: &str = "spac_hushkey";

fn local(provider: u16, api: u16) -> String {
    let config = serde_json::json!({
        "preset": "scalekit",
        "env_url": format!("http://localhost:{provider}"),
        "client_id": LOCAL_CLIENT,
        "scopes": ["openid", "profile", "email", "offline_access"],
        "api": [{ "url": format!("http://localhost:{api}/api/") }],
    });
    format!("{config:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_configuration_is_accepted() {
        let local = Deployment::local([8080, 8081, 8082]).expect("accepted");
        assert!(!local.https);
        assert_eq!(local.silent_path, "/silent-refresh.html");
        assert_eq!(local.provider, ["http://localhost:8081"]);
        assert_eq!(local.connect, ["http://localhost:8081", "http://localhost:8082"]);
    }

    #[test]
    fn a_refusal_names_the_field() {
        let refused = |text: &str| format!("{:#}", Deployment::check(text, None).expect_err(text));
        let text = r#"{"preset":"scalekit","env_url":"https://x.scalekit.com"}"#;
        assert!(refused(text).contains("client_id"), "{}", refused(text));
        let text = r#"{"preset":"scalekit","env_url":"https://x.scalekit.com","client_id":"a","silent_path":"/quiet"}"#;
        assert!(refused(text).contains("silent_path"), "{}", refused(text));
        let text = r#"{"preset":"scalekit","env_url":"http://x.scalekit.com","client_id":"a"}"#;
        assert!(refused(text).contains("env_url"), "{}", refused(text));
    }

    #[test]
    fn a_provider_on_this_machine_needs_no_origin_but_refuses_one_elsewhere() {
        let local = local(8081, 8082);
        assert!(!Deployment::check(&local, None).expect("accepted").https);
        assert!(Deployment::check(&local, Some("https://app.example.com")).is_err());
    }

    #[test]
    fn https_is_only_assumed_when_it_was_said() {
        let text = r#"{"preset":"scalekit","env_url":"https://x.scalekit.com","client_id":"a"}"#;
        let https = |origin| Deployment::check(text, origin).expect("accepted").https;
        assert!(https(Some("https://app.example.com")));
        assert!(!https(None));
    }
}
