//! The authorization request ([RFC 6749 §4.1.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1),
//! [OpenID Connect Core §3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).

use super::{
    callback::ResponseMode,
    config::Config,
    discovery::Metadata,
    error::{ConfigError, Finding},
    pkce,
    secret::{Body, IdToken, Nonce, SensitiveUrl, StateParameter},
    time::{Generator, UnixTime},
    transaction::{Asked, Transaction},
};

/// What the provider should show, beside the sign-in page that it shows when nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Prompt {
    /// The sign-up page (Scalekit and others).
    Create,
    /// Credentials, even if somebody is signed in. It is sent with `max_age` 0, so that the provider has to say when that was, and its answer is held to it.
    Login,
    /// A choice of account, or at Scalekit of organisation.
    SelectAccount,
}

impl SignInOptions {
    /// Whether everything in [`extra`](Self::extra) can be sent. A sign-in with something that cannot goes on without it, and says so in the console: such
    /// lists are often made of data, and nobody should be kept out by that.
    ///
    /// # Errors
    /// The first parameter that only the protocol itself sets.
    ///
    /// ```
    /// use hushkey::protocol::authorize::SignInOptions;
    /// let options = SignInOptions { extra: vec![("state".into(), "x".into())], ..SignInOptions::default() };
    /// assert_eq!(options.check().unwrap_err().0.field, "extra.state");
    /// ```
    pub fn check(&self) -> Result<(), ConfigError> {
        match self.extra.iter().find(|(name, _)| is_reserved(name)) {
            Some((name, _)) => Err(Finding::invalid(name.clone(), "is the protocol's own; it cannot be overridden").inside("extra").into()),
            None => Ok(()),
        }
    }

    /// What switches to another organisation.
    pub(crate) fn organization(id: String) -> Self {
        Self { prompt: Some(Prompt::SelectAccount), organization_id: Some(id), ..Self::default() }
    }

    /// How fresh the sign-in has to be.
    fn age(&self) -> Option<u64> {
        if self.prompt == Some(Prompt::Login) { Some(0) } else { self.max_age }
    }
}

impl Prompt {
    const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Login => "login",
            Self::SelectAccount => "select_account",
        }
    }
}

/// What a sign-in may ask for. The default asks for nothing special.
///
/// ```
/// use hushkey::protocol::authorize::{Prompt, SignInOptions};
/// let options = SignInOptions { organization_id: Some("org_1".into()), prompt: Some(Prompt::SelectAccount), ..SignInOptions::default() };
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignInOptions {
    /// What to show.
    pub prompt: Option<Prompt>,
    /// The organisation to sign in to (Scalekit). Switching needs `prompt: Some(Prompt::SelectAccount)` as well.
    pub organization_id: Option<String>,
    /// The enterprise connection to use (Scalekit).
    pub connection_id: Option<String>,
    /// The e-mail domain that decides where the person signs in.
    pub domain: Option<String>,
    /// The e-mail address or name to fill in.
    pub login_hint: Option<String>,
    /// The social provider to use: `google`, `github` and others (Scalekit).
    pub provider: Option<String>,
    /// The person must have signed in this many seconds ago at most; the ID token is held to it. 0 means now.
    pub max_age: Option<u64>,
    /// The ways of signing in that are good enough, the best liked first: `acr` values that the provider knows. The ID token must name one of them. `0`
    /// stands for no assurance at all ([OpenID Connect Core §2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken)) and is never good enough.
    pub acr_values: Vec<String>,
    /// Whether a session that is there is to go on if this comes to nothing, as for a [step-up](super::step_up): a page that was left for it comes back
    /// and restores the session.
    pub keeps_session: bool,
    /// Anything else that the provider understands. A parameter of the protocol itself cannot be overridden here: it is not sent, and
    /// [`check`](Self::check) names it.
    pub extra: Vec<(String, String)>,
    /// Whether to sign in in a window of its own, so that this page stays as it is. A browser that blocks the window makes it a redirect.
    pub popup: bool,
    /// Where in the app to go afterwards: path, query and fragment. By default, where the person is.
    pub return_to: Option<String>,
}

/// How the request reaches the provider.
#[derive(Debug)]
pub(crate) enum Manner<'a> {
    /// In the hidden frame, with `prompt=none`.
    Silent {
        /// Who is expected to be there.
        id_token_hint: Option<&'a IdToken>,
        /// The organisation to switch to, if one is wanted (Scalekit).
        organization_id: Option<&'a str>,
    },
    /// The whole page goes there, with `prompt=none`.
    Lookup,
    /// The whole page goes there.
    Redirect(&'a SignInOptions),
    /// A window of its own goes there. Its answer comes to the relay page, as a frame's does.
    Popup(&'a SignInOptions),
}

/// By this the relay page knows an answer that came to a popup: between pages that isolate themselves (COOP) a window forgets who opened it, and
/// even its own name.
const POPUP_STATE: &str = "popup.";

/// The languages of the pages that the provider shows.
pub(crate) const UI_LOCALES: &str = "ui_locales";

/// Parameters that only this module sets.
pub(crate) fn is_reserved(name: &str) -> bool {
    matches!(
        name,
        "response_type"
            | "client_id"
            | "redirect_uri"
            | "scope"
            | "state"
            | "nonce"
            | "code_challenge"
            | "code_challenge_method"
            | "response_mode"
            | "prompt"
            | "request"
            | "request_uri"
            | "registration"
            | "dpop_jkt"
            | "id_token_hint"
            | "max_age"
            | "resource"
            | "claims"
    )
}

/// Builds the address to go to and the transaction to hold its answer against. One cannot be had without the other.
pub(crate) fn authorization_request(
    manner: &Manner<'_>,
    metadata: &Metadata,
    now: UnixTime,
    generator: &mut Generator,
    config: &Config,
) -> (SensitiveUrl, Transaction) {
    let transaction = transaction(manner, metadata, now, generator, config);
    (address(manner, metadata, &transaction, config), transaction)
}

/// A new transaction.
pub(super) fn transaction(
    manner: &Manner<'_>,
    metadata: &Metadata,
    now: UnixTime,
    generator: &mut Generator,
    config: &Config,
) -> Transaction {
    let redirect_uri = match manner {
        Manner::Silent { .. } | Manner::Popup(_) => config.silent_redirect_uri(),
        Manner::Lookup | Manner::Redirect(_) => config.redirect_uri(),
    };
    let demanded = match manner {
        Manner::Silent { .. } | Manner::Lookup => None,
        Manner::Redirect(options) | Manner::Popup(options) => Some(options),
    };
    Transaction {
        state: StateParameter::new(match manner {
            Manner::Popup(_) => format!("{POPUP_STATE}{}", generator.token()),
            Manner::Silent { .. } | Manner::Lookup | Manner::Redirect(_) => generator.token(),
        }),
        nonce: Nonce::new(generator.token()),
        verifier: pkce::verifier(generator),
        issuer: metadata.issuer.clone(),
        token_endpoint: metadata.token_endpoint.clone(),
        redirect_uri,
        sends_issuer: metadata.sends_issuer,
        response_mode: match manner {
            Manner::Silent { .. } | Manner::Popup(_) => metadata.relayed_response_mode(),
            Manner::Lookup | Manner::Redirect(_) => ResponseMode::Query,
        },
        asked: Asked {
            begun: now,
            max_age: demanded.and_then(|options| options.age()),
            acr_values: demanded.map(|options| options.acr_values.clone()).unwrap_or_default(),
        },
        // A page that is left loses its keys. Its code is bound to it by PKCE alone.
        key: match manner {
            Manner::Silent { .. } | Manner::Popup(_) => generator.key(),
            Manner::Lookup | Manner::Redirect(_) => None,
        },
    }
}

/// The address to go to for a transaction.
pub(crate) fn address(manner: &Manner<'_>, metadata: &Metadata, transaction: &Transaction, config: &Config) -> SensitiveUrl {
    at_endpoint(metadata, parameters(manner, metadata, transaction, config).expose())
}

/// The authorization endpoint with parameters beside those that it has of its own.
pub(super) fn at_endpoint(metadata: &Metadata, parameters: &str) -> SensitiveUrl {
    let mut url = metadata.authorization_endpoint.clone();
    let own = url.query().filter(|query| !query.is_empty()).map(|query| format!("{query}&")).unwrap_or_default();
    url.set_query(Some(&(own + parameters)));
    SensitiveUrl::new(url)
}

/// The parameters of the request, as a query or a form has them.
pub(super) fn parameters(manner: &Manner<'_>, metadata: &Metadata, transaction: &Transaction, config: &Config) -> Body {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("response_type", "code")
        .append_pair("client_id", &config.client_id)
        .append_pair("redirect_uri", &transaction.redirect_uri)
        .append_pair("scope", &config.scopes.join(" "))
        .append_pair("state", transaction.state.expose())
        .append_pair("nonce", transaction.nonce.expose())
        .append_pair("code_challenge", &pkce::challenge(&transaction.verifier))
        .append_pair("code_challenge_method", pkce::METHOD);
    if let Some(mode) = transaction.response_mode.asked_for() {
        form.append_pair("response_mode", mode);
    }
    for (name, value) in manner_parameters(manner, config) {
        // What the endpoint brings along stays as it is: a parameter stands once (RFC 6749 §3.1).
        if !metadata.authorization_endpoint.query_pairs().any(|(own, _)| own == name) {
            form.append_pair(&name, &value);
        }
    }
    for resource in config.resources() {
        form.append_pair("resource", resource);
    }
    if let Some(key) = &transaction.key {
        form.append_pair("dpop_jkt", key.as_str());
    }
    Body::new(form.finish())
}

fn manner_parameters(manner: &Manner<'_>, config: &Config) -> Vec<(String, String)> {
    let options = match manner {
        Manner::Silent { id_token_hint, organization_id } => {
            let hint = id_token_hint.map(|hint| ("id_token_hint".to_owned(), hint.expose().to_owned()));
            let organization = organization_id.map(|id| ("organization_id".to_owned(), id.to_owned()));
            return [Some(("prompt".to_owned(), "none".to_owned())), hint, organization].into_iter().flatten().collect();
        }
        Manner::Lookup => return vec![("prompt".to_owned(), "none".to_owned())],
        Manner::Redirect(options) | Manner::Popup(options) => options,
    };
    let named = [
        ("prompt", options.prompt.map(|prompt| prompt.name().to_owned())),
        ("organization_id", options.organization_id.clone()),
        ("connection_id", options.connection_id.clone()),
        ("domain", options.domain.clone()),
        ("login_hint", options.login_hint.clone()),
        ("provider", options.provider.clone()),
        ("max_age", options.age().map(|seconds| seconds.to_string())),
        // Not in `claims` as well: what a provider does with both is not specified (OpenID Connect Core §5.5.1.1).
        ("acr_values", Some(options.acr_values.join(" ")).filter(|values| !values.is_empty())),
    ];
    let mut parameters: Vec<(String, String)> = named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    for (name, value) in &options.extra {
        if !is_reserved(name) && !parameters.iter().any(|(taken, _)| taken == name) {
            parameters.push((name.clone(), value.clone()));
        }
    }
    // Where nothing is shown there is no language: only pages that people see are asked for in one.
    if let Some(tags) = config.ui_locales()
        && !parameters.iter().any(|(taken, _)| taken == UI_LOCALES)
    {
        parameters.push((UI_LOCALES.to_owned(), tags));
    }
    parameters
}

#[cfg(test)]
#[path = "authorize_rules.rs"]
mod rules;
#[cfg(test)]
#[path = "authorize_tests.rs"]
mod tests;
