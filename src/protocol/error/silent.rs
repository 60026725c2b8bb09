//! Why a silent attempt brought no session.

use std::fmt;

/// Why a silent attempt brought no session. A hidden frame shows nothing of itself to a script; where it did not answer, the cause is what an
/// [examination](crate::protocol::examination) found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SilentFailure {
    /// Nobody is signed in at the provider: the ordinary answer.
    LoginRequired,
    /// Somebody is, but the provider wants to ask something first: the code says what.
    NeedsInteraction(String),
    /// The provider is not told in a frame who it is: the browser keeps cookies of other sites back.
    CookiesBlocked,
    /// The app itself is shown in a frame, where it asks for nothing.
    Framed,
    /// The app is cross-origin isolated, and the provider's pages do not allow themselves to be in such an app.
    Isolated,
    /// The provider showed a page in the frame instead of answering, or refused to be shown.
    PageShown,
    /// The app's own Content Security Policy does not allow the frame.
    Policy,
    /// The relay page refuses to be shown in a frame of the app: this header says so.
    RelayFraming(&'static str),
    /// There is no relay page: its address is answered with this status.
    RelayMissing(u16),
    /// Something else stands where the relay page should.
    RelayWrong,
    /// Nothing is wrong that could be seen, but no answer came in time.
    Slow,
    /// The provider does not send anybody to the relay page: its address is not registered there, or the client is not known.
    Unregistered,
}

impl SilentFailure {
    /// A stable, machine-readable name.
    pub(super) fn code(&self) -> String {
        match self {
            Self::LoginRequired => "login_required",
            Self::NeedsInteraction(code) => code,
            Self::CookiesBlocked => "silent_cookies_blocked",
            Self::Framed => "silent_framed",
            Self::Isolated => "silent_isolated",
            Self::PageShown => "silent_page_shown",
            Self::Policy => "silent_policy",
            Self::RelayFraming(_) => "silent_relay_framing",
            Self::RelayMissing(_) => "silent_relay_missing",
            Self::RelayWrong => "silent_relay_wrong",
            Self::Slow => "silent_slow",
            Self::Unregistered => "silent_unregistered",
        }
        .to_owned()
    }
}

impl fmt::Display for SilentFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LoginRequired => f.write_str("nobody is signed in at the provider"),
            Self::NeedsInteraction(code) => write!(f, "the provider wants to ask something: {code}"),
            Self::CookiesBlocked => f.write_str(
                "this browser keeps the provider's cookies out of frames; give the provider an address on the same site as the app",
            ),
            Self::Framed => f.write_str("the app itself is shown in a frame, where it asks for nothing"),
            Self::Isolated => f.write_str(
                "the app is cross-origin isolated (COEP), which keeps the provider out of its frames; serve the app without that header, or \
                 with the provider's consent (CORP and COEP there)",
            ),
            Self::PageShown => f.write_str(
                "the provider showed a page in the hidden frame instead of answering prompt=none, or refused to be framed; \
                 its own log says which",
            ),
            Self::Policy => f.write_str("the app's Content Security Policy blocks the hidden frame; add the provider's origin to frame-src"),
            Self::RelayFraming(header) => {
                write!(f, "the relay page is sent with {header} that keeps it out of the app's own frame; allow framing by 'self' there")
            }
            Self::RelayMissing(status) => {
                write!(f, "the relay page (silent_path) is answered with status {status}; deploy silent-refresh.html there")
            }
            Self::RelayWrong => f.write_str(
                "something else stands where the relay page (silent_path) should; deploy silent-refresh.html there, and keep the host from \
                 redirecting that address or answering it with the app",
            ),
            Self::Slow => f.write_str("the hidden frame did not answer in time, and nothing else is wrong that could be seen"),
            Self::Unregistered => f.write_str(
                "the provider does not redirect to the relay page; register its address (silent_path) there, letter by letter, and check \
                 client_id",
            ),
        }
    }
}
