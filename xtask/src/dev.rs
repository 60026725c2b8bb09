//! `cargo xtask dev`: the app under Trunk, rebuilt and reloaded as it is edited.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tokio::process::Command;

use crate::config::Deployment;
use crate::serve::stop_signal;
use crate::tools::{TRUNK, WASM_BINDGEN};
use crate::workspace::Workspace;
use crate::{html, ports, run, tools};

/// Names the file that the hook takes the configuration from.
const CONFIG_VARIABLE: &str = "HUSHKEY_DEV_CONFIG";

/// Serves the app until Ctrl-C.
pub async fn command(port: u16) -> Result<()> {
    let ports = ports::three(port)?;
    ports::require_free(&ports)?;
    let workspace = Workspace::find()?;
    tools::node()?;
    tools::wasm_target(&workspace)?;
    let path = tools::path_with(&[TRUNK.install()?, WASM_BINDGEN.install()?])?;
    tools::provider_packages(&workspace)?;

    let home = workspace.scratch("dev");
    fs::create_dir_all(&home)?;
    fs::write(home.join("config.json"), Deployment::local(ports)?.text)?;
    let settings = home.join("Trunk.toml");
    fs::write(&settings, trunk_settings(&workspace, port, &env::current_exe()?))?;

    let mut provider = run::start_provider(&workspace, ports).await?;
    run::welcome(ports, &provider.people);
    let mut trunk = Command::new(TRUNK.program("trunk")?)
        .arg("serve")
        .arg("--config")
        .arg(settings)
        .env("PATH", path)
        .env(CONFIG_VARIABLE, home.join("config.json"))
        .env_remove("NO_COLOR") // Trunk takes no other value than true or false
        .kill_on_drop(true)
        .spawn()
        .context("Trunk did not start.")?;
    tokio::select! {
        () = stop_signal() => {}
        error = provider.ended() => return Err(error),
        status = trunk.wait() => bail!("Trunk ended with {}.", status?),
    }
    trunk.kill().await.ok();
    provider.stop().await;
    println!("\nStopped.");
    Ok(())
}

/// What Trunk runs after each build: puts the configuration for the chosen
/// ports in place of the one for the default ports in `index.html`.
pub fn hook() -> Result<()> {
    let variable = |name: &str| env::var_os(name).map(PathBuf::from).with_context(|| format!("{name} is not set."));
    let page = variable("TRUNK_STAGING_DIR")?.join("index.html");
    let config = fs::read_to_string(variable(CONFIG_VARIABLE)?)?;
    let configured = html::configure(&fs::read_to_string(&page)?, &config)?;
    fs::write(page, configured)?;
    Ok(())
}

/// The settings of `Trunk.toml` in the repository, with the port and the hook.
/// Trunk reads paths relative to the file, so that all are absolute here.
fn trunk_settings(workspace: &Workspace, port: u16, hook: &Path) -> String {
    let quoted = |path: &Path| serde_json::Value::from(path.to_string_lossy()).to_string();
    let at = |path: &str| quoted(&workspace.at(path));
    let ignored: Vec<String> = UNWATCHED.iter().map(|path| at(path)).collect();
    format!(
        "[build]\ntarget = {}\ndist = {}\n\n[tools]\nwasm_bindgen = \"{}\"\n\n\
         [watch]\nignore = [{}, {}]\n\n[serve]\nport = {port}\ndisable_csp = true\ndisable_address_lookup = true\n\n\
         [[hooks]]\nstage = \"post_build\"\ncommand = {}\ncommand_arguments = [\"dev-hook\"]\n",
        at("index.html"),
        quoted(&workspace.scratch("dev/dist")),
        WASM_BINDGEN.version(),
        ignored.join(", "),
        quoted(workspace.target()),
        quoted(hook),
    )
}

/// Folders of the repository in which nothing belongs to the app.
const UNWATCHED: [&str; 3] = ["e2e", "provider", "xtask"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_in_the_repository_pin_the_same_tools() -> Result<()> {
        let settings = fs::read_to_string(Workspace::find()?.at("Trunk.toml"))?;
        let pin = format!("wasm_bindgen = \"{}\"", WASM_BINDGEN.version());
        assert!(settings.contains(&pin), "Trunk.toml should say {pin}");
        let trunk = format!("trunk-version = \"={}\"", TRUNK.version());
        assert!(settings.contains(&trunk), "Trunk.toml should say {trunk}");
        for folder in UNWATCHED {
            assert!(settings.contains(&format!("\"{folder}\"")), "{folder} is watched");
        }
        Ok(())
    }
}
