//! What is checked, in the order in which it is: the cheap before the long.

use std::fs;
use std::process::Command;

use anyhow::{Result, bail};
use hushkey::protocol::extension;
use serde_json::json;

use super::{Context, scratch};
use crate::conformance;
use crate::engines::{Engine, chromium};
use crate::lint;
use crate::process::quietly;
use crate::servers::WebServer;
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
    pub run: Run,
}

/// How often a step is run.
#[derive(Clone, Copy, Debug)]
pub enum Run {
    /// Once.
    Once(fn(&Context) -> Result<()>),
    /// Once in each of these engines.
    In(&'static [Engine], fn(&Context, Engine) -> Result<()>),
}

/// The engines that wasm-bindgen's test runner knows how to drive.
const DRIVEN_BY_WASM_BINDGEN: &[Engine] = &[Engine::Chromium, Engine::Firefox];

/// All steps.
pub const STEPS: &[Step] = &[
    Step { name: "fmt", headline: "the code is formatted", run: Run::Once(fmt) },
    Step { name: "clippy", headline: "no warnings, natively and for the browser", run: Run::Once(clippy) },
    Step { name: "rings", headline: "each ring of the library compiles alone", run: Run::Once(rings) },
    Step { name: "doc", headline: "the documentation builds without warnings", run: Run::Once(doc) },
    Step {
        name: "native",
        headline: "tests of the protocol core, of xtask, of the suite's and the benchmark's own parts, and two thousand simulated sessions",
        run: Run::Once(native),
    },
    Step { name: "provider", headline: "tests of the local provider", run: Run::Once(provider) },
    Step { name: "wasm", headline: "tests of the library in a browser", run: Run::In(DRIVEN_BY_WASM_BINDGEN, wasm) },
    Step { name: "deny", headline: "licences, duplicates and sources of dependencies", run: Run::Once(deny) },
    Step { name: "image", headline: "the Dockerfile and the scripts of the image are clean", run: Run::Once(image) },
    Step { name: "e2e", headline: "the app against the local provider, end to end", run: Run::In(&Engine::ALL, e2e) },
    Step {
        name: "oidf",
        headline: "the OpenID Foundation's tests of relying parties, and other lies of a provider, end to end",
        run: Run::In(&[Engine::Chromium, Engine::Firefox], oidf),
    },
    Step {
        name: "hosts",
        headline: "the deployed folder, without extensions that nobody asked for, on nginx and Caddy, over TLS",
        run: Run::In(&[Engine::Chromium], hosts),
    },
    Step { name: "smallest", headline: "the smallest build works, too", run: Run::In(&[Engine::Chromium], smallest) },
    Step { name: "conformance", headline: "the conformance page tells what these steps saw", run: Run::Once(conformance) },
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
    context.run(cargo(&["test", "--locked", "--package", "hushkey", "--no-default-features"]).args(["--test", "without_extensions"]))?;
    for extension in extension::NAMES {
        context.run(cargo(&check).args(["--features", extension]))?;
    }
    for ring in ["browser", "yew", "inspector", "app", "app,inspector", "app,inspector,extensions"] {
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
    let core = ["test", "--locked", "--package", "hushkey", "--no-default-features"];
    context.run(cargo(&core).args(["--features", "extensions"]))?;
    // Apart: with the record of the flow a step allocates more often, and how often is counted.
    let features = ["--features", "flow,fuzzing"];
    let recorded = ["--lib", "--test", "flow", "--test", "properties", "--test", "allocations", "--test", "corpus"];
    context.run(cargo(&core).args(features).args(recorded))?;
    // The words that people read need no browser to be checked, nor do some parts of the higher rings.
    context.run(&mut cargo(&["test", "--locked", "--package", "hushkey", "--features", "app,inspector", "--lib", "--bin", "hushkey"]))?;
    context.run(&mut cargo(&["test", "--locked", "--package", "xtask", "--package", "e2e", "--package", "bench", "--lib", "--bins"]))?;
    // In its own profile: thousands of sessions are too many for a debug build.
    context.run(&mut cargo(&["test", "--locked", "--package", "simulation", "--profile", simulate::PROFILE]))
}

fn provider(context: &Context) -> Result<()> {
    tools::node()?;
    tools::provider_packages(&context.workspace)?;
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    context.run(Command::new(npm).arg("test").current_dir(context.workspace.at("provider")))
}

fn wasm(context: &Context, engine: Engine) -> Result<()> {
    let programs = engine.programs()?;
    let (driver, capabilities) = match engine {
        Engine::Chromium => {
            ("CHROMEDRIVER", json!({ "goog:chromeOptions": { "binary": programs.browser, "args": chromium::arguments() } }))
        }
        // The test runner asks for a browser without windows itself.
        Engine::Firefox => ("GECKODRIVER", json!({ "moz:firefoxOptions": { "binary": programs.browser } })),
        Engine::WebKit => bail!("wasm-bindgen's test runner does not know WebKitWebDriver."),
    };
    let file = scratch(context, &format!("webdriver-{}.json", engine.name()));
    fs::write(&file, capabilities.to_string())?;
    let mut tests = cargo(&["test", "--locked", "--package", "hushkey", "--target", WASM, "--features", "app,inspector", "--test", "*"]);
    // It takes the first driver that it finds in the environment, whoever put it there.
    for other in ["GECKODRIVER", "GECKODRIVER_REMOTE", "CHROMEDRIVER", "CHROMEDRIVER_REMOTE"] {
        tests.env_remove(other);
    }
    context.run(
        tests
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", WASM_BINDGEN.program("wasm-bindgen-test-runner")?)
            .env(driver, programs.driver)
            .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", file)
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

fn image(context: &Context) -> Result<()> {
    context.run(Command::new(lint::hadolint()?).args(["--failure-threshold", "style", "container/Dockerfile"]))?;
    for script in ["build.sh", "start.sh"] {
        context.run(Command::new("sh").arg("-n").arg(format!("container/{script}")))?;
    }
    Ok(())
}

fn e2e(context: &Context, engine: Engine) -> Result<()> {
    tools::node()?;
    tools::provider_packages(&context.workspace)?;
    let mut suite = suite(engine, "app");
    // The drivers of the others know one window that is looked at.
    if engine == Engine::Chromium {
        suite.args(["--together", "2"]);
    }
    context.run(&mut suite)
}

/// What is worth a second engine: the rest is decided by code that is the same in all of them.
const IN_FIREFOX: &str =
    "=oidcc-client-test,=oidcc-client-test-invalid-iss,=oidcc-client-test-nonce-invalid,=oidcc-client-test-signing-key-rotation";

/// Most of the time of these is spent watching that nothing happens: several at once take hardly longer than one.
fn oidf(context: &Context, engine: Engine) -> Result<()> {
    tools::node()?;
    tools::provider_packages(&context.workspace)?;
    let mut suite = suite(engine, "oidf");
    suite.args(["--together", "6"]);
    if engine != Engine::Chromium {
        suite.args(["--only", IN_FIREFOX]);
    }
    context.run(&mut suite)
}

/// What a server has a part in. The rest is between the page and the provider.
const HOSTED: &str = "sign-in,deep-link,reload,head-start,shell,api,renew,sign-out,cancel,relay,headers,framed,opened,forged-messages,changed,\
    paused,organisations,second-tab,keyboard,anywhere";

fn hosts(context: &Context, engine: Engine) -> Result<()> {
    tools::node()?;
    tools::provider_packages(&context.workspace)?;
    for server in WebServer::ALL {
        server.program()?;
        context.run(suite(engine, "app").args(["--bare", "--host", server.name(), "--only", HOSTED]))?;
    }
    Ok(())
}

fn smallest(context: &Context, engine: Engine) -> Result<()> {
    context.run(suite(engine, "app").args(["--smallest", "--bare", "--only", "sign-in,reload,api,head-start,problem,wrong-configuration"]))
}

/// A part of the steps, or of the engines, cannot tell whether the page is right.
fn conformance(context: &Context) -> Result<()> {
    conformance::check(context.workspace.root(), &context.workspace.scratch("test"))
}

fn suite(engine: Engine, group: &str) -> Command {
    cargo(&["test", "--locked", "--package", "e2e", "--test", "suite", "--", "--engine", engine.name(), "--group", group])
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
