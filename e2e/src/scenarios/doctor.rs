//! The page that says whether everything is set up right.

use crate::{
    person::ALICE,
    wait::{until, yes},
    world::World,
};
use anyhow::{Context, Result, ensure};

/// Nothing is wrong, what a page cannot be told is said, and whoever is signed in stays so.
pub(super) async fn nothing_is_wrong(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.provider.forget_log().await?;
    world.opens("/doctor").await?;
    world.is_signed_in().await?;
    let found = pressed(world).await?;
    ensure!(found.topics("wrong").is_empty(), "{found:?}");
    ensure!(found.topics("unknown") == ["Silent sign-in", "Sign-out"], "{found:?}");
    // The provider can do more than the preset counts on.
    ensure!(found.topics("look") == ["Metadata", "Response mode"], "{found:?}");
    ensure!(found.topics("right").len() > 15, "{found:?}");
    ensure!(world.provider.was_sent("/oidc/logout") == 0, "the end of a session was asked for");
    ensure!(world.provider.log().await?.token_requests() == 2, "it was not the restored session and a made-up code alone");
    // Once more, and the session is what it was.
    world.presses("Check now").await?;
    until("the second report", async || Ok(yes(world.provider.log().await?.token_requests() == 3))).await?;
    finished(world).await?;
    world.presses("Copy report").await?;
    world.presses("Account").await?;
    world.sees_heading(ALICE).await?;
    world.browser.reload().await?;
    world.sees_heading(ALICE).await
}

pub(super) async fn plain_host(world: &World) -> Result<()> {
    let found = check(world).await?;
    ensure!(found.topics("wrong") == ["Content policy", "Framing"], "{found:?}");
    found.says("wrong", "Content-Security-Policy: missing")?;
    found.says("wrong", "send frame-ancestors 'none'")?;
    found.says("look", "X-Content-Type-Options: unexpected (missing)")?;
    found.says("look", "Content-Encoding: missing")
}

pub(super) async fn relay_framing(world: &World) -> Result<()> {
    let found = check(world).await?;
    ensure!(found.topics("wrong") == ["Content policy", "Relay page"], "{found:?}");
    found.says("wrong", "is sent with an X-Frame-Options")?;
    found.says("wrong", "no X-Frame-Options: DENY with that address")
}

pub(super) async fn unregistered(world: &World) -> Result<()> {
    let found = check(world).await?;
    ensure!(found.topics("wrong") == ["Redirect addresses"], "{found:?}");
    found.says("wrong", "/elsewhere.html as a redirect address of this client (silent_path)")
}

pub(super) async fn provider_down(world: &World) -> Result<()> {
    world.opens("/doctor").await?;
    world.is_signed_out().await?;
    world.provider.stop().await?;
    let found = pressed(world).await?;
    ensure!(found.topics("wrong") == ["Keys", "Token endpoint", "API"], "{found:?}");
    ensure!(found.topics("unknown") == ["Metadata", "Features", "Redirect addresses", "Redirect addresses", "Sign-out"], "{found:?}");
    found.says("wrong", "nobody answers there")?;
    found.says("wrong", "whether its server is up")
}

pub(super) async fn key_missing(world: &World) -> Result<()> {
    let found = check(world).await?;
    ensure!(found.topics("wrong") == ["Algorithms", "Keys"], "{found:?}");
    found.says("wrong", "no usable key for ES256")
}

/// What the page shows: verdict and texts of each line, in order.
#[derive(Debug)]
struct Found(Vec<(String, String)>);

impl Found {
    fn topics(&self, verdict: &str) -> Vec<&str> {
        let own = self.0.iter().filter(|(own, _)| own == verdict);
        own.filter_map(|(_, text)| text.split_once(": ")?.1.lines().next()).collect()
    }

    fn says(&self, verdict: &str, part: &str) -> Result<()> {
        let said = self.0.iter().any(|(own, text)| own == verdict && text.contains(part));
        ensure!(said, "\"{part}\" is not {verdict} in {self:?}");
        Ok(())
    }
}

async fn check(world: &World) -> Result<Found> {
    world.opens("/doctor").await?;
    world.sees_heading("Is it set up right?").await?;
    pressed(world).await
}

async fn pressed(world: &World) -> Result<Found> {
    world.presses("Check now").await?;
    finished(world).await
}

async fn finished(world: &World) -> Result<Found> {
    world.sees(" could not be told, ").await?;
    let script = "return [...document.querySelectorAll('.checks li')].map((one) => [one.className, one.innerText])";
    let lines = world.browser.script(script, Vec::new()).await?;
    let lines: Vec<(String, String)> = serde_json::from_value(lines).context("the lines")?;
    ensure!(!lines.is_empty(), "nothing was found");
    Ok(Found(lines))
}
