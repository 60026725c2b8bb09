//! A bundle in a folder of its own, from which deployments are made where there is no compiler.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::{Bundle, immutable};
use crate::dist::{clear, copy};
use crate::process::say;
use crate::wasm::{Build, Extensions};
use crate::workspace::Workspace;

/// Tells such a folder from others, so no name that anybody else would give a file.
const PAGE: &str = "hushkey-page.html";
const RELAY: &str = "relay.html";

/// The command `cargo xtask bundle`.
pub fn command(out: &Path, build: Build) -> Result<()> {
    let bundle = super::make(&Workspace::find()?, build, &Extensions::All)?;
    clear(out, PAGE)?;
    bundle.keep(out)?;
    say(&format!("{} is ready for `xtask dist --bundle`.", out.display()));
    Ok(())
}

impl Bundle {
    /// Writes it down.
    pub fn keep(&self, folder: &Path) -> Result<()> {
        copy(&self.files, &folder.join("files"))?;
        fs::write(folder.join(RELAY), &self.relay)?;
        fs::write(folder.join(PAGE), &self.page)?;
        Ok(())
    }

    /// Takes one that was written down.
    pub fn kept(folder: &Path) -> Result<Self> {
        let read = |name: &str| {
            let file = folder.join(name);
            fs::read_to_string(&file).with_context(|| format!("{} is missing; `cargo xtask bundle` writes such a folder.", file.display()))
        };
        let files = folder.join("files");
        Ok(Self {
            page: read(PAGE)?,
            relay: read(RELAY)?,
            immutable: immutable(&files)?,
            files,
            build: Build::Plain,
            extensions: Extensions::All,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_what_is_taken() -> Result<()> {
        let home = tempfile::tempdir()?;
        let files = home.path().join("made");
        fs::create_dir_all(&files)?;
        fs::write(files.join("app-ba7816bf8f01cfea.css"), "p{}")?;
        let made = Bundle {
            files,
            page: "page".to_owned(),
            relay: "relay".to_owned(),
            build: Build::Plain,
            extensions: Extensions::All,
            immutable: vec!["/app-ba7816bf8f01cfea.css".to_owned()],
        };
        let folder = home.path().join("kept");
        made.keep(&folder)?;
        let kept = Bundle::kept(&folder)?;
        assert_eq!((kept.page, kept.relay, kept.immutable), (made.page, made.relay, made.immutable));
        assert_eq!(fs::read_to_string(kept.files.join("app-ba7816bf8f01cfea.css"))?, "p{}");

        clear(&folder, PAGE)?;
        assert_eq!(fs::read_dir(&folder)?.count(), 0, "its own folder may be written anew");
        fs::write(folder.join("page.html"), "somebody's")?;
        assert!(clear(&folder, PAGE).is_err() && folder.join("page.html").is_file(), "another is left alone");

        let error = Bundle::kept(home.path()).expect_err("no bundle").to_string();
        assert!(error.contains("hushkey-page.html is missing"), "{error}");
        Ok(())
    }
}
