//! The tools that the commands need: found, installed where that is possible,
//! or asked for in a plain sentence.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::digest;
use crate::process::{self, quietly, say};
use crate::workspace::{self, Workspace};

/// The oldest Node that the provider runs on.
const NODE: u32 = 20;

/// The compilation target of the app.
pub const WASM: &str = "wasm32-unknown-unknown";

/// A program that is installed from crates.io into the user's cache.
#[derive(Clone, Copy, Debug)]
pub struct Crate {
    name: &'static str,
    version: &'static str,
    flags: &'static [&'static str],
}

/// Serves the app while it is being worked on. Without its default features,
/// which look for updates and download tools over TLS: neither is wanted here.
pub const TRUNK: Crate = Crate { name: "trunk", version: "0.21.14", flags: &["--locked", "--no-default-features"] };

/// The command line of wasm-bindgen and its test runner. Not `--locked`: the
/// package comes without a lock file.
pub const WASM_BINDGEN: Crate = Crate { name: "wasm-bindgen-cli", version: "0.2.130", flags: &[] };

/// Drives Firefox.
pub const GECKODRIVER: Crate = Crate { name: "geckodriver", version: "0.37.1", flags: &["--locked"] };

/// Checks licences, duplicates and sources of the dependencies.
pub const CARGO_DENY: Crate = Crate { name: "cargo-deny", version: "0.20.2", flags: &["--locked"] };

/// Tries hostile input.
pub const CARGO_FUZZ: Crate = Crate { name: "cargo-fuzz", version: "0.13.2", flags: &["--locked"] };

/// Changes the code, to see whether the tests notice.
pub const CARGO_MUTANTS: Crate = Crate { name: "cargo-mutants", version: "27.1.0", flags: &["--locked"] };

impl Crate {
    /// The version that is pinned here.
    pub fn version(&self) -> &'static str {
        self.version
    }

    /// One of the installed programs.
    pub fn program(&self, name: &str) -> Result<PathBuf> {
        Ok(self.install()?.join(name).with_extension(env::consts::EXE_EXTENSION))
    }

    /// The folder with the installed programs; installs them if it is not there.
    pub fn install(&self) -> Result<PathBuf> {
        let Self { name, version, .. } = self;
        let folder = workspace::cache()?.join("tools").join(format!("{name}-{version}"));
        once(&folder, |fresh| {
            quietly(
                // Unoptimised and without debug information: these tools run
                // for seconds, but optimising them takes minutes.
                Command::new("cargo")
                    .args(["install", "--quiet", "--debug", "--no-track", "--root"])
                    .arg(fresh)
                    .args(["--version", version])
                    .args(self.flags)
                    .arg(name)
                    .env("CARGO_PROFILE_DEV_DEBUG", "false")
                    .env("CARGO_PROFILE_DEV_OPT_LEVEL", "0")
                    .env_remove("CARGO_TARGET_DIR"),
                &format!("Installing {name} {version} from source, once (a few minutes)"),
            )
        })?;
        Ok(folder.join("bin"))
    }
}

/// Checks that Node is there and new enough.
pub fn node() -> Result<()> {
    let hint = format!("Install Node {NODE} or newer (https://nodejs.org), then run this again.");
    let version = process::output(Command::new("node").arg("--version"), "asking Node its version").with_context(|| hint.clone())?;
    let major = version.trim().trim_start_matches('v').split('.').next();
    match major.and_then(|major| major.parse::<u32>().ok()) {
        Some(major) if major >= NODE => Ok(()),
        _ => bail!("Node {} is too old. {hint}", version.trim()),
    }
}

/// Checks that the toolchain can compile for the browser; adds the target if not.
pub fn wasm_target(workspace: &Workspace) -> Result<()> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", WASM]).current_dir(workspace.root());
    let folder = process::output(&mut rustc, "asking rustc for its targets")?;
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    quietly(Command::new("rustup").args(["target", "add", WASM]).current_dir(workspace.root()), &format!("Adding the Rust target {WASM}"))
        .context(format!("The Rust target {WASM} is missing; add it to the toolchain."))
}

/// Checks that the toolchain has the sources of the standard library; adds them if not.
pub fn standard_library_sources(workspace: &Workspace) -> Result<()> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "sysroot"]).current_dir(workspace.root());
    let sysroot = process::output(&mut rustc, "asking rustc where it is")?;
    if Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.lock").is_file() {
        return Ok(());
    }
    quietly(
        Command::new("rustup").args(["component", "add", "rust-src"]).current_dir(workspace.root()),
        "Adding the sources of the standard library",
    )
    .context("The component rust-src is missing; add it to the toolchain.")
}

/// Installs the provider's packages.
pub fn provider_packages(workspace: &Workspace) -> Result<()> {
    packages(&workspace.at("provider"), "Installing the local provider's packages")
}

/// Installs a folder's packages from npm when its lock file is not the one that
/// they were installed from.
pub fn packages(folder: &Path, doing: &str) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let lock = fs::read(&lock).with_context(|| format!("{} is missing from this checkout.", lock.display()))?;
    let stamp = folder.join("node_modules/.hushkey-lock");
    let wanted = digest::short(&lock);
    let is_there = || fs::read_to_string(&stamp).is_ok_and(|found| found == wanted);
    if is_there() {
        return Ok(());
    }
    // Two at a time spoil each other's folder. Whoever waited finds it done.
    let name = digest::short(folder.as_os_str().as_encoded_bytes());
    let turn = File::create(env::temp_dir().join(format!("hushkey-npm-{name}.lock")))?;
    turn.lock()?;
    if is_there() {
        return Ok(());
    }
    quietly(&mut npm_ci(folder), doing)?;
    fs::create_dir_all(folder.join("node_modules"))?;
    fs::write(stamp, wanted)?;
    Ok(())
}

/// Tools that come from npm, to be run with Node.
#[derive(Debug)]
pub struct NpmTools {
    folder: PathBuf,
}

impl NpmTools {
    /// The optimiser of WebAssembly, from the binaryen package.
    pub fn wasm_opt(&self) -> PathBuf {
        self.folder.join("node_modules/binaryen/bin/wasm-opt")
    }

    /// The minifier of scripts.
    pub fn terser(&self) -> PathBuf {
        self.folder.join("node_modules/terser/bin/terser")
    }
}

/// The tools from npm that are pinned here.
pub fn npm_tools(workspace: &Workspace) -> Result<NpmTools> {
    Ok(NpmTools { folder: npm_packages(&workspace.at("xtask/npm"), "Installing wasm-opt and terser, once")? })
}

/// The folder with the packages that `cargo xtask validation` measures against.
pub fn validation_packages(workspace: &Workspace) -> Result<PathBuf> {
    npm_packages(&workspace.at("xtask/validation"), "Installing jose, once")
}

/// The folder with what the end-to-end run judges pages by: axe-core and Lighthouse.
pub fn judges(workspace: &Workspace) -> Result<PathBuf> {
    npm_packages(&workspace.at("e2e/npm"), "Installing axe-core and Lighthouse, once")
}

/// What a lock file names, in a folder of its own in the user's cache.
fn npm_packages(source: &Path, doing: &str) -> Result<PathBuf> {
    let lock = fs::read(source.join("package-lock.json"))?;
    let folder = workspace::cache()?.join("npm").join(digest::short(&lock));
    once(&folder, |fresh| {
        for name in ["package.json", "package-lock.json"] {
            fs::copy(source.join(name), fresh.join(name))?;
        }
        quietly(&mut npm_ci(fresh), doing)
    })?;
    Ok(folder)
}

/// `PATH` with these folders in front.
pub fn path_with(folders: &[PathBuf]) -> Result<OsString> {
    let rest = env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(env::split_paths(&rest));
    env::join_paths(all).context("A folder of the PATH has a name that cannot stand there.")
}

/// The first of these programs that is on the `PATH`.
pub fn find(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .map(|program| program.with_extension(env::consts::EXE_EXTENSION))
        .find(|program| program.is_file())
}

fn npm_ci(folder: &Path) -> Command {
    let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.args(["ci", "--no-audit", "--no-fund", "--prefer-offline"]).current_dir(folder);
    npm
}

/// Fills a folder once for all times: it appears under its name only when it is
/// complete, however often the filling was interrupted, whoever else fills it.
pub(crate) fn once(folder: &Path, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().context("A cache folder without a parent.")?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let fresh = parent.join(format!(".{name}-{}", std::process::id()));
    fs::create_dir_all(&fresh).with_context(|| format!("The cache folder {} cannot be written.", fresh.display()))?;
    let filled = fill(&fresh);
    let placed = filled.and_then(|()| match fs::rename(&fresh, folder) {
        Err(_) if folder.is_dir() => {
            say("  (another run has installed it meanwhile)");
            Ok(())
        }
        other => other.map_err(anyhow::Error::from),
    });
    if fresh.is_dir() {
        fs::remove_dir_all(&fresh)?;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[test]
    fn a_cache_folder_appears_only_when_it_is_complete() -> Result<()> {
        let home = tempfile::tempdir()?;
        let folder = home.path().join("tools/x-1");
        let failed = once(&folder, |fresh| {
            fs::write(fresh.join("half"), "")?;
            Err(anyhow!("interrupted"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_dir(home.path().join("tools"))?.count(), 0);

        once(&folder, |fresh| Ok(fs::write(fresh.join("whole"), "")?))?;
        assert!(folder.join("whole").is_file());
        once(&folder, |_| Err(anyhow!("must not be filled again")))
    }

    #[test]
    fn the_pinned_wasm_bindgen_is_the_one_of_the_lock_file() -> Result<()> {
        let lock = fs::read_to_string(Workspace::find()?.at("Cargo.lock"))?;
        for name in ["wasm-bindgen", "wasm-bindgen-cli-support"] {
            let entry = format!("name = \"{name}\"\nversion = \"{}\"\n", WASM_BINDGEN.version());
            assert!(lock.contains(&entry), "{name} is not {}", WASM_BINDGEN.version());
        }
        Ok(())
    }
}
