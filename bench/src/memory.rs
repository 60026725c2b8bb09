//! What a page holds once it is there and everything that can be thrown away was thrown away.
//!
//! Each figure comes from a browser of its own, in which nothing else was opened.

use crate::{
    apps::{App, Ports},
    chromium::Chromium,
    page::Page,
    statistics::Sample,
};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::{fs, time::Duration};
use tokio::time::sleep;
use xtask::engines::Programs;

/// How long a page is left alone before it is looked at, and after each collection.
const SETTLE: [Duration; 2] = [Duration::from_secs(2), Duration::from_millis(300)];

/// For how long a page is made to work, so that its process can be told from the browser's others.
const WORK: u32 = 400;

/// What pages hold, in bytes, one value for each browser.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    /// Objects of scripts.
    pub(crate) heap: Vec<f64>,
    /// Linear memory of WebAssembly.
    pub(crate) wasm: Vec<f64>,
    /// Pages of the renderer's that no other process shares; nothing where the system does not tell.
    pub(crate) private: Vec<f64>,
}

impl Memory {
    /// Measures an app, or an empty page where there is none.
    pub(crate) async fn measure(programs: &Programs, ports: Ports, app: Option<&App>, browsers: u32) -> Result<Self> {
        let mut memory = Self::default();
        for _ in 0..browsers {
            let browser = Chromium::start(programs).await?;
            memory.take(&browser, ports, app).await?;
            browser.close().await?;
        }
        Ok(memory)
    }

    /// A median, in bytes.
    pub(crate) fn median(values: &[f64]) -> Option<f64> {
        values.iter().copied().collect::<Sample>().median()
    }

    /// Everything, for a file.
    pub(crate) fn raw(&self) -> Value {
        json!({ "heap": self.heap, "wasm": self.wasm, "private": self.private })
    }

    async fn take(&mut self, browser: &Chromium, ports: Ports, app: Option<&App>) -> Result<()> {
        let page = Page::first(browser).await?;
        match app {
            Some(app) => {
                page.sign_in(app, ports).await?;
                page.reload().await.with_context(|| app.name)?;
            }
            None => page.go(&ports.empty_page()).await?,
        }
        sleep(SETTLE[0]).await;
        // The first one lets go of what waits for it, the second takes that, too.
        for _ in 0..2 {
            page.command("HeapProfiler.collectGarbage", json!({})).await?;
            sleep(SETTLE[1]).await;
        }
        let heap = page.command("Runtime.getHeapUsage", json!({})).await?;
        self.heap.push(heap["usedSize"].as_f64().context("no heap")?);
        let private = private_memory(browser, &page).await?;
        self.private.extend(private);
        self.wasm.push(linear_memory(&page).await?);
        Ok(())
    }
}

/// The bytes of every WebAssembly memory of a page: they are no global's, so the engine is asked for all objects of their kind.
async fn linear_memory(page: &Page<'_>) -> Result<f64> {
    let kind = page.command("Runtime.evaluate", json!({ "expression": "WebAssembly.Memory.prototype" })).await?;
    let found = page.command("Runtime.queryObjects", json!({ "prototypeObjectId": kind["result"]["objectId"] })).await?;
    let sum = "function () { return this.reduce((sum, memory) => sum + memory.buffer.byteLength, 0); }";
    let wish = json!({ "functionDeclaration": sum, "objectId": found["objects"]["objectId"], "returnByValue": true });
    let bytes = page.command("Runtime.callFunctionOn", wish).await?;
    bytes["result"]["value"].as_f64().context("the page does not tell of its memory")
}

/// The private bytes of the page's process, read before it is made to work; a browser keeps several, and only one of them works then.
async fn private_memory(browser: &Chromium, page: &Page<'_>) -> Result<Option<f64>> {
    let info = browser.command(None, "SystemInfo.getProcessInfo", json!({})).await?;
    let all = info["processInfo"].as_array().into_iter().flatten();
    let renderers: Vec<u64> = all.filter(|process| process["type"] == "renderer").filter_map(|process| process["id"].as_u64()).collect();
    let before: Vec<(u64, Option<f64>, u64)> = renderers.iter().map(|id| (*id, private_bytes(*id), work_done(*id))).collect();
    page.evaluate(&format!("{{ const end = performance.now() + {WORK}; while (performance.now() < end); }}")).await?;
    let busiest = before.into_iter().max_by_key(|(id, _, done)| work_done(*id).saturating_sub(*done));
    Ok(busiest.and_then(|(_, bytes, _)| bytes))
}

fn private_bytes(process: u64) -> Option<f64> {
    private(&fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?)
}

/// The sum of the lines `Private_Clean` and `Private_Dirty`, which are in kilobytes.
fn private(rollup: &str) -> Option<f64> {
    let lines = rollup.lines().filter_map(|line| line.strip_prefix("Private_")?.split_once(':'));
    let sizes = lines
        .filter(|(kind, _)| ["Clean", "Dirty"].contains(kind))
        .filter_map(|(_, size)| size.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    let sum: f64 = sizes.sum();
    (sum > 0.0).then_some(sum * 1024.0)
}

/// The processor time that a process has had, in ticks.
fn work_done(process: u64) -> u64 {
    fs::read_to_string(format!("/proc/{process}/stat")).ok().and_then(|text| ticks(&text)).unwrap_or_default()
}

/// Fields 14 and 15, counted past the program's name, which may have blanks in it.
fn ticks(stat: &str) -> Option<u64> {
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_pages_are_the_clean_and_the_dirty_ones() {
        let rollup =
            "Rss: 900 kB\nShared_Clean: 700 kB\nPrivate_Clean:         4 kB\nPrivate_Dirty:        12 kB\nPrivate_Hugetlb:       8 kB\n";
        assert_eq!(private(rollup), Some(16.0 * 1024.0));
        assert_eq!(private(""), None);
    }

    #[test]
    fn processor_time_is_found_behind_any_name() {
        let stat = "71 (a (b) c) S 1 71 71 0 -1 4194560 500 0 3 0 21 4 0 0 20 0";
        assert_eq!(ticks(stat), Some(25));
        assert_eq!(ticks("71 (a"), None);
    }
}
