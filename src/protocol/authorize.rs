//! The authorization request ([RFC 6749 §4.1.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1),
//! [OpenID Connect Core §3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).

use super::{
    callback::ResponseMode,
    config::Config,
    discovery::Metadata,
    pkce,
    secret::{IdToken, Nonce, SensitiveUrl, StateParameter},
    time::{Generator, UnixTime},
    transaction::Transaction,
};

/// What the provider should show, beside the sign-in page that it shows when nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Prompt {
    /// The sign-up page (Scalekit and others).
    Create,
    /// Credentials, even if somebody is signed in. Whether the provider did so is checked if [`max_age`](SignInOptions::max_age) is 0 as well.
    Login,
    /// A choice of account, or at Scalekit of organisation.
    SelectAccount,
}

impl SignInOptions {
    /// What switches to another organisation.
    pub(crate) fn organization(id: String) -> Self {
        Self { prompt: Some(Prompt::SelectAccount), organization_id: Some(id), ..Self::default() }
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
    /// The person must have signed in this many seconds ago at most; the ID token is held to it.
    pub max_age: Option<u64>,
    /// Anything else that the provider understands. Parameters of the protocol itself are ignored here: they cannot be overridden.
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
    let redirect_uri = match manner {
        Manner::Silent { .. } | Manner::Popup(_) => config.silent_redirect_uri(),
        Manner::Lookup | Manner::Redirect(_) => config.redirect_uri(),
    };
    let transaction = Transaction {
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
        begun: now,
        max_age: match manner {
            Manner::Silent { .. } | Manner::Lookup => None,
            Manner::Redirect(options) | Manner::Popup(options) => options.max_age,
        },
        // A page that is left loses its keys. Its code is bound to it by PKCE alone.
        key: match manner {
            Manner::Silent { .. } | Manner::Popup(_) => generator.key(),
            Manner::Lookup | Manner::Redirect(_) => None,
        },
    };
    (address(manner, metadata, &transaction, config), transaction)
}

/// The address to go to for a transaction.
pub(crate) fn address(manner: &Manner<'_>, metadata: &Metadata, transaction: &Transaction, config: &Config) -> SensitiveUrl {
    let mut url = metadata.authorization_endpoint.clone();
    {
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &config.client_id)
            .append_pair("redirect_uri", &transaction.redirect_uri)
            .append_pair("scope", &config.scopes.join(" "))
            .append_pair("state", transaction.state.expose())
            .append_pair("nonce", transaction.nonce.expose())
            .append_pair("code_challenge", &pkce::challenge(&transaction.verifier))
            .append_pair("code_challenge_method", pkce::METHOD);
        if let Some(mode) = transaction.response_mode.asked_for() {
            query.append_pair("response_mode", mode);
        }
        for (name, value) in manner_parameters(manner, config) {
            query.append_pair(&name, &value);
        }
        if let Some(resource) = config.resource() {
            query.append_pair("resource", resource);
        }
        if let Some(key) = &transaction.key {
            query.append_pair("dpop_jkt", key.as_str());
        }
    }
    SensitiveUrl::new(url)
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
        ("max_age", options.max_age.map(|seconds| seconds.to_string())),
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
#[path = "authorize_tests.rs"]
mod tests;
