//! What a person does and sees. Scenarios are told in these words.

use crate::{
    wait::{PATIENCE, until, until_within, yes},
    world::World,
};
use anyhow::{Result, ensure};
use fantoccini::wd::WindowHandle;
use std::time::Duration;

/// Who signs in, unless it matters.
pub(crate) const ALICE: &str = "Alice Example";

impl World {
    // ------------------------------------------------------------------------------------------------------------------ Does

    /// Signs out in a tab of its own and stays there. Gives the tab before that.
    pub(crate) async fn signs_out_in_another_tab(&self) -> Result<WindowHandle> {
        let first = self.browser.tab().await?;
        self.browser.open_tab().await?;
        self.opens("/").await?;
        self.is_signed_in().await?;
        self.presses("Sign out").await?;
        self.sees_heading("You are signed out.").await?;
        Ok(first)
    }

    /// Goes to a place of the app by its address.
    pub(crate) async fn opens(&self, place: &str) -> Result<()> {
        self.browser.go_to(&format!("{}{place}", self.app)).await
    }

    /// Presses the button or link of this name as soon as it is there.
    pub(crate) async fn presses(&self, name: &str) -> Result<()> {
        until(&format!("\"{name}\" to press"), async || self.browser.click_named(name).await.map(Some)).await
    }

    /// Chooses somebody on the provider's page. A press on a page that has only just come can be lost: then it is pressed again, as a person would.
    pub(crate) async fn chooses(&self, person: &str) -> Result<()> {
        self.sees_sign_in_page().await?;
        let choice = format!("[data-person=\"{person}\"]");
        self.browser.click(&choice).await?;
        // The window may be closed by now, which is an error, and good.
        let left = async || Ok(yes(!matches!(self.browser.text_at(&choice).await.as_deref(), Ok(name) if !name.is_empty())));
        if until_within(Duration::from_secs(5), "the provider's page to be left", left).await.is_err() {
            // If it goes at this very moment, so much the better; if not, what comes next says so.
            self.browser.click(&choice).await.ok();
        }
        Ok(())
    }

    /// Signs in as Alice, from the first page.
    pub(crate) async fn signs_in(&self) -> Result<()> {
        self.opens("/").await?;
        self.presses("Sign in").await?;
        self.chooses("alice").await?;
        self.is_signed_in().await
    }

    /// Signs in as Alice and opens her account by the link in the header.
    pub(crate) async fn signs_in_to_account(&self) -> Result<()> {
        self.signs_in().await?;
        self.presses("Account").await?;
        self.sees_heading(ALICE).await
    }

    // ------------------------------------------------------------------------------------------------------------------ Sees

    /// The provider's page, with nobody signed in there.
    pub(crate) async fn sees_sign_in_page(&self) -> Result<()> {
        until("the provider's sign-in page", async || Ok(yes(self.browser.text_at("[data-person=\"alice\"]").await?.contains(ALICE)))).await
    }

    /// The header with Alice's name.
    pub(crate) async fn is_signed_in(&self) -> Result<()> {
        until("Alice's name in the header", async || Ok(yes(self.browser.text_at(".corner-name").await? == ALICE))).await
    }

    /// The header with a way to sign in.
    pub(crate) async fn is_signed_out(&self) -> Result<()> {
        until("the way in, in the header", async || Ok(yes(self.browser.text_at(".corner").await? == "Sign in"))).await
    }

    /// A heading.
    pub(crate) async fn sees_heading(&self, heading: &str) -> Result<()> {
        let what = format!("the heading \"{heading}\"");
        until(&what, async || Ok(yes(self.browser.text_at("main h1").await? == heading))).await
    }

    /// A text anywhere on the page.
    pub(crate) async fn sees(&self, text: &str) -> Result<()> {
        self.sees_within(PATIENCE, text).await
    }

    /// A text anywhere on the page, in its own time.
    pub(crate) async fn sees_within(&self, patience: Duration, text: &str) -> Result<()> {
        until_within(patience, &format!("the text \"{text}\""), async || Ok(yes(self.browser.text().await?.contains(text)))).await
    }

    /// The address of a place of the app, to the letter.
    pub(crate) async fn is_at(&self, place: &str) -> Result<()> {
        let wanted = format!("{}{place}", self.app);
        until(&format!("the address {place}"), async || Ok(yes(self.browser.address().await? == wanted))).await
    }

    /// The answer of the API, after a call.
    pub(crate) async fn sees_api_answer(&self) -> Result<()> {
        until("the answer of the API", async || {
            let status = self.browser.text_at(".exchange-line [role=status]").await?;
            let body = self.browser.text_at(".exchange-body").await?;
            Ok(yes(status == "Answered 200" && body.contains("This came from a protected API.")))
        })
        .await
    }

    /// The technical code on a problem page.
    pub(crate) async fn sees_code(&self, code: &str) -> Result<()> {
        self.sees_code_within(PATIENCE, code).await
    }

    /// The technical code on a problem page, in its own time. Another one is told.
    pub(crate) async fn sees_code_within(&self, patience: Duration, code: &str) -> Result<()> {
        until_within(patience, &format!("the code {code}"), async || {
            let shown = self.browser.text_of("return document.querySelector('#copy-text')?.value ?? ''").await?;
            ensure!(shown == code, "the code is \"{shown}\"");
            Ok(Some(()))
        })
        .await
    }

    /// How many entries the tab's history has.
    pub(crate) async fn history_length(&self) -> Result<String> {
        self.browser.text_of("return String(history.length)").await
    }

    /// Fails if one of these texts was on the page since it was loaded, for however short a time. Where that cannot be watched it is noted.
    pub(crate) async fn never_saw(&self, texts: &[&str]) -> Result<()> {
        if !self.browser.can_watch() {
            self.note("what was on a page for a moment was not watched: no script runs before a document in this engine");
            return Ok(());
        }
        let seen = self.browser.script("return window.e2eSeen.texts", Vec::new()).await?;
        let seen: Vec<&str> = seen.as_array().into_iter().flatten().filter_map(|text| text.as_str()).collect();
        ensure!(!seen.is_empty(), "no text of the page was recorded");
        for text in texts {
            ensure!(!seen.iter().any(|page| page.contains(text)), "\"{text}\" was on the page for a moment");
        }
        Ok(())
    }

    /// Marks what stands at a selector, to see later whether it is still the same element.
    pub(crate) async fn marks(&self, selector: &str) -> Result<()> {
        let script = "const found = document.querySelector(arguments[0]); found.e2eMark = true; return true";
        self.browser.script(script, vec![selector.into()]).await.map(drop)
    }

    /// Fails if the marked element has been replaced.
    pub(crate) async fn mark_is_still_at(&self, selector: &str) -> Result<()> {
        let kept = self.browser.script("return document.querySelector(arguments[0])?.e2eMark === true", vec![selector.into()]).await?;
        ensure!(kept == true, "{selector} was drawn anew");
        Ok(())
    }
}
