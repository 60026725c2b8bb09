//! Questions to the state about a stronger sign-in.

use super::{driver::Driver, moment::now};
use crate::protocol::{
    error::{Error, StepUpFailure},
    step_up::StepUpChallenge,
};

impl Driver {
    /// What the `WWW-Authenticate` headers of a 401 from this address demand of the person, if the API may demand anything.
    ///
    /// # Errors
    /// Why nothing can come of it.
    pub fn step_up(&self, address: &str, header: &str) -> Result<Option<StepUpChallenge>, StepUpFailure> {
        self.shared.state.borrow().step_up(address, header, now(), &self.shared.config)
    }

    /// Why the last step-up came to nothing, if it did.
    #[must_use]
    pub fn step_up_failure(&self) -> Option<Error> {
        self.shared.state.borrow().step_up_failure().cloned()
    }
}
