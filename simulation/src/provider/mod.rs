//! A provider: sessions of one browser, codes, tokens and keys. It is honest unless it is told to make a mistake.

mod authorize;
mod grants;
mod rules;

pub(crate) use authorize::{Ask, Redirect};
pub(crate) use grants::TokenRequest;
pub(crate) use rules::{Refresh, Rules};

use crate::{
    bridge::{Answer, Check, Who},
    clock::{MINUTE, SECOND},
    jwt,
};
use std::collections::HashMap;

/// Who issues everything.
pub(crate) const ISSUER: &str = "https://as.example";

/// The client.
pub(crate) const CLIENT: &str = "spac_1";

/// Where the app lives.
pub(crate) const APP: &str = "https://app.example";

/// A code must be redeemed within so long: one minute.
const CODE_LIFETIME: u64 = MINUTE;

/// A key is not changed again before so long: nobody does, and the core asks for new keys once a minute only.
const ROTATION_PAUSE: u64 = 3 * MINUTE;

/// With a grace period, a rotated refresh token is taken once more for so long: thirty seconds, as providers have it.
const GRACE: u64 = 30 * SECOND;

/// The session of the one browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    /// Who.
    pub(crate) who: Who,
    /// Which of all sessions there have been.
    pub(crate) number: u32,
    /// Seconds since 1970.
    pub(crate) authenticated: u64,
}

/// What somebody signed in for: all tokens of one sign-in belong to it.
#[derive(Debug)]
struct Grant {
    session: Session,
    revoked: bool,
}

/// A code that was issued.
#[derive(Debug)]
struct Code {
    grant: usize,
    challenge: String,
    redirect_uri: String,
    nonce: String,
    issued: u64,
    used: bool,
}

/// A refresh token that was issued.
#[derive(Debug)]
struct RefreshToken {
    grant: usize,
    nonce: String,
    /// When it was first used, and so rotated away.
    used: Option<u64>,
}

/// An access token that was issued.
#[derive(Debug)]
struct AccessToken {
    grant: usize,
    expires: u64,
    revoked: bool,
}

/// The provider.
#[derive(Debug)]
pub(crate) struct Provider {
    /// How it was set up.
    pub(crate) rules: Rules,
    /// Who is signed in in the browser.
    pub(crate) session: Option<Session>,
    /// The next token gets a signature of another key.
    pub(crate) signs_badly: bool,
    grants: Vec<Grant>,
    codes: HashMap<String, Code>,
    refresh_tokens: HashMap<String, RefreshToken>,
    access_tokens: HashMap<String, AccessToken>,
    /// The key it signs with; the one before stays published.
    key: u32,
    rotated: u64,
    issued: u64,
    sessions: u32,
    /// How often a used refresh token came back and cost the grant.
    pub(crate) reuse_detected: u64,
}

impl Provider {
    /// A provider that nobody is signed in at.
    pub(crate) fn new(rules: Rules) -> Self {
        Self {
            rules,
            session: None,
            signs_badly: false,
            grants: Vec::new(),
            codes: HashMap::new(),
            refresh_tokens: HashMap::new(),
            access_tokens: HashMap::new(),
            key: 1,
            rotated: 0,
            issued: 0,
            sessions: 0,
            reuse_detected: 0,
        }
    }

    /// Somebody signs in in the browser. The same person again keeps their session.
    pub(crate) fn sign_in(&mut self, who: Who, now: u64) {
        if self.session.is_none_or(|session| session.who != who) {
            self.end_session();
            self.sessions += 1;
            self.session = Some(Session { who, number: self.sessions, authenticated: now / SECOND });
        }
    }

    /// The browser's session ends, and what was granted in it if the rules say so.
    pub(crate) fn end_session(&mut self) {
        let Some(ended) = self.session.take() else { return };
        if self.rules.grants_end_with_session {
            for grant in self.grants.iter_mut().filter(|grant| grant.session.number == ended.number) {
                grant.revoked = true;
            }
        }
    }

    /// Everything that was granted so far is revoked; the session stays.
    pub(crate) fn revoke_all(&mut self) {
        for grant in &mut self.grants {
            grant.revoked = true;
        }
        for token in self.access_tokens.values_mut() {
            token.revoked = true;
        }
    }

    /// Signs with a new key from now on. `false` if the last change was a moment ago.
    pub(crate) const fn rotate_key(&mut self, now: u64) -> bool {
        if now < self.rotated + ROTATION_PAUSE {
            return false;
        }
        self.rotated = now;
        self.key += 1;
        true
    }

    /// Whether a refresh token was used and rotated away.
    pub(crate) fn has_rotated(&self, refresh_token: &str) -> bool {
        self.refresh_tokens.get(refresh_token).is_some_and(|token| token.used.is_some())
    }

    /// Whom an access token speaks of.
    pub(crate) fn owner(&self, access_token: &str) -> Option<Who> {
        self.access_tokens.get(access_token).map(|token| self.grants[token.grant].session.who)
    }

    /// Whether an API takes an access token.
    pub(crate) fn api_takes(&self, access_token: &str, now: u64) -> bool {
        self.access_tokens.get(access_token).is_some_and(|token| !token.revoked && now < token.expires)
    }

    /// A document: metadata or keys.
    pub(crate) fn document(&self, url: &str) -> Answer {
        match url.strip_prefix(ISSUER) {
            Some("/keys") => {
                let key =
                    |number| format!(r#"{{"kty":"OKP","crv":"Ed25519","use":"sig","kid":"k{number}","x":"{}"}}"#, jwt::public(number));
                Answer::Json(200, format!(r#"{{"keys":[{},{}]}}"#, key(self.key), key(self.key.saturating_sub(1))))
            }
            Some("/.well-known/openid-configuration") => Answer::Json(200, metadata()),
            _ => Answer::Json(404, "{}".to_owned()),
        }
    }

    /// The place of the first signature that the key in the check did not make.
    pub(crate) fn wrong_signature(checks: &[Check]) -> Option<usize> {
        checks
            .iter()
            .position(|check| jwt::key_of(&check.key).is_none_or(|key| jwt::signature(key, &check.input)[..] != check.signature[..]))
    }
}

/// What discovery gives.
pub(crate) fn metadata() -> String {
    format!(
        r#"{{"issuer":"{ISSUER}","authorization_endpoint":"{ISSUER}/authorize","token_endpoint":"{ISSUER}/token","jwks_uri":"{ISSUER}/keys","end_session_endpoint":"{ISSUER}/logout","id_token_signing_alg_values_supported":["EdDSA"]}}"#
    )
}
