//! Pages and scripts that mean harm.

use crate::{
    person::ALICE,
    server::Server,
    wait::{until, yes},
    world::World,
};
use anyhow::{Context, Result, ensure};
use std::{fs, path::Path};
use xtask::ports;

/// Posts what an answer of the hidden frame looks like, and what it does not look like, all the time. One round waits until the one before it
/// has been heard: otherwise they pile up on a slow machine, until the page does nothing else.
const FORGE: &str = r##"
    if (window === window.top) {
        const round = () => {
            const code = "Zm9yZ2VkLWNvZGUtb2Ytc29tZWJvZHktZWxzZQ";
            for (const query of [`?code=${code}&state=Zm9yZ2Vk`, `?error=login_required&state=Zm9yZ2Vk`, `?code=${code}`, "", "?"]) {
                const message = { hushkey: 1, query, fragment: "" };
                window.postMessage(JSON.stringify(message), "*");
                window.postMessage(message, "*");
            }
            for (const message of [null, 7, "", "{}", "x".repeat(100000), { toString: null }]) window.postMessage(message, "*");
            window.postMessage("heard", "*");
        };
        addEventListener("message", (event) => event.data === "heard" && setTimeout(round, 5));
        round();
    }
"##;

pub(super) async fn forged_messages(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.provider.forget_log().await?;
    world.provider.control("fail?endpoint=authorize&delay_ms=2000").await?;
    if world.browser.can_watch() {
        world.browser.before_every_document(FORGE).await?;
        world.browser.reload().await?;
    } else {
        // As early as it can be had: long before the answer of the frame.
        world.browser.reload().await?;
        world.browser.script(FORGE, Vec::new()).await?;
    }
    world.sees_heading(ALICE).await?;
    ensure!(world.provider.was_sent("Zm9yZ2Vk") == 0, "something forged was believed");
    let log = world.provider.log().await?;
    ensure!(log.silent_sign_ins() == 1 && log.visible_sign_ins() == 0, "the page asked again");

    world.presses("Sign out").await?;
    world.sees_heading("You are signed out.").await?;
    world.presses("Home").await?;
    world.is_signed_out().await?;
    ensure!(world.provider.was_sent("Zm9yZ2Vk") == 0, "something forged was believed");
    Ok(())
}

/// What a frame has in the place of a page that refuses to be in it: a page of the browser's own, or in WebKit no element at all.
const BLOCKED: &str = "return /^(chrome-error:|about:neterror)/.test(document.documentURI) || document.querySelector('body *') === null";

pub(super) async fn framed(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    let (_server, foreign) = foreign_page(&world.folder, &format!("{}/account", world.app))?;

    world.browser.go_to(&foreign).await?;
    until("the frame to have loaded", async || Ok(yes(world.browser.text_of("return String(window.frameLoaded)").await? == "true")))
        .await?;
    world.browser.enter_frame().await?;
    let shown = world.browser.source().await?;
    let is_blocked = world.browser.script(BLOCKED, Vec::new()).await?;
    world.browser.leave_frame().await?;
    ensure!(!shown.contains("Hushkey") && !shown.contains(ALICE), "the app is shown in a foreign frame");
    ensure!(is_blocked == true, "the frame was not blocked: it shows {shown}");

    world.opens("/account").await?;
    world.sees_heading(ALICE).await
}

/// A page at another site (an address in place of the name) with a frame; it keeps every message that it gets.
pub(super) fn foreign_page(folder: &Path, framed: &str) -> Result<(Server, String)> {
    let folder = folder.join("foreign");
    fs::create_dir_all(&folder)?;
    let script = "window.messages = []; addEventListener('message', (event) => messages.push(event.data))";
    let frame = format!("<iframe src=\"{framed}\" onload=\"window.frameLoaded = true\"></iframe>");
    fs::write(folder.join("index.html"), format!("<!doctype html><title>Foreign</title><script>{script}</script>{frame}"))?;
    let listeners = ports::listen(0)?;
    let port = listeners.first().context("no listener")?.local_addr()?.port();
    Ok((Server::plain(&folder, &[], listeners)?, format!("http://127.0.0.1:{port}/")))
}
