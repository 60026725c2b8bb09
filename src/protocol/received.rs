//! A token response on its way to a session: well formed, then signed by the right key, then right in every claim.

use super::{
    access_token,
    checks::Subject,
    config::AccessTokens,
    dpop::{self, BoundToken, Thumbprint},
    error::{DpopFailure, Error, Finding},
    further::{Further, Target},
    id_token::{self, Expectation, IdClaims, Origin},
    jwt::Unverified,
    monitoring::SessionState,
    revocation::Tokens,
    secret::{Code, IdToken, Nonce},
    session::{Lifetime, Person, Refresh, Session},
    time::Clocks,
    token::TokenResponse,
    transaction::Asked,
    turn::Turn,
};
use std::rc::Rc;

/// What was presented to the token endpoint, and what its answer is held against.
#[derive(Debug)]
pub(super) enum Grant {
    Code { code: Code, nonce: Nonce, issuer: String, asked: Asked, key: Option<Thumbprint> },
    Refresh { used: BoundToken, previous: Previous },
}

/// What a renewed session must agree with.
#[derive(Clone, Debug)]
pub(super) struct Previous {
    pub(super) claims: IdClaims,
    pub(super) nonce: Nonce,
    pub(super) id_token: IdToken,
    pub(super) scopes: Vec<String>,
    pub(super) person: Rc<Person>,
    pub(super) session_state: Option<SessionState>,
}

impl Previous {
    /// Of a session.
    pub(super) fn of(session: &Session) -> Self {
        Self {
            claims: session.claims.clone(),
            nonce: session.nonce.clone(),
            id_token: session.id_token.clone(),
            scopes: session.scopes.clone(),
            person: Rc::clone(&session.person),
            session_state: session.session_state.clone(),
        }
    }
}

/// A token response that is well formed and not yet believed.
#[derive(Debug)]
pub(super) struct Received {
    grant: Grant,
    response: TokenResponse,
    pub(super) id: Option<Unverified>,
    pub(super) access: Option<Unverified>,
    sent_at: Clocks,
}

impl Grant {
    /// The key that the tokens are bound to, if they are.
    pub(super) const fn key(&self) -> Option<&Thumbprint> {
        match self {
            Self::Code { key, .. } => key.as_ref(),
            Self::Refresh { used, .. } => used.key.as_ref(),
        }
    }

    /// Whose it is.
    pub(super) fn issuer(&self) -> &str {
        match self {
            Self::Code { issuer, .. } => issuer,
            Self::Refresh { previous, .. } => &previous.claims.issuer,
        }
    }
}

impl Received {
    /// What has to be revoked if this is given up. What came for a refresh token ends with the one that the session has.
    pub(super) fn tokens(&self) -> Option<Tokens> {
        let TokenResponse { refresh_token, access_token, .. } = &self.response;
        matches!(self.grant, Grant::Code { .. }).then(|| Tokens::new(self.grant.issuer(), refresh_token.as_ref(), access_token))
    }

    /// The refresh token that is in force since this answer came, whatever becomes of the rest of it: the next one, or the one that was used
    /// ([RFC 6749 §6](https://www.rfc-editor.org/rfc/rfc6749#section-6)). `None` if the answer is not to a refresh.
    pub(super) fn refresh_token(&self) -> Option<BoundToken> {
        match &self.grant {
            Grant::Refresh { used, .. } => {
                let token = self.response.refresh_token.as_ref().unwrap_or(&used.token).clone();
                Some(BoundToken { token, key: used.key.clone() })
            }
            Grant::Code { .. } => None,
        }
    }

    /// Whether a refresh token that anybody could use is still the same after its use: whoever stole it goes on unnoticed
    /// ([RFC 9700 §4.14.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2)).
    pub(super) fn is_unrotated(&self) -> bool {
        match &self.grant {
            Grant::Refresh { used: BoundToken { token, key: None }, .. } => {
                self.response.refresh_token.as_ref().is_none_or(|next| next.expose() == token.expose())
            }
            Grant::Refresh { .. } | Grant::Code { .. } => false,
        }
    }

    /// The key that the tokens are bound to, if they are.
    pub(super) const fn key(&self) -> Option<&Thumbprint> {
        self.grant.key()
    }

    /// Reads the tokens; their signatures come next. A code must bring an ID token, a refresh need not.
    pub(super) fn new(grant: Grant, response: TokenResponse, sent_at: Clocks, turn: &Turn<'_>) -> Result<Self, Error> {
        let config = turn.config;
        if config.dpop.is_some() && grant.key().is_none() {
            return Err(Error::Dpop(DpopFailure::KeyLost));
        }
        if matches!(grant, Grant::Code { .. }) && response.id_token.is_none() {
            return Err(Error::TokenResponse(Finding::missing("id_token")));
        }
        let id = match &response.id_token {
            Some(raw) => {
                Some(Unverified::parse(raw.expose(), &config.algorithms, turn.checks.of(Subject::IdToken)).map_err(Error::IdToken)?)
            }
            None => None,
        };
        let access = match config.access_tokens {
            AccessTokens::Checked { compat, .. } => {
                let (raw, checks) = (response.access_token.expose(), turn.checks.of(Subject::AccessToken));
                Some(Unverified::parse_access_token(raw, compat, &config.algorithms, checks).map_err(Error::AccessToken)?)
            }
            AccessTokens::Opaque => None,
        };
        Ok(Self { grant, response, id, access, sent_at })
    }

    /// Every signature holds: now the claims, and then there is a session.
    pub(super) fn into_session(self, turn: &mut Turn<'_>) -> Result<Session, Error> {
        let Self { grant, response, id, access, sent_at } = self;
        let config = turn.config;
        let key = grant.key().cloned();
        let expectation = Expectation {
            issuer: grant.issuer(),
            client_id: &config.client_id,
            trusted_audiences: &config.trusted_audiences,
            skew: config.clock_skew,
            now: turn.now.wall,
            access_token: response.access_token.expose(),
            checks: &turn.checks,
            origin: match &grant {
                Grant::Code { code, nonce, asked, .. } => Origin::Code { nonce, code: code.expose(), asked },
                Grant::Refresh { previous, .. } => Origin::Refresh { original: &previous.claims, nonce: &previous.nonce },
            },
        };
        let claims = id.map(|id| id_token::validate(id, &expectation)).transpose().map_err(Error::IdToken)?;
        let about = claims.as_ref().or(match &grant {
            Grant::Refresh { previous, .. } => Some(&previous.claims),
            Grant::Code { .. } => None,
        });
        let access_claims = match (access, about, &config.access_tokens) {
            (Some(access), Some(about), AccessTokens::Checked { audiences, compat }) => {
                Some(access_token::validate(access, (audiences, *compat), &expectation, about).map_err(Error::AccessToken)?)
            }
            _ => None,
        };
        if let (Some(access), Some(key)) = (&access_claims, &key) {
            dpop::confirm(&access.all, key, turn.checks.of(Subject::AccessToken)).map_err(Error::AccessToken)?;
        }
        // By the provider's own clock, which the ID token of this very answer tells: the device's may be fast by as much as the token lives.
        let own_life = access_claims.as_ref().and_then(|access| access.life(claims.as_ref().map(|claims| claims.issued_at)));
        let lifetime = Lifetime::new(sent_at, response.expires_in.unwrap_or(config.default_lifetime), own_life);
        let (kept, nonce) = match grant {
            Grant::Code { nonce, .. } => (None, nonce),
            Grant::Refresh { used, previous } => {
                let nonce = previous.nonce.clone();
                (Some((used, previous)), nonce)
            }
        };
        let (old_refresh_token, previous) = kept.unzip();
        let scopes =
            response.scopes.unwrap_or_else(|| previous.as_ref().map_or_else(|| config.scopes.clone(), |previous| previous.scopes.clone()));
        let missing = config.required_scopes.iter().find(|required| !scopes.contains(required));
        let reduced = || Error::TokenResponse(Finding::unexpected("scope", config.required_scopes.join(" "), scopes.join(" ")));
        turn.checks.of(Subject::TokenResponse).require("scope", missing.is_none(), reduced)?;
        let (claims, id_token, person) = match (claims, response.id_token, previous) {
            (Some(claims), Some(id_token), _) => {
                let person = Rc::new(Person::new(&claims, access_claims.as_ref()));
                (claims, id_token, person)
            }
            (_, _, Some(previous)) => {
                let person = match &access_claims {
                    Some(access) => Rc::new(Person::new(&previous.claims, Some(access))),
                    None => Rc::clone(&previous.person),
                };
                (previous.claims, previous.id_token, person)
            }
            (_, _, None) => return Err(Error::TokenResponse(Finding::missing("id_token"))),
        };
        Ok(Session {
            access_token: response.access_token,
            // A response without a new one leaves the old one in force (RFC 6749 §6).
            refresh: response
                .refresh_token
                .or_else(|| old_refresh_token.map(|used| used.token))
                .map_or(Refresh::None, |token| Refresh::Good(BoundToken { token, key: key.clone() })),
            key,
            id_token,
            claims,
            nonce,
            scopes,
            lifetime,
            generation: turn.ticket().0,
            rejected: false,
            confirmed: turn.now,
            person,
            session_state: None,
            further: Further::default(),
            asked: Target::FIRST,
            apart: false,
        })
    }
}
