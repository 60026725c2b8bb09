//! Revocation of tokens whose session has ended here ([RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)), where the configuration asks for it.
//!
//! Nothing waits for it. What is revoked is gone from the state already, and stays gone if the request fails.

use super::{
    attempt::Attempt,
    checks::Subject,
    config::Config,
    discovery::Metadata,
    error::{Error, Finding},
    ground::Ground,
    http::{HttpRequest, Outcome},
    secret::{AccessToken, Body, RefreshToken},
    session::{Refresh, Session},
    token,
    transaction::Ticket,
    turn::{Effect, Event, Turn},
};
use url::Url;

/// Tokens, and who gave them.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) issuer: String,
    pub(super) refresh: Option<RefreshToken>,
    /// Unless it ends with the refresh token, being of the same grant (§2.1).
    pub(super) access: Option<AccessToken>,
}

impl Tokens {
    /// Of one token response.
    pub(super) fn new(issuer: &str, refresh: Option<&RefreshToken>, access: &AccessToken) -> Self {
        let access = refresh.is_none().then(|| access.clone());
        Self { issuer: issuer.to_owned(), refresh: refresh.cloned(), access }
    }

    fn of(session: &Session, sent: Option<&RefreshToken>) -> Self {
        let refresh = match &session.refresh {
            Refresh::None => sent,
            Refresh::Good(token) | Refresh::Sent(token) | Refresh::Doubtful(token) => Some(&token.token),
        };
        let apart = session.apart.then(|| session.access_token.clone());
        let tokens = Self::new(&session.claims.issuer, refresh, &session.access_token);
        Self { access: tokens.access.or(apart), ..tokens }
    }

    /// Asks the provider to end them: the refresh token first. They go to nobody but the one who gave them.
    pub(super) fn revoke(self, metadata: Option<&Metadata>, turn: &mut Turn<'_>) {
        let Some((metadata, extension)) = metadata.zip(turn.config.revoke_at_sign_out) else { return };
        if metadata.issuer() != self.issuer {
            return;
        }
        let Some(endpoint) = &metadata.revocation_endpoint else {
            return turn.ask(Effect::Report(Error::Logout(Finding::missing("revocation_endpoint"))));
        };
        // The page may be left by the effect after it.
        let leaves = |effect: &Effect| matches!(effect, Effect::Navigate { .. } | Effect::Submit(_));
        let place = turn.effects.iter().position(leaves).unwrap_or(turn.effects.len());
        let refresh = self.refresh.as_ref().map(|token| request(endpoint, token.expose(), "refresh_token", turn.config));
        let access = self.access.as_ref().map(|token| request(endpoint, token.expose(), "access_token", turn.config));
        turn.effects.splice(place..place, refresh.into_iter().chain(access).map(|request| Effect::Revoke(request, extension)));
    }
}

/// The request (§2.1).
fn request(endpoint: &Url, token: &str, hint: &str, config: &Config) -> HttpRequest {
    let fields = [("token", token), ("token_type_hint", hint), ("client_id", config.client_id())];
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    HttpRequest::post_form(endpoint.as_str(), Body::new(body))
}

/// What came of a revocation (§2.2): 200 says that the token is worth nothing now, whatever it was before. It is not asked again, and so never earlier
/// than a provider that is busy wants to be.
///
/// # Errors
/// `Logout`, if the token may live on. There is nothing left to do about it here.
pub fn process_revocation_response(outcome: &Outcome) -> Result<(), Error> {
    let came = match outcome {
        Ok(response) if response.status == 200 => return Ok(()),
        Ok(response) => format!("status {}", response.status),
        Err(failure) => failure.to_string(),
    };
    Err(Error::Logout(Finding::unexpected("revocation", "status 200", came)))
}

/// What there was before an event, of everything that has to be revoked if the event ends it.
#[derive(Debug)]
pub(super) struct Before {
    subject: Option<String>,
    held: Option<Tokens>,
    received: Option<Tokens>,
    awaited: Vec<Ticket>,
    /// The answer that the event is, if it is one.
    answer: Option<Ticket>,
    /// Whether an attempt that is not there after the event was given up for it.
    gives_up: bool,
}

impl Before {
    // Once, and seldom: it is not to be copied into the machine.
    #[inline(never)]
    pub(super) fn of(event: &Event, session: Option<&Session>, attempt: Option<&Attempt>, ground: &Ground, config: &Config) -> Self {
        let popup = ground.popup.as_ref().map(|popup| &popup.attempt);
        let sent = attempt.and_then(Attempt::sent_refresh_token);
        Self {
            subject: session.map(|session| session.claims.subject.clone()),
            held: session.map(|session| Tokens::of(session, sent)),
            received: attempt.and_then(Attempt::received),
            awaited: attempt.into_iter().chain(popup).filter_map(|attempt| attempt.awaits_tokens_of(config.issuer())).collect(),
            answer: event.ticket(),
            gives_up: event.ticket().is_none() && !matches!(event, Event::Ticked),
        }
    }

    /// Revokes what is no longer held, and waits for the answers that somebody else would throw away.
    #[inline(never)]
    pub(super) fn settle(self, session: Option<&Session>, attempt: Option<&Attempt>, ground: &mut Ground, turn: &mut Turn<'_>) {
        let popup = ground.popup.as_ref().map(|popup| &popup.attempt);
        let waits = |ticket: &Ticket| attempt.into_iter().chain(popup).any(|attempt| attempt.holds(*ticket));
        let late: Vec<Ticket> = self.awaited.iter().copied().filter(|ticket| self.answer != Some(*ticket) && !waits(ticket)).collect();
        ground.late.extend(late);
        let metadata = ground.knowledge.known_metadata(turn.config);
        if session.map(|session| &session.claims.subject) != self.subject.as_ref() {
            self.held.into_iter().for_each(|tokens| tokens.revoke(metadata, turn));
        }
        if self.gives_up && attempt.is_none() {
            self.received.into_iter().for_each(|tokens| tokens.revoke(metadata, turn));
        }
    }
}

/// A token response that came after its session had ended, or had been followed by another.
pub(super) fn came_late(outcome: Outcome, ground: &Ground, turn: &mut Turn<'_>) {
    let checks = turn.checks.of(Subject::TokenResponse);
    let response =
        outcome.map_err(Error::Network).and_then(|response| token::process_token_response(&response, turn.config.dpop.is_some(), checks));
    if let Ok(response) = response {
        let tokens = Tokens::new(turn.config.issuer(), response.refresh_token.as_ref(), &response.access_token);
        tokens.revoke(ground.knowledge.known_metadata(turn.config), turn);
    }
}
