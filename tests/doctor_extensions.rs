//! The doctor, about what is switched on beyond the plain flow.

#![cfg(not(target_arch = "wasm32"))]

#[path = "support/healthy.rs"]
mod healthy;

use Verdict::{Look, Right, Wrong};
use healthy::{case, of};
use hushkey::protocol::doctor::{Eyes, Line, Verdict};
use serde_json::{Value, json};

/// What is configured, what the provider says of itself, and what the doctor says of that.
type Row = (&'static [(&'static str, Value)], Vec<(&'static str, Value)>, Verdict, &'static str, &'static str);

fn lines(configured: &[(&str, Value)], says: &[(&str, Value)]) -> Vec<Line> {
    let mut case = case(Eyes::Program);
    for (field, value) in configured {
        case = case.configured(field, value.clone());
    }
    for (field, value) in says {
        case = case.says(field, value.clone());
    }
    case.lines(&[])
}

const TOPICS: [&str; 4] = ["DPoP", "Userinfo", "Revocation", "Front-channel logout"];

#[test]
fn of_what_is_off_nothing_is_said() {
    let found =
        lines(&[], &[("dpop_signing_alg_values_supported", json!(["ES256"])), ("revocation_endpoint", json!("https://as.example/revoke"))]);
    assert!(found.iter().all(|line| !TOPICS.contains(&line.topic.as_str())), "{found:#?}");
}

#[test]
fn what_is_on_is_looked_for_in_what_the_provider_offers() {
    const ON: Value = Value::Bool(true);
    let rows: [Row; 13] = [
        (&[("dpop", ON)], vec![("dpop_signing_alg_values_supported", json!(["RS256", "ES256"]))], Right, "DPoP", "has ES256"),
        (&[("dpop", ON)], vec![("dpop_signing_alg_values_supported", json!(["ES384"]))], Wrong, "DPoP", "unexpected ES384"),
        (&[("dpop", ON)], vec![], Look, "DPoP", "is not published"),
        (&[("userinfo", ON)], vec![("userinfo_endpoint", json!("https://as.example/me"))], Right, "Userinfo", "is there"),
        (&[("userinfo", ON)], vec![], Wrong, "Userinfo", "missing"),
        (&[("revoke_at_sign_out", ON)], vec![("revocation_endpoint", json!("https://as.example/revoke"))], Right, "Revocation", "is there"),
        (&[("revoke_at_sign_out", ON)], vec![], Wrong, "Revocation", "missing"),
        (&[("frontchannel_logout", ON)], vec![], Look, "Front-channel logout", "frontchannel_logout_supported: unexpected false"),
        (
            &[("frontchannel_logout", ON)],
            vec![("frontchannel_logout_supported", json!("yes"))],
            Look,
            "Front-channel logout",
            "unexpected false",
        ),
        (&[("frontchannel_logout", ON)], vec![("frontchannel_logout_supported", ON)], Right, "Front-channel logout", "supported is true"),
        (
            &[("frontchannel_logout", ON), ("frontchannel_logout_session_required", ON)],
            vec![("frontchannel_logout_supported", ON)],
            Wrong,
            "Front-channel logout",
            "frontchannel_logout_session_supported",
        ),
        (
            &[("frontchannel_logout", ON), ("frontchannel_logout_session_required", ON)],
            vec![("frontchannel_logout_supported", ON), ("frontchannel_logout_session_supported", ON)],
            Right,
            "Front-channel logout",
            "supported is true",
        ),
        (
            &[("frontchannel_logout", ON)],
            vec![("frontchannel_logout_session_supported", ON)],
            Look,
            "Front-channel logout",
            "unexpected false",
        ),
    ];
    for (configured, says, verdict, topic, finding) in rows {
        let found = lines(configured, &says);
        let fits = |line: &&Line| line.topic == topic && line.verdict == verdict && line.finding.contains(finding);
        let line =
            found.iter().find(fits).unwrap_or_else(|| panic!("{configured:?} {says:?}: no {verdict:?} with {finding:?} in {found:#?}"));
        assert_eq!(line.advice.is_empty(), verdict == Right, "{line:?}");
        if verdict == Right {
            assert!(of(Wrong, &found).is_empty() && of(Look, &found).is_empty(), "{found:#?}");
        }
    }
}

#[test]
fn signed_userinfo_has_to_be_signed_in_a_way_that_is_configured() {
    let signed = |says: &[(&str, Value)]| {
        let endpoint = ("userinfo_endpoint", json!("https://as.example/me"));
        lines(&[("userinfo", json!("signed"))], &[&[endpoint], says].concat())
            .into_iter()
            .find(|line| line.topic == "Userinfo")
            .expect("a line")
    };
    assert_eq!(signed(&[("userinfo_signing_alg_values_supported", json!(["HS256", "RS256"]))]).verdict, Right);
    assert_eq!(signed(&[]).verdict, Look);
    let wrong = signed(&[("userinfo_signing_alg_values_supported", json!(["HS256"]))]);
    assert!(wrong.verdict == Wrong && wrong.finding.contains("unexpected HS256"), "{wrong:?}");
}
