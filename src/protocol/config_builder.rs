//! A configuration built in code, for an app that does not carry the block in its page.

use super::{config::Config, config_block, error::ConfigError, json::Object};
use serde_json::{Map, Value, json};

/// Collects the fields of a configuration and checks them together, by the same rules as the block in `index.html`.
///
/// ```
/// use hushkey::protocol::config::Config;
/// let config = Config::builder("https://app.example.com", "spac_1").scalekit("https://acme.scalekit.com").api("https://api.example.com/").build()?;
/// assert_eq!(config.issuer(), "https://acme.scalekit.com");
/// # Ok::<(), hushkey::protocol::error::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until build() is called"]
pub struct ConfigBuilder {
    app_origin: String,
    fields: Map<String, Value>,
}

impl ConfigBuilder {
    pub(super) fn new(app_origin: &str, client_id: &str) -> Self {
        Self { app_origin: app_origin.to_owned(), fields: Map::new() }.field("client_id", json!(client_id))
    }

    /// The provider is this Scalekit environment.
    pub fn scalekit(self, env_url: &str) -> Self {
        self.field("preset", json!("scalekit")).field("env_url", json!(env_url))
    }

    /// The provider is discovered at this issuer.
    pub fn issuer(self, issuer: &str) -> Self {
        self.field("issuer", json!(issuer))
    }

    /// The provider has these metadata, by the member names of the discovery document: nothing is discovered.
    pub fn metadata(self, metadata: Value) -> Self {
        self.field("metadata", metadata)
    }

    /// The scopes to ask for.
    pub fn scopes(self, scopes: &[&str]) -> Self {
        self.field("scopes", json!(scopes))
    }

    /// Those of them without which a sign-in is worth nothing.
    pub fn required_scopes(self, scopes: &[&str]) -> Self {
        self.field("required_scopes", json!(scopes))
    }

    /// The paths of the callback page, the relay page and the page after signing out.
    pub fn paths(self, redirect: &str, silent: &str, post_logout: &str) -> Self {
        self.field("redirect_path", json!(redirect)).field("silent_path", json!(silent)).field("post_logout_path", json!(post_logout))
    }

    /// One more address, with everything below it, that the access token may be sent to.
    pub fn api(mut self, url: &str) -> Self {
        if let Value::Array(list) = self.fields.entry("api").or_insert_with(|| json!([])) {
            list.push(json!(url));
        }
        self
    }

    /// Asks the userinfo endpoint about whoever is signed in.
    pub fn user_info(self) -> Self {
        self.field("userinfo", json!(true))
    }

    /// Any other field of the block, by its name there.
    pub fn field(mut self, name: &str, value: Value) -> Self {
        self.fields.insert(name.to_owned(), value);
        self
    }

    /// Checks everything.
    ///
    /// # Errors
    /// The first field that is missing, unknown or has a value that cannot be used.
    pub fn build(self) -> Result<Config, ConfigError> {
        Ok(config_block::read(&Object::from_members(self.fields), &self.app_origin)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_builder_and_a_block_make_the_same_configuration() {
        let built = Config::builder("https://app.example", "c")
            .issuer("https://as.example")
            .scopes(&["openid", "email"])
            .paths("/in", "/silent.html", "/out")
            .api("https://api.example/")
            .build();
        let block = r#"{"client_id":"c","issuer":"https://as.example","scopes":"openid email","redirect_path":"/in","silent_path":"/silent.html",
            "post_logout_path":"/out","api":["https://api.example/"]}"#;
        assert_eq!(built, Config::from_json(block, "https://app.example"));
        assert!(built.is_ok());
        assert!(Config::builder("https://app.example", "").issuer("https://as.example").build().is_err());
    }
}
