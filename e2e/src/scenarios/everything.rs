//! All extensions at once.

use super::{
    dpop::proofs,
    resources::{ONE, TWO},
};
use crate::{
    person::ALICE,
    setup::Setup,
    wait::{until, yes},
    world::World,
};
use anyhow::Result;

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

/// Both APIs have answered so.
async fn answered(world: &World, statuses: [u16; 2]) -> Result<()> {
    until("both answers", async || {
        let log = world.provider.log().await?;
        let last = ["/api/me", "/second/me"].map(|path| log.statuses_at(path).last().copied());
        Ok(yes(last == statuses.map(|status| Some(u64::from(status)))))
    })
    .await
}

pub(super) async fn from_sign_in_to_sign_out(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.presses("API").await?;
    answered(world, [200, 200]).await?;
    proofs(&world.provider.log().await?)?;

    world.provider.forget_log().await?;
    world.opens("/account").await?;
    world.sees_heading(ALICE).await?;
    Ok(())
}
