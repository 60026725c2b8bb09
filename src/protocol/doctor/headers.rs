//! The headers of the app's page.

use super::{Doctor, Reply, Report, host, host::or_missing};
use crate::protocol::policy::{ANCESTORS, CONNECT, FRAME, Policy, SCRIPT};
use url::Url;

const POLICY: &str = "Content policy";
const TOPIC: &str = "Headers";

pub(super) fn judge(doctor: &Doctor, report: &mut Report, page: &Reply) {
    policy(doctor, report, page);
    others(doctor, report, page);
}

fn policy(doctor: &Doctor, report: &mut Report, page: &Reply) {
    let (text, app) = (page.header("content-security-policy"), &doctor.config.app);
    let policy = Policy::parse(text);
    if text.is_empty() {
        let advice = "At the host, send the headers that `cargo xtask dist` writes into _headers: nothing else keeps foreign script out.";
        report.wrong(POLICY, "Content-Security-Policy: missing", advice);
    }
    let before = report.0.len();
    let lacks = |report: &mut Report, directive: &'static str, what: &str, why: &'static str| {
        let advice = format!("At the host, add {what} to {directive}.");
        report.wrong(POLICY, format!("{directive}: {what} is missing: {why}"), advice);
    };
    let origins = |texts: Vec<String>| texts.into_iter().filter_map(|text| Some((Url::parse(&text).ok()?, text)));
    // Whatever the provider's metadata name, it must be let through, too.
    let metadata = doctor.metadata();
    let endpoints = metadata.iter().flat_map(|metadata| [&metadata.token_endpoint, &metadata.jwks_uri]);
    let mut called: Vec<String> = doctor.config.connect_origins();
    called.extend(endpoints.map(|url| url.origin().ascii_serialization()));
    called.sort();
    called.dedup();
    for (url, origin) in origins(called) {
        if !policy.allows(CONNECT, &url, app) {
            lacks(report, "connect-src", &origin, "provider or API cannot be called");
        }
    }
    let framed =
        metadata.map_or_else(|| doctor.config.frame_origins(), |own| vec![own.authorization_endpoint.origin().ascii_serialization()]);
    for (url, origin) in origins(framed) {
        if !policy.allows(FRAME, &url, app) {
            lacks(report, "frame-src", &origin, "the hidden frame is blocked");
        }
    }
    if !policy.allows(FRAME, app, app) {
        lacks(report, "frame-src", "'self'", "the relay page cannot be shown");
    }
    if !policy.allows_wasm() {
        lacks(report, "script-src", "'wasm-unsafe-eval'", "the app cannot be compiled");
    }
    let blocked = host::inline_scripts(page.body.expose()).filter(|script| !policy.allows_script(script)).count();
    if blocked > 0 {
        let finding = format!("script-src: {blocked} inline scripts of the page are not let run");
        report.wrong(POLICY, finding, "At the host, put their hashes there; `cargo xtask dist` writes them. Nothing may rewrite the page.");
    }
    for loose in ["'unsafe-inline'", "'unsafe-eval'", "*", "https:"] {
        if policy.names(SCRIPT, loose) {
            let finding = format!("script-src: {loose} lets foreign script in");
            report.look(POLICY, finding, "Take it out: whatever runs in the page can get tokens.");
        }
    }
    if !text.is_empty() && !policy.has(&["require-trusted-types-for"]) {
        let advice = "Add require-trusted-types-for 'script': the app does without what it forbids.";
        report.look(POLICY, "require-trusted-types-for: missing", advice);
    }
    if !text.is_empty() && report.0.len() == before {
        report.right(POLICY, "provider and APIs are let through, the page's own scripts run, and no others");
    }
    ancestors(report, page, &policy);
}

/// The page itself must not be in anybody's frame.
fn ancestors(report: &mut Report, page: &Reply, policy: &Policy<'_>) {
    let options = page.header("x-frame-options");
    if policy.names(ANCESTORS, "'none'") || (!policy.has(ANCESTORS) && options.eq_ignore_ascii_case("deny")) {
        return report.right("Framing", "nobody can show the app in a frame");
    }
    let came = if policy.has(ANCESTORS) { "another value" } else { or_missing(options) };
    let advice = "At the host, send frame-ancestors 'none' with every page but the relay page.";
    report.wrong(
        "Framing",
        format!("frame-ancestors: unexpected {came}, expected 'none': others can lay the app under their own page"),
        advice,
    );
}

fn others(doctor: &Doctor, report: &mut Report, page: &Reply) {
    let before = report.0.len();
    let came = |name: &str| format!("unexpected {}", or_missing(page.header(name)));
    if matches!(page.header("cross-origin-embedder-policy"), "require-corp" | "credentialless") {
        let finding =
            format!("Cross-Origin-Embedder-Policy: {}: the provider's pages cannot be framed", came("cross-origin-embedder-policy"));
        report.wrong(TOPIC, finding, "Serve the app without it.");
    }
    let opener = page.header("cross-origin-opener-policy");
    if !matches!(opener, "same-origin" | "same-origin-allow-popups" | "noopener-allow-popups") {
        let finding = format!("Cross-Origin-Opener-Policy: {}, expected same-origin", came("cross-origin-opener-policy"));
        report.look(TOPIC, finding, "Send it: pages that open the app then hold no handle of it. Windows for signing in work with it.");
    }
    if !page.header("x-content-type-options").eq_ignore_ascii_case("nosniff") {
        let finding = format!("X-Content-Type-Options: {}, expected nosniff", came("x-content-type-options"));
        report.look(TOPIC, finding, "Send it with everything.");
    }
    if !matches!(
        page.header("referrer-policy"),
        "no-referrer" | "same-origin" | "strict-origin" | "strict-origin-when-cross-origin" | "origin"
    ) {
        let finding = format!("Referrer-Policy: {}, expected no-referrer", came("referrer-policy"));
        report.look(TOPIC, finding, "Send it: a code in the address of the callback page is nobody's business.");
    }
    if doctor.config.app.scheme() == "https" && page.header("strict-transport-security").is_empty() {
        report.look(TOPIC, "Strict-Transport-Security: missing", "Send max-age=63072000, once everything works over https.");
    }
    let control = page.header("cache-control");
    if !["no-cache", "no-store", "max-age=0"].iter().any(|word| control.contains(word)) {
        let finding = format!("Cache-Control of the page: {}, expected no-cache", came("cache-control"));
        report.look(TOPIC, finding, "Send it with every page: else people keep an old one, whose files may be gone.");
    }
    if report.0.len() == before {
        report.right(TOPIC, "the other headers of the page are as `cargo xtask dist` writes them");
    }
}
