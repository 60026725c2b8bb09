//! How a provider is set up: drawn once for a session.

use crate::{chance::Chance, clock::SECOND};

/// Whether refresh tokens are issued, and what becomes of a used one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refresh {
    /// None are issued.
    None,
    /// One for the whole grant.
    Lasting,
    /// A new one with every use; the used one costs the grant when it comes again.
    Rotating,
    /// The same, but the used one is taken again for half a minute.
    RotatingWithGrace,
}

/// The setup of a provider.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    /// Seconds that an access token lives.
    pub(crate) lifetime: u64,
    /// Refresh tokens.
    pub(crate) refresh: Refresh,
    /// Whether a refresh brings an ID token.
    pub(crate) id_token_on_refresh: bool,
    /// Whether what was granted ends with the browser's session.
    pub(crate) grants_end_with_session: bool,
    /// Whether a silent request with the ID token of somebody else gets `login_required` rather than a code.
    pub(crate) honours_hint: bool,
    /// Whether ID tokens carry `at_hash`.
    pub(crate) hashes: bool,
}

impl Rules {
    /// Any of those that exist.
    pub(crate) fn draw(chance: &mut Chance) -> Self {
        const DAY: u64 = 24 * 3600;
        Self {
            lifetime: chance.pick(&[60, 60, 90, 120, 300, 300, 300, 900, 3600, 3600, 8 * 3600, DAY, 60 * DAY]),
            refresh: chance.pick(&[Refresh::None, Refresh::None, Refresh::Lasting, Refresh::Rotating, Refresh::RotatingWithGrace]),
            id_token_on_refresh: chance.percent(60),
            grants_end_with_session: chance.percent(50),
            honours_hint: chance.percent(40),
            hashes: chance.percent(30),
        }
    }

    /// Milliseconds that an access token lives.
    pub(crate) const fn lifetime_millis(&self) -> u64 {
        self.lifetime * SECOND
    }
}
