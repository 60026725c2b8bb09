//! The world of one scenario: provider, static server, browser. What a person can do in it is told in `person.rs`.

use crate::{
    attacker::Attacker,
    browser::Browser,
    container::Container,
    hostile::{ATTACKER, Hostile, TOLD},
    http,
    provider::Provider,
    secrets::Secrets,
    server::Server,
    setup::{Host, Ports, Setup},
    stage::Stage,
    sweep,
    tls::Identity,
};
use ::http::Method;
use anyhow::{Context, Result, ensure};
use std::{
    cell::RefCell,
    fs,
    path::{Path, PathBuf},
};
use xtask::{compress, dist, hosts, ports};

/// The world of one scenario.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) browser: Browser,
    pub(crate) provider: Provider,
    /// The origin of the app.
    pub(crate) app: String,
    /// The folder for its files.
    pub(crate) folder: PathBuf,
    setup: Setup,
    ports: Ports,
    notes: RefCell<Vec<String>>,
    pub(crate) server: Server,
    identity: Option<Identity>,
    /// Whoever would like to be told what they should not.
    pub(crate) attacker: Option<Attacker>,
    /// The folder with axe-core and Lighthouse.
    pub(crate) judges: Option<PathBuf>,
}

impl World {
    /// Makes one.
    pub(crate) async fn open(stage: &Stage, name: &str, setup: Setup) -> Result<Self> {
        let folder = stage.folder(name)?;
        let ports = Ports::free(if stage.real.is_some() { "https" } else { "http" })?;
        let dist = folder.join("dist");
        let host = match &stage.real {
            Some(real) => vec![real.server.host()],
            None if setup.policy_in_page => vec![hosts::Host::GithubPages],
            None => hosts::USUAL.to_vec(),
        };
        dist::write_for(&host, &stage.bundle, &setup.deployment(ports)?, &dist)?;
        if let Some(edit) = setup.edit {
            let page = dist.join("index.html");
            compress::write(&page, edit(&fs::read_to_string(&page)?)?.as_bytes())?;
        }
        let server = match (&stage.real, setup.host) {
            (Some(real), _) => Server::real(real.serve(&dist, &folder.join("server"), ports.app).await?),
            (None, Host::Production) => Server::production(&dist, ports::listen(ports.app)?)?,
            (None, Host::Container) => {
                let text = setup.deployment(ports)?.text;
                let made = stage.container.as_ref().context("what the image is made of was not made")?;
                Server::contained(Container::start(made, &ports.app(), ports.app, &text).await?)
            }
            (None, Host::Plain(headers)) => Server::plain(&dist, headers, ports::listen(ports.app)?)?,
        };
        let identity = stage.identity().cloned();
        let provider = Provider::start(&stage.workspace, &folder, ports, stage.engine, setup, identity.clone()).await?;
        let attacker = match setup.has_attacker() {
            true => Some(Attacker::open(ports::listen(ports.attacker)?).await?),
            false => None,
        };
        let browser = Browser::open(stage.wish(&setup)).await?;
        let judges = stage.judges.clone();
        Ok(Self {
            browser,
            provider,
            app: ports.app(),
            folder,
            setup,
            ports,
            notes: RefCell::default(),
            server,
            identity,
            attacker,
            judges,
        })
    }

    /// What a provider that means harm does here.
    pub(crate) fn hostile(&self) -> Result<Hostile> {
        self.setup.hostile.context("the provider of this scenario means no harm")
    }

    /// From now on the provider says something otherwise.
    pub(crate) async fn tamper(&self, rule: &str) -> Result<()> {
        let rule = rule.replace(ATTACKER, self.attacker.as_ref().map_or(ATTACKER, |attacker| &attacker.address));
        let rule = percent_encoding::utf8_percent_encode(&rule, percent_encoding::NON_ALPHANUMERIC);
        self.provider.control(&format!("tamper?rule={rule}")).await
    }

    /// Asks the server of the app for a path, in one of these encodings.
    pub(crate) async fn asks(&self, path: &str, encodings: &str) -> Result<http::Answer> {
        http::send(Method::GET, &format!("{}{path}", self.app), encodings, self.identity.as_ref()).await
    }

    /// Posts nothing to it.
    pub(crate) async fn posts(&self, path: &str) -> Result<http::Answer> {
        http::send(Method::POST, &format!("{}{path}", self.app), "", self.identity.as_ref()).await
    }

    /// Whether it can hand out what is compressed by brotli: for nginx that is a module of somebody else.
    pub(crate) fn knows_brotli(&self) -> bool {
        !self.server.is_nginx()
    }

    /// Whether this server knows files and nothing else.
    pub(crate) fn has_plain_server(&self) -> bool {
        self.identity.is_none() && self.setup.host != Host::Production
    }

    /// Whether the app is served by a real server, over TLS.
    pub(crate) fn is_over_tls(&self) -> bool {
        self.identity.is_some()
    }

    /// The address under which the browser knows the provider.
    pub(crate) fn issuer(&self) -> String {
        self.setup.issuer(self.ports)
    }

    /// The secrets that have gone over the wire so far.
    pub(crate) fn secrets(&self) -> Secrets {
        Secrets::on(&self.provider.wire)
    }

    /// What is wrong with the page in this tab: secrets in the wrong place, violations of the policy.
    pub(crate) async fn faults_of_page(&self) -> Result<Vec<String>> {
        Ok(sweep::sweep(&self.browser, &self.secrets(), self.setup.may_have()).await?.faults)
    }

    /// What the console said that is a fault, or holds a secret.
    pub(crate) async fn faults_of_console(&self) -> Result<Vec<String>> {
        let secrets = self.secrets();
        let mut faults = Vec::new();
        let of_lies = if self.setup.is_hostile() { TOLD } else { &[] };
        let expected = [self.setup.console_may_say, of_lies].concat();
        let Some(entries) = self.browser.console().await? else {
            self.note("the console was not looked at: this engine does not tell what it says");
            return Ok(faults);
        };
        for entry in entries {
            faults.extend(secrets.in_text(&entry.message).into_iter().map(|name| format!("the console shows a secret ({name})")));
            if entry.is_fault(&expected) {
                faults.push(format!("the console says: {}", secrets.redact(&entry.message)));
            }
        }
        Ok(faults)
    }

    /// Notes what could not be checked, or what no page can help, for the end of the run.
    pub(crate) fn note(&self, what: &str) {
        self.notes.borrow_mut().push(what.to_owned());
    }

    /// Judges the world: every tab that shows the app, and the console. Gives notes about what no page can help.
    pub(crate) async fn judge(&self) -> Result<Vec<String>> {
        let secrets = self.secrets();
        if !self.setup.nobody_signs_in {
            secrets.require_sign_in(self.setup.asks_for_refresh_tokens())?;
        }
        let mut faults = self.faults_of_console().await?;
        let mut swept = 0;
        for tab in self.browser.tabs().await? {
            self.browser.switch_to(tab).await?;
            if self.browser.address().await?.starts_with(&format!("{}/", self.app)) {
                let findings = sweep::sweep(&self.browser, &secrets, self.setup.may_have()).await?;
                faults.extend(findings.faults);
                self.notes.borrow_mut().extend(findings.notes);
                swept += 1;
            }
        }
        ensure!(swept > 0, "no tab shows the app, so nothing could be swept");
        ensure!(faults.is_empty(), "{}", faults.join("; "));
        let mut notes = self.notes.take();
        notes.sort();
        notes.dedup();
        Ok(notes)
    }

    /// Keeps what the page looked like, without secrets, and says where one was.
    pub(crate) async fn keep_evidence(&self, name: &str, results: &Path) -> Result<String> {
        fs::create_dir_all(results)?;
        fs::write(results.join(format!("{name}.png")), self.browser.screenshot().await?)?;
        let secrets = self.secrets();
        let console: Vec<String> = self.browser.console().await?.unwrap_or_default().into_iter().map(|entry| entry.message).collect();
        let source = self.browser.source().await?;
        fs::write(results.join(format!("{name}.html")), secrets.redact(&format!("{source}\n<!--\n{}\n-->\n", console.join("\n"))))?;
        let heading = self.browser.text_at("h1").await?;
        Ok(secrets.redact(&format!("at {} with the heading \"{heading}\"", self.browser.address().await?)))
    }
}
