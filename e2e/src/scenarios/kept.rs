//! What the browser keeps of the relay page. A provider that only knows `query` puts the code into its address.

use crate::{person::ALICE, tap::Side, wait::until, world::World};
use anyhow::{Result, ensure};
use std::{fs, path::Path};

const RELAY: &str = "/silent-refresh.html";

/// A code that is kept, to show that one would be found.
const PLANTED: &str = "cGxhbnRlZC1jb2RlLXBsYW50ZWQ";

pub(super) async fn by_its_bare_address(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    for _ in 0..4 {
        world.browser.reload().await?;
        world.sees_heading(ALICE).await?;
    }
    let codes = codes_in(&world.provider.wire.text(Side::Provider));
    ensure!(codes.len() == 4, "four reloads brought {} codes", codes.len());
    let asked = world.server.asked_for(RELAY);
    ensure!(asked == [RELAY], "the server was asked for {asked:?}");

    // Opened by a person it is another page to the cache, of which there is no bare copy: the code is kept, which shows what a search can find.
    world.opens(&format!("{RELAY}?code={PLANTED}&state=x")).await?;
    world.is_signed_in().await?;
    let profile = world.browser.profile()?;
    let (bare, planted) = (format!("{}{RELAY}", world.app), format!("{}{RELAY}?code={PLANTED}", world.app));
    let all = until("what is kept", async || {
        let all = contents(&profile);
        Ok((all.contains(&planted) && is_whole(&all, &bare)).then_some(all))
    })
    .await?;
    for code in codes {
        ensure!(!all.contains(&code), "a code that came to a frame is kept on the disk");
    }
    let others = all.match_indices(&format!("{bare}?")).filter(|(place, _)| !all[*place..].starts_with(&planted)).count();
    ensure!(others == 0, "{others} other addresses of the relay page are kept on the disk");
    Ok(())
}

/// The codes with which the provider sent somebody to the relay page.
fn codes_in(said: &str) -> Vec<String> {
    let start = format!("{RELAY}?code=");
    let addresses =
        said.lines().filter(|line| line.to_ascii_lowercase().starts_with("location: ")).filter_map(|line| line.split_once(&start));
    addresses.map(|(_, rest)| rest.split(['&', '\r']).next().unwrap_or_default().to_owned()).collect()
}

/// Whether this address stands somewhere without anything after it that would belong to it.
fn is_whole(all: &str, address: &str) -> bool {
    all.match_indices(address).any(|(place, _)| !all[place + address.len()..].starts_with(['?', '#']))
}

/// All that is in a folder, as text: whatever else it is, addresses stand in it as they are.
fn contents(folder: &Path) -> String {
    let mut all = String::new();
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).filter(|path| !path.is_symlink()) {
        // A browser at work makes and removes files all the time.
        all += &if path.is_dir() { contents(&path) } else { String::from_utf8_lossy(&fs::read(&path).unwrap_or_default()).into_owned() };
        all.push('\n');
    }
    all
}
