//! Tokens for further resources ([RFC 8707 §2](https://www.rfc-editor.org/rfc/rfc8707#section-2)): the first resource's is the session's own, and each of
//! the others has one that is asked for when a call first needs it.

use super::{
    api::TokenAnswer,
    dpop::Thumbprint,
    error::Error,
    extension::{Extension as _, Resources},
    secret::AccessToken,
    session::{Lifetime, Session},
    time::Clocks,
};

/// For which of the configured resources a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target(Option<(usize, Resources)>);

impl Target {
    /// The first resource, or none in particular.
    pub(super) const FIRST: Self = Self(None);

    /// The resource at this place of the list.
    pub(super) fn at(place: usize) -> Self {
        Self(Resources::BUILT.filter(|_| place > 0).map(|extension| (place, extension)))
    }

    /// Its place in the list.
    pub(super) fn place(self) -> usize {
        self.0.map_or(0, |(place, _)| place)
    }

    /// Whether the token is the session's own: for the first resource, or for none in particular.
    pub(super) const fn is_first(self) -> bool {
        self.0.is_none()
    }
}

/// What is known of each further resource that was asked for: its token, or why there is none.
#[derive(Debug, Default)]
pub(crate) struct Further(Vec<(Target, Result<Issued, Error>)>);

/// A token with a life of its own.
#[derive(Debug)]
pub(crate) struct Issued {
    access_token: AccessToken,
    key: Option<Thumbprint>,
    lifetime: Lifetime,
    generation: u64,
    rejected: bool,
}

impl Further {
    fn set(&mut self, target: Target, outcome: Result<Issued, Error>) {
        self.0.retain(|(own, _)| *own != target);
        self.0.push((target, outcome));
    }

    /// An API did not take the token of this generation. The resource, if that is news.
    pub(super) fn reject(&mut self, generation: u64) -> Option<Target> {
        self.0.iter_mut().find_map(|(target, outcome)| match outcome {
            Ok(token) if token.generation == generation && !token.rejected => {
                token.rejected = true;
                Some(*target)
            }
            _ => None,
        })
    }

    /// Whether one of the tokens is bound to this key.
    pub(super) fn holds_key(&self, key: &Thumbprint) -> bool {
        self.0.iter().any(|(_, outcome)| outcome.as_ref().is_ok_and(|token| token.key.as_ref() == Some(key)))
    }

    /// The session was renewed: what was refused before may be granted now.
    pub(super) fn renewed(mut self) -> Self {
        self.0.retain(|(_, outcome)| outcome.is_ok());
        self
    }
}

impl Session {
    /// What a call that starts now is to do, unless there is no token for it that is good.
    pub(super) fn token_for(&self, target: Target, now: Clocks) -> Option<TokenAnswer> {
        let attach = |token: &AccessToken, key: &Option<Thumbprint>, generation| TokenAnswer::Attach {
            token: token.clone(),
            key: key.clone(),
            generation,
        };
        if target.is_first() {
            return self.is_usable(now).then(|| attach(&self.access_token, &self.key, self.generation));
        }
        match &self.further.0.iter().find(|(own, _)| *own == target)?.1 {
            Ok(token) => {
                (!token.rejected && token.lifetime.is_usable(now)).then(|| attach(&token.access_token, &token.key, token.generation))
            }
            Err(error) => Some(TokenAnswer::Refused(error.clone())),
        }
    }

    /// Whether the tokens of both speak of the same person in the same organisation.
    pub(super) fn is_of_same_person(&self, other: &Self) -> bool {
        self.claims.issuer == other.claims.issuer
            && self.claims.subject == other.claims.subject
            && self.person.organization == other.person.organization
    }

    /// Goes on with a token for a further resource. Of what else came with it, all is newer than what was there, but for the token that is the
    /// session's own, and what it says.
    pub(super) fn with_token_of(self, new: Self) -> Self {
        let Self { access_token, key, lifetime, generation, rejected, asked, .. } = new;
        let mut further = self.further;
        further.set(asked, Ok(Issued { access_token, key, lifetime, generation, rejected }));
        let Self { refresh, id_token, claims, nonce, confirmed, session_state, .. } = new;
        Self { refresh, id_token, claims, nonce, confirmed, session_state, further, asked: Target::FIRST, ..self }
    }

    /// Goes on without a token for the resource that was asked for.
    pub(super) fn without_token(self, error: Error) -> Self {
        let mut further = self.further;
        further.set(self.asked, Err(error));
        Self { further, asked: Target::FIRST, ..self }
    }
}
