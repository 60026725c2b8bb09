//! The folders that are served: hushkey as it is deployed, the others as their tools make them, all compressed by the same code.

use crate::apps::{APPS, App, Made, Ports};
use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use xtask::{
    bundle::{self, Bundle},
    compress,
    config::Deployment,
    digest, dist,
    process::quietly,
    tools,
    wasm::{Build, Extensions},
    workspace::Workspace,
};

/// The bundler of the peers, below their folder.
const VITE: &str = "node_modules/vite/bin/vite.js";

/// Makes the folders of all apps.
#[derive(Debug)]
pub(crate) struct Workshop {
    workspace: Workspace,
    ports: Ports,
    bundle: Option<Bundle>,
}

impl Workshop {
    /// Builds what the apps have in common.
    pub(crate) fn open(workspace: &Workspace, ports: Ports, apps: &[App]) -> Result<Self> {
        let bundle = match apps.iter().any(|app| matches!(app.made, Made::Hushkey(_) | Made::Shell(_))) {
            true => Some(bundle::make(workspace, Build::Smallest, &Extensions::NONE)?),
            false => None,
        };
        if apps.iter().any(|app| app.made == Made::Peer) {
            tools::packages(&workspace.at("bench/peers"), "Installing the other libraries")?;
        }
        Ok(Self { workspace: workspace.clone(), ports, bundle })
    }

    /// How hushkey was compiled.
    pub(crate) fn build(&self) -> Option<Build> {
        self.bundle.as_ref().map(|bundle| bundle.build)
    }

    /// Makes the folder of an app, or finds it made.
    pub(crate) fn make(&self, app: &App) -> Result<PathBuf> {
        let folder = self.scratch(app.name);
        match app.made {
            Made::Hushkey(modes) | Made::Shell(modes) => {
                let bundle = self.bundle.as_ref().context("the app was not built")?;
                let deployment = Deployment::check(&self.ports.configuration(app, modes), Some(&self.ports.origin(app)))?;
                let service_worker = matches!(app.made, Made::Shell(_));
                dist::write(bundle, &Deployment { service_worker, ..deployment }, &folder)?;
            }
            Made::Peer => self.peer(app, &folder)?,
            Made::Floor => {
                let source = self.workspace.at("bench/floor");
                self.place(app, &source, &folder)?;
            }
        }
        Ok(folder)
    }

    fn peer(&self, app: &App, folder: &Path) -> Result<()> {
        let peers = self.workspace.at("bench/peers");
        let mut sources = vec![peers.join("package-lock.json"), peers.join("vite.config.mjs")];
        sources.extend(files(&peers.join(app.name))?.into_iter().map(|name| peers.join(app.name).join(name)));
        let (issuer, port) = (self.ports.issuer_name(app.issuer), self.ports.app(app));
        let mut all = format!("{issuer} {port} {}", headers(app)).into_bytes();
        for source in sources {
            all.extend(fs::read(source)?);
        }
        let (stamp, wanted) = (self.scratch(&format!("{}.stamp", app.name)), digest::short(&all));
        if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
            return Ok(());
        }
        let built = self.scratch("vite").join(app.name);
        let mut vite = Command::new("node");
        vite.args([VITE, "build"]).current_dir(&peers);
        vite.env("BENCH_APP", app.name).env("BENCH_OUT", &built).env("BENCH_ISSUER", issuer).env("BENCH_CLIENT", app.name);
        quietly(&mut vite, &format!("Building the app with {}", app.name))?;
        self.place(app, &built, folder)?;
        fs::write(stamp, wanted)?; // last: only a whole folder counts
        Ok(())
    }

    /// Copies a folder to where it is served from, with compressed twins and headers.
    fn place(&self, app: &App, from: &Path, to: &Path) -> Result<()> {
        if to.exists() {
            fs::remove_dir_all(to)?;
        }
        for name in files(from)? {
            let mut bytes = fs::read(from.join(&name))?;
            if app.made == Made::Floor {
                let text = String::from_utf8(bytes)?;
                bytes = text.replace("%ISSUER%", &self.ports.issuer_name(app.issuer)).replace("%CLIENT%", app.name).into_bytes();
            }
            compress::write(&to.join(name), &bytes)?;
        }
        Ok(fs::write(to.join("_headers"), headers(app))?)
    }

    fn scratch(&self, name: &str) -> PathBuf {
        self.workspace.scratch("bench").join(name)
    }
}

/// The app that is always there: its empty page is what memory is compared with.
pub(crate) fn floor() -> Option<App> {
    APPS.into_iter().find(|app| app.made == Made::Floor)
}

/// How long files may be kept: the same as hushkey's of the same kind.
fn headers(app: &App) -> String {
    let relay = app.relay.map(|path| format!("\n{path}\n  Cache-Control: public, max-age=3600\n")).unwrap_or_default();
    format!("/*\n  Cache-Control: no-cache\n\n/assets/*\n  Cache-Control: public, max-age=31536000, immutable\n{relay}")
}

/// The names of all files below a folder, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let entry = entry?;
        let name = PathBuf::from(entry.file_name());
        if entry.file_type()?.is_dir() {
            found.extend(files(&entry.path())?.into_iter().map(|below| name.join(below)));
        } else {
            found.push(name);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use xtask::headers::Headers;

    #[test]
    fn a_peer_may_keep_what_hushkey_may_keep() -> Result<()> {
        let app = APPS.into_iter().find(|app| app.relay == Some("/silent.html")).context("an app with a relay page")?;
        let headers = Headers::parse(&headers(&app))?;
        let cache = |path| headers.of(path).into_iter().map(|(_, value)| value).collect::<Vec<_>>();
        assert_eq!(cache("/account"), ["no-cache"]);
        assert_eq!(cache("/silent.html"), ["public, max-age=3600"]);
        assert_eq!(cache("/assets/index-D_sGsudf.js"), ["public, max-age=31536000, immutable"]);
        Ok(())
    }
}
