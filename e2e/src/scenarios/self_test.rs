//! Whether the judge can say no: faults are planted, found, and taken away again.

use crate::world::World;
use anyhow::{Context, Result, ensure};

/// Where a page could leave a secret, how to plant it there, and how to take it away.
const PLACES: [(&str, &str, &str); 12] = [
    ("localStorage", "localStorage.setItem('x', secret)", "localStorage.removeItem('x')"),
    ("sessionStorage", "sessionStorage.setItem('x', secret)", "sessionStorage.removeItem('x')"),
    ("cookie", "document.cookie = `x=${secret}`", "document.cookie = 'x=; max-age=0'"),
    ("history.state", "history.replaceState({ x: secret }, '')", "history.replaceState(null, '')"),
    ("address", "history.replaceState(null, '', '#' + secret)", "history.replaceState(null, '', location.pathname)"),
    ("window.name", "window.name = secret", "window.name = ''"),
    ("document", "document.body.dataset.x = secret", "delete document.body.dataset.x"),
    ("form fields", "const f = document.createElement('input'); f.id = 'x'; document.body.append(f); f.value = secret", "document.querySelector('#x').remove()"),
    ("global globalThis.x.y", "window.x = { y: secret }", "delete window.x"),
    ("global globalThis.m.memory", "window.m = { memory: new WebAssembly.Memory({ initial: 1 }) }", "delete window.m"),
    ("Cache x", "return caches.open('x').then((c) => c.put('/x', new Response(secret)))", "return caches.delete('x')"),
    (
        "IndexedDB x",
        "return new Promise((done) => { const r = indexedDB.open('x'); r.onupgradeneeded = () => r.result.createObjectStore('s').put(secret, 1);
            r.onsuccess = () => { r.result.close(); done(); } })",
        "return new Promise((done) => { indexedDB.deleteDatabase('x').onsuccess = () => done(); })",
    ),
];

pub(super) async fn planted_secrets_are_found(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    let secrets = world.secrets();
    for kind in ["access_token", "refresh_token", "code_verifier"] {
        let secret = secrets.one(kind).with_context(|| format!("no {kind} went over the wire"))?;
        for (place, plant, remove) in PLACES {
            let before = world.faults_of_page().await?;
            ensure!(before.is_empty(), "before anything was planted: {}", before.join("; "));
            world.browser.script(&format!("const secret = arguments[0]; {plant}"), vec![secret.into()]).await?;
            let faults = world.faults_of_page().await?;
            ensure!(faults.iter().any(|fault| fault.starts_with(place)), "a secret in {place} was not found: {faults:?}");
            world.browser.script(remove, Vec::new()).await?;
        }
        world.browser.script("console.info(arguments[0])", vec![secret.into()]).await?;
        let faults = world.faults_of_console().await?;
        let is_found = faults.iter().any(|fault| fault.contains(kind));
        ensure!(is_found || !world.browser.tells_console(), "a secret in the console was not found: {faults:?}");
    }
    Ok(())
}

/// The console tells of something as a fault. Browsers take their time for that.
async fn console_tells(world: &World, what: &str) -> Result<()> {
    crate::wait::until(&format!("the console to tell of \"{what}\""), async || {
        let faults = world.faults_of_console().await?;
        Ok(faults.iter().any(|fault| fault.contains(what)).then_some(()))
    })
    .await
}

pub(super) async fn violations_are_seen(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    ensure!(world.faults_of_console().await?.is_empty(), "the console was not clean to begin with");
    let evil = "const i = new Image(); i.src = 'http://127.0.0.1:9/x.png'; document.body.append(i)";
    world.browser.script(evil, Vec::new()).await?;
    let seen = crate::wait::until("the violation", async || {
        let faults = world.faults_of_page().await?;
        Ok((!faults.is_empty()).then_some(faults))
    });
    ensure!(seen.await?.iter().any(|fault| fault.contains("img-src")), "an image from elsewhere was not noticed");
    console_tells(world, "img-src").await?;

    let refused =
        world.browser.script("try { document.body.innerHTML = '<b>x</b>'; return false } catch { return true }", Vec::new()).await?;
    ensure!(refused == true, "a text was made into elements without Trusted Types");
    if world.browser.tells_of_refused_texts() {
        console_tells(world, "TrustedHTML").await?;
    }

    world.browser.script("console.error('planted')", Vec::new()).await?;
    console_tells(world, "planted").await?;
    // A new document has nothing to answer for.
    world.opens("/").await?;
    world.is_signed_in().await
}
