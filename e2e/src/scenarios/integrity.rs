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
const SENTENCE: &str = "Check the connection and reload the page.";

/// All that stands below the header then.
const SHOWN: &str = "The app could not be started Check the connection and reload the page. Reload";

/// With another letter in a text that somebody may read, both would run just the same, if a browser let them.
pub(super) async fn of_the_script(world: &World) -> Result<()> {
    let file = File::find(world, ".js", "WebAssembly.instantiateStreaming` failed because")?;
    file.stops_the_start_if_changed(world).await?;
    file.write(world, &[file.whole.as_slice(), b"\nglobalThis.e2eChanged = true;"].concat())?;
    does_not_start(world).await.context("with more in the script")?;
    ensure!(world.browser.script("return window.e2eChanged === undefined", Vec::new()).await? == true, "changed code has run");
    file.starts_as_it_was(world).await
}

pub(super) async fn of_the_module(world: &World) -> Result<()> {
    let file = File::find(world, "_bg.wasm", "There is no page here")?;
    file.stops_the_start_if_changed(world).await?;
    file.starts_as_it_was(world).await
}

/// A file of the app, and the place of a letter in it.
struct File {
    path: PathBuf,
    whole: Vec<u8>,
    letter: usize,
}

impl File {
    fn find(world: &World, end: &str, text: &str) -> Result<Self> {
        let path = deployed(&world.folder.join("dist"), end)?;
        let whole = fs::read(&path)?;
        let letter = whole.windows(text.len()).position(|part| part == text.as_bytes());
        Ok(Self { letter: letter.with_context(|| format!("{end} has no text \"{text}\""))?, path, whole })
    }

    /// Before anything was loaded: what a browser has kept it does not ask for again.
    async fn stops_the_start_if_changed(&self, world: &World) -> Result<()> {
        let mut changed = self.whole.clone();
        changed[self.letter] ^= 1;
        self.write(world, &changed)?;
        if world.is_over_tls() {
            // These may be kept for ever.
            world.browser.devtools("Network.enable", json!({})).await?;
            world.browser.devtools("Network.setCacheDisabled", json!({ "cacheDisabled": true })).await?;
        }
        does_not_start(world).await.context("with a byte changed")?;
        if world.is_over_tls() {
            // The compressed twins alone: what a browser gets in truth.
            fs::write(&self.path, &self.whole)?;
            does_not_start(world).await.context("with a byte of the twins changed")?;
        }
        Ok(())
    }

    /// Puts it there, and its twins where somebody asks for them: to make these takes a while.
    fn write(&self, world: &World, bytes: &[u8]) -> Result<()> {
        if world.has_plain_server() { Ok(fs::write(&self.path, bytes)?) } else { compress::write(&self.path, bytes) }
    }

    /// So it was the change that kept it from starting.
    async fn starts_as_it_was(&self, world: &World) -> Result<()> {
        self.write(world, &self.whole)?;
        if !world.browser.can_watch() {
            world.note(
                "the start of the unchanged folder was left to the other scenarios: this engine keeps scripts that it was told not to keep",
            );
            return Ok(());
        }
        world.opens("/").await?;
        world.is_signed_out().await
    }
}

async fn does_not_start(world: &World) -> Result<()> {
    world.opens("/").await?;
    world.sees(SENTENCE).await?;
    let shown = world.browser.text_at("#main").await?;
    ensure!(shown.split_whitespace().eq(SHOWN.split_whitespace()), "something else is on the page, too: {shown}");
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
