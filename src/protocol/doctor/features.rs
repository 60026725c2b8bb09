//! What the provider says that it can do, against what is configured.

use super::{Ask, Doctor, Report};
use crate::protocol::{config::AccessTokens, discovery::Metadata, json::Object, jwt::Algorithm, pkce};

pub(super) fn judge(doctor: &Doctor, report: &mut Report) {
    let Some(document) = doctor.document() else {
        if doctor.answer(Ask::Discovery).is_some() {
            report.unknown("features-unknown", &[]);
        }
        return;
    };
    match list(&document, "code_challenge_methods_supported") {
        Some(methods) if has(&methods, pkce::METHOD) => report.right("pkce", &[]),
        Some(methods) => report.wrong("pkce-other", &[&methods.join(" ")]),
        None => report.unknown("pkce-unknown", &[]),
    }
    algorithms(doctor, &document, report);
    scopes(doctor, &document, report);
    client(doctor, &document, report);
    let known = doctor.metadata();
    let uses = |member: fn(&Metadata) -> bool| known.as_ref().is_some_and(member);
    let fragment = list(&document, "response_modes_supported").is_some_and(|modes| has(&modes, "fragment"));
    match (fragment, uses(|known| known.offers_fragment)) {
        (true, true) => report.right("fragment", &[]),
        (true, false) => report.look("fragment-unused", &[]),
        (false, true) => report.wrong("fragment-unoffered", &[]),
        (false, false) => report.right("query", &[]),
    }
    match (document.has("end_session_endpoint"), uses(|known| known.end_session_endpoint.is_some())) {
        (true, true) => report.right("end-session", &[]),
        (true, false) => report.look("end-session-unused", &[]),
        // What is configured and not published is told with the metadata.
        (false, true) => {}
        (false, false) => report.look("end-session-missing", &[]),
    }
    match (document.has("check_session_iframe"), uses(|known| known.check_session_iframe.is_some())) {
        (true, true) => report.right("monitoring", &[]),
        (true, false) => report.look("monitoring-unused", &[]),
        (false, _) => report.right("monitoring-missing", &[]),
    }
}

pub(super) fn list(document: &Object, name: &'static str) -> Option<Vec<String>> {
    document.optional_strings(name).ok().flatten()
}

pub(super) fn has(list: &[String], wanted: &str) -> bool {
    list.iter().any(|item| item == wanted)
}

fn algorithms(doctor: &Doctor, document: &Object, report: &mut Report) {
    let Some(offered) = list(document, "id_token_signing_alg_values_supported") else { return report.unknown("algorithms-unknown", &[]) };
    let configured = &doctor.config.algorithms;
    let names = |wanted: bool| -> String {
        let names = configured.iter().map(|algorithm| algorithm.name()).filter(|name| has(&offered, name) == wanted);
        names.collect::<Vec<_>>().join(" ")
    };
    let (had, missing) = (names(true), names(false));
    if had.is_empty() {
        let usable = offered.iter().any(|name| Algorithm::from_name(name).is_some());
        report
            .wrong("algorithms-none", &[&missing, &offered.join(" "), if usable { "@algorithms-usable" } else { "@algorithms-unusable" }]);
    } else if missing.is_empty() {
        report.right("algorithms", &[&had]);
    } else {
        report.look("algorithms-more", &[&missing]);
    }
}

fn scopes(doctor: &Doctor, document: &Object, report: &mut Report) {
    let Some(offered) = list(document, "scopes_supported") else { return report.unknown("scopes-unknown", &[]) };
    let configured = &doctor.config.scopes;
    let unknown: Vec<&str> = configured.iter().filter(|own| !has(&offered, own)).map(String::as_str).collect();
    let refreshes = |list: &[String]| has(list, "offline_access");
    if !unknown.is_empty() {
        report.look("scopes-more", &[&unknown.join(" ")]);
    } else if refreshes(&offered) && !refreshes(configured) && !doctor.config.shares_host_with_provider() {
        report.look("scopes-offline", &[]);
    } else {
        report.right("scopes", &[&configured.join(" ")]);
    }
}

/// What the provider lets a client without a secret do.
fn client(doctor: &Doctor, document: &Object, report: &mut Report) {
    let lacks = |name: &'static str, wanted: &str| list(document, name).filter(|list| !has(list, wanted)).map(|list| list.join(" "));
    if let Some(methods) = lacks("token_endpoint_auth_methods_supported", "none") {
        report.look("client-secret", &[&methods]);
    }
    if let Some(prompts) = lacks("prompt_values_supported", "none") {
        report.wrong("client-prompt", &[&prompts]);
    }
    if has(&doctor.config.scopes, "offline_access") && lacks("grant_types_supported", "refresh_token").is_some() {
        report.look("client-refresh", &[]);
    }
    let resources = doctor.config.resources().join(" ");
    if matches!(doctor.config.access_tokens, AccessTokens::Checked { .. }) && !resources.is_empty() {
        report.look("client-audience", &[&resources]);
    }
}
