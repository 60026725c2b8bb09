//! The session that comes back by itself.

use crate::{
    person::ALICE,
    wait::{until, yes},
    world::World,
};
use anyhow::{Context, Result, ensure};

/// Words that tell somebody that they are, or may be, signed out.
const SIGNED_OUT: [&str; 6] = ["Sign in", "sign-in page", "signed out", "not signed in", "session has ended", "did not work"];

pub(super) async fn after_a_reload(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.provider.forget_log().await?;
    let entries = world.history_length().await?;

    world.browser.reload().await?;
    world.sees_heading(ALICE).await?;
    world.is_at("/account").await?;

    world.never_saw(&SIGNED_OUT).await?;
    ensure!(world.history_length().await? == entries, "the reload left an entry in the history");
    let log = world.provider.log().await?;
    ensure!(log.visible_sign_ins() == 0, "the page went to the provider");
    ensure!(log.silent_sign_ins() == 1, "one silent request, not {}", log.silent_sign_ins());
    let frames = world.browser.text_of("return String(document.querySelectorAll('iframe').length)").await?;
    ensure!(frames == "0", "the hidden frame is still there");
    Ok(())
}

pub(super) async fn in_a_second_tab(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.provider.forget_log().await?;

    world.browser.open_tab().await?;
    world.opens("/account").await?;
    world.sees_heading(ALICE).await?;
    ensure!(world.provider.log().await?.visible_sign_ins() == 0, "the second tab went to the provider");
    Ok(())
}

pub(super) async fn nobody(world: &World) -> Result<()> {
    world.opens("/").await?;
    world.is_signed_out().await?;
    world.is_at("/").await?;

    // What `after_a_reload` must not see is seen here, so it would be noticed there.
    ensure!(!world.browser.can_watch() || world.never_saw(&SIGNED_OUT).await.is_err(), "the texts of the page are not recorded");

    let log = world.provider.log().await?;
    ensure!(log.visible_sign_ins() == 0, "the page went to the provider by itself");
    ensure!(log.silent_sign_ins() == 1, "one silent request, not {}", log.silent_sign_ins());
    ensure!(log.token_requests() == 0, "there was nothing to redeem");
    Ok(())
}

/// A page that the app never comes to.
pub(super) fn without_the_app(page: &str) -> Result<String> {
    without_script(page, "import(\"/hushkey-")
}

/// The page as somebody would write it who does not know of the small script.
pub(super) fn without_head_start(page: &str) -> Result<String> {
    without_script(page, "hushkey-early")
}

/// Without the script that has this in it.
pub(super) fn without_script(page: &str, part: &str) -> Result<String> {
    let place = page.find(part).with_context(|| format!("the page has no script with {part}"))?;
    let begin = page[..place].rfind("<script").context("it has no beginning")?;
    let end = page[place..].find("</script>").context("it has no end")? + place;
    Ok(format!("{}{}", &page[..begin], &page[end..]))
}

pub(super) async fn before_the_app_is_there(world: &World) -> Result<()> {
    world.opens("/account").await?;
    until("a silent request", async || Ok(yes(world.provider.log().await?.silent_sign_ins() == 1))).await
}
