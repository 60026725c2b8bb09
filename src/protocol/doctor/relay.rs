//! The relay page, which hidden frames and windows end at.

use super::{Answer, Ask, Doctor, Reply, Report, host};
use crate::protocol::{
    error::{Error, SilentFailure},
    examination::{self, RelayPage},
    policy::Policy,
};

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
        Some(Answer::Replied(reply)) if is_bare(url, reply.header("location")) => report.look("relay-bare", &[url]),
        Some(Answer::Replied(_) | Answer::Redirects) => report.wrong("relay-redirected", &[url]),
        Some(answer) => report.wrong("relay-gone", &[url, answer.why_not(), answer.remedy(), &doctor.config.app_origin()]),
    }
}

/// Whether a host only drops the end of its name.
fn is_bare(url: &str, location: &str) -> bool {
    let name = url.trim_end_matches(".html").rsplit('/').next();
    name.is_some_and(|name| location.ends_with(name))
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
        let advice = match &failure {
            SilentFailure::RelayFraming(_) => "@relay-framing",
            _ => "@relay-deploy",
        };
        let app = if host::is_app(text) { "@relay-app" } else { "" };
        return report.wrong("relay-bad", &[url, &Error::Silent(failure).to_string(), advice, app]);
    }
    let before = report.0.len();
    let policy = Policy::parse(reply.header("content-security-policy"));
    let script = host::inline_scripts(text).next();
    if script.is_some_and(|script| !policy.allows_script(script)) {
        report.wrong("relay-script", &[url]);
    }
    if !reply.header("content-type").starts_with("text/html") {
        report.wrong("relay-type", &[url, host::or_missing(reply.header("content-type"))]);
    }
    if script != host::inline_scripts(OURS).next() {
        report.look("relay-other", &[url]);
    } else if text.len() > MAX_SIZE {
        report.look("relay-large", &[url, &text.len().to_string()]);
    }
    if reply.header("cache-control").contains("no-store") {
        report.look("relay-fetched", &[url]);
    }
    if report.0.len() == before {
        report.right("relay", &[url]);
    }
}
