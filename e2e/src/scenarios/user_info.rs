//! What the userinfo endpoint says about the person.

use crate::{
    person::ALICE,
    tap::Side,
    wait::{until, yes},
    world::World,
};
use anyhow::{Context, Result, ensure};

impl World {
    /// Signs in, where the ID token says who it is and nothing more.
    async fn signs_in_without_a_name(&self) -> Result<()> {
        self.opens("/").await?;
        self.presses("Sign in").await?;
        self.chooses("alice").await?;
        until("the endpoint to be asked", async || Ok(yes(self.provider.log().await?.count_at("/userinfo") == 1))).await
    }
}

pub(super) async fn completes_the_account(world: &World) -> Result<()> {
    world.signs_in_without_a_name().await?;
    world.is_signed_in().await?;
    world.presses("Account").await?;
    world.sees_heading(ALICE).await?;
    world.sees("alice@example.test").await?;
    ensure!(world.provider.log().await?.count_at("/userinfo") == 1, "once, whatever page is opened");
    world.provider.forget_log().await?;
    world.browser.reload().await?;
    world.sees_heading(ALICE).await?;
    ensure!(world.provider.log().await?.count_at("/userinfo") == 1, "and once after a reload");
    Ok(())
}

pub(super) async fn about_somebody_else(world: &World) -> Result<()> {
    let faults = ["set=%7B%22sub%22%3A%22usr_1invalid%22%7D", "set=%7B%22sub%22%3Anull%7D", "type=text%2Fplain"];
    world.provider.control(&format!("userinfo?{}", faults[0])).await?;
    world.signs_in_without_a_name().await?;
    nothing_is_shown(world, &faults).await
}

/// With each of these faults the person is known by their subject alone, as the ID token has it, and their session is kept.
async fn nothing_is_shown(world: &World, faults: &[&str]) -> Result<()> {
    for fault in faults {
        world.provider.control(&format!("userinfo?{fault}")).await?;
        world.provider.forget_log().await?;
        world.opens("/account").await?;
        until("the endpoint to be asked", async || Ok(yes(world.provider.log().await?.count_at("/userinfo") == 1))).await?;
        until("the person without a name", async || Ok(yes(world.browser.text_at("main h1").await?.starts_with("usr_")))).await?;
        let text = world.browser.text().await?;
        ensure!(
            !text.contains(ALICE) && !text.contains("alice@example.test") && !text.contains("invalid"),
            "{fault}: something of it is shown"
        );
    }
    // It was not only too early to look: without a fault the name comes.
    world.provider.control("userinfo").await?;
    world.browser.reload().await?;
    world.sees_heading(ALICE).await
}

pub(super) async fn with_the_token_in_the_header(world: &World) -> Result<()> {
    world.signs_in_without_a_name().await?;
    world.is_signed_in().await?;
    let log = world.provider.log().await?;
    ensure!(log.parameters_at("/userinfo").is_empty(), "no parameter: {:?}", log.parameters_at("/userinfo"));
    ensure!(world.provider.asked_for("/userinfo").iter().all(|asked| asked == "/userinfo"), "{:?}", world.provider.asked_for("/userinfo"));
    let token = world.secrets().one("access_token").context("a token came")?.to_owned();
    let sent = world.provider.wire.text(Side::Browser);
    let with_token: Vec<&str> = sent.lines().filter(|line| line.contains(&token)).collect();
    ensure!(!with_token.is_empty(), "the token was sent");
    for line in with_token {
        ensure!(line.to_ascii_lowercase().starts_with("authorization: bearer "), "the token stands in another place than its header");
    }
    Ok(())
}

pub(super) async fn signed(world: &World) -> Result<()> {
    world.signs_in_without_a_name().await?;
    world.is_signed_in().await?;
    let faults = [
        "alg=none", "set=%7B%22aud%22%3A%22other%22%7D", "set=%7B%22iss%22%3A%22https%3A%2F%2Fother.example%22%7D",
        "type=application%2Fjson",
    ];
    nothing_is_shown(world, &faults).await
}
