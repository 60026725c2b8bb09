//! The authorization endpoint and the end-session endpoint.

use super::{APP, CLIENT, Code, Grant, ISSUER, Provider};
use crate::{
    jwt::{self, CODE_MARK},
    violation::{Held, require},
};
use std::{borrow::Cow, fmt::Write};

/// A request that arrived at the authorization endpoint.
#[derive(Debug)]
pub(crate) struct Ask {
    redirect_uri: String,
    state: String,
    nonce: String,
    challenge: String,
    /// `prompt=none`.
    pub(crate) silent: bool,
    /// The answer goes to the callback page.
    pub(crate) whole_page: bool,
    /// The sign-in page is to be shown whoever is signed in.
    pub(crate) anew: bool,
    /// Whom the hint speaks of.
    hinted: Option<u8>,
}

/// Where the provider sends the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Redirect {
    /// Back, with a code.
    Code(String),
    /// Back, with an error that speaks of the session.
    Error(String),
    /// Back, with an error that means that it should be tried again.
    Temporary(String),
}

impl Redirect {
    /// The address.
    pub(crate) fn address(&self) -> &str {
        match self {
            Self::Code(address) | Self::Error(address) | Self::Temporary(address) => address,
        }
    }
}

impl Ask {
    /// Reads an authorization request, and holds it to what every one must have.
    pub(crate) fn read(url: &str) -> Held<Self> {
        let query = url.strip_prefix(ISSUER).and_then(|rest| rest.strip_prefix("/authorize?"));
        require(query.is_some(), "requests go to the provider that is configured", || "another authorization endpoint".to_owned())?;
        let mut ask = Self {
            redirect_uri: String::new(),
            state: String::new(),
            nonce: String::new(),
            challenge: String::new(),
            silent: false,
            whole_page: false,
            anew: false,
            hinted: None,
        };
        let mut rest = 0;
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let field = match name.as_ref() {
                "redirect_uri" => &mut ask.redirect_uri,
                "state" => &mut ask.state,
                "nonce" => &mut ask.nonce,
                "code_challenge" => &mut ask.challenge,
                other => {
                    match (other, value.as_ref()) {
                        ("prompt", "none") => ask.silent = true,
                        ("prompt", _) => ask.anew = true,
                        ("id_token_hint", token) => ask.hinted = jwt::person_in(token),
                        ("response_type", "code") | ("client_id", CLIENT) | ("code_challenge_method", "S256") => rest += 1,
                        _ => {}
                    }
                    continue;
                }
            };
            if let Cow::Owned(value) = value {
                *field = value;
            } else {
                value.as_ref().clone_into(field);
            }
        }
        let window = ask.state.strip_prefix("popup.");
        ask.whole_page = ask.redirect_uri.strip_prefix(APP) == Some("/callback");
        let relayed = ask.redirect_uri.strip_prefix(APP) == Some("/silent-refresh.html") && (ask.silent || window.is_some());
        let complete = rest == 3
            && [window.unwrap_or(&ask.state), &ask.nonce, &ask.challenge].iter().all(|value| value.len() == 43)
            && ((ask.whole_page && window.is_none()) || relayed);
        require(complete, "every request is a code request with S256, state, nonce and its own redirect_uri", || {
            format!("{}", ask.silent)
        })?;
        Ok(ask)
    }

    /// The `state` and the `nonce`, which are nobody's business but the core's and the provider's.
    pub(crate) fn secrets(self) -> impl Iterator<Item = String> {
        [self.state, self.nonce].into_iter()
    }
}

impl Provider {
    /// Answers without showing a page, for the session that the request's cookies show. `None` if a page has to be shown.
    pub(crate) fn answer(&mut self, ask: &Ask, with_cookies: bool, now: u64) -> Option<Redirect> {
        let hidden = self.rules.honours_hint && ask.hinted.is_some_and(|hinted| self.session.is_some_and(|own| own.who.person != hinted));
        match self.session.filter(|_| with_cookies && !hidden) {
            Some(session) if !ask.anew => {
                self.grants.push(Grant { session, revoked: false });
                self.issued += 1;
                let code = format!("{CODE_MARK}{}", self.issued);
                let address = back(ask, "code", &code);
                let code_facts = Code {
                    grant: self.grants.len() - 1,
                    challenge: ask.challenge.clone(),
                    redirect_uri: ask.redirect_uri.clone(),
                    nonce: ask.nonce.clone(),
                    issued: now,
                    used: false,
                };
                self.codes.insert(code, code_facts);
                Some(Redirect::Code(address))
            }
            _ if ask.silent => Some(Redirect::Error(back(ask, "error", "login_required"))),
            _ => None,
        }
    }

    /// The person refused.
    pub(crate) fn refused(ask: &Ask) -> Redirect {
        Redirect::Error(back(ask, "error", "access_denied"))
    }

    /// It cannot answer now, and says so.
    pub(crate) fn temporary(ask: &Ask, slow_down: bool) -> Redirect {
        Redirect::Temporary(back(ask, "error", if slow_down { "temporarily_unavailable" } else { "server_error" }))
    }

    /// Ends the session that a logout request names, and says where the browser goes next.
    pub(crate) fn log_out(&mut self, url: &str) -> String {
        self.end_session();
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let mut back = format!("{APP}/signed-out");
        for (name, value) in form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "state") {
            // Cannot fail: it is a string.
            let _ = write!(back, "?{name}={value}");
        }
        back
    }
}

fn back(ask: &Ask, name: &str, value: &str) -> String {
    format!("{}?{name}={value}&state={}", ask.redirect_uri, ask.state)
}
