//! What is known of the provider: metadata and keys, in memory only, for a bounded time.

use super::{
    checks::Subject,
    config::{Config, Provider},
    discovery::{self, Metadata},
    error::{DpopFailure, Error, Finding},
    http::{Freshness, Outcome},
    jwks::{self, KeySet},
    time::Clocks,
    transaction::Ticket,
    turn::{Effect, Turn},
};
use std::time::Duration;

/// Keys older than this are asked for again: five minutes.
const KEYS_MAX_AGE: Duration = Duration::from_secs(300);

/// Discovered metadata older than this are asked for again: one hour.
const METADATA_MAX_AGE: Duration = Duration::from_secs(3600);

/// A key that is not in the set makes it be asked for anew at most this often: once a minute.
const REFETCH_PAUSE: Duration = Duration::from_secs(60);

/// Metadata and keys, and the one request that may be under way for either.
#[derive(Debug, Default)]
pub(crate) struct Knowledge {
    metadata: Option<(Metadata, Clocks)>,
    keys: Option<(KeySet, Clocks)>,
    asking: Option<(Ticket, Question)>,
    refetched: Option<Clocks>,
    /// It was said that this provider leaves refresh tokens as they are.
    pub(crate) unrotated: bool,
    /// An endpoint is not where the metadata say.
    doubted: bool,
    reread: Option<Clocks>,
    /// Keys that should not have been published, as they were last told of.
    remarked: Vec<Option<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Question {
    Metadata,
    Keys(Freshness),
}

impl Knowledge {
    /// Whether an answer with this ticket is waited for.
    pub(crate) fn holds(&self, ticket: Ticket) -> bool {
        self.asking.is_some_and(|(own, _)| own == ticket)
    }

    /// Whether a question is under way.
    pub(crate) const fn is_asking(&self) -> bool {
        self.asking.is_some()
    }

    /// The metadata, as far as they are known and recent.
    pub(crate) fn metadata(&self, turn: &Turn<'_>) -> Option<Metadata> {
        match &turn.config.provider {
            Provider::Known(metadata) => Some((**metadata).clone()),
            Provider::Discovered { .. } => {
                let (metadata, learned) = self.metadata.as_ref()?;
                (turn.now.since(*learned) < METADATA_MAX_AGE && !self.doubted).then(|| metadata.clone())
            }
        }
    }

    /// The metadata, however old.
    pub(crate) fn known_metadata<'a>(&'a self, config: &'a Config) -> Option<&'a Metadata> {
        match &config.provider {
            Provider::Known(metadata) => Some(metadata),
            Provider::Discovered { .. } => self.metadata.as_ref().map(|(metadata, _)| metadata),
        }
    }

    /// The metadata, also if they are old: for a window that has to be opened now or never.
    pub(crate) fn latest_metadata(&self, turn: &Turn<'_>) -> Option<Metadata> {
        self.known_metadata(turn.config).cloned()
    }

    /// The keys, as far as they are known and recent.
    pub(crate) fn keys(&self, now: Clocks) -> Option<&KeySet> {
        self.keys.as_ref().filter(|(_, learned)| now.since(*learned) < KEYS_MAX_AGE).map(|(keys, _)| keys)
    }

    /// Asks for whatever is missing or too old, unless a question is under way already.
    pub(crate) fn want(&mut self, turn: &mut Turn<'_>) {
        if self.asking.is_some() {
            return;
        }
        match (self.metadata(turn), &turn.config.provider) {
            (None, Provider::Discovered { issuer }) => {
                let freshness = if self.doubted { Freshness::FromServer } else { Freshness::CacheAllowed };
                let ticket = turn.send(discovery::discovery_request(issuer, turn.config.well_known, freshness));
                self.asking = Some((ticket, Question::Metadata));
            }
            (Some(metadata), _) if self.keys(turn.now).is_none() => self.ask_for_keys(&metadata, Freshness::CacheAllowed, turn),
            (_, _) => {}
        }
    }

    /// When the keys may be asked for anew because one is missing: not within a minute of the last time that this was answered.
    pub(crate) fn refetch_at(&self, now: Clocks) -> Clocks {
        self.refetched.map_or(now, |at| at.plus(REFETCH_PAUSE))
    }

    /// Asks for the keys past every cache.
    pub(crate) fn refetch_keys(&mut self, turn: &mut Turn<'_>) {
        if matches!(self.asking, Some((_, Question::Keys(Freshness::FromServer)))) {
            return;
        }
        match self.metadata(turn) {
            Some(metadata) => self.ask_for_keys(&metadata, Freshness::FromServer, turn),
            // Where the keys are is learned first.
            None => {
                self.keys = None;
                self.want(turn);
            }
        }
    }

    /// Whether an answer with this status means that the metadata have to be read anew, past every cache: the endpoint is not there, and they were not
    /// read for such a reason within the last minute.
    pub(crate) fn doubts(&mut self, status: u16, turn: &Turn<'_>) -> bool {
        let is_gone = matches!(status, 404 | 410) && matches!(turn.config.provider, Provider::Discovered { .. });
        let doubts = is_gone && self.reread.is_none_or(|at| turn.now.since(at) >= REFETCH_PAUSE);
        self.doubted |= doubts;
        doubts
    }

    fn ask_for_keys(&mut self, metadata: &Metadata, freshness: Freshness, turn: &mut Turn<'_>) {
        let ticket = turn.send(jwks::jwks_request(metadata.jwks_uri.as_str(), freshness));
        self.asking = Some((ticket, Question::Keys(freshness)));
    }

    /// Takes the answer to the question under way. Keys are asked for as soon as the metadata say where they are.
    pub(crate) fn responded(&mut self, outcome: Outcome, turn: &mut Turn<'_>) -> Result<(), Error> {
        let Some((_, question)) = self.asking.take() else { return Ok(()) };
        let response = outcome.map_err(Error::Network)?;
        match question {
            Question::Metadata => {
                let checks = turn.checks.of(Subject::Metadata);
                let metadata = discovery::process_discovery_response(&response, turn.config, checks)?;
                if turn.config.dpop.is_some() {
                    checks.require("ES256 for proofs", !metadata.refuses_proofs, || Error::Dpop(DpopFailure::Alg))?;
                }
                let metadata = metadata.pushing(turn.config.pushed.is_some()).map_err(Error::Discovery)?;
                if std::mem::take(&mut self.doubted) {
                    self.reread = Some(turn.now);
                }
                let is_news = self.metadata.as_ref().is_none_or(|(before, _)| before.unpublished != metadata.unpublished);
                for list in metadata.unpublished().filter(|_| is_news) {
                    turn.ask(Effect::Report(Error::Remark(Finding::invalid(list, "must be published, and is not"))));
                }
                self.metadata = Some((metadata, turn.now));
                self.want(turn);
            }
            Question::Keys(_) if self.doubts(response.status, turn) => {
                self.keys = None;
                self.want(turn);
            }
            Question::Keys(freshness) => {
                let keys = jwks::process_jwks_response(&response);
                turn.checks.of(Subject::Keys).held("a set of public keys", &keys);
                let keys = keys?;
                if !keys.refused.is_empty() && self.remarked != keys.refused {
                    let why = format!("{} entries are private, symmetric or weak keys, and are not used", keys.refused.len());
                    turn.ask(Effect::Report(Error::Remark(Finding::invalid("keys", why))));
                    self.remarked.clone_from(&keys.refused);
                }
                self.keys = Some((keys, turn.now));
                if freshness == Freshness::FromServer {
                    self.refetched = Some(turn.now);
                }
            }
        }
        Ok(())
    }
}
