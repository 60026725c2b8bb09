//! The headers of the app's page.

use super::{Doctor, Reply, Report, host, host::or_missing};
use crate::protocol::policy::{ANCESTORS, CONNECT, FRAME, Policy, SCRIPT};
use url::Url;

pub(super) fn judge(doctor: &Doctor, report: &mut Report, page: &Reply) {
    let policy = Policy::parse(page.header("content-security-policy"));
    if page.header("content-security-policy").is_empty() {
        report.wrong("policy-missing", &[]);
    } else {
        let before = report.0.len();
        lets_through(doctor, report, &policy);
        scripts(report, &policy, page.body.expose());
        if report.0.len() == before {
            report.right("policy", &[]);
        }
    }
    ancestors(report, page, &policy);
    others(doctor, report, page);
}

/// Whether everything is let through that signing in needs: what is configured, and what the provider's metadata name.
fn lets_through(doctor: &Doctor, report: &mut Report, policy: &Policy<'_>) {
    let config = &doctor.config;
    let metadata = doctor.metadata();
    let mut needed: Vec<(&[&str], &Url)> = config.api.iter().map(|rule| (CONNECT, &rule.prefix)).collect();
    if let Some(metadata) = &metadata {
        needed.extend([
            (CONNECT, &metadata.token_endpoint),
            (CONNECT, &metadata.jwks_uri),
            (FRAME, &metadata.authorization_endpoint),
            (FRAME, &config.app),
        ]);
    }
    let mut told = Vec::new();
    for (directives, url) in needed {
        let line = (directives[0], url.origin());
        if !policy.allows(directives, url, &config.app) && !told.contains(&line) {
            let why = if directives == FRAME { "@blocked-frame" } else { "@blocked-call" };
            report.wrong("policy-lacks", &[directives[0], &line.1.ascii_serialization(), why]);
            told.push(line);
        }
    }
}

/// Whether the page's own scripts run, and no others.
fn scripts(report: &mut Report, policy: &Policy<'_>, page: &str) {
    if !policy.allows_wasm() {
        report.wrong("policy-lacks", &[SCRIPT[1], "'wasm-unsafe-eval'", "@blocked-wasm"]);
    }
    let blocked = host::inline_scripts(page).filter(|script| !policy.allows_script(script)).count();
    if blocked > 0 {
        report.wrong("policy-scripts", &[&blocked.to_string()]);
    }
    for loose in ["'unsafe-inline'", "'unsafe-eval'", "*", "https:"] {
        if policy.names(SCRIPT, loose) {
            report.look("policy-loose", &[loose]);
        }
    }
    if !policy.has(&["require-trusted-types-for"]) {
        report.look("policy-types", &[]);
    }
}

/// The page itself must not be in anybody's frame.
fn ancestors(report: &mut Report, page: &Reply, policy: &Policy<'_>) {
    let (has, options) = (policy.has(ANCESTORS), page.header("x-frame-options"));
    if policy.names(ANCESTORS, "'none'") || (!has && options.eq_ignore_ascii_case("deny")) {
        report.right("framing", &[]);
    } else {
        report.wrong("framing-open", &[if has { "@another-value" } else { or_missing(options) }]);
    }
}

fn others(doctor: &Doctor, report: &mut Report, page: &Reply) {
    let before = report.0.len();
    let is_https = doctor.config.app.scheme() == "https";
    let checks: [(&str, &str, &[&str]); 5] = [
        ("cross-origin-opener-policy", "header-opener", &["same-origin", "noopener"]),
        ("x-content-type-options", "header-nosniff", &["nosniff"]),
        ("referrer-policy", "header-referrer", &["no-referrer", "same-origin", "strict-origin", "origin"]),
        ("strict-transport-security", "header-hsts", if is_https { &["max-age="] } else { &[""] }),
        ("cache-control", "header-cache", &["no-cache", "no-store", "max-age=0"]),
    ];
    for (name, line, good) in checks {
        let came = page.header(name);
        let is_good = good.iter().any(|start| came.starts_with(start)) && came != "no-referrer-when-downgrade";
        if !is_good {
            report.look(line, &[or_missing(came)]);
        }
    }
    let embedder = page.header("cross-origin-embedder-policy");
    if !matches!(embedder, "" | "unsafe-none") {
        report.wrong("header-embedder", &[embedder]);
    }
    if report.0.len() == before {
        report.right("headers", &[]);
    }
}
