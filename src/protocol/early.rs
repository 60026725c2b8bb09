//! A head start. The page's inline script may have opened the hidden frame while this program was still on its way to the browser; what it made for that
//! is taken over here, once, and from then on the attempt is like any other.

use super::{
    authorize::{self, Manner},
    config::Config,
    discovery::Metadata,
    secret::{Nonce, SensitiveUrl, StateParameter, Verifier},
    time::Clocks,
    transaction::{Asked, Transaction},
};
use url::Url;

/// What the inline script made for its silent authorization request.
#[derive(Debug)]
pub struct Early {
    /// The `state`.
    pub state: StateParameter,
    /// The `nonce`.
    pub nonce: Nonce,
    /// The PKCE verifier.
    pub verifier: Verifier,
    /// Where the frame went.
    pub url: SensitiveUrl,
    /// When it did.
    pub begun: Clocks,
}

impl Early {
    /// The transaction that the answer is held against: none unless the frame went where this program would have sent it, with three random values,
    /// each of 256 bits and all different.
    pub(crate) fn into_transaction(self, metadata: &Metadata, config: &Config) -> Option<Transaction> {
        // It has no key that a code could be bound to, and what is to be pushed was not.
        if config.dpop.is_some() || !self.is_random() || metadata.par_endpoint.is_some() {
            return None;
        }
        let Self { state, nonce, verifier, url, begun } = self;
        let transaction = Transaction {
            state,
            nonce,
            verifier,
            issuer: metadata.issuer.clone(),
            token_endpoint: metadata.token_endpoint.clone(),
            redirect_uri: config.silent_redirect_uri(),
            sends_issuer: metadata.sends_issuer,
            response_mode: metadata.relayed_response_mode(),
            asked: Asked::nothing(begun.wall),
            key: None,
        };
        let manner = Manner::Silent { id_token_hint: None, organization_id: None };
        is_same(&url, &authorize::address(&manner, metadata, &transaction, config)).then_some(transaction)
    }

    fn is_random(&self) -> bool {
        let values = [self.state.expose(), self.nonce.expose(), self.verifier.expose()];
        let random = |text: &str| text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        values.iter().all(|value| random(value)) && values[0] != values[1] && values[1] != values[2] && values[0] != values[2]
    }
}

/// Whether two addresses ask for the same. Browsers write a query that was there before in their own way, so the text alone says nothing.
fn is_same(one: &SensitiveUrl, other: &SensitiveUrl) -> bool {
    let parts = |address: &SensitiveUrl| {
        let mut url = Url::parse(address.expose()).ok()?;
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        url.set_query(None);
        Some((url, pairs))
    };
    parts(one).is_some_and(|one| Some(one) == parts(other))
}
