//! The configuration block, field by field. The first that cannot be used refuses the whole block.

use super::{
    address::{self, Transport},
    config::{AccessTokens, ApiRule, Config, Provider},
    discovery::{Metadata, WellKnown},
    error::{DpopFailure, Finding, Problem},
    extension,
    json::Object,
    jwt::Algorithm,
    locales,
    logout::LogoutMethod,
    pins, presets, user_info,
};
use std::time::Duration;
use url::Url;

/// Every field that a configuration may have.
const FIELDS: &[&str] = &[
    "preset", "env_url", "metadata", "issuer", "client_id", "scopes", "redirect_path", "silent_path", "post_logout_path", "api",
    "audiences", "validate_access_token", "access_token_compat", "algorithms", "clock_skew", "recheck_interval", "ui_locales",
    "endpoint_origins", "well_known", "userinfo", "required_scopes", "pushed_authorization_requests", "logout_method",
    "revoke_at_sign_out", "frontchannel_logout", "frontchannel_logout_session_required", "dpop",
];

/// Reads a block for an app that is served at this origin.
pub(super) fn read(object: &Object, app_origin: &str) -> Result<Config, Finding> {
    if let Some(unknown) = object.members().keys().find(|name| !FIELDS.contains(&name.as_str())) {
        return Err(Finding::invalid(unknown.clone(), format!("unknown field; known are {}", FIELDS.join(", "))));
    }
    let app = app_url(app_origin)?;
    let transport = Transport::of_app(&app);
    let is_scalekit = match object.optional_str("preset")? {
        None => false,
        Some("scalekit") => true,
        Some(other) => return Err(Finding::unexpected("preset", "scalekit", other)),
    };
    let scopes = scopes(object, is_scalekit)?;
    let pushed = extension::switch(object, "pushed_authorization_requests")?;
    let api = api(object, transport)?;
    let config = Config {
        provider: provider(object, transport, pushed.is_some())?,
        pushed,
        well_known: well_known(object)?,
        endpoint_origins: pins::read(object, transport)?,
        client_id: object.required_str("client_id")?.to_owned(),
        required_scopes: required_scopes(object, &scopes)?,
        scopes,
        redirect_path: path(object, "redirect_path", "/callback", &app)?,
        silent_path: path(object, "silent_path", "/silent-refresh.html", &app)?,
        post_logout_path: path(object, "post_logout_path", "/signed-out", &app)?,
        access_tokens: access_tokens(object, is_scalekit, &api)?,
        api,
        trusted_audiences: Vec::new(),
        algorithms: algorithms(object)?,
        clock_skew: clock_skew(object)?,
        default_lifetime: Duration::from_secs(300),
        recheck: recheck(object)?,
        ui_locales: locales::read(object)?,
        user_info: user_info::read(object)?,
        logout_method: logout_method(object)?,
        revoke_at_sign_out: extension::switch(object, "revoke_at_sign_out")?,
        frontchannel_logout: switch(object, "frontchannel_logout")?,
        frontchannel_logout_session_required: switch(object, "frontchannel_logout_session_required")?,
        dpop: extension::switch(object, "dpop")?,
        app,
    };
    check_paths_differ(&config)?;
    check_resources(&config)?;
    check_proofs(&config)?;
    user_info::check(&config)?;
    check_sign_out(&config)?;
    if let Provider::Known(metadata) = config.provider {
        let metadata = pins::hold(*metadata, &config.endpoint_origins)
            .and_then(|metadata| metadata.pushing(config.pushed.is_some()))
            .map_err(|finding| finding.inside("endpoint_origins"))?;
        return Ok(Config { provider: Provider::Known(Box::new(metadata)), ..config });
    }
    Ok(config)
}

/// Under which name the metadata are found, where they are discovered.
fn well_known(object: &Object) -> Result<WellKnown, Finding> {
    match object.optional_str("well_known")? {
        None => Ok(WellKnown::OpenId),
        Some(_) if object.has("preset") || object.has("metadata") => {
            Err(Finding::invalid("well_known", "has no meaning where nothing is discovered"))
        }
        Some("openid-configuration") => Ok(WellKnown::OpenId),
        Some("oauth-authorization-server") => Ok(WellKnown::OAuth),
        Some(other) => Err(Finding::unexpected("well_known", "openid-configuration or oauth-authorization-server", other)),
    }
}

fn check_paths_differ(config: &Config) -> Result<(), Finding> {
    if config.redirect_path == config.silent_path {
        return Err(Finding::invalid("silent_path", "is the same as redirect_path; the hidden frame needs a page of its own"));
    }
    if config.post_logout_path == config.redirect_path || config.post_logout_path == config.silent_path {
        return Err(Finding::invalid("post_logout_path", "is the same as redirect_path or silent_path"));
    }
    Ok(())
}

/// What is wanted at a sign-out has to be possible. Of a provider that is yet to be discovered nobody knows.
fn check_sign_out(config: &Config) -> Result<(), Finding> {
    match &config.provider {
        Provider::Known(metadata) if config.revoke_at_sign_out.is_some() && metadata.revocation_endpoint.is_none() => {
            Err(Finding::invalid("revoke_at_sign_out", "needs metadata with a revocation_endpoint that is an https address"))
        }
        _ if config.frontchannel_logout_session_required && !config.frontchannel_logout => {
            Err(Finding::invalid("frontchannel_logout_session_required", "has no meaning unless frontchannel_logout is true"))
        }
        _ => Ok(()),
    }
}

/// Metadata that are known from the start are looked at there.
fn check_proofs(config: &Config) -> Result<(), Finding> {
    match &config.provider {
        Provider::Known(metadata) if config.dpop.is_some() && metadata.refuses_proofs => {
            Err(Finding::invalid("metadata.dpop_signing_alg_values_supported", DpopFailure::Alg.to_string()))
        }
        Provider::Known(_) | Provider::Discovered { .. } => Ok(()),
    }
}

/// A token is for one resource: where there are several, it has to be said of each address whose token goes there.
fn check_resources(config: &Config) -> Result<(), Finding> {
    if config.resources().len() < 2 {
        return Ok(());
    }
    if config.api.iter().any(|rule| rule.resource.is_none()) {
        return Err(Finding::missing("api.resource"));
    }
    extension::for_field::<extension::Resources>("api.resource").map(drop)
}

fn logout_method(object: &Object) -> Result<LogoutMethod, Finding> {
    match object.optional_str("logout_method")? {
        None | Some("get") => Ok(LogoutMethod::Get),
        Some("post") => Ok(LogoutMethod::Post),
        Some(other) => Err(Finding::unexpected("logout_method", "get or post", other)),
    }
}

/// Off, unless it is switched on.
fn switch(object: &Object, field: &'static str) -> Result<bool, Finding> {
    Ok(object.optional_bool(field)?.unwrap_or(false))
}

fn app_url(origin: &str) -> Result<Url, Finding> {
    Url::parse(origin)
        .ok()
        .filter(|url| url.has_host() && Transport::of_app(url).allows(url))
        .and_then(|url| url.join("/").ok())
        .ok_or_else(|| Finding::unexpected("app origin", "an https origin (or http on loopback)", origin))
}

fn provider(object: &Object, transport: Transport, pushed: bool) -> Result<Provider, Finding> {
    let given = ["preset", "metadata"].into_iter().filter(|field| object.has(field)).count();
    if given > 1 {
        return Err(Finding::invalid("metadata", "given together with preset; use one of them"));
    }
    if object.has("preset") {
        let env_url = object.required_str("env_url")?;
        let metadata = presets::scalekit(env_url, object.optional_str("issuer")?, transport)?;
        return metadata.pushing(pushed).map(Box::new).map(Provider::Known);
    }
    if object.has("env_url") {
        return Err(Finding::invalid("env_url", "goes with \"preset\": \"scalekit\" only"));
    }
    if let Some(value) = object.get("metadata") {
        let metadata = Object::from_value(value).ok_or_else(|| Finding::unexpected("metadata", "an object", super::json::kind(value)))?;
        let metadata = Metadata::from_object(&metadata, transport)
            .and_then(|metadata| metadata.pushing(pushed))
            .map_err(|finding| finding.inside("metadata"))?;
        return match object.optional_str("issuer")? {
            Some(issuer) if issuer != metadata.issuer() => Err(Finding::unexpected("issuer", metadata.issuer(), issuer)),
            _ => Ok(Provider::Known(Box::new(metadata))),
        };
    }
    match object.optional_str("issuer")? {
        Some(issuer) => Ok(Provider::Discovered { issuer: address::issuer("issuer", issuer, transport)? }),
        None => Err(Finding {
            field: "issuer".into(),
            problem: Problem::Invalid("missing; name the provider by preset and env_url, by metadata, or by issuer".to_owned()),
        }),
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

/// Scopes without which a sign-in is worth nothing. Who asks for less cannot get them.
fn required_scopes(object: &Object, asked: &[String]) -> Result<Vec<String>, Finding> {
    let required = match object.get("required_scopes") {
        Some(serde_json::Value::String(text)) => text.split_ascii_whitespace().map(str::to_owned).collect(),
        _ => object.optional_strings("required_scopes")?.unwrap_or_default(),
    };
    match required.iter().find(|scope| !asked.contains(scope)) {
        Some(other) => Err(Finding::unexpected("required_scopes", "some of the scopes that are asked for", other)),
        None => Ok(required),
    }
}

fn path(object: &Object, field: &'static str, default: &str, app: &Url) -> Result<String, Finding> {
    let path = object.optional_str(field)?.unwrap_or(default);
    let plain = path.starts_with('/') && !path.starts_with("//") && !path.contains(['?', '#', '\\', '*']);
    let same = app.join(path).is_ok_and(|url| url.path() == path);
    if plain && same {
        Ok(path.to_owned())
    } else {
        Err(Finding::unexpected(field, "a path of this app such as /callback, without query and fragment", path))
    }
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
                return Ok(ApiRule { prefix: address::endpoint("url", text, transport)?, resource: None, step_up: None });
            }
            let rule = Object::from_value(item)
                .ok_or_else(|| Finding::unexpected("item", "an object with a url, or a URL", super::json::kind(item)))?;
            if let Some(unknown) = rule.members().keys().find(|name| !["url", "resource", "step_up"].contains(&name.as_str())) {
                return Err(Finding::invalid(unknown.clone(), "unknown field; known are url, resource, step_up"));
            }
            let prefix = address::endpoint("url", rule.required_str("url")?, transport)?;
            if prefix.query().is_some() {
                return Err(Finding::invalid("url", "has a query; give origin and path"));
            }
            let resource = match rule.optional_str("resource")? {
                Some(text) => Some(resource(text)?),
                None => None,
            };
            Ok(ApiRule { prefix, resource, step_up: extension::switch(&rule, "step_up")? })
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

fn access_tokens(object: &Object, is_scalekit: bool, api: &[ApiRule]) -> Result<AccessTokens, Finding> {
    if !object.optional_bool("validate_access_token")?.unwrap_or(is_scalekit) {
        return match ["audiences", "access_token_compat"].into_iter().find(|field| object.has(field)) {
            None => Ok(AccessTokens::Opaque),
            Some(field) => Err(Finding::invalid(field, "has no meaning unless validate_access_token is true")),
        };
    }
    let compat = object.optional_bool("access_token_compat")?.unwrap_or(is_scalekit);
    let mut audiences = object.optional_strings("audiences")?.unwrap_or_default();
    if !compat {
        audiences.extend(api.iter().find_map(|rule| rule.resource.clone()));
        if audiences.is_empty() {
            let why =
                "missing; name the audience of the API, or its resource, or set access_token_compat where tokens are for the client id";
            return Err(Finding::invalid("audiences", why));
        }
    }
    Ok(AccessTokens::Checked { audiences, compat })
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

/// Seconds after which somebody who comes back to the page is looked up again: 300 unless said otherwise, 0 for never.
fn recheck(object: &Object) -> Result<Option<Duration>, Finding> {
    match object.optional_number("recheck_interval")? {
        None => Ok(Some(Duration::from_secs(300))),
        Some(0.0) => Ok(None),
        Some(seconds) if (10.0..=86_400.0).contains(&seconds) => Ok(Some(Duration::from_secs_f64(seconds))),
        Some(seconds) => Err(Finding::unexpected("recheck_interval", "0, or 10 to 86400 seconds", seconds.to_string())),
    }
}
