//! The app as JavaScript and WebAssembly: cargo and wasm-bindgen.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::process::{quietly, say};
use crate::shrink;
use crate::tools::{self, WASM};
use crate::workspace::Workspace;

/// How the app is compiled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Build {
    /// With everything, and the standard library as it comes with the toolchain.
    #[default]
    Plain,
    /// Without the flow inspector, with a standard library of its own, compiled for size, and without the texts of panics. A sixth smaller and a minute slower to build. It needs
    /// switches that the compiler calls unstable; the toolchain is pinned, so they are the same for everybody.
    Smallest,
}

/// Which extensions of the protocol the app is built with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Extensions {
    /// All, so that any configuration works.
    #[default]
    All,
    /// Those with these names: what a configuration needs.
    Only(Vec<&'static str>),
}

impl Extensions {
    /// None at all.
    pub const NONE: Self = Self::Only(Vec::new());

    /// The cargo features.
    fn features(&self) -> Vec<&str> {
        match self {
            Self::All => vec!["extensions"],
            Self::Only(names) => names.clone(),
        }
    }

    /// The first of these that is not there.
    pub fn lack<'a>(&self, needed: &[&'a str]) -> Option<&'a str> {
        match self {
            Self::All => None,
            Self::Only(names) => needed.iter().find(|name| !names.contains(name)).copied(),
        }
    }

    /// For a folder that is kept apart from those with other extensions.
    pub fn tag(&self) -> String {
        match self {
            Self::All => String::new(),
            Self::Only(names) => ["-with", if names.is_empty() { "-none" } else { "" }]
                .into_iter()
                .chain(names.iter().flat_map(|name| ["-", name]))
                .collect(),
        }
    }
}

/// What the smallest build tells the compiler: a panic stops the app at once, as it would anyway, but says nothing; nothing that is meant for
/// programmers is kept. What `.cargo/config.toml` says has to be said again.
const SMALLEST_FLAGS: &str =
    "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none --cfg sha2_backend_soft=\"compact\"";

/// What it tells cargo.
const SMALLEST: [&str; 2] = ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"];

/// Compiles the app for the browser. Says where the module is, and how it was compiled in the end.
pub fn compile(workspace: &Workspace, build: Build, extensions: &Extensions) -> Result<(PathBuf, Build)> {
    tools::wasm_target(workspace)?;
    match build {
        Build::Plain => Ok((plain(workspace, extensions)?, build)),
        Build::Smallest => smallest(workspace, extensions).map(|module| (module, build)).or_else(|why| {
            say(&format!("  The smallest build did not work, so this is a plain one: {why:#}"));
            Ok((plain(workspace, extensions)?, Build::Plain))
        }),
    }
}

fn plain(workspace: &Workspace, extensions: &Extensions) -> Result<PathBuf> {
    built(
        &mut cargo(workspace, workspace.target(), &["app", "inspector"], extensions),
        workspace.target(),
        "Building the app (the first time takes a few minutes)",
    )
}

fn smallest(workspace: &Workspace, extensions: &Extensions) -> Result<PathBuf> {
    tools::standard_library_sources(workspace)?;
    // Apart, or each build would undo the other.
    let target = workspace.scratch("smallest");
    let mut cargo = cargo(workspace, &target, &["app"], extensions);
    // The switches are the same ones as in a nightly toolchain; this is how a stable one is told that they are meant.
    cargo.args(SMALLEST).env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", SMALLEST_FLAGS);
    built(&mut cargo, &target, "Building the app and a small standard library (the first time takes some minutes)")
}

fn cargo(workspace: &Workspace, target: &Path, rings: &[&str], extensions: &Extensions) -> Command {
    let features = [rings, &extensions.features()].concat().join(",");
    let mut cargo = Command::new("cargo");
    cargo
        .args(["build", "--quiet", "--release", "--locked", "--target", WASM])
        .args([
            "--package", "hushkey", "--bin", "hushkey", "--bin", "doctor", "--no-default-features", "--features", &features, "--target-dir",
        ])
        .arg(target)
        .current_dir(workspace.root());
    cargo
}

fn built(cargo: &mut Command, target: &Path, what: &str) -> Result<PathBuf> {
    quietly(cargo, what)?;
    let module = target.join(WASM).join("release/hushkey.wasm");
    for file in [&module, &doctor(&module)] {
        ensure!(file.is_file(), "cargo did not leave {}.", file.display());
    }
    Ok(module)
}

/// The module that the page `/doctor` loads, which is compiled with the app.
pub fn doctor(module: &Path) -> PathBuf {
    module.with_file_name("doctor.wasm")
}

/// Makes `hushkey.js` and `hushkey_bg.wasm` of the compiled module of that name,
/// and maybe a folder `snippets` that the script imports from.
pub fn bind(workspace: &Workspace, module: &Path, folder: &Path) -> Result<()> {
    let name = module.file_stem().unwrap_or_default().to_string_lossy();
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Bindgen::new()
        .input_path(module)
        .web(true)?
        .typescript(false)
        .remove_producers_section(true)
        // The page says where the module is; the script need not know its name.
        .omit_default_module_path(true)
        .generate(folder)
        .context("wasm-bindgen failed.")?;
    shrink::shrink(workspace, &folder.join(format!("{name}.js")), &folder.join(format!("{name}_bg.wasm")))
}
