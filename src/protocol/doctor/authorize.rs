//! What browsers are sent to: the authorization endpoint, with `prompt=none`, and the end of a session. A program goes there without a cookie, so
//! there is nobody whom the provider could know, and the answer is `login_required` where everything is right.

use super::{Answer, Ask, Asked, Doctor, Reply, Report};
use crate::protocol::{
    callback::{self, Parameters},
    checks::Checks,
    error::{Error, SilentFailure},
    policy::{ANCESTORS, Policy},
    secret::SensitiveUrl,
};

pub(super) fn judge(doctor: &Doctor, report: &mut Report) {
    let (relay, callback) = (doctor.config.silent_redirect_uri(), doctor.config.redirect_uri());
    let (silent, lookup) = (doctor.asked(Ask::Silent), doctor.asked(Ask::Lookup));
    let known = |other: Option<&Asked>| if other.and_then(returns) == Some(true) { "" } else { "@check-client" };
    if let Some(asked) = silent {
        returned(doctor, report, asked, &[&relay, "silent_path", known(lookup)]);
    }
    if let Some(asked) = lookup {
        returned(doctor, report, asked, &[&callback, "redirect_path", known(silent)]);
    }
    if doctor.metadata().is_some_and(|metadata| metadata.par_endpoint.is_some()) {
        report.unknown("address-pushed", &[&relay, &callback]);
    }
    if doctor.asked(Ask::Stranger).and_then(returns) == Some(true) {
        report.look("address-any", &[]);
    }
    if silent.or_else(|| doctor.asked(Ask::SignOut)).is_some() {
        sign_out(doctor, report);
    }
}

/// Whether the answer goes back to the address that was named; nothing if it cannot be told.
fn returns(asked: &Asked) -> Option<bool> {
    match asked.answer.as_ref()? {
        Answer::Replied(reply) => Some(reply.is_redirect() && leads_to(reply, &asked.transaction.as_ref()?.redirect_uri)),
        Answer::Redirects => Some(true),
        Answer::Shows => Some(false),
        Answer::Unreadable | Answer::Forbidden | Answer::Nothing(_) => None,
    }
}

fn leads_to(reply: &Reply, address: &str) -> bool {
    SensitiveUrl::new(reply.header("location")).without_query() == address
}

/// `about`: the address, its setting, and what to check if the provider redirects to none of the app's addresses.
fn returned(doctor: &Doctor, report: &mut Report, asked: &Asked, about: &[&str; 3]) {
    let Some(answer) = &asked.answer else { return };
    let [address, setting, client] = *about;
    match answer {
        Answer::Replied(reply) if !doctor.is_page() => read(report, asked, reply, about),
        Answer::Redirects => {
            report.right("address-redirects", about);
            if asked.ask == Ask::Silent {
                report.unknown("silent-unknown", &[]);
            }
        }
        Answer::Shows => {
            let why = Error::Silent(SilentFailure::Unregistered).to_string();
            report.wrong("address-shows", &[address, setting, client, &why]);
        }
        answer => {
            let why = if doctor.surroundings.isolated { "@isolated" } else { answer.why_not() };
            report.unknown("address-unknown", &[address, why]);
        }
    }
}

/// What only a program is told.
fn read(report: &mut Report, asked: &Asked, reply: &Reply, about: &[&str; 3]) {
    let [address, setting, client] = *about;
    let status = reply.status.to_string();
    if returns(asked) == Some(true) {
        report.right("address", about);
        if asked.ask == Ask::Silent {
            silent(report, asked, reply);
        }
    } else if reply.is_redirect() {
        let place = SensitiveUrl::new(reply.header("location"));
        report.wrong("silent-elsewhere", &[address, setting, client, place.without_query()]);
    } else if matches!(reply.status, 429 | 500..=599) {
        report.unknown("address-busy", &[address, &status]);
    } else {
        report.wrong("address-page", &[address, setting, client, &status, named(reply), unframed(reply)]);
    }
}

/// What a redirect to the relay page says.
fn silent(report: &mut Report, asked: &Asked, reply: &Reply) {
    let Some(transaction) = &asked.transaction else { return };
    let location = reply.header("location");
    let (rest, fragment) = location.split_once('#').unwrap_or((location, ""));
    let query = rest.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let said = Parameters::read(query, fragment, transaction.response_mode)
        .map_err(Error::AuthorizationResponse)
        .and_then(|parameters| callback::process_authorization_response(&parameters, transaction, &Checks::default()));
    let Err(error) = said else { return report.wrong("silent-code", &[]) };
    match &error {
        Error::Silent(SilentFailure::LoginRequired) => {
            report.right("silent", &[if transaction.sends_issuer { "@state-and-iss" } else { "@state" }]);
        }
        Error::Silent(SilentFailure::NeedsInteraction(code)) => report.look("silent-other", &[code]),
        Error::Authorization(refusal) => {
            let advice = match refusal.code.as_str() {
                "invalid_scope" => "@silent-scope",
                "unauthorized_client" | "unsupported_response_type" => "@silent-flow",
                "invalid_target" => "@silent-target",
                _ => "@silent-log",
            };
            report.wrong("silent-refused", &[&error.to_string(), advice]);
        }
        Error::AuthorizationResponse(finding) if finding.field == "iss" => {
            report.wrong("silent-refused", &[&error.to_string(), "@silent-iss"]);
        }
        _ => report.wrong("silent-refused", &[&error.to_string(), "@silent-standard"]),
    }
}

/// The word by which a page of the provider says what is wrong, if it is one that is known.
fn named(reply: &Reply) -> &'static str {
    let words = [
        "invalid_redirect_uri", "redirect_uri_mismatch", "redirect_uri", "invalid_client", "unauthorized_client", "invalid_scope",
        "invalid_request",
    ];
    words.into_iter().find(|word| reply.body.expose().contains(word)).unwrap_or("@no-reason")
}

/// The header by which a page refuses to be in a frame.
fn unframed(reply: &Reply) -> &'static str {
    if Policy::parse(reply.header("content-security-policy")).has(ANCESTORS) {
        "@unframed-policy"
    } else if reply.header("x-frame-options").is_empty() {
        ""
    } else {
        "@unframed-options"
    }
}

/// Where people come to after signing out.
fn sign_out(doctor: &Doctor, report: &mut Report) {
    let address = doctor.config.post_logout_redirect_uri();
    match doctor.answer(Ask::SignOut) {
        None if doctor.metadata().is_none_or(|metadata| metadata.end_session_endpoint.is_none()) => {}
        None => report.unknown("logout-unknown", &[&address, "@logout-page"]),
        Some(_) if doctor.is_page() => {}
        Some(Answer::Replied(reply)) => {
            let status = reply.status.to_string();
            let values = [&*address, "@logout-status", &status];
            if reply.is_redirect() && leads_to(reply, &address) {
                report.right("logout", &values);
            } else if (400..500).contains(&reply.status) && reply.body.expose().contains("post_logout_redirect_uri") {
                report.wrong("logout-refused", &values);
            } else {
                report.unknown("logout-unknown", &values);
            }
        }
        Some(answer) => report.unknown("logout-unknown", &[&address, answer.why_not()]),
    }
}
