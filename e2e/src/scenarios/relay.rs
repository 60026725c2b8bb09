//! The relay page, which the hidden frame ends at.

use super::hostile::foreign_page;
use crate::{
    wait::{until, yes},
    world::World,
};
use anyhow::{Result, ensure};
use serde_json::{Value, json};

const ANSWER: &str = "?code=Y29kZS1mb3ItdGhlLXJlbGF5LXBhZ2U&state=c3RhdGU";

pub(super) async fn by_itself(world: &World) -> Result<()> {
    let page = world.asks("/silent-refresh.html", "").await?;
    ensure!(page.status == 200, "it is answered with {}", page.status);
    ensure!(page.body.len() < 1024, "it has {} bytes", page.body.len());
    let policy = page.header("content-security-policy");
    for directive in ["default-src 'none'", "script-src 'sha256-", "frame-ancestors 'self'", "base-uri 'none'", "form-action 'none'"] {
        ensure!(policy.contains(directive), "its policy lacks {directive}: {policy}");
    }
    ensure!(!policy.contains("unsafe"), "its policy is unsafe: {policy}");

    world.opens(&format!("/silent-refresh.html{ANSWER}")).await?;
    world.is_signed_out().await?;
    world.is_at("/").await?;
    ensure!(world.provider.was_sent("code=Y29kZS1mb3It") == 0, "the code was redeemed");
    Ok(())
}

pub(super) async fn framed(world: &World) -> Result<()> {
    let relay = format!("{}/silent-refresh.html{ANSWER}", world.app);
    world.opens("/").await?;
    world.is_signed_out().await?;
    let listen = "window.e2eHeard = []; addEventListener('message', (event) => e2eHeard.push([event.origin, event.data]));
        const frame = document.createElement('iframe'); frame.src = arguments[0]; document.body.append(frame)";
    world.browser.script(listen, vec![relay.clone().into()]).await?;
    let heard = until("what the relay page says", async || {
        let heard = world.browser.script("return window.e2eHeard", Vec::new()).await?;
        Ok((heard != json!([])).then_some(heard))
    })
    .await?;
    ensure!(heard.as_array().is_some_and(|messages| messages.len() == 1), "it spoke more than once");
    ensure!(heard[0][0] == world.app.as_str(), "it spoke as {}", heard[0][0]);
    let said: Value = serde_json::from_str(heard[0][1].as_str().unwrap_or_default())?;
    ensure!(said == json!({ "hushkey": 1, "query": ANSWER, "fragment": "" }), "it said {said}");

    // A server without headers lets anybody frame it, and still nobody else hears a word.
    let (_server, foreign) = foreign_page(&world.folder, &relay)?;
    world.browser.go_to(&foreign).await?;
    until("the frame to have loaded", async || Ok(yes(world.browser.text_of("return String(window.frameLoaded)").await? == "true")))
        .await?;
    world.browser.enter_frame().await?;
    let address = world.browser.address().await?;
    world.browser.leave_frame().await?;
    ensure!(address.starts_with(&world.app), "the relay page was not shown, so this shows nothing: {address}");
    ensure!(world.browser.script("return window.messages", Vec::new()).await? == json!([]), "a foreign page was told the answer");
    world.opens("/").await?;
    world.is_signed_out().await
}
