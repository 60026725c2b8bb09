//! All extensions at once.

use super::{
    dpop::proofs,
    resources::{ONE, TWO},
};
use crate::{
    setup::Setup,
    wait::{until, yes},
    world::World,
};
use anyhow::{Result, ensure};

/// Each of them is configured, and the provider insists on each.
pub(crate) const ON: Setup = Setup {
    provider: &["--dpop-nonces", "--par", "required", "--profile-in-userinfo", "--userinfo-audience", "--resource", ONE, "--resource", TWO],
    configuration: &[
        ("dpop", "true"),
        ("userinfo", "true"),
        ("pushed_authorization_requests", "true"),
        ("revoke_at_sign_out", "true"),
        ("validate_access_token", "true"),
        ("access_token_compat", "true"),
        ("audiences", r#"["urn:example:one","https://two.example/"]"#),
    ],
    resources: &[("/api/", ONE), ("/second/", TWO)],
    discovered: true,
    step_up: true,
    console_may_say: &["status of 400", "status of 401", "hushkey: step-up"],
    ..Setup::ORDINARY
};

/// The statuses of the last answers of both APIs.
async fn answered(world: &World, statuses: [u64; 2]) -> Result<()> {
    until("both answers", async || {
        let log = world.provider.log().await?;
        Ok(yes(["/api/me", "/second/me"].map(|path| log.statuses_at(path).last().copied()) == statuses.map(Some)))
    })
    .await
}

/// Whoever is there was asked about at userinfo, and every token went along with a proof.
async fn bound_and_known(world: &World) -> Result<()> {
    until("userinfo", async || Ok(yes(world.provider.log().await?.userinfo_statuses().ends_with(&[200])))).await?;
    let log = world.provider.log().await?;
    proofs(&log)?;
    for path in ["/userinfo", "/api/me", "/second/me"] {
        ensure!(log.schemes_at(path).iter().all(|scheme| scheme == "DPoP"), "{path} got a token as {:?}", log.schemes_at(path));
    }
    ensure!(log.count_at("/oauth/par") == log.count_at("/oauth/authorize"), "a request was not pushed");
    Ok(())
}

pub(super) async fn from_sign_in_to_sign_out(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.presses("API").await?;
    answered(world, [200, 200]).await?;
    bound_and_known(world).await?;

    world.provider.forget_log().await?;
    world.browser.reload().await?;
    world.is_signed_in().await?;
    answered(world, [200, 200]).await?;
    bound_and_known(world).await?;
    let pushed: Vec<_> = world.provider.log().await?.at("/oauth/par").map(|entry| entry["values"]["prompt"].clone()).collect();
    ensure!(pushed == ["none"], "the session comes back by one silent request, not by {pushed:?}");

    world.provider.control("demand?acr=gold").await?;
    world.provider.forget_log().await?;
    world.presses("Call again").await?;
    world.presses("Sign in once more").await?;
    world.chooses("alice").await?;
    world.is_signed_in().await?;
    world.is_at("/api").await?;
    answered(world, [200, 200]).await?;
    bound_and_known(world).await?;

    world.provider.forget_log().await?;
    world.presses("Sign out").await?;
    world.sees_heading("You are signed out.").await?;
    until("the revocation", async || Ok(yes(world.provider.log().await?.statuses_at("/revoke").contains(&200)))).await?;
    world.opens("/account").await?;
    world.sees_heading("You signed out.").await
}
