//! Whether the world is as its setup says: a provider at another site, and third-party cookies that the browser sends or keeps to itself.

use crate::world::World;
use anyhow::{Result, ensure};

/// Signs in and comes back; gives how many silent requests carried the session, out of how many.
async fn silent_requests(world: &World) -> Result<(usize, usize)> {
    world.signs_in().await?;
    world.provider.forget_log().await?;
    world.opens("/").await?;
    world.is_signed_in().await?;
    let log = world.provider.log().await?;
    Ok((log.silent_sign_ins_with(&world.provider.session_cookie()), log.silent_sign_ins()))
}

pub(super) async fn sent(world: &World) -> Result<()> {
    ensure!(silent_requests(world).await? == (1, 1), "the silent request did not carry the session");
    Ok(())
}

pub(super) async fn kept_back(world: &World) -> Result<()> {
    // The one in the frame without, the one by the redirect with it.
    ensure!(silent_requests(world).await? == (1, 2), "the silent request in the frame carried the session");
    Ok(())
}
