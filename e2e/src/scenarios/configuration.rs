//! A page that somebody has edited.

use crate::world::World;
use anyhow::{Result, ensure};
use xtask::html;

/// A field with a slip of the finger.
pub(super) fn with_a_slip(page: &str) -> Result<String> {
    html::configure(page, r#"{ "preset": "scalekit", "env_url": "http://localhost:8081", "clientid": "spac_hushkey" }"#)
}

pub(super) async fn names_the_field(world: &World) -> Result<()> {
    world.opens("/account").await?;
    world.sees_heading("This app is not set up yet").await?;
    world.sees("clientid").await?;
    world.sees("client_id").await?;
    ensure!(world.provider.log().await?.silent_sign_ins() == 0, "the provider was asked although nothing is set up");
    Ok(())
}
