//! Plays a row of the table.

use crate::{
    attacker::Attacker,
    hostile::{Then, When},
    person::ALICE,
    wait::{until, yes},
    world::World,
};
use anyhow::{Result, ensure};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// For so long the Foundation's tests watch whether anything more is called.
const WATCHED: Duration = Duration::from_secs(5);

/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(250);

/// A frame that answers with somebody else's words is waited for twice, ten seconds each, before anything is said.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) async fn row(world: &World) -> Result<()> {
    let hostile = world.hostile()?;
    let lies = async || -> Result<()> {
        for rule in hostile.rules {
            world.tamper(rule).await?;
        }
        Ok(())
    };
    if hostile.when == When::FromTheBeginning {
        lies().await?;
    }
    if let Then::NeverAsked(_) = hostile.then {
        world.opens("/account").await?;
    } else {
        world.opens("/").await?;
        world.presses("Sign in").await?;
        world.sees_sign_in_page().await?;
        if hostile.when == When::OnTheSignInPage {
            lies().await?;
        }
        match hostile.cancelled {
            true => world.browser.click("[data-action=\"cancel\"]").await?,
            false => world.chooses("alice").await?,
        }
    }
    if hostile.when == When::BeforeARenewal {
        world.is_signed_in().await?;
        world.presses("Account").await?;
        world.sees_heading(ALICE).await?;
        asked_userinfo(world).await?;
        world.provider.forget_log().await?;
        lies().await?;
        world.presses("Renew now").await?;
    }
    match hostile.then {
        Then::SignedIn => can_call(world).await?,
        Then::NeverAsked(code) => {
            refused(world, code, 0).await?;
            let log = world.provider.log().await?;
            ensure!(log.silent_sign_ins() + log.visible_sign_ins() == 0, "the provider was asked although its metadata are a lie");
        }
        Then::Refused(code, token_requests) => refused(world, code, token_requests).await?,
        Then::TriedAgain(says, token_requests) => {
            world.sees(says).await?;
            nobody_is_there(world).await?;
            nothing_is_called(world, token_requests).await?;
        }
    }
    let followed = world.provider.tampered().await?;
    ensure!(followed.len() == hostile.rules.len() && followed.iter().all(|times| *times > 0), "not every lie was told: {followed:?}");
    tells_the_attacker_nothing(world)
}

/// Userinfo was asked, by the header and nothing else, and has answered.
pub(super) async fn asked_userinfo(world: &World) -> Result<()> {
    until("an answer of userinfo", async || {
        let statuses = world.provider.log().await?.userinfo_statuses();
        Ok(yes(!statuses.is_empty() && statuses.iter().all(|status| *status == 200)))
    })
    .await
}

/// Somebody is signed in, and userinfo and API answer them.
pub(super) async fn can_call(world: &World) -> Result<()> {
    world.is_signed_in().await?;
    asked_userinfo(world).await?;
    world.presses("API").await?;
    world.sees_api_answer().await?;
    ensure!(world.provider.log().await?.api_statuses() == [200], "one call");
    Ok(())
}

/// The page says by this code what is wrong, nobody is signed in, and nothing more happens.
pub(super) async fn refused(world: &World, code: &str, token_requests: usize) -> Result<()> {
    world.sees_code_within(PATIENCE, code).await?;
    nobody_is_there(world).await?;
    nothing_is_called(world, Some(token_requests)).await?;
    world.sees_code(code).await?;
    nobody_is_there(world).await
}

/// Watches that nothing more is called than so many token requests; any number of those if it is tried again.
pub(super) async fn nothing_is_called(world: &World, token_requests: Option<usize>) -> Result<()> {
    let end = Instant::now() + WATCHED;
    loop {
        let log = world.provider.log().await?;
        let (requests, calls) = (log.token_requests(), log.calls());
        ensure!(calls.is_empty(), "{} was called", calls.join(", "));
        ensure!(token_requests.is_none_or(|expected| requests == expected), "{requests} token requests, not {token_requests:?}");
        if Instant::now() > end {
            return Ok(());
        }
        sleep(PAUSE).await;
    }
}

async fn nobody_is_there(world: &World) -> Result<()> {
    let text = world.browser.text().await?;
    for protected in [ALICE, "alice@example.test", "Sign out"] {
        ensure!(!text.contains(protected), "\"{protected}\" is shown, although nobody is signed in");
    }
    Ok(())
}

/// Nothing has come to the attacker's server but a question for its keys.
pub(super) fn tells_the_attacker_nothing(world: &World) -> Result<()> {
    let noted = world.attacker.as_ref().map(Attacker::noted).unwrap_or_default();
    ensure!(noted.iter().all(|noted| noted == "GET /keys"), "the attacker was told: {noted:?}");
    Ok(())
}
