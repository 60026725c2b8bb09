//! Answers of the provider that are not what a sign-in hopes for, or not the provider's at all.

use crate::{tap::Side, world::World};
use anyhow::{Context, Result, ensure};

/// As long and as random as a real one.
const FOREIGN: &str = "code=Zm9yZWlnbi1jb2RlLW9mLXNvbWVib2R5LWVsc2U&state=c3RhdGUtb2Ytc29tZWJvZHktZWxzZQ";

pub(super) async fn cancelled(world: &World) -> Result<()> {
    world.opens("/").await?;
    world.presses("Sign in").await?;
    world.sees_sign_in_page().await?;
    world.browser.click("[data-action=\"cancel\"]").await?;

    world.sees_heading("Sign-in was cancelled").await?;
    world.sees("You can try again whenever you like.").await?;
    world.sees_code("access_denied").await?;
    world.is_at("/callback").await?;
    ensure!(world.provider.log().await?.token_requests() == 0, "something was redeemed");

    world.presses("Try again").await?;
    world.chooses("alice").await?;
    world.is_signed_in().await?;
    world.is_at("/").await
}

pub(super) async fn unknown_state(world: &World) -> Result<()> {
    world.opens(&format!("/callback?{FOREIGN}")).await?;
    world.sees_heading("This sign-in link cannot be used").await?;
    world.sees_code("response_state").await?;
    world.is_at("/callback").await?;
    ensure!(world.provider.was_sent("code=Zm9yZWlnbi") == 0, "the foreign code was redeemed");
    ensure!(world.provider.log().await?.visible_sign_ins() == 0, "the page went to the provider by itself");
    Ok(())
}

pub(super) async fn replayed(world: &World) -> Result<()> {
    world.signs_in().await?;
    let said = world.provider.wire.text(Side::Provider);
    let callback = said.rsplit("/callback?").next().and_then(|rest| rest.split_whitespace().next()).context("there was no callback")?;
    let code = callback.split('&').find(|pair| pair.starts_with("code=")).context("the callback had no code")?;
    ensure!(world.provider.was_sent(code) == 1, "the code was redeemed when it came");

    world.opens(&format!("/callback?{callback}")).await?;
    world.is_signed_in().await?;
    world.is_at("/").await?;
    ensure!(world.provider.was_sent(code) == 1, "the code was redeemed again");
    ensure!(world.provider.log().await?.visible_sign_ins() == 1, "the replay went to the provider");
    Ok(())
}

pub(super) async fn injected(world: &World) -> Result<()> {
    world.opens("/").await?;
    world.presses("Sign in").await?;
    world.sees_sign_in_page().await?;

    world.opens(&format!("/callback?{FOREIGN}&iss={}", world.app)).await?;
    world.sees_heading("This sign-in link cannot be used").await?;
    world.sees_code("response_state").await?;
    ensure!(world.provider.was_sent("code=Zm9yZWlnbi") == 0, "the foreign code was redeemed");
    ensure!(world.provider.log().await?.token_requests() == 0, "something was redeemed");
    Ok(())
}
