//! What an app can see of the sign-in, and ask of it.

use super::{api_call, api_error::ApiError, api_request::ApiRequest, api_response::ApiResponse};
use crate::{
    browser::{console, discarded::Discarded, driver::Driver, navigation},
    protocol::{
        authorize::SignInOptions,
        error::Error,
        session::Person,
        step_up::StepUpChallenge,
        time::UnixTime,
        turn::Event,
        view::{Reason, View},
    },
};
use std::{collections::BTreeMap, future::Future, rc::Rc};

/// The sign-in, as [`use_auth`](crate::use_auth) gives it. Cheap to clone into callbacks.
///
/// Two are equal if they show the same [`View`] of the same sign-in.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthHandle {
    /// None where the browser lacks something; everything that can be asked for is then without effect.
    driver: Option<Driver>,
    view: View,
}

impl AuthHandle {
    pub(crate) fn new(started: Result<Driver, Error>) -> Self {
        match started {
            Ok(driver) => Self { view: driver.view(), driver: Some(driver) },
            Err(error) => {
                console::report(&error);
                Self { driver: None, view: View::SignedOut(Reason::Problem(error)) }
            }
        }
    }

    /// Where the sign-in stood when the component was last drawn.
    #[must_use]
    pub fn view(&self) -> View {
        self.view.clone()
    }

    /// The person who is signed in.
    #[must_use]
    pub fn person(&self) -> Option<Rc<Person>> {
        self.view.person().cloned()
    }

    /// Goes to the provider's sign-in page. Unless [`return_to`](SignInOptions::return_to) says otherwise, the person comes back to where they
    /// are now.
    pub fn sign_in(&self, options: SignInOptions) {
        let return_to = options.return_to.clone().or_else(|| Some(navigation::place()));
        self.dispatch(Event::SignInChosen(SignInOptions { return_to, ..options }));
    }

    /// Goes on in another of the person's organisations: silently where the provider does that, else by way of its page. The whole session is
    /// replaced, with everything below a gate. If nobody is signed in, it is a sign-in to that organisation.
    pub fn switch_organization(&self, id: impl Into<String>) {
        self.dispatch(Event::OrganizationChosen { id: id.into() });
    }

    /// Goes on with a session that is [paused](View::Paused), in a window of its own, so that nothing on the page is lost. To be called from a click,
    /// or the browser blocks the window.
    pub fn resume(&self) {
        self.sign_in(SignInOptions { popup: true, ..SignInOptions::default() });
    }

    /// Goes to the provider for the sign-in that an API demands ([`ApiError::StepUp`]), and comes back to where the person is. If nothing comes of it, the
    /// session is restored as it was, and [`step_up_failure`](Self::step_up_failure) says why. Nobody is sent there without having chosen it: call this
    /// from a button.
    pub fn step_up(&self, challenge: &StepUpChallenge) {
        self.sign_in(SignInOptions::step_up(challenge));
    }

    /// The same in a window of its own, so that nothing on the page is lost. It is opened before this returns: call it from a click.
    ///
    /// # Errors
    /// Why nothing came of it. The session goes on.
    pub fn step_up_in_window(&self, challenge: &StepUpChallenge) -> impl Future<Output = Result<(), Error>> + use<> {
        self.sign_in(SignInOptions { popup: true, ..SignInOptions::step_up(challenge) });
        let driver = self.driver.clone();
        async move {
            while let Some(driver) = &driver {
                let changed = driver.changed();
                if !driver.has_popup() {
                    return driver.step_up_failure().map_or(Ok(()), Err);
                }
                changed.await;
            }
            Ok(())
        }
    }

    /// Why the last step-up of this page came to nothing, if it did, as of this moment.
    #[must_use]
    pub fn step_up_failure(&self) -> Option<Error> {
        self.driver.as_ref().and_then(Driver::step_up_failure)
    }

    /// Whether a window is open that the person may be signing in in, as of this moment.
    #[must_use]
    pub fn has_popup(&self) -> bool {
        self.driver.as_ref().is_some_and(Driver::has_popup)
    }

    /// Ends the session: here at once, then in the other tabs and at the provider.
    pub fn sign_out(&self) {
        self.dispatch(Event::SignOutChosen);
    }

    /// Asks for a new token now. Nobody has to: it happens in time by itself.
    pub fn renew(&self) {
        self.dispatch(Event::RenewalChosen);
    }

    /// Tries again at once what failed, or waits for its next try.
    pub fn retry(&self) {
        self.dispatch(Event::RetryChosen);
    }

    /// Says that somebody must be signed in at this place of the app: path, query and fragment.
    pub(crate) fn need_sign_in(&self, place: String) {
        self.dispatch(Event::SignInNeeded { place });
    }

    /// Says that the place which needed somebody was left.
    pub(crate) fn need_sign_in_no_longer(&self) {
        self.dispatch(Event::SignInNoLongerNeeded);
    }

    /// When the access token expires, as of this moment.
    #[must_use]
    pub fn token_expires_at(&self) -> Option<UnixTime> {
        self.driver.as_ref().and_then(Driver::token_expires_at)
    }

    /// A number that is another with every new token, as of this moment.
    #[must_use]
    pub fn token_generation(&self) -> Option<u64> {
        self.driver.as_ref().and_then(Driver::token_generation)
    }

    /// Whether a new token is being asked for, as of this moment.
    #[must_use]
    pub fn is_renewing(&self) -> bool {
        self.driver.as_ref().is_some_and(Driver::is_renewing)
    }

    /// The scopes that were granted, as of this moment.
    #[must_use]
    pub fn granted_scopes(&self) -> Vec<String> {
        self.driver.as_ref().map(Driver::granted_scopes).unwrap_or_default()
    }

    /// Whether the provider says that it understands PKCE, as far as is known by now. It is always used, whatever this says.
    #[must_use]
    pub fn pkce_advertised(&self) -> Option<bool> {
        self.driver.as_ref().and_then(Driver::pkce_advertised)
    }

    /// How often something that came in was not used, by reason: foreign messages, late answers, events without meaning.
    #[must_use]
    pub fn ignored(&self) -> BTreeMap<Discarded, u32> {
        self.driver.as_ref().map(Driver::discarded).unwrap_or_default()
    }

    /// Calls an API with the access token.
    ///
    /// The token goes to the addresses under `api` in the configuration and to no other. A call waits while a session is being restored or an
    /// expired token renewed; a fresh token goes at once. If the API answers 401, the token is renewed and the call sent once more; a second 401
    /// is the answer. A call that may have done something already (`POST`, `PATCH`) is not sent a second time unless it has an `Idempotency-Key`.
    ///
    /// ```ignore
    /// let orders: Vec<Order> = auth.fetch(ApiRequest::get("https://api.example.com/orders")).await?.json().await?;
    /// ```
    ///
    /// # Errors
    /// Why the call was not sent, or not answered. Any answer is an `Ok`, whatever its status.
    pub async fn fetch(&self, request: ApiRequest) -> Result<ApiResponse, ApiError> {
        match &self.driver {
            Some(driver) => api_call::call(driver, &request).await,
            None => Err(ApiError::SignedOut),
        }
    }

    /// What runs the sign-in, if anything does.
    #[cfg(feature = "inspector")]
    pub(crate) const fn driver(&self) -> Option<&Driver> {
        self.driver.as_ref()
    }

    fn dispatch(&self, event: Event) {
        if let Some(driver) = &self.driver {
            driver.dispatch(event);
        }
    }
}
