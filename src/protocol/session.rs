//! A session: the tokens held, when to renew them, and whom they speak of.

use super::{
    access_token::AccessClaims,
    dpop::{BoundToken, Thumbprint},
    further::{Further, Target},
    id_token::IdClaims,
    json::Object,
    monitoring::SessionState,
    secret::{AccessToken, IdToken, Nonce},
    time::Clocks,
};
use serde_json::{Map, Value};
use std::{rc::Rc, time::Duration};
use url::Url;

/// Everything that one sign-in brought. It is made by an [attempt](super::attempt) after every check, and lives in memory only.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) access_token: AccessToken,
    /// The key that the access token is bound to, if it is.
    pub(crate) key: Option<Thumbprint>,
    pub(crate) refresh: Refresh,
    pub(crate) id_token: IdToken,
    pub(crate) claims: IdClaims,
    pub(crate) nonce: Nonce,
    pub(crate) scopes: Vec<String>,
    pub(crate) lifetime: Lifetime,
    /// Changes with every renewal.
    pub(crate) generation: u64,
    /// An API did not take this access token.
    pub(crate) rejected: bool,
    /// When the provider last said that this session exists.
    pub(crate) confirmed: Clocks,
    pub(crate) person: Rc<Person>,
    /// By which the provider's page knows it, where there is one.
    pub(crate) session_state: Option<SessionState>,
    /// The tokens for further resources.
    pub(crate) further: Further,
    /// For which resource a token is being asked for, if one is; what it was when this was new.
    pub(crate) asked: Target,
    /// The access token is of another grant than the refresh token, and does not end with it.
    pub(crate) apart: bool,
}

impl Session {
    /// Whether a call that starts now can use the access token.
    pub(crate) fn is_usable(&self, now: Clocks) -> bool {
        !self.rejected && self.lifetime.is_usable(now)
    }

    /// Whether one of its tokens is bound to this key.
    pub(crate) fn holds_key(&self, key: &Thumbprint) -> bool {
        let refresh = match &self.refresh {
            Refresh::None => None,
            Refresh::Good(token) | Refresh::Sent(token) | Refresh::Doubtful(token) => token.key.as_ref(),
        };
        self.key.as_ref() == Some(key) || refresh == Some(key) || self.further.holds_key(key)
    }
}

/// Whether there is a refresh token, and what it is worth.
#[derive(Debug)]
pub(crate) enum Refresh {
    /// There is none.
    None,
    /// It has not been used since it came.
    Good(BoundToken),
    /// It is under way.
    Sent(BoundToken),
    /// It was sent, and no answer came. It may be used up, and to send it again could end the whole grant
    /// ([RFC 9700 §4.14.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2)): every other way comes first.
    Doubtful(BoundToken),
}

impl Refresh {
    /// Nobody waits for the answer any more, or none came. `carried_out` says whether the request may have been carried out all the same.
    pub(crate) fn unanswered(self, carried_out: bool) -> Self {
        match self {
            Self::Sent(token) if carried_out => Self::Doubtful(token),
            Self::Sent(token) => Self::Good(token),
            other => other,
        }
    }
}

/// How long an access token may be used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Lifetime {
    /// When it ends.
    pub(crate) expires_at: Clocks,
    /// When to ask for the next one.
    pub(crate) renew_at: Clocks,
}

/// A token is renewed this long before it expires, or at half of a shorter life: one minute.
const EARLY: Duration = Duration::from_secs(60);

/// A token is not handed out any more when it has this long to live: the call would arrive with an expired one.
const LAST_MOMENTS: Duration = Duration::from_secs(2);

/// No token is believed to live longer than 400 days; beyond that, timers and dates lose their meaning.
const LONGEST: Duration = Duration::from_secs(400 * 24 * 3600);

impl Lifetime {
    /// From the moment before the request was sent, so that the time on the way counts. What the token itself says of its life shortens it and never
    /// extends it.
    pub(crate) fn new(sent_at: Clocks, lasts: Duration, own: Option<Duration>) -> Self {
        let lasts = own.map_or(lasts, |own| own.min(lasts)).min(LONGEST);
        let expires_at = sent_at.plus(lasts);
        Self { expires_at, renew_at: expires_at.minus(EARLY.min(lasts / 2)) }
    }

    pub(crate) fn is_usable(&self, now: Clocks) -> bool {
        !self.expires_at.minus(LAST_MOMENTS).has_come(now)
    }
}

impl Lifetime {
    /// For a wall clock that turned out to be wrong: it no longer counts.
    pub(crate) const fn by_uptime(self) -> Self {
        Self { expires_at: self.expires_at.by_uptime(), renew_at: self.renew_at.by_uptime() }
    }
}

/// The person who is signed in, as the tokens describe them. For display: what they may do is decided by the API.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Person {
    /// `sub`: with the issuer, the one identity of the person.
    pub subject: String,
    /// `name`, or the next best thing to call them by.
    pub name: String,
    /// `email`.
    pub email: Option<String>,
    /// `picture`, if it is a web address.
    pub picture: Option<String>,
    /// `oid`: the organisation they are signed in to.
    pub organization: Option<String>,
    /// `sid`: the session at the provider.
    pub session_id: Option<String>,
    /// `roles`, of the access token where it is checked, otherwise of the ID token.
    pub roles: Vec<String>,
    /// `permissions`, likewise.
    pub permissions: Vec<String>,
    /// Every claim of the ID token about the person.
    pub claims: Map<String, Value>,
}

/// Claims about the token rather than about the person. They change with every renewal, which is nobody's news.
pub(crate) const TECHNICAL: [&str; 12] =
    ["iss", "aud", "azp", "exp", "iat", "nbf", "jti", "nonce", "at_hash", "c_hash", "auth_time", "client_id"];

impl Person {
    /// Whom validated claims speak of.
    pub(crate) fn new(id: &IdClaims, access: Option<&AccessClaims>) -> Self {
        let text = |claim| text_of(&id.all, claim);
        let list = |claim| {
            let from = |object: &Object| object.optional_strings(claim).ok().flatten();
            access.and_then(|access| from(&access.all)).or_else(|| from(&id.all)).unwrap_or_default()
        };
        let (name, email, picture) = shown(&id.all, &id.subject);
        let organization = text("oid").or_else(|| access.and_then(|access| of(&access.all, "oid")));
        Self {
            subject: id.subject.clone(),
            name,
            email,
            picture,
            organization,
            session_id: text("sid").or_else(|| access.and_then(|access| of(&access.all, "sid"))),
            roles: list("roles"),
            permissions: list("permissions"),
            claims: id
                .all
                .members()
                .iter()
                .filter(|(name, _)| !TECHNICAL.contains(&name.as_str()))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        }
    }
}

/// What is shown first: what to call somebody (the subject, if there is nothing better), their address, and a picture if it is a web address.
pub(crate) fn shown(claims: &Object, subject: &str) -> (String, Option<String>, Option<String>) {
    let text = |claim| text_of(claims, claim);
    let name = ["name", "preferred_username", "email"].into_iter().find_map(text).unwrap_or_else(|| subject.to_owned());
    let picture = text("picture").filter(|address| Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https")));
    (name, text("email"), picture)
}

fn text_of(object: &Object, claim: &'static str) -> Option<String> {
    of(object, claim).filter(|text| !text.trim().is_empty())
}

fn of(object: &Object, claim: &'static str) -> Option<String> {
    object.optional_str(claim).ok().flatten().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::time::{UnixTime, Uptime};

    const T: Clocks = Clocks { wall: UnixTime::from_millis(1_000_000_000_000), uptime: Uptime::from_millis(1_000_000) };

    fn seconds(to: Clocks) -> i64 {
        let wall = (to.wall.as_millis() as i64 - T.wall.as_millis() as i64) / 1000;
        assert_eq!(wall, (to.uptime.as_millis() as i64 - T.uptime.as_millis() as i64) / 1000, "both clocks agree");
        wall
    }

    #[test]
    fn tr_10_tokens_are_renewed_a_minute_early_or_at_half_of_a_short_life() {
        for (lasts, expires, renew) in
            [(300, 300, 240), (120, 120, 60), (60, 60, 30), (2, 2, 1), (0, 0, 0), (5_184_000, 5_184_000, 5_183_940)]
        {
            let lifetime = Lifetime::new(T, Duration::from_secs(lasts), None);
            assert_eq!((seconds(lifetime.expires_at), seconds(lifetime.renew_at)), (expires, renew), "{lasts}");
        }
        let forever = Lifetime::new(T, Duration::from_secs(u64::MAX / 2000), None);
        assert_eq!(forever.expires_at, T.plus(LONGEST));
    }

    #[test]
    fn at_09_exp_shortens_a_lifetime_and_never_extends_it() {
        let at = |own| Lifetime::new(T, Duration::from_secs(300), Some(Duration::from_secs(own))).expires_at;
        assert_eq!(seconds(at(60)), 60);
        assert_eq!(seconds(at(3600)), 300);
    }
}
