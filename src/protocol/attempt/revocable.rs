//! What of an attempt has to be revoked if it is given up: tokens that it has, or is about to have.

use super::{Attempt, Stage};
use crate::protocol::{received::Grant, revocation::Tokens, secret::RefreshToken, transaction::Ticket};

impl Attempt {
    /// The mark of the token request that is under way, if it went to this issuer.
    pub(crate) fn awaits_tokens_of(&self, wanted: &str) -> Option<Ticket> {
        match &self.stage {
            Stage::Tokens { ticket, grant, .. } if grant.issuer() == wanted => Some(*ticket),
            _ => None,
        }
    }

    /// The refresh token that is under way.
    pub(crate) const fn sent_refresh_token(&self) -> Option<&RefreshToken> {
        match &self.stage {
            Stage::Tokens { grant: Grant::Refresh { used, .. }, .. } => Some(&used.token),
            _ => None,
        }
    }

    /// The tokens that have come for a code, and are not believed yet. Those that came for a refresh token end with the session's own.
    pub(crate) fn received(&self) -> Option<Tokens> {
        match &self.stage {
            Stage::Keys { received, .. } | Stage::Signatures { received, .. } => received.tokens(),
            _ => None,
        }
    }
}
