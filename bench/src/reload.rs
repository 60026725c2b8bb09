//! Reloads, many of them, of all apps in turn.

use crate::{
    apps::{App, Ports},
    bytes::Bytes,
    chromium::Chromium,
    conditions::Condition,
    page::Page,
    provider::Provider,
    quiet::Quiet,
    statistics::Sample,
    traffic::{Request, Traffic, now},
};
use anyhow::{Context, Result};
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::sleep;
use xtask::engines::Programs;

/// The first rounds under each condition do not count: caches of all kinds are filled in them.
const UNCOUNTED: u32 = 2;

/// How long an app is left alone after its name stood there. What it asks for meanwhile is counted, and disturbs nobody's measurement.
const SETTLE: Duration = Duration::from_millis(250);

/// One reload.
#[derive(Clone, Debug)]
pub(crate) struct Reload {
    /// Milliseconds until the name stood there.
    pub(crate) named: f64,
    /// The requests until then, preflights included, and when each came in.
    pub(crate) requests: Vec<(f64, String)>,
    /// How many came after.
    pub(crate) later: usize,
}

/// All reloads of an app under a condition.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) app: &'static str,
    pub(crate) condition: Condition,
    pub(crate) reloads: Vec<Reload>,
}

impl Series {
    /// The times.
    pub(crate) fn times(&self) -> Sample {
        self.reloads.iter().map(|reload| reload.named).collect()
    }

    /// The numbers of requests.
    pub(crate) fn requests(&self) -> Sample {
        self.reloads.iter().map(|reload| count(reload.requests.len())).collect()
    }

    /// Everything, for a file.
    pub(crate) fn raw(&self) -> Value {
        let raw = |reload: &Reload| json!({ "named": reload.named, "requests": reload.requests, "later": reload.later });
        json!({ "app": self.app, "condition": self.condition.name(), "reloads": self.reloads.iter().map(raw).collect::<Vec<_>>() })
    }
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// What it takes to measure.
#[derive(Debug)]
pub(crate) struct Track<'a> {
    pub(crate) programs: &'a Programs,
    pub(crate) ports: Ports,
    pub(crate) traffic: &'a Traffic,
    pub(crate) provider: &'a mut Provider,
    pub(crate) quiet: &'a mut Quiet,
}

impl Track<'_> {
    /// Signs in to every app, in a browser of its own with an ordinary profile, as people have it: in a common one they would share cookies and cache. Then counts bytes, and measures all of them in turn under each condition.
    pub(crate) async fn run(&mut self, apps: &[App], conditions: &[Condition], rounds: u32) -> Result<(Vec<Bytes>, Vec<Series>)> {
        let mut browsers = Vec::new();
        for _ in apps {
            browsers.push(Chromium::start(self.programs).await?);
        }
        let (mut pages, mut bytes) = (Vec::new(), Vec::new());
        for (app, browser) in apps.iter().zip(&browsers) {
            let page = Page::first(browser).await?;
            page.sign_in(app, self.ports).await?;
            page.reload().await.with_context(|| format!("{} does not stay signed in", app.name))?;
            bytes.push(Bytes::measure(&page, self.traffic, app).await?);
            pages.push(page);
        }
        let mut all = Vec::new();
        for condition in conditions {
            self.traffic.set_delay(condition.delay());
            self.provider.set_delay(condition.delay()).await?;
            all.extend(self.under(*condition, apps, &pages, rounds).await?);
        }
        self.traffic.set_delay(Duration::ZERO);
        self.provider.set_delay(Duration::ZERO).await?;
        drop(pages);
        for browser in browsers {
            browser.close().await?;
        }
        Ok((bytes, all))
    }

    async fn under(&mut self, condition: Condition, apps: &[App], pages: &[Page<'_>], rounds: u32) -> Result<Vec<Series>> {
        let mut series: Vec<Series> = apps.iter().map(|app| Series { app: app.name, condition, reloads: Vec::new() }).collect();
        let mut order: Vec<usize> = (0..apps.len()).collect();
        let mut chance = StdRng::seed_from_u64(now().to_bits());
        for round in 0..rounds + UNCOUNTED {
            self.quiet.wait().await;
            order.shuffle(&mut chance);
            for place in &order {
                let name = apps[*place].name;
                let reload = self.one(name, &pages[*place], condition).await;
                let reload = reload.with_context(|| format!("{name} failed in round {round}, {}", condition.title()))?;
                if round >= UNCOUNTED {
                    series[*place].reloads.push(reload);
                }
            }
        }
        for one in &series {
            let [median, minimum] = [one.times().median(), one.times().minimum()].map(Option::unwrap_or_default);
            println!("  {:<14} {:<20} median {median:>6.1} ms, at least {minimum:>6.1}", condition.title(), one.app);
        }
        Ok(series)
    }

    async fn one(&self, app: &'static str, page: &Page<'_>, condition: Condition) -> Result<Reload> {
        if condition.is_cold() {
            page.forget_cache().await?;
            sleep(Duration::from_millis(50)).await;
        }
        // Only the page that is measured: the browser slows one down by keeping the processor busy.
        if condition.slowdown() > 1 {
            page.command("Emulation.setCPUThrottlingRate", json!({ "rate": condition.slowdown() })).await?;
        }
        let seen_before = self.traffic.count();
        let seen = page.reload().await?;
        if condition.slowdown() > 1 {
            page.command("Emulation.setCPUThrottlingRate", json!({ "rate": 1 })).await?;
        }
        sleep(SETTLE).await;
        let named = seen.named.context("no name")?;
        let (before, after): (Vec<Request>, Vec<Request>) =
            self.traffic.since(seen_before, app).into_iter().partition(|request| request.at <= seen.began + named);
        let shown = |request: &Request| (request.at - seen.began, format!("{} {}", request.method, request.path));
        Ok(Reload { named, requests: before.iter().map(shown).collect(), later: after.len() })
    }
}
