//! The app as JavaScript and WebAssembly: cargo and wasm-bindgen.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow};
use wasm_bindgen_cli_support::Bindgen;

use crate::process::{quietly, say};
use crate::shrink;
use crate::tools::{self, WASM};
use crate::workspace::Workspace;

/// Compiles the app for the browser and says where the module is.
pub fn compile(workspace: &Workspace) -> Result<PathBuf> {
    tools::wasm_target(workspace)?;
    quietly(
        Command::new("cargo")
            .args(["build", "--quiet", "--release", "--locked", "--target", WASM])
            .args(["--package", "hushkey", "--bin", "hushkey", "--features", "app"])
            .current_dir(workspace.root()),
        "Building the app (the first time takes a few minutes)",
    )?;
    let module = workspace.target().join(WASM).join("release/hushkey.wasm");
    match module.is_file() {
        true => Ok(module),
        false => Err(anyhow!("cargo did not leave {}.", module.display())),
    }
}

/// Makes `hushkey.js` and `hushkey_bg.wasm` of a compiled module, and maybe a
/// folder `snippets` that the script imports from.
pub fn bind(workspace: &Workspace, module: &Path, folder: &Path) -> Result<()> {
    say("Making it fit for the browser …");
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Bindgen::new()
        .input_path(module)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // The page says where the module is; the script need not know its name.
        .omit_default_module_path(true)
        .generate(folder)
        .context("wasm-bindgen failed.")?;
    shrink::shrink(workspace, &folder.join("hushkey.js"), &folder.join("hushkey_bg.wasm"))
}
