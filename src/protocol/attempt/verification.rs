//! The last part of an attempt: the keys, and the signatures.

use super::{Attempt, Progress, REQUEST_PATIENCE};
use crate::protocol::{
    checks::Subject,
    error::{Error, Finding},
    jwks::{NoKey, SignatureCheck},
    jwt::Unverified,
    knowledge::Knowledge,
    reaction::Ignored,
    stage::{Search, Stage},
    turn::{Effect, Turn, Verdict},
};

impl Attempt {
    /// Chooses the keys and has the signatures checked.
    pub(super) fn verify(self, knowledge: &mut Knowledge, turn: &mut Turn<'_>) -> Progress {
        let Stage::Keys { received, search } = self.stage else { return Progress::Waiting(self) };
        if received.id.is_none() && received.access.is_none() {
            return self.errand.finish(received, turn);
        }
        let Some(keys) = knowledge.keys(turn.now) else {
            knowledge.want(turn);
            return Progress::Waiting(Self { stage: Stage::Keys { received, search }, ..self });
        };
        // Keys are known, so the metadata are: only now can the list be asked that the provider publishes (Discovery §3).
        let published = knowledge.known_metadata(turn.config).and_then(|metadata| metadata.algorithms.as_ref());
        if let (Some(id), Some(published)) = (&received.id, published) {
            let names = || published.iter().map(|algorithm| algorithm.name()).collect::<Vec<_>>().join(" or ");
            let finding = || Finding::unexpected("alg", names(), id.algorithm.name());
            let checks = turn.checks.of(Subject::IdToken);
            if let Err(finding) = checks.require("alg, as published", published.contains(&id.algorithm), finding) {
                return Progress::Failed(Error::IdToken(finding));
            }
        }
        let tokens = [(Subject::IdToken, &received.id), (Subject::AccessToken, &received.access)];
        let check_for = |(subject, token): (Subject, &Unverified)| {
            let check = turn.checks.of(subject).hold("kid, of a published key", keys.check_for(token))?;
            turn.checks.of(subject).with_key(token.key_id.as_deref());
            Ok(check)
        };
        let tokens = tokens.into_iter().filter_map(|(subject, token)| Some((subject, token.as_ref()?)));
        let checks: Result<Vec<SignatureCheck>, NoKey> = tokens.map(check_for).collect();
        match checks {
            Ok(checks) => {
                let ticket = turn.ticket();
                turn.ask(Effect::Verify { ticket, checks });
                Progress::Waiting(self.errand.at(Stage::Signatures { ticket, received }, REQUEST_PATIENCE, turn))
            }
            // The provider may have begun to sign with a new key.
            Err(NoKey::NoMatch(_)) if search != Search::Last => {
                let refetch_at = knowledge.refetch_at(turn.now);
                if !refetch_at.has_come(turn.now) {
                    return Progress::Waiting(Self {
                        stage: Stage::Keys { received, search: Search::Postponed },
                        deadline: refetch_at,
                        ..self
                    });
                }
                knowledge.refetch_keys(turn);
                Progress::Waiting(self.errand.at(Stage::Keys { received, search: Search::Last }, REQUEST_PATIENCE, turn))
            }
            Err(NoKey::NoMatch(finding) | NoKey::Ambiguous(finding)) => Progress::Failed(Error::Keys(finding)),
        }
    }

    /// The signatures were checked.
    pub(super) fn verified(self, verdict: Verdict, turn: &mut Turn<'_>) -> Progress {
        let Stage::Signatures { received, .. } = self.stage else {
            return Progress::Unmoved(self, Ignored::Stale);
        };
        let about =
            |place: usize, finding| if place == 0 && received.id.is_some() { Error::IdToken(finding) } else { Error::AccessToken(finding) };
        let outcome = match verdict {
            Verdict::Invalid(place) => Err(about(place, Finding::invalid("signature", "not made by the provider's key"))),
            Verdict::Unsupported(_) => Err(Error::Platform(Finding::invalid("crypto.subtle", "cannot check this signature algorithm"))),
            Verdict::Valid => Ok(()),
        };
        let subject = if received.id.is_some() { Subject::IdToken } else { Subject::AccessToken };
        match turn.checks.of(subject).hold("signature", outcome) {
            Ok(()) => self.errand.finish(received, turn),
            Err(error) => Progress::Failed(error),
        }
    }
}
