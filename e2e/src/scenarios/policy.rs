//! The policy where it stands in the page.

use crate::{
    person::ALICE,
    setup::{Host, Setup},
    wait::{until, yes},
    world::World,
};
use anyhow::{Result, ensure};
use std::fs;

/// A host that sends no headers.
pub(super) const WITHOUT_HEADERS: Setup =
    Setup { host: Host::Plain(&[]), policy_in_page: true, only_ours: Some("it is about a host without headers"), ..Setup::ORDINARY };

pub(super) async fn in_the_page(world: &World) -> Result<()> {
    let page = world.asks("/account", "").await?;
    ensure!(page.header("content-security-policy").is_empty(), "this server should have no headers");
    let dist = world.folder.join("dist");
    ensure!(fs::read(dist.join("404.html"))? == fs::read(dist.join("index.html"))?, "a deep link would be another page");

    world.signs_in_to_account().await?;
    world.browser.reload().await?;
    world.sees_heading(ALICE).await?;
    ensure!(world.provider.log().await?.silent_sign_ins() > 0, "the relay page had no part in this");
    let clean = world.faults_of_page().await?;
    ensure!(clean.is_empty(), "{}", clean.join("; "));

    // Trusted Types, scripts and addresses: refused.
    let refused = "try { document.body.innerHTML = '<b>x</b>'; return false } catch { return true }";
    ensure!(world.browser.script(refused, Vec::new()).await? == true, "a text was made into elements without Trusted Types");
    let evil = "const s = document.createElement('script'); s.append('window.e2eEvil = true'); document.body.append(s);
        const i = new Image(); i.src = 'http://127.0.0.1:9/x.png'; document.body.append(i)";
    // That the second may not be made either, is as well.
    let _ = world.browser.script(evil, Vec::new()).await;
    ensure!(world.browser.script("return window.e2eEvil === undefined", Vec::new()).await? == true, "an inline script ran");
    if world.browser.can_watch() {
        until("the violation", async || Ok(yes(!world.faults_of_page().await?.is_empty()))).await?;
    }
    world.faults_of_console().await?;
    // A new document has nothing to answer for.
    world.opens("/account").await?;
    world.sees_heading(ALICE).await
}
