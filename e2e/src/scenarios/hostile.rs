//! Pages and scripts that mean harm.

use crate::{
    person::ALICE,
    server::Server,
    wait::{until, yes},
    world::World,
};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::{fs, path::Path};
use xtask::ports;

/// Posts what an answer of the hidden frame looks like, and what it does not look like, all the time. One round waits until the one before it
/// has been heard: otherwise they pile up on a slow machine, until the page does nothing else.
const FORGE: &str = r##"
    if (window === window.top) {
        const round = () => {
            const code = "Zm9yZ2VkLWNvZGUtb2Ytc29tZWJvZHktZWxzZQ";
            for (const query of [`?code=${code}&state=Zm9yZ2Vk`, `?error=login_required&state=Zm9yZ2Vk`, `?code=${code}`, "", "?"]) {
                const message = { hushkey: 1, query, fragment: "" };
                window.postMessage(JSON.stringify(message), "*");
                window.postMessage(message, "*");
            }
            for (const message of [null, 7, "", "{}", "x".repeat(100000), { toString: null }]) window.postMessage(message, "*");
            window.postMessage("heard", "*");
        };
        addEventListener("message", (event) => event.data === "heard" && setTimeout(round, 5));
        round();
    }
"##;

pub(super) async fn forged_messages(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.provider.forget_log().await?;
    world.provider.control("fail?endpoint=authorize&delay_ms=2000").await?;
    if world.browser.can_watch() {
        world.browser.before_every_document(FORGE).await?;
        world.browser.reload().await?;
    } else {
        // As early as it can be had: long before the answer of the frame.
        world.browser.reload().await?;
        world.browser.script(FORGE, Vec::new()).await?;
    }
    world.sees_heading(ALICE).await?;
    ensure!(world.provider.was_sent("Zm9yZ2Vk") == 0, "something forged was believed");
    let log = world.provider.log().await?;
    ensure!(log.silent_sign_ins() == 1 && log.visible_sign_ins() == 0, "the page asked again");

    world.presses("Sign out").await?;
    world.sees_heading("You are signed out.").await?;
    world.presses("Home").await?;
    world.is_signed_out().await?;
    ensure!(world.provider.was_sent("Zm9yZ2Vk") == 0, "something forged was believed");
    Ok(())
}

/// What a frame has in the place of a page that refuses to be in it: a page of the browser's own, or in WebKit no element at all.
const BLOCKED: &str = "return /^(chrome-error:|about:neterror)/.test(document.documentURI) || document.querySelector('body *') === null";

/// Where the app could be caught in a frame: a view, the pages of the protocol, a file that is not there.
const PLACES: [&str; 6] = [
    "/account", "/", "/callback?code=Zm9yZ2Vk&state=Zm9yZ2Vk", "/signed-out", "/silent-refresh.html?code=Zm9yZ2Vk&state=Zm9yZ2Vk",
    "/gone.html",
];

pub(super) async fn framed(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    for place in PLACES {
        let (_server, foreign) = foreign_page(&world.folder, &format!("{}{place}", world.app))?;
        world.browser.go_to(&foreign).await?;
        until("the frame to have loaded", async || Ok(yes(world.browser.text_of("return String(window.frameLoaded)").await? == "true")))
            .await?;
        world.browser.enter_frame().await?;
        let shown = world.browser.source().await?;
        let is_blocked = world.browser.script(BLOCKED, Vec::new()).await?;
        world.browser.leave_frame().await?;
        ensure!(!shown.contains("Hushkey") && !shown.contains(ALICE), "{place} is shown in a foreign frame");
        ensure!(is_blocked == true, "the frame with {place} was not blocked: it shows {shown}");
        ensure!(
            world.browser.script("return window.messages", Vec::new()).await? == json!([]),
            "a foreign page was told something by {place}"
        );
    }
    ensure!(world.provider.was_sent("Zm9yZ2Vk") == 0, "something forged was believed");

    world.opens("/account").await?;
    world.sees_heading(ALICE).await
}

/// What an evil page does with the window that it has opened, for as long as it has it.
const HOLDS: &str = r##"
    window.messages = [];
    addEventListener("message", (event) => messages.push(String(event.data)));
    const begin = (address) => {
        window.held = open(address);
        setInterval(() => {
            const code = "Zm9yZ2VkLWNvZGUtb2Ytc29tZWJvZHktZWxzZQ";
            for (const query of [`?code=${code}&state=Zm9yZ2Vk`, "?error=login_required"]) {
                held.postMessage(JSON.stringify({ hushkey: 1, query, fragment: "" }), "*");
            }
        }, 20);
    };
    // Whatever can be read of a window of another origin, and what cannot.
    window.grasp = () => {
        const tried = [() => held.document.title, () => held.location.href, () => held.localStorage.length, () => String(held.length), () => held[0].name];
        const got = tried.map((one) => { try { return one(); } catch { return null; } });
        return JSON.stringify({ closed: held.closed, got: got.filter((one) => one && one !== "about:blank" && one !== "0") });
    };
    document.querySelector("#app").onclick = () => begin(APP + "/account");
    document.querySelector("#own").onclick = () => begin(location.href);
"##;

/// What it has of a window that has left its reach.
const NOTHING: &str = r#"{"closed":true,"got":[]}"#;

/// An evil page opens the app and keeps the window, links to it, posts a form to it and asks for it in the background.
pub(super) async fn opened(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    let code = "code=Zm9yZ2VkLWNvZGUtb2Ytc29tZWJvZHktZWxzZQ&state=Zm9yZ2Vk";
    let app = &world.app;
    let body = format!(
        "<button id=app>Prize</button> <button id=own>Own</button> <a href=\"{app}/callback?{code}\">Link</a>
         <form method=post action=\"{app}/callback\"><input name=code value=Zm9yZ2Vk><button id=post>Post</button></form>
         <script>window.APP = {app:?};{HOLDS}</script>"
    );
    let (_server, foreign) = foreign(&world.folder, &body)?;
    let grasp = async || world.browser.text_of("return grasp()").await;
    world.browser.go_to(&foreign).await?;
    let evil = world.browser.tab().await?;

    // Its own page it can hold: so this would show if it could hold ours.
    world.browser.click("#own").await?;
    until("another window", async || Ok(yes(world.browser.tabs().await?.len() == 2))).await?;
    let held = grasp().await?;
    ensure!(held.contains("\"closed\":false") && held.contains("Foreign"), "it cannot even hold its own: {held}");

    world.browser.go_to(&foreign).await?;
    world.browser.click("#app").await?;
    until("the window to be out of reach", async || {
        let held = grasp().await?;
        ensure!(held == NOTHING, "it holds {held}");
        Ok(Some(()))
    })
    .await?;
    let known = [evil.clone()];
    let mut shown = false;
    for tab in world.browser.tabs().await?.into_iter().filter(|tab| !known.contains(tab)) {
        world.browser.switch_to(tab).await?;
        if world.browser.address().await?.starts_with(app.as_str()) {
            world.sees_heading(ALICE).await?;
            ensure!(world.browser.script("return window.opener === null", Vec::new()).await? == true, "the app has an opener");
            shown = true;
        }
    }
    ensure!(shown, "the app was not opened, so this shows nothing");
    world.browser.switch_to(evil).await?;
    ensure!(grasp().await? == NOTHING, "the app was in reach again: {}", grasp().await?);
    ensure!(world.browser.script("return window.messages", Vec::new()).await? == json!([]), "the evil page was told something");

    // A request in the background brings its script nothing that it could read.
    let fetched = "const done = arguments[arguments.length - 1];
        fetch(APP + '/', { credentials: 'include' }).then((answer) => answer.text()).then(done, () => done('refused'))";
    ensure!(world.browser.script_with_callback(fetched).await? == "refused", "the evil page could read the app's page");

    world.browser.click("#post").await?;
    until("the answer to the form", async || Ok(yes(world.browser.address().await? != foreign))).await?;
    ensure!(!world.browser.source().await?.contains(ALICE), "a form of another site brought the app");
    world.browser.go_to(&foreign).await?;
    world.browser.click("a").await?;
    world.is_signed_in().await?;
    world.is_at("/").await?;
    ensure!(world.provider.was_sent("Zm9yZ2Vk") == 0, "something forged was believed");
    Ok(())
}

/// A page at another site (an address in place of the name) with a frame; it keeps every message that it gets.
pub(super) fn foreign_page(folder: &Path, framed: &str) -> Result<(Server, String)> {
    let script = "window.messages = []; addEventListener('message', (event) => messages.push(event.data))";
    foreign(folder, &format!("<script>{script}</script><iframe src=\"{framed}\" onload=\"window.frameLoaded = true\"></iframe>"))
}

/// A page at another site, with this in it.
fn foreign(folder: &Path, body: &str) -> Result<(Server, String)> {
    let folder = folder.join("foreign");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("index.html"), format!("<!doctype html><title>Foreign</title>{body}"))?;
    let listeners = ports::listen(0)?;
    let port = listeners.first().context("no listener")?.local_addr()?.port();
    Ok((Server::plain(&folder, &[], listeners)?, format!("http://127.0.0.1:{port}/")))
}
