//! The servers that a deployed folder is tried on: nginx and Caddy.
//!
//! Where they are missing they are taken out of Debian's packages into the user's cache, and not installed: nobody wants a web server on port 80 because
//! of a test.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::engines::is_root;
use crate::hosts::Host;
use crate::process::{output, quietly};
use crate::{tools, workspace};

/// A web server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WebServer {
    /// nginx.
    Nginx,
    /// Caddy.
    Caddy,
}

impl WebServer {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Nginx, Self::Caddy];

    /// The name for `--host`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Caddy => "caddy",
        }
    }

    /// As whom `dist` knows it.
    pub fn host(self) -> Host {
        match self {
            Self::Nginx => Host::Nginx,
            Self::Caddy => Host::Caddy,
        }
    }

    /// The program: on the machine, or in the cache, or out of a package.
    pub fn program(self) -> Result<PathBuf> {
        let name = self.name();
        let named = env::var_os(name.to_uppercase()).filter(|value| !value.is_empty()).map(PathBuf::from);
        let system = PathBuf::from("/usr/sbin").join(name);
        if let Some(found) = named.or_else(|| tools::find(&[name])).or_else(|| system.is_file().then_some(system)) {
            return Ok(found);
        }
        let hint = format!(
            "This test needs {name}. On Debian and Ubuntu: sudo apt-get install {name} (and stop its service). Elsewhere, install it, and name it \
             in {} if it is not on the PATH.",
            name.to_uppercase()
        );
        let Ok(version) = fs::read_to_string("/etc/debian_version") else { bail!("{hint}") };
        let folder = workspace::cache()?.join("tools").join(format!("{name}-debian-{}", version.trim().replace('/', "-")));
        self.unpack(&folder).with_context(|| hint.clone())?;
        let program = ["usr/sbin", "usr/bin"].map(|place| folder.join(place).join(name)).into_iter().find(|program| program.is_file());
        let program = program.with_context(|| hint.clone())?;
        // It may lack a library of the system.
        let version = if self == Self::Nginx { "-v" } else { "version" };
        output(Command::new(&program).arg(version), &format!("asking {name} its version")).with_context(|| hint)?;
        Ok(program)
    }

    fn unpack(self, folder: &Path) -> Result<()> {
        tools::once(folder, |fresh| {
            let download =
                || quietly(Command::new("apt-get").args(["download", "-qq", self.name()]).current_dir(fresh), "Fetching a web server");
            if let Err(error) = download() {
                if !is_root() {
                    return Err(error);
                }
                output(Command::new("apt-get").args(["update", "-qq"]), "reading the list of packages")?;
                download()?;
            }
            for entry in fs::read_dir(fresh)? {
                let package = entry?.path();
                if package.extension().is_some_and(|end| end == "deb") {
                    output(Command::new("dpkg-deb").arg("-x").arg(&package).arg(fresh), "unpacking a web server")?;
                    fs::remove_file(package)?;
                }
            }
            Ok(())
        })
    }
}
