//! Configuration: read from the JSON block in `index.html`, or built in code. A wrong one is refused at the start, naming the field.

use super::{
    address::{self, Transport},
    config_block,
    config_builder::ConfigBuilder,
    discovery::{Metadata, WellKnown},
    error::ConfigError,
    extension::{self, Extension},
    frontchannel,
    json::Object,
    jwt::Algorithm,
    locales,
    logout::LogoutMethod,
};
use std::time::Duration;
use url::Url;

/// Where the provider's metadata come from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Provider {
    /// Known from the start: no discovery request is ever made.
    Known(Box<Metadata>),
    /// To be discovered at this issuer.
    Discovered {
        /// The issuer identifier, as written.
        issuer: String,
    },
}

/// Whether access tokens are looked into. They belong to the API, not to this client, so they are not, unless a provider's guide asks for it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum AccessTokens {
    /// Never decoded ([RFC 9068 §6](https://www.rfc-editor.org/rfc/rfc9068#section-6)).
    Opaque,
    /// Must be a JWT of the issuer for one of these audiences ([RFC 9068 §4](https://www.rfc-editor.org/rfc/rfc9068#section-4)).
    Checked {
        /// Any of them will do.
        audiences: Vec<String>,
        /// Whether it need not be one of RFC 9068: its type may be `JWT`, only the claims that Scalekit's guide asks for must be there, and the client id
        /// will do as audience.
        compat: bool,
    },
}

/// That the userinfo endpoint is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UserInfoWish {
    pub(crate) extension: extension::UserInfo,
    /// Whether it has to answer by a signed token (`application/jwt`), and not by JSON.
    pub(crate) is_signed: bool,
}

/// A place that may be sent the access token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ApiRule {
    pub(crate) prefix: Url,
    pub(crate) resource: Option<String>,
    /// Whether it may ask for a stronger sign-in.
    pub(crate) step_up: Option<extension::StepUp>,
}

/// A checked configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    pub(crate) app: Url,
    pub(crate) provider: Provider,
    pub(crate) well_known: WellKnown,
    /// Origins that the provider's endpoints must have; none if they may have any.
    pub(crate) endpoint_origins: Vec<String>,
    pub(crate) client_id: String,
    pub(crate) scopes: Vec<String>,
    /// Without these there is no session.
    pub(crate) required_scopes: Vec<String>,
    pub(crate) redirect_path: String,
    pub(crate) silent_path: String,
    pub(crate) post_logout_path: String,
    pub(crate) api: Vec<ApiRule>,
    pub(crate) access_tokens: AccessTokens,
    pub(crate) trusted_audiences: Vec<String>,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) clock_skew: Duration,
    pub(crate) default_lifetime: Duration,
    /// How long a session is believed to go on at the provider before it is asked again, when the person comes back to the page.
    pub(crate) recheck: Option<Duration>,
    /// Whether the app wants its authorization requests to be pushed.
    pub(crate) pushed: Option<extension::Par>,
    /// The languages for the provider's pages, the best first; none if nobody has said.
    pub(crate) ui_locales: Option<Vec<String>>,
    /// Whether tokens are bound to a key of the page ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)).
    pub(crate) dpop: Option<extension::Dpop>,
    /// Whether the userinfo endpoint is asked.
    pub(crate) user_info: Option<UserInfoWish>,
    /// How the page goes to the provider at a sign-out.
    pub(crate) logout_method: LogoutMethod,
    /// Whether tokens are revoked when their session ends here.
    pub(crate) revoke_at_sign_out: Option<extension::Revocation>,
    /// Whether the provider may show a page of ours when a session ends there.
    pub(crate) frontchannel_logout: bool,
    /// Whether it has to say which.
    pub(crate) frontchannel_logout_session_required: bool,
}

impl Config {
    /// Reads a configuration block for an app that is served at `app_origin`.
    ///
    /// ```
    /// use hushkey::protocol::config::Config;
    /// let block = r#"{ "preset": "scalekit", "env_url": "https://acme.scalekit.com", "client_id": "spac_1" }"#;
    /// let config = Config::from_json(block, "https://app.example.com")?;
    /// assert_eq!(config.redirect_uri(), "https://app.example.com/callback");
    /// # Ok::<(), hushkey::protocol::error::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// The first field that is missing, unknown or has a value that cannot be used.
    pub fn from_json(block: &str, app_origin: &str) -> Result<Self, ConfigError> {
        Ok(config_block::read(&Object::parse(block)?, app_origin)?)
    }

    /// Begins a configuration in code, for an app that is served at `app_origin`.
    pub fn builder(app_origin: &str, client_id: &str) -> ConfigBuilder {
        ConfigBuilder::new(app_origin, client_id)
    }

    /// Asks for the provider's pages in these languages, the best first, unless the configuration names some: `ui_locales`
    /// ([OpenID Connect Core §3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)). What is no language tag is left out.
    #[must_use]
    pub fn with_languages(self, languages: impl IntoIterator<Item = String>) -> Self {
        let preferred = || languages.into_iter().filter(|tag| locales::is_tag(tag)).take(locales::LIMIT).collect();
        Self { ui_locales: self.ui_locales.or_else(|| Some(preferred())), ..self }
    }

    /// The issuer identifier.
    #[must_use]
    pub fn issuer(&self) -> &str {
        match &self.provider {
            Provider::Known(metadata) => metadata.issuer(),
            Provider::Discovered { issuer } => issuer,
        }
    }

    /// The client identifier at the provider.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Where the provider sends the person back to. Must be registered there, letter by letter.
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        self.at(&self.redirect_path)
    }

    /// Where the provider sends the hidden frame back to. Must be registered there, too.
    #[must_use]
    pub fn silent_redirect_uri(&self) -> String {
        self.at(&self.silent_path)
    }

    /// Where the provider sends the person after signing out. Must be registered there, too.
    #[must_use]
    pub fn post_logout_redirect_uri(&self) -> String {
        self.at(&self.post_logout_path)
    }

    /// The path of the callback page.
    #[must_use]
    pub fn redirect_path(&self) -> &str {
        &self.redirect_path
    }

    /// The path of the relay page.
    #[must_use]
    pub fn silent_path(&self) -> &str {
        &self.silent_path
    }

    /// The path of the page after signing out.
    #[must_use]
    pub fn post_logout_path(&self) -> &str {
        &self.post_logout_path
    }

    /// Whether the app has [the page](super::frontchannel::PATH) that the provider shows when a session ends there.
    #[must_use]
    pub const fn has_frontchannel_logout(&self) -> bool {
        self.frontchannel_logout
    }

    /// The origin of the app.
    #[must_use]
    pub fn app_origin(&self) -> String {
        address::origin(&self.app)
    }

    /// The addresses that the access token may be sent to, as written in the configuration.
    #[must_use]
    pub fn api_prefixes(&self) -> Vec<&str> {
        self.api.iter().map(|rule| rule.prefix.as_str()).collect()
    }

    /// Of each resource that tokens are asked for, the first address that its token may be sent to: one address if there is none in particular.
    #[must_use]
    pub fn api_samples(&self) -> Vec<&str> {
        let mut found: Vec<&ApiRule> = Vec::new();
        for rule in &self.api {
            if found.iter().all(|other| rule.resource.is_some() && other.resource != rule.resource) {
                found.push(rule);
            }
        }
        found.into_iter().map(|rule| rule.prefix.as_str()).collect()
    }

    /// The origins that scripts of the app must be able to call, for a Content Security Policy's `connect-src`.
    #[must_use]
    pub fn connect_origins(&self) -> Vec<String> {
        let mut origins = match &self.provider {
            Provider::Known(metadata) => {
                let userinfo = metadata.userinfo_endpoint.as_ref().filter(|_| self.user_info.is_some());
                let asked = [Some(&metadata.token_endpoint), Some(&metadata.jwks_uri), metadata.par_endpoint.as_ref(), userinfo];
                asked.into_iter().flatten().map(address::origin).collect()
            }
            Provider::Discovered { issuer } => [&[origin_of(issuer)], self.endpoint_origins.as_slice()].concat(),
        };
        if let (Provider::Known(metadata), true) = (&self.provider, self.revoke_at_sign_out.is_some()) {
            origins.extend(metadata.revocation_endpoint.iter().map(address::origin));
        }
        origins.extend(self.api.iter().map(|rule| address::origin(&rule.prefix)));
        sorted(origins)
    }

    /// The origins that the hidden frame and the top-level redirects go to, for `frame-src` and `form-action`.
    #[must_use]
    pub fn frame_origins(&self) -> Vec<String> {
        match &self.provider {
            Provider::Known(metadata) => vec![address::origin(&metadata.authorization_endpoint)],
            Provider::Discovered { issuer } => {
                let issuer = origin_of(issuer);
                let others = self.endpoint_origins.iter().filter(|other| **other != issuer).cloned();
                [issuer.clone()].into_iter().chain(others).collect()
            }
        }
    }

    /// The cargo features of the extensions that a build needs for this configuration. A provider that is yet to be discovered may want requests to be
    /// pushed, so that they can be is always among them then.
    #[must_use]
    pub fn extensions(&self) -> Vec<&'static str> {
        fn needed<E: Extension>(_: E) -> &'static str {
            E::FEATURE
        }
        let pushes = match &self.provider {
            Provider::Known(metadata) => metadata.par_endpoint.is_some(),
            Provider::Discovered { .. } => true,
        };
        let steps_up = self.api.iter().find_map(|rule| rule.step_up);
        [
            self.dpop.map(needed),
            pushes.then_some(extension::Par::FEATURE),
            (self.resources().len() > 1).then_some(extension::Resources::FEATURE),
            self.revoke_at_sign_out.map(needed),
            steps_up.map(needed),
            self.user_info.map(|wish| needed(wish.extension)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The value of `ui_locales` for pages that people see.
    pub(crate) fn ui_locales(&self) -> Option<String> {
        self.ui_locales.as_ref().filter(|tags| !tags.is_empty()).map(|tags| tags.join(" "))
    }

    /// The resources that tokens are asked for, each once ([RFC 8707](https://www.rfc-editor.org/rfc/rfc8707)).
    pub(crate) fn resources(&self) -> Vec<&str> {
        let mut found = Vec::new();
        for resource in self.api.iter().filter_map(|rule| rule.resource.as_deref()) {
            if !found.contains(&resource) {
                found.push(resource);
            }
        }
        found
    }

    /// Whether the provider's pages come from the same host as the app, in the same scheme: then no browser keeps its cookies out of a frame. Of
    /// two different hosts only the browser knows whether they are one site; there it is tried.
    pub(crate) fn shares_host_with_provider(&self) -> bool {
        let is_ours = |url: &Url| url.scheme() == self.app.scheme() && url.host() == self.app.host();
        match &self.provider {
            Provider::Known(metadata) => is_ours(&metadata.authorization_endpoint),
            Provider::Discovered { issuer } => Url::parse(issuer).is_ok_and(|url| is_ours(&url)),
        }
    }

    pub(crate) fn transport(&self) -> Transport {
        Transport::of_app(&self.app)
    }

    /// A place in the app to return to, if this is one; the protocol's own pages are not.
    pub(crate) fn place_in_app(&self, wanted: &str) -> Option<String> {
        address::place_in_app(wanted, &self.app, &[&self.redirect_path, &self.silent_path, &self.post_logout_path, frontchannel::PATH])
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.app_origin())
    }
}

fn origin_of(text: &str) -> String {
    Url::parse(text).map(|url| address::origin(&url)).unwrap_or_default()
}

fn sorted(mut list: Vec<String>) -> Vec<String> {
    list.sort();
    list.dedup();
    list
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
