//! One call to an API: wait for a token, send, and after a 401 renew and send once more what may be sent twice.

use super::{api_error::ApiError, api_request::ApiRequest, api_response::ApiResponse, gates::whose, refusal, trace::Trace};
use crate::{
    browser::{driver::Driver, fetch::Unsent, timer::within},
    protocol::{
        api::{self, TokenAnswer},
        secret::AccessToken,
        turn::Event,
    },
};
use zeroize::Zeroizing;

const UNAUTHORIZED: u16 = 401;

pub(crate) async fn call(driver: &Driver, request: &ApiRequest) -> Result<ApiResponse, ApiError> {
    let trace = Trace::of(driver, request);
    let outcome = within(request.patience, call_twice_at_most(driver, request, &trace)).await.unwrap_or(Err(ApiError::TimedOut));
    outcome.inspect_err(|error| trace.failed(error))
}

async fn call_twice_at_most(driver: &Driver, request: &ApiRequest, trace: &Trace<'_>) -> Result<ApiResponse, ApiError> {
    let (token, generation) = token_for(driver, request, None).await?;
    let caller = caller(driver);
    let response = for_caller(driver, &caller, send(driver, request, &token, trace).await?)?;
    if response.status() != UNAUTHORIZED {
        return Ok(response);
    }
    refusal::look(driver, request, &response)?;
    driver.dispatch(Event::TokenRejected { generation });
    if !request.is_idempotent() {
        return Ok(response);
    }
    let (token, _) = token_for(driver, request, Some(generation)).await?;
    // What one person asked for is not asked again with the token of another.
    if self::caller(driver) != caller {
        return Err(ApiError::PersonChanged);
    }
    let response = for_caller(driver, &caller, send(driver, request, &token, trace).await?)?;
    if response.status() == UNAUTHORIZED {
        refusal::look(driver, request, &response)?;
    }
    Ok(response)
}

/// On whose behalf a call is made.
fn caller(driver: &Driver) -> Option<String> {
    driver.view().person().map(|person| whose(person))
}

/// Hands an answer over, if those who asked are still here.
fn for_caller(driver: &Driver, caller: &Option<String>, response: ApiResponse) -> Result<ApiResponse, ApiError> {
    match self::caller(driver) {
        None => Err(ApiError::SignedOut),
        now if now == *caller => Ok(response),
        Some(_) => Err(ApiError::PersonChanged),
    }
}

/// Waits for a token that may go with the call, and that is not the one that was refused.
async fn token_for(driver: &Driver, request: &ApiRequest, refused: Option<u64>) -> Result<(AccessToken, u64), ApiError> {
    loop {
        // Before the question, so that no change between it and the waiting is missed.
        let changed = driver.changed();
        match driver.token_for(&request.url) {
            TokenAnswer::Attach { token, generation } if refused != Some(generation) => return Ok((token, generation)),
            TokenAnswer::Attach { .. } | TokenAnswer::Wait => {}
            // Of many calls that find the token expired, the machine takes the first at its word and ignores the others.
            TokenAnswer::Renew => driver.dispatch(Event::RenewalChosen),
            TokenAnswer::Fetch(target) => driver.dispatch(Event::TokenNeeded(target)),
            TokenAnswer::Refused(error) => return Err(ApiError::NoToken(error)),
            TokenAnswer::SignedOut => return Err(ApiError::SignedOut),
            TokenAnswer::NotAllowed => return Err(ApiError::NotAllowed { address: request.url.clone() }),
        }
        changed.await;
    }
}

async fn send(driver: &Driver, request: &ApiRequest, token: &AccessToken, trace: &Trace<'_>) -> Result<ApiResponse, ApiError> {
    // Sent to the address that was judged, not to the text that it was read from: two parsers may disagree.
    let not_allowed = || ApiError::NotAllowed { address: request.url.clone() };
    let url = api::resolve(&request.url, driver.config()).ok_or_else(not_allowed)?;
    let authorization = Zeroizing::new(format!("Bearer {}", token.expose()));
    let outgoing = request.outgoing(url.as_str(), &authorization)?;
    trace.sent();
    let (response, abort) = outgoing.send().await.map_err(|why| match why {
        Unsent::Malformed(why) => ApiError::Request(why),
        Unsent::Failed(failure) => ApiError::Network(failure),
    })?;
    trace.answered(response.status());
    Ok(ApiResponse::new(response, abort))
}
