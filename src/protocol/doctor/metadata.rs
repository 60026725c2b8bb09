//! The provider's metadata: discovered, or configured and compared with what the provider says itself.

use super::{Answer, Ask, Doctor, Report};
use crate::protocol::{config::Provider, discovery::Metadata, error::Error, json::Object};
use url::Url;

pub(super) fn judge(doctor: &Doctor, report: &mut Report) {
    let Some(asked) = doctor.asked(Ask::Discovery) else { return };
    let (url, origin) = (asked.url.expose(), doctor.config.app_origin());
    match (&doctor.config.provider, &asked.answer) {
        (_, None) => {}
        (Provider::Discovered { issuer }, Some(Answer::Replied(reply))) => {
            if doctor.judges_cors() {
                match reply.readable_by(&origin) {
                    Ok(()) => report.right("metadata-readable", &[url, &origin]),
                    Err(why) => report.wrong("metadata-cors", &[url, &why, &origin]),
                }
            }
            match super::discovered(doctor, reply) {
                Ok(_) => report.right("metadata", &[url, issuer]),
                Err(error) => report.wrong("metadata-bad", &[url, &error.to_string(), remedy(&error)]),
            }
        }
        (Provider::Discovered { .. }, Some(answer)) => report.wrong("metadata-gone", &[url, answer.why_not(), answer.remedy(), &origin]),
        (Provider::Known(known), Some(answer)) => compared(doctor, report, known, url, answer),
    }
}

fn remedy(error: &Error) -> &'static str {
    match error {
        Error::Discovery(finding) => match &*finding.field {
            "issuer" => "@issuer-exactly",
            "status" | "content-type" => "@issuer-place",
            _ => "@provider-mends",
        },
        Error::Network(_) => "@later",
        _ => "@provider-mends",
    }
}

/// What is configured, beside what the provider says: every member that differs. The document is what is expected.
fn compared(doctor: &Doctor, report: &mut Report, known: &Metadata, url: &str, answer: &Answer) {
    let Some(document) = doctor.document() else {
        let status = doctor.reply(Ask::Discovery).map(|reply| format!("status {}", reply.status));
        let why = status.as_deref().unwrap_or_else(|| answer.why_not());
        return report.unknown("metadata-uncompared", &[url, if why == "status 200" { "@no-object" } else { why }, doctor.command()]);
    };
    let before = report.0.len();
    let said = |name: &'static str| document.optional_str(name).ok().flatten().unwrap_or_default();
    if said("issuer") != known.issuer {
        report.wrong("issuer-differs", &[url, said("issuer"), &known.issuer]);
    }
    if let Err(finding) = Metadata::from_object(&document, doctor.config.transport()) {
        report.wrong("metadata-bad", &[url, &finding.to_string(), "@provider-mends"]);
    }
    for (name, configured) in [
        ("authorization_endpoint", Some(&known.authorization_endpoint)),
        ("token_endpoint", Some(&known.token_endpoint)),
        ("jwks_uri", Some(&known.jwks_uri)),
        ("end_session_endpoint", known.end_session_endpoint.as_ref()),
        ("check_session_iframe", known.check_session_iframe.as_ref()),
        ("pushed_authorization_request_endpoint", known.par_endpoint.as_ref()),
        ("revocation_endpoint", known.revocation_endpoint.as_ref().filter(|_| doctor.config.revoke_at_sign_out.is_some())),
    ] {
        // What is offered and not used is told with the features.
        let Some(configured) = configured else { continue };
        if Url::parse(said(name)).ok().as_ref() != Some(configured) {
            let said = if said(name).is_empty() { "@nothing" } else { said(name) };
            report.look("member-differs", &[url, said, configured.as_str(), name]);
        }
    }
    promised(&document, known, report, url);
    if report.0.len() == before {
        report.right("metadata-same", &[url]);
    }
}

/// Whether answers name their issuer.
fn promised(document: &Object, known: &Metadata, report: &mut Report, url: &str) {
    let promised = document.optional_bool("authorization_response_iss_parameter_supported").ok().flatten().unwrap_or(false);
    match (promised, known.sends_issuer) {
        (true, false) => report.look("iss-unused", &[url]),
        (false, true) => report.wrong("iss-unpromised", &[url]),
        _ => {}
    }
}
