//! A provider that does not answer, for a while.

use crate::{
    person::ALICE,
    wait::{until, yes},
    world::World,
};
use anyhow::{Result, ensure};
use std::time::Duration;

/// The longest pause between two tries, and some more.
const LONG: Duration = Duration::from_secs(60);

pub(super) async fn provider_down(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.provider.stop().await?;

    world.browser.reload().await?;
    world.sees("The sign-in service cannot be reached.").await?;
    world.sees("Try now").await?;
    until("the next try to be counted down", async || Ok(yes(world.browser.text_at(".ticking").await?.starts_with("Trying again"))))
        .await?;
    ensure!(!world.browser.text().await?.contains("alice@example.test"), "the account is shown without a session");

    world.provider.start_again().await?;
    world.sees_within(LONG, ALICE).await?;
    world.sees_heading(ALICE).await?;
    world.is_at("/account").await?;
    ensure!(world.provider.log().await?.visible_sign_ins() == 0, "the page went to the provider");
    Ok(())
}

pub(super) async fn provider_failing(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.marks("main h1").await?;
    world.provider.forget_log().await?;
    world.provider.control("fail?endpoint=token&status=503&times=2").await?;

    world.presses("Renew now").await?;
    until("a renewal after two failures", async || Ok(yes(world.provider.log().await?.token_requests() >= 3))).await?;
    until("the page to rest", async || Ok(yes(world.browser.text().await?.contains("Renew now")))).await?;
    world.mark_is_still_at("main h1").await?;
    world.presses("API").await?;
    world.sees_api_answer().await
}
