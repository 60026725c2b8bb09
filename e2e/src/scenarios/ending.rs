//! The end of a session: what the provider is sent, what it may say by itself, and what is done with a way back that somebody made up.

use super::{ELSEWHERE, Scenario, hostile::foreign_page};
use crate::{
    person::ALICE,
    setup::Setup,
    wait::{until, yes},
    world::World,
};
use anyhow::{Context, Result, ensure};
use xtask::engines::Engine;

/// The provider shows the app's page in a frame when somebody signs out.
const FRONT_CHANNEL: Setup = Setup {
    provider: &["--frontchannel-path", "/frontchannel-logout.html"],
    configuration: &[("frontchannel_logout", "true")],
    // Firefox looks for an icon of a page that allows none.
    console_may_say: &["frame-ancestors", "/favicon.ico"],
    ..Setup::ORDINARY
};

/// The scenarios.
#[rustfmt::skip]
pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!("lo-03-by-a-form", "a sign-out by a form has the ID token in no address, and ends the session at the provider", by_a_form,
        Setup { configuration: &[("logout_method", "post")], ..Setup::ORDINARY }),
    scenario!("lo-04-forged-return", "a way back from a sign-out that somebody made up changes nothing and begins nothing", forged_return),
    scenario!("lo-06-front-channel", "a sign-out at the provider ends the session that it names in the tabs of the app, and no other", front_channel,
        Setup {
            not_in: &[
                (Engine::Firefox, "it parts the stores of a frame by its port, too, which is another one on this machine"),
                (Engine::WebKit, "its driver finds nothing in the hidden frame of the provider's page"),
            ],
            ..FRONT_CHANNEL
        }),
    scenario!("lo-07-front-channel-elsewhere", "a provider at another site may not reach the tabs, and nothing says that it did", front_channel_elsewhere,
        Setup {
            not_in: &[
                (Engine::Firefox, "whether it parts storage by site depends on its settings"),
                (Engine::WebKit, "whether it parts storage by site depends on its version"),
            ],
            site: ELSEWHERE.site,
            ..FRONT_CHANNEL
        }),
    scenario!("lo-07-front-channel-page", "the page for that is of no use to anybody else, nor when it is opened by a link", page_of_no_use, FRONT_CHANNEL),
    scenario!("lo-12-revoked", "a sign-out ends the refresh token at the provider, while the page leaves", revoked,
        Setup { configuration: &[("revoke_at_sign_out", "true")], ..Setup::ORDINARY }),
    scenario!("lo-13-not-revoked", "a provider that revokes nothing keeps nobody from signing out", not_revoked,
        Setup {
            configuration: &[("revoke_at_sign_out", "true")],
            console_may_say: &["status of 503", "status of 400", "hushkey: sign-out: revocation"],
            ..Setup::ORDINARY
        }),
];

/// Signs out, and has to be seen to be.
async fn signs_out(world: &World) -> Result<()> {
    world.provider.forget_log().await?;
    world.presses("Sign out").await?;
    world.sees_heading("You are signed out.").await?;
    world.is_at("/signed-out").await
}

async fn by_a_form(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    signs_out(world).await?;
    let log = world.provider.log().await?;
    let sent = log.last_at("/oidc/logout").context("the provider was not asked")?;
    ensure!(sent["method"] == "POST", "it was no form: {}", sent["method"]);
    for parameter in ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"] {
        ensure!(log.parameters_at("/oidc/logout").iter().any(|name| name == parameter), "{parameter} was not sent");
    }
    ensure!(world.provider.asked_for("/oidc/logout").is_empty(), "it was asked by an address, too");
    world.presses("Sign in").await?;
    world.sees_sign_in_page().await?;
    world.chooses("alice").await?;
    world.is_signed_in().await
}

async fn forged_return(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    signs_out(world).await?;
    let asked = world.provider.asked_for("/oidc/logout");
    let state = asked.first().and_then(|address| address.split("&state=").nth(1)).context("no state was sent")?;
    let state = state.split('&').next().unwrap_or_default();
    let forged = "code=Zm9yZ2Vk&state=Zm9yZ2Vk&iss=https://evil.example&return_to=https://evil.example";
    for query in [format!("?state={state}_INVALID"), String::new(), "?state=".into(), format!("?{forged}"), "?error=login_required".into()]
    {
        world.opens(&format!("/signed-out{query}")).await?;
        world.sees_heading("You are signed out.").await.with_context(|| query.clone())?;
        world.is_at("/signed-out").await?;
        world.is_signed_out().await?;
    }
    let log = world.provider.log().await?;
    ensure!(log.silent_sign_ins() == 0 && log.visible_sign_ins() == 0 && log.token_requests() == 0, "a sign-in was begun");

    // Somebody who is signed in, and is led there by a link, stays it.
    world.signs_in().await?;
    world.opens(&format!("/signed-out?{forged}")).await?;
    world.is_signed_in().await?;
    world.is_at("/signed-out").await?;
    ensure!(world.provider.was_sent("Zm9yZ2Vk") == 0, "something forged was believed");
    Ok(())
}

async fn revoked(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    signs_out(world).await?;
    let log = until("the revocation", async || {
        let log = world.provider.log().await?;
        Ok(log.last_at("/revoke").is_some_and(|entry| entry["status"] == 200).then_some(log))
    })
    .await?;
    ensure!(log.parameters_at("/revoke") == ["token", "token_type_hint", "client_id"], "{:?}", log.parameters_at("/revoke"));
    let entry = log.last_at("/revoke").context("it is there")?;
    ensure!(entry["values"]["token_type_hint"] == "refresh_token" && entry["cookies"] == serde_json::json!([]), "{entry}");
    Ok(())
}

async fn not_revoked(world: &World) -> Result<()> {
    for fault in ["status=503&retry_after=30", "status=400&error=unsupported_token_type", "hang=1"] {
        world.signs_in_to_account().await?;
        world.provider.control(&format!("fail?endpoint=revoke&{fault}")).await?;
        signs_out(world).await.with_context(|| fault.to_owned())?;
        world.provider.control("heal").await?;
        ensure!(world.provider.log().await?.silent_sign_ins() == 0, "{fault}: somebody was looked up");
    }
    Ok(())
}

/// What the page in the provider's frame says.
const SAYS: &str = "Whether one did is not known here.";

/// Keeps what is said on the channel, beside the app.
const LISTEN: &str =
    "window.heard = 0; window.ear = new BroadcastChannel('hushkey:frontchannel-logout'); ear.onmessage = () => { heard += 1; }";

async fn heard(world: &World) -> Result<String> {
    world.browser.text_of("return String(window.heard)").await
}

/// Somebody signs out of another app, in another tab, and sees the provider's page with its frames.
async fn signs_out_elsewhere(world: &World) -> Result<()> {
    world.browser.open_tab().await?;
    world.browser.go_to(&format!("{}/oidc/logout", world.issuer())).await?;
    until("the page in the frame", async || {
        world.browser.enter_frame().await?;
        let text = world.browser.source().await;
        world.browser.leave_frame().await?;
        Ok(yes(text?.contains(SAYS)))
    })
    .await
}

async fn front_channel(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    let tab = world.browser.tab().await?;
    let text = world.browser.text().await?;
    let sid = text.split_whitespace().find(|word| word.starts_with("ses_")).context("the account shows no session")?.to_owned();
    world.browser.script(LISTEN, Vec::new()).await?;
    let issuer = world.issuer();
    let lies = [
        format!("iss={issuer}"),
        format!("sid={sid}"),
        format!("iss={issuer}1&sid={sid}"),
        format!("iss={issuer}&sid=ses_1"),
        format!("iss={issuer}&sid={sid}&sid={sid}"),
    ];
    for (count, lie) in lies.iter().enumerate() {
        world.provider.control(&format!("frontchannel?query={}", lie.replace('=', "%3D").replace('&', "%26"))).await?;
        signs_out_elsewhere(world).await?;
        world.browser.switch_to(tab.clone()).await?;
        until("what the frame said", async || Ok(yes(heard(world).await? == (count + 1).to_string()))).await?;
        world.sees_heading(ALICE).await.with_context(|| lie.clone())?;
        world.is_signed_in().await?;
    }
    world.provider.control("frontchannel").await?;
    world.provider.forget_log().await?;
    signs_out_elsewhere(world).await?;
    world.browser.switch_to(tab).await?;
    world.sees_heading("Your session has ended.").await?;
    world.is_at("/account").await?;
    ensure!(world.provider.log().await?.visible_sign_ins() == 0, "the page went to the provider");
    Ok(())
}

async fn front_channel_elsewhere(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    let tab = world.browser.tab().await?;
    world.browser.script(LISTEN, Vec::new()).await?;
    signs_out_elsewhere(world).await?;
    world.browser.switch_to(tab).await?;
    world.sees_heading(ALICE).await?;
    ensure!(heard(world).await? == "0", "the frame reached the tab; then more can be promised than docs/providers.md does");
    // The provider's word is not needed: the next look at it says the same.
    world.browser.reload().await?;
    world.sees_sign_in_page().await?;
    world.chooses("alice").await?;
    world.sees_heading(ALICE).await
}

async fn page_of_no_use(world: &World) -> Result<()> {
    let answer = world.asks("/frontchannel-logout.html", "").await?;
    ensure!(answer.status == 200 && answer.header("cache-control") == "no-store", "it may be kept");
    let policy = answer.header("content-security-policy").to_owned();
    ensure!(policy.contains(&format!("frame-ancestors {};", world.issuer())) && policy.starts_with("default-src 'none';"), "{policy}");

    world.signs_in_to_account().await?;
    let tab = world.browser.tab().await?;
    world.browser.script(LISTEN, Vec::new()).await?;
    world.browser.open_tab().await?;
    world.opens("/frontchannel-logout.html").await?;
    until("the page", async || Ok(yes(world.browser.source().await?.contains(SAYS)))).await?;
    let (_server, foreign) = foreign_page(&world.folder, &format!("{}/frontchannel-logout.html", world.app))?;
    world.browser.go_to(&foreign).await?;
    until("the frame to have loaded", async || Ok(yes(world.browser.text_of("return String(window.frameLoaded)").await? == "true")))
        .await?;
    world.browser.enter_frame().await?;
    let shown = world.browser.source().await?;
    world.browser.leave_frame().await?;
    ensure!(!shown.contains(SAYS), "a page of another origin can frame it");
    world.browser.switch_to(tab).await?;
    world.sees_heading(ALICE).await?;
    ensure!(heard(world).await? == "0", "the tabs were told something");
    Ok(())
}
