//! The provider's metadata: discovered, or configured and compared with what the provider says itself.

use super::{Answer, Ask, Doctor, Report, Verdict};
use crate::protocol::{
    address::Transport,
    config::Provider,
    discovery::Metadata,
    error::{Error, Finding},
    json::Object,
};
use url::Url;

const TOPIC: &str = "Metadata";

pub(super) fn judge(doctor: &Doctor, report: &mut Report) {
    let Some(asked) = doctor.asked(Ask::Discovery) else { return };
    let (url, origin) = (asked.url.expose(), doctor.config.app_origin());
    match (&doctor.config.provider, &asked.answer) {
        (_, None) => {}
        (Provider::Discovered { issuer }, Some(Answer::Replied(reply))) => {
            readable(doctor, report, url);
            match super::discovered(doctor, reply, issuer) {
                Ok(_) => report.right(TOPIC, format!("{url}: issuer is {issuer} letter by letter, the endpoints can be used")),
                Err(error) => report.wrong(TOPIC, format!("{url}: {error}"), discovered_remedy(&error)),
            }
        }
        (Provider::Discovered { .. }, Some(answer)) => {
            let remedy = format!("{} Or configure metadata in place of issuer.", answer.remedy(url, &origin));
            report.wrong(TOPIC, format!("{url}: {}", answer.why_not()), remedy);
        }
        (Provider::Known(known), Some(answer)) => compared(doctor, report, known, url, answer),
    }
}

/// Whether a page could read what a program has read.
fn readable(doctor: &Doctor, report: &mut Report, url: &str) {
    let Some(reply) = doctor.reply(Ask::Discovery).filter(|_| !doctor.is_page() && doctor.surroundings.origin_known) else { return };
    let origin = doctor.config.app_origin();
    if let Err(why) = reply.readable_by(&origin) {
        let remedy = format!("At the provider, allow {origin} to read {url} (CORS), or configure metadata in place of issuer.");
        report.wrong("Metadata, CORS", why, remedy);
    } else {
        report.right("Metadata, CORS", format!("{origin} may read it"));
    }
}

fn discovered_remedy(error: &Error) -> &'static str {
    match error {
        Error::Discovery(finding) if finding.field == "issuer" => {
            "Write issuer in the configuration exactly as the document has it, if that is your provider."
        }
        Error::Discovery(finding) if finding.field == "status" || finding.field == "content-type" => {
            "Check issuer: the document must stand below it, at /.well-known/openid-configuration."
        }
        Error::Network(_) => "Ask again later; the provider cannot answer now.",
        _ => "The provider has to mend this.",
    }
}

/// What is configured, beside what the provider says.
fn compared(doctor: &Doctor, report: &mut Report, known: &Metadata, url: &str, answer: &Answer) {
    let Some(document) = doctor.document() else {
        let why = match doctor.reply(Ask::Discovery) {
            Some(reply) if reply.status == 200 => "it is no JSON object".to_owned(),
            Some(reply) => format!("status {}", reply.status),
            None => answer.why_not(),
        };
        let verdict = Verdict::Unknown;
        let advice = if doctor.is_page() { "`cargo xtask doctor` may be able to read it." } else { "Compare by hand." };
        return report.add(TOPIC, verdict, format!("{url} cannot be read ({why}), so what is configured is compared with nothing"), advice);
    };
    let before = report.0.len();
    for difference in differences(&document, known, doctor.config.transport()) {
        let (finding, verdict, advice) = difference;
        report.add(TOPIC, verdict, format!("{url}: {finding}"), advice);
    }
    if report.0.len() == before {
        report.right(TOPIC, format!("{url}: says what is configured, issuer letter by letter"));
    }
}

type Difference = (Finding, Verdict, &'static str);

/// Every member that differs. The document is what is expected.
fn differences(document: &Object, known: &Metadata, transport: Transport) -> Vec<Difference> {
    let said = |name: &'static str| document.optional_str(name).ok().flatten().unwrap_or_default();
    let mut list = Vec::new();
    if said("issuer") != known.issuer {
        let finding = Finding::unexpected("issuer", said("issuer"), &known.issuer);
        list.push((finding, Verdict::Wrong, "Configure issuer as the provider names itself: ID tokens of another are refused."));
    }
    if let Err(finding) = Metadata::from_object(document, transport) {
        list.push((finding, Verdict::Wrong, "The provider has to mend this, or does not offer what signing in needs."));
    }
    for (name, configured) in [
        ("authorization_endpoint", Some(&known.authorization_endpoint)),
        ("token_endpoint", Some(&known.token_endpoint)),
        ("jwks_uri", Some(&known.jwks_uri)),
        ("end_session_endpoint", known.end_session_endpoint.as_ref()),
        ("check_session_iframe", known.check_session_iframe.as_ref()),
    ] {
        // What is offered and not used is told with the features.
        let Some(configured) = configured else { continue };
        match Url::parse(said(name)) {
            Ok(said) if said == *configured => {}
            Ok(said) => list.push((
                Finding::unexpected(name, said.as_str(), configured.as_str()),
                Verdict::Look,
                "Configure what the provider names, unless both are meant to work.",
            )),
            Err(_) => list.push((
                Finding::invalid(name, format!("configured as {configured}, and not in the document")),
                Verdict::Look,
                "See whether the provider has it.",
            )),
        }
    }
    let promised = document.optional_bool("authorization_response_iss_parameter_supported").ok().flatten().unwrap_or(false);
    if promised != known.sends_issuer {
        let finding =
            Finding::unexpected("authorization_response_iss_parameter_supported", promised.to_string(), known.sends_issuer.to_string());
        list.push(if promised {
            (finding, Verdict::Look, "Configure it in metadata, or name the provider by issuer: an answer without iss is then refused.")
        } else {
            (finding, Verdict::Wrong, "Take it out of metadata: an answer without iss is refused because of it.")
        });
    }
    list
}
