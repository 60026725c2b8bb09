//! The same bundle with other paths, on a server that knows nothing about it, or on a real one.

use crate::{
    person::ALICE,
    setup::{Host, Setup},
    world::World,
};
use anyhow::{Result, ensure};

/// Neither callback nor relay page is where it usually is.
pub(super) const OTHER_PATHS: Setup = Setup {
    provider: &["--redirect-path", "/auth/callback", "--silent-path", "/silent-callback.html"],
    configuration: &[("redirect_path", "/auth/callback"), ("silent_path", "/silent-callback.html")],
    host: Host::Plain(&[]),
    ..Setup::ORDINARY
};

pub(super) async fn on_a_plain_server(world: &World) -> Result<()> {
    let page = world.asks("/account", "").await?;
    ensure!(page.header("content-security-policy").is_empty() == world.has_plain_server(), "this is another server than it should be");

    world.opens("/account").await?;
    world.chooses("alice").await?;
    world.sees_heading(ALICE).await?;
    world.is_at("/account").await?;
    ensure!(world.provider.was_sent("auth%2Fcallback") > 0, "the other path was not used");

    world.provider.forget_log().await?;
    world.browser.reload().await?;
    world.sees_heading(ALICE).await?;
    let log = world.provider.log().await?;
    ensure!(log.visible_sign_ins() == 0 && log.silent_sign_ins() == 1, "the session was not restored unseen");

    world.presses("API").await?;
    world.sees_api_answer().await
}
