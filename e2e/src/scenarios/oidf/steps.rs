//! Tests that take more steps than a row can tell.

use super::play::{asked_userinfo, can_call, nothing_is_called, refused, tells_the_attacker_nothing};
use crate::{
    person::ALICE,
    scenarios::dpop::proofs,
    wait::{until, until_within, yes},
    world::World,
};
use anyhow::{Context, Result, ensure};
use std::time::Duration;

/// A frame that does not answer is waited for twice.
const LONG: Duration = Duration::from_secs(60);

/// The provider has another key from one sign-in to the next, and browsers were told to keep the old set for a day.
pub(super) async fn rotated_between(world: &World) -> Result<()> {
    world.tamper(r#"{"in":"keys","headers":{"Cache-Control":"max-age=86400"}}"#).await?;
    world.signs_in_to_account().await?;
    world.provider.control("rotate-keys?drop=1").await?;
    world.browser.reload().await?;
    can_call(world).await?;
    let log = world.provider.log().await?;
    ensure!(log.visible_sign_ins() == 1, "the person was asked again");
    ensure!(log.grants("authorization_code") == 2, "two codes were redeemed, not {}", log.grants("authorization_code"));
    Ok(())
}

/// The token was signed by a key that came after the app had fetched the set.
pub(super) async fn rotated_before_signing(world: &World) -> Result<()> {
    world.opens("/").await?;
    world.presses("Sign in").await?;
    world.sees_sign_in_page().await?;
    world.provider.forget_log().await?;
    world.provider.control("fail?endpoint=token&hang=1").await?;
    world.chooses("alice").await?;
    until("code and keys to be on their way", async || {
        let log = world.provider.log().await?;
        Ok(yes(log.token_requests() == 1 && log.answered_at("/keys") == 1))
    })
    .await?;
    world.provider.control("rotate-keys?drop=1").await?;
    world.provider.control("heal").await?;
    can_call(world).await?;
    ensure!(world.provider.log().await?.token_requests() == 1, "the code was redeemed once");
    Ok(())
}

/// A nonce goes along with every request, and comes back.
pub(super) async fn sends_a_nonce(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    for asked in world.provider.asked_for("/oauth/authorize?") {
        ensure!(asked.contains("&nonce="), "a request without nonce");
    }
    can_call(world).await
}

/// Userinfo speaks of somebody else: nothing that it says is shown, and the session is kept.
pub(super) async fn userinfo_of_somebody_else(world: &World) -> Result<()> {
    for rule in world.hostile()?.rules {
        world.tamper(rule).await?;
    }
    world.opens("/").await?;
    world.presses("Sign in").await?;
    world.chooses("alice").await?;
    asked_userinfo(world).await?;
    until("a report of it in the console", async || {
        let console = world.browser.console().await?.context("this engine does not tell what its console says")?;
        Ok(yes(console.iter().any(|entry| entry.message.contains("hushkey: userinfo: sub"))))
    })
    .await?;
    world.presses("API").await?;
    world.sees_api_answer().await?;
    ensure!(!world.browser.text().await?.contains(ALICE), "what userinfo said is shown");
    ensure!(world.provider.tampered().await?.iter().all(|times| *times > 0), "not every lie was told");
    ensure!(world.provider.log().await?.calls() == ["/userinfo", "/api/me"], "one call each");
    Ok(())
}

/// A token that was refreshed is as good as the first.
pub(super) async fn refreshed(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.presses("Renew now").await?;
    world.sees("Renewed. You have a new access token.").await?;
    let log = world.provider.log().await?;
    ensure!(log.grants("refresh_token") == 1, "one refresh, not {}", log.grants("refresh_token"));
    can_call(world).await
}

/// Every request with a token, and every one for tokens, brings a proof of the page's key. Both servers want nonces, and ask for them by refusing.
pub(super) async fn bound_with_nonces(world: &World) -> Result<()> {
    bound(world, &[400, 200], &[401, 200]).await
}

/// The same, where neither wants a nonce.
pub(super) async fn bound_without_nonces(world: &World) -> Result<()> {
    bound(world, &[200], &[200]).await
}

/// Signs in and calls once, by requests that are answered so.
async fn bound(world: &World, tokens: &[u64], calls: &[u64]) -> Result<()> {
    if let Ok(hostile) = world.hostile() {
        for rule in hostile.rules {
            world.tamper(rule).await?;
        }
    }
    world.signs_in_to_account().await?;
    until("userinfo", async || Ok(yes(world.provider.log().await?.userinfo_statuses().ends_with(&[200])))).await?;
    world.presses("API").await?;
    world.sees_api_answer().await?;
    let log = world.provider.log().await?;
    ensure!(log.count_at("/oauth/par") > 0 && log.statuses_at("/oauth/token") == tokens, "{:?}", log.statuses_at("/oauth/token"));
    ensure!(log.api_statuses() == calls, "the calls: {:?}", log.api_statuses());
    for path in ["/userinfo", "/api/me"] {
        ensure!(log.schemes_at(path).iter().all(|scheme| scheme == "DPoP"), "{path} got a token as {:?}", log.schemes_at(path));
    }
    let (of_tokens, of_calls) = proofs(&log)?;
    for (proofs, statuses) in [(of_tokens, tokens), (of_calls, calls)] {
        let nonces: Vec<bool> = proofs.iter().map(|proof| proof["claims"]["nonce"].is_string()).collect();
        ensure!(
            nonces == if statuses.len() > 1 { [false, true].as_slice() } else { &[false] },
            "a nonce where one was asked for: {nonces:?}"
        );
    }
    ensure!(world.provider.tampered().await?.iter().all(|times| *times == 1), "not every challenge was as it was to be");
    Ok(())
}

/// The person signs out, and what comes back from the provider is changed or not.
pub(super) async fn signed_out(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    asked_userinfo(world).await?;
    world.provider.forget_log().await?;
    if let Ok(hostile) = world.hostile() {
        for rule in hostile.rules {
            world.tamper(rule).await?;
        }
    }
    world.presses("Sign out").await?;
    world.sees_heading("You are signed out.").await?;
    world.is_at("/signed-out").await?;
    let sent = world.provider.log().await?.parameters_at("/oidc/logout");
    for parameter in ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"] {
        ensure!(sent.iter().any(|name| name == parameter), "{parameter} was not sent: {sent:?}");
    }
    ensure!(world.provider.tampered().await?.iter().all(|times| *times == 1), "the way back was not changed");
    nothing_is_called(world, Some(0)).await?;
    world.is_at("/signed-out").await?;
    world.presses("Sign in").await?;
    world.chooses("alice").await?;
    world.is_signed_in().await
}

/// The provider shows the app's own page in a frame before it lets the person go back.
pub(super) async fn signed_out_in_a_frame(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    asked_userinfo(world).await?;
    world.provider.forget_log().await?;
    world.presses("Sign out").await?;
    world.sees_heading("You are signed out.").await?;
    world.is_at("/signed-out").await?;
    let framed = world.server.asked_for("/frontchannel-logout.html?");
    ensure!(framed.len() == 1 && framed[0].contains("iss=") && framed[0].contains("sid=ses_"), "the page was not in the frame: {framed:?}");
    nothing_is_called(world, Some(0)).await
}

/// A link of somebody else's begins no sign-in, and leads nowhere.
pub(super) async fn begun_by_somebody_else(world: &World) -> Result<()> {
    let query = format!("iss={}&login_hint=alice@example.test&target_link_uri=https://evil.test/", world.issuer());
    for place in ["/", "/login", "/callback"] {
        world.opens(&format!("{place}?{query}")).await?;
        until("the page to have looked for a session", async || Ok(yes(world.browser.text_at(".corner").await? == "Sign in"))).await?;
        nothing_is_called(world, Some(0)).await?;
        ensure!(world.provider.log().await?.visible_sign_ins() == 0, "{place}: a sign-in was begun");
        ensure!(world.browser.address().await?.starts_with(&world.app), "{place}: the page was left");
    }
    Ok(())
}

/// The attacker's provider lets people sign in at the honest one (RFC 9700 §4.4). The code that comes of it must not be told to the first.
pub(super) async fn mixed_up(world: &World) -> Result<()> {
    world.opens("/").await?;
    // What comes back into the hidden frame is not the attacker's either, and is waited for.
    until_within(LONG, "the way in", async || Ok(yes(world.browser.text_at(".corner").await? == "Sign in"))).await?;
    world.presses("Sign in").await?;
    world.chooses("alice").await?;
    refused(world, "response_iss", 0).await?;
    ensure!(world.provider.log().await?.visible_sign_ins() == 1, "nobody signed in at the honest provider, so this shows nothing");
    tells_the_attacker_nothing(world)
}
