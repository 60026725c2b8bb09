//! The app out of the browser's own store.

use super::restore::without_script;
use crate::{
    person::ALICE,
    wait::{until, yes},
    world::World,
};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::fs;
use xtask::compress;

/// Until a worker is in charge of this tab's next page.
async fn is_ready(world: &World) -> Result<()> {
    until("a service worker", async || {
        Ok(yes(world
            .browser
            .text_of("return navigator.serviceWorker.getRegistration().then((found) => found?.active?.state ?? '')")
            .await?
            == "activated"))
    })
    .await
}

/// The addresses that are kept, without the origin.
async fn kept(world: &World) -> Result<Vec<String>> {
    let script = "return caches.keys()
        .then((names) => Promise.all(names.map((name) => caches.open(name).then((store) => store.keys()))))
        .then((all) => JSON.stringify(all.flat().map(({ url }) => url)))";
    let all: Vec<String> = serde_json::from_str(&world.browser.text_of(script).await?)?;
    Ok(all.into_iter().map(|url| url.replacen(&world.app, "", 1)).collect())
}

/// Whether this is a file of ours whose name changes with its content: `/name-0123456789abcdef.css`.
fn is_hashed(path: &str) -> bool {
    let hash = path.strip_prefix('/').and_then(|name| name.split_once('-')?.1.split(['.', '_']).next());
    !path.contains('?') && hash.is_some_and(|hash| hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Addresses are opened, and not reloaded: one of the drivers reloads past a worker.
pub(super) async fn is_kept(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    is_ready(world).await?;
    for _ in 0..3 {
        let asked = world.server.asked_for("/account").len();
        world.opens("/account").await?;
        world.sees_heading(ALICE).await?;
        ensure!(world.server.asked_for("/account").len() == asked, "the server was asked for the page");
    }
    let controlled = world.browser.text_of("return String(!!navigator.serviceWorker.controller)").await?;
    ensure!(controlled == "true", "no worker answered, so this shows nothing");

    // The callback goes to the server, with or without a worker.
    let asked = world.server.asked_for("/callback").len();
    world.opens("/callback?code=Zm9yZWlnbg&state=x").await?;
    until("the callback to be asked for", async || Ok(yes(world.server.asked_for("/callback").len() > asked))).await?;
    world.is_signed_in().await?;
    world.opens("/account").await?;
    world.sees_heading(ALICE).await?;

    let kept = kept(world).await?;
    ensure!(kept.iter().any(|path| path == "/"), "the page is not kept: {kept:?}");
    ensure!(kept.iter().any(|path| path.ends_with(".wasm")), "the module is not kept: {kept:?}");
    let others: Vec<&String> = kept.iter().filter(|path| *path != "/" && !is_hashed(path)).collect();
    ensure!(others.is_empty(), "something else is kept: {others:?}");
    Ok(())
}

pub(super) async fn is_replaced(world: &World) -> Result<()> {
    let dist = world.folder.join("dist");
    let (page, worker) = (dist.join("index.html"), dist.join("service-worker.js"));
    let title = async || world.browser.text_of("return document.querySelector('meta[name=deployment]')?.content ?? 'first'").await;
    world.opens("/").await?;
    world.is_signed_out().await?;
    is_ready(world).await?;
    world.opens("/").await?;
    world.is_signed_out().await?;
    ensure!(title().await? == "first", "another page");

    // The next deployment, as `dist` would write it: another page, another version of the worker.
    let first = fs::read_to_string(&worker)?;
    let version = first.split("\"hushkey-").nth(1).and_then(|rest| rest.split('"').next()).context("the worker has a version")?;
    let second = fs::read_to_string(&page)?.replacen("<head>", "<head><meta name=\"deployment\" content=\"second\">", 1);
    compress::write(&page, second.as_bytes())?;
    compress::write(&worker, first.replace(version, "0123456789abcdef").as_bytes())?;
    world.opens("/").await?;
    world.is_signed_out().await?;
    until("the second deployment to be kept", async || {
        let names = world.browser.text_of("return caches.keys().then((names) => names.join())").await?;
        Ok(yes(names == "hushkey-0123456789abcdef"))
    })
    .await?;
    world.opens("/").await?;
    world.is_signed_out().await?;
    ensure!(title().await? == "second", "the page of before is still there");

    // And one without a worker.
    compress::write(&worker, include_bytes!("../../../assets/no-service-worker.js"))?;
    let third = second.replace("content=\"second\"", "content=\"third\"");
    compress::write(&page, without_script(&third, "navigator.serviceWorker?.register")?.as_bytes())?;
    world.opens("/").await?;
    world.is_signed_out().await?;
    until("the end of the worker", async || {
        let left = "return navigator.serviceWorker.getRegistrations().then(async (all) => all.length + (await caches.keys()).length)";
        Ok(yes(world.browser.script(left, Vec::new()).await? == json!(0)))
    })
    .await?;
    world.opens("/").await?;
    world.is_signed_out().await?;
    ensure!(title().await? == "third", "the page does not come from the server again");
    Ok(())
}
