//! Signing out.

use crate::{person::ALICE, world::World};
use anyhow::{Context, Result, ensure};

/// Only somebody who is signed in may see these.
const PROTECTED: [&str; 3] = [ALICE, "alice@example.test", "ses_"];

async fn shows_nothing_protected(world: &World) -> Result<()> {
    let text = world.browser.text().await?;
    for protected in PROTECTED {
        ensure!(!text.contains(protected), "\"{protected}\" is still shown");
    }
    Ok(())
}

pub(super) async fn everywhere(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    let first = world.browser.tab().await?;
    world.browser.open_tab().await?;
    world.opens("/account").await?;
    world.sees_heading(ALICE).await?;
    let second = world.browser.tab().await?;

    world.browser.switch_to(first.clone()).await?;
    world.provider.forget_log().await?;
    world.presses("Sign out").await?;
    world.sees_heading("You are signed out.").await?;
    world.is_at("/signed-out").await?;
    let sent = world.provider.log().await?.parameters_at("/oidc/logout");
    for parameter in ["id_token_hint", "post_logout_redirect_uri", "state"] {
        ensure!(sent.iter().any(|name| name == parameter), "{parameter} was not sent: {sent:?}");
    }

    world.browser.switch_to(second).await?;
    world.sees_heading("You signed out in another tab.").await?;
    shows_nothing_protected(world).await?;
    world.browser.reload().await?;
    world.sees_heading("You signed out.").await?;
    world.is_at("/account").await?;
    shows_nothing_protected(world).await?;

    world.browser.switch_to(first).await?;
    world.browser.reload().await?;
    world.sees_heading("You are signed out.").await?;
    world.browser.back().await?;
    world.is_signed_out().await?;
    shows_nothing_protected(world).await?;
    world.never_saw(&PROTECTED).await.context("after going back")?;

    let log = world.provider.log().await?;
    ensure!(log.silent_sign_ins() == 0 && log.visible_sign_ins() == 0, "somebody who signed out was looked up again");
    world.presses("Sign in").await?;
    world.sees_sign_in_page().await?;
    world.chooses("alice").await?;
    world.is_signed_in().await
}
