//! Configuration: read from the JSON block in `index.html`, or built in code. A wrong one is refused at the start, naming the field.

use super::{
    address::{self, Transport},
    discovery::Metadata,
    error::{ConfigError, Finding},
    json::Object,
    jwt::Algorithm,
    presets,
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
    /// Must be a JWT of the issuer, for the client id or one of these audiences.
    Checked {
        /// Audiences that are as good as the client id.
        audiences: Vec<String>,
    },
}

/// A place that may be sent the access token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ApiRule {
    pub(crate) prefix: Url,
    pub(crate) resource: Option<String>,
}

/// A checked configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    pub(crate) app: Url,
    pub(crate) provider: Provider,
    pub(crate) client_id: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) redirect_path: String,
    pub(crate) silent_path: String,
    pub(crate) post_logout_path: String,
    pub(crate) api: Vec<ApiRule>,
    pub(crate) access_tokens: AccessTokens,
    pub(crate) trusted_audiences: Vec<String>,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) clock_skew: Duration,
    pub(crate) default_lifetime: Duration,
}

/// Every field that a configuration may have.
const FIELDS: [&str; 14] = [
    "preset", "env_url", "metadata", "issuer", "client_id", "scopes", "redirect_path", "silent_path", "post_logout_path", "api", "audiences",
    "validate_access_token", "algorithms", "clock_skew",
];

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
        let object = Object::parse(block)?;
        if let Some(unknown) = object.members().keys().find(|name| !FIELDS.contains(&name.as_str())) {
            return Err(Finding::invalid(unknown.clone(), format!("unknown field; known are {}", FIELDS.join(", "))).into());
        }
        let app = app_url(app_origin)?;
        let transport = Transport::of_app(&app);
        let is_scalekit = match object.optional_str("preset")? {
            None => false,
            Some("scalekit") => true,
            Some(other) => return Err(Finding::unexpected("preset", "scalekit", other).into()),
        };
        let config = Self {
            provider: provider(&object, transport)?,
            client_id: object.required_str("client_id")?.to_owned(),
            scopes: scopes(&object, is_scalekit)?,
            redirect_path: path(&object, "redirect_path", "/callback", &app)?,
            silent_path: path(&object, "silent_path", "/silent-refresh.html", &app)?,
            post_logout_path: path(&object, "post_logout_path", "/signed-out", &app)?,
            api: api(&object, transport)?,
            access_tokens: access_tokens(&object, is_scalekit)?,
            trusted_audiences: Vec::new(),
            algorithms: algorithms(&object)?,
            clock_skew: clock_skew(&object)?,
            default_lifetime: Duration::from_secs(300),
            app,
        };
        config.check_paths_differ()?;
        config.check_one_resource()?;
        Ok(config)
    }

    fn check_paths_differ(&self) -> Result<(), Finding> {
        if self.redirect_path == self.silent_path {
            return Err(Finding::invalid("silent_path", "is the same as redirect_path; the hidden frame needs a page of its own"));
        }
        if self.post_logout_path == self.redirect_path || self.post_logout_path == self.silent_path {
            return Err(Finding::invalid("post_logout_path", "is the same as redirect_path or silent_path"));
        }
        Ok(())
    }

    /// A token is for one resource, and one token is held.
    fn check_one_resource(&self) -> Result<(), Finding> {
        match self.api.iter().filter_map(|rule| rule.resource.as_deref()).find(|resource| self.resource() != Some(resource)) {
            Some(second) => Err(Finding::invalid("api.resource", format!("{second} is a second resource; a token is for one"))),
            None => Ok(()),
        }
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

    /// The origins that scripts of the app must be able to call, for a Content Security Policy's `connect-src`.
    #[must_use]
    pub fn connect_origins(&self) -> Vec<String> {
        let mut origins = match &self.provider {
            Provider::Known(metadata) => vec![address::origin(&metadata.token_endpoint), address::origin(&metadata.jwks_uri)],
            Provider::Discovered { issuer } => vec![origin_of(issuer)],
        };
        origins.extend(self.api.iter().map(|rule| address::origin(&rule.prefix)));
        sorted(origins)
    }

    /// The origins that the hidden frame and the top-level redirects go to, for `frame-src` and `form-action`.
    #[must_use]
    pub fn frame_origins(&self) -> Vec<String> {
        match &self.provider {
            Provider::Known(metadata) => vec![address::origin(&metadata.authorization_endpoint)],
            Provider::Discovered { issuer } => vec![origin_of(issuer)],
        }
    }

    /// The resource that tokens are asked for ([RFC 8707](https://www.rfc-editor.org/rfc/rfc8707)).
    pub(crate) fn resource(&self) -> Option<&str> {
        self.api.iter().find_map(|rule| rule.resource.as_deref())
    }

    pub(crate) fn transport(&self) -> Transport {
        Transport::of_app(&self.app)
    }

    /// A place in the app to return to, if this is one; the protocol's own pages are not.
    pub(crate) fn place_in_app(&self, wanted: &str) -> Option<String> {
        address::place_in_app(wanted, &self.app, &[&self.redirect_path, &self.silent_path, &self.post_logout_path])
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.app_origin())
    }
}

fn app_url(origin: &str) -> Result<Url, Finding> {
    Url::parse(origin)
        .ok()
        .filter(|url| url.has_host() && Transport::of_app(url).allows(url))
        .and_then(|url| url.join("/").ok())
        .ok_or_else(|| Finding::unexpected("app origin", "an https origin (or http on loopback)", origin))
}

fn provider(object: &Object, transport: Transport) -> Result<Provider, Finding> {
    let given = ["preset", "metadata"].into_iter().filter(|field| object.has(field)).count();
    if given > 1 {
        return Err(Finding::invalid("metadata", "given together with preset; use one of them"));
    }
    if object.has("preset") {
        let env_url = object.required_str("env_url")?;
        return presets::scalekit(env_url, object.optional_str("issuer")?, transport).map(Box::new).map(Provider::Known);
    }
    if object.has("env_url") {
        return Err(Finding::invalid("env_url", "goes with \"preset\": \"scalekit\" only"));
    }
    if let Some(value) = object.get("metadata") {
        let metadata = Object::from_value(value).ok_or_else(|| Finding::unexpected("metadata", "an object", super::json::kind(value)))?;
        let metadata = Metadata::from_object(&metadata, transport).map_err(|finding| finding.inside("metadata"))?;
        return match object.optional_str("issuer")? {
            Some(issuer) if issuer != metadata.issuer() => Err(Finding::unexpected("issuer", metadata.issuer(), issuer)),
            _ => Ok(Provider::Known(Box::new(metadata))),
        };
    }
    match object.optional_str("issuer")? {
        Some(issuer) => Ok(Provider::Discovered { issuer: address::issuer("issuer", issuer, transport)? }),
        None => Err(Finding { field: "issuer".into(), problem: super::error::Problem::Invalid("missing; name the provider by preset and env_url, by metadata, or by issuer".to_owned()) }),
    }
}

fn scopes(object: &Object, is_scalekit: bool) -> Result<Vec<String>, Finding> {
    let given = match object.get("scopes") {
        None if is_scalekit => presets::SCALEKIT_SCOPES.map(str::to_owned).to_vec(),
        None => ["openid", "profile", "email"].map(str::to_owned).to_vec(),
        Some(serde_json::Value::String(text)) => text.split_ascii_whitespace().map(str::to_owned).collect(),
        Some(_) => object.optional_strings("scopes")?.unwrap_or_default(),
    };
    // scope-token, RFC 6749 §3.3
    let allowed = |c: char| matches!(c, '!' | '#'..='[' | ']'..='~');
    if let Some(bad) = given.iter().find(|scope| scope.is_empty() || !scope.chars().all(allowed)) {
        return Err(Finding::unexpected("scopes", "names without blanks or quotes", bad));
    }
    if !given.iter().any(|scope| scope == "openid") {
        return Err(Finding::invalid("scopes", "openid is missing; without it no ID token comes"));
    }
    let mut unique = Vec::with_capacity(given.len());
    for scope in given {
        if !unique.contains(&scope) {
            unique.push(scope);
        }
    }
    Ok(unique)
}

fn path(object: &Object, field: &'static str, default: &str, app: &Url) -> Result<String, Finding> {
    let path = object.optional_str(field)?.unwrap_or(default);
    let plain = path.starts_with('/') && !path.starts_with("//") && !path.contains(['?', '#', '\\', '*']);
    let same = app.join(path).is_ok_and(|url| url.path() == path);
    if plain && same { Ok(path.to_owned()) } else { Err(Finding::unexpected(field, "a path of this app such as /callback, without query and fragment", path)) }
}

fn api(object: &Object, transport: Transport) -> Result<Vec<ApiRule>, Finding> {
    let items = match object.get("api") {
        None => return Ok(Vec::new()),
        Some(serde_json::Value::Array(items)) => items,
        Some(other) => return Err(Finding::unexpected("api", "a list", super::json::kind(other))),
    };
    items
        .iter()
        .map(|item| {
            if let Some(text) = item.as_str() {
                return Ok(ApiRule { prefix: address::endpoint("url", text, transport)?, resource: None });
            }
            let rule = Object::from_value(item).ok_or_else(|| Finding::unexpected("item", "an object with a url, or a URL", super::json::kind(item)))?;
            if let Some(unknown) = rule.members().keys().find(|name| !["url", "resource"].contains(&name.as_str())) {
                return Err(Finding::invalid(unknown.clone(), "unknown field; known are url, resource"));
            }
            let prefix = address::endpoint("url", rule.required_str("url")?, transport)?;
            if prefix.query().is_some() {
                return Err(Finding::invalid("url", "has a query; give origin and path"));
            }
            let resource = match rule.optional_str("resource")? {
                Some(text) => Some(resource(text)?),
                None => None,
            };
            Ok(ApiRule { prefix, resource })
        })
        .collect::<Result<_, Finding>>()
        .map_err(|finding| finding.inside("api"))
}

/// A resource indicator: an absolute URI without fragment ([RFC 8707 §2](https://www.rfc-editor.org/rfc/rfc8707#section-2)).
fn resource(text: &str) -> Result<String, Finding> {
    match Url::parse(text) {
        Ok(url) if url.fragment().is_none() => Ok(text.to_owned()),
        _ => Err(Finding::unexpected("resource", "an absolute URI without fragment", text)),
    }
}

fn access_tokens(object: &Object, is_scalekit: bool) -> Result<AccessTokens, Finding> {
    let audiences = object.optional_strings("audiences")?;
    let checked = object.optional_bool("validate_access_token")?.unwrap_or(is_scalekit);
    match (checked, audiences) {
        (true, audiences) => Ok(AccessTokens::Checked { audiences: audiences.unwrap_or_default() }),
        (false, None) => Ok(AccessTokens::Opaque),
        (false, Some(_)) => Err(Finding::invalid("audiences", "has no meaning unless validate_access_token is true")),
    }
}

fn algorithms(object: &Object) -> Result<Vec<Algorithm>, Finding> {
    let Some(names) = object.optional_strings("algorithms")? else { return Ok(vec![Algorithm::Rs256]) };
    if names.is_empty() {
        return Err(Finding::invalid("algorithms", "an empty list would refuse every token"));
    }
    names
        .iter()
        .map(|name| Algorithm::from_name(name).ok_or_else(|| Finding::unexpected("algorithms", "RS256, PS256, ES256 or EdDSA", name)))
        .collect()
}

/// Seconds of tolerance between the clocks: 60 unless said otherwise, 300 at most.
fn clock_skew(object: &Object) -> Result<Duration, Finding> {
    match object.optional_number("clock_skew")? {
        None => Ok(Duration::from_secs(60)),
        Some(seconds) if (0.0..=300.0).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        Some(seconds) => Err(Finding::unexpected("clock_skew", "0 to 300 seconds", seconds.to_string())),
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
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const APP: &str = "https://app.example";

    fn block() -> Value {
        json!({ "preset": "scalekit", "env_url": "https://acme.scalekit.com/", "client_id": "spac_1" })
    }

    fn with(field: &str, value: Value) -> Result<Config, ConfigError> {
        let mut block = block();
        block[field] = value;
        Config::from_json(&block.to_string(), APP)
    }

    #[test]
    fn the_scalekit_preset_needs_two_fields() {
        let config = Config::from_json(&block().to_string(), APP).unwrap();
        assert_eq!(config.issuer(), "https://acme.scalekit.com");
        let Provider::Known(metadata) = &config.provider else { panic!("a preset needs no discovery") };
        assert_eq!(metadata.authorization_endpoint.as_str(), "https://acme.scalekit.com/oauth/authorize");
        assert_eq!(metadata.token_endpoint.as_str(), "https://acme.scalekit.com/oauth/token");
        assert_eq!(metadata.jwks_uri.as_str(), "https://acme.scalekit.com/keys");
        assert_eq!(metadata.end_session_endpoint.as_ref().unwrap().as_str(), "https://acme.scalekit.com/oidc/logout");
        assert_eq!(config.scopes.join(" "), "openid profile email offline_access");
        assert_eq!(config.access_tokens, AccessTokens::Checked { audiences: vec![] });
        assert_eq!(with("issuer", json!("https://login.acme.com")).unwrap().issuer(), "https://login.acme.com");
    }

    #[test]
    fn tr_21_offline_access_is_not_asked_for_by_default_elsewhere() {
        let config = Config::from_json(r#"{"issuer":"https://as.example","client_id":"c"}"#, APP).unwrap();
        assert_eq!(config.scopes.join(" "), "openid profile email");
        assert_eq!(config.access_tokens, AccessTokens::Opaque);
    }

    #[test]
    fn every_wrong_field_is_named() {
        let table = [
            ("client_id", json!("")), ("client_id", json!(7)), ("client_id", Value::Null), ("env_url", json!("acme")), ("env_url", json!("http://acme.scalekit.com")),
            ("preset", json!("other")), ("scopes", json!(["profile"])), ("scopes", json!(["openid", "a b"])), ("scopes", json!(3)),
            ("redirect_path", json!("callback")), ("redirect_path", json!("//evil")), ("redirect_path", json!("/a?b")), ("redirect_path", json!("/a#b")),
            ("redirect_path", json!("https://app.example/callback")), ("redirect_path", json!("/a/../b")), ("silent_path", json!("/callback")),
            ("post_logout_path", json!("/callback")), ("api", json!("https://api.example")), ("api", json!([{"url": "http://api.example"}])),
            ("api", json!([{"uri": "https://api.example"}])), ("api", json!([{"url": "https://api.example", "resource": "x"}])),
            ("clock_skew", json!(86400)), ("clock_skew", json!(-1)), ("clock_skew", json!("60")), ("algorithms", json!(["HS256"])), ("algorithms", json!(["none"])),
            ("algorithms", json!([])), ("client_secret", json!("x")), ("clientid", json!("x")), ("response_type", json!("code token")), ("metadata", json!({})),
            ("validate_access_token", json!("yes")),
        ];
        for (field, value) in table {
            let error = with(field, value.clone()).expect_err(&format!("{field} = {value}"));
            assert!(error.to_string().contains(field), "{field} = {value}: {error}");
        }
    }

    #[test]
    fn ar_01_06_tr_01_secrets_methods_and_response_types_cannot_be_configured() {
        for field in ["client_secret", "code_challenge_method", "response_type", "response_mode", "skip_issuer_check", "nonce", "state"] {
            assert!(with(field, json!("x")).unwrap_err().to_string().contains("unknown field"), "{field}");
        }
    }

    #[test]
    fn ar_22_redirect_uris_are_absolute_and_https_off_loopback() {
        let config = with("redirect_path", json!("/auth/callback")).unwrap();
        assert_eq!(config.redirect_uri(), "https://app.example/auth/callback");
        assert!(Config::from_json(&block().to_string(), "ftp://app.example").is_err());
        assert!(Config::from_json(&block().to_string(), "app.example").is_err());
        assert!(Config::from_json(&block().to_string(), "http://app.example").is_err());
    }

    #[test]
    fn id_28_the_skew_has_a_ceiling() {
        assert_eq!(Config::from_json(&block().to_string(), APP).unwrap().clock_skew, Duration::from_secs(60));
        assert!(with("clock_skew", json!(301)).is_err());
        assert!(with("clock_skew", json!(300)).is_ok());
    }

    #[test]
    fn ar_25_scopes_are_unique_and_hold_openid() {
        assert_eq!(with("scopes", json!("openid  email openid")).unwrap().scopes, ["openid", "email"]);
    }

    #[test]
    fn di_10_metadata_by_hand_need_issuer_and_keys() {
        let metadata = json!({ "issuer": "https://as.example", "authorization_endpoint": "https://as.example/a", "token_endpoint": "https://as.example/t", "jwks_uri": "https://as.example/k" });
        let read = |metadata: Value| Config::from_json(&json!({ "metadata": metadata, "client_id": "c" }).to_string(), APP);
        assert!(read(metadata.clone()).is_ok());
        for field in ["issuer", "jwks_uri", "token_endpoint", "authorization_endpoint"] {
            let mut less = metadata.clone();
            less.as_object_mut().unwrap().remove(field);
            assert_eq!(read(less).unwrap_err().0.field, format!("metadata.{field}"));
        }
    }

    #[test]
    fn origins_for_the_content_security_policy() {
        let config = with("api", json!([{"url": "https://api.example/v1/"}, "https://acme.scalekit.com/x"])).unwrap();
        assert_eq!(config.connect_origins(), ["https://acme.scalekit.com", "https://api.example"]);
        assert_eq!(config.frame_origins(), ["https://acme.scalekit.com"]);
    }
}
