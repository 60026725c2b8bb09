//! The relay page, which hidden frames and windows end at.

use super::{Answer, Ask, Doctor, Reply, Report, host};
use crate::protocol::{
    error::{Error, SilentFailure},
    examination::{self, RelayPage},
    policy::Policy,
};

const TOPIC: &str = "Relay page";

/// The relay page of this version.
const OURS: &str = include_str!("../../../silent-refresh.html");

/// So much may it have.
const MAX_SIZE: usize = 1024;

pub(super) fn judge(doctor: &Doctor, report: &mut Report) {
    let Some(asked) = doctor.asked(Ask::Relay) else { return };
    let url = asked.url.expose();
    match &asked.answer {
        None => {}
        Some(Answer::Replied(reply)) if !reply.is_redirect() => seen(doctor, report, url, reply),
        Some(Answer::Replied(reply))
            if reply.header("location").ends_with(url.trim_end_matches(".html").rsplit('/').next().unwrap_or(url)) =>
        {
            let finding = format!("{url}: the host redirects to the same name without .html");
            report.look(TOPIC, finding, "It works, a round trip later; keep the host from rewriting that address.");
        }
        Some(Answer::Replied(_) | Answer::Redirects) => {
            report.wrong(TOPIC, format!("{url}: it is answered with a redirect"), "Keep the host from redirecting that address.");
        }
        Some(answer) => report.wrong(TOPIC, format!("{url}: {}", answer.why_not()), answer.remedy(url, &doctor.config.app_origin())),
    }
}

fn seen(doctor: &Doctor, report: &mut Report, url: &str, reply: &Reply) {
    let text = reply.body.expose();
    let header = |name: &str| Some(reply.header(name)).filter(|value| !value.is_empty()).map(str::to_owned);
    let page = RelayPage {
        status: reply.status,
        body: reply.body.clone(),
        frame_options: header("x-frame-options"),
        policy: header("content-security-policy"),
    };
    if let Some(failure) = examination::fault_of(&page, &doctor.config) {
        let what = if host::is_app(text) { "it is answered with the app's own page; " } else { "" };
        return report.wrong(TOPIC, format!("{url}: {what}{}", Error::Silent(failure.clone())), remedy(&failure));
    }
    let before = report.0.len();
    let policy = Policy::parse(reply.header("content-security-policy"));
    let script = host::inline_scripts(text).next();
    if script.is_some_and(|script| !policy.allows_script(script)) {
        let advice = "At the host, put the hash of its script into script-src for that address (`cargo xtask dist` writes it).";
        report.wrong(TOPIC, format!("{url}: its Content-Security-Policy does not let its script run"), advice);
    }
    if !reply.header("content-type").starts_with("text/html") {
        let finding = format!("{url}: Content-Type: unexpected {}, expected text/html", reply.header("content-type"));
        report.wrong(TOPIC, finding, "At the host, send it as a page.");
    }
    if script != host::inline_scripts(OURS).next() {
        let advice = "Deploy the silent-refresh.html of the same version as the app, and keep the host from rewriting it.";
        report.look(TOPIC, format!("{url}: its script is not that of this version"), advice);
    } else if text.len() > MAX_SIZE {
        let finding = format!("{url}: {} bytes, expected {MAX_SIZE} at most", text.len());
        report.look(TOPIC, finding, "See what the host adds to it.");
    }
    if reply.header("cache-control").contains("no-store") {
        let advice = "Send Cache-Control: public, max-age=3600 and No-Vary-Search: params with it, which holds no secret.";
        report.look(TOPIC, format!("{url}: Cache-Control: no-store, so each reload fetches it"), advice);
    }
    if report.0.len() == before {
        report.right(TOPIC, format!("{url}: it is ours, its script may run, the app may frame it"));
    }
}

fn remedy(failure: &SilentFailure) -> &'static str {
    match failure {
        SilentFailure::RelayFraming(_) => "At the host, send frame-ancestors 'self' and no X-Frame-Options: DENY with that address.",
        SilentFailure::RelayMissing(_) => "Deploy silent-refresh.html at silent_path.",
        _ => "Deploy silent-refresh.html at silent_path, and keep the host from answering with another page.",
    }
}
