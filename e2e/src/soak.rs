//! A long run: four tabs, tokens that live for a minute, and a provider that fails at random. Nobody may be signed out by that, and nothing may grow.
//!
//! Two of the tabs are never reloaded, so that what they hold can be compared over the whole time.

mod measures;

use crate::{
    person::ALICE,
    runner::on_one_thread,
    setup::Setup,
    stage::Stage,
    wait::{until_within, yes},
    world::World,
};
use anyhow::{Context, Result, anyhow, ensure};
use fantoccini::wd::WindowHandle;
use measures::{Measures, Record};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use std::{path::Path, time::Duration};
use tokio::time::{Instant, sleep};
use xtask::{
    engines::Engine,
    wasm::{Build, Extensions},
};

const TABS: usize = 4;

/// Of these, the first ones are never reloaded.
const LASTING: usize = 2;

/// How long after the last fault everybody must be signed in again: the longest pause between two tries, and an attempt.
const BOUND: Duration = Duration::from_secs(60);

const SETUP: Setup = Setup { provider: &["--access-token-ttl", "60"], ..Setup::ORDINARY };

/// What can be wrong at an endpoint, for a while.
const FAULTS: [&str; 10] = [
    "status=500&times=1", "status=502&times=2", "status=503&retry_after=2&times=1", "status=429&retry_after=3&times=2", "status=0&times=1",
    "status=0&times=0", "cut=20&times=1", "trickle_ms=50&times=2", "delay_ms=3000&times=3", "hang=1&times=0",
];

const ENDPOINTS: [&str; 4] = ["authorize", "token", "keys", "api"];

/// Runs for so many minutes, and writes what was measured to a file.
pub(crate) fn run(minutes: u64, seed: u64, out: &Path) -> Result<()> {
    let stage = Stage::set(Engine::Chromium, false, (Build::Plain, &Extensions::All), None, false)?;
    let soak = async {
        let world = World::open(&stage, "soak", SETUP).await?;
        let mut soak =
            Soak { world: &world, tabs: Vec::new(), chance: StdRng::seed_from_u64(seed), record: Record::create(out)?, stranded: 0 };
        let result = soak.run(Duration::from_secs(minutes * 60)).await;
        if result.is_err() {
            eprintln!("{}", world.keep_evidence("soak", &stage.results()).await?);
        }
        world.browser.close().await?;
        result
    };
    on_one_thread(async {
        tokio::select! {
            result = soak => result,
            () = xtask::serve::stop_signal() => Err(anyhow!("stopped")),
        }
    })
}

struct Soak<'a> {
    world: &'a World,
    tabs: Vec<WindowHandle>,
    chance: StdRng,
    record: Record,
    /// How often a tab was left on an error page of the provider's.
    stranded: u32,
}

impl Soak<'_> {
    async fn run(&mut self, whole: Duration) -> Result<()> {
        self.world.signs_in_to_account().await?;
        self.tabs.push(self.world.browser.tab().await?);
        while self.tabs.len() < TABS {
            self.world.browser.open_tab().await?;
            self.world.opens(if self.tabs.len() == LASTING - 1 { "/api" } else { "/account" }).await?;
            self.world.is_signed_in().await?;
            self.tabs.push(self.world.browser.tab().await?);
        }
        self.world.provider.forget_log().await?;
        let begun = Instant::now();
        let (mut rounds, mut faults) = (0, 0);
        while begun.elapsed() < whole {
            rounds += 1;
            faults += self.disturb().await.with_context(|| format!("round {rounds}"))?;
            self.recover().await.with_context(|| format!("round {rounds}"))?;
            if rounds % 4 == 1 {
                self.measure(begun.elapsed()).await?;
            }
            println!("{:>5} s  round {rounds}, {faults} faults", begun.elapsed().as_secs());
        }
        self.measure(begun.elapsed()).await?;
        let faulty = self.world.faults_of_page().await?;
        ensure!(faulty.is_empty(), "{}", faulty.join("; "));
        println!(
            "{rounds} rounds, {faults} faults, {TABS} tabs: nobody was signed out. Error pages of the provider loaded again: {}.",
            self.stranded
        );
        self.record.judge()
    }

    /// One or two things go wrong while people go on. How many did.
    async fn disturb(&mut self) -> Result<u32> {
        let mut faults = 0;
        for _ in 0..self.chance.random_range(1..=2) {
            let (endpoint, fault) =
                (ENDPOINTS.choose(&mut self.chance).unwrap_or(&"token"), FAULTS.choose(&mut self.chance).unwrap_or(&""));
            self.world.provider.control(&format!("fail?endpoint={endpoint}&{fault}")).await?;
            faults += 1;
        }
        if self.chance.random_bool(0.1) {
            self.world.provider.stop().await?;
            sleep(Duration::from_secs(self.chance.random_range(1..8))).await;
            self.world.provider.start_again().await?;
            faults += 1;
        }
        let end = Instant::now() + Duration::from_secs(self.chance.random_range(5..20));
        while Instant::now() < end {
            let place = self.chance.random_range(0..TABS);
            self.world.browser.switch_to(self.tabs[place].clone()).await?;
            match self.chance.random_range(0..4) {
                0 if place >= LASTING => self.world.browser.reload().await?,
                // Whether the button is there depends on what is wrong.
                0 | 1 => drop(self.world.browser.click_named("Renew now").await),
                2 => drop(self.world.browser.click_named("Call again").await),
                _ => {}
            }
            sleep(Duration::from_millis(self.chance.random_range(200..4000))).await;
        }
        Ok(faults)
    }

    /// Nothing is wrong any more: everybody is signed in, or will be soon, and nobody has to do anything for it.
    async fn recover(&mut self) -> Result<()> {
        self.world.provider.control("heal").await?;
        for (place, tab) in self.tabs.iter().enumerate() {
            let browser = &self.world.browser;
            browser.switch_to(tab.clone()).await?;
            if !browser.address().await?.starts_with(&self.world.app) {
                // The page was on its way to the provider when that failed: people load an error page again.
                self.stranded += 1;
                browser.reload().await?;
            }
            until_within(BOUND, &format!("tab {place} to be signed in"), async || {
                let signed_in = browser.text_at(".corner-name").await? == ALICE;
                Ok(yes(signed_in && !browser.text().await?.contains("Your session is paused")))
            })
            .await?;
        }
        self.world.provider.forget_log().await
    }

    async fn measure(&mut self, elapsed: Duration) -> Result<()> {
        for place in 0..TABS {
            self.world.browser.switch_to(self.tabs[place].clone()).await?;
            let measures = Measures::take(&self.world.browser).await?;
            self.record.note(elapsed, place, place < LASTING, measures)?;
        }
        Ok(())
    }
}
