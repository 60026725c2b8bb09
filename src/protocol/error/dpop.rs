//! Why a token could not be bound to a key, or a proof of one was not taken.

use std::fmt;

/// Why a token could not be bound to a key, or the proof of it was not taken ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DpopFailure {
    /// The provider's list of algorithms for proofs does not have the one that there is here.
    Alg,
    /// The provider does not take the proof.
    Binding,
    /// A server asks for a nonce, and the header that has it cannot be read.
    CorsExpose,
    /// The key that a token is bound to is not there any more.
    KeyLost,
    /// A server asks for a nonce and does not take the one that it gave, or gave none that can be sent.
    Nonce,
}

impl DpopFailure {
    /// A stable, machine-readable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Alg => "dpop_alg",
            Self::Binding => "dpop_binding",
            Self::CorsExpose => "dpop_cors_expose",
            Self::KeyLost => "dpop_key_lost",
            Self::Nonce => "dpop_nonce",
        }
    }
}

impl fmt::Display for DpopFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Alg => "DPoP: dpop_signing_alg_values_supported has no ES256",
            Self::Binding => "DPoP: the proof was not taken (invalid_dpop_proof); is the clock of this device right?",
            Self::CorsExpose => {
                "DPoP: a nonce is needed and none can be read; name DPoP-Nonce and WWW-Authenticate in Access-Control-Expose-Headers there"
            }
            Self::KeyLost => "DPoP: the key of the token is gone",
            Self::Nonce => "DPoP: the server does not take its own nonce, or gives one that cannot be sent",
        })
    }
}
