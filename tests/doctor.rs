//! The doctor: each thing that it looks at, right and wrong.

#![cfg(not(target_arch = "wasm32"))]

#[path = "support/healthy.rs"]
mod healthy;

use healthy::{Case, Change, answered, body, case, header, instead, key, location, of, policy, redirect, reply, status};
use hushkey::{
    Config,
    protocol::{
        doctor::{Answer, Ask, Doctor, Eyes, Line, Verdict},
        hint::Frames,
        time::{Entropy, UnixTime},
    },
};
use serde_json::{Value, json};
use std::slice;

/// Something that is changed, and the line that says so: verdict, topic, a part of the finding, a part of the advice.
type Row = (Ask, Change, Verdict, &'static str, &'static str, &'static str);

use Verdict::{Look, Right, Unknown, Wrong};

fn says(lines: &[Line], verdict: Verdict, topic: &str, finding: &str, advice: &str) {
    let fits = |line: &&Line| line.verdict == verdict && line.topic == topic && line.finding.contains(finding);
    let found = lines.iter().find(fits).unwrap_or_else(|| panic!("no {verdict:?} {topic} with {finding:?} in {lines:#?}"));
    assert!(found.advice.contains(advice), "{advice:?} is not in {found:?}");
    assert_eq!(found.advice.is_empty(), verdict == Right, "{found:?}");
}

fn all(case: &Case, rows: Vec<Row>) {
    for (ask, change, verdict, topic, finding, advice) in rows {
        says(&case.lines(&[(ask, change)]), verdict, topic, finding, advice);
    }
}

fn nothing(why: &str) -> Change {
    instead(Answer::Nothing(why.to_owned()))
}

#[test]
fn where_everything_is_right_a_program_finds_nothing_else() {
    for healthy in [case(Eyes::Program), case(Eyes::Program).by_hand()] {
        let lines = healthy.lines(&[]);
        assert!(lines.iter().all(|line| line.verdict == Right), "{lines:#?}");
        assert!(lines.len() > 20, "{lines:#?}");
    }
}

#[test]
fn lo_07_a_page_that_cannot_reach_the_tabs_is_named_beforehand() {
    let with = |same_site| {
        let mut case = case(Eyes::Program);
        case.block["frontchannel_logout"] = true.into();
        case.surroundings.same_site = same_site;
        case.lines(&[])
    };
    says(&with(Some(true)), Right, "Front-channel logout", "one site", "");
    says(&with(Some(false)), Look, "Front-channel logout", "browsers keep the page", "recheck_interval");
    says(&with(None), Unknown, "Front-channel logout", "may be two sites", "cargo xtask doctor");
    assert!(case(Eyes::Program).lines(&[]).iter().all(|line| line.topic != "Front-channel logout"), "nothing is said where it is off");
}

#[test]
fn a_page_says_what_it_cannot_see() {
    let lines = case(Eyes::Page).lines(&[]);
    let unknown: Vec<&str> = of(Unknown, &lines).iter().map(|line| line.topic.as_str()).collect();
    assert_eq!(unknown, ["Silent sign-in", "Sign-out", "Site"], "{lines:#?}");
    assert!(of(Wrong, &lines).is_empty() && of(Look, &lines).is_empty(), "{lines:#?}");
    says(&lines, Unknown, "Silent sign-in", "not told to a page", "cargo xtask doctor");
    says(&lines, Unknown, "Sign-out", "not tried from a page", "Sign in and out once");

    let shown = case(Eyes::Page).lines(&[(Ask::Silent, instead(Answer::Shows))]);
    assert!(of(Unknown, &shown).iter().all(|line| line.topic != "Silent sign-in"), "that the provider stays there says it all: {shown:#?}");
    // A provider that lets any page read its own: what that says is for programs, which have no session there.
    let read = case(Eyes::Page).lines(&[(Ask::Silent, instead(reply(200, &[], "Sign in")))]);
    assert!(of(Wrong, &read).is_empty(), "{read:#?}");
    says(&read, Unknown, "Redirect addresses", "silent-refresh.html", "");
}

#[test]
fn pa_01_where_requests_are_pushed_no_plain_one_is_tried() {
    let endpoint = format!("{}/par", healthy::ISSUER);
    for eyes in [Eyes::Program, Eyes::Page] {
        let pushed = case(eyes).says("pushed_authorization_request_endpoint", json!(endpoint));
        let pushed = pushed.says("require_pushed_authorization_requests", json!(true));
        for pushed in [
            pushed.by_hand(),
            case(eyes)
                .says("pushed_authorization_request_endpoint", json!(endpoint))
                .configured("pushed_authorization_requests", json!(true)),
        ] {
            let lines = pushed.lines(&[]);
            says(&lines, Unknown, "Redirect addresses", "requests are pushed", "Sign in once");
            assert!(of(Wrong, &lines).is_empty(), "{lines:#?}");
            assert!(!lines.iter().any(|line| line.topic == "Silent sign-in"), "{lines:#?}");
        }
    }
}

#[test]
fn nothing_that_is_asked_can_touch_a_session() {
    for eyes in [Eyes::Program, Eyes::Page] {
        let healthy = case(eyes);
        let config = Config::from_json(&healthy.block.to_string(), healthy::APP).unwrap();
        let mut doctor = Doctor::new(config, healthy.surroundings.clone(), &Entropy::new([7; 32]));
        let first = doctor.questions();
        assert!(first.iter().all(|question| question.method == "GET" && question.body.is_none()));
        doctor.hear(Ask::Discovery, reply(200, &[("content-type", "application/json".into())], &healthy.document.to_string()));
        let second = doctor.questions();
        assert!(second.len() >= 5);
        let shown = format!("{doctor:?}");
        assert!(shown.starts_with("Doctor { surroundings: ") && shown.ends_with(", .. }") && !shown.contains("state="), "{shown}");
        for question in second {
            let url = question.url.expose();
            assert!(!url.contains("id_token_hint") && question.headers.iter().all(|(name, _)| *name != "cookie"), "{url}");
            assert!(!url.contains("/authorize") || url.contains("prompt=none"), "{url}");
            // What a page's browser may write down of it says nothing.
            assert!(eyes == Eyes::Program || !url.contains("state=") || url.contains("state=hushkey-doctor&"), "{url}");
            assert!(eyes == Eyes::Program || !url.contains("/logout"), "a page has cookies that a script cannot leave at home for sure");
            let code = question.body.unwrap_or_default();
            assert!(code.is_empty() || code.contains("code=hushkey-doctor&"), "{code}");
            for (_, value) in question.headers.iter().filter(|(name, _)| *name == "authorization") {
                assert_eq!(value, "Bearer hushkey-doctor");
            }
        }
    }
}

#[test]
fn discovered_metadata() {
    let healthy = case(Eyes::Program);
    let with = |field: &'static str, value: Value| -> Change {
        let mut document = healthy.document.clone();
        document[field] = value;
        body(&document.to_string())
    };
    all(
        &healthy,
        vec![
            (Ask::Discovery, with("issuer", json!("https://as.example/")), Wrong, "Metadata", "expected https://as.example", "exactly"),
            (Ask::Discovery, with("token_endpoint", Value::Null), Wrong, "Metadata", "token_endpoint", "has to mend"),
            (Ask::Discovery, with("jwks_uri", json!("http://as.example/k")), Wrong, "Metadata", "an https URL", "has to mend"),
            (Ask::Discovery, with("code_challenge_methods_supported", json!(["plain"])), Wrong, "PKCE", "expected S256", "turn on PKCE"),
            (Ask::Discovery, status(404), Wrong, "Metadata", "unexpected 404", "must stand below it"),
            (Ask::Discovery, status(503), Wrong, "Metadata", "503", "Ask again later"),
            (Ask::Discovery, body("<html>"), Wrong, "Metadata", "not acceptable JSON", "has to mend"),
            (Ask::Discovery, header("content-type", "text/html"), Wrong, "Metadata", "text/html", "must stand below it"),
            (Ask::Discovery, header("access-control-allow-origin", ""), Wrong, "Metadata", "missing", "or configure metadata"),
            (
                Ask::Discovery,
                header("access-control-allow-origin", "null"),
                Wrong,
                "Metadata",
                "unexpected null",
                "allow https://app.example",
            ),
            (Ask::Discovery, nothing("it is down"), Wrong, "Metadata", "it is down", "Check the address"),
            (Ask::Discovery, nothing("it is down"), Unknown, "Endpoints", "not known", "Mend the metadata"),
            (Ask::Discovery, nothing("it is down"), Unknown, "Features", "cannot be read", "the metadata"),
        ],
    );
    all(
        &case(Eyes::Page),
        vec![
            (Ask::Discovery, instead(Answer::Unreadable), Wrong, "Metadata", "CORS", "allow https://app.example to read"),
            (Ask::Discovery, instead(Answer::Forbidden), Wrong, "Metadata", "connect-src", "add the origin"),
        ],
    );
}

#[test]
fn metadata_by_hand_are_compared_with_the_document() {
    let by_hand = || case(Eyes::Program).by_hand();
    for (case, verdict, finding, advice) in [
        (by_hand().believes("issuer", json!("https://AS.example")), Wrong, "issuer: unexpected https://AS.example", "names itself"),
        (by_hand().believes("token_endpoint", json!("https://as.example/t")), Look, "expected https://as.example/token", "names"),
        (by_hand().believes("authorization_endpoint", json!("https://as.example/a")), Look, "authorization_endpoint", "names"),
        (by_hand().believes("jwks_uri", json!("https://as.example/k")), Look, "jwks_uri", "names"),
        (by_hand().believes("end_session_endpoint", json!("https://as.example/l")), Look, "end_session_endpoint", "names"),
        (by_hand().says("end_session_endpoint", Value::Null), Look, "expected nothing", "provider names"),
        (by_hand().says("authorization_response_iss_parameter_supported", json!(false)), Wrong, "unexpected true", "Take it out"),
        (by_hand().believes("authorization_response_iss_parameter_supported", json!(false)), Look, "expected true", "then refused"),
        (by_hand().says("grant_types_supported", json!(["implicit"])), Wrong, "grant_types_supported", "has to mend"),
    ] {
        let lines = case.lines(&[]);
        says(&lines, verdict, "Metadata", finding, advice);
        assert!(of(Right, &lines).iter().all(|line| line.topic != "Metadata"), "{lines:#?}");
    }
    all(
        &by_hand(),
        vec![
            (Ask::Discovery, status(404), Unknown, "Metadata", "status 404", "by hand"),
            (Ask::Discovery, body("[]"), Unknown, "Metadata", "no JSON object", "by hand"),
        ],
    );
    let page = case(Eyes::Page).by_hand().lines(&[(Ask::Discovery, instead(Answer::Unreadable))]);
    says(&page, Unknown, "Metadata", "compared with nothing", "cargo xtask doctor");
    assert!(of(Wrong, &page).is_empty(), "{page:#?}");
}

#[test]
fn what_the_provider_offers_is_held_against_the_configuration() {
    let it = || case(Eyes::Program);
    let by_hand = || it().by_hand();
    let offers = "id_token_signing_alg_values_supported";
    for (case, verdict, topic, finding, advice) in [
        (it().says("code_challenge_methods_supported", Value::Null), Unknown, "PKCE", "not published", "documentation"),
        (it().says(offers, json!(["ES256"])), Wrong, "Algorithms", "expected one of ES256", "one of ES256 that is known"),
        (it().says(offers, json!(["HS256"])), Wrong, "Algorithms", "unexpected RS256", "signed with RS256 or ES256"),
        (it().configured("algorithms", json!(["RS256", "ES256"])), Look, "Algorithms", "ES256 is configured", "Take it out"),
        (it().says(offers, Value::Null), Unknown, "Algorithms", "not published", "how the provider signs"),
        (it().says("scopes_supported", json!(["openid"])), Look, "Scopes", "offline_access", "take it out"),
        (it().says("scopes_supported", Value::Null), Unknown, "Scopes", "not published", "granted"),
        (it().configured("scopes", json!("openid")), Look, "Scopes", "offered and not asked for", "renewed also where"),
        (it().says("token_endpoint_auth_methods_supported", json!(["client_secret_basic"])), Look, "Client", "none", "public"),
        (it().says("prompt_values_supported", json!(["login"])), Wrong, "Client", "expected none", "no reload"),
        (it().says("grant_types_supported", json!(["authorization_code"])), Look, "Client", "refresh_token", "Allow refresh"),
        (it().says("response_modes_supported", json!(["query"])), Right, "Response mode", "no fragment", ""),
        (by_hand().believes("response_modes_supported", json!(["query"])), Look, "Response mode", "not configured", "faster"),
        (by_hand().says("response_modes_supported", json!(["query"])), Wrong, "Response mode", "does not offer", "Take it out"),
        (it().says("end_session_endpoint", Value::Null), Look, "Sign-out", "missing", "not at the provider"),
        (by_hand().believes("end_session_endpoint", Value::Null), Look, "Sign-out", "not used", "Configure it"),
        (it().says("check_session_iframe", Value::Null), Right, "Monitoring", "not offered", ""),
        (by_hand().believes("check_session_iframe", Value::Null), Look, "Monitoring", "not used", "Configure it"),
        (
            it().configured("validate_access_token", json!(true))
                .configured("api", json!([{ "url": "https://api.example/", "resource": "https://api.example" }])),
            Look,
            "Client",
            "looked into",
            "aud",
        ),
    ] {
        says(&case.lines(&[]), verdict, topic, finding, advice);
    }
}

#[test]
fn keys_token_endpoint_and_apis() {
    let nameless = |keys: Vec<Value>| -> Change {
        let keys: Vec<Value> = keys
            .into_iter()
            .map(|mut key| {
                key.as_object_mut().unwrap().remove("kid");
                key
            })
            .collect();
        body(&json!({ "keys": keys }).to_string())
    };
    let with = |key: Value| body(&json!({ "keys": [healthy::key("a"), key] }).to_string());
    let private = {
        let mut private = key("b");
        private["d"] = json!("AQAB");
        private
    };
    let refused = |code: &str| body(&json!({ "error": code }).to_string());
    all(
        &case(Eyes::Program),
        vec![
            (Ask::Keys, header("access-control-allow-origin", "*"), Right, "Keys", "1 for RS256", ""),
            (Ask::Keys, header("access-control-allow-origin", "https://other.example"), Wrong, "Keys", "unexpected https://other", "CORS"),
            (Ask::Keys, status(404), Wrong, "Keys", "404", "Check jwks_uri"),
            (Ask::Keys, body("<html>"), Wrong, "Keys", "JSON", "Check jwks_uri"),
            (Ask::Keys, body(r#"{"keys":[]}"#), Wrong, "Keys", "no usable key for RS256", "publish a key for RS256"),
            (Ask::Keys, nameless(vec![key("a")]), Look, "Keys", "kid: missing in the key", "needs kid"),
            (Ask::Keys, nameless(vec![key("a"), key("b")]), Wrong, "Keys", "kid: missing in 2 of 2", "name its keys"),
            (Ask::Keys, with(private), Look, "Keys", "1 private", "should not publish"),
            (Ask::Keys, with(json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB" })), Look, "Keys", "below 2048", "should not publish"),
            (Ask::Keys, redirect("https://other.example/keys"), Wrong, "Keys", "redirect", "redirects to"),
            (Ask::Keys, nothing("no answer within 10 s"), Wrong, "Keys", "within 10 s", "Check the address"),
            (Ask::Token, header("access-control-allow-origin", ""), Wrong, "Token endpoint", "expected https://app.example", "Scalekit"),
            (Ask::Token, refused("invalid_client"), Wrong, "Token endpoint", "invalid_client", "public client"),
            (Ask::Token, refused("unauthorized_client"), Wrong, "Token endpoint", "unauthorized_client", "client_id"),
            (Ask::Token, refused("invalid_request"), Look, "Token endpoint", "invalid_request", "provider's log"),
            (Ask::Token, refused("secret-of-somebody"), Wrong, "Token endpoint", "unexpected status 400", "token_endpoint"),
            (Ask::Token, status(503), Unknown, "Token endpoint", "503", "Ask again later"),
            (
                Ask::Token,
                instead(reply(200, &[("access-control-allow-origin", "*".into())], "{}")),
                Wrong,
                "Token endpoint",
                "200",
                "token_endpoint",
            ),
            (
                Ask::Token,
                instead(reply(404, &[("access-control-allow-origin", "*".into())], "")),
                Wrong,
                "Token endpoint",
                "404",
                "token_endpoint",
            ),
            (Ask::Api(0), header("access-control-allow-headers", ""), Wrong, "API", "unexpected (missing)", "a star"),
            (Ask::Api(0), header("access-control-allow-headers", "*"), Wrong, "API", "unexpected *", "a star does not"),
            (Ask::Api(0), header("access-control-allow-origin", ""), Wrong, "API", "Access-Control-Allow-Origin: missing", "OPTIONS"),
            (Ask::Api(0), status(401), Wrong, "API", "status 401 to a preflight", "without asking for a token"),
        ],
    );
    all(
        &case(Eyes::Page),
        vec![
            (Ask::Token, instead(Answer::Unreadable), Wrong, "Token endpoint", "does not let this page read", "Scalekit"),
            (Ask::Keys, instead(Answer::Forbidden), Wrong, "Keys", "connect-src", "add the origin"),
            (Ask::Api(0), instead(Answer::Unreadable), Wrong, "API", "CORS", "with the header Authorization"),
            (Ask::Api(0), status(404), Right, "API", "can be read", ""),
        ],
    );
    let lines = case(Eyes::Program).lines(&[(Ask::Token, refused("secret-of-somebody"))]);
    assert!(!format!("{lines:?}").contains("secret-of-somebody"));
}

#[test]
fn what_browsers_are_sent_to() {
    let page = |status: u16, headers: &[(&'static str, String)], text: &str| instead(reply(status, headers, text));
    let deny = [("x-frame-options", "DENY".to_owned())];
    let ancestors = [("content-security-policy", "frame-ancestors 'none'".to_owned())];
    all(
        &case(Eyes::Program),
        vec![
            (
                Ask::Silent,
                page(400, &deny, "<code>invalid_redirect_uri</code>"),
                Wrong,
                "Redirect addresses",
                "invalid_redirect_uri, and refuses to be framed: X-Frame-Options",
                "register https://app.example/silent-refresh.html",
            ),
            (
                Ask::Silent,
                page(200, &ancestors, "Sign in"),
                Wrong,
                "Redirect addresses",
                "status 200, which names no reason, and refuses to be framed: frame-ancestors",
                "(silent_path)",
            ),
            (Ask::Silent, page(503, &[], ""), Unknown, "Redirect addresses", "503", "Ask again"),
            (Ask::Silent, nothing("it is down"), Unknown, "Redirect addresses", "it is down", "can tell"),
            (
                Ask::Silent,
                redirect("https://as.example/sign-in?state=hidden"),
                Wrong,
                "Silent sign-in",
                "leads to https://as.example/sign-in and",
                "login_required",
            ),
            (Ask::Silent, location("login_required", "consent_required"), Look, "Silent sign-in", "consent_required", "works as well"),
            (Ask::Silent, location("login_required", "invalid_scope"), Wrong, "Silent sign-in", "invalid_scope", "Check scopes"),
            (Ask::Silent, location("login_required", "unauthorized_client"), Wrong, "Silent sign-in", "unauthorized_client", "code flow"),
            (Ask::Silent, location("login_required", "invalid_target"), Wrong, "Silent sign-in", "invalid_target", "api.resource"),
            (Ask::Silent, location("login_required", "server_error"), Wrong, "Silent sign-in", "server_error", "log"),
            (Ask::Silent, location("as.example", "evil.example"), Wrong, "Silent sign-in", "iss", "names itself"),
            (Ask::Silent, location("&iss=", "&x="), Wrong, "Silent sign-in", "iss: missing", "sends no iss"),
            (Ask::Silent, location("state=", "state=x"), Wrong, "Silent sign-in", "state", "RFC 6749"),
            (Ask::Silent, location("#", "?"), Wrong, "Silent sign-in", "query", "RFC 6749"),
            (Ask::Silent, location("error=login_required", "code=everybody"), Wrong, "Silent sign-in", "with a code", "everybody in"),
            (Ask::Lookup, page(400, &[], ""), Wrong, "Redirect addresses", "https://app.example/callback", "(redirect_path)"),
            (
                Ask::Stranger,
                redirect("https://app.example/hushkey-doctor-unregistered?error=login_required"),
                Look,
                "Redirect addresses",
                "nobody registered",
                "letter by letter",
            ),
            (
                Ask::SignOut,
                page(400, &[], "post_logout_redirect_uri invalid"),
                Wrong,
                "Sign-out",
                "refused with status 400",
                "register https://app.example/signed-out",
            ),
            (Ask::SignOut, page(400, &[], "id_token_hint missing"), Unknown, "Sign-out", "status 400", "Sign in and out"),
            (Ask::SignOut, page(200, &[], "Sign out?"), Unknown, "Sign-out", "status 200", "Sign in and out"),
            (Ask::SignOut, nothing("it is down"), Unknown, "Sign-out", "it is down", "Sign in and out"),
        ],
    );
    all(
        &case(Eyes::Page),
        vec![
            (
                Ask::Silent,
                instead(Answer::Shows),
                Wrong,
                "Redirect addresses",
                "does not redirect",
                "register https://app.example/silent-refresh.html",
            ),
            (Ask::Silent, nothing("it is not said"), Unknown, "Redirect addresses", "not said", "cargo xtask doctor"),
        ],
    );
    // If neither address is redirected to, it may be the client.
    let neither = case(Eyes::Program).lines(&[(Ask::Silent, page(400, &[], "")), (Ask::Lookup, page(400, &[], ""))]);
    says(&neither, Wrong, "Redirect addresses", "silent-refresh", "And check client_id.");
    let mut isolated = case(Eyes::Page);
    isolated.surroundings.isolated = true;
    says(&isolated.lines(&[(Ask::Silent, nothing("?"))]), Unknown, "Redirect addresses", "COEP", "cargo xtask doctor");
}

#[test]
fn a_hostile_answer_is_repeated_as_text_and_without_what_it_hides() {
    let lines = case(Eyes::Program).lines(&[
        (Ask::Silent, redirect("https://evil.example/\u{1b}[31m?code=hidden&state=hidden")),
        (Ask::Keys, header("access-control-allow-origin", &"x".repeat(5000))),
    ]);
    let text = format!("{lines:?}");
    assert!(!text.contains("hidden") && lines.iter().all(|line| !line.finding.contains('\u{1b}') && line.finding.chars().count() <= 501));
}

#[test]
fn the_relay_page() {
    let hashless = "script-src 'self'; frame-ancestors 'self'";
    let altered = healthy::RELAY.replace("Hands the answer over", "Hands it over");
    let longer = healthy::RELAY.replace("<title>", &format!("{}<title>", "<meta>".repeat(200)));
    let app = r#"<script type="application/json" id="hushkey">{}</script>"#;
    all(
        &case(Eyes::Program),
        vec![
            (Ask::Relay, status(404), Wrong, "Relay page", "status 404", "Deploy silent-refresh.html"),
            (Ask::Relay, body(app), Wrong, "Relay page", "the app's own page", "another page"),
            (Ask::Relay, body("<p>Hello"), Wrong, "Relay page", "something else", "another page"),
            (Ask::Relay, header("content-security-policy", "frame-ancestors 'none'"), Wrong, "Relay page", "frame-ancestors", "'self'"),
            (Ask::Relay, header("content-security-policy", hashless), Wrong, "Relay page", "does not let its script run", "hash"),
            (Ask::Relay, header("content-type", "text/plain"), Wrong, "Relay page", "expected text/html", "as a page"),
            (Ask::Relay, body(&altered), Look, "Relay page", "not that of this version", "same version"),
            (Ask::Relay, body(&longer), Look, "Relay page", "1024 at most", "adds to it"),
            (Ask::Relay, header("cache-control", "no-store"), Look, "Relay page", "each reload", "No-Vary-Search"),
            (Ask::Relay, redirect("/silent-refresh"), Look, "Relay page", "without .html", "round trip"),
            (Ask::Relay, redirect("https://app.example/silent-refresh"), Look, "Relay page", "without .html", "round trip"),
            (Ask::Relay, redirect("/"), Wrong, "Relay page", "redirect", "Keep the host"),
            (Ask::Relay, instead(Answer::Redirects), Wrong, "Relay page", "redirect", "Keep the host"),
            (Ask::Relay, nothing("it is down"), Wrong, "Relay page", "it is down", "Check the address"),
        ],
    );
    let framing = [(Ask::Relay, header("content-security-policy", "")), (Ask::Relay, header("x-frame-options", "DENY"))];
    says(&case(Eyes::Program).lines(&framing), Wrong, "Relay page", "X-Frame-Options", "no X-Frame-Options: DENY");
}

#[test]
fn the_page_and_what_stands_below_it() {
    let other = r#"<script type="application/json" id="hushkey">{"issuer":"https://as.example","client_id":"other"}</script>"#;
    let slip = r#"<script type="application/json" id="hushkey">{"issuer":"https://as.example"}</script>"#;
    all(
        &case(Eyes::Program),
        vec![
            (Ask::Page, status(500), Wrong, "Page", "status 500", "cargo xtask dist"),
            (Ask::Page, body("<p>It works!"), Wrong, "Page", "no configuration block", "--origin"),
            (Ask::Page, nothing("it is down"), Wrong, "Page", "it is down", "Check the address"),
            (Ask::Page, body(other), Look, "Configuration", "another configuration", "Deploy this one"),
            (Ask::Page, body(slip), Wrong, "Configuration", "client_id: missing", "that is accepted"),
            (Ask::Page, body(other), Unknown, "Files", "no file that ends in .wasm", "cargo xtask dist"),
            (Ask::Callback, status(404), Wrong, "Callback page", "status 404", "index.html and status 200"),
            (Ask::Callback, body("<p>Hello"), Wrong, "Callback page", "expected the app's page", "every address"),
            (Ask::Callback, redirect("/"), Wrong, "Callback page", "redirect", "in its query"),
            (Ask::Callback, nothing("it is down"), Unknown, "Callback page", "it is down", "again"),
            (
                Ask::File(".wasm"),
                header("content-type", "application/octet-stream"),
                Look,
                "Files",
                "expected application/wasm",
                "whole file",
            ),
            (Ask::File(".js"), header("content-type", "text/plain"), Wrong, "Files", "expected text/javascript", "refuse it"),
            (Ask::File(".css"), header("content-encoding", ""), Look, "Files", "full size", ".br or .gz"),
            (Ask::File(".wasm"), header("cache-control", "max-age=60"), Look, "Files", "unexpected max-age=60", "immutable"),
            (Ask::File(".js"), status(404), Wrong, "Files", "status 404", "whole folder"),
            (Ask::File(".js"), nothing("it is down"), Wrong, "Files", "it is down", "Check the address"),
        ],
    );
}

#[test]
fn the_headers_of_the_page() {
    let csp = |part: &str, by: &str| header("content-security-policy", &policy(part, by));
    let boot = healthy::hash("boot()");
    let (topic, other) = ("Content policy", "Headers");
    all(
        &case(Eyes::Program),
        vec![
            (Ask::Page, header("content-security-policy", ""), Wrong, topic, "missing", "_headers"),
            (
                Ask::Page,
                csp(" https://as.example https://api", " https://api"),
                Wrong,
                topic,
                "connect-src: https://as.example",
                "connect-src",
            ),
            (Ask::Page, csp(" https://api.example", ""), Wrong, topic, "connect-src: https://api.example", "connect-src"),
            (
                Ask::Page,
                csp("frame-src 'self' https://as.example", "frame-src 'self'"),
                Wrong,
                topic,
                "hidden frame is blocked",
                "frame-src",
            ),
            (Ask::Page, csp("frame-src 'self' ", "frame-src "), Wrong, topic, "frame-src: https://app.example", "frame-src"),
            (Ask::Page, csp(" 'wasm-unsafe-eval'", ""), Wrong, topic, "cannot be compiled", "wasm-unsafe-eval"),
            (Ask::Page, csp(&boot, "'sha256-AAAA'"), Wrong, topic, "1 inline scripts", "hashes"),
            (Ask::Page, csp(&boot, "'unsafe-inline'"), Look, topic, "'unsafe-inline'", "Take it out"),
            (Ask::Page, csp("'wasm-unsafe-eval'", "'wasm-unsafe-eval' https:"), Look, topic, "https: lets", "Take it out"),
            (Ask::Page, csp("require-trusted-types-for 'script'", "base-uri 'none'"), Look, topic, "require-trusted-types-for", "Add"),
            (Ask::Page, csp("frame-ancestors 'none'", "frame-ancestors 'self'"), Wrong, "Framing", "another value", "'none'"),
            (Ask::Page, csp("frame-ancestors 'none'; ", ""), Wrong, "Framing", "(missing)", "'none'"),
            (Ask::Page, header("cross-origin-embedder-policy", "require-corp"), Wrong, other, "require-corp", "without it"),
            (
                Ask::Page,
                header("cross-origin-opener-policy", ""),
                Look,
                other,
                "Cross-Origin-Opener-Policy: unexpected (missing)",
                "Windows",
            ),
            (Ask::Page, header("x-content-type-options", ""), Look, other, "expected nosniff", "Send it"),
            (Ask::Page, header("referrer-policy", "unsafe-url"), Look, other, "unexpected unsafe-url", "Send it"),
            (Ask::Page, header("strict-transport-security", ""), Look, other, "Strict-Transport-Security", "63072000"),
            (Ask::Page, header("cache-control", "max-age=600"), Look, other, "unexpected max-age=600", "Send it"),
        ],
    );
    let options = [(Ask::Page, csp("frame-ancestors 'none'; ", "")), (Ask::Page, header("x-frame-options", "DENY"))];
    says(&case(Eyes::Program).lines(&options), Right, "Framing", "nobody", "");
}

#[test]
fn sites_and_clocks() {
    let site = |same_site: Option<bool>, frames: Frames| {
        let mut case = case(Eyes::Page);
        (case.surroundings.same_site, case.surroundings.frames) = (same_site, frames);
        case.lines(&[])
    };
    says(&site(Some(true), Frames::Untried), Right, "Site", "one site", "");
    says(&site(Some(false), Frames::Work), Look, "Site", "two sites", "same site");
    says(&site(None, Frames::Work), Right, "Site", "has brought a session", "");
    says(&site(None, Frames::Blocked { found: UnixTime::from_millis(1) }), Look, "Site", "out of frames", "same site");
    says(&site(None, Frames::Untried), Unknown, "Site", "a trial decides", "Sign in, reload");
    let own = case(Eyes::Page).configured("issuer", json!("https://app.example/id"));
    says(&own.lines(&[(Ask::Discovery, nothing("x"))]), Right, "Site", "own host", "");

    all(
        &case(Eyes::Program),
        vec![
            (Ask::Token, header("date", "Sun, 06 Nov 1994 08:48:30 GMT"), Wrong, "Clock", "the provider is 67 s behind", "Set the clock"),
            (Ask::Token, header("date", "Sun, 06 Nov 1994 08:48:40 GMT"), Right, "Clock", "agree, to 57 s", ""),
            (Ask::Page, header("date", "Sun, 06 Nov 1994 09:49:37 GMT"), Wrong, "Clock", "the host of the app is 3600 s ahead of", "Set"),
            (Ask::Page, header("date", "Sun, 06 Nov 1994 07:49:37 GMT"), Wrong, "Clock", "3600 s behind", "Set"),
        ],
    );
    let kept = [(Ask::Page, header("date", "Sun, 06 Nov 1994 07:49:37 GMT")), (Ask::Page, header("age", "3600"))];
    says(&case(Eyes::Program).lines(&kept), Right, "Clock", "the host of the app agree, to 0 s", "");
    let dateless = || [Ask::Page, Ask::Token, Ask::Keys, Ask::Discovery].map(|ask| (ask, header("date", "")));
    says(&case(Eyes::Program).lines(&dateless()), Unknown, "Clock", "nobody sent a Date", "by hand");
    says(&case(Eyes::Page).lines(&dateless()), Unknown, "Clock", "nobody sent a Date", "cargo xtask doctor");
}

#[test]
fn without_an_origin_what_depends_on_it_is_not_told() {
    let mut case = case(Eyes::Program);
    (case.surroundings.origin_known, case.surroundings.same_site) = (false, None);
    let lines = case.lines(&[]);
    let unknown: Vec<&str> = of(Unknown, &lines).iter().map(|line| line.topic.as_str()).collect();
    assert_eq!(unknown, ["API", "Site", "Host"], "{lines:#?}");
    says(&lines, Right, "Token endpoint", "depends on its origin", "");
    assert!(of(Wrong, &lines).is_empty(), "{lines:#?}");
}

#[test]
fn an_authorization_request_of_the_doctor_is_that_of_the_app() {
    let healthy = case(Eyes::Program);
    let config = Config::from_json(&healthy.by_hand().block.to_string(), healthy::APP).unwrap();
    let mut doctor = Doctor::new(config, case(Eyes::Program).surroundings, &Entropy::new([7; 32]));
    assert!(doctor.questions().len() == 4 && doctor.questions().len() > 3);
    // Asked once, and never again.
    assert!(doctor.questions().is_empty());
    let question = {
        let config = Config::from_json(&case(Eyes::Program).by_hand().block.to_string(), healthy::APP).unwrap();
        let mut doctor = Doctor::new(config, case(Eyes::Program).surroundings, &Entropy::new([7; 32]));
        doctor.questions();
        doctor.questions().into_iter().find(|question| question.ask == Ask::Silent).expect("it is asked")
    };
    let address = answered(slice::from_ref(&question).first().unwrap(), "error=login_required", false);
    assert!(address.starts_with("https://app.example/silent-refresh.html#error=login_required&state="), "{address}");
    for parameter in ["response_type=code", "client_id=c", "code_challenge_method=S256", "scope=openid+offline_access"] {
        assert!(question.url.expose().contains(parameter), "{parameter}");
    }
    assert!(!format!("{question:?}").contains("state="), "an address is not shown");
}

#[test]
fn what_is_right_is_not_called_wrong_and_the_other_way_round() {
    let of_topic = |case: &Case, changes: &[(Ask, Change)], topic: &str| -> Vec<Verdict> {
        case.lines(changes).iter().filter(|line| line.topic == topic).map(|line| line.verdict).collect()
    };
    let healthy = case(Eyes::Program);
    let unsafe_eval = header("content-security-policy", &policy(" 'wasm-unsafe-eval'", ""));
    assert_eq!(of_topic(&healthy, &[], "Content policy"), [Right]);
    assert_eq!(of_topic(&healthy, &[(Ask::Page, unsafe_eval)], "Content policy"), [Wrong]);

    let relay = |changes: &[(Ask, Change)]| of_topic(&healthy, changes, "Relay page");
    assert!(relay(&[]).contains(&Right));
    assert!(!relay(&[(Ask::Relay, header("cache-control", "no-store"))]).contains(&Right));

    // An old name of JavaScript, that browsers take for a script and for nothing else.
    let javascript = || header("content-type", "application/javascript");
    assert_eq!(of_topic(&healthy, &[(Ask::File(".js"), javascript())], "Files"), of_topic(&healthy, &[], "Files"));
    assert!(of_topic(&healthy, &[(Ask::File(".wasm"), javascript())], "Files").contains(&Look));

    let for_a_resource = json!([{ "url": "https://api.example/", "resource": "https://api.example" }]);
    assert!(!of_topic(&case(Eyes::Program).configured("api", for_a_resource), &[], "Client").contains(&Look), "tokens are not looked into");
}

#[test]
fn what_is_asked_says_of_whom_and_how_much_of_the_answer_is_read() {
    for (ask, is_of_host) in [
        (Ask::Page, true),
        (Ask::Relay, true),
        (Ask::Callback, true),
        (Ask::File(".js"), true),
        (Ask::Discovery, false),
        (Ask::Keys, false),
        (Ask::Silent, false),
        (Ask::SignOut, false),
    ] {
        assert_eq!(ask.is_of_host(), is_of_host, "{ask:?}");
    }
    let by_hand = case(Eyes::Program).by_hand().configured("api", json!(["https://api.example/v1/"]));
    let config = Config::from_json(&by_hand.block.to_string(), healthy::APP).unwrap();
    let mut doctor = Doctor::new(config, by_hand.surroundings, &Entropy::new([7; 32]));
    let mut questions = doctor.questions();
    let files = "<link href=\"/hushkey-ba7816bf8f01cfea.js\"><link href=\"/hushkey-ba7816bf8f01cfea_bg.wasm\">";
    doctor.hear(Ask::Page, reply(200, &[], files));
    questions.extend(doctor.questions());
    let asks = |wanted: Ask| questions.iter().any(|question| question.ask == wanted);
    assert!(asks(Ask::Keys) && asks(Ask::Api(0)) && asks(Ask::File(".js")), "{questions:?}");
    assert!(questions.iter().all(|question| question.reads_body != matches!(question.ask, Ask::File(_) | Ask::Api(_))), "{questions:?}");
}
