//! A provider and a host with which nothing is wrong, for the doctor to look at; and ways to make one thing wrong.

#![allow(dead_code, unreachable_pub, reason = "what tests share; each uses its part")]

use base64::{Engine, engine::general_purpose::STANDARD};
use hushkey::{
    Config,
    protocol::{
        doctor::{Answer, Ask, Doctor, Eyes, Line, Question, Reply, Surroundings, Verdict, WORDS, tell},
        hint::Frames,
        secret::Body,
        time::{Entropy, UnixTime},
    },
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

pub const APP: &str = "https://app.example";
pub const ISSUER: &str = "https://as.example";
pub const RELAY: &str = include_str!("../../silent-refresh.html");

/// What is looked at, and who looks.
pub struct Case {
    pub block: Value,
    pub surroundings: Surroundings,
    pub document: Value,
}

/// What makes one answer another.
pub type Change = Box<dyn Fn(&mut Answer)>;

pub fn case(eyes: Eyes) -> Case {
    Case {
        block: json!({ "issuer": ISSUER, "client_id": "c", "scopes": "openid offline_access", "api": ["https://api.example/v1/"] }),
        surroundings: Surroundings {
            eyes,
            now: UnixTime::from_millis(784_111_777_000),
            origin_known: true,
            same_site: (eyes == Eyes::Program).then_some(true),
            frames: Frames::Untried,
            isolated: false,
        },
        document: json!({
            "issuer": ISSUER, "authorization_endpoint": format!("{ISSUER}/authorize"), "token_endpoint": format!("{ISSUER}/token"),
            "jwks_uri": format!("{ISSUER}/keys"), "end_session_endpoint": format!("{ISSUER}/logout"),
            "check_session_iframe": format!("{ISSUER}/check"), "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["RS256"], "scopes_supported": ["openid", "offline_access"],
            "response_modes_supported": ["query", "fragment"], "authorization_response_iss_parameter_supported": true,
        }),
    }
}

impl Case {
    /// The same provider, configured by hand with what it says of itself.
    pub fn by_hand(mut self) -> Self {
        self.block = json!({ "metadata": self.document, "client_id": "c", "scopes": "openid offline_access" });
        self
    }

    /// With another value in the configuration.
    pub fn configured(mut self, field: &str, value: Value) -> Self {
        self.block[field] = value;
        self
    }

    /// With another value in what the provider says of itself.
    pub fn says(mut self, field: &str, value: Value) -> Self {
        self.document[field] = value;
        self
    }

    /// With another value in what is configured of the provider.
    pub fn believes(mut self, field: &str, value: Value) -> Self {
        self.block["metadata"][field] = value;
        self
    }

    /// What the doctor finds, if these answers are changed.
    pub fn lines(&self, changes: &[(Ask, Change)]) -> Vec<Line> {
        let config = Config::from_json(&self.block.to_string(), APP).expect("the configuration is accepted");
        let mut doctor = Doctor::new(config, self.surroundings.clone(), &Entropy::new([7; 32]));
        for _ in 0..5 {
            let questions = doctor.questions();
            if questions.is_empty() {
                return doctor.signs().iter().map(|sign| tell(sign, WORDS)).collect();
            }
            for question in questions {
                let mut answer = self.answer(&question);
                changes.iter().filter(|(ask, _)| *ask == question.ask).for_each(|(_, change)| change(&mut answer));
                doctor.hear(question.ask, answer);
            }
        }
        panic!("it asks for ever");
    }

    /// The right answer.
    fn answer(&self, question: &Question) -> Answer {
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT".to_owned());
        let readable = ("access-control-allow-origin", APP.to_owned());
        let is_page = self.surroundings.eyes == Eyes::Page;
        if question.ask.is_gone_to() && is_page {
            return Answer::Redirects;
        }
        let json =
            |body: Value| reply(200, &[date.clone(), readable.clone(), ("content-type", "application/json".into())], &body.to_string());
        match question.ask {
            Ask::Page | Ask::Callback => reply(200, &[page_headers(), vec![date]].concat(), &self.page()),
            Ask::Relay => {
                let policy = format!("default-src 'none'; script-src {}; frame-ancestors 'self'", hash(script_of(RELAY)));
                let headers = [("content-type", "text/html; charset=utf-8".to_owned()), ("content-security-policy", policy)];
                reply(200, &headers, RELAY)
            }
            Ask::File(end) => {
                let kind = [(".wasm", "application/wasm"), (".js", "text/javascript"), (".css", "text/css")];
                let kind = kind.iter().find(|(own, _)| *own == end).expect("known").1.to_owned();
                let kept = "public, max-age=31536000, immutable".to_owned();
                reply(200, &[("content-type", kind), ("content-encoding", "br".into()), ("cache-control", kept)], "")
            }
            Ask::Discovery => json(self.document.clone()),
            Ask::Keys => json(json!({ "keys": [key("a")] })),
            Ask::Token => reply(400, &[date, readable], r#"{"error":"invalid_grant"}"#),
            Ask::Api(_) if is_page => reply(401, &[], ""),
            Ask::Api(_) => reply(204, &[readable, ("access-control-allow-headers", "Authorization, X-Y".to_owned())], ""),
            Ask::Silent | Ask::Lookup => redirected(&answered(question, "error=login_required", true)),
            Ask::Stranger => reply(400, &[], "invalid_redirect_uri"),
            Ask::SignOut => redirected(&format!("{APP}/signed-out")),
        }
    }

    fn page(&self) -> String {
        let block = &self.block;
        format!(
            r#"<!doctype html><script type="application/json" id="hushkey">{block}</script><script>boot()</script>
               <link rel="stylesheet" href="/app-1.css"><link href="/hushkey-1.js"><link href="/hushkey-1_bg.wasm">"#
        )
    }
}

fn page_headers() -> Vec<(&'static str, String)> {
    vec![
        ("content-security-policy", policy("", "")),
        ("x-content-type-options", "nosniff".to_owned()),
        ("referrer-policy", "no-referrer".to_owned()),
        ("cross-origin-opener-policy", "same-origin".to_owned()),
        ("cache-control", "no-cache".to_owned()),
        ("strict-transport-security", "max-age=63072000".to_owned()),
    ]
}

/// The policy of the page, with a part of it replaced.
pub fn policy(part: &str, by: &str) -> String {
    let boot = hash("boot()");
    let whole = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' {boot}; connect-src 'self' {ISSUER} https://api.example; \
         frame-src 'self' {ISSUER}; frame-ancestors 'none'; require-trusted-types-for 'script'"
    );
    if part.is_empty() {
        return whole;
    }
    let changed = whole.replace(part, by);
    assert_ne!(changed, whole, "{part} is not in the policy");
    changed
}

pub fn hash(script: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script)))
}

fn script_of(page: &str) -> &str {
    page.split("<script>").nth(1).and_then(|rest| rest.split("</script>").next()).expect("a script")
}

pub fn key(kid: &str) -> Value {
    let keys: Value = serde_json::from_str(include_str!("test_keys.json")).expect("keys");
    json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": keys["rsa_a"]["n"], "e": keys["rsa_a"]["e"] })
}

/// Where an authorization request is answered, in the part of the address that it asked for.
pub fn answered(question: &Question, what: &str, with_issuer: bool) -> String {
    let url = Url::parse(question.url.expose()).expect("an address");
    let given = |name: &str| url.query_pairs().find(|(own, _)| own == name).map(|(_, value)| value.into_owned()).unwrap_or_default();
    assert_eq!(given("prompt"), "none", "nobody is to be shown a page");
    let mark = if given("response_mode") == "fragment" { '#' } else { '?' };
    let iss = if with_issuer { "&iss=https%3A%2F%2Fas.example" } else { "" };
    format!("{}{mark}{what}&state={}{iss}", given("redirect_uri"), given("state"))
}

pub fn reply(status: u16, headers: &[(&'static str, String)], body: &str) -> Answer {
    Answer::Replied(Reply { status, headers: headers.to_vec(), body: Body::new(body) })
}

pub fn redirected(to: &str) -> Answer {
    reply(303, &[("location", to.to_owned())], "")
}

// ---------------------------------------------------------------------------------------------------------------------- Changes

fn edit(change: impl Fn(&mut Reply) + 'static) -> Change {
    Box::new(move |answer| match answer {
        Answer::Replied(reply) => change(reply),
        other => panic!("{other:?} has nothing to change"),
    })
}

/// Another header, or none.
pub fn header(name: &'static str, value: &str) -> Change {
    let value = value.to_owned();
    edit(move |reply| {
        reply.headers.retain(|(own, _)| *own != name);
        if !value.is_empty() {
            reply.headers.push((name, value.clone()));
        }
    })
}

pub fn status(status: u16) -> Change {
    edit(move |reply| reply.status = status)
}

pub fn body(text: &str) -> Change {
    let text = text.to_owned();
    edit(move |reply| reply.body = Body::new(text.clone()))
}

/// The location with a part replaced.
pub fn location(part: &'static str, by: &'static str) -> Change {
    edit(move |reply| {
        let (_, value) = reply.headers.iter_mut().find(|(name, _)| *name == "location").expect("a redirect");
        assert!(value.contains(part), "{value} has no {part}");
        *value = value.replace(part, by);
    })
}

/// Another answer altogether.
pub fn instead(answer: Answer) -> Change {
    Box::new(move |old| *old = answer.clone())
}

/// A redirect.
pub fn redirect(to: &str) -> Change {
    instead(redirected(to))
}

/// What stands in the lines of this verdict.
pub fn of(verdict: Verdict, lines: &[Line]) -> Vec<&Line> {
    lines.iter().filter(|line| line.verdict == verdict).collect()
}
