//! What is done with a page as it is now: a picture is kept of it, or it is judged. Small and large, light and dark.

use crate::{
    wait::{until, yes},
    world::World,
};
use anyhow::{Context, Result, bail, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Phone and desktop.
const SIZES: [(u64, u64); 2] = [(390, 844), (1280, 800)];

/// The narrowest page that must not scroll sideways: WCAG 2.2, 1.4.10.
const NARROW: (u64, u64) = (320, 640);

const SCHEMES: [&str; 2] = ["light", "dark"];

/// Nothing moves any more but what moves forever, and every picture has arrived.
const SETTLED: &str = "return document.readyState === 'complete' && [...document.images].every((image) => image.complete)
    && document.getAnimations().every((one) => one.playState !== 'running' || one.effect.getComputedTiming().endTime === Infinity)";

/// Runs what stands in the page already; what it finds, one a line. Frames are pages of their own.
const AXE: &str = "const done = arguments[arguments.length - 1];
    const options = { iframes: false, resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } };
    const told = ({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`);
    window.axe.run(document, options).then(({ violations, passes }) => {
        done(passes.length ? violations.flatMap(told) : ['nothing was looked at']);
    }, (error) => done([String(error)]));";

/// How far the page reaches over its right edge, and what does.
const WIDER: &str = "const { clientWidth: room, scrollWidth } = document.documentElement;
    const out = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > room + 1);
    return scrollWidth > room ? `${scrollWidth - room} px: ${out.slice(0, 3).map((one) => one.outerHTML.slice(0, 120)).join(' ')}` : ''";

/// What is done with each page and state.
#[derive(Clone, Debug)]
pub(crate) enum Look {
    /// Four pictures of it go into this folder.
    Pictures(PathBuf),
    /// axe-core, of which this is the script, finds nothing; nothing is cut off on a narrow page, or where text is twice as large.
    Judgement(String),
}

impl Look {
    /// A judge of pages.
    pub(crate) fn judgement(world: &World) -> Result<Self> {
        let folder = world.judges.as_deref().context("axe-core is installed for Chromium only")?;
        Ok(Self::Judgement(fs::read_to_string(folder.join("node_modules/axe-core/axe.min.js"))?))
    }

    /// Looks at the page as it is now.
    pub(crate) async fn at(&self, world: &World, name: &str) -> Result<()> {
        let browser = &world.browser;
        // Whatever was clicked last is not what is to be seen.
        browser.devtools("Input.dispatchMouseEvent", json!({ "type": "mouseMoved", "x": 0, "y": 0 })).await?;
        // A phone draws none that take room, and on the large pictures they are noise.
        browser.devtools("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await?;
        for (width, height) in SIZES {
            for scheme in SCHEMES {
                let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
                browser.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await?;
                resize(world, width, height).await?;
                match self {
                    Self::Pictures(folder) => keep(world, &folder.join(format!("{name}-{width}-{scheme}.png")), (width, height)).await?,
                    Self::Judgement(axe) => judge(world, axe).await.with_context(|| format!("{name}, {width} px wide, {scheme}"))?,
                }
            }
        }
        if let Self::Judgement(_) = self {
            fits(world).await.with_context(|| name.to_owned())?;
            // Of the judge nothing may be left: the leak sweep looks at everything that hangs on the window.
            browser.script("delete window.axe; delete window.axeUtils", Vec::new()).await?;
        }
        browser.devtools("Emulation.setEmulatedMedia", json!({ "features": [] })).await?;
        browser.devtools("Emulation.clearDeviceMetricsOverride", json!({})).await.map(drop)
    }
}

/// A picture of the whole page, not only of what fits on the screen.
async fn keep(world: &World, file: &Path, (width, height): (u64, u64)) -> Result<()> {
    settled(world).await?;
    let whole = world.browser.script("return document.documentElement.scrollHeight", Vec::new()).await?;
    // Not by a larger window: some of the page is as high as that.
    let clip = json!({ "x": 0, "y": 0, "width": width, "height": whole.as_u64().unwrap_or(height).max(height), "scale": 1 });
    let picture = world.browser.devtools("Page.captureScreenshot", json!({ "captureBeyondViewport": true, "clip": clip })).await?;
    Ok(fs::write(file, STANDARD.decode(picture["data"].as_str().context("a picture is a text")?)?)?)
}

async fn judge(world: &World, axe: &str) -> Result<()> {
    settled(world).await?;
    let browser = &world.browser;
    if browser.script("return typeof window.axe === 'object'", Vec::new()).await? != true {
        browser.script(axe, Vec::new()).await?;
    }
    match browser.script_with_callback(AXE).await? {
        Value::Array(faults) if faults.is_empty() => Ok(()),
        Value::Array(faults) => bail!("axe-core finds {}", faults.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; ")),
        other => bail!("axe-core says {other}"),
    }
}

/// Nothing is wider than the page: on the narrowest, and where the text is twice as large as usual (WCAG 2.2, 1.4.4 and 1.4.10).
async fn fits(world: &World) -> Result<()> {
    for ((width, height), size) in [(NARROW, "100%"), (SIZES[0], "200%"), (SIZES[1], "200%")] {
        resize(world, width, height).await?;
        world.browser.script("document.documentElement.style.fontSize = arguments[0]", vec![size.into()]).await?;
        let wider = world.browser.text_of(WIDER).await?;
        ensure!(wider.is_empty(), "{width} px wide with text at {size}, the page is wider by {wider}");
    }
    world.browser.script("document.documentElement.removeAttribute('style')", Vec::new()).await.map(drop)
}

async fn settled(world: &World) -> Result<()> {
    until("the page to settle", async || Ok(yes(world.browser.script(SETTLED, Vec::new()).await? == true))).await
}

async fn resize(world: &World, width: u64, height: u64) -> Result<()> {
    let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
    world.browser.devtools("Emulation.setDeviceMetricsOverride", metrics).await.map(drop)
}
