//! The words in which the simulation speaks of the core: what happens to a page, what a page wants, and what it shows. `bridge` translates.

pub(crate) use hushkey::protocol::{hint::News, transaction::Ticket};

/// Something that happens to a page.
#[derive(Debug)]
pub(crate) enum Input {
    /// It was loaded: the whole address, the record that was taken from the store for it, the texts of the hint and of the
    /// redirects that nobody chose, and whether it is looked at.
    Opened { address: String, kept: Option<(String, String)>, hint: Option<String>, redirects: Option<String>, visible: bool },
    /// The person chose to sign in, perhaps as somebody else, perhaps in a window of its own.
    SignIn { return_to: String, anew: bool, popup: bool },
    /// The person chose another of their organisations.
    Organisation(String),
    /// The person has begun to use the page.
    Acted,
    /// The person chose to sign out.
    SignOut,
    /// A protected page is shown and nobody is signed in.
    Needed(String),
    /// A protected page was left.
    NotNeeded,
    /// A new token is asked for.
    Renew,
    /// The person tries again.
    Retry,
    /// The hidden frame posted this text.
    FrameSaid { ticket: Ticket, text: String },
    /// The hidden frame came to rest on a page that says nothing.
    FrameLoaded { ticket: Ticket },
    /// The app's own policy forbids the hidden frame.
    FrameForbidden { ticket: Ticket },
    /// It was looked at why the frame said nothing: whether the relay page could be had, and whether the provider answered.
    Examined { ticket: Ticket, online: bool, answers: bool },
    /// The window posted this text.
    PopupSaid { ticket: Ticket, text: String },
    /// The browser did not open the window.
    PopupBlocked { ticket: Ticket },
    /// A request was answered, or was not.
    Answered { ticket: Ticket, answer: Answer },
    /// Signatures were checked: the place of the one that is wrong, if one is.
    Checked { ticket: Ticket, wrong: Option<usize> },
    /// An API answered 401 to this generation of the token.
    Rejected { generation: u64 },
    /// A text came from another tab.
    Told(String),
    /// The page came back from the back/forward cache; the hint as it stands now.
    Returned { hint: Option<String> },
    /// The provider's page about the session says that it has changed, rightly or not; or that it does not understand.
    Watched { changed: bool },
    /// The page is looked at again, or no longer, or the network is back.
    Woke { visible: bool },
    /// The timer fired.
    Ticked,
}

impl Input {
    /// Whether it says that somebody signed out, as a page that comes back reads it in the hint.
    pub(crate) fn tells_sign_out(&self) -> bool {
        matches!(self, Self::Returned { hint } if crate::bridge::says_signed_out(hint.as_deref()))
    }
}

/// What becomes of a request.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// Status and JSON body.
    Json(u16, String),
    /// Status and an HTML page.
    Html(u16),
    /// The connection failed.
    Unreachable,
    /// The browser knows that it is offline.
    Offline,
    /// The browser adapter gave up after ten seconds.
    TimedOut,
}

/// What kind of input an event stands for. The checks look at nothing else of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Opened,
    SignIn,
    SignOut,
    Needed,
    NotNeeded,
    Renew,
    Retry,
    Organisation,
    Acted,
    Frame,
    FrameLoaded,
    FrameForbidden,
    Examined,
    Popup,
    PopupBlocked,
    Answer,
    Check,
    Rejected,
    SignedInElsewhere,
    SignedOutElsewhere,
    Returned,
    Watched,
    Woke,
    Ticked,
}

/// Something that the core wants done.
#[derive(Debug)]
pub(crate) enum Wish {
    /// Open the hidden frame.
    Frame { ticket: Ticket, url: String },
    /// Open a window for the person.
    Popup { ticket: Ticket, url: String },
    /// Look at why the frame says nothing.
    Examine { ticket: Ticket, question: String },
    /// Send a request: a GET, or a POST of this form. `cached` says whether the browser's cache may answer.
    Send { ticket: Ticket, url: String, form: Option<String>, cached: bool },
    /// Check signatures.
    Check { ticket: Ticket, checks: Vec<Check> },
    /// Leave the page.
    Leave { url: String, replaces: bool },
    /// Change the address.
    Rewrite(String),
    /// Store a record.
    Keep { key: String, text: String },
    /// Change the hint.
    Hint(News),
    /// Store the redirects that nobody chose, or forget them.
    NoteRedirects(Option<String>),
    /// Forget where the person was.
    ForgetScroll,
    /// Scroll to where the person was.
    RestoreScroll,
    /// Tell the other tabs.
    Tell(String),
    /// Write to the console.
    Report(String),
}

/// One signature to check.
#[derive(Debug)]
pub(crate) struct Check {
    /// The `x` of the key, which is Ed25519 always.
    pub(crate) key: String,
    /// What was signed.
    pub(crate) input: String,
    /// The signature.
    pub(crate) signature: Vec<u8>,
}

/// What a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    Restoring,
    Completing,
    LeavingToLookup,
    LeavingToSignIn,
    LeavingToSignOut,
    SignedIn(Who),
    Paused(Who),
    SignedOut(Why),
}

impl Shown {
    /// Who is signed in, if somebody is.
    pub(crate) const fn who(self) -> Option<Who> {
        match self {
            Self::SignedIn(who) | Self::Paused(who) => Some(who),
            Self::Restoring
            | Self::Completing
            | Self::LeavingToLookup
            | Self::LeavingToSignIn
            | Self::LeavingToSignOut
            | Self::SignedOut(_) => None,
        }
    }
}

/// A person and the organisation they are signed in to, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Who {
    /// `usr_…`
    pub(crate) person: u8,
    /// `org_…`
    pub(crate) organisation: u8,
}

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    NoSession,
    ByChoice,
    Elsewhere,
    SessionEnded,
    AccountChanged,
    SignedInElsewhere,
    Problem,
}

/// What a call to an API is to do.
#[derive(Debug)]
pub(crate) enum Token {
    Attach { token: String, generation: u64 },
    Wait,
    Renew,
    SignedOut,
    NotAllowed,
}
