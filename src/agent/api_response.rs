//! The answer of an API.

use super::api_error::ApiError;
use crate::browser::fetch::{self, Abort};
use serde::de::DeserializeOwned;
use std::fmt;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// The answer of an API: status and headers have come, the body is read when it is asked for. Dropping it ends the reading.
pub struct ApiResponse {
    response: Response,
    _abort: Abort,
}

impl ApiResponse {
    pub(crate) const fn new(response: Response, abort: Abort) -> Self {
        Self { response, _abort: abort }
    }

    /// The status code.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.response.status()
    }

    /// Whether the status is one of success: 200 to 299.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.response.ok()
    }

    /// A header, if it came and the API lets a script of this origin see it.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        self.response.headers().get(name).ok().flatten()
    }

    /// The body as text.
    ///
    /// # Errors
    /// `Network` if the rest of the answer did not come.
    pub async fn text(self) -> Result<String, ApiError> {
        let failed = |_| ApiError::Network(fetch::failure());
        let text = JsFuture::from(self.response.text().map_err(failed)?).await.map_err(failed)?;
        Ok(text.as_string().unwrap_or_default())
    }

    /// The body, read as JSON.
    ///
    /// # Errors
    /// `Network` if the rest of the answer did not come, `Body` if it is not the JSON that was expected.
    pub async fn json<T: DeserializeOwned>(self) -> Result<T, ApiError> {
        serde_json::from_str(&self.text().await?).map_err(|why| ApiError::Body(why.to_string()))
    }
}

impl fmt::Debug for ApiResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiResponse").field("status", &self.status()).finish_non_exhaustive()
    }
}
