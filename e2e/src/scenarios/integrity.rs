//! Files that were changed after they were deployed.

use crate::world::World;
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
};
use xtask::compress;

/// What the page says instead of starting.
const SENTENCE: &str = "The app could not be started. Check the connection and reload the page.";

/// In the script and in the module, a text that somebody may read: with another letter in it both would run just the same, if a browser let them.
const HARMLESS: [(&str, &str); 2] = [(".js", "WebAssembly.instantiateStreaming` failed because"), ("_bg.wasm", "There is no page here")];

pub(super) async fn every_file(world: &World) -> Result<()> {
    let dist = world.folder.join("dist");
    if !world.has_plain_server() {
        // These may be kept for ever, and nobody asks again whether they have changed.
        world.browser.devtools("Network.enable", json!({})).await?;
        world.browser.devtools("Network.setCacheDisabled", json!({ "cacheDisabled": true })).await?;
    }
    starts(world).await.context("before anything was changed")?;
    for (end, text) in HARMLESS {
        let path = deployed(&dist, end)?;
        let whole = fs::read(&path)?;
        let mut changed = whole.clone();
        let place = whole.windows(text.len()).position(|part| part == text.as_bytes());
        changed[place.with_context(|| format!("{end} has no text \"{text}\""))?] ^= 1;

        compress::write(&path, &changed)?;
        does_not_start(world).await.with_context(|| format!("with a byte of {end} changed"))?;
        if !world.has_plain_server() {
            // The compressed twins alone: what a browser gets in truth.
            fs::write(&path, &whole)?;
            does_not_start(world).await.with_context(|| format!("with a byte of the twins of {end} changed"))?;
        }
        if end == ".js" {
            compress::write(&path, &[whole.as_slice(), b"\nglobalThis.e2eChanged = true;"].concat())?;
            does_not_start(world).await.context("with more in the script")?;
            ensure!(world.browser.script("return window.e2eChanged === undefined", Vec::new()).await? == true, "changed code has run");
        }
        compress::write(&path, &whole)?;
        starts(world).await.with_context(|| format!("with {end} as it was"))?;
    }
    Ok(())
}

async fn starts(world: &World) -> Result<()> {
    world.opens("/").await?;
    world.is_signed_out().await
}

async fn does_not_start(world: &World) -> Result<()> {
    world.opens("/").await?;
    world.sees(SENTENCE).await?;
    ensure!(world.browser.text_at("#app").await? == SENTENCE, "something else is on the page, too");
    Ok(())
}

/// The file of the app with this ending.
fn deployed(dist: &Path, end: &str) -> Result<PathBuf> {
    let all = fs::read_dir(dist)?.flatten().map(|entry| entry.path());
    let is_it = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("hushkey-") && name.to_string_lossy().ends_with(end))
    };
    all.into_iter().find(is_it).with_context(|| format!("there is no {end}"))
}
