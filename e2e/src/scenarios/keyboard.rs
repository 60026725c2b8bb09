//! Without a mouse, and without looking.

use crate::{
    person::ALICE,
    wait::{until, yes},
    world::World,
};
use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;

/// What has the focus: its kind and its text.
async fn focused(world: &World) -> Result<String> {
    world
        .browser
        .text_of("const e = document.activeElement; return `${e.tagName} ${(e.innerText || e.textContent || '').trim().slice(0, 60)}`")
        .await
}

/// Whether what has the focus can be seen where it is: nothing lies over it, and it is not outside of the window (WCAG 2.2, 2.4.11). Firefox without a
/// window forgets at times, when it has come from another origin, that its page is the active one: then nothing looks as if it had the focus.
const IS_SEEN: &str = "const one = document.activeElement, box = one.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const over = document.elementFromPoint(x, y);
    return !document.hasFocus() || one === document.body || box.width * box.height > 0 && one.contains(over)";

/// Presses Tab until something has the focus whose kind and text begin like this. Whatever has it on the way can be seen.
async fn tabs_to(world: &World, wanted: &str) -> Result<()> {
    let mut passed = Vec::new();
    for _ in 0..20 {
        world.browser.press(Key::Tab).await?;
        let now = focused(world).await?;
        // Some browsers scroll to it in their own time.
        until(&format!("{now} to be seen, which has the focus"), async || {
            Ok(yes(world.browser.script(IS_SEEN, Vec::new()).await? == true))
        })
        .await?;
        if now.starts_with(wanted) {
            return Ok(());
        }
        passed.push(now);
    }
    anyhow::bail!("Tab does not lead to {wanted}, but to {passed:?}")
}

/// Begins to keep what people are told who listen to the page.
async fn listens(world: &World) -> Result<()> {
    let script = "const region = document.querySelector('.frame > [role=status]'), said = window.e2eSaid = [];
        new MutationObserver(() => region.textContent && said.push(region.textContent)).observe(region, { subtree: true, childList: true, characterData: true })";
    world.browser.script(script, Vec::new()).await.map(drop)
}

/// What they have been told since then.
async fn heard(world: &World) -> Result<String> {
    world.browser.text_of("return window.e2eSaid.join(' | ')").await
}

async fn has_focus(world: &World, wanted: &str) -> Result<()> {
    until(&format!("the focus on {wanted}"), async || Ok(yes(focused(world).await? == wanted))).await
}

async fn has_title(world: &World, wanted: &str) -> Result<()> {
    until(&format!("the title {wanted}"), async || Ok(yes(world.browser.title().await? == wanted))).await
}

pub(super) async fn from_the_top(world: &World) -> Result<()> {
    world.opens("/").await?;
    world.is_signed_out().await?;
    has_title(world, "Home · Hushkey").await?;

    world.browser.press(Key::Tab).await?;
    ensure!(focused(world).await? == "A Skip to content", "the first stop is {}", focused(world).await?);
    world.browser.press(Key::Enter).await?;
    until("the content to have the focus", async || Ok(yes(focused(world).await?.starts_with("MAIN")))).await?;
    tabs_to(world, "BUTTON Sign in").await?;
    world.browser.press(Key::Enter).await?;
    chooses_alice(world).await?;
    world.is_signed_in().await?;

    tabs_to(world, "A Account").await?;
    world.browser.press(Key::Enter).await?;
    has_focus(world, &format!("H1 {ALICE}")).await?;
    has_title(world, "Account · Hushkey").await?;
    world.presses("API").await?;
    has_focus(world, "H1 Calling an API").await?;
    has_title(world, "API · Hushkey").await?;
    world.browser.back().await?;
    has_focus(world, &format!("H1 {ALICE}")).await?;
    tabs_to(world, "BUTTON Renew now").await?;
    enters(world, "Renew now").await?;
    world.sees("Renewed. You have a new access token.").await?;
    world.browser.script("document.querySelector('main').focus()", Vec::new()).await?;
    tabs_back_to(world, "BUTTON Sign out").await?;
    enters(world, "Sign out").await?;
    world.sees_heading("You are signed out.").await?;
    has_title(world, "Signed out · Hushkey").await?;
    world.opens("/nothing/here").await?;
    has_title(world, "Not found · Hushkey").await
}

/// Presses Enter on the button of this name, which has the focus. Firefox without a window forgets at times that its page is the active one, and then no
/// key presses a button: there it is clicked, and the run says so.
async fn enters(world: &World, name: &str) -> Result<()> {
    if world.browser.script("return document.hasFocus()", Vec::new()).await? == true {
        return world.browser.press(Key::Enter).await;
    }
    world.note("a button was clicked and not pressed by a key: the browser did not hold its page for the active one");
    world.presses(name).await
}

/// On the provider's page.
async fn chooses_alice(world: &World) -> Result<()> {
    world.sees_sign_in_page().await?;
    tabs_to(world, &format!("BUTTON {ALICE}")).await?;
    world.browser.press(Key::Enter).await
}

/// Against the direction of Tab.
async fn tabs_back_to(world: &World, wanted: &str) -> Result<()> {
    for _ in 0..20 {
        world.browser.press_with_shift(Key::Tab).await?;
        if focused(world).await? == wanted {
            return Ok(());
        }
    }
    anyhow::bail!("Shift and Tab do not lead to {wanted}")
}

/// A session that only the person can renew, in a window that only the keyboard works.
pub(super) async fn in_the_window(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.provider.control("revoke-sessions").await?;
    let page = world.browser.tab().await?;
    listens(world).await?;
    world.sees("Your session is paused.").await?;
    ensure!(heard(world).await? == "Your session is paused.", "people were told: {}", heard(world).await?);
    world.browser.script("document.querySelector('.skip').focus()", Vec::new()).await?;
    tabs_to(world, "BUTTON Continue").await?;
    world.browser.press(Key::Enter).await?;
    until("the provider's window", async || Ok(yes(world.browser.tabs().await?.len() == 2))).await?;
    let window = world.browser.tabs().await?.into_iter().find(|tab| *tab != page).context("there is a window")?;
    world.browser.switch_to(window).await?;
    chooses_alice(world).await?;
    until("the window to be closed", async || Ok(yes(world.browser.tabs().await?.len() == 1))).await?;
    world.browser.switch_to(page).await?;
    until("the session to go on", async || Ok(yes(!world.browser.text().await?.contains("Your session is paused.")))).await?;
    world.sees_heading(ALICE).await
}

/// Each change is told once.
pub(super) async fn each_change_is_told(world: &World) -> Result<()> {
    world.opens("/account").await?;
    world.sees_sign_in_page().await?;
    world.chooses("alice").await?;
    world.sees_heading(ALICE).await?;
    listens(world).await?;
    world.presses("Renew now").await?;
    world.sees("Renewed. You have a new access token.").await?;
    ensure!(heard(world).await?.is_empty(), "a renewal is nobody's news, but people were told: {}", heard(world).await?);
    let first = world.signs_out_in_another_tab().await?;
    world.presses("Sign in again").await?;
    world.chooses("bob").await?;
    until("Bob", async || Ok(yes(world.browser.text_at(".corner-name").await? == "Bob Baker"))).await?;
    world.browser.switch_to(first).await?;
    until("Bob in the first tab", async || Ok(yes(world.browser.text_at(".corner-name").await? == "Bob Baker"))).await?;
    let heard = heard(world).await?;
    let told: Vec<&str> = heard.split(" | ").collect();
    ensure!(
        told.first() == Some(&"You signed out in another tab.") && told.last() == Some(&"Signed in as Bob Baker."),
        "people were told: {heard}"
    );
    let once = told.iter().all(|one| told.iter().filter(|other| *other == one).count() == 1);
    ensure!(once, "something was told twice: {heard}");
    Ok(())
}
