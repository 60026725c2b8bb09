//! The deployable folder: the bundle, one configuration, the headers.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use hushkey::protocol::frontchannel;

use crate::bundle::{self, Bundle};
use crate::config::Deployment;
use crate::headers::{Headers, Needs};
use crate::hosts::{self, Host, github};
use crate::process::say;
use crate::wasm::{Build, Extensions};
use crate::workspace::Workspace;
use crate::{budget, compress, digest, html, worker};

/// Marks a folder as one that this command wrote and may therefore replace.
const HEADERS: &str = "_headers";

/// The page that the provider shows when a session ends there.
const LOGOUT_PAGE: &str = include_str!("../../frontchannel-logout.html");

/// Deep links for hosts that do not answer them with the page by themselves.
const REDIRECTS: &str = "/* /index.html 200\n";

/// Where the app comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// It is built, or found built.
    Built(Build),
    /// It was written down by `cargo xtask bundle`.
    Kept(PathBuf),
}

/// The command `cargo xtask dist`.
pub fn command(config: &Path, out: &Path, origin: Option<&str>, source: &Source, service_worker: bool, hosts: &[Host]) -> Result<()> {
    let hosts = if hosts.is_empty() { hosts::USUAL } else { hosts };
    // First, since a wrong configuration should not cost a build.
    let deployment = Deployment { service_worker, ..Deployment::read(config, origin)? };
    hosts::check(hosts)?;
    let bundle = match source {
        Source::Built(build) => bundle::make(&Workspace::find()?, *build, &Extensions::Only(deployment.extensions.clone()))?,
        Source::Kept(folder) => Bundle::kept(folder)?,
    };
    let written = write_for(hosts, &bundle, &deployment, out)?;
    say(&format!("{} is ready to be deployed.", out.display()));
    for file in written {
        say(&format!("For the host: {}", file.display()));
    }
    for note in hosts.iter().flat_map(|host| host.notes()) {
        say(note);
    }
    if !deployment.extensions.is_empty() {
        say(&format!("Built with these extensions of the protocol: {}.", deployment.extensions.join(", ")));
    }
    for line in modules(&bundle)? {
        say(&line);
    }
    say("docs/deploy.md says what to do with it, host by host.");
    if origin.is_none() {
        say("Without --origin https://… no Strict-Transport-Security header was written.");
    }
    Ok(())
}

/// The modules and their hashes, as `sha256sum` would print them: what is deployed can be compared with what was built.
fn modules(bundle: &Bundle) -> Result<Vec<String>> {
    let modules = bundle.immutable.iter().filter(|path| path.ends_with(".wasm"));
    modules.map(|path| Ok(format!("{}  {path}", digest::hex(&fs::read(bundle.files.join(path.trim_start_matches('/')))?)))).collect()
}

/// Writes the folder for one configuration, and for the usual hosts.
pub fn write(bundle: &Bundle, deployment: &Deployment, out: &Path) -> Result<()> {
    write_for(hosts::USUAL, bundle, deployment, out).map(drop)
}

/// Writes the folder for one configuration and these hosts. Says which files the hosts read, beyond what every folder has.
pub fn write_for(hosts: &[Host], bundle: &Bundle, deployment: &Deployment, out: &Path) -> Result<Vec<PathBuf>> {
    hosts::check(hosts)?;
    if let Some(extension) = bundle.extensions.lack(&deployment.extensions) {
        bail!("The configuration needs a build with the cargo feature \"{extension}\", and this is one without it.");
    }
    clear(out, HEADERS)?;
    copy(&bundle.files, out)?;
    let mut page = html::configure(&bundle.page, &deployment.text)?;
    if deployment.service_worker {
        page = html::append(&page, worker::REGISTRATION)?;
    }
    let headers = Headers::production(&Needs {
        https: deployment.https,
        silent_path: deployment.silent_path.clone(),
        app_scripts: html::script_sources(&page).context("index.html cannot be deployed.")?,
        relay_scripts: html::script_sources(&bundle.relay).context("silent-refresh.html cannot be deployed.")?,
        logout_scripts: deployment.frontchannel_logout.then(|| html::script_sources(LOGOUT_PAGE)).transpose()?,
        connect: deployment.connect.clone(),
        provider: deployment.provider.clone(),
        immutable: bundle.immutable.clone(),
        service_worker: deployment.service_worker,
    });
    let mut relay_page = bundle.relay.clone();
    let mut pages = vec![deployment.silent_path.clone()];
    let without_headers = hosts.contains(&Host::GithubPages);
    if without_headers && deployment.frontchannel_logout {
        bail!("frontchannel_logout: GitHub Pages sends no headers, and everybody could frame the page that ends a session.");
    }
    if without_headers {
        page = github::with_policy(&page, &headers.of("/"))?;
        relay_page = github::with_policy(&relay_page, &headers.of(&deployment.silent_path))?;
    }
    // Hardly anybody wants the doctor, and whoever does is online.
    let kept: Vec<String> =
        bundle.immutable.iter().filter(|file| !file.trim_start_matches('/').starts_with(budget::DOCTOR)).cloned().collect();
    let worker = worker::script(deployment, &page, &kept);
    compress::write(&out.join(worker::PATH.trim_start_matches('/')), worker.as_bytes())?;
    if deployment.frontchannel_logout {
        let path = out.join(frontchannel::PATH.trim_start_matches('/'));
        compress::write(&path, LOGOUT_PAGE.as_bytes())?;
        pages.push(frontchannel::PATH.to_owned());
    }
    let relay = out.join(deployment.silent_path.trim_start_matches('/'));
    if relay.exists() {
        bail!("silent_path: is the path of another file of the app.");
    }
    compress::write(&relay, relay_page.as_bytes())?;
    compress::write(&out.join("index.html"), page.as_bytes())?;
    if without_headers {
        fs::write(out.join(github::NOT_FOUND), &page)?;
    }
    fs::write(out.join("_redirects"), REDIRECTS)?;
    fs::write(out.join(HEADERS), headers.render())?;
    hosts::write(hosts, &headers, &pages, &bundle.immutable, out)
}

/// Empties the folder, but never one that holds something without this file, by which its writer knows it.
pub(crate) fn clear(out: &Path, mark: &str) -> Result<()> {
    let is_empty = match fs::read_dir(out) {
        Ok(mut entries) => entries.next().is_none(),
        Err(_) => !out.exists(),
    };
    if !is_empty && !out.join(mark).is_file() {
        bail!("{} holds something that this command did not write. Name another folder with --out.", out.display());
    }
    if out.exists() && !is_empty {
        fs::remove_dir_all(out)?;
    }
    fs::create_dir_all(out).with_context(|| format!("{} cannot be written.", out.display()))
}

/// Copies a folder with everything in it.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::{Ask, Site};

    const PAGE: &str = "<!doctype html><html><head><meta charset=\"utf-8\"></head><body><div id=\"app\"></div>\
        <script type=\"application/json\" id=\"hushkey\">{}</script>\
        <script type=\"module\">start()</script></body></html>";

    fn bundle(home: &Path) -> Bundle {
        let files = home.join("files");
        compress::write(&files.join("app-ba7816bf8f01cfea.css"), b"p{}").expect("a file");
        compress::write(&files.join("static/robots.txt"), b"User-agent: *").expect("a file");
        Bundle {
            build: Build::Plain,
            extensions: Extensions::NONE,
            files,
            page: PAGE.to_owned(),
            relay: "<!doctype html><meta charset=\"utf-8\"><script>relay()</script>".to_owned(),
            immutable: vec!["/app-ba7816bf8f01cfea.css".to_owned()],
        }
    }

    fn deployment(silent_path: &str) -> Deployment {
        Deployment {
            text: r#"{"client_id":"one"}"#.to_owned(),
            https: true,
            silent_path: silent_path.to_owned(),
            connect: vec!["https://id.example".to_owned()],
            provider: vec!["https://id.example".to_owned()],
            apart: Vec::new(),
            extensions: Vec::new(),
            frontchannel_logout: false,
            service_worker: false,
        }
    }

    #[test]
    fn a_build_without_an_extension_that_is_needed_is_not_deployed() {
        let home = tempfile::tempdir().expect("a folder");
        let out = home.path().join("dist");
        let wants = Deployment { extensions: vec!["dpop", "par"], ..deployment("/silent-refresh.html") };
        let built = |extensions| Bundle { extensions, ..bundle(home.path()) };
        let error = write(&built(Extensions::Only(vec!["dpop"])), &wants, &out).expect_err("one is missing").to_string();
        assert!(error.contains("\"par\"") && !out.exists(), "{error}");
        for enough in [Extensions::All, Extensions::Only(vec!["dpop", "par"])] {
            write(&built(enough), &wants, &out).expect("it has both");
        }
    }

    #[test]
    fn the_relay_page_is_where_the_configuration_says() {
        let home = tempfile::tempdir().expect("a folder");
        let out = home.path().join("dist");
        let bundle = bundle(home.path());
        write(&bundle, &deployment("/auth/quiet.html"), &out).expect("written");
        let site = Site::load(&out).expect("a site");
        let get = |path| site.answer(Ask { path, ..Ask::default() });

        assert_eq!(&get("/auth/quiet.html").body[..], bundle.relay.as_bytes());
        assert_eq!(get("/silent-refresh.html").status, 404);
        let policy = |path| {
            let answer = get(path);
            let found = answer.headers.into_iter().find(|(name, _)| name == "Content-Security-Policy");
            found.expect("a policy").1
        };
        let source = crate::digest::script_source("relay()");
        assert!(policy("/auth/quiet.html").contains(&format!("script-src {source};")));
        assert!(!policy("/").contains(&source));
        assert!(policy("/").contains(&crate::digest::script_source("start()")));

        // Another configuration leaves nothing of this one.
        write(&bundle, &deployment("/silent-refresh.html"), &out).expect("written again");
        assert!(!out.join("auth").exists());
        assert!(out.join("silent-refresh.html").is_file());
    }

    #[test]
    fn bp_17_the_hash_of_every_module_is_told() {
        let home = tempfile::tempdir().expect("a folder");
        let mut bundle = bundle(home.path());
        fs::write(bundle.files.join("hushkey-0123456789abcdef_bg.wasm"), b"abc").expect("a file");
        bundle.immutable.push("/hushkey-0123456789abcdef_bg.wasm".to_owned());
        let told = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  /hushkey-0123456789abcdef_bg.wasm";
        assert_eq!(modules(&bundle).expect("read"), [told]);
    }

    #[test]
    fn lo_07_the_page_for_sign_outs_is_there_only_if_it_was_asked_for() {
        let home = tempfile::tempdir().expect("a folder");
        let (out, bundle) = (home.path().join("dist"), bundle(home.path()));
        let with = Deployment { frontchannel_logout: true, ..deployment("/silent-refresh.html") };
        let page = |deployment: &Deployment| {
            write(&bundle, deployment, &out).expect("written");
            Site::load(&out).expect("a site").answer(Ask { path: frontchannel::PATH, ..Ask::default() })
        };
        assert_eq!(page(&deployment("/silent-refresh.html")).status, 404);
        let answer = page(&with);
        assert_eq!((answer.status, &answer.body[..]), (200, LOGOUT_PAGE.as_bytes()));
        let source = &html::script_sources(LOGOUT_PAGE).expect("fit for a policy")[0];
        let policy = answer.headers.iter().find(|(name, _)| name == "Content-Security-Policy").expect("a policy");
        assert!(policy.1.contains(&format!("script-src {source}; frame-ancestors https://id.example;")), "{}", policy.1);
        let refused = write_for(&[Host::GithubPages], &bundle, &with, &out).expect_err("no headers there");
        assert!(refused.to_string().starts_with("frontchannel_logout: "), "{refused}");
    }

    #[test]
    fn the_page_carries_the_configuration() {
        let home = tempfile::tempdir().expect("a folder");
        let out = home.path().join("dist");
        write(&bundle(home.path()), &deployment("/silent-refresh.html"), &out).expect("written");
        let page = fs::read_to_string(out.join("index.html")).expect("a page");
        assert!(page.contains(r#"id="hushkey">{"client_id":"one"}</script>"#), "{page}");
        assert!(out.join("static/robots.txt").is_file());
    }

    #[test]
    fn bp_12_a_service_worker_is_registered_if_it_was_asked_for_and_ended_if_not() {
        let home = tempfile::tempdir().expect("a folder");
        let out = home.path().join("dist");
        for (service_worker, word) in [(true, "respondWith"), (false, "unregister")] {
            let deployment = Deployment { service_worker, ..deployment("/silent-refresh.html") };
            write(&bundle(home.path()), &deployment, &out).expect("written");
            let read = |name| fs::read_to_string(out.join(name)).expect(name);
            assert_eq!(read("index.html").contains("serviceWorker"), service_worker);
            assert!(read("service-worker.js").contains(word), "{}", read("service-worker.js"));
            assert_eq!(read(HEADERS).matches("'sha256-").count(), if service_worker { 4 } else { 3 }, "{}", read(HEADERS));
        }
    }

    #[test]
    fn where_no_header_can_be_sent_the_pages_carry_their_policies() {
        let home = tempfile::tempdir().expect("a folder");
        let out = home.path().join("dist");
        let read = |name: &str| fs::read_to_string(out.join(name)).expect(name);
        let policy = "http-equiv=\"Content-Security-Policy\"";
        write(&bundle(home.path()), &deployment("/silent-refresh.html"), &out).expect("written");
        assert!(!read("index.html").contains(policy) && !out.join("404.html").exists());

        write_for(&[Host::GithubPages], &bundle(home.path()), &deployment("/silent-refresh.html"), &out).expect("written");
        assert!(read("index.html").contains(policy) && read("index.html").contains(&crate::digest::script_source("start()")));
        assert_eq!(read("404.html"), read("index.html"), "a deep link is the same page");
        let relay = read("silent-refresh.html");
        assert!(relay.contains(policy) && relay.contains(&format!("script-src {}", crate::digest::script_source("relay()"))), "{relay}");
        assert!(!out.join("404.html.br").exists(), "nobody asks for it by that name");

        assert!(write_for(&[Host::GithubPages, Host::Cloudflare], &bundle(home.path()), &deployment("/x.html"), &out).is_err());
    }

    #[test]
    fn foreign_folders_and_files_are_left_alone() {
        let home = tempfile::tempdir().expect("a folder");
        let bundle = bundle(home.path());
        let out = home.path().join("precious");
        fs::create_dir(&out).expect("a folder");
        fs::write(out.join("thesis.txt"), "years of work").expect("a file");
        assert!(write(&bundle, &deployment("/silent-refresh.html"), &out).is_err());
        assert!(out.join("thesis.txt").is_file());

        let out = home.path().join("dist");
        assert!(write(&bundle, &deployment("/static/robots.txt"), &out).is_err());
    }
}
