//! What the provider says that it can do, against what is configured.

use super::{Ask, Doctor, Report};
use crate::protocol::{config::AccessTokens, json::Object, jwt::Algorithm, pkce};

pub(super) fn judge(doctor: &Doctor, report: &mut Report) {
    let Some(document) = doctor.document() else {
        if doctor.answer(Ask::Discovery).is_some() {
            report.unknown("Features", "what the provider offers stands in its metadata, which cannot be read", "See above: Metadata.");
        }
        return;
    };
    pkce_method(&document, report);
    algorithms(doctor, &document, report);
    scopes(doctor, &document, report);
    client(doctor, &document, report);
    response_mode(doctor, &document, report);
    sign_out(doctor, &document, report);
    monitoring(doctor, &document, report);
}

fn list(document: &Object, name: &'static str) -> Option<Vec<String>> {
    document.optional_strings(name).ok().flatten()
}

fn pkce_method(document: &Object, report: &mut Report) {
    let name = "code_challenge_methods_supported";
    match list(document, name) {
        Some(methods) if methods.iter().any(|method| method == pkce::METHOD) => report.right("PKCE", format!("{name} has S256")),
        Some(methods) => report.wrong(
            "PKCE",
            format!("{name}: unexpected {}, expected S256", methods.join(" ")),
            "At the provider, turn on PKCE with S256 for this client.",
        ),
        None => report.unknown(
            "PKCE",
            format!("{name} is not published; whether a code is bound to its verifier shows only when somebody signs in"),
            "Look into the provider's documentation for PKCE with S256.",
        ),
    }
}

fn algorithms(doctor: &Doctor, document: &Object, report: &mut Report) {
    let (topic, name) = ("Algorithms", "id_token_signing_alg_values_supported");
    let configured: Vec<&str> = doctor.config.algorithms.iter().map(|algorithm| algorithm.name()).collect();
    let Some(offered) = list(document, name) else {
        return report.unknown(topic, format!("{name} is not published"), "See how the provider signs its ID tokens.");
    };
    let (had, missing): (Vec<&str>, Vec<&str>) = configured.iter().partition(|own| offered.iter().any(|other| other == *own));
    let missing = missing.join(" ");
    if had.is_empty() {
        let usable: Vec<&str> = offered.iter().map(String::as_str).filter(|name| Algorithm::from_name(name).is_some()).collect();
        let finding = format!("algorithms: unexpected {missing}, expected one of {} ({name})", offered.join(" "));
        let advice = if usable.is_empty() {
            "At the provider, have ID tokens of this client signed with RS256 or ES256.".to_owned()
        } else {
            format!("Configure algorithms with {}, or change it at the provider.", usable.join(" or "))
        };
        report.wrong(topic, finding, advice);
    } else if missing.is_empty() {
        report.right(topic, format!("{name} has {}", configured.join(" ")));
    } else {
        report.look(topic, format!("{missing} is configured, and not in {name}"), "Take it out of algorithms.");
    }
}

fn scopes(doctor: &Doctor, document: &Object, report: &mut Report) {
    let (topic, name) = ("Scopes", "scopes_supported");
    let Some(offered) = list(document, name) else {
        return report.unknown(topic, format!("{name} is not published"), "Somebody who signs in sees whether they are granted.");
    };
    let configured = &doctor.config.scopes;
    let unknown: Vec<&str> = configured.iter().filter(|own| !offered.contains(own)).map(String::as_str).collect();
    let refreshes = |list: &[String]| list.iter().any(|scope| scope == "offline_access");
    if !unknown.is_empty() {
        let advice = "A provider need not publish all of them. If one does not exist there, take it out of scopes.";
        report.look(topic, format!("not in {name}: {}", unknown.join(" ")), advice);
    } else if refreshes(&offered) && !refreshes(configured) && !doctor.config.shares_host_with_provider() {
        let advice = "With it in scopes, a session is renewed also where a browser keeps the provider's cookies out of frames.";
        report.look(topic, "offline_access (refresh tokens) is offered and not asked for", advice);
    } else {
        report.right(topic, format!("{name} has {}", configured.join(" ")));
    }
}

/// What the provider lets a client without a secret do.
fn client(doctor: &Doctor, document: &Object, report: &mut Report) {
    let topic = "Client";
    if let Some(methods) = list(document, "token_endpoint_auth_methods_supported").filter(|list| !list.iter().any(|name| name == "none")) {
        let finding = format!("token_endpoint_auth_methods_supported: unexpected {}, expected none among them", methods.join(" "));
        report.look(topic, finding, "See that this client is registered as a public one (no secret, PKCE).");
    }
    if let Some(modes) = list(document, "prompt_values_supported").filter(|list| !list.iter().any(|name| name == "none")) {
        let finding = format!("prompt_values_supported: unexpected {}, expected none among them", modes.join(" "));
        report.wrong(topic, finding, "Without prompt=none no reload brings a session back; turn it on at the provider.");
    }
    let refreshes = doctor.config.scopes.iter().any(|scope| scope == "offline_access");
    let lacks = |grants: &Vec<String>| !grants.iter().any(|grant| grant == "refresh_token");
    if refreshes && list(document, "grant_types_supported").as_ref().is_some_and(lacks) {
        let finding = "offline_access is asked for, and refresh_token is not in grant_types_supported";
        report.look(topic, finding, "Allow refresh tokens for this client, or take offline_access out of scopes.");
    }
    if let (AccessTokens::Checked { .. }, Some(resource)) = (&doctor.config.access_tokens, doctor.config.resource()) {
        let finding = format!("access tokens are looked into, and asked for {resource}");
        report.look(topic, finding, "See that audiences has what the provider writes into aud for this resource.");
    }
}

fn response_mode(doctor: &Doctor, document: &Object, report: &mut Report) {
    let (topic, name) = ("Response mode", "response_modes_supported");
    let offered = list(document, name).is_some_and(|modes| modes.iter().any(|mode| mode == "fragment"));
    let used = doctor.metadata().is_some_and(|metadata| metadata.offers_fragment);
    match (offered, used) {
        (true, true) => report.right(topic, "frames are answered in the fragment, so the relay page comes from the cache"),
        (true, false) => report.look(
            topic,
            format!("{name} has fragment, and it is not configured"),
            "Configure response_modes_supported in metadata, or name the provider by issuer: a reload is then faster.",
        ),
        (false, true) => report.wrong(
            topic,
            format!("{name}: fragment is configured, and the provider does not offer it"),
            "Take it out of metadata: frames would get no answer.",
        ),
        (false, false) => report.right(topic, "frames are answered in the query; the provider offers no fragment"),
    }
}

fn sign_out(doctor: &Doctor, document: &Object, report: &mut Report) {
    let (topic, name) = ("Sign-out", "end_session_endpoint");
    let used = doctor.metadata().is_some_and(|metadata| metadata.end_session_endpoint.is_some());
    match (document.has(name), used) {
        (true, true) => report.right(topic, format!("{name} is there: the provider's session is ended, too")),
        (true, false) => report.look(
            topic,
            format!("{name} is published, and not used"),
            "Configure it in metadata: else a sign-out ends the session here and not at the provider.",
        ),
        // What is configured and not published is told with the metadata.
        (false, true) => {}
        (false, false) => report.look(
            topic,
            format!("{name}: missing"),
            "A sign-out ends the session here and not at the provider, so the next sign-in may ask for nothing.",
        ),
    }
}

fn monitoring(doctor: &Doctor, document: &Object, report: &mut Report) {
    let (topic, name) = ("Monitoring", "check_session_iframe");
    let used = doctor.metadata().is_some_and(|metadata| metadata.check_session_iframe.is_some());
    match (document.has(name), used) {
        (true, true) => report.right(topic, format!("{name} is there: a sign-out elsewhere is noticed at once where frames get cookies")),
        (true, false) => report.look(
            topic,
            format!("{name} is published, and not used"),
            "Configure it in metadata: a sign-out elsewhere is then noticed at once.",
        ),
        (false, _) => report.right(topic, format!("{name} is not offered: a sign-out elsewhere is noticed on the return to the page")),
    }
}
