//! The validation of an ID token and nothing around it, for `cargo xtask validation` to measure. Compiled with the feature of this name only, which nothing
//! that ships has.

use super::{
    checks::{Checks, Subject},
    config::Config,
    error::Finding,
    http::HttpResponse,
    id_token::{self, Expectation, Origin},
    jwks::{self, KeySet, SignatureCheck},
    jwt::Unverified,
    secret::Nonce,
    time::UnixTime,
    transaction::Asked,
};

/// What tokens are held against.
#[derive(Debug)]
pub struct Validation {
    config: Config,
    keys: KeySet,
    nonce: Nonce,
    now: UnixTime,
}

/// A token whose signature has still to be checked.
#[derive(Debug)]
pub struct Begun(Unverified);

impl Validation {
    /// With the keys as the provider sends them, and the nonce of the request.
    #[must_use]
    pub fn new(config: Config, keys: &HttpResponse, nonce: Nonce, now: UnixTime) -> Option<Self> {
        Some(Self { keys: jwks::process_jwks_response(keys).ok()?, config, nonce, now })
    }

    /// Reads the token and chooses the key.
    ///
    /// # Errors
    /// What is wrong with its form, or that no key fits.
    pub fn begin(&self, raw: &str) -> Result<(Begun, SignatureCheck), Finding> {
        let token = Unverified::parse(raw, &self.config.algorithms, Checks::default().of(Subject::IdToken))?;
        let check = self.keys.check_for(&token).map_err(|_| Finding::missing("kid"))?;
        Ok((Begun(token), check))
    }

    /// Looks at the claims once the signature holds, and says whom they speak of.
    ///
    /// # Errors
    /// The claim that is not acceptable.
    pub fn finish(&self, Begun(token): Begun) -> Result<String, Finding> {
        let expectation = Expectation {
            issuer: self.config.issuer(),
            client_id: &self.config.client_id,
            trusted_audiences: &self.config.trusted_audiences,
            skew: self.config.clock_skew,
            now: self.now,
            access_token: "",
            checks: &Checks::default(),
            origin: Origin::Code { nonce: &self.nonce, code: "", asked: &Asked::nothing(self.now) },
        };
        id_token::validate(token, &expectation).map(|claims| claims.subject)
    }
}
