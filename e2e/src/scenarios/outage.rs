//! A provider that does not answer, for a while.

use crate::{
    person::ALICE,
    wait::{until, yes},
    world::World,
};
use anyhow::{Result, ensure};
use serde_json::json;
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

/// The network is gone while the page is in use, and comes back.
pub(super) async fn offline(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.marks("main h1").await?;
    world.provider.forget_log().await?;
    world.browser.devtools("Network.enable", json!({})).await?;
    let online = async |online: bool| {
        let conditions = json!({ "offline": !online, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        world.browser.devtools("Network.emulateNetworkConditions", conditions).await
    };
    online(false).await?;
    until("the browser to know that it is offline", async || {
        Ok(yes(world.browser.text_of("return String(navigator.onLine)").await? == "false"))
    })
    .await?;
    world.presses("Renew now").await?;
    world.sees("This takes longer than usual. It goes on by itself.").await?;
    world.sees_heading(ALICE).await?;
    ensure!(world.provider.log().await?.token_requests() == 0, "something came through");

    online(true).await?;
    // At once, and not when the pause is over.
    world.sees("Renewed. You have a new access token.").await?;
    world.mark_is_still_at("main h1").await
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
