//! Every answer of the endpoint that is not the one that the standard describes.

use super::*;
use crate::protocol::checks::Checks;
use serde_json::json;

fn respond(status: u16, mime: &str, body: &str) -> Result<(String, Duration), ParFailure> {
    let response = HttpResponse { status, content_type: Some(mime.into()), retry_after: None, body: Body::new(body) };
    read(&response, Checks::default().of(Subject::Push))
}

fn shape(answer: Result<(String, Duration), ParFailure>) -> String {
    match answer {
        Err(ParFailure::Shape(finding)) => finding.to_string(),
        other => panic!("malformed, not {other:?}"),
    }
}

const GOOD: &str = r#"{"request_uri":"urn:ietf:params:oauth:request_uri:abc","expires_in":60}"#;

#[test]
fn pa_02_the_answer_is_201_and_a_json_object() {
    assert_eq!(
        respond(201, "application/json; charset=utf-8", GOOD),
        Ok(("urn:ietf:params:oauth:request_uri:abc".to_owned(), Duration::from_secs(60)))
    );
    for (status, mime, body, what) in [
        (200, "application/json", GOOD, "status: unexpected 200, expected 201"),
        (202, "application/json", GOOD, "status"),
        (204, "application/json", "{}", "status"),
        (302, "text/html", "", "status"),
        (400, "text/html", "<h1>No</h1>", "status: unexpected 400"),
        (404, "text/html", "", "status: unexpected 404"),
        (400, "application/json", "{}", "status: unexpected 400"),
        (201, "text/html", GOOD, "content-type"),
        (201, "application/jsonx", GOOD, "content-type"),
        (201, "application/json", "[]", ""),
        (201, "application/json", "\"urn:x\"", ""),
        (201, "application/json", "", ""),
        (201, "application/json", &GOOD[..20], ""),
        (201, "application/json", &GOOD.replace('{', r#"{"request_uri":"urn:evil","#), ""),
    ] {
        let finding = shape(respond(status, mime, body));
        assert!(finding.starts_with(what), "{status} {mime} {body}: {finding}");
    }
}

#[test]
fn pa_02_the_reference_is_an_opaque_text() {
    let with = |value: serde_json::Value| respond(201, "application/json", &json!({ "request_uri": value, "expires_in": 1 }).to_string());
    for good in ["urn:x", "https://evil", "javascript:alert(1)", "x y&z=1#f", "ü"] {
        assert_eq!(
            with(json!(good)).map(|(reference, _)| reference),
            Ok(good.to_owned()),
            "it is only passed back, whatever it looks like"
        );
    }
    for bad in [json!(null), json!(""), json!(7), json!(true), json!(["urn:x"]), json!({ "uri": "urn:x" })] {
        assert!(shape(with(bad.clone())).starts_with("request_uri"), "{bad}");
    }
    assert_eq!(shape(respond(201, "application/json", r#"{"expires_in":60}"#)), "request_uri: missing");
}

#[test]
fn pa_02_its_life_is_a_positive_number() {
    let with = |value: &str| respond(201, "application/json", &format!(r#"{{"request_uri":"urn:x","expires_in":{value}}}"#));
    for (good, lasts) in [("60", 60_000), ("1", 1_000), ("0.5", 500)] {
        assert_eq!(with(good).map(|(_, lasts)| lasts), Ok(Duration::from_millis(lasts)), "{good}");
    }
    for bad in ["0", "-1", "-0.0", "-60", "\"60\"", "null", "true", "[60]", "{}", "1e400", "1e300", "1e-12"] {
        assert!(matches!(with(bad), Err(ParFailure::Shape(_))), "{bad}");
    }
    assert_eq!(shape(respond(201, "application/json", r#"{"request_uri":"urn:x"}"#)), "expires_in: missing");
}

#[test]
fn pa_01_an_endpoint_that_says_no_or_cannot_answer_says_so_in_a_typed_error() {
    for status in [201, 200, 400, 401, 413] {
        let refused = respond(status, "application/json", r#"{"error":"invalid_request","request_uri":"urn:x","expires_in":60}"#);
        let Err(ParFailure::Refused(error)) = &refused else { panic!("{status}: {refused:?}") };
        assert_eq!(error.code, "invalid_request");
        assert!(!Error::Par(refused.unwrap_err()).is_transient());
    }
    for status in [429, 500, 502, 503] {
        let failed = Error::Par(respond(status, "application/json", GOOD).unwrap_err());
        assert_eq!(failed.code(), format!("par_network_status_{status}"));
        assert!(failed.is_transient());
    }
    let odd = respond(400, "application/json", r#"{"error":7}"#);
    assert!(matches!(odd, Err(ParFailure::Refused(error)) if error.code == "invalid_error_code"));
}
