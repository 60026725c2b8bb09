//! Pictures of every page and state: small and large, light and dark.

use crate::{
    person::ALICE,
    runner::on_one_thread,
    setup::{Host, Setup, Site},
    stage::Stage,
    wait::{until, yes},
    world::World,
};
use anyhow::{Context, Result, anyhow, ensure};
use serde_json::json;
use std::{fs, path::Path};
use xtask::{engines::Engine, html, wasm::Build};

const SIZES: [(u64, u64); 2] = [(390, 844), (1280, 800)];
const SCHEMES: [&str; 2] = ["light", "dark"];

/// Nothing moves any more but what moves forever, and every picture has arrived.
const SETTLED: &str = "return document.readyState === 'complete' && [...document.images].every((image) => image.complete)
    && document.getAnimations().every((one) => one.playState !== 'running' || one.effect.getComputedTiming().endTime === Infinity)";

/// Takes them all.
pub(crate) fn take(out: &Path) -> Result<()> {
    fs::create_dir_all(out).with_context(|| format!("{} cannot be written", out.display()))?;
    let stage = Stage::set(Engine::Chromium, false, Build::Plain)?;
    let pictures = async {
        let album = Album { out };
        let world = World::open(&stage, "screens", Setup::ORDINARY).await?;
        album.signed_out(&world).await?;
        album.signed_in(&world).await?;
        album.in_between(&world).await?;
        album.afterwards(&world).await?;
        world.browser.close().await?;

        let paused = Setup {
            site: Site::Cross,
            provider: &["--access-token-ttl", "10"],
            configuration: &[("scopes", "openid profile email")],
            ..Setup::ORDINARY
        };
        let world = World::open(&stage, "screens-paused", paused).await?;
        world.signs_in_to_account().await?;
        world.sees("Your session is paused.").await?;
        album.keep(&world, "account-paused").await?;
        world.browser.close().await?;

        let plain = Setup { host: Host::Plain(&[("x-frame-options", "DENY")]), ..Setup::ORDINARY };
        for (setup, name) in [(Setup::ORDINARY, "doctor-right"), (plain, "doctor-wrong")] {
            let world = World::open(&stage, "screens-doctor", setup).await?;
            world.opens("/doctor").await?;
            world.is_signed_out().await?;
            if name == "doctor-right" {
                album.keep(&world, "doctor").await?;
            }
            world.presses("Check now").await?;
            world.sees(" could not be told, ").await?;
            album.keep(&world, name).await?;
            world.browser.close().await?;
        }

        let broken = Setup {
            edit: Some(|page| html::configure(page, r#"{ "preset": "scalekit", "client_id": "spac_hushkey" }"#)),
            ..Setup::ORDINARY
        };
        let world = World::open(&stage, "screens-misconfigured", broken).await?;
        world.opens("/").await?;
        world.sees_heading("This app is not set up yet").await?;
        album.keep(&world, "misconfigured").await?;
        world.browser.close().await
    };
    on_one_thread(async {
        tokio::select! {
            taken = pictures => taken,
            () = xtask::serve::stop_signal() => Err(anyhow!("stopped")),
        }
    })?;
    println!("The pictures are in {}.", out.display());
    Ok(())
}

struct Album<'a> {
    out: &'a Path,
}

impl Album<'_> {
    async fn signed_out(&self, world: &World) -> Result<()> {
        world.opens("/").await?;
        world.is_signed_out().await?;
        self.keep(world, "home").await?;
        world.opens("/nothing/here").await?;
        world.is_signed_out().await?;
        self.keep(world, "not-found").await?;
        world.opens("/callback?code=unknown&state=unknown").await?;
        world.sees_heading("This sign-in link cannot be used").await?;
        self.keep(world, "problem").await?;
        world.presses("Try again").await?;
        world.sees_sign_in_page().await?;
        self.keep(world, "provider-sign-in").await?;
        world.browser.click("[data-action=\"cancel\"]").await?;
        world.sees_heading("Sign-in was cancelled").await?;
        self.keep(world, "cancelled").await
    }

    async fn signed_in(&self, world: &World) -> Result<()> {
        world.signs_in().await?;
        self.keep(world, "home-signed-in").await?;
        world.presses("Account").await?;
        world.sees_heading(ALICE).await?;
        self.keep(world, "account").await?;
        world.presses("Renew now").await?;
        world.sees("Renewed. You have a new access token.").await?;
        self.keep(world, "account-renewed").await?;
        world.presses("API").await?;
        world.sees_api_answer().await?;
        self.keep(world, "api").await
    }

    async fn in_between(&self, world: &World) -> Result<()> {
        // Not the frame: a page counts as loaded only after it.
        world.provider.control("fail?endpoint=token&delay_ms=8000").await?;
        world.opens("/account").await?;
        world.sees("Account").await?;
        self.keep(world, "account-restoring").await?;
        let shown = world.browser.text_of("return document.body.textContent").await?;
        ensure!(!shown.contains(ALICE), "the session was there before the pictures were taken");
        world.sees_heading(ALICE).await?;

        world.provider.stop().await?;
        for (place, name) in [("/account", "account-provider-down"), ("/", "home-provider-down")] {
            world.opens(place).await?;
            world.sees("The sign-in service cannot be reached.").await?;
            self.keep(world, name).await?;
        }
        world.provider.start_again().await?;
        world.is_signed_in().await
    }

    async fn afterwards(&self, world: &World) -> Result<()> {
        world.opens("/account").await?;
        world.sees_heading(ALICE).await?;
        world.provider.control("revoke-sessions").await?;
        world.presses("Renew now").await?;
        world.sees_heading("Your session has ended.").await?;
        self.keep(world, "session-ended").await?;
        world.signs_in().await?;
        world.presses("Sign out").await?;
        world.sees_heading("You are signed out.").await?;
        self.keep(world, "signed-out").await?;
        world.opens("/account").await?;
        world.sees_heading("You signed out.").await?;
        self.keep(world, "account-signed-out").await
    }

    /// Four pictures of the page as it is now.
    async fn keep(&self, world: &World, name: &str) -> Result<()> {
        let browser = &world.browser;
        for (width, height) in SIZES {
            for scheme in SCHEMES {
                let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
                // A phone draws none that take room, and on the large pictures they are noise.
                browser.devtools("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await?;
                browser.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await?;
                resize(world, width, height).await?;
                // The whole page, not only what fits on the screen.
                let whole = browser.script("return document.documentElement.scrollHeight", Vec::new()).await?;
                resize(world, width, whole.as_u64().unwrap_or(height).max(height)).await?;
                until("the page to settle", async || Ok(yes(browser.script(SETTLED, Vec::new()).await? == true))).await?;
                fs::write(self.out.join(format!("{name}-{width}-{scheme}.png")), browser.screenshot().await?)?;
            }
        }
        browser.devtools("Emulation.clearDeviceMetricsOverride", json!({})).await.map(drop)
    }
}

async fn resize(world: &World, width: u64, height: u64) -> Result<()> {
    let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
    world.browser.devtools("Emulation.setDeviceMetricsOverride", metrics).await.map(drop)
}
