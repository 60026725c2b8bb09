//! What a step is counted as.

use crate::{
    bridge::{Kind, Shown, Why},
    check::Before,
    page::Document,
    tally::Count,
    world::{Truth, World},
};

impl World {
    /// Counts what a step did.
    pub(crate) fn count_step(&mut self, document: &Document, before: &Before, after: Shown, ignored: bool) {
        if ignored {
            self.count(Count::Ignored);
        }
        if before.kind == Kind::Woke {
            self.count(Count::Woke);
        }
        if before.kind == Kind::Answer && before.truth == Truth::Denial && before.refreshed() {
            self.count(Count::RefreshRefused);
        }
        if matches!(before.truth, Truth::Trouble | Truth::Unavailable) && !ignored {
            self.count(Count::Troubles);
        }
        let what = match (before.was(), after) {
            (Shown::Completing, Shown::SignedIn(_)) => Count::Completed,
            (was, is) if was.who().is_some() && is.who().is_some() => {
                if !matches!(was, Shown::Paused(_)) && matches!(is, Shown::Paused(_)) {
                    self.count(Count::Paused);
                }
                if was.who().map(|who| who.person) != is.who().map(|who| who.person) {
                    self.count(Count::AnotherTookOver);
                }
                if before.had() == document.core.generation() {
                    return;
                }
                if document.by_refresh { Count::RenewedByToken } else { Count::RenewedSilently }
            }
            (_, Shown::SignedIn(_)) => Count::Restored,
            (was, Shown::SignedOut(why)) if was != after => match why {
                Why::NoSession => Count::FoundNobody,
                Why::ByChoice => Count::EndedByChoice,
                Why::Elsewhere => Count::EndedElsewhere,
                Why::SessionEnded => Count::EndedAtProvider,
                Why::AccountChanged => Count::EndedByAccount,
                Why::SignedInElsewhere => Count::EndedByAnotherTab,
                Why::Problem => Count::EndedByProblem,
            },
            _ => return,
        };
        self.count(what);
    }
}
