//! How often everything happened, so that it can be seen that the simulation does what it claims.

use std::fmt;

macro_rules! tally {
    ($($group:literal: { $($name:ident = $words:literal,)* })*) => {
        /// Something that is counted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Count {
            $($(#[doc = $words] $name,)*)*
        }

        const WORDS: &[(&str, &str)] = &[$($(($group, $words),)*)*];
    };
}

tally! {
    "what the person did": {
        TabOpened = "opened a tab",
        TabInBackground = "opened a tab in the background",
        TabClosed = "closed a tab",
        TabDuplicated = "duplicated a tab",
        TabShown = "went to another tab",
        Reloaded = "reloaded",
        WentAway = "went to another site",
        Back = "went back",
        Browsed = "went to another page of the app",
        SignInChosen = "chose to sign in",
        SignInAnew = "chose to sign in as somebody else",
        OrganisationChosen = "chose another organisation",
        SignOutChosen = "chose to sign out",
        RenewalChosen = "asked for a new token",
        RetryChosen = "tried again",
        ApiCalled = "called an API",
        Authenticated = "signed in at the provider",
        Refused = "refused at the provider",
        Abandoned = "left the sign-in page open",
        NavigationStopped = "stopped a navigation",
    }
    "what the core did": {
        PageLoads = "page loads",
        Restored = "restored by the frame",
        Completed = "completed a sign-in",
        RenewedSilently = "renewed by the frame",
        RenewedByToken = "renewed by a refresh token",
        RefreshRefused = "refresh token refused",
        AutomaticRedirects = "sent to sign in by itself",
        Lookups = "looked for a session by redirect",
        Paused = "paused until the person comes",
        Unseen = "waited to be seen",
        AnotherTookOver = "another person took over",
        Troubles = "failures met on the way",
        EndedByChoice = "signed out: by choice",
        EndedElsewhere = "signed out: elsewhere",
        EndedAtProvider = "signed out: session ended",
        EndedByAccount = "signed out: another account",
        EndedByProblem = "signed out: a problem",
        EndedByAnotherTab = "signed out: signed in elsewhere",
        FoundNobody = "signed out: no session",
        Ignored = "events ignored",
    }
    "what the browser did": {
        TabMessages = "tab messages delivered",
        TabMessagesLost = "tab messages lost",
        Froze = "pages frozen",
        Thawed = "pages came back from the cache",
        Woke = "wake events",
        Ticks = "timers",
        LateTicks = "timers of hidden tabs, late",
        PopupsOpened = "windows opened",
        PopupsBlocked = "windows blocked",
        PopupAnswers = "windows answered",
        Examined = "silences looked into",
        FrameLoaded = "frames that came to rest without a word",
        FrameForbidden = "frames forbidden by the app",
        FrameAnswers = "frame answers",
        CookiesBlocked = "frames without cookies",
        CachedAnswers = "answers from the cache",
    }
    "faults": {
        Slow = "slow answers",
        RequestLost = "requests lost",
        AnswerCut = "answers lost, request carried out",
        FrameSilent = "frames that never answered",
        Status5xx = "5xx answers",
        Status429 = "429 answers",
        TemporaryError = "temporary errors in frames",
        OfflinePeriods = "offline periods",
        ProviderDown = "provider down",
        Sleeps = "sleeps",
        SleepsClockStill = "sleeps with the clock standing still",
        JumpsForward = "wall clock jumps forwards",
        JumpsBack = "wall clock jumps backwards",
        SessionEnded = "session ended at the provider",
        AnotherPerson = "another person at the provider",
        Revoked = "tokens revoked",
        KeyRotated = "keys rotated",
        BadSignature = "bad signatures",
        ReuseDetected = "refresh token reuse detected",
        ForgedFrame = "forged frame messages",
        ForgedTab = "forged tab messages",
        ForgedCallback = "forged or replayed callbacks",
        Alarm = "alarms about the session",
        ApiRejected = "401 answers of the API",
    }
    "length": {
        Events = "events",
        Sampled = "steps sampled for secrets",
    }
}

/// The counts of one or of many sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally([u64; WORDS.len()]);

impl Tally {
    /// Nothing has happened.
    #[must_use]
    pub const fn new() -> Self {
        Self([0; WORDS.len()])
    }

    /// It happened once more.
    pub const fn add(&mut self, what: Count) {
        self.0[what as usize] += 1;
    }

    /// How often it happened.
    #[must_use]
    pub const fn of(&self, what: Count) -> u64 {
        self.0[what as usize]
    }

    /// Adds the counts of another.
    pub fn merge(&mut self, other: &Self) {
        for (own, other) in self.0.iter_mut().zip(other.0) {
            *own += other;
        }
    }

    /// What never happened.
    #[must_use]
    pub fn absent(&self) -> Vec<&'static str> {
        WORDS.iter().zip(self.0).filter(|(_, count)| *count == 0).map(|((_, words), _)| *words).collect()
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut last = "";
        for ((group, words), count) in WORDS.iter().zip(self.0) {
            if *group != last {
                writeln!(f, "\n{group}")?;
                last = group;
            }
            writeln!(f, "  {count:>12}  {words}")?;
        }
        Ok(())
    }
}
