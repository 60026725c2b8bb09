//! Without a mouse, and without looking.

use crate::{
    person::ALICE,
    wait::{until, yes},
    world::World,
};
use anyhow::{Result, ensure};
use fantoccini::key::Key;

/// What has the focus: its kind and its text.
async fn focused(world: &World) -> Result<String> {
    world
        .browser
        .text_of("const e = document.activeElement; return `${e.tagName} ${(e.innerText || e.textContent || '').trim().slice(0, 60)}`")
        .await
}

/// Presses Tab until this has the focus.
async fn tabs_to(world: &World, wanted: &str) -> Result<()> {
    let mut passed = Vec::new();
    for _ in 0..12 {
        world.browser.press(Key::Tab).await?;
        let now = focused(world).await?;
        if now == wanted {
            return Ok(());
        }
        passed.push(now);
    }
    anyhow::bail!("Tab does not lead to {wanted}, but to {passed:?}")
}

async fn has_focus(world: &World, wanted: &str) -> Result<()> {
    until(&format!("the focus on {wanted}"), async || Ok(yes(focused(world).await? == wanted))).await
}

async fn has_title(world: &World, wanted: &str) -> Result<()> {
    until(&format!("the title {wanted}"), async || Ok(yes(world.browser.title().await? == wanted))).await
}

pub(super) async fn from_the_top(world: &World) -> Result<()> {
    world.opens("/").await?;
    world.is_signed_out().await?;
    has_title(world, "Home · Hushkey").await?;

    world.browser.press(Key::Tab).await?;
    ensure!(focused(world).await? == "A Skip to content", "the first stop is {}", focused(world).await?);
    world.browser.press(Key::Enter).await?;
    until("the content to have the focus", async || Ok(yes(focused(world).await?.starts_with("MAIN")))).await?;
    tabs_to(world, "BUTTON Sign in").await?;
    world.browser.press(Key::Enter).await?;
    world.chooses("alice").await?;
    world.is_signed_in().await?;

    tabs_to(world, "A Account").await?;
    world.browser.press(Key::Enter).await?;
    has_focus(world, &format!("H1 {ALICE}")).await?;
    has_title(world, "Account · Hushkey").await?;
    world.presses("API").await?;
    has_focus(world, "H1 Calling an API").await?;
    has_title(world, "API · Hushkey").await?;
    world.browser.back().await?;
    has_focus(world, &format!("H1 {ALICE}")).await?;
    world.presses("Sign out").await?;
    has_title(world, "Signed out · Hushkey").await?;
    world.opens("/nothing/here").await?;
    has_title(world, "Not found · Hushkey").await
}
