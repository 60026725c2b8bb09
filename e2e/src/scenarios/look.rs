//! What the pages look like: to axe-core, and while they change.

use crate::{
    look::Look,
    person::ALICE,
    walks::{self, Walk},
    world::World,
};
use anyhow::{Result, ensure};
use serde_json::json;

/// How far what was on the page has moved since the page was loaded (Layout Instability), with what moved.
const SHIFTS: &str = "return new Promise((done) => {
    const told = ({ value, sources }) => value + ' by ' + sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? 'something').join(', ');
    new PerformanceObserver((list, observer) => { observer.disconnect(); done(list.getEntries().map(told)); }).observe({ type: 'layout-shift', buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done([]), 200)));
})";

async fn judged(world: &World, walk: Walk) -> Result<()> {
    (walk.go)(world, &Look::judgement(world)?).await
}

pub(super) async fn doors(world: &World) -> Result<()> {
    judged(world, walks::DOORS).await
}

pub(super) async fn inside(world: &World) -> Result<()> {
    judged(world, walks::INSIDE).await
}

pub(super) async fn between(world: &World) -> Result<()> {
    judged(world, walks::BETWEEN).await
}

pub(super) async fn troubles(world: &World) -> Result<()> {
    judged(world, walks::TROUBLES).await
}

pub(super) async fn afterwards(world: &World) -> Result<()> {
    judged(world, walks::AFTERWARDS).await
}

pub(super) async fn leaving(world: &World) -> Result<()> {
    judged(world, walks::LEAVING).await
}

pub(super) async fn paused(world: &World) -> Result<()> {
    judged(world, walks::PAUSED).await
}

pub(super) async fn not_set_up(world: &World) -> Result<()> {
    judged(world, walks::NOT_SET_UP).await
}

pub(super) async fn set_up_wrong(world: &World) -> Result<()> {
    judged(world, walks::SET_UP_WRONG).await
}

pub(super) async fn not_started(world: &World) -> Result<()> {
    judged(world, walks::NOT_STARTED).await
}

pub(super) async fn german(world: &World) -> Result<()> {
    judged(world, walks::GERMAN).await
}

pub(super) async fn extended(world: &World) -> Result<()> {
    judged(world, walks::EXTENDED).await
}

pub(super) async fn extended_german(world: &World) -> Result<()> {
    judged(world, walks::EXTENDED_GERMAN).await
}

/// Whether the judge can say no.
pub(super) async fn faults_are_found(world: &World) -> Result<()> {
    world.opens("/").await?;
    world.is_signed_out().await?;
    let look = Look::judgement(world)?;
    look.at(world, "home").await?;
    for (fault, plant) in [
        ("color-contrast", "one.textContent = 'pale'; one.style.color = 'rgb(128 128 128 / 40%)'"),
        ("image-alt", "one.append(new Image())"),
        (
            "target-size",
            "for (const name of ['a', 'b']) { const b = document.createElement('button'); b.ariaLabel = name; b.style.cssText = 'padding:0;border:0;width:9px;height:9px'; one.append(b); }",
        ),
        ("heading-order", "const h = document.createElement('h4'); h.textContent = 'Deep'; one.append(h)"),
        ("wider", "one.textContent = 'wide'; one.style.width = '1300px'"),
    ] {
        let script =
            format!("const one = document.createElement('div'); one.id = 'planted'; document.querySelector('main').append(one); {plant}");
        world.browser.script(&script, Vec::new()).await?;
        let found = look.at(world, "home").await.err().map(|error| format!("{error:#}")).unwrap_or_default();
        ensure!(found.contains(fault), "{fault} was planted, and this was found: {found}");
        world
            .browser
            .script("document.querySelector('#planted').remove(); document.documentElement.removeAttribute('style')", Vec::new())
            .await?;
    }
    look.at(world, "home").await
}

/// Nothing that stands on the page moves while a session is looked for and found.
pub(super) async fn nothing_moves(world: &World) -> Result<()> {
    world.signs_in().await?;
    for (width, height) in [(390, 844), (1280, 800)] {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        world.browser.devtools("Emulation.setDeviceMetricsOverride", metrics).await?;
        for (place, heading) in [("/account", ALICE), ("/", "Signing in, made quiet.")] {
            world.provider.control("fail?endpoint=token&delay_ms=1500").await?;
            world.opens(place).await?;
            world.is_signed_in().await?;
            world.sees_heading(heading).await?;
            let moved = world.browser.script(SHIFTS, Vec::new()).await?;
            ensure!(moved == json!([]), "{place}, {width} px wide: {moved}");
        }
    }
    // It would be noticed.
    world
        .browser
        .script(
            "document.querySelector('main').insertAdjacentElement('beforebegin', document.createElement('p')).style.height = '90px'",
            Vec::new(),
        )
        .await?;
    let moved = world.browser.script(SHIFTS, Vec::new()).await?;
    ensure!(moved != json!([]), "a page that jumped was not noticed");
    world.browser.devtools("Emulation.clearDeviceMetricsOverride", json!({})).await.map(drop)
}
