//! The host of the app: the page itself, the addresses below it, the files.

use super::{Answer, Ask, Doctor, Reply, Report, headers, questions::FILES};
use crate::protocol::config::Config;

/// What only our page has.
const BLOCK: &str = r#"id="hushkey""#;

pub(super) fn judge(doctor: &Doctor, report: &mut Report) {
    let Some(asked) = doctor.asked(Ask::Page) else { return };
    let (url, origin) = (asked.url.expose(), doctor.config.app_origin());
    let reply = match &asked.answer {
        None => return,
        Some(Answer::Replied(reply)) => reply,
        Some(answer) => return report.wrong("page-gone", &[url, answer.why_not(), answer.remedy(), &origin]),
    };
    if reply.status != 200 || !is_app(reply.body.expose()) {
        return report.wrong("page-other", &[url, &reply.status.to_string()]);
    }
    report.right("page", &[url]);
    if !doctor.is_page() {
        deployed(doctor, report, reply);
    }
    callback(doctor, report);
    headers::judge(doctor, report, reply);
    for (end, kind) in FILES {
        file(doctor, report, end, kind);
    }
}

/// Whether this is the page of the app.
pub(super) fn is_app(page: &str) -> bool {
    page.contains(BLOCK)
}

/// The scripts that stand in a page and run.
pub(super) fn inline_scripts(page: &str) -> impl Iterator<Item = &str> {
    page.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let runs = !attributes.contains("src=") && !attributes.contains("application/json");
        runs.then(|| rest.split("</script").next()).flatten()
    })
}

/// Whether the page has the configuration that is being checked. In a page it is that very one.
fn deployed(doctor: &Doctor, report: &mut Report, reply: &Reply) {
    let text = reply.body.expose().split(BLOCK).nth(1).and_then(|rest| rest.split_once('>')?.1.split("</script").next());
    match Config::from_json(text.unwrap_or_default(), &doctor.config.app_origin()) {
        Ok(config) if config == doctor.config => report.right("deployed", &[]),
        Ok(_) => report.look("deployed-other", &[]),
        Err(error) => report.wrong("deployed-refused", &[&error.to_string()]),
    }
}

/// Whether people who come back from the provider find the app.
fn callback(doctor: &Doctor, report: &mut Report) {
    let Some(asked) = doctor.asked(Ask::Callback) else { return };
    let url = asked.url.expose();
    match &asked.answer {
        None => {}
        Some(Answer::Replied(reply)) if reply.is_redirect() => report.wrong("callback-redirected", &[url]),
        Some(Answer::Redirects) => report.wrong("callback-redirected", &[url]),
        Some(Answer::Replied(reply)) if reply.status == 200 && is_app(reply.body.expose()) => report.right("callback", &[url]),
        Some(Answer::Replied(reply)) => report.wrong("callback-other", &[url, &reply.status.to_string()]),
        Some(answer) => report.unknown("callback-unknown", &[url, answer.why_not()]),
    }
}

/// A file whose name changes with its content.
fn file(doctor: &Doctor, report: &mut Report, end: &'static str, kind: &'static str) {
    let Some(asked) = doctor.asked(Ask::File(end)) else { return report.unknown("file-unknown", &[end]) };
    let url = asked.url.expose();
    let reply = match &asked.answer {
        None => return,
        Some(Answer::Replied(reply)) => reply,
        Some(answer) => return report.wrong("file-gone", &[url, answer.why_not(), answer.remedy(), &doctor.config.app_origin()]),
    };
    if reply.status != 200 {
        return report.wrong("file-missing", &[url, &reply.status.to_string()]);
    }
    let before = report.0.len();
    let (came, kept) = (reply.header("content-type"), reply.header("cache-control"));
    let is_script = end == ".js" && came.starts_with("application/javascript");
    if !came.starts_with(kind) && !is_script {
        let values = [url, or_missing(came), kind];
        if end == ".wasm" {
            report.look("file-slow", &values);
        } else {
            report.wrong("file-type", &values);
        }
    }
    if reply.header("content-encoding").is_empty() {
        report.look("file-plain", &[url]);
    }
    if max_age(kept) < 86_400 {
        report.look("file-kept", &[url, or_missing(kept)]);
    }
    if report.0.len() == before {
        report.right("file", &[url]);
    }
}

/// How long it may be kept, in seconds.
fn max_age(control: &str) -> u64 {
    let found = control.split(',').find_map(|part| part.trim().strip_prefix("max-age=")?.parse().ok());
    found.unwrap_or(0)
}

pub(super) fn or_missing(value: &str) -> &str {
    if value.is_empty() { "@missing" } else { value }
}
