//! Plays scenarios one after another and reports.

use crate::{
    browser::Silence,
    scenarios::{self, Scenario},
    setup::Host,
    stage::Stage,
    wait::PATIENCE,
    world::World,
};
use anyhow::{Context, Error, Result, anyhow, bail, ensure};
use std::{collections::BTreeMap, rc::Rc, time::Duration};
use tokio::{
    task::{LocalSet, spawn_local},
    time::{Instant, timeout},
};
use xtask::{engines::Engine, servers::WebServer, wasm::Build};

/// No scenario takes longer, unless it hangs.
const LIMIT: Duration = Duration::from_secs(180);

/// Names the scenarios.
pub(crate) fn list() {
    for scenario in scenarios::all() {
        println!("{:<22} {}", scenario.name, scenario.headline);
    }
}

/// Plays the scenarios whose names contain one of these texts, or all. Whether all passed.
pub(crate) fn play(only: &[String], engine: Engine, headed: bool, build: Build, host: Option<WebServer>) -> Result<bool> {
    ensure!(host.is_none() || engine == Engine::Chromium, "--host needs Chromium, which can be told to trust one certificate");
    let is_wanted = |scenario: &&Scenario| only.is_empty() || only.iter().any(|part| scenario.name.contains(part.as_str()));
    let all = scenarios::all();
    let chosen: Vec<&Scenario> = all.iter().filter(is_wanted).collect();
    if chosen.is_empty() {
        bail!("no scenario has such a name; see --list");
    }
    let with_container =
        host.is_none() && engine == Engine::Chromium && chosen.iter().any(|scenario| scenario.setup.host == Host::Container);
    let stage = Stage::set(engine, headed, build, host, with_container)?;
    on_one_thread(async {
        tokio::select! {
            failed = play_all(&stage, &chosen) => Ok(failed == 0),
            () = xtask::serve::stop_signal() => Err(anyhow!("stopped")),
        }
    })
}

/// Runs to its end, on this thread. Whatever is still open is closed when the caller's values are dropped.
pub(crate) fn on_one_thread<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(LocalSet::new().run_until(work))
}

async fn play_all(stage: &Stage, chosen: &[&Scenario]) -> usize {
    let (mut failed, mut skipped) = (0, 0);
    let mut noted: BTreeMap<String, usize> = BTreeMap::new();
    for scenario in chosen {
        let why_not = scenario.setup.why_not_in(stage.engine).or_else(|| scenario.setup.only_ours.filter(|_| stage.real.is_some()));
        if let Some(why) = why_not {
            skipped += 1;
            println!("SKIP  {:<22}          {why}", scenario.name);
            continue;
        }
        let started = Instant::now();
        let mut result = play_one(stage, scenario).await;
        if let Err(error) = &result
            && is_begun_anew(stage.engine, error)
        {
            println!("AGAIN {:<22} {:>5.1} s  {error:#}", scenario.name, started.elapsed().as_secs_f32());
            *noted.entry("the driver fell silent, and they were begun anew".to_owned()).or_default() += 1;
            result = play_one(stage, scenario).await;
        }
        let seconds = started.elapsed().as_secs_f32();
        match result {
            Ok(notes) => {
                println!("PASS  {:<22} {seconds:>5.1} s  {}", scenario.name, scenario.headline);
                for note in notes {
                    *noted.entry(note).or_default() += 1;
                }
            }
            Err(error) => {
                failed += 1;
                println!("FAIL  {:<22} {seconds:>5.1} s  {error:#}", scenario.name);
            }
        }
    }
    for (note, times) in noted {
        println!("\nNote: in {times} scenarios {note}.");
    }
    println!("\n{}: {} passed, {failed} failed, {skipped} skipped", stage.name(), chosen.len() - failed - skipped);
    if failed > 0 {
        println!("What the pages looked like is in {}.", stage.results().display());
    }
    failed
}

/// Whether this says nothing about the app. Other engines' drivers answer as long as the page does, so there it is the page's fault.
fn is_begun_anew(engine: Engine, error: &Error) -> bool {
    engine == Engine::WebKit && error.is::<Silence>()
}

async fn play_one(stage: &Stage, scenario: &Scenario) -> Result<Vec<String>> {
    stage.forget_evidence(scenario.name)?;
    let opened = within(LIMIT, World::open(stage, scenario.name, scenario.setup)).await;
    let world = Rc::new(opened.context("the world could not be made")?);
    let mut performance = spawn_local((scenario.run)(Rc::clone(&world)));
    let performed = match timeout(LIMIT, &mut performance).await {
        Ok(Ok(result)) => result,
        Ok(Err(panicked)) => Err(anyhow!("panicked: {panicked}")),
        Err(_) => {
            performance.abort();
            Err(anyhow!("did not end within {} s", LIMIT.as_secs()))
        }
    };
    let result = match performed {
        Ok(()) => within(LIMIT, world.judge()).await.context("while the world was judged"),
        Err(error) => Err(error),
    };
    let result = match result {
        Ok(notes) => Ok(notes),
        Err(error) => {
            let state = within(PATIENCE, world.keep_evidence(scenario.name, &stage.results())).await;
            let state = state.unwrap_or_else(|why| format!("(no evidence: {why:#})"));
            let told = anyhow!("{}; {state}", world.secrets().redact(&format!("{error:#}")));
            Err(if world.browser.is_silent() { told.context(Silence) } else { told })
        }
    };
    if let Some(world) = Rc::into_inner(world) {
        // Where this fails, the driver closes the browser when it is dropped.
        let closed = within(PATIENCE, world.browser.close()).await.context("the browser did not close");
        return result.and_then(|notes| closed.map(|()| notes));
    }
    result
}

/// Bounds what a driver may leave unanswered forever.
async fn within<T>(limit: Duration, work: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(limit, work).await.unwrap_or_else(|_| Err(anyhow!("it did not end within {} s", limit.as_secs())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_silent_driver_of_webkit_is_forgiven() {
        let silent = || anyhow!("waited for the page").context(Silence);
        assert!(is_begun_anew(Engine::WebKit, &silent()));
        assert!(!is_begun_anew(Engine::WebKit, &anyhow!("waited for the page")));
        assert!(!is_begun_anew(Engine::Chromium, &silent()) && !is_begun_anew(Engine::Firefox, &silent()));
    }
}
