//! Calling an API.

use crate::{
    wait::{until, yes},
    world::World,
};
use anyhow::{Result, ensure};

pub(super) async fn answers(world: &World) -> Result<()> {
    world.signs_in().await?;
    world.presses("API").await?;
    world.sees_api_answer().await?;
    world.sees("\"organization\": \"org_").await?;
    ensure!(world.provider.log().await?.api_statuses() == [200], "one call");
    Ok(())
}

pub(super) async fn refused_token_is_renewed(world: &World) -> Result<()> {
    world.signs_in().await?;
    world.presses("API").await?;
    world.sees_api_answer().await?;

    world.provider.control("expire-access-tokens").await?;
    world.provider.forget_log().await?;
    world.marks(".exchange").await?;
    world.presses("Call again").await?;
    until("the call to be repeated", async || Ok(yes(world.provider.log().await?.api_statuses() == [401, 200]))).await?;
    world.sees("Call again").await?;
    world.sees_api_answer().await?;

    let log = world.provider.log().await?;
    ensure!(log.api_statuses() == [401, 200], "the call was repeated once, not {:?}", log.api_statuses());
    ensure!(log.token_requests() == 1 && log.grants("refresh_token") == 1, "one renewal, not {}", log.token_requests());
    world.mark_is_still_at(".exchange").await
}
