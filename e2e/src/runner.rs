//! Plays scenarios, one after another or several at once, each in a world of its own.

use crate::{
    arguments::{Group, Wanted},
    browser::Silence,
    report::{Outcome, Report},
    scenarios::{self, Scenario},
    setup::Host,
    stage::Stage,
    wait::PATIENCE,
    world::World,
};
use anyhow::{Context, Error, Result, anyhow, bail, ensure};
use std::{
    rc::Rc,
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};
use tokio::{
    task::{LocalSet, spawn_local},
    time::{Instant, timeout},
};
use xtask::engines::Engine;

/// No scenario takes longer, unless it hangs.
const LIMIT: Duration = Duration::from_secs(180);

/// Names the scenarios.
pub(crate) fn list(group: Option<Group>) {
    for scenario in scenarios::all(group) {
        println!("{:<22} {}", scenario.name, scenario.headline);
    }
}

/// Whether a name is asked for: it contains one of these texts, or is what stands behind a "=".
fn is_wanted(name: &str, only: &[String]) -> bool {
    let fits = |part: &String| part.strip_prefix('=').map_or_else(|| name.contains(part.as_str()), |whole| name == whole);
    only.is_empty() || only.iter().any(fits)
}

/// Plays the scenarios that are wanted. Whether all passed.
pub(crate) fn play(wanted: &Wanted) -> Result<bool> {
    let Wanted { engine, host, .. } = *wanted;
    ensure!(host.is_none() || engine == Engine::Chromium, "--host needs Chromium, which can be told to trust one certificate");
    let chosen: Vec<Scenario> =
        scenarios::all(wanted.group).into_iter().filter(|scenario| is_wanted(scenario.name, &wanted.only)).collect();
    if chosen.is_empty() {
        bail!("no scenario has such a name; see --list");
    }
    let with_container =
        host.is_none() && engine == Engine::Chromium && chosen.iter().any(|scenario| scenario.setup.host == Host::Container);
    let stage = Stage::set(engine, wanted.headed, (wanted.build, &wanted.extensions), host, with_container)?;
    let report = Report::open(engine.name(), wanted.record.as_deref())?;
    let queue = Mutex::new(chosen.into_iter());
    // A thread for each: what one of them does without giving way must not keep the servers of another from answering.
    let lane = || {
        on_one_thread(async {
            tokio::select! {
                result = play_next(&stage, &queue, &report) => result,
                () = xtask::serve::stop_signal() => Err(anyhow!("stopped")),
            }
        })
    };
    thread::scope(|scope| {
        let lanes: Vec<_> = (0..wanted.together).map(|_| scope.spawn(lane)).collect();
        lanes.into_iter().try_for_each(|lane| lane.join().unwrap_or_else(|_| Err(anyhow!("a thread of scenarios panicked"))))
    })?;
    let failed = report.sum_up(&stage.name());
    if failed > 0 {
        println!("What the pages looked like is in {}.", stage.results().display());
    }
    Ok(failed == 0)
}

/// Runs to its end, on this thread. Whatever is still open is closed when the caller's values are dropped.
pub(crate) fn on_one_thread<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(LocalSet::new().run_until(work))
}

async fn play_next(stage: &Stage, queue: &Mutex<impl Iterator<Item = Scenario>>, report: &Report) -> Result<()> {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        let Some(scenario) = next else { return Ok(()) };
        let why_not = scenario.setup.why_not_in(stage.engine).or_else(|| scenario.setup.only_ours.filter(|_| stage.real.is_some()));
        let started = Instant::now();
        let outcome = match why_not {
            Some(why) => Outcome::LeftOut(why),
            None => {
                let mut result = play_one(stage, &scenario).await;
                if let Err(error) = &result
                    && is_begun_anew(stage.engine, error)
                {
                    report.again(&scenario, started.elapsed(), error);
                    result = play_one(stage, &scenario).await;
                }
                result.map_or_else(Outcome::Failed, Outcome::Passed)
            }
        };
        report.ended(&scenario, started.elapsed(), outcome)?;
    }
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
    fn a_name_is_wanted_by_a_part_of_it_or_as_a_whole() {
        let only = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert!(is_wanted("reload", &[]) && is_wanted("reload-scroll", &only(&["x", "reload"])));
        assert!(is_wanted("reload", &only(&["=reload"])) && !is_wanted("reload-scroll", &only(&["=reload"])));
    }

    #[test]
    fn only_a_silent_driver_of_webkit_is_forgiven() {
        let silent = || anyhow!("waited for the page").context(Silence);
        assert!(is_begun_anew(Engine::WebKit, &silent()));
        assert!(!is_begun_anew(Engine::WebKit, &anyhow!("waited for the page")));
        assert!(!is_begun_anew(Engine::Chromium, &silent()) && !is_begun_anew(Engine::Firefox, &silent()));
    }
}
