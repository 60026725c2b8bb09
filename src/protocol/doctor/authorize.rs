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

const SILENT: &str = "Silent sign-in";
const ADDRESSES: &str = "Redirect addresses";

pub(super) fn judge(doctor: &Doctor, report: &mut Report) {
    let (relay, callback) = (doctor.config.silent_redirect_uri(), doctor.config.redirect_uri());
    let registered = |ask| doctor.asked(ask).is_some_and(|asked| returns(asked) == Some(true));
    if let Some(asked) = doctor.asked(Ask::Silent) {
        returned(doctor, report, asked, &relay, "silent_path", registered(Ask::Lookup));
    }
    if let Some(asked) = doctor.asked(Ask::Lookup) {
        returned(doctor, report, asked, &callback, "redirect_path", registered(Ask::Silent));
    }
    if let Some(asked) = doctor.asked(Ask::Stranger)
        && returns(asked) == Some(true)
    {
        let finding = "the provider redirects to an address that nobody registered (a wildcard, perhaps)";
        report.look(ADDRESSES, finding, "Register each address letter by letter: whoever can put a page there gets the codes.");
    }
    if doctor.asked(Ask::Silent).is_some() {
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

/// `other_works`: the provider redirects to the app's other address, so it knows the client.
fn returned(doctor: &Doctor, report: &mut Report, asked: &Asked, address: &str, setting: &'static str, other_works: bool) {
    let Some(answer) = &asked.answer else { return };
    let register = if other_works {
        format!("At the provider, register {address} as a redirect address of this client ({setting}), letter by letter.")
    } else {
        format!("At the provider, check client_id, and register {address} as a redirect address ({setting}), letter by letter.")
    };
    match answer {
        Answer::Replied(reply) if returns(asked) == Some(true) => {
            report.right(ADDRESSES, format!("the provider redirects to {address}"));
            if asked.ask == Ask::Silent {
                silent(report, asked, reply);
            }
        }
        Answer::Replied(reply) if reply.is_redirect() => {
            let place = SensitiveUrl::new(reply.header("location"));
            let finding = format!("prompt=none leads to {} and not back to {address}", place.without_query());
            report.wrong(SILENT, finding, format!("The provider has to answer prompt=none with login_required by redirect. {register}"));
        }
        Answer::Replied(reply) if matches!(reply.status, 429 | 500..=599) => {
            report.unknown(ADDRESSES, format!("{address}: status {} at the authorization endpoint", reply.status), "Ask again later.");
        }
        Answer::Replied(reply) => {
            let named = named(reply).map(|word| format!(", which says {word}")).unwrap_or_default();
            let framed = unframed(reply).map(|header| format!(", and refuses to be framed ({header})")).unwrap_or_default();
            let finding = format!("{address}: the provider shows a page (status {}){named}{framed}, and does not redirect", reply.status);
            report.wrong(ADDRESSES, finding, register);
        }
        Answer::Redirects => {
            report.right(ADDRESSES, format!("the provider redirects, asked for {address}"));
            if asked.ask == Ask::Silent {
                let finding = "what the answer to prompt=none says is not told to a page";
                report.unknown(SILENT, finding, "`cargo xtask doctor` reads it; a reload that stays signed in shows it, too.");
            }
        }
        Answer::Shows => report.wrong(ADDRESSES, format!("{address}: {}", Error::Silent(SilentFailure::Unregistered)), register),
        Answer::Unreadable | Answer::Forbidden | Answer::Nothing(_) => {
            let isolated = doctor.surroundings.isolated;
            let why = if isolated { "the page is cross-origin isolated (COEP)".to_owned() } else { answer.why_not() };
            report.unknown(ADDRESSES, format!("{address}: {why}"), "`cargo xtask doctor` can tell.");
        }
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
    match said {
        Err(Error::Silent(SilentFailure::LoginRequired)) => {
            let iss = if transaction.sends_issuer { ", state and iss" } else { " and state" };
            report.right(SILENT, format!("prompt=none without a session is answered with login_required{iss}, by redirect"));
        }
        Err(Error::Silent(SilentFailure::NeedsInteraction(code))) => {
            report.look(
                SILENT,
                format!("prompt=none without a session is answered with {code}, expected login_required"),
                "It works as well.",
            );
        }
        Err(Error::Authorization(error)) => {
            let advice = match error.code.as_str() {
                "invalid_scope" => "Check scopes: the provider does not know one of them, or not for this client.",
                "unauthorized_client" | "unsupported_response_type" => "At the provider, allow this client the authorization code flow.",
                "invalid_target" => "Check api.resource: the provider does not know it.",
                _ => "Look into the provider's log; the parameters are those of an ordinary sign-in.",
            };
            report.wrong(SILENT, error.to_string(), advice);
        }
        Err(error) => {
            let advice = match &error {
                Error::AuthorizationResponse(finding) if finding.field == "iss" => {
                    "Configure issuer as the provider names itself; where it sends no iss, do not configure that it does."
                }
                _ => "The provider has to answer as RFC 6749 and RFC 9207 say.",
            };
            report.wrong(SILENT, error.to_string(), advice);
        }
        Ok(_) => report.wrong(
            SILENT,
            "a request without a cookie is answered with a code",
            "The provider signs everybody in: it must not answer so unless it knows who asks.",
        ),
    }
}

/// The word by which a page of the provider says what is wrong, if it is one that is known.
fn named(reply: &Reply) -> Option<&'static str> {
    let words = [
        "invalid_redirect_uri", "redirect_uri_mismatch", "redirect_uri", "invalid_client", "unauthorized_client", "invalid_scope",
        "invalid_request",
    ];
    words.into_iter().find(|word| reply.body.expose().contains(word))
}

/// The header by which a page refuses to be in a frame.
fn unframed(reply: &Reply) -> Option<&'static str> {
    match Policy::parse(reply.header("content-security-policy")).has(ANCESTORS) {
        true => Some("frame-ancestors"),
        false => (!reply.header("x-frame-options").is_empty()).then_some("X-Frame-Options"),
    }
}

/// Where people come to after signing out.
fn sign_out(doctor: &Doctor, report: &mut Report) {
    let topic = "Sign-out";
    let address = doctor.config.post_logout_redirect_uri();
    let unknown = |report: &mut Report, why: &str| {
        report.unknown(topic, format!("{address}: {why}"), "Sign in and out once: you must come back to the app.");
    };
    match doctor.answer(Ask::SignOut) {
        None if doctor.metadata().is_none_or(|metadata| metadata.end_session_endpoint.is_none()) => {}
        None => unknown(report, "whether it is registered (post_logout_path) is not tried from a page, where it would end a session"),
        Some(Answer::Replied(reply)) if reply.is_redirect() && leads_to(reply, &address) => {
            report.right(topic, format!("the provider redirects to {address} after a sign-out"));
        }
        Some(Answer::Replied(reply)) if (400..500).contains(&reply.status) && reply.body.expose().contains("post_logout_redirect_uri") => {
            let advice = format!("At the provider, register {address} as a post-logout address of this client, letter by letter.");
            report.wrong(topic, format!("{address}: refused with status {} (post_logout_redirect_uri)", reply.status), advice);
        }
        Some(Answer::Replied(reply)) => {
            unknown(report, &format!("status {} without a session; it shows only when somebody signs out", reply.status));
        }
        Some(answer) => unknown(report, &answer.why_not()),
    }
}
