//! What the extensions bring to the pages: several APIs, userinfo, another sign-in, and what can go wrong where requests are pushed and tokens bound.

use crate::{
    look::Look,
    person::ALICE,
    scenarios::everything,
    setup::Setup,
    wait::{until, yes},
    world::World,
};
use anyhow::Result;

/// All of them at once.
pub(super) const SETUP: Setup = Setup { console_may_say: &["status of 40", "status of 500", "hushkey: "], ..everything::ON };

impl World {
    /// What the API page says of its two calls.
    async fn both_have_answered(&self, statuses: [&str; 2]) -> Result<()> {
        let read = "return [...document.querySelectorAll('.exchange-line [role=status]')].map((one) => one.textContent).join()";
        until("both answers", async || Ok(yes(self.browser.text_of(read).await? == statuses.join(",")))).await
    }
}

pub(super) async fn english(world: &World, look: &Look) -> Result<()> {
    // Nobody can sign in where the request is not taken.
    world.opens("/").await?;
    world.is_signed_out().await?;
    world.provider.control("fail?endpoint=par&times=0&status=500").await?;
    world.presses("Sign in").await?;
    world.sees("It did not take this app's request.").await?;
    look.at(world, "home-not-pushed").await?;
    world.provider.control("fail?endpoint=par&times=0&status=400&error=invalid_request").await?;
    world.opens("/account").await?;
    world.sees_code("invalid_request").await?;
    look.at(world, "account-not-pushed").await?;
    world.provider.control("fail?endpoint=par&times=0&shape=no_expires_in").await?;
    world.opens("/account").await?;
    world.sees_code("par_expires_in").await?;
    look.at(world, "account-pushed-in-vain").await?;
    world.provider.control("heal").await?;

    world.signs_in_to_account().await?;
    look.at(world, "account-userinfo").await?;
    world.provider.control("userinfo?type=text%2Fplain").await?;
    world.opens("/account").await?;
    until("the person without a name", async || Ok(yes(world.browser.text_at("main h1").await?.starts_with("usr_")))).await?;
    look.at(world, "account-without-userinfo").await?;
    world.provider.control("userinfo").await?;
    world.opens("/account").await?;
    world.sees_heading(ALICE).await?;

    world.presses("API").await?;
    world.both_have_answered(["Answered 200", "Answered 200"]).await?;
    look.at(world, "api-two").await?;
    world.opens("/account").await?;
    world.sees_heading(ALICE).await?;
    world.provider.control("fail?endpoint=token&status=400&error=invalid_target").await?;
    world.presses("API").await?;
    world.both_have_answered(["Answered 200", "No answer"]).await?;
    look.at(world, "api-one-refused").await?;

    world.provider.control("demand?acr=gold").await?;
    world.opens("/api").await?;
    world.both_have_answered(["Answered 401", "Answered 200"]).await?;
    look.at(world, "api-step-up").await?;
    world.provider.control("assurance?level=unmet").await?;
    world.presses("Sign in once more").await?;
    world.chooses("alice").await?;
    world.sees("The sign-in service could not sign you in as safely as the API wants.").await?;
    look.at(world, "api-step-up-unmet").await?;
    world.provider.control("assurance").await?;
    world.provider.control("demand?acr=gold&always=1").await?;
    world.presses("Sign in once more").await?;
    world.chooses("alice").await?;
    world.sees("step_up_loop").await?;
    look.at(world, "api-step-up-loop").await?;
    world.provider.control("demand").await?;

    world.provider.control("fail?endpoint=token&status=400&error=use_dpop_nonce&nonce=again&times=0").await?;
    world.opens("/account").await?;
    world.sees_code("dpop_nonce").await?;
    look.at(world, "account-dpop").await?;
    world.provider.control("heal").await?;
    world.opens("/").await?;
    world.is_signed_in().await
}

pub(super) async fn german(world: &World, look: &Look) -> Result<()> {
    world.provider.control("fail?endpoint=par&times=0&shape=no_expires_in").await?;
    world.opens("/account").await?;
    world.sees_code("par_expires_in").await?;
    look.at(world, "german-pushed-in-vain").await?;
    world.provider.control("heal").await?;
    world.opens("/").await?;
    world.presses("Anmelden").await?;
    world.chooses("alice").await?;
    world.is_signed_in().await?;
    world.provider.control("demand?acr=gold").await?;
    world.presses("API").await?;
    world.both_have_answered(["Antwort 401", "Antwort 200"]).await?;
    look.at(world, "german-step-up").await?;
    world.provider.control("assurance?level=unmet").await?;
    world.presses("Noch einmal anmelden").await?;
    world.chooses("alice").await?;
    world.sees("Der Anmeldedienst konnte Sie nicht so sicher anmelden, wie die API es verlangt.").await?;
    look.at(world, "german-step-up-unmet").await
}
