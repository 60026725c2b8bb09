//! What a provider that means harm does in a scenario, and what the app is to make of it.

use crate::setup::Setup;

/// Where this stands in a rule, the address of the attacker's server is put.
pub(crate) const ATTACKER: &str = "ATTACKER";

/// What the console says of a lie: which it was, to those who run the app, and that a frame was looked into.
pub(crate) const TOLD: &[&str] = &["hushkey: ", "Content Security Policy", "Content-Security-Policy"];

/// One hostile, or odd, provider.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hostile {
    /// What it says otherwise: rules for `POST /tamper`, which provider/README.md explains.
    pub(crate) rules: &'static [&'static str],
    /// From when on.
    pub(crate) when: When,
    /// Whether the person cancels the sign-in.
    pub(crate) cancelled: bool,
    /// What the app is to make of it.
    pub(crate) then: Then,
}

/// When the provider begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    FromTheBeginning,
    OnTheSignInPage,
    BeforeARenewal,
}

/// What the app is to make of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nothing is wrong: somebody is signed in, and the API can be called.
    SignedIn,
    /// Nobody is asked to sign in, and this code is shown.
    NeverAsked(&'static str),
    /// This code is shown, after so many token requests.
    Refused(&'static str, usize),
    /// It may be over in a moment: this is shown, and it is tried again, after so many token requests and five seconds if a number is given.
    TriedAgain(&'static str, Option<usize>),
}

impl Hostile {
    const fn new(rules: &'static [&'static str], when: When, then: Then) -> Self {
        Self { rules, when, cancelled: false, then }
    }

    /// What looks odd, and must do no harm.
    pub(crate) const fn accepted(rules: &'static [&'static str]) -> Self {
        Self::new(rules, When::OnTheSignInPage, Then::SignedIn)
    }

    /// Metadata, or where the keys are, that look odd and must do no harm.
    pub(crate) const fn accepted_always(rules: &'static [&'static str]) -> Self {
        Self::new(rules, When::FromTheBeginning, Then::SignedIn)
    }

    /// Metadata that must not be used.
    pub(crate) const fn metadata(rules: &'static [&'static str], code: &'static str) -> Self {
        Self::new(rules, When::FromTheBeginning, Then::NeverAsked(code))
    }

    /// An authorization response of which no code may be redeemed.
    pub(crate) const fn response(rules: &'static [&'static str], code: &'static str) -> Self {
        Self::new(rules, When::OnTheSignInPage, Then::Refused(code, 0))
    }

    /// The answer to a sign-in that was cancelled.
    pub(crate) const fn cancelled(rules: &'static [&'static str], code: &'static str) -> Self {
        Self { cancelled: true, ..Self::response(rules, code) }
    }

    /// A token response, or keys, with which nothing may be begun.
    pub(crate) const fn tokens(rules: &'static [&'static str], code: &'static str) -> Self {
        Self::new(rules, When::OnTheSignInPage, Then::Refused(code, 1))
    }

    /// The same, for which there may be an innocent cause.
    pub(crate) const fn for_a_moment(rules: &'static [&'static str], says: &'static str) -> Self {
        Self::new(rules, When::OnTheSignInPage, Then::TriedAgain(says, None))
    }

    /// Tokens that would be right at another time.
    pub(crate) const fn clock(rules: &'static [&'static str]) -> Self {
        Self::new(rules, When::OnTheSignInPage, Then::TriedAgain("The clock of this device seems to be wrong.", Some(1)))
    }

    /// The answer to a refresh.
    pub(crate) const fn renewal(rules: &'static [&'static str], then: Then) -> Self {
        Self::new(rules, When::BeforeARenewal, then)
    }

    /// Whether a rule sends somebody to the attacker.
    pub(crate) fn has_attacker(&self) -> bool {
        self.rules.iter().any(|rule| rule.contains(ATTACKER))
    }

    /// Its world, which is otherwise like this.
    pub(crate) const fn world(self, setup: Setup) -> Setup {
        let no_token = matches!(self.then, Then::NeverAsked(_) | Then::Refused(_, 0));
        Setup { hostile: Some(self), nobody_signs_in: no_token || setup.nobody_signs_in, ..setup }
    }
}
