//! The hosts that a folder can be deployed to: for each, the files that tell it what [`Headers`] has decided.
//!
//! A host that reads its file in the deployed folder finds it there; for one that has it elsewhere it is written beside the folder, under the
//! folder's name, so that it is never published.

mod apache;
mod caddy;
mod cloudfront;
mod firebase;
pub mod github;
mod nginx;
mod rules;
mod vercel;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;

use crate::headers::Headers;

use rules::Rules;
pub use rules::{is_hidden, is_view};

/// Somebody who serves files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Host {
    /// Reads `_headers` and `_redirects` in the folder
    Netlify,
    /// Cloudflare Pages: reads `_headers` in the folder
    Cloudflare,
    /// DIR.nginx.conf, to be included in a server block
    Nginx,
    /// DIR.Caddyfile, to be imported into a site block
    Caddy,
    /// `.htaccess` in the folder
    Apache,
    /// `vercel.json` in the folder
    Vercel,
    /// `firebase.json` in the folder
    Firebase,
    /// S3 and CloudFront: DIR.cloudformation.json, a template
    Cloudfront,
    /// Policies in the pages, `404.html` for deep links: no headers can be had there
    GithubPages,
}

/// Those that a folder is written for unless others are named.
pub const USUAL: &[Host] = &[Host::Netlify, Host::Cloudflare];

/// The ends of the names of what stands beside the folder.
const BESIDE: [&str; 3] = ["nginx.conf", "Caddyfile", "cloudformation.json"];

/// Where the file of a host belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Inside of the deployed folder.
    Inside(&'static str),
    /// Beside it: the folder's name with this behind it.
    Beside(&'static str),
}

impl Host {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Netlify,
        Self::Cloudflare,
        Self::Nginx,
        Self::Caddy,
        Self::Apache,
        Self::Vercel,
        Self::Firebase,
        Self::Cloudfront,
        Self::GithubPages,
    ];

    /// What it reads, beside `_headers` and `_redirects`, which every folder has.
    fn files(self, rules: &Rules<'_>) -> Result<Vec<(Place, String)>> {
        Ok(match self {
            // What GitHub is told stands in the pages.
            Self::Netlify | Self::Cloudflare | Self::GithubPages => Vec::new(),
            Self::Nginx => vec![(Place::Beside(BESIDE[0]), nginx::render(rules)?)],
            Self::Caddy => vec![(Place::Beside(BESIDE[1]), caddy::render(rules)?)],
            Self::Apache => vec![(Place::Inside(".htaccess"), apache::render(rules)?)],
            Self::Vercel => {
                vec![(Place::Inside("vercel.json"), vercel::render(rules)), (Place::Inside(".vercelignore"), vercel::ignored())]
            }
            Self::Firebase => vec![(Place::Inside("firebase.json"), firebase::render(rules))],
            Self::Cloudfront => vec![(Place::Beside(BESIDE[2]), cloudfront::render(rules)?)],
        })
    }

    /// What whoever deploys there has to know, and the page that says the rest.
    pub fn notes(self) -> &'static [&'static str] {
        match self {
            Self::GithubPages => &[
                "GitHub Pages sends no headers of ours. Policy and Trusted Types stand in the pages and hold. Not to be had: frame-ancestors (anybody can",
                "show the app in a frame), Cross-Origin-Opener-Policy, nosniff, Permissions-Policy, cache rules; deep links are answered with 404 and the app.",
            ],
            Self::Netlify | Self::Cloudflare => &[],
            Self::Nginx | Self::Caddy | Self::Cloudfront => &["Headers and page belong together: give the host both at each deployment."],
            Self::Apache => &["Apache needs mod_headers and mod_rewrite, and `AllowOverride FileInfo` for this folder."],
            Self::Vercel | Self::Firebase => &[],
        }
    }
}

/// Fails if these hosts cannot be served from one folder.
pub fn check(hosts: &[Host]) -> Result<()> {
    let alone = hosts.contains(&Host::GithubPages) && hosts.iter().any(|host| *host != Host::GithubPages);
    ensure!(!alone, "--host github-pages needs a folder of its own: its 404.html would end the deep links of other hosts.");
    Ok(())
}

/// Writes what these hosts read, and says where it stands.
pub fn write(hosts: &[Host], headers: &Headers, pages: &[String], immutable: &[String], out: &Path) -> Result<Vec<PathBuf>> {
    let rules = Rules::new(headers, pages, immutable)?;
    let mut written = Vec::new();
    for (place, text) in hosts.iter().map(|host| host.files(&rules)).collect::<Result<Vec<_>>>()?.into_iter().flatten() {
        let path = match place {
            Place::Inside(name) => out.join(name),
            Place::Beside(ending) => beside(out, ending)?,
        };
        fs::write(&path, text).with_context(|| format!("{} cannot be written.", path.display()))?;
        written.push(path);
    }
    // What was written for the deployment before this one does not fit its page.
    for path in BESIDE.iter().filter_map(|ending| beside(out, ending).ok()).filter(|path| !written.contains(path)) {
        if fs::read_to_string(&path).is_ok_and(|text| text.contains("`cargo xtask dist --host ")) {
            fs::remove_file(path)?;
        }
    }
    Ok(written)
}

/// The file beside a folder that has its name and this ending.
pub fn beside(folder: &Path, ending: &str) -> Result<PathBuf> {
    let Some(name) = folder.file_name() else {
        bail!("--out must end in the name of a folder: a file for the host is written beside it, under that name.");
    };
    Ok(folder.with_file_name(format!("{}.{ending}", name.to_string_lossy())))
}

#[cfg(test)]
mod tests;
