//! The host of the app: the page itself, the addresses below it, the files.

use super::{Answer, Ask, Doctor, Reply, Report, headers, questions::FILES};
use crate::protocol::config::Config;

const TOPIC: &str = "Page";

/// What only our page has.
const BLOCK: &str = r#"id="hushkey""#;

pub(super) fn judge(doctor: &Doctor, report: &mut Report) {
    let Some(asked) = doctor.asked(Ask::Page) else { return };
    let (url, origin) = (asked.url.expose(), doctor.config.app_origin());
    let Some(answer) = &asked.answer else { return };
    let Answer::Replied(reply) = answer else {
        return report.wrong(TOPIC, format!("{url}: {}", answer.why_not()), answer.remedy(url, &origin));
    };
    if reply.status != 200 || !is_app(reply.body.expose()) {
        let finding = format!("{url}: status {}, and no configuration block of hushkey in it", reply.status);
        return report.wrong(TOPIC, finding, "Deploy the folder of `cargo xtask dist` there, or check --origin.");
    }
    report.right(TOPIC, format!("{url}: the app is there"));
    deployed(doctor, report, reply);
    callback(doctor, report);
    headers::judge(doctor, report, reply);
    for end in FILES {
        file(doctor, report, end);
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
    if doctor.is_page() {
        return;
    }
    let (topic, origin) = ("Configuration", doctor.config.app_origin());
    let text = reply.body.expose().split(BLOCK).nth(1).and_then(|rest| rest.split_once('>')?.1.split("</script").next());
    match Config::from_json(text.unwrap_or_default(), &origin) {
        Ok(config) if config == doctor.config => report.right(topic, "the page has this very configuration"),
        Ok(_) => {
            report.look(topic, "the page has another configuration than the one that is checked", "Deploy this one, or check that one.")
        }
        Err(error) => report.wrong(topic, format!("the page refuses its own: {error}"), "Deploy a configuration that is accepted."),
    }
}

/// Whether people who come back from the provider find the app.
fn callback(doctor: &Doctor, report: &mut Report) {
    let Some(asked) = doctor.asked(Ask::Callback) else { return };
    let (topic, url) = ("Callback page", asked.url.expose());
    match &asked.answer {
        None => {}
        Some(Answer::Replied(reply)) if reply.status == 200 && is_app(reply.body.expose()) => {
            report.right(topic, format!("{url}: answered with the app"));
        }
        Some(Answer::Replied(reply)) if !reply.is_redirect() => {
            let finding = format!("{url}: status {}, expected the app's page", reply.status);
            report.wrong(topic, finding, "At the host, answer every address that is no file with index.html and status 200.");
        }
        Some(Answer::Replied(_) | Answer::Redirects) => {
            let advice = "At the host, answer that address itself: a redirect may lose the answer in its query.";
            report.wrong(topic, format!("{url}: it is answered with a redirect"), advice);
        }
        Some(answer) => report.unknown(topic, format!("{url}: {}", answer.why_not()), "Check again."),
    }
}

/// A file whose name changes with its content.
fn file(doctor: &Doctor, report: &mut Report, end: &'static str) {
    let topic = "Files";
    let Some(asked) = doctor.asked(Ask::File(end)) else {
        let advice = "A folder of `cargo xtask dist` has one.";
        return report.unknown(topic, format!("the page names no file that ends in {end}"), advice);
    };
    let url = asked.url.expose();
    let Some(answer) = &asked.answer else { return };
    let Answer::Replied(reply) = answer else {
        return report.wrong(topic, format!("{url}: {}", answer.why_not()), answer.remedy(url, &doctor.config.app_origin()));
    };
    if reply.status != 200 {
        return report.wrong(topic, format!("{url}: status {}, expected 200", reply.status), "Deploy the whole folder.");
    }
    let kind = match end {
        ".wasm" => "application/wasm",
        ".js" => "text/javascript",
        _ => "text/css",
    };
    let before = report.0.len();
    let came = reply.header("content-type");
    if !came.starts_with(kind) && !(end == ".js" && came.starts_with("application/javascript")) {
        let finding = format!("{url}: Content-Type: unexpected {came}, expected {kind}");
        let advice = "At the host, set the media type for that ending.";
        if end == ".wasm" {
            report.look(topic, finding, format!("{advice} Else the app is compiled only after the whole file has come."));
        } else {
            report.wrong(topic, finding, format!("{advice} Browsers refuse it with another one."));
        }
    }
    if reply.header("content-encoding").is_empty() {
        let advice = "At the host, send the .br or .gz twin that stands beside it, or compress.";
        report.look(topic, format!("{url}: Content-Encoding: missing, so it travels at its full size"), advice);
    }
    if max_age(reply.header("cache-control")) < 86_400 {
        let finding = format!("{url}: Cache-Control: unexpected {}", or_missing(reply.header("cache-control")));
        report.look(topic, finding, "Send public, max-age=31536000, immutable with it: its name changes with its content.");
    }
    if report.0.len() == before {
        report.right(topic, format!("{url}: media type, compression, and kept for good"));
    }
}

/// How long it may be kept, in seconds.
fn max_age(control: &str) -> u64 {
    let find = |name: &str| control.split(',').find_map(|part| part.trim().strip_prefix(name)?.parse().ok());
    find("max-age=").unwrap_or(0)
}

pub(super) fn or_missing(value: &str) -> &str {
    if value.is_empty() { "(missing)" } else { value }
}
