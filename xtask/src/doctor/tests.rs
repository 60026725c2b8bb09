//! The command against the real development provider and a real host, both right and with one thing wrong.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::task::JoinHandle;

use super::*;
use crate::bundle::Bundle;
use crate::config::{Deployment, LOCAL_CLIENT};
use crate::site::Site;
use crate::wasm::{Build, Extensions};
use crate::workspace::Workspace;
use crate::{compress, dist, ports, serve, tools};

/// Provider and host. Both end with this value.
struct World {
    _provider: Child,
    _lines: Lines<BufReader<ChildStdout>>,
    host: JoinHandle<()>,
    _folder: TempDir,
    text: String,
    origin: String,
    control: String,
}

impl Drop for World {
    fn drop(&mut self) {
        self.host.abort();
    }
}

/// What is special about one.
#[derive(Default)]
struct Special<'a> {
    /// More arguments of the provider. What stands as `{app}` and `{provider}` is their port.
    provider: &'a [&'a str],
    /// The headers of the host.
    headers: Option<&'a str>,
}

impl World {
    async fn open(special: Special<'_>) -> Result<Self> {
        let workspace = Workspace::find()?;
        tools::node()?;
        tools::provider_packages(&workspace)?;
        let held: Vec<_> = (0..4).map(|_| ports::listen(0)).collect::<Result<_>>()?;
        let numbers: Vec<u16> = held.iter().map(|listeners| port(listeners)).collect::<Result<_>>()?;
        let [app, provider, api, control] = numbers[..] else { bail!("four ports were asked for") };
        let mut held = held.into_iter();
        let listeners = held.next().context("the first")?;
        drop(held);

        let origin = format!("http://localhost:{app}");
        let text = serde_json::json!({
            "issuer": format!("http://localhost:{provider}"),
            "client_id": LOCAL_CLIENT,
            "scopes": "openid profile email offline_access",
            "api": [format!("http://localhost:{api}/api/")],
        });
        let text = text.to_string();
        let folder = tempfile::tempdir()?;
        let host = host(&workspace, folder.path(), &text, &origin, listeners, special.headers)?;
        let mut child = Command::new("node")
            .arg(workspace.at("provider/main.mjs"))
            .args(["--port", &provider.to_string(), "--api-port", &api.to_string(), "--control-port", &control.to_string()])
            .args(["--app", &origin, "--client-id", LOCAL_CLIENT])
            .args(special.provider.iter().map(|text| text.replace("{provider}", &provider.to_string())))
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("it has an output")?).lines();
        let line = lines.next_line().await?.context("the provider ended before it was ready")?;
        assert!(line.contains("\"ready\":true"), "{line}");
        Ok(Self { _provider: child, _lines: lines, host, _folder: folder, text, origin, control: format!("http://localhost:{control}") })
    }

    async fn examined(&self) -> Result<Vec<Line>> {
        let config = config::accepted(&self.text, Some(&self.origin))?;
        tokio::task::spawn_blocking(move || examine(config, true)).await?
    }

    async fn control(&self, what: &str) -> Result<()> {
        let url = format!("{}/{what}", self.control);
        tokio::task::spawn_blocking(move || ureq::post(&url).send_empty()).await??;
        Ok(())
    }

    async fn log(&self) -> Result<String> {
        let url = format!("{}/log", self.control);
        Ok(tokio::task::spawn_blocking(move || ureq::get(&url).call()?.body_mut().read_to_string()).await??)
    }
}

fn port(listeners: &[TcpListener]) -> Result<u16> {
    Ok(listeners.first().context("it listens")?.local_addr()?.port())
}

/// A deployed folder with the page and files of an app that is none, behind the server of production.
fn host(
    workspace: &Workspace,
    home: &Path,
    text: &str,
    origin: &str,
    listeners: Vec<TcpListener>,
    headers: Option<&str>,
) -> Result<JoinHandle<()>> {
    let files = home.join("files");
    let names = ["app-ba7816bf8f01cfea.css", "hushkey-ba7816bf8f01cfea.js", "hushkey-ba7816bf8f01cfea_bg.wasm"];
    for name in names {
        compress::write(&files.join(name), "text ".repeat(100).as_bytes())?;
    }
    let page = r#"<!doctype html><link href="/app-ba7816bf8f01cfea.css"><link href="/hushkey-ba7816bf8f01cfea.js">
        <link href="/hushkey-ba7816bf8f01cfea_bg.wasm"><script type="application/json" id="hushkey">{}</script><script>start()</script>"#;
    let bundle = Bundle {
        build: Build::Plain,
        extensions: Extensions::All,
        files,
        page: page.to_owned(),
        relay: fs::read_to_string(workspace.at("silent-refresh.html"))?,
        immutable: names.map(|name| format!("/{name}")).to_vec(),
    };
    let out = home.join("dist");
    dist::write(&bundle, &Deployment::check(text, Some(origin))?, &out)?;
    if let Some(headers) = headers {
        fs::write(out.join("_headers"), headers)?;
    }
    let site = Arc::new(Site::load(&out)?);
    Ok(tokio::spawn(async move {
        let _ = serve::serve(site, listeners, std::future::pending()).await;
    }))
}

fn topics(verdict: Verdict, lines: &[Line]) -> Vec<&str> {
    lines.iter().filter(|line| line.verdict == verdict).map(|line| line.topic.as_str()).collect()
}

fn says(lines: &[Line], verdict: Verdict, part: &str) {
    assert!(lines.iter().any(|line| line.verdict == verdict && format!("{line:?}").contains(part)), "no {part} in {lines:#?}");
}

#[tokio::test]
async fn where_everything_is_right_nothing_else_is_found() -> Result<()> {
    let world = World::open(Special::default()).await?;
    let lines = world.examined().await?;
    assert!(lines.iter().all(|line| line.verdict == Verdict::Right), "{lines:#?}");
    says(&lines, Verdict::Right, "with login_required and state and iss");
    let log = world.log().await?;
    assert!(!log.contains("id_token_hint") && !log.contains("refresh_token\""), "{log}");

    // What the page shows in place of a redirect, and a provider that cannot answer.
    world.control("fail?endpoint=authorize&page=1&times=0").await?;
    let lines = world.examined().await?;
    assert_eq!(topics(Verdict::Wrong, &lines), ["Redirect addresses", "Redirect addresses"], "{lines:#?}");
    says(&lines, Verdict::Wrong, "and refuses to be framed: frame-ancestors");
    world.control("heal").await?;
    for endpoint in ["token", "keys", "authorize"] {
        world.control(&format!("fail?endpoint={endpoint}&status=503&times=0")).await?;
    }
    let lines = world.examined().await?;
    assert_eq!(topics(Verdict::Unknown, &lines), ["Token endpoint", "Redirect addresses", "Redirect addresses"], "{lines:#?}");
    assert_eq!(topics(Verdict::Wrong, &lines), ["Keys"], "{lines:#?}");
    Ok(())
}

#[tokio::test]
async fn an_address_that_is_not_registered_is_named() -> Result<()> {
    let arguments = ["--silent-path", "/other.html", "--post-logout-path", "/other"];
    let world = World::open(Special { provider: &arguments, ..Special::default() }).await?;
    let lines = world.examined().await?;
    assert_eq!(topics(Verdict::Wrong, &lines), ["Redirect addresses", "Sign-out"], "{lines:#?}");
    says(&lines, Verdict::Wrong, &format!("register {}/silent-refresh.html as a redirect address", world.origin));
    says(&lines, Verdict::Wrong, &format!("register {}/signed-out as a post-logout address", world.origin));
    says(&lines, Verdict::Right, "/callback");
    Ok(())
}

#[tokio::test]
async fn a_provider_of_another_name_and_one_that_keeps_its_metadata_from_pages_are_named() -> Result<()> {
    let world = World::open(Special { provider: &["--issuer", "http://127.0.0.1:{provider}"], ..Special::default() }).await?;
    let lines = world.examined().await?;
    assert_eq!(topics(Verdict::Wrong, &lines), ["Metadata"], "{lines:#?}");
    says(&lines, Verdict::Wrong, "issuer: unexpected http://127.0.0.1");
    drop(world);
    let world = World::open(Special { provider: &["--no-discovery-cors"], ..Special::default() }).await?;
    let lines = world.examined().await?;
    assert_eq!(topics(Verdict::Wrong, &lines), ["Metadata"], "{lines:#?}");
    says(&lines, Verdict::Wrong, "Access-Control-Allow-Origin: missing");
    Ok(())
}

#[tokio::test]
async fn an_app_at_another_origin_is_told_all_that_is_not_open_to_it() -> Result<()> {
    let world = World::open(Special::default()).await?;
    let config = config::accepted(&world.text, Some("http://localhost:1"))?;
    let lines = tokio::task::spawn_blocking(move || examine(config, true)).await??;
    let wrong = topics(Verdict::Wrong, &lines);
    assert_eq!(
        wrong,
        ["Metadata", "Keys", "Token endpoint", "API", "Redirect addresses", "Redirect addresses", "Sign-out", "Page", "Relay page"],
        "{lines:#?}"
    );
    says(&lines, Verdict::Wrong, "nothing listens there (connection refused)");
    says(&lines, Verdict::Wrong, "And check client_id.");
    Ok(())
}

#[tokio::test]
async fn a_host_without_headers_is_told_which_ones_it_lacks() -> Result<()> {
    let headers = "/*\n  X-Frame-Options: DENY\n  Cross-Origin-Embedder-Policy: require-corp\n";
    let world = World::open(Special { headers: Some(headers), ..Special::default() }).await?;
    let lines = world.examined().await?;
    assert_eq!(topics(Verdict::Wrong, &lines), ["Content policy", "Headers", "Relay page"], "{lines:#?}");
    says(&lines, Verdict::Look, "Cross-Origin-Opener-Policy");
    says(&lines, Verdict::Wrong, "is sent with an X-Frame-Options");
    Ok(())
}
