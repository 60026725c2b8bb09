//! The language of the page, and of the provider's pages.

use crate::{
    person::ALICE,
    provider::Provider,
    wait::{until, yes},
    world::World,
};
use anyhow::{Context, Result, ensure};

/// A page that the app never comes to: its first paint stays.
pub(super) async fn first_paint(world: &World) -> Result<()> {
    world.opens("/account").await?;
    ensure!(world.browser.text_at("nav").await?.split_whitespace().eq(["Start", "Konto", "API"]), "the header is not in German");
    let label = world.browser.text_of("return document.querySelector('nav').ariaLabel").await?;
    ensure!(label == "Hauptmenü", "the navigation is called {label}");
    speaks(world, "de").await?;
    // It is asked for before the app is there: here there is none.
    until("the texts to be asked for", async || Ok(yes(world.server.asked_for("/de-").len() == 1))).await
}

/// From the first page to signing out.
pub(super) async fn german(world: &World) -> Result<()> {
    world.opens("/").await?;
    world.sees_heading("Anmelden, ganz leise.").await?;
    speaks(world, "de").await?;
    world.presses("Anmelden").await?;
    world.chooses("alice").await?;
    world.is_signed_in().await?;
    world.sees("Sie sind als Alice Example angemeldet.").await?;
    world.presses("Konto").await?;
    world.sees_heading(ALICE).await?;
    world.sees("Ihr Zugriffstoken läuft in ").await?;
    world.sees("Minuten ab. Vorher wird es von selbst erneuert.").await?;
    world.presses("API").await?;
    world.sees_heading("Eine API aufrufen").await?;
    world.sees("Antwort 200").await?;
    world.browser.reload().await?;
    world.sees_heading("Eine API aufrufen").await?;
    world.never_saw(&["Calling an API", "Sign in"]).await?;
    world.opens("/callback?code=unknown&state=unknown").await?;
    world.is_signed_in().await?;
    world.presses("Abmelden").await?;
    world.sees_heading("Sie sind abgemeldet.").await?;

    // Pages that the person sees are asked for in their languages; frames show none.
    let asked = authorizations(&world.provider);
    let (silent, visible): (Vec<&String>, Vec<&String>) = asked.iter().partition(|address| address.contains("prompt=none"));
    ensure!(!silent.is_empty() && !silent.iter().any(|address| address.contains("ui_locales")), "a frame is asked for in a language");
    let wanted = "ui_locales=de-DE+de+en";
    ensure!(visible.len() == 1 && visible[0].contains(wanted), "the sign-in page is not asked for in German: {} requests", visible.len());
    let left = world.provider.asked_for("/oidc/logout");
    ensure!(left.len() == 1 && left[0].contains(wanted), "the end of the session is not asked for in German");
    ensure!(
        world.server.asked_for("/de-").len() <= 4,
        "the texts were fetched more than once a page: {:?}",
        world.server.asked_for("/de-")
    );
    Ok(())
}

fn authorizations(provider: &Provider) -> Vec<String> {
    provider.asked_for("/oauth/authorize?")
}

/// Somebody whose first language there is not, and whose second one is English.
pub(super) async fn english(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    speaks(world, "en").await?;
    ensure!(world.server.asked_for("/de-").is_empty(), "texts were fetched that nobody reads");
    let asked = authorizations(&world.provider);
    ensure!(asked.iter().any(|address| address.contains("ui_locales=fr+en")), "the person's first language is kept from the provider");
    Ok(())
}

/// A deployment that has lost the file of the language.
pub(super) async fn missing(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    speaks(world, "en").await?;
    ensure!(world.browser.text_at("nav").await?.split_whitespace().eq(["Home", "Account", "API"]), "the header is not in English");
    Ok(())
}

/// Takes the file away from the page.
pub(super) fn without_german(page: &str) -> Result<String> {
    let place = page.find("\"/de-").context("the page knows the texts of German")?;
    Ok(format!("{}\"/gone-{}", &page[..place], &page[place + "\"/de-".len()..]))
}

async fn speaks(world: &World, language: &str) -> Result<()> {
    let says = async || world.browser.text_of("return document.documentElement.lang").await;
    until(&format!("the language {language}"), async || Ok(yes(says().await? == language))).await
}
