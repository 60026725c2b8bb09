//! What scripts of the app call: the token endpoint, the keys, the APIs.

use super::{Answer, Ask, Doctor, Reply, Report};
use crate::protocol::{json::Object, jwks};

pub(super) fn judge(doctor: &Doctor, report: &mut Report) {
    if doctor.metadata().is_none() {
        let finding = "keys, token endpoint and authorization endpoint are not known";
        report.unknown("Endpoints", finding, "Mend the metadata first, then check again.");
    }
    called(doctor, report, Ask::Keys, "Keys", keys);
    called(doctor, report, Ask::Token, "Token endpoint", token);
    for place in 0..doctor.config.api.len() {
        called(doctor, report, Ask::Api(place), "API", api);
    }
}

/// What holds for everything that is called: the page must get to read the answer.
fn called(doctor: &Doctor, report: &mut Report, ask: Ask, topic: &'static str, judge: fn(&Doctor, &mut Report, &str, &Reply)) {
    let Some(asked) = doctor.asked(ask) else { return };
    let (url, origin) = (asked.url.expose(), doctor.config.app_origin());
    let Some(answer) = &asked.answer else { return };
    let Answer::Replied(reply) = answer else {
        return report.wrong(topic, format!("{url}: {}", answer.why_not()), remedy(topic, answer, url, &origin));
    };
    if reply.is_redirect() {
        return report.wrong(topic, format!("{url}: {}", Answer::Redirects.why_not()), Answer::Redirects.remedy(url, &origin));
    }
    if !doctor.is_page() && doctor.surroundings.origin_known {
        match reply.readable_by(&origin) {
            Ok(()) => judge(doctor, report, url, reply),
            Err(why) => report.wrong(topic, format!("{url}: {why}"), remedy(topic, &Answer::Unreadable, url, &origin)),
        }
    } else {
        judge(doctor, report, url, reply);
    }
}

fn remedy(topic: &'static str, answer: &Answer, url: &str, origin: &str) -> String {
    match (topic, answer) {
        ("API", Answer::Unreadable) => format!("At the API, allow {origin} with the header Authorization (CORS), also for OPTIONS."),
        ("Token endpoint", Answer::Unreadable) => {
            format!("At the provider, allow {origin} to call it (CORS). At Scalekit the registered redirect addresses decide.")
        }
        _ => answer.remedy(url, origin),
    }
}

fn keys(doctor: &Doctor, report: &mut Report, url: &str, reply: &Reply) {
    let topic = "Keys";
    let set = match jwks::process_jwks_response(&reply.to_response()) {
        Ok(set) => set,
        Err(error) => {
            return report.wrong(topic, format!("{url}: {error}"), "Check jwks_uri: a JSON Web Key Set must stand there.");
        }
    };
    for algorithm in &doctor.config.algorithms {
        let name = algorithm.name();
        match set.fitting(*algorithm) {
            (0, _) => report.wrong(
                topic,
                format!("{url}: no usable key for {name}"),
                format!("Configure algorithms as the provider signs, or have it publish a key for {name} (RSA: 2048 bits or more)."),
            ),
            (count, nameless) if count > 1 && nameless > 0 => report.wrong(
                topic,
                format!("{url}: kid: missing in {nameless} of {count} keys for {name}"),
                "The provider has to name its keys: of several without kid none can be chosen.",
            ),
            (_, nameless) if nameless > 0 => report.look(
                topic,
                format!("{url}: kid: missing in the key for {name}"),
                "It works as long as there is one key; a change of keys needs kid.",
            ),
            (count, _) => report.right(topic, format!("{url}: {count} for {name}, with kid and of sound size")),
        }
    }
    if set.refused > 0 {
        let finding = format!("{url}: {} private, symmetric or weak keys (RSA below 2048 bits) are never used", set.refused);
        report.look(topic, finding, "The provider should not publish them.");
    }
}

fn token(doctor: &Doctor, report: &mut Report, url: &str, reply: &Reply) {
    let topic = "Token endpoint";
    let body = Object::parse(reply.body.expose()).ok();
    let code = body.as_ref().and_then(|body| body.optional_str("error").ok().flatten()).unwrap_or_default();
    let cors = match (doctor.is_page(), doctor.surroundings.origin_known) {
        (false, false) => ", whether a page may read it depends on its origin",
        _ => ", and a page of the app may read it",
    };
    // What came could be anything: only words of the standard are repeated (RFC 6749 §5.2).
    match (reply.status, code) {
        (400 | 401, "invalid_grant") => report.right(topic, format!("{url}: a made-up code is refused with invalid_grant{cors}")),
        (_, "invalid_client" | "unauthorized_client") => report.wrong(
            topic,
            format!("{url}: unexpected {code}, expected invalid_grant for a made-up code"),
            "Check client_id, and that it is registered as a public client (no secret) with the grant authorization_code.",
        ),
        (_, "invalid_request" | "unsupported_grant_type" | "invalid_scope" | "invalid_target") => report.look(
            topic,
            format!("{url}: unexpected {code}, expected invalid_grant for a made-up code"),
            "Some providers say it so. If nobody can sign in, look into the provider's log.",
        ),
        (429 | 500..=599, _) => report.unknown(topic, format!("{url}: status {}", reply.status), "Ask again later; it cannot answer now."),
        (200..=299, _) => report.wrong(
            topic,
            format!("{url}: status {}, expected invalid_grant for a made-up code", reply.status),
            "Check token_endpoint: something else seems to stand there.",
        ),
        (status, _) => report.wrong(
            topic,
            format!("{url}: status {status} without an error of OAuth, expected 400 with invalid_grant"),
            "Check token_endpoint: something else seems to stand there.",
        ),
    }
}

fn api(doctor: &Doctor, report: &mut Report, url: &str, reply: &Reply) {
    let topic = "API";
    if doctor.is_page() {
        return report.right(topic, format!("{url}: may be called with Authorization; its answer can be read"));
    }
    if !doctor.surroundings.origin_known {
        return report.unknown(topic, format!("{url}: whether it may be called depends on the origin of the app"), "Name it: --origin.");
    }
    let allowed = reply.header("access-control-allow-headers");
    // The star does not stand for this header (Fetch §4.10).
    let has = allowed.split(',').any(|name| name.trim().eq_ignore_ascii_case("authorization"));
    if !(200..300).contains(&reply.status) {
        let advice = "At the API, answer OPTIONS without asking for a token: browsers send none with it.";
        report.wrong(topic, format!("{url}: status {} to a preflight (OPTIONS), expected 200 or 204", reply.status), advice);
    } else if has {
        report.right(topic, format!("{url}: may be called from {} with Authorization", doctor.config.app_origin()));
    } else {
        let came = if allowed.is_empty() { "missing" } else { allowed };
        let advice = "At the API, name authorization there; a star does not stand for it.";
        report.wrong(topic, format!("{url}: Access-Control-Allow-Headers: unexpected {came}, expected authorization"), advice);
    }
}
