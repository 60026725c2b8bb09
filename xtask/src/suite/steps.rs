//! What is checked, in the order in which it is: the cheap before the long.

use std::fs;
use std::process::Command;

use anyhow::Result;
use serde_json::json;

use super::browser::{self, Browser, require_match};
use super::{Context, scratch};
use crate::process::quietly;
use crate::simulate;
use crate::tools::{self, CARGO_DENY, WASM, WASM_BINDGEN};

/// One step.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Its name for `--only`.
    pub name: &'static str,
    /// What it shows.
    pub headline: &'static str,
    /// Runs it.
    pub run: fn(&Context) -> Result<()>,
}

/// All steps.
pub const STEPS: &[Step] = &[
    Step { name: "fmt", headline: "the code is formatted", run: fmt },
    Step { name: "clippy", headline: "no warnings, natively and for the browser", run: clippy },
    Step { name: "rings", headline: "each ring of the library compiles alone", run: rings },
    Step { name: "doc", headline: "the documentation builds without warnings", run: doc },
    Step { name: "native", headline: "tests of the protocol core and of xtask, and two thousand simulated sessions", run: native },
    Step { name: "provider", headline: "tests of the local provider", run: provider },
    Step { name: "wasm", headline: "tests in headless Chromium", run: wasm },
    Step { name: "deny", headline: "licences, duplicates and sources of dependencies", run: deny },
    Step { name: "e2e", headline: "the app against the local provider, end to end", run: e2e },
];

fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(arguments);
    cargo
}

fn fmt(context: &Context) -> Result<()> {
    component(context, "rustfmt", "fmt")?;
    context.run(&mut cargo(&["fmt", "--all", "--check"]))
}

fn clippy(context: &Context) -> Result<()> {
    component(context, "clippy", "clippy")?;
    tools::wasm_target(&context.workspace)?;
    let deny = ["--", "-D", "warnings"];
    let native = ["clippy", "--locked", "--workspace", "--all-targets", "--all-features"];
    context.run(cargo(&native).args(deny))?;
    let browser = ["clippy", "--locked", "--package", "hushkey", "--target", WASM, "--all-targets"];
    context.run(cargo(&browser).arg("--all-features").args(deny))
}

fn rings(context: &Context) -> Result<()> {
    tools::wasm_target(&context.workspace)?;
    let check = ["check", "--locked", "--package", "hushkey", "--no-default-features"];
    context.run(&mut cargo(&check))?;
    for ring in ["browser", "yew", "app"] {
        context.run(cargo(&check).args(["--target", WASM, "--features", ring]))?;
    }
    Ok(())
}

fn doc(context: &Context) -> Result<()> {
    let strict = |arguments: &[&str]| {
        let mut doc = cargo(&["doc", "--locked", "--no-deps", "--package", "hushkey"]);
        doc.args(arguments).env("RUSTDOCFLAGS", "-D warnings");
        doc
    };
    context.run(&mut strict(&["--no-default-features"]))?;
    context.run(&mut strict(&["--all-features", "--target", WASM]))
}

fn native(context: &Context) -> Result<()> {
    context.run(&mut cargo(&["test", "--locked", "--package", "hushkey", "--no-default-features"]))?;
    context.run(&mut cargo(&["test", "--locked", "--package", "xtask"]))?;
    // In its own profile: thousands of sessions are too many for a debug build.
    context.run(&mut cargo(&["test", "--locked", "--package", "simulation", "--profile", simulate::PROFILE]))
}

fn provider(context: &Context) -> Result<()> {
    tools::node()?;
    tools::provider_packages(&context.workspace)?;
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    context.run(Command::new(npm).arg("test").current_dir(context.workspace.at("provider")))
}

fn wasm(context: &Context) -> Result<()> {
    let browser = browser::browser()?;
    require_match(&browser)?;
    let capabilities = scratch(context, "webdriver.json");
    let options = json!({ "binary": browser.chromium, "args": Browser::arguments() });
    fs::write(&capabilities, json!({ "goog:chromeOptions": options }).to_string())?;
    context.run(
        cargo(&["test", "--locked", "--package", "hushkey", "--target", WASM])
            .args(["--features", "app", "--test", "*"])
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", WASM_BINDGEN.program("wasm-bindgen-test-runner")?)
            .env("CHROMEDRIVER", browser.chromedriver)
            .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities)
            .env("WASM_BINDGEN_TEST_TIMEOUT", "120"),
    )
}

fn deny(context: &Context) -> Result<()> {
    // Without the advisories: their database is fetched from the network at run
    // time, and a new advisory would fail code that has not changed.
    let program = CARGO_DENY.program("cargo-deny")?;
    let checks = ["check", "bans", "licenses", "sources"];
    context.run(Command::new(program).args(["--all-features", "--locked"]).args(checks))
}

fn e2e(context: &Context) -> Result<()> {
    let browser = browser::browser()?;
    require_match(&browser)?;
    tools::node()?;
    tools::provider_packages(&context.workspace)?;
    context
        .run(cargo(&["test", "--locked", "--package", "e2e"]).env("CHROMIUM", browser.chromium).env("CHROMEDRIVER", browser.chromedriver))
}

/// Adds a part of the toolchain that is missing.
fn component(context: &Context, name: &str, subcommand: &str) -> Result<()> {
    if context.run(&mut cargo(&[subcommand, "--version"])).is_ok() {
        return Ok(());
    }
    quietly(
        Command::new("rustup").args(["component", "add", name]).current_dir(context.workspace.root()),
        &format!("Adding {name} to the toolchain"),
    )
}
