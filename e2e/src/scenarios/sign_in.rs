//! Signing in.

use crate::{person::ALICE, world::World};
use anyhow::{Result, ensure};

pub(super) async fn from_the_first_page(world: &World) -> Result<()> {
    world.opens("/").await?;
    world.is_signed_out().await?;
    world.presses("Sign in").await?;
    world.chooses("alice").await?;
    world.is_signed_in().await?;
    world.is_at("/").await?;
    world.sees("You are signed in as Alice Example.").await?;

    let log = world.provider.log().await?;
    ensure!(log.visible_sign_ins() == 1, "one sign-in page, not {}", log.visible_sign_ins());
    ensure!(log.grants("authorization_code") == 1, "one code is redeemed once");
    Ok(())
}

pub(super) async fn from_a_protected_address(world: &World) -> Result<()> {
    world.opens("/account?tab=2#roles").await?;
    world.chooses("alice").await?;
    world.sees_heading(ALICE).await?;
    world.is_at("/account?tab=2#roles").await?;

    for detail in ["alice@example.test", "Organisation", "org_", "Roles", "admin", "Session", "ses_"] {
        world.sees(detail).await?;
    }
    Ok(())
}

pub(super) async fn by_email(world: &World) -> Result<()> {
    world.opens("/account").await?;
    world.sees_sign_in_page().await?;
    world.browser.script("document.querySelector('input[name=email]').value = 'new.person@initech.test'", Vec::new()).await?;
    world.browser.click("[data-action=\"continue\"]").await?;
    world.sees("new.person@initech.test").await?;
    world.is_at("/account").await
}
