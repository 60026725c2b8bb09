//! Walks through every page and state of the app. Pictures are taken on them, and the pages judged.

mod extended;

use crate::{
    look::Look,
    person::ALICE,
    setup::{Host, Setup, Site},
    wait::{PATIENCE, until, yes},
    world::World,
};
use anyhow::{Result, ensure};
use serde_json::json;
use std::pin::Pin;
use xtask::html;

/// One walk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Walk {
    /// Its name.
    pub(crate) name: &'static str,
    /// What is special about its world.
    pub(crate) setup: Setup,
    /// Walks it.
    pub(crate) go: for<'a> fn(&'a World, &'a Look) -> Steps<'a>,
}

/// A walk that somebody is on.
type Steps<'a> = Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

macro_rules! walk {
    ($name:literal, $go:path, $setup:expr) => {
        Walk { name: $name, setup: $setup, go: |world, look| Box::pin($go(world, look)) }
    };
}

/// What browsers write into the console themselves when a provider or a network is not there.
const TROUBLE: &[&str] = &[
    "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "ERR_INTERNET_DISCONNECTED", "status of 400", "status of 429",
    "status of 503", "status of 40", "hushkey-doctor",
];

const ORDINARY: Setup = Setup { console_may_say: TROUBLE, ..Setup::ORDINARY };

const NOBODY: Setup = Setup { nobody_signs_in: true, ..ORDINARY };

pub(crate) const DOORS: Walk = walk!("doors", doors, NOBODY);

pub(crate) const INSIDE: Walk = walk!("inside", inside, ORDINARY);

pub(crate) const BETWEEN: Walk = walk!("between", between, ORDINARY);

pub(crate) const TROUBLES: Walk = walk!("troubles", troubles, ORDINARY);

pub(crate) const AFTERWARDS: Walk = walk!("afterwards", afterwards, ORDINARY);

pub(crate) const LEAVING: Walk = walk!(
    "leaving",
    leaving,
    Setup { discovered: true, configuration: &[("validate_access_token", "true"), ("access_token_compat", "true")], ..ORDINARY }
);

pub(crate) const PAUSED: Walk = walk!(
    "paused",
    paused,
    Setup { site: Site::Cross, provider: &["--access-token-ttl", "10"], configuration: &[("scopes", "openid profile email")], ..ORDINARY }
);

pub(crate) const NOT_SET_UP: Walk = walk!(
    "not-set-up",
    not_set_up,
    Setup { edit: Some(|page| html::configure(page, r#"{ "preset": "scalekit", "client_id": "spac_hushkey" }"#)), ..NOBODY }
);

pub(crate) const NOT_STARTED: Walk =
    walk!("not-started", not_started, Setup { console_may_say: &["Failed to fetch", "ERR_BLOCKED_BY_CLIENT"], ..NOBODY });

pub(crate) const SET_UP_WRONG: Walk = walk!(
    "set-up-wrong",
    set_up_wrong,
    Setup {
        host: Host::Plain(&[("x-frame-options", "DENY")]),
        console_may_say: &[
            "status of 40", "hushkey-doctor", "X-Frame-Options", "x-frame-options", "hushkey: silent sign-in", "Content Security Policy"
        ],
        ..NOBODY
    }
);

pub(crate) const GERMAN: Walk = walk!("german", german, Setup { languages: "de-DE,de", ..ORDINARY });

pub(crate) const EXTENDED: Walk = walk!("extended", extended::english, extended::SETUP);

pub(crate) const EXTENDED_GERMAN: Walk = walk!("extended-german", extended::german, Setup { languages: "de-DE,de", ..extended::SETUP });

/// All of them.
pub(crate) const ALL: [Walk; 13] = [
    DOORS, INSIDE, BETWEEN, TROUBLES, AFTERWARDS, LEAVING, PAUSED, NOT_SET_UP, SET_UP_WRONG, NOT_STARTED, GERMAN, EXTENDED, EXTENDED_GERMAN,
];

/// Nobody is signed in.
async fn doors(world: &World, look: &Look) -> Result<()> {
    world.opens("/").await?;
    world.is_signed_out().await?;
    look.at(world, "home").await?;
    world.opens("/nothing/here").await?;
    world.is_signed_out().await?;
    look.at(world, "not-found").await?;
    world.opens("/callback?code=unknown&state=unknown").await?;
    world.sees_heading("This sign-in link cannot be used").await?;
    look.at(world, "problem").await?;
    world.presses("Try again").await?;
    world.sees_sign_in_page().await?;
    look.at(world, "provider-sign-in").await?;
    world.browser.click("[data-action=\"cancel\"]").await?;
    world.sees_heading("Sign-in was cancelled").await?;
    look.at(world, "cancelled").await
}

async fn inside(world: &World, look: &Look) -> Result<()> {
    world.signs_in().await?;
    look.at(world, "home-signed-in").await?;
    world.presses("Account").await?;
    world.sees_heading(ALICE).await?;
    look.at(world, "account").await?;
    world.provider.control("fail?endpoint=token&delay_ms=14000").await?;
    world.presses("Renew now").await?;
    world.sees("This takes longer than usual. It goes on by itself.").await?;
    look.at(world, "account-renewing").await?;
    world.sees_within(PATIENCE * 2, "Renewed. You have a new access token.").await?;
    look.at(world, "account-renewed").await?;
    world.presses("API").await?;
    world.sees_api_answer().await?;
    look.at(world, "api").await?;
    world.presses("How this sign-in works").await?;
    world.sees("the session is renewed").await?;
    look.at(world, "flow").await?;
    world.presses("Is it set up right?").await?;
    look.at(world, "doctor").await?;
    world.presses("Check now").await?;
    world.sees_within(PATIENCE * 2, "could not be told,").await?;
    look.at(world, "doctor-right").await
}

/// The host of the app sends other headers than it should.
async fn set_up_wrong(world: &World, look: &Look) -> Result<()> {
    world.opens("/doctor").await?;
    world.is_signed_out().await?;
    world.presses("Check now").await?;
    world.sees_within(PATIENCE * 2, "could not be told,").await?;
    look.at(world, "doctor-wrong").await
}

/// Somebody may be signed in, and it is not known yet.
async fn between(world: &World, look: &Look) -> Result<()> {
    world.signs_in().await?;
    // Not the frame: a page counts as loaded only after it.
    for (place, name) in [("/account", "account-restoring"), ("/", "home-restoring")] {
        world.provider.control("fail?endpoint=token&delay_ms=14000").await?;
        world.opens(place).await?;
        until("the frame of the app", async || Ok(yes(!world.browser.text_at(".skip").await?.is_empty()))).await?;
        look.at(world, name).await?;
        ensure!(!world.browser.text_of("return document.body.textContent").await?.contains(ALICE), "the session was there before {name}");
        world.is_signed_in().await?;
    }
    world.presses("Sign out").await?;
    world.sees_heading("You are signed out.").await?;
    world.provider.control("fail?endpoint=token&delay_ms=14000").await?;
    world.presses("Sign in again").await?;
    world.chooses("alice").await?;
    world.sees_heading("Signing you in…").await?;
    look.at(world, "callback").await?;
    world.is_signed_in().await
}

/// The provider, the network or the clock is not as it should be.
async fn troubles(world: &World, look: &Look) -> Result<()> {
    world.signs_in().await?;
    world.provider.control("clock?offset=-86400").await?;
    world.opens("/account").await?;
    world.sees("The clock of this device seems to be wrong.").await?;
    look.at(world, "account-wrong-clock").await?;
    world.provider.control("clock?offset=0").await?;
    world.opens("/account").await?;
    world.sees_heading(ALICE).await?;

    world.provider.control("fail?endpoint=token&status=429&retry_after=60&times=9").await?;
    world.opens("/account").await?;
    world.sees("The sign-in service is busy.").await?;
    look.at(world, "account-provider-busy").await?;
    world.provider.control("heal").await?;
    world.presses("Try now").await?;
    world.sees_heading(ALICE).await?;

    world.provider.stop().await?;
    for (place, name) in [("/account", "account-provider-down"), ("/", "home-provider-down")] {
        world.opens(place).await?;
        world.sees("The sign-in service cannot be reached.").await?;
        look.at(world, name).await?;
    }
    world.provider.start_again().await?;
    world.is_signed_in().await?;

    world.opens("/account").await?;
    world.sees_heading(ALICE).await?;
    world.presses("API").await?;
    world.sees_api_answer().await?;
    world.browser.devtools("Network.enable", json!({})).await?;
    world.browser.devtools("Network.emulateNetworkConditions", network(true)).await?;
    world.presses("Call again").await?;
    world.sees("You are offline.").await?;
    look.at(world, "api-offline").await?;
    world.browser.devtools("Network.emulateNetworkConditions", network(false)).await?;
    world.presses("Call again").await?;
    world.sees_api_answer().await
}

fn network(offline: bool) -> serde_json::Value {
    json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 })
}

/// The session has ended, for one reason or another.
async fn afterwards(world: &World, look: &Look) -> Result<()> {
    world.signs_in_to_account().await?;
    world.provider.control("revoke-sessions").await?;
    world.presses("Renew now").await?;
    world.sees_heading("Your session has ended.").await?;
    look.at(world, "account-session-ended").await?;

    // Another tab signs out, and then somebody else signs in there.
    world.signs_in_to_account().await?;
    let first = world.signs_out_in_another_tab().await?;
    let second = world.browser.tab().await?;
    world.browser.switch_to(first.clone()).await?;
    world.sees_heading("You signed out in another tab.").await?;
    look.at(world, "account-signed-out-elsewhere").await?;
    world.browser.switch_to(second).await?;
    look.at(world, "signed-out").await?;
    world.opens("/account").await?;
    world.sees_heading("You signed out.").await?;
    look.at(world, "account-signed-out").await?;
    world.opens("/").await?;
    world.sees("You signed out.").await?;
    look.at(world, "home-signed-out").await
}

/// On the way to the sign-in page, of which it is not known yet where it is.
async fn leaving(world: &World, look: &Look) -> Result<()> {
    world.signs_in().await?;
    world.presses("Sign out").await?;
    world.sees_heading("You are signed out.").await?;
    world.opens("/").await?;
    world.sees("You signed out.").await?;
    world.provider.control("fail?endpoint=discovery&delay_ms=9000").await?;
    world.presses("Sign in").await?;
    world.sees("Taking you to the sign-in page…").await?;
    look.at(world, "home-leaving").await?;
    world.chooses("alice").await?;
    world.is_signed_in().await
}

async fn paused(world: &World, look: &Look) -> Result<()> {
    world.signs_in_to_account().await?;
    world.sees("Your session is paused.").await?;
    look.at(world, "account-paused").await
}

async fn not_set_up(world: &World, look: &Look) -> Result<()> {
    world.opens("/").await?;
    world.sees_heading("This app is not set up yet").await?;
    look.at(world, "not-set-up").await
}

async fn not_started(world: &World, look: &Look) -> Result<()> {
    world.browser.devtools("Network.enable", json!({})).await?;
    world.browser.devtools("Network.setBlockedURLs", json!({ "urls": ["*.wasm"] })).await?;
    world.opens("/").await?;
    world.sees_heading("The app could not be started").await?;
    look.at(world, "not-started").await?;
    if let Look::Judgement(_) = look {
        // The judge of pages is a script itself.
        return Ok(());
    }
    world.browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await?;
    world.opens("/").await?;
    world.sees("Hushkey needs JavaScript").await?;
    look.at(world, "no-script").await
}

async fn german(world: &World, look: &Look) -> Result<()> {
    world.opens("/").await?;
    world.presses("Anmelden").await?;
    world.chooses("alice").await?;
    world.is_signed_in().await?;
    look.at(world, "german-home").await?;
    world.presses("Konto").await?;
    world.sees_heading(ALICE).await?;
    look.at(world, "german-account").await?;
    world.provider.control("revoke-sessions").await?;
    world.presses("Jetzt erneuern").await?;
    world.sees_heading("Ihre Sitzung ist beendet.").await?;
    look.at(world, "german-session-ended").await?;
    world.opens("/callback?code=unknown&state=unknown").await?;
    world.sees_heading("Dieser Link zur Anmeldung ist nicht brauchbar").await?;
    look.at(world, "german-problem").await
}
