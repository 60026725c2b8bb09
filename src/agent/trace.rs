//! A call to an API, told to the flow inspector. Without the feature `inspector` nothing is told, and this file costs nothing.

use super::{api_error::ApiError, api_request::ApiRequest};
use crate::browser::driver::Driver;
#[cfg(feature = "inspector")]
use crate::{
    browser::moment::now,
    protocol::{
        flow::{Entry, Harmless, Lane, Value},
        time::Clocks,
    },
};
#[cfg(feature = "inspector")]
use std::{cell::Cell, time::Duration};

/// One call.
#[derive(Debug)]
pub(crate) struct Trace<'a> {
    #[cfg(feature = "inspector")]
    driver: &'a Driver,
    #[cfg(feature = "inspector")]
    request: &'a ApiRequest,
    /// Since when it has waited: for a token, then for an answer.
    #[cfg(feature = "inspector")]
    since: Cell<Clocks>,
    #[cfg(feature = "inspector")]
    tries: Cell<u32>,
    #[cfg(not(feature = "inspector"))]
    _call: std::marker::PhantomData<&'a ()>,
}

#[cfg(not(feature = "inspector"))]
#[expect(clippy::unused_self, reason = "nothing is told")]
impl<'a> Trace<'a> {
    pub(crate) const fn of(_: &'a Driver, _: &'a ApiRequest) -> Self {
        Self { _call: std::marker::PhantomData }
    }

    pub(crate) const fn sent(&self, _: bool) {}

    pub(crate) const fn answered(&self, _: u16) {}

    pub(crate) const fn failed(&self, _: &ApiError) {}
}

#[cfg(feature = "inspector")]
impl<'a> Trace<'a> {
    /// It is about to be made.
    pub(crate) fn of(driver: &'a Driver, request: &'a ApiRequest) -> Self {
        Self { driver, request, since: Cell::new(now()), tries: Cell::new(0) }
    }

    /// It goes out, with a token; once more with the nonce that the API gave, perhaps.
    #[inline(never)]
    pub(crate) fn sent(&self, is_repeated: bool) {
        let waited = self.restart();
        let again = self.tries.replace(self.tries.get() + 1) > 0;
        let title = match (again, is_repeated) {
            (_, true) => "API call, once more with the nonce of the API",
            (true, false) => "API call, once more with a new token",
            (false, false) => "API call",
        };
        let mut entry = Entry::message(Lane::App, Lane::Api, title);
        entry.endpoint = Harmless::api(&self.request.url, self.driver.config());
        entry.add("method", Value::Word(self.request.method_word()));
        entry.add("access token", Value::Word("attached"));
        if waited > 0 {
            entry.add("waited for it", Value::Millis(waited));
        }
        self.driver.note(entry);
    }

    /// It was answered.
    #[inline(never)]
    pub(crate) fn answered(&self, status: u16) {
        let mut entry = Entry::message(Lane::Api, Lane::App, "API answer");
        entry.took = Some(Duration::from_millis(self.restart()));
        entry.add("status", Value::Number(u64::from(status)));
        self.driver.note(entry);
    }

    /// It was not sent, or not answered, or the answer is not handed over.
    #[inline(never)]
    pub(crate) fn failed(&self, error: &ApiError) {
        let mut entry = Entry::note(if self.tries.get() == 0 { "an API call is not sent" } else { "an API call brings no answer" });
        entry.add("because", Value::Word(error.code()));
        self.driver.note(entry);
    }

    /// The milliseconds since this was last asked.
    fn restart(&self) -> u64 {
        let now = now();
        now.uptime.as_millis().saturating_sub(self.since.replace(now).uptime.as_millis())
    }
}
