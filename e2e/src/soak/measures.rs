//! What a tab holds, over time.

use crate::browser::Browser;
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::{collections::BTreeMap, fs::File, io::Write, path::Path, time::Duration};

/// The names of the measures, in the order of [`Measures`].
const NAMES: [&str; 5] = ["wasm_memory_bytes", "js_heap_bytes", "dom_nodes", "event_listeners", "documents"];

/// What may be more at the end than at the beginning: memory is in pages and caches are warm at different times, and numbers of things are small.
const TOLERANCE: [f64; 5] = [1.0, 1.15, 1.1, 1.1, 1.1];

/// What one tab holds, after everything that can be thrown away was thrown away.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measures([f64; 5]);

impl Measures {
    /// Of the tab that is worked at present.
    pub(super) async fn take(browser: &Browser) -> Result<Self> {
        // What the suite itself keeps in the page, and the browser's own records of requests, which end at 250.
        browser.script("window.e2eSeen.texts.splice(0); performance.clearResourceTimings()", Vec::new()).await?;
        for command in ["Performance.enable", "HeapProfiler.enable", "HeapProfiler.collectGarbage"] {
            browser.devtools(command, json!({})).await?;
        }
        let metrics = browser.devtools("Performance.getMetrics", json!({})).await?;
        let metric = |name: &str| {
            let found = metrics["metrics"].as_array().and_then(|all| all.iter().find(|one| one["name"] == name));
            found.and_then(|one| one["value"].as_f64()).with_context(|| format!("Chromium tells no {name}"))
        };
        let wasm = wasm_memory(browser).await?;
        Ok(Self([wasm, metric("JSHeapUsedSize")?, metric("Nodes")?, metric("JSEventListeners")?, metric("Documents")?]))
    }
}

/// The bytes of every WebAssembly memory of the page: they are no global's, so the engine is asked for all objects of their kind.
async fn wasm_memory(browser: &Browser) -> Result<f64> {
    let kind = browser.devtools("Runtime.evaluate", json!({ "expression": "WebAssembly.Memory.prototype" })).await?;
    let found = browser.devtools("Runtime.queryObjects", json!({ "prototypeObjectId": kind["result"]["objectId"] })).await?;
    let sum = "function () { return this.reduce((sum, memory) => sum + memory.buffer.byteLength, 0); }";
    let list = &found["objects"]["objectId"];
    let bytes =
        browser.devtools("Runtime.callFunctionOn", json!({ "functionDeclaration": sum, "objectId": list, "returnByValue": true })).await?;
    browser.devtools("Runtime.releaseObject", json!({ "objectId": list })).await?;
    bytes["result"]["value"].as_f64().filter(|bytes| *bytes > 0.0).context("the page has no WebAssembly memory")
}

/// Everything that was measured.
#[derive(Debug)]
pub(super) struct Record {
    file: File,
    /// Of the tabs that were never reloaded, by tab.
    lasting: BTreeMap<usize, Vec<Measures>>,
}

impl Record {
    pub(super) fn create(path: &Path) -> Result<Self> {
        let mut file = File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
        writeln!(file, "seconds,tab,{}", NAMES.join(","))?;
        Ok(Self { file, lasting: BTreeMap::new() })
    }

    pub(super) fn note(&mut self, elapsed: Duration, tab: usize, lasting: bool, measures: Measures) -> Result<()> {
        let values = measures.0.map(|value| value.to_string()).join(",");
        writeln!(self.file, "{},{tab},{values}", elapsed.as_secs())?;
        if lasting {
            self.lasting.entry(tab).or_default().push(measures);
        }
        Ok(())
    }

    /// Holds the last quarter of the time against the second: in the first, caches are filled and code is compiled.
    pub(super) fn judge(&self) -> Result<()> {
        let mut grown = Vec::new();
        for (tab, all) in &self.lasting {
            let quarter = all.len().div_ceil(4);
            let (early, late) = (&all[quarter.min(all.len() - 1)..(2 * quarter).min(all.len())], &all[all.len() - quarter..]);
            for (place, name) in NAMES.iter().enumerate() {
                let (before, after) = (median(early, place), median(late, place));
                println!("tab {tab}  {name:<18} {before:>10} in the second quarter, {after:>10} in the last, ratio {:.3}", after / before);
                if after > before * TOLERANCE[place] {
                    grown.push(format!("{name} of tab {tab}"));
                }
            }
        }
        ensure!(grown.is_empty(), "this has grown: {}", grown.join(", "));
        Ok(())
    }
}

fn median(of: &[Measures], place: usize) -> f64 {
    let mut values: Vec<f64> = of.iter().map(|measures| measures.0[place]).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
