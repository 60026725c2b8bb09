//! What is switched on beyond the plain flow, against what the provider says that it can do. Of what is off nothing is said.

use super::{
    Doctor, Report,
    features::{has, list},
};
use crate::protocol::{
    config::{Config, UserInfoWish},
    dpop,
    json::Object,
};

pub(super) fn judge(doctor: &Doctor, report: &mut Report) {
    let Some(document) = doctor.document() else { return };
    let config = &doctor.config;
    if config.dpop.is_some() {
        match list(&document, "dpop_signing_alg_values_supported") {
            Some(offered) if has(&offered, dpop::ALGORITHM) => report.right("dpop", &[]),
            Some(offered) => report.wrong("dpop-other", &[&offered.join(" ")]),
            None => report.look("dpop-unknown", &[]),
        }
    }
    if config.user_info.is_some() {
        user_info(config, &document, report);
    }
    if config.revoke_at_sign_out.is_some() {
        present(&document, "revocation_endpoint", ("revocation", "revocation-missing"), report);
    }
    let supports = |name: &'static str| document.optional_bool(name).ok().flatten().unwrap_or(false);
    if config.has_frontchannel_logout() {
        match (supports("frontchannel_logout_supported"), supports("frontchannel_logout_session_supported")) {
            (false, _) => report.look("frontchannel-unoffered", &[]),
            (true, false) if config.frontchannel_logout_session_required => report.wrong("frontchannel-nameless", &[]),
            (true, _) => report.right("frontchannel-offered", &[]),
        }
    }
}

/// Whether the document has a member.
fn present(document: &Object, name: &str, (right, missing): (&'static str, &'static str), report: &mut Report) {
    if document.has(name) { report.right(right, &[]) } else { report.wrong(missing, &[]) }
}

fn user_info(config: &Config, document: &Object, report: &mut Report) {
    let offered = list(document, "userinfo_signing_alg_values_supported");
    match (&config.user_info, offered) {
        (Some(UserInfoWish { is_signed: true, .. }), Some(offered)) if !config.algorithms.iter().any(|own| has(&offered, own.name())) => {
            report.wrong("userinfo-signed", &[&offered.join(" ")]);
        }
        (Some(UserInfoWish { is_signed: true, .. }), None) => report.look("userinfo-plain", &[]),
        _ => present(document, "userinfo_endpoint", ("userinfo", "userinfo-missing"), report),
    }
}
