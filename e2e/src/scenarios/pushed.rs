//! Requests that are pushed before they are made.

use crate::{person::ALICE, world::World};
use anyhow::{Context, Result, ensure};
use url::Url;

/// Fails unless the browser took nothing to the provider but the client and a reference, each used once.
fn nothing_but_references(world: &World, at_least: usize) -> Result<()> {
    let asked = world.provider.asked_for("/oauth/authorize?");
    let mut references = Vec::new();
    for asked in &asked {
        let url = Url::parse(&format!("http://provider{asked}"))?;
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        ensure!(names == ["client_id", "request_uri"], "an address carried {names:?}");
        references.push(pairs[1].1.clone());
    }
    ensure!(references.len() >= at_least, "{} requests, not {at_least}", references.len());
    let count = references.len();
    references.sort();
    references.dedup();
    ensure!(references.len() == count, "a reference was used twice");
    Ok(())
}

pub(super) async fn required(world: &World) -> Result<()> {
    // Nobody is there yet: a frame, then a redirect. After the reload a frame again.
    world.signs_in_to_account().await?;
    world.browser.reload().await?;
    world.sees_heading(ALICE).await?;
    world.is_at("/account").await?;
    nothing_but_references(world, 3)?;

    let log = world.provider.log().await?;
    ensure!(log.at("/oauth/par").count() >= 3, "each was pushed");
    for entry in log.at("/oauth/par") {
        let names = entry["params"].as_array().context("its parameters")?;
        let has = |name: &str| names.iter().any(|own| own == name);
        ensure!(entry["status"] == 201 && entry["method"] == "POST", "{entry}");
        ensure!(has("client_id") && has("code_challenge") && !has("client_secret"), "a public client names itself: {entry}");
        ensure!(entry["cookies"] == serde_json::json!([]) && entry["has_authorization"] == false, "and says nothing else: {entry}");
    }
    ensure!(log.at("/oauth/authorize").all(|entry| entry["status"] != 400), "the provider refused one");
    Ok(())
}

pub(super) async fn failing(world: &World) -> Result<()> {
    for (fault, heading, code) in [
        ("status=400&error=invalid_request", "This app is not set up correctly", "invalid_request"),
        ("shape=status_200", "The answer could not be trusted", "par_status"),
        ("shape=no_expires_in", "The answer could not be trusted", "par_expires_in"),
        ("shape=negative_expires_in", "The answer could not be trusted", "par_expires_in"),
        ("shape=no_request_uri", "The answer could not be trusted", "par_request_uri"),
    ] {
        world.provider.control(&format!("fail?endpoint=par&times=0&{fault}")).await?;
        world.opens("/account").await?;
        world.sees(heading).await.with_context(|| fault.to_owned())?;
        world.sees_code(code).await?;
    }
    // Of a moment's trouble nothing is said before it has been tried again.
    world.provider.control("heal").await?;
    world.opens("/").await?;
    world.is_signed_out().await?;
    world.provider.control("fail?endpoint=par&times=0&status=500").await?;
    world.presses("Sign in").await?;
    world.sees("The sign-in service had a problem").await?;
    world.sees_code("par_network_status_500").await?;
    nothing_but_references(world, 1)?;

    world.provider.control("heal").await?;
    world.signs_in().await?;
    nothing_but_references(world, 2)
}
