//! What an authorization request leaves behind until its answer comes: one-shot, bound to one provider, limited in time.

use super::{
    address,
    callback::ResponseMode,
    config::Config,
    dpop::Thumbprint,
    error::Finding,
    json::Object,
    secret::{Nonce, StateParameter, Verifier},
    time::UnixTime,
    view::Destination,
};
use serde_json::json;
use std::{fmt, time::Duration};
use url::Url;
use zeroize::Zeroizing;

/// The mark of one pending answer. An answer whose ticket the state no longer holds is stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub(crate) u64);

/// A pending authorization request. Not `Clone`: its verifier is used once.
#[derive(Debug)]
pub(crate) struct Transaction {
    pub(crate) state: StateParameter,
    pub(crate) nonce: Nonce,
    pub(crate) verifier: Verifier,
    /// The issuer that was asked. Its answer is held against this, whatever is configured by then.
    pub(crate) issuer: String,
    /// The only place the code may go to (mix-up defence, [RFC 9700 §4.4](https://www.rfc-editor.org/rfc/rfc9700#section-4.4)).
    pub(crate) token_endpoint: Url,
    pub(crate) redirect_uri: String,
    /// Whether an answer must name its issuer ([RFC 9207](https://www.rfc-editor.org/rfc/rfc9207)).
    pub(crate) sends_issuer: bool,
    /// Where in the address the answer stands.
    pub(crate) response_mode: ResponseMode,
    pub(crate) asked: Asked,
    /// The key that the code is bound to, where it is. A page that is left loses its keys: a redirect has none.
    pub(crate) key: Option<Thumbprint>,
}

/// What the ID token is held to beside what holds for all.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// When the request was made.
    pub(crate) begun: UnixTime,
    /// Seconds, if `max_age` was asked for.
    pub(crate) max_age: Option<u64>,
    /// The values of `acr` that will do, if it matters.
    pub(crate) acr_values: Vec<String>,
}

impl Asked {
    /// Whoever is there will do.
    pub(crate) const fn nothing(begun: UnixTime) -> Self {
        Self { begun, max_age: None, acr_values: Vec::new() }
    }
}

/// A top-level redirect takes this long at most: ten minutes.
pub(crate) const REDIRECT_LIFETIME: Duration = Duration::from_secs(600);

/// What must survive a top-level redirect: the one thing that is ever written to `sessionStorage`.
/// It is stored under the transaction's `state`, read once and removed in the same breath.
#[derive(Clone)]
pub struct Record {
    key: String,
    text: Zeroizing<String>,
}

impl Record {
    /// A record as it was found in the store.
    #[must_use]
    pub fn new(key: impl Into<String>, text: impl Into<String>) -> Self {
        Self { key: key.into(), text: Zeroizing::new(text.into()) }
    }

    /// The key to store it under.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The text to store.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Record([redacted])")
    }
}

/// The start of every key of this client's records, so that old ones can be swept.
#[must_use]
pub fn key_prefix(client_id: &str) -> String {
    format!("hushkey:{client_id}:pending:")
}

/// The key of the record that belongs to a `state`.
#[must_use]
pub fn key_of(client_id: &str, state: &str) -> String {
    format!("{}{state}", key_prefix(client_id))
}

/// Why the page was left for the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Journey {
    /// Somebody is to sign in.
    SignIn,
    /// Somebody who is signed in is to do so better. Their session goes on if that comes to nothing.
    StepUp,
    /// Whoever is signed in already is looked for, without a page being shown.
    Lookup,
}

impl Journey {
    pub(crate) const fn destination(self) -> Destination {
        match self {
            Self::SignIn | Self::StepUp => Destination::SignIn,
            Self::Lookup => Destination::Lookup,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::StepUp => "step_up",
            Self::Lookup => "lookup",
        }
    }
}

/// What was waited for when the page was left.
#[derive(Debug)]
pub(crate) enum Pending {
    /// A sign-in, or a lookup by redirect, and where in the app to go afterwards.
    SignIn { transaction: Transaction, return_to: String, journey: Journey },
    /// A sign-out.
    SignOut { state: StateParameter, begun: UnixTime },
}

impl Pending {
    /// Writes it down.
    pub(crate) fn to_record(&self, config: &Config) -> Record {
        let (state, text) = match self {
            Self::SignIn { transaction: t, return_to, journey } => (
                &t.state,
                json!({
                    "kind": journey.name(), "state": t.state.expose(), "nonce": t.nonce.expose(), "verifier": t.verifier.expose(), "issuer": t.issuer,
                    "token_endpoint": t.token_endpoint.as_str(), "redirect_uri": t.redirect_uri, "sends_issuer": t.sends_issuer,
                    "begun": t.asked.begun.as_millis(), "max_age": t.asked.max_age, "acr_values": t.asked.acr_values, "return_to": return_to,
                }),
            ),
            Self::SignOut { state, begun } => (state, json!({ "kind": "sign_out", "state": state.expose(), "begun": begun.as_millis() })),
        };
        Record::new(key_of(&config.client_id, state.expose()), text.to_string())
    }

    /// Reads it back. The store belongs to the page, so nothing in it is believed: it must be of this app, complete and recent.
    pub(crate) fn from_record(record: &Record, config: &Config, now: UnixTime) -> Result<Self, Finding> {
        let object = Object::parse(record.expose())?;
        let state = StateParameter::new(object.required_str("state")?);
        let begun = object.optional_number("begun")?.filter(|millis| *millis >= 0.0).ok_or_else(|| Finding::missing("begun"))?;
        let begun = UnixTime::from_millis(begun as u64);
        // A record from the future is as wrong as an old one: the clock was changed in between.
        if now.since(begun) > REDIRECT_LIFETIME || begun.since(now) > REDIRECT_LIFETIME {
            return Err(Finding::invalid("state", "the sign-in took longer than ten minutes"));
        }
        let journey = match object.required_str("kind")? {
            "sign_out" => return Ok(Self::SignOut { state, begun }),
            "lookup" => Journey::Lookup,
            "sign_in" => Journey::SignIn,
            "step_up" => Journey::StepUp,
            other => return Err(Finding::unexpected("kind", "sign_in, step_up, lookup or sign_out", other)),
        };
        let redirect_uri = object.required_str("redirect_uri")?;
        if redirect_uri != config.redirect_uri() {
            return Err(Finding::unexpected("redirect_uri", config.redirect_uri(), redirect_uri));
        }
        let transaction = Transaction {
            state,
            nonce: Nonce::new(object.required_str("nonce")?),
            verifier: Verifier::new(object.required_str("verifier")?),
            issuer: object.required_str("issuer")?.to_owned(),
            token_endpoint: address::endpoint("token_endpoint", object.required_str("token_endpoint")?, config.transport())?,
            redirect_uri: redirect_uri.to_owned(),
            sends_issuer: object.optional_bool("sends_issuer")?.unwrap_or(false),
            // Nothing else is asked for when the page is left.
            response_mode: ResponseMode::Query,
            asked: Asked {
                begun,
                max_age: object.get("max_age").and_then(serde_json::Value::as_u64),
                acr_values: object.optional_strings("acr_values")?.unwrap_or_default(),
            },
            key: None,
        };
        let return_to = config.place_in_app(object.required_str("return_to")?).unwrap_or_else(|| "/".to_owned());
        Ok(Self::SignIn { transaction, return_to, journey })
    }

    pub(crate) const fn state(&self) -> &StateParameter {
        match self {
            Self::SignIn { transaction, .. } => &transaction.state,
            Self::SignOut { state, .. } => state,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_found_by_client_and_state_and_shows_nothing() {
        let record = Record::new(key_of("spac_1", "canary"), "canary");
        assert_eq!(record.key(), "hushkey:spac_1:pending:canary");
        assert!(
            record.key().starts_with(&key_prefix("spac_1")) && !record.key().starts_with(&key_prefix("spac")),
            "swept with its client's"
        );
        assert_eq!((record.expose(), format!("{record:?}").as_str()), ("canary", "Record([redacted])"));
    }
}
