//! Metadata: every member missing, wrong and right.

use super::*;
use crate::protocol::{
    checks::{Checks, Subject},
    secret::Body,
};
use serde_json::{Value, json};

const ISSUER: &str = "https://as.example/tenant";

fn config(extra: &Value) -> Config {
    let mut block = json!({ "issuer": ISSUER, "client_id": "c" });
    block.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    Config::from_json(&block.to_string(), "https://app.example").unwrap()
}

fn document() -> Value {
    json!({
        "issuer": ISSUER, "authorization_endpoint": "https://as.example/authorize", "token_endpoint": "https://as.example/token",
        "jwks_uri": "https://as.example/keys", "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256"],
    })
}

fn process(document: &Value) -> Result<Metadata, Error> {
    respond(200, "application/json; charset=utf-8", &document.to_string())
}

fn respond(status: u16, mime: &str, body: &str) -> Result<Metadata, Error> {
    let response = HttpResponse { status, content_type: Some(mime.to_owned()), retry_after: None, body: Body::new(body) };
    process_discovery_response(&response, &config(&json!({})), Checks::default().of(Subject::Metadata))
}

fn with(field: &str, value: Value) -> Value {
    let mut document = document();
    document[field] = value;
    document
}

#[test]
fn di_02_one_trailing_slash_is_stripped() {
    for issuer in ["https://as.example/tenant", "https://as.example/tenant/"] {
        assert_eq!(
            discovery_request(issuer, WellKnown::OpenId, Freshness::CacheAllowed).url,
            "https://as.example/tenant/.well-known/openid-configuration"
        );
    }
}

#[test]
fn di_03_the_issuer_is_compared_letter_by_letter() {
    assert!(process(&document()).is_ok());
    for other in [format!("{ISSUER}INVALID"), format!("{ISSUER}/"), "https://AS.example/tenant".to_owned(), String::new()] {
        let error = process(&with("issuer", json!(other))).unwrap_err();
        assert!(error.code() == "discovery_issuer", "{error}");
    }
}

#[test]
fn di_04_only_200_json_objects_without_duplicates() {
    let body = document().to_string();
    assert!(respond(201, "application/json", &body).is_err());
    assert!(respond(200, "text/html", &body).is_err());
    assert!(respond(200, "application/json", "[]").is_err());
    assert!(respond(200, "application/json", &body.replacen('{', r#"{"issuer":"https://evil.example","#, 1)).is_err());
    assert!(respond(503, "text/html", "").unwrap_err().is_transient());
}

#[test]
fn di_05_required_endpoints_are_there_and_https() {
    for field in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
        for bad in
            [Value::Null, json!("http://as.example/x"), json!("javascript:alert(1)"), json!("/x"), json!("https://as.example/#x"), json!(1)]
        {
            let error = process(&with(field, bad.clone())).unwrap_err();
            assert!(error.to_string().contains(field), "{field} {bad}: {error}");
        }
    }
    assert!(
        process(&{
            let mut d = document();
            d.as_object_mut().unwrap().remove("response_types_supported");
            d
        })
        .is_ok()
    );
}

#[test]
fn di_06_code_and_its_grant_must_be_supported_where_published() {
    assert!(process(&with("response_types_supported", json!(["token"]))).is_err());
    assert!(process(&with("grant_types_supported", json!(["implicit"]))).is_err());
}

#[test]
fn ar_05_published_methods_must_hold_s256() {
    assert!(process(&with("code_challenge_methods_supported", json!(["plain"]))).is_err());
}

#[test]
fn di_07_an_unusable_optional_endpoint_switches_its_feature_off() {
    for bad in [json!("javascript:alert(1)"), json!("http://as.example/logout"), json!(7)] {
        assert_eq!(process(&with("end_session_endpoint", bad)).unwrap().end_session_endpoint, None);
    }
    assert!(process(&with("end_session_endpoint", json!("https://as.example/logout"))).unwrap().end_session_endpoint.is_some());
}

#[test]
fn ar_23_the_authorization_endpoint_keeps_its_query_but_not_our_parameters() {
    assert!(process(&with("authorization_endpoint", json!("https://as.example/authorize?tenant=a"))).is_ok());
    assert!(process(&with("authorization_endpoint", json!("https://as.example/authorize?state=evil"))).is_err());
}

#[test]
fn di_02_the_well_known_name_stands_behind_the_issuer_or_before_its_path() {
    for (issuer, openid, oauth) in [
        (
            "https://as.example", "https://as.example/.well-known/openid-configuration",
            "https://as.example/.well-known/oauth-authorization-server",
        ),
        (
            "https://as.example/", "https://as.example/.well-known/openid-configuration",
            "https://as.example/.well-known/oauth-authorization-server",
        ),
        (
            "https://as.example/a/b",
            "https://as.example/a/b/.well-known/openid-configuration",
            "https://as.example/.well-known/oauth-authorization-server/a/b",
        ),
        (
            "https://as.example:8443/a/",
            "https://as.example:8443/a/.well-known/openid-configuration",
            "https://as.example:8443/.well-known/oauth-authorization-server/a",
        ),
        (
            "https://as.example/a//",
            "https://as.example/a//.well-known/openid-configuration",
            "https://as.example/.well-known/oauth-authorization-server/a/",
        ),
    ] {
        let url = |well_known| discovery_request(issuer, well_known, Freshness::CacheAllowed).url;
        assert_eq!((url(WellKnown::OpenId).as_str(), url(WellKnown::OAuth).as_str()), (openid, oauth));
    }
    let well_known = |value: &str| {
        let block = json!({ "issuer": ISSUER, "client_id": "c", "well_known": value });
        Config::from_json(&block.to_string(), "https://app.example").map(|config| config.well_known)
    };
    assert_eq!(config(&json!({})).well_known, WellKnown::OpenId);
    assert_eq!(well_known("oauth-authorization-server"), Ok(WellKnown::OAuth));
    assert_eq!(well_known("openid-configuration"), Ok(WellKnown::OpenId));
    for bad in ["", "/.well-known/x", "OpenID-configuration"] {
        assert_eq!(well_known(bad).unwrap_err().0.field, "well_known", "{bad}");
    }
    let preset = r#"{"preset":"scalekit","env_url":"https://a.scalekit.com","client_id":"c","well_known":"openid-configuration"}"#;
    assert_eq!(Config::from_json(preset, "https://app.example").unwrap_err().0.field, "well_known", "nothing is discovered there");
}

#[test]
fn di_05_every_endpoint_is_there_absolute_https_and_without_fragment() {
    for field in ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"] {
        for bad in [
            Value::Null,
            json!(""),
            json!(1),
            json!(["https://as.example/x"]),
            json!({}),
            json!("http://as.example/x"),
            json!("javascript:alert(1)"),
            json!("data:text/html,x"),
            json!("/x"),
            json!("//as.example/x"),
            json!("as.example/x"),
            json!("ftp://as.example/x"),
            json!("https://as.example/x#"),
            json!("https://as.example/x#y"),
            json!("https://u:p@as.example/x"),
            json!("https://"),
            json!("file:///x"),
        ] {
            let error = process(&with(field, bad.clone())).unwrap_err();
            assert_eq!(error.code(), format!("discovery_{field}"), "{bad}: {error}");
        }
        let mut less = document();
        less.as_object_mut().unwrap().remove(field);
        assert_eq!(process(&less).unwrap_err(), Error::Discovery(Finding::missing(field)));
    }
}

#[test]
fn di_05_lists_that_are_not_published_are_known_and_nothing_fails() {
    let whole = json!({ "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"] });
    let mut document = document();
    document.as_object_mut().unwrap().extend(whole.as_object().unwrap().clone());
    assert_eq!(process(&document).unwrap().unpublished().count(), 0);
    for list in ["response_types_supported", "subject_types_supported", "id_token_signing_alg_values_supported"] {
        let mut less = document.clone();
        less.as_object_mut().unwrap().remove(list);
        assert_eq!(process(&less).unwrap().unpublished().collect::<Vec<_>>(), [list]);
    }
}

#[test]
fn di_06_a_published_list_without_code_or_its_grant_refuses_the_provider() {
    for (field, needed) in [("response_types_supported", "code"), ("grant_types_supported", "authorization_code")] {
        for bad in [
            json!(["token"]),
            json!(["id_token token"]),
            json!([]),
            json!(["Code"]),
            json!(["code token"]),
            json!("code"),
            json!([1]),
            json!(null),
        ] {
            assert_eq!(process(&with(field, bad.clone())).unwrap_err().code(), format!("discovery_{field}"), "{bad}");
        }
        assert!(process(&with(field, json!(["x", needed]))).is_ok());
        let mut less = document();
        less.as_object_mut().unwrap().remove(field);
        assert!(process(&less).is_ok(), "not published says nothing");
    }
}

#[test]
fn di_07_an_optional_endpoint_is_used_only_if_it_could_be_a_required_one() {
    type Read = fn(&Metadata) -> Option<&Url>;
    let of: [(&str, Read); 2] = [
        ("end_session_endpoint", |metadata| metadata.end_session_endpoint.as_ref()),
        ("check_session_iframe", |metadata| metadata.check_session_iframe.as_ref()),
    ];
    for (field, read) in of {
        for bad in [
            json!("javascript:alert(1)"),
            json!("http://as.example/x"),
            json!("/x"),
            json!(""),
            json!(7),
            json!(null),
            json!(["https://as.example/x"]),
            json!("https://as.example/x#y"),
            json!("https://u@as.example/x"),
            json!("data:text/html,x"),
        ] {
            assert_eq!(read(&process(&with(field, bad.clone())).unwrap()), None, "{field} {bad}");
        }
        assert!(read(&process(&with(field, json!("https://as.example/x"))).unwrap()).is_some());
    }
}

#[test]
fn di_11_endpoints_outside_of_the_listed_origins_refuse_the_metadata() {
    let pinned = config(&json!({ "endpoint_origins": ["https://as.example", "https://keys.example:8443/"] }));
    let process = |document: &Value| {
        let response = HttpResponse {
            status: 200,
            content_type: Some("application/json".into()),
            retry_after: None,
            body: Body::new(document.to_string()),
        };
        process_discovery_response(&response, &pinned, Checks::default().of(Subject::Metadata))
    };
    assert!(process(&document()).is_ok());
    assert!(process(&with("jwks_uri", json!("https://keys.example:8443/k"))).is_ok());
    for field in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
        for bad in [
            "https://evil.example/x", "https://as.example.evil.example/x", "https://as.example:444/x", "https://keys.example/x",
            "https://sub.as.example/x", "https://evil.example/https://as.example",
        ] {
            assert_eq!(process(&with(field, json!(bad))).unwrap_err().code(), format!("discovery_{field}"), "{bad}");
        }
    }
    type Endpoint = fn(&Metadata) -> Option<&Url>;
    let optional: [(&str, Endpoint); 5] = [
        ("end_session_endpoint", |metadata| metadata.end_session_endpoint.as_ref()),
        ("check_session_iframe", |metadata| metadata.check_session_iframe.as_ref()),
        ("pushed_authorization_request_endpoint", |metadata| metadata.par_endpoint.as_ref()),
        ("revocation_endpoint", |metadata| metadata.revocation_endpoint.as_ref()),
        ("userinfo_endpoint", |metadata| metadata.userinfo_endpoint.as_ref()),
    ];
    for (field, of) in optional {
        assert_eq!(of(&process(&with(field, json!("https://evil.example/x"))).unwrap()), None, "{field}: the feature is off");
        assert!(of(&process(&with(field, json!("https://as.example/x"))).unwrap()).is_some(), "{field}");
    }
    assert_eq!(pinned.connect_origins(), ["https://as.example", "https://keys.example:8443"], "the policy says the same");
    assert_eq!(pinned.frame_origins(), ["https://as.example", "https://keys.example:8443"]);
}

#[test]
fn di_11_a_list_of_origins_holds_origins_and_holds_what_is_configured_by_hand() {
    let read = |members: Value| Config::from_json(&members.to_string(), "https://app.example");
    for bad in [
        json!([]),
        json!("https://as.example"),
        json!(["as.example"]),
        json!(["http://as.example"]),
        json!(["https://as.example/path"]),
        json!(["https://as.example?x"]),
        json!(["https://u@as.example"]),
        json!(["*"]),
        json!([1]),
        json!(["https://as.example", "null"]),
        json!({}),
    ] {
        let error = read(json!({ "issuer": ISSUER, "client_id": "c", "endpoint_origins": bad })).unwrap_err();
        assert_eq!(error.0.field, "endpoint_origins", "{bad}: {error}");
    }
    for (origins, refused) in
        [(json!(["https://as.example"]), None), (json!(["https://other.example"]), Some("endpoint_origins.authorization_endpoint"))]
    {
        let block = json!({ "metadata": document(), "client_id": "c", "endpoint_origins": origins });
        assert_eq!(read(block).err().map(|error| error.0.field.into_owned()).as_deref(), refused);
    }
    let preset = json!({ "preset": "scalekit", "env_url": "https://a.scalekit.com", "client_id": "c", "endpoint_origins": ["https://b.scalekit.com"] });
    assert_eq!(read(preset).unwrap_err().0.field, "endpoint_origins.authorization_endpoint");
}
