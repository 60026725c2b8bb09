//! Tabs and pages of the simulated browser.

use crate::{
    bridge::{Core, Input, Shown, Ticket},
    provider::Ask,
    world::Truth,
};
use std::collections::{BTreeMap, VecDeque};

/// One page of one tab: documents are numbered, and a number never comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageId {
    /// The place of the tab.
    pub(crate) tab: usize,
    /// The number of the document.
    pub(crate) document: u64,
}

/// A tab.
#[derive(Debug)]
pub(crate) struct Tab {
    /// What it shows.
    pub(crate) page: Page,
    /// Its `sessionStorage` for the app's origin.
    pub(crate) storage: BTreeMap<String, String>,
    /// The redirects that nobody chose, in its `sessionStorage` as well.
    pub(crate) redirects: Option<String>,
    /// A page in the back/forward cache.
    pub(crate) frozen: Option<Box<Document>>,
}

/// What a tab shows.
#[derive(Debug)]
pub(crate) enum Page {
    /// The app.
    App(Box<Document>),
    /// The app, while one of its events is dealt with.
    Busy,
    /// The provider's sign-in page, which waits for the person.
    SignIn { visit: u64, ask: Ask },
    /// A page of the provider that sends the browser on.
    Passing { visit: u64 },
    /// Another site.
    Elsewhere,
    /// The browser's error page for this address.
    Error(String),
    /// Nothing any more.
    Closed,
}

/// A loaded page of the app, with what the driver holds for it.
#[derive(Debug)]
pub(crate) struct Document {
    /// Where it is.
    pub(crate) id: PageId,
    /// The core.
    pub(crate) core: Core,
    /// Path and query.
    pub(crate) place: String,
    /// What is under way.
    pub(crate) held: Vec<Holding>,
    /// The number of the timer that is set; an older one does nothing.
    pub(crate) timer: u64,
    /// The navigation that has begun.
    pub(crate) navigation: Option<u64>,
    /// What the gate of a protected page said last: stage and place.
    pub(crate) gate: Option<(Stage, String)>,
    /// Calls to an API that are not finished.
    pub(crate) calls: Vec<Call>,
    /// Whether the person chose the sign-in that is being prepared.
    pub(crate) leave_chosen: bool,
    /// Redirects to the sign-in page that nobody chose.
    pub(crate) automatic: u32,
    /// Redirects that looked for a session.
    pub(crate) lookups: u32,
    /// Whether another organisation is being switched to.
    pub(crate) switching: bool,
    /// Whether the core was told that the page is looked at.
    pub(crate) seen: bool,
    /// Whether the hint, as this page knows it, says that frames find nobody.
    pub(crate) frames_blocked: bool,
    /// Whether a frame has failed since the session was last renewed.
    pub(crate) frame_failed: bool,
    /// The step at which the session that is held began.
    pub(crate) since: u64,
    /// The grant that was presented last.
    pub(crate) by_refresh: bool,
    /// Addresses and texts that left the page lately, in which a later verifier must not be found.
    pub(crate) published: Vec<String>,
    /// When the last attempts began that nobody asked for, in true time.
    pub(crate) attempts: VecDeque<u64>,
    /// What came while the page was in the cache, and is noticed when it returns.
    pub(crate) missed: Vec<(Input, Truth)>,
}

/// Something under way, kept while the core holds its ticket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holding {
    /// The core's mark.
    pub(crate) ticket: Ticket,
    /// What it is.
    pub(crate) kind: HoldingKind,
}

/// Kinds of what is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HoldingKind {
    Frame,
    TokenRequest,
    Document,
    Check,
    Examination,
    Popup,
}

/// As much of the view as the gate of a protected page looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Waiting,
    SignedIn,
    SignedOut,
}

/// A call to an API.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// Its number.
    pub(crate) number: u64,
    /// The generation that was refused.
    pub(crate) refused: Option<u64>,
    /// The generation it is under way with.
    pub(crate) sent: Option<u64>,
}

impl Document {
    /// A page that nothing has happened to.
    pub(crate) const fn new(id: PageId, core: Core, place: String) -> Self {
        Self {
            id,
            core,
            place,
            held: Vec::new(),
            timer: 0,
            navigation: None,
            gate: None,
            calls: Vec::new(),
            leave_chosen: false,
            automatic: 0,
            lookups: 0,
            switching: false,
            seen: false,
            frame_failed: false,
            frames_blocked: false,
            since: 0,
            by_refresh: false,
            published: Vec::new(),
            attempts: VecDeque::new(),
            missed: Vec::new(),
        }
    }

    /// Whether the page is for signed-in people only.
    pub(crate) fn is_protected(&self) -> bool {
        self.place.starts_with("/account")
    }

    /// Whether it does nothing until somebody looks at it. A window may be open meanwhile.
    pub(crate) fn waits_to_be_seen(&self) -> bool {
        !self.seen && self.core.waits_unseen() && self.held.iter().all(|holding| holding.kind == HoldingKind::Popup)
    }

    /// The stage of its gate.
    pub(crate) fn stage(&self) -> Stage {
        match self.core.shown() {
            Shown::SignedIn(_) | Shown::Paused(_) => Stage::SignedIn,
            Shown::SignedOut(_) => Stage::SignedOut,
            Shown::Restoring | Shown::Completing | Shown::LeavingToLookup | Shown::LeavingToSignIn | Shown::LeavingToSignOut => {
                Stage::Waiting
            }
        }
    }
}

impl Tab {
    /// A tab without anything.
    pub(crate) const fn new() -> Self {
        Self { page: Page::Elsewhere, storage: BTreeMap::new(), redirects: None, frozen: None }
    }

    /// The app's page, if it shows one.
    pub(crate) fn document(&self) -> Option<&Document> {
        match &self.page {
            Page::App(document) => Some(document),
            _ => None,
        }
    }
}

impl Default for Tab {
    fn default() -> Self {
        Self::new()
    }
}
