//! The image of the app, by the steps that it is made of.

use crate::{person::ALICE, world::World};
use anyhow::{Result, ensure};

pub(super) async fn serves(world: &World) -> Result<()> {
    world.opens("/account?shown=1").await?;
    world.chooses("alice").await?;
    world.sees_heading(ALICE).await?;
    world.browser.reload().await?;
    world.sees_heading(ALICE).await?;

    let page = world.asks("/account", "br").await?;
    ensure!(page.header("content-security-policy").contains(&world.issuer()), "the policy does not know the provider");
    ensure!(page.header("content-encoding") == "br", "the page is not compressed: {}", page.header("content-encoding"));
    ensure!(world.asks("/missing.js", "").await?.status == 404, "a missing file is answered");

    let container = world.server.container()?;
    let log = container.log()?;
    ensure!(log.contains("\"GET /callback\" 200"), "the callback is not in the log: {log}");
    ensure!(!log.contains("code=") && !log.contains("state=") && !log.contains("shown"), "a query is in the log");

    let run =
        container.ends(&[("HUSHKEY_ORIGIN", "https://app.example"), ("HUSHKEY_CONFIG", r#"{"issuer":"https://id.example"}"#)]).await?;
    let said = String::from_utf8_lossy(&run.stderr).into_owned() + &String::from_utf8_lossy(&run.stdout);
    ensure!(!run.status.success() && said.contains("client_id"), "a wrong configuration is not refused: {said}");
    let run = container.ends(&[("HUSHKEY_ORIGIN", "https://app.example")]).await?;
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    ensure!(!run.status.success() && said.contains("HUSHKEY_CONFIG"), "a missing configuration is not named: {said}");
    Ok(())
}
