//! The bundle: everything of the app that does not depend on a configuration.
//!
//! It is made once and kept: as long as the compiled module and the other
//! sources have not changed, a deployment for another configuration takes no
//! time.

pub mod kept;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::html::{self, App, Asked, Link, Module, Placed};
use crate::process::say;
use crate::wasm::{self, Build, Extensions};
use crate::workspace::Workspace;
use crate::{budget, compress, digest, shrink, texts};

/// The source file of the relay page, from which it goes to where the
/// configuration wants it.
const RELAY: &str = "silent-refresh.html";

/// The script that begins to look for a session before the app is there.
const HEAD_START: &str = "assets/early.js";

/// The style sheet of the flow inspector, which the smallest build does not have.
const INSPECTOR: &str = "assets/flow.css";

/// The script that starts the app.
const STARTER: &str = "xtask/src/start.js";

/// To be raised when this code makes other bundles of the same sources.
const VERSION: u8 = 4;

/// A finished bundle.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// The folder with the files to copy, compressed twins included.
    pub files: PathBuf,
    /// The page, with the configuration block of the source.
    pub page: String,
    /// The relay page.
    pub relay: String,
    /// How the app was compiled.
    pub build: Build,
    /// What it can do beyond what every configuration needs.
    pub extensions: Extensions,
    /// Addresses of files whose names change with their content.
    pub immutable: Vec<String>,
}

/// Makes the bundle, or takes the one that is there if it is still the same.
pub fn make(workspace: &Workspace, build: Build, extensions: &Extensions) -> Result<Bundle> {
    let (module, build) = wasm::compile(workspace, build, extensions)?;
    let source = fs::read_to_string(workspace.at("index.html")).context("index.html is missing from this checkout.")?;
    let source = if build == Build::Smallest { without(&source, INSPECTOR) } else { source };
    // As it is written: minified is only what ships.
    let page = html::inline(&source, |script| {
        fs::read_to_string(workspace.at(script)).with_context(|| format!("index.html names {script}, which cannot be read."))
    })?;
    let relay = fs::read_to_string(workspace.at(RELAY)).with_context(|| format!("{RELAY} is missing from this checkout."))?;
    let assets = read_assets(workspace, &page)?;

    let kind = match build {
        Build::Plain => "bundle",
        Build::Smallest => "bundle-smallest",
    };
    let home = workspace.scratch(&[kind, &extensions.tag()].concat());
    let wanted = stamp(workspace, &module, &page, &assets)?;
    let is_new = fs::read_to_string(home.join("stamp")).is_ok_and(|found| found == wanted);
    if !is_new {
        if home.exists() {
            fs::remove_dir_all(&home)?;
        }
        let rendered = assemble(workspace, &module, &source, &assets, &home)?;
        let head_start = shrink::inline_script(workspace, &workspace.at(HEAD_START))?;
        budget::check(&home.join("files"), &rendered, &head_start, build, extensions)?;
        fs::write(home.join("index.html"), rendered)?;
        fs::write(home.join("stamp"), wanted)?; // last: only a whole bundle counts
    }
    Ok(Bundle {
        page: fs::read_to_string(home.join("index.html"))?,
        immutable: immutable(&home.join("files"))?,
        files: home.join("files"),
        relay,
        build,
        extensions: extensions.clone(),
    })
}

/// A page without the line that names this file.
fn without(page: &str, file: &str) -> String {
    page.split_inclusive('\n').filter(|line| !line.contains(file)).collect()
}

/// A file that a link of the page stands for: where it goes, and its bytes.
#[derive(Debug)]
struct Asset {
    link: Link,
    target: String,
    bytes: Vec<u8>,
}

fn read_assets(workspace: &Workspace, page: &str) -> Result<Vec<Asset>> {
    let mut assets = Vec::new();
    for link in html::links(page)? {
        let source = workspace.at(&link.href);
        let name = link.name();
        let plain = join(&link.into, name);
        match link.asked {
            Asked::App => {}
            Asked::File if link.href == RELAY => {}
            Asked::Folder => read_folder(&source, &plain, &link, &mut assets)?,
            Asked::File => assets.push(Asset::read(&source, plain, &link)?),
            Asked::Style | Asked::Icon | Asked::Texts => {
                let mut asset = Asset::read(&source, String::new(), &link)?;
                if link.asked == Asked::Texts {
                    asset.bytes = texts::bare(&String::from_utf8(asset.bytes)?).into_bytes();
                }
                asset.target = hashed(name, &asset.bytes);
                assets.push(asset);
            }
        }
    }
    Ok(assets)
}

fn read_folder(folder: &Path, target: &str, link: &Link, into: &mut Vec<Asset>) -> Result<()> {
    let listed = fs::read_dir(folder).with_context(|| format!("index.html names {}, which cannot be read.", folder.display()))?;
    for entry in listed {
        let path = entry?.path();
        let target = join(target, &path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() {
            read_folder(&path, &target, link, into)?;
        } else {
            into.push(Asset::read(&path, target, link)?);
        }
    }
    into.sort_by(|a, b| a.target.cmp(&b.target)); // folders are listed in any order
    Ok(())
}

impl Asset {
    fn read(source: &Path, target: String, link: &Link) -> Result<Self> {
        let bytes = fs::read(source).with_context(|| format!("index.html names {}, which cannot be read.", source.display()))?;
        Ok(Self { link: link.clone(), target, bytes })
    }
}

fn stamp(workspace: &Workspace, module: &Path, page: &str, assets: &[Asset]) -> Result<String> {
    let mut all = vec![VERSION];
    all.extend(digest::short(&fs::read(module)?).into_bytes());
    all.extend(digest::short(&fs::read(wasm::doctor(module))?).into_bytes());
    all.extend(fs::read(workspace.at("xtask/npm/package-lock.json"))?);
    all.extend(include_bytes!("start.js"));
    all.extend(texts::sentences(workspace)?.into_bytes());
    all.extend(page.as_bytes());
    for asset in assets {
        all.extend(asset.target.as_bytes());
        all.extend(digest::short(&asset.bytes).into_bytes());
    }
    Ok(digest::short(&all))
}

fn assemble(workspace: &Workspace, module: &Path, page: &str, assets: &[Asset], home: &Path) -> Result<String> {
    let (bound, bound_doctor) = (home.join("bound"), home.join("bound-doctor"));
    say("Making it fit for the browser …");
    wasm::bind(workspace, module, &bound)?;
    wasm::bind(workspace, &wasm::doctor(module), &bound_doctor)?;
    say("Compressing …");
    let files = home.join("files");
    let place = |name: String, bytes: &[u8]| -> Result<Placed> {
        compress::write(&files.join(&name), bytes)?;
        Ok(Placed { url: format!("/{name}"), integrity: digest::integrity(bytes) })
    };

    // Both carry the hash of both: the script and the module belong together.
    let pair = |name: &str, bound: &Path| -> Result<Module> {
        let script = fs::read(bound.join(format!("{name}.js")))?;
        let module = fs::read(bound.join(format!("{name}_bg.wasm")))?;
        let hash = digest::short(&[script.as_slice(), module.as_slice()].concat());
        Ok(Module { script: place(format!("{name}-{hash}.js"), &script)?, wasm: place(format!("{name}-{hash}_bg.wasm"), &module)? })
    };
    let starter = shrink::inline_script(workspace, &workspace.at(STARTER))?;
    let app =
        App { start: pair("hushkey", &bound)?, doctor: pair("doctor", &bound_doctor)?, sentences: texts::sentences(workspace)?, starter };
    if bound.join("snippets").exists() || bound_doctor.join("snippets").exists() {
        bail!(
            "A dependency brings JavaScript of its own (wasm-bindgen snippets), which has no \
             hashed name yet. Teach it to xtask/src/bundle.rs, or do without that dependency."
        );
    }
    let mut placed = Vec::new();
    for asset in assets {
        placed.push((&asset.link, place(asset.target.clone(), &asset.bytes)?));
    }
    let mut page = html::inline(page, |script| shrink::inline_script(workspace, &workspace.at(script)))?;
    for (link, placed) in placed.iter().filter(|(link, _)| link.asked == Asked::Texts) {
        page = html::point(&page, link.name(), placed)?;
    }
    html::render(&page, &app, |link| {
        let found = placed.iter().find(|(own, _)| *own == link);
        found.map(|(_, placed)| placed.clone()).context("A link of the page was not read.")
    })
}

/// The addresses of the files whose names carry a hash. In full, since a pattern
/// such as `/app-*` could be a view of the app, and its page kept forever.
fn immutable(files: &Path) -> Result<Vec<String>> {
    let mut addresses = Vec::new();
    for entry in fs::read_dir(files)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if is_hashed(&name) {
            addresses.push(format!("/{name}"));
        }
    }
    addresses.sort();
    Ok(addresses)
}

fn is_hashed(name: &str) -> bool {
    let Some((_, rest)) = name.rsplit_once('-') else {
        return false;
    };
    let (hash, rest) = rest.split_at_checked(16).unwrap_or_default();
    let is_hex = hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let is_twin = rest.ends_with(".br") || rest.ends_with(".gz");
    is_hex && rest.starts_with(['.', '_']) && !is_twin
}

fn hashed(name: &str, bytes: &[u8]) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
    format!("{stem}-{}.{extension}", digest::short(bytes))
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_with_the_content() {
        assert_eq!(hashed("app.css", b"abc"), "app-ba7816bf8f01cfea.css");
        assert_ne!(hashed("app.css", b"abc"), hashed("app.css", b"abd"));
    }

    #[test]
    fn a_page_can_do_without_a_file() {
        let page = fs::read_to_string(Workspace::find().expect("a workspace").at("index.html")).expect("the page");
        assert_eq!(without(&page, INSPECTOR).matches("data-trunk").count(), page.matches("data-trunk").count() - 1);
    }

    #[test]
    fn only_hashed_names_are_kept_forever() {
        assert!(is_hashed("app-ba7816bf8f01cfea.css"));
        assert!(is_hashed("hushkey-ba7816bf8f01cfea_bg.wasm"));
        for name in ["silent-refresh.html", "robots.txt", "app-ba7816bf8f01cfeaz.css", "app-ba7816bf8f01cfea.css.br"] {
            assert!(!is_hashed(name), "{name}");
        }
    }
}
