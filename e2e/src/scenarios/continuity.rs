//! Sessions that must not be lost, whatever the browser, the network and other tabs do.

use crate::{
    person::ALICE,
    wait::{until, until_within, yes},
    world::World,
};
use anyhow::{Context, Result, ensure};

/// Beyond the limit of a frame's answer and of what is looked at afterwards.
const SILENCE: std::time::Duration = std::time::Duration::from_secs(40);

pub(super) async fn blocked_cookies(world: &World) -> Result<()> {
    let deep = "/account?tab=2#roles";
    world.signs_in_to_account().await?;
    world.opens(deep).await?;
    world.sees_heading(ALICE).await?;
    world.is_at(deep).await?;
    let entries = world.history_length().await?;
    world.provider.forget_log().await?;

    // A frame was tried once and found nobody; from now on the page goes the other way at once, and comes back to where it was.
    world.browser.reload().await?;
    world.sees_heading(ALICE).await?;
    world.is_at(deep).await?;
    let log = world.provider.log().await?;
    ensure!(log.silent_sign_ins() == 1, "one silent request, not {}", log.silent_sign_ins());
    ensure!(log.visible_sign_ins() == 0, "the sign-in page was shown");
    ensure!(world.history_length().await? == entries, "the redirect left an entry in the history");

    // Once the session has ended at the provider, the same way ends at the sign-in page, and in no circle.
    world.provider.control("revoke-sessions").await?;
    world.browser.reload().await?;
    world.sees_sign_in_page().await?;
    world.chooses("alice").await?;
    world.sees_heading(ALICE).await?;
    world.is_at(deep).await
}

pub(super) async fn scroll_is_kept(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.opens("/account").await?;
    world.sees_heading(ALICE).await?;
    reload_keeps_scroll(world).await
}

pub(super) async fn reload_is_where_it_was(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    reload_keeps_scroll(world).await?;
    // Another visit begins at the top.
    world.opens("/").await?;
    world.is_signed_in().await?;
    world.opens("/account").await?;
    world.sees_heading(ALICE).await?;
    world.sees("Renew now").await?;
    let top = world.browser.text_of("return String(Math.round(scrollY))").await?;
    ensure!(top == "0", "a new visit begins at {top}");
    Ok(())
}

async fn reload_keeps_scroll(world: &World) -> Result<()> {
    world.browser.resize(500, 400).await?;
    let scrolled = async || world.browser.text_of("return String(Math.round(scrollY))").await;
    until("the page to be scrolled", async || {
        // Again and again: a window may take a moment to become small enough for that.
        world.browser.script("scrollTo(0, 150)", Vec::new()).await?;
        Ok(yes(scrolled().await? == "150"))
    })
    .await?;
    world.browser.reload().await?;
    world.sees_heading(ALICE).await?;
    until("the page to be where it was", async || Ok(yes(scrolled().await? == "150"))).await
}

pub(super) async fn paused(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.marks("main h1").await?;
    let page = world.browser.tab().await?;
    world.sees("Your session is paused.").await?;
    world.sees_heading(ALICE).await?;
    world.is_at("/account").await?;

    world.presses("Continue").await?;
    // The provider knows the person, so the window has nothing to ask and is gone again at once.
    until("the session to go on", async || {
        world.browser.switch_to(page.clone()).await?;
        Ok(yes(!world.browser.text().await?.contains("Your session is paused.")))
    })
    .await?;
    world.mark_is_still_at("main h1").await?;
    until("the window to be closed", async || Ok(yes(world.browser.tabs().await?.len() == 1))).await?;
    world.presses("API").await?;
    world.sees_api_answer().await
}

pub(super) async fn tab_follows(world: &World) -> Result<()> {
    world.opens("/").await?;
    world.is_signed_out().await?;
    let first = world.browser.tab().await?;
    world.browser.open_tab().await?;
    world.signs_in().await?;
    let second = world.browser.tab().await?;

    world.browser.switch_to(first.clone()).await?;
    world.is_signed_in().await.context("in the first tab")?;
    world.is_at("/").await?;

    // Somebody else: the provider has forgotten Alice, and Bob signs in in the second tab.
    world.browser.reload().await?;
    world.is_signed_in().await?;
    world.provider.control("revoke-sessions").await?;
    world.browser.switch_to(second).await?;
    world.browser.reload().await?;
    world.presses("Sign in").await?;
    world.chooses("bob").await?;
    until("Bob's name in the second tab", async || Ok(yes(world.browser.text_at(".corner-name").await? == "Bob Baker"))).await?;
    world.browser.switch_to(first).await?;
    until("Bob's name in the first tab", async || Ok(yes(world.browser.text_at(".corner-name").await? == "Bob Baker"))).await?;
    ensure!(!world.browser.text().await?.contains(ALICE), "a mix of two people");
    Ok(())
}

pub(super) async fn ended_elsewhere(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.browser.reload().await?;
    world.sees_heading(ALICE).await?;
    world.provider.control("revoke-sessions").await?;
    // Another app has ended the session. Here it is noticed when the person comes back to the page, and not at every turn.
    until("the session to be looked up again", async || {
        world.browser.script("dispatchEvent(new Event('focus'))", Vec::new()).await?;
        Ok(yes(world.browser.text_at("main h1").await? == "Your session has ended."))
    })
    .await?;
    world.is_at("/account").await
}

pub(super) async fn organisations(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    let page = world.browser.tab().await?;
    let present = async || world.browser.text_at("[aria-labelledby=organizations] .code").await;
    let first = present().await?;
    ensure!(first.starts_with("org_"), "no organisation is shown, but \"{first}\"");
    world.sees("admin").await?;

    world.presses("Choose another…").await?;
    until("the provider's window", async || Ok(yes(world.browser.tabs().await?.len() == 2))).await?;
    let window = world.browser.tabs().await?.into_iter().find(|tab| *tab != page).context("there is a window")?;
    world.browser.switch_to(window).await?;
    until("the choice of organisations", async || {
        world.browser.click(&format!("[data-organization]:not([data-organization=\"{first}\"])")).await.map(Some)
    })
    .await?;
    world.browser.switch_to(page).await?;
    until("the other organisation", async || {
        let now = present().await?;
        Ok(yes(now.starts_with("org_") && now != first))
    })
    .await?;
    ensure!(!world.browser.text().await?.contains("admin"), "the roles are still those of the first one");
    until("the window to be closed", async || Ok(yes(world.browser.tabs().await?.len() == 1))).await?;

    world.marks("body").await?;
    world.presses(&format!("Switch to {first}")).await?;
    until("the first organisation", async || Ok(yes(present().await? == first))).await?;
    world.sees("admin").await?;
    world.mark_is_still_at("body").await?;
    world.is_at("/account").await?;
    world.presses("API").await?;
    world.sees(&format!("\"organization\": \"{first}\"")).await
}

pub(super) async fn wrong_clock(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.provider.control("clock?offset=-86400").await?;
    world.browser.reload().await?;
    world.sees("The clock of this device seems to be wrong.").await?;
    world.provider.control("clock?offset=0").await?;
    world.sees_within(SILENCE, ALICE).await?;
    world.sees_heading(ALICE).await?;
    world.is_at("/account").await
}

pub(super) async fn busy(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.marks("main h1").await?;
    world.provider.forget_log().await?;
    world.provider.control("fail?endpoint=token&status=429&retry_after=3").await?;
    let now = async || anyhow::Ok(world.browser.text_of("return String(performance.now())").await?.parse::<f64>()?);
    let began = now().await?;
    world.presses("Renew now").await?;
    until("the second try", async || Ok(yes(world.provider.log().await?.token_requests() >= 2))).await?;
    ensure!(now().await? - began >= 3000.0, "it was asked again before it wanted to be");
    until("the page to rest", async || Ok(yes(world.browser.text().await?.contains("Renew now")))).await?;
    world.mark_is_still_at("main h1").await
}

pub(super) async fn policy_is_named(world: &World) -> Result<()> {
    world.signs_in().await?;
    world.browser.reload().await?;
    says(world, "add the provider's origin to frame-src").await?;
    world.is_signed_out().await?;
    // Whoever signs out is not looked for, so that nothing is forbidden on this last page.
    world.presses("Sign in").await?;
    world.is_signed_in().await?;
    world.presses("Sign out").await?;
    world.sees_heading("You are signed out.").await
}

pub(super) async fn isolation_is_named(world: &World) -> Result<()> {
    world.opens("/").await?;
    let isolated = world.browser.text_of("return String(self.crossOriginIsolated)").await?;
    ensure!(isolated == "true", "the page is not isolated");
    says(world, "the app is cross-origin isolated (COEP)").await?;
    world.is_signed_out().await
}

/// Waits for a message to those who run the app.
async fn says(world: &World, text: &str) -> Result<()> {
    until_within(SILENCE, &format!("\"{text}\" in the console"), async || {
        let said = world.browser.console().await?.unwrap_or_default();
        Ok(yes(said.iter().any(|entry| entry.message.contains(text))))
    })
    .await
}

/// Another app of the provider's signs the person out, in another tab of the same browser.
pub(super) async fn monitored(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    let tab = world.browser.tab().await?;
    until("the provider's page to be asked", async || {
        Ok(yes(world.browser.text_of("return String(document.querySelectorAll('iframe').length)").await? == "1"))
    })
    .await?;
    let asked = world.provider.log().await?.silent_sign_ins();
    world.browser.open_tab().await?;
    world.browser.go_to(&format!("{}/oidc/logout", world.issuer())).await?;
    world.browser.switch_to(tab).await?;
    world.sees_heading("Your session has ended.").await?;
    world.is_at("/account").await?;
    let silent = world.provider.log().await?.silent_sign_ins() - asked;
    ensure!((1..=2).contains(&silent), "the provider was asked {silent} times");
    Ok(())
}

pub(super) async fn silence_is_explained(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.provider.control("fail?endpoint=authorize&page=1&times=0").await?;
    world.opens("/").await?;
    says(world, "register its address (silent_path) there").await?;
    world.is_signed_out().await?;
    world.provider.control("heal").await?;
    world.opens("/account").await?;
    world.sees_heading(ALICE).await
}
