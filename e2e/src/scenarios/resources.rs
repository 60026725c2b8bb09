//! Two APIs, and a token for each.

use crate::{
    wait::{until, yes},
    world::World,
};
use anyhow::{Result, ensure};

pub(super) const ONE: &str = "urn:example:one";
pub(super) const TWO: &str = "https://two.example/";

/// Both APIs have answered, each to a token that is for it alone.
async fn both_answer(world: &World) -> Result<()> {
    world.presses("API").await?;
    until("both answers", async || {
        let text = world.browser.text().await?;
        let is_for = |resource: &str| text.matches(&format!("\"{resource}\"")).count() == 1;
        Ok(yes(text.matches("Answered 200").count() == 2 && is_for(ONE) && is_for(TWO)))
    })
    .await
}

/// The resources that the token endpoint was asked for, in order.
async fn asked_for(world: &World) -> Result<Vec<String>> {
    let log = world.provider.log().await?;
    Ok(log.at("/oauth/token").map(|entry| entry["values"]["resource"].as_str().unwrap_or("none").to_owned()).collect())
}

/// How it goes on from a sign-in, and from a reload.
async fn after_both(world: &World, grant: &str) -> Result<()> {
    for reloads in [false, true] {
        if reloads {
            world.provider.forget_log().await?;
            world.browser.reload().await?;
        } else {
            world.signs_in().await?;
        }
        world.is_signed_in().await?;
        both_answer(world).await?;
        ensure!(asked_for(world).await? == [ONE, TWO], "reloaded: {reloads}: {:?}", asked_for(world).await?);
        let log = world.provider.log().await?;
        ensure!(log.grants("authorization_code") == if grant == "refresh_token" { 1 } else { 2 }, "reloaded: {reloads}");
        if reloads {
            ensure!(log.visible_sign_ins() == 0, "the page went to the provider");
            ensure!(log.silent_sign_ins() == log.grants("authorization_code"), "the head start was of no use");
        }
    }
    let authorized = world.provider.asked_for("/oauth/authorize?");
    ensure!(authorized.iter().all(|asked| asked.matches("resource=").count() == 2), "every request names both: {authorized:?}");
    // What is there is not asked for again.
    world.provider.forget_log().await?;
    world.presses("Call again").await?;
    until("another call", async || Ok(yes(world.provider.log().await?.api_statuses() == [200]))).await?;
    ensure!(world.provider.log().await?.token_requests() == 0, "a token was asked for that was there");
    Ok(())
}

pub(super) async fn by_refresh_token(world: &World) -> Result<()> {
    after_both(world, "refresh_token").await
}

pub(super) async fn by_frame(world: &World) -> Result<()> {
    after_both(world, "authorization_code").await
}

pub(super) async fn refused(world: &World) -> Result<()> {
    world.signs_in().await?;
    world.provider.forget_log().await?;
    world.provider.control("fail?endpoint=token&status=400&error=invalid_target").await?;
    world.presses("API").await?;
    world.sees("The sign-in service gives you no access to this address.").await?;
    world.sees("api_no_token").await?;
    world.sees_api_answer().await?;
    ensure!(asked_for(world).await? == [TWO], "asked for once: {:?}", asked_for(world).await?);
    world.is_signed_in().await?;
    // With the next token of the session it is tried anew.
    world.presses("Account").await?;
    world.presses("Renew now").await?;
    world.sees("Renewed. You have a new access token.").await?;
    both_answer(world).await
}
