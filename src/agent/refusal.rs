//! What an API's 401 is about: the token, or how the person signed in.

use super::{api_error::ApiError, api_request::ApiRequest, api_response::ApiResponse};
use crate::{
    browser::{console, driver::Driver},
    protocol::error::Error,
};

/// Whether the API wants a stronger sign-in. Then another token of the same session would not help.
pub(crate) fn look(driver: &Driver, request: &ApiRequest, response: &ApiResponse) -> Result<(), ApiError> {
    let Some(header) = response.header("www-authenticate") else { return Ok(()) };
    match driver.step_up(&request.url, &header) {
        Ok(None) => Ok(()),
        Ok(Some(challenge)) => Err(ApiError::StepUp(challenge)),
        Err(failure) => {
            console::report(&Error::StepUp(failure.clone()));
            Err(ApiError::StepUpFailed(failure))
        }
    }
}
