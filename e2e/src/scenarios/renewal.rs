//! New tokens for old ones.

use crate::{
    person::ALICE,
    wait::{until, yes},
    world::World,
};
use anyhow::{Context, Result, ensure};

/// The seconds that the page says are left.
async fn seconds_left(world: &World) -> Result<Option<u64>> {
    let text = world.browser.text_at("p.ticking").await?;
    let Some((_, text)) = text.split_once("expires in ") else { return Ok(None) };
    let (number, unit) = text.split_once(' ').context("a number and a unit")?;
    Ok(number.parse().ok().filter(|_| unit.starts_with("second")))
}

pub(super) async fn by_hand(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.marks("main h1").await?;
    world.provider.forget_log().await?;
    until("two seconds to pass on the page", async || Ok(yes(seconds_left(world).await?.is_some_and(|left| left <= 77)))).await?;

    world.presses("Renew now").await?;
    world.sees("Renewed. You have a new access token.").await?;
    let left = seconds_left(world).await?.context("the page does not say when the token expires")?;
    ensure!(left > 77, "the expiry has not moved: {left} s");
    world.mark_is_still_at("main h1").await?;
    world.is_at("/account").await?;

    let log = world.provider.log().await?;
    ensure!(log.grants("refresh_token") == 1 && log.token_requests() == 1, "one renewal");
    ensure!(log.visible_sign_ins() == 0, "the page went to the provider");
    Ok(())
}

pub(super) async fn by_itself(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.marks(".corner-name").await?;
    let left = until("the first expiry", async || seconds_left(world).await).await?;
    let expired = format!("return Date.now() > {} + {}", world.browser.text_of("return String(Date.now())").await?, (left + 1) * 1000);

    until("the first token to be past its time", async || Ok(yes(world.browser.script(&expired, Vec::new()).await? == true))).await?;
    ensure!(seconds_left(world).await?.is_some_and(|left| left > 0), "there is no new token");
    world.presses("API").await?;
    world.sees_api_answer().await?;
    world.mark_is_still_at(".corner-name").await?;

    let log = world.provider.log().await?;
    ensure!(log.grants("refresh_token") >= 1, "nothing was renewed");
    ensure!(log.api_statuses().iter().all(|status| *status == 200), "the API saw an expired token");
    Ok(())
}

async fn has_frame(world: &World) -> Result<bool> {
    Ok(world.browser.script("return document.querySelector('iframe') !== null", Vec::new()).await? == true)
}

pub(super) async fn refresh_token_refused(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.marks("main h1").await?;
    world.provider.forget_log().await?;
    world.provider.control("fail?endpoint=token&status=400&error=invalid_grant").await?;
    world.provider.control("fail?endpoint=authorize&delay_ms=2000").await?;

    world.presses("Renew now").await?;
    until("the hidden frame", async || {
        Ok(yes(world.browser.script("return !!document.querySelector('iframe')", Vec::new()).await? == true))
    })
    .await?;
    // The frame is on its way to an address that carries the ID token.
    let faults = world.faults_of_page().await?;
    ensure!(faults.is_empty(), "while the frame is open: {}", faults.join("; "));
    ensure!(has_frame(world).await?, "the frame was gone before it was looked at");

    world.sees("Renewed. You have a new access token.").await?;
    world.mark_is_still_at("main h1").await?;

    let log = world.provider.log().await?;
    ensure!(log.silent_sign_ins() == 1, "one silent request, not {}", log.silent_sign_ins());
    ensure!(log.visible_sign_ins() == 0, "the page went to the provider");
    Ok(())
}

pub(super) async fn session_revoked(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.provider.control("revoke-sessions").await?;
    world.provider.forget_log().await?;

    world.presses("Renew now").await?;
    world.sees_heading("Your session has ended.").await?;
    world.is_at("/account").await?;
    ensure!(!world.browser.text().await?.contains("alice@example.test"), "the account is still shown");
    ensure!(world.provider.log().await?.visible_sign_ins() == 0, "the page went to the provider by itself");

    world.presses("Sign in").await?;
    world.chooses("alice").await?;
    world.sees_heading(ALICE).await?;
    world.is_at("/account").await
}
