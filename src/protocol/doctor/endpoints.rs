//! What scripts of the app call: the token endpoint, the keys, the APIs.

use super::{Answer, Ask, Doctor, Reply, Report};
use crate::protocol::{json::Object, jwks};

type Judge = fn(&Doctor, &mut Report, &str, &Reply);

pub(super) fn judge(doctor: &Doctor, report: &mut Report) {
    if doctor.metadata().is_none() {
        report.unknown("endpoints-unknown", &[]);
    }
    called(doctor, report, Ask::Keys, ["@keys", "@remedy-cors"], keys);
    called(doctor, report, Ask::Token, ["@token", "@remedy-token"], token);
    for place in 0..doctor.config.api.len() {
        called(doctor, report, Ask::Api(place), ["@api", "@remedy-api"], api);
    }
}

/// What holds for everything that is called: the page must get to read the answer.
fn called(doctor: &Doctor, report: &mut Report, ask: Ask, [topic, remedy]: [&str; 2], judge: Judge) {
    let Some(asked) = doctor.asked(ask) else { return };
    let (url, origin) = (asked.url.expose(), doctor.config.app_origin());
    let mut failed = |why: &str, remedy: &str| report.wrong("called-failed", &[url, why, remedy, &origin, topic]);
    match &asked.answer {
        None => {}
        Some(Answer::Replied(reply)) if reply.is_redirect() => failed(Answer::Redirects.why_not(), Answer::Redirects.remedy()),
        Some(Answer::Replied(reply)) => match reply.readable_by(&origin) {
            Err(why) if doctor.judges_cors() => failed(&why, remedy),
            _ => judge(doctor, report, url, reply),
        },
        Some(Answer::Unreadable) => failed(Answer::Unreadable.why_not(), remedy),
        Some(answer) => failed(answer.why_not(), answer.remedy()),
    }
}

fn keys(doctor: &Doctor, report: &mut Report, url: &str, reply: &Reply) {
    let set = match jwks::process_jwks_response(&reply.to_response()) {
        Ok(set) => set,
        Err(error) => return report.wrong("keys-bad", &[url, &error.to_string()]),
    };
    for algorithm in &doctor.config.algorithms {
        let name = algorithm.name();
        let (count, nameless) = set.fitting(*algorithm);
        let values = [url, name, &count.to_string(), &nameless.to_string()];
        match (count, nameless) {
            (0, _) => report.wrong("keys-none", &values),
            (2.., 1..) => report.wrong("keys-nameless", &values),
            (1, 1..) => report.look("key-nameless", &values),
            (1.., 0) => report.right("keys-good", &values),
        }
    }
    if !set.refused.is_empty() {
        report.look("keys-refused", &[url, &set.refused.len().to_string()]);
    }
}

fn token(doctor: &Doctor, report: &mut Report, url: &str, reply: &Reply) {
    let body = Object::parse(reply.body.expose()).ok();
    let code = body.as_ref().and_then(|body| body.optional_str("error").ok().flatten()).unwrap_or_default();
    let status = reply.status.to_string();
    let cors = if doctor.knows_origin() { "@token-readable" } else { "@token-unknown" };
    // What came could be anything: only words of the standard are repeated (RFC 6749 §5.2).
    match (reply.status, code) {
        (400 | 401, "invalid_grant") => report.right("token-good", &[url, cors]),
        (_, "invalid_client" | "unauthorized_client") => report.wrong("token-client", &[url, code]),
        (_, "invalid_request" | "unsupported_grant_type" | "invalid_scope" | "invalid_target") => report.look("token-other", &[url, code]),
        (429 | 500..=599, _) => report.unknown("token-busy", &[url, &status]),
        _ => report.wrong("token-bad", &[url, &status]),
    }
}

fn api(doctor: &Doctor, report: &mut Report, url: &str, reply: &Reply) {
    if doctor.is_page() {
        return report.right("api-readable", &[url]);
    }
    if !doctor.knows_origin() {
        return report.unknown("api-unknown", &[url]);
    }
    let allowed = reply.header("access-control-allow-headers");
    if !(200..300).contains(&reply.status) {
        report.wrong("api-preflight", &[url, &reply.status.to_string()]);
    } else if allowed.split(',').any(|name| name.trim().eq_ignore_ascii_case("authorization")) {
        report.right("api-good", &[url, &doctor.config.app_origin()]);
    } else {
        // The star does not stand for this header (Fetch §4.10).
        report.wrong("api-headers", &[url, if allowed.is_empty() { "@missing" } else { allowed }]);
    }
}
