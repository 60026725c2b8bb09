//! What the image does, without an image: the folder that its first stage makes, and the start of its second one, by somebody who owns nothing.

use crate::wait::{until, yes};
use anyhow::{Context, Result, bail};
use std::{
    env, fs,
    os::unix::fs::chown,
    path::{Path, PathBuf},
    process::{Output, Stdio},
};
use tokio::process::{Child, Command};
use xtask::{ports, process, servers::WebServer, workspace::Workspace};

/// As whom it runs: nobody.
const NOBODY: u32 = 65534;

/// A started container, as it were. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Container {
    _child: Child,
    /// What it has written.
    log: PathBuf,
    home: PathBuf,
}

impl Container {
    /// Starts what was made with this environment.
    pub(crate) async fn start(made: &Path, origin: &str, port: u16, configuration: &str) -> Result<Self> {
        let home = place(made)?;
        let log = home.join("run/output.log");
        let output = fs::File::create(&log)?;
        chown(&log, Some(NOBODY), Some(NOBODY))?;
        let mut child = command(&home)
            .env("HUSHKEY_CONFIG", configuration)
            .env("HUSHKEY_ORIGIN", origin)
            .env("HUSHKEY_PORT", port.to_string())
            .stdout(output.try_clone()?)
            .stderr(output)
            .kill_on_drop(true)
            .spawn()?;
        let ready = until("the container to listen", async || Ok(yes(ports::listens(port)?))).await;
        if let (Err(error), ended) = (ready, child.try_wait()?) {
            bail!("{error:#} (ended: {ended:?}): {}", fs::read_to_string(&log)?);
        }
        Ok(Self { _child: child, log, home })
    }

    /// What it has written.
    pub(crate) fn log(&self) -> Result<String> {
        Ok(fs::read_to_string(&self.log)?)
    }

    /// Starts another one with this environment, which must end by itself.
    pub(crate) async fn ends(&self, environment: &[(&str, &str)]) -> Result<Output> {
        Ok(command(&self.home).envs(environment.iter().copied()).output().await?)
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        // What is left behind is in the folder for temporary files.
        fs::remove_dir_all(&self.home).ok();
    }
}

/// The entry point of the image, with what the image sets.
fn command(home: &Path) -> Command {
    let mut command = Command::new(home.join("opt/start.sh"));
    command
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("HUSHKEY_RUN", home.join("run"))
        .env("HUSHKEY_NGINX", home.join("nginx"))
        .env("HUSHKEY_NGINX_MODULES", home)
        .current_dir("/")
        .uid(NOBODY)
        .gid(NOBODY)
        .stdin(Stdio::null());
    command
}

/// The steps of the image's first stage: the folder that its second one is made of.
pub(crate) fn make(workspace: &Workspace) -> Result<PathBuf> {
    let made = workspace.scratch("container");
    let mut build = std::process::Command::new(workspace.at("container/build.sh"));
    process::quietly(build.arg(&made).current_dir(workspace.root()), "Making what the image is made of")?;
    Ok(made)
}

/// The steps of its second stage, in a place that everybody may look into.
fn place(made: &Path) -> Result<PathBuf> {
    let home = env::temp_dir().join(format!("hushkey-container-{}", std::process::id()));
    if home.exists() {
        fs::remove_dir_all(&home)?;
    }
    fs::create_dir_all(home.join("run"))?;
    process::output(std::process::Command::new("cp").arg("-r").arg(made).arg(home.join("opt")), "copying what the image is made of")?;
    fs::copy(WebServer::Nginx.program()?, home.join("nginx"))?;
    let module = WebServer::brotli_module()?;
    fs::copy(&module, home.join(module.file_name().context("a file")?))?;
    chown(home.join("run"), Some(NOBODY), Some(NOBODY)).context("only root can start it as somebody else")?;
    Ok(home)
}
