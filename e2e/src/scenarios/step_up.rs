//! An API that wants another sign-in first.

use crate::{
    wait::{until, yes},
    world::World,
};
use anyhow::{Result, ensure};

/// What the page says when an API wants it, and the way on.
const WANTED: &str = "This API wants you to sign in once more";
const GO: &str = "Sign in once more";

impl World {
    /// Signs in, and calls an API that wants more.
    async fn is_asked_for_more(&self, demand: &str) -> Result<()> {
        self.signs_in().await?;
        self.provider.control(&format!("demand?{demand}")).await?;
        self.provider.forget_log().await?;
        self.presses("API").await?;
        self.sees(WANTED).await?;
        let log = self.provider.log().await?;
        ensure!(log.api_statuses() == [401] && log.token_requests() == 0, "one call, and no renewal: {:?}", log.api_statuses());
        ensure!(log.visible_sign_ins() == 0, "nobody is sent anywhere without having chosen it");
        Ok(())
    }

    /// Goes on, and signs in as Alice once more.
    async fn steps_up(&self) -> Result<()> {
        self.presses(GO).await?;
        self.chooses("alice").await?;
        self.is_signed_in().await?;
        self.is_at("/api").await
    }
}

pub(super) async fn by_button(world: &World) -> Result<()> {
    world.is_asked_for_more("acr=gold%20silver&max_age=600").await?;
    world.steps_up().await?;
    world.sees_api_answer().await?;
    let asked = world.provider.log().await?.parameters_at("/oauth/authorize");
    ensure!(["acr_values", "max_age"].iter().all(|name| asked.iter().any(|own| own == name)), "{asked:?}");
    // A blank can be written in two ways.
    let levels = ["acr_values=gold+silver", "acr_values=gold%20silver"].iter().map(|text| world.provider.was_sent(text)).sum::<usize>();
    ensure!(levels > 0 && world.provider.was_sent("max_age=600") > 0, "{levels} requests name the levels");
    // What was reached is there after a reload, too.
    world.browser.reload().await?;
    world.sees_api_answer().await
}

pub(super) async fn never_content(world: &World) -> Result<()> {
    world.is_asked_for_more("acr=gold&always=1").await?;
    world.steps_up().await?;
    world.sees("The API asked for a sign-in that you have already made").await?;
    world.sees("step_up_loop").await?;
    world.provider.forget_log().await?;
    world.presses("Call again").await?;
    until("the second call", async || Ok(yes(world.provider.log().await?.api_statuses() == [401]))).await?;
    world.sees("step_up_loop").await?;
    let log = world.provider.log().await?;
    ensure!(log.visible_sign_ins() == 0 && log.token_requests() == 0, "no new trip, and no renewal");
    world.is_signed_in().await
}

pub(super) async fn cannot_be_had(world: &World) -> Result<()> {
    world.is_asked_for_more("acr=gold").await?;
    for level in ["unmet", "bronze"] {
        world.provider.control(&format!("assurance?level={level}")).await?;
        world.steps_up().await?;
        world.sees("The sign-in service could not sign you in as safely as the API wants.").await?;
        world.sees(WANTED).await?;
    }
    // The session has been there all the time, and what was wanted still works.
    world.provider.control("demand").await?;
    world.presses("Call again").await?;
    world.sees_api_answer().await
}

pub(super) async fn cannot_be_understood(world: &World) -> Result<()> {
    world.signs_in().await?;
    world.presses("API").await?;
    world.sees_api_answer().await?;
    let of = |params: &str| percent_encoding::utf8_percent_encode(params, percent_encoding::NON_ALPHANUMERIC).to_string();
    let start = r#"Bearer error="insufficient_user_authentication""#;
    let two = format!("{start}, acr_values=\"gold\", {start}, acr_values=\"silver\"");
    for header in [format!("{start}, max_age=-1"), format!("{start}, max_age=1e9"), format!("{start}, acr_values=\"gold"), two] {
        world.provider.control("demand").await?;
        world.presses("Call again").await?;
        world.sees_api_answer().await?;
        world.provider.control(&format!("demand?challenge={}", of(&header))).await?;
        world.provider.forget_log().await?;
        world.presses("Call again").await?;
        world.sees("step_up_malformed").await?;
        let log = world.provider.log().await?;
        ensure!(log.api_statuses() == [401] && log.token_requests() == 0 && log.visible_sign_ins() == 0, "{header}");
    }
    world.is_signed_in().await
}

pub(super) async fn from_another_api(world: &World) -> Result<()> {
    world.signs_in().await?;
    world.provider.control("demand?acr=gold").await?;
    world.provider.forget_log().await?;
    world.presses("API").await?;
    world.sees("Answered 401").await?;
    let log = world.provider.log().await?;
    ensure!(log.api_statuses() == [401, 401] && log.visible_sign_ins() == 0, "like any other refusal: {:?}", log.api_statuses());
    ensure!(!world.browser.text().await?.contains(WANTED), "an API that may not ask for it does not");
    world.is_signed_in().await
}
