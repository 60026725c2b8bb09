//! Pictures of every page and state: small and large, light and dark.

use crate::{look::Look, runner::on_one_thread, stage::Stage, walks, world::World};
use anyhow::{Context, Result, anyhow};
use std::{fs, path::Path};
use xtask::{
    engines::Engine,
    wasm::{Build, Extensions},
};

/// The pictures that the README shows: what they are called there, and here.
const SHOWN: [(&str, &str); 3] = [
    ("account-light.png", "account-1280-light.png"),
    ("account-dark.png", "account-1280-dark.png"),
    ("account-phone-dark.png", "account-390-dark.png"),
];

/// Takes them all, or those of the walks whose names contain one of these texts. With `shown`, those of the README are put where it looks for them.
pub(crate) fn take(out: &Path, only: &[String], shown: bool) -> Result<()> {
    fs::create_dir_all(out).with_context(|| format!("{} cannot be written", out.display()))?;
    let stage = Stage::set(Engine::Chromium, false, (Build::Plain, &Extensions::All), None, false)?;
    let pictures = async {
        let look = Look::Pictures(out.to_owned());
        let is_wanted = |name: &str| only.is_empty() || only.iter().any(|part| name.contains(part.as_str()));
        for walk in walks::ALL.iter().filter(|walk| is_wanted(walk.name)) {
            println!("{} …", walk.name);
            let world = World::open(&stage, walk.name, walk.setup).await?;
            (walk.go)(&world, &look).await.with_context(|| walk.name.to_owned())?;
            world.browser.close().await?;
        }
        Ok(())
    };
    on_one_thread(async {
        tokio::select! {
            taken = pictures => taken,
            () = xtask::serve::stop_signal() => Err(anyhow!("stopped")),
        }
    })?;
    if shown {
        for (there, here) in SHOWN {
            let target = stage.workspace.at("docs/screens").join(there);
            fs::copy(out.join(here), &target).with_context(|| format!("{} cannot be written from {here}", target.display()))?;
        }
    }
    println!("The pictures are in {}.", out.display());
    Ok(())
}
