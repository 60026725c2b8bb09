//! A provider that does as the standards say, until a test tells it not to.

use super::{
    CLIENT, ISSUER,
    keys::{Key, encode},
};
use hushkey::protocol::{
    error::NetworkFailure,
    http::{HttpRequest, HttpResponse, Method, Outcome},
    secret::Body,
    time::UnixTime,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use url::Url;

type Tweak<T> = Option<Box<dyn Fn(&mut T)>>;
type Moves = Box<dyn Fn(&str) -> Result<String, HttpResponse>>;

/// The simulated provider.
#[derive(Default)]
pub struct Provider {
    /// The subject of whoever is signed in at the provider.
    pub session: Option<String>,
    /// No answer over HTTP, for this reason, and none in frames.
    pub down: Option<NetworkFailure>,
    /// The browser does not show it in frames who is there.
    pub cookies_blocked: bool,
    /// Frames come to rest on a page of the provider, and never speak.
    pub frames_refused: bool,
    pub key: Option<Key>,
    pub published: Vec<Value>,
    pub issues_refresh_tokens: bool,
    pub rotates: bool,
    pub id_token_on_refresh: bool,
    pub lifetime: u64,
    /// What its clock says, if that is not what the device says.
    pub clock: Option<UnixTime>,
    /// The organisation that people are in, and whether it follows a silent request for another.
    pub organization: Option<String>,
    pub follows_organization: bool,
    /// An error instead of a code.
    pub refuses: Option<&'static str>,
    pub tweak_answer: Tweak<String>,
    pub tweak_header: Tweak<Value>,
    pub tweak_id: Tweak<Value>,
    pub tweak_access: Tweak<Value>,
    pub tweak_response: Tweak<Value>,
    pub tweak_http: Tweak<HttpResponse>,
    /// Where an address leads by now, or what it is answered with.
    pub moved: Option<Moves>,
    /// What the userinfo endpoint says; signed where it is asked to.
    pub user_info: Value,
    pub signs_user_info: bool,
    /// Every authorization request: its query.
    pub asked: Vec<HashMap<String, String>>,
    /// Every address of an authorization request, as the browser went there.
    pub fronts: Vec<String>,
    /// Every form that was pushed.
    pub pushed: Vec<Vec<(String, String)>>,
    /// The answer to a pushed request.
    pub tweak_push: Tweak<HttpResponse>,
    /// Every URL of an HTTP request.
    pub called: Vec<String>,
    /// Every access token that came along, and where.
    pub tokens_seen: Vec<(String, String)>,
    /// Every grant type that was presented.
    pub grants: Vec<String>,
    /// The resource of every token request, if it named one.
    pub targets: Vec<Option<String>>,
    /// It does not know this resource.
    pub unknown_target: Option<&'static str>,
    /// Every code that was presented.
    pub presented: Vec<String>,
    /// Every refresh token that was presented.
    pub refreshed: Vec<String>,
    /// Every code, token and verifier there has been.
    pub secrets: Vec<String>,
    codes: HashMap<String, (HashMap<String, String>, String)>,
    requests: HashMap<String, HashMap<String, String>>,
    pub refresh_tokens: HashMap<String, String>,
    /// Whether tokens are bound to the key that a request proves.
    pub binds: bool,
    /// The key of every token request.
    pub proved: Vec<Option<String>>,
    /// The keys that refresh tokens are bound to.
    bound: HashMap<String, Option<String>>,
    counter: u64,
}

impl Provider {
    pub fn new() -> Self {
        let key = Key::Ed25519;
        Self {
            key: Some(key),
            published: vec![key.published()],
            issues_refresh_tokens: false,
            rotates: true,
            id_token_on_refresh: true,
            lifetime: 300,
            ..Self::default()
        }
    }

    fn count(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// The same, in a frame: the browser may keep the cookie back.
    pub fn authorize_in_frame(&mut self, url: &str, now: UnixTime) -> String {
        let session = self.session.clone();
        if self.cookies_blocked {
            self.session = None;
        }
        let answer = self.authorize(url, now);
        self.session = session;
        answer
    }

    /// The authorization endpoint: where it sends the browser back to.
    pub fn authorize(&mut self, url: &str, _now: UnixTime) -> String {
        let url = Url::parse(url).expect("a URL");
        assert_eq!(url.origin().ascii_serialization(), ISSUER);
        let mut query: HashMap<String, String> = url.query_pairs().into_owned().collect();
        self.fronts.push(url.to_string());
        if let Some(reference) = query.get("request_uri") {
            assert_eq!((query.len(), query["client_id"].as_str()), (2, CLIENT), "nothing but the client and the reference");
            query = self.requests.remove(reference).expect("it was pushed, and is used once");
        }
        self.asked.push(query.clone());
        let mut back = Url::parse(&query["redirect_uri"]).expect("a redirect URI");
        let code = format!("code-{}-{}", self.count(), encode(&Sha256::digest(query["state"].as_bytes())));
        self.secrets.push(code.clone());
        let silent = query.get("prompt").is_some_and(|prompt| prompt == "none");
        {
            let mut answer = back.query_pairs_mut();
            match (&self.session, self.refuses) {
                (_, Some(error)) => answer.append_pair("error", error).append_pair("error_description", "as the test wants it"),
                (None, None) if silent => answer.append_pair("error", "login_required"),
                (subject, None) => {
                    if let Some(id) = query.get("organization_id").filter(|_| self.follows_organization) {
                        self.organization = Some(id.clone());
                    }
                    let subject = subject.clone().unwrap_or_else(|| "usr_1".to_owned());
                    self.codes.insert(code.clone(), (query.clone(), subject));
                    answer.append_pair("code", &code)
                }
            };
            answer.append_pair("state", &query["state"]);
        }
        let mut back = back.to_string();
        if let Some(tweak) = &self.tweak_answer {
            tweak(&mut back);
        }
        back
    }

    /// Everything that is fetched.
    pub fn http(&mut self, request: &HttpRequest, now: UnixTime) -> Outcome {
        self.called.push(request.url.clone());
        self.tokens_seen.extend(request.access_token.as_ref().map(|token| (request.url.clone(), token.expose().to_owned())));
        if let Some(failure) = self.down {
            return Err(failure);
        }
        let url = match self.moved.as_ref().map(|moved| moved(&request.url)) {
            None => request.url.clone(),
            Some(Ok(url)) => url,
            Some(Err(response)) => return Ok(response),
        };
        let (status, body) = match (&request.method, url.strip_prefix(ISSUER).unwrap_or_default()) {
            (Method::Get(_), "/keys") => (200, json!({ "keys": self.published })),
            (Method::Get(_), "/.well-known/openid-configuration") => (200, metadata()),
            (Method::Get(_), "/userinfo") if request.access_token.is_some() => (200, self.user_info.clone()),
            (Method::PostForm(form), "/token" | "/oauth/token") => {
                let key = request.key.as_ref().map(|key| key.as_str().to_owned());
                self.token(form, key, now)
            }
            (Method::PostForm(form), "/par") => self.push(form),
            _ => (404, json!({})),
        };
        let signed = self.signs_user_info && request.url.ends_with("/userinfo");
        let (kind, body) = if signed { ("application/jwt", self.sign(&body)) } else { ("application/json", body.to_string()) };
        let mut response = HttpResponse { status, content_type: Some(kind.into()), retry_after: None, body: Body::new(body) };
        if let Some(tweak) = self.tweak_push.as_ref().filter(|_| request.url.ends_with("/par")) {
            tweak(&mut response);
        }
        if let Some(tweak) = &self.tweak_http {
            tweak(&mut response);
        }
        Ok(response)
    }

    /// The pushed authorization request endpoint.
    fn push(&mut self, form: &Body) -> (u16, Value) {
        let form: Vec<(String, String)> = form_urlencoded::parse(form.expose().as_bytes()).into_owned().collect();
        let reference = format!("urn:ietf:params:oauth:request_uri:{}", self.count());
        self.requests.insert(reference.clone(), form.iter().cloned().collect());
        self.pushed.push(form);
        (201, json!({ "request_uri": reference, "expires_in": 60 }))
    }

    fn sign(&self, claims: &Value) -> String {
        let key = self.key.expect("a signing key");
        let mut header = json!({ "alg": key.algorithm(), "kid": key.published()["kid"] });
        if let Some(tweak) = &self.tweak_header {
            tweak(&mut header);
        }
        key.sign(&header, claims)
    }

    fn token(&mut self, form: &Body, key: Option<String>, now: UnixTime) -> (u16, Value) {
        self.proved.push(key.clone());
        let key = key.filter(|_| self.binds);
        let form: HashMap<String, String> = form_urlencoded::parse(form.expose().as_bytes()).into_owned().collect();
        self.grants.push(form["grant_type"].clone());
        assert_eq!(form["client_id"], CLIENT);
        assert!(!form.contains_key("client_secret"));
        let resource = form.get("resource").cloned();
        self.targets.push(resource.clone());
        if resource.is_some() && resource.as_deref() == self.unknown_target {
            return (400, json!({ "error": "invalid_target" }));
        }
        let invalid_grant = (400, json!({ "error": "invalid_grant" }));
        if form["grant_type"] == "refresh_token" {
            let used = form["refresh_token"].clone();
            self.refreshed.push(used.clone());
            let Some(subject) = self.refresh_tokens.get(&used).cloned() else { return invalid_grant };
            if self.bound.get(&used).is_some_and(|bound| *bound != key) {
                return invalid_grant;
            }
            if self.rotates {
                self.refresh_tokens.remove(&used);
            }
            return (200, self.tokens(&subject, (None, None), (resource, key), now));
        }
        self.presented.push(form["code"].clone());
        self.secrets.push(form["code_verifier"].clone());
        let Some((asked, subject)) = self.codes.remove(&form["code"]) else { return invalid_grant };
        let challenge = encode(&Sha256::digest(form["code_verifier"].as_bytes()));
        if asked["code_challenge"] != challenge || asked["redirect_uri"] != form["redirect_uri"] {
            return invalid_grant;
        }
        if asked.get("dpop_jkt").is_some_and(|bound| self.binds && Some(bound) != key.as_ref()) {
            return invalid_grant;
        }
        (200, self.tokens(&subject, (asked.get("nonce"), Some(&form["code"])), (resource, key), now))
    }

    fn tokens(
        &mut self,
        subject: &str,
        (nonce, code): (Option<&String>, Option<&String>),
        (resource, proved): (Option<String>, Option<String>),
        now: UnixTime,
    ) -> Value {
        let key = self.key.expect("a signing key");
        let (number, seconds) = (self.count(), self.clock.unwrap_or(now).as_seconds());
        let organization = self.organization.as_deref().unwrap_or("org_1");
        let mut access = json!({ "iss": ISSUER, "aud": [CLIENT], "client_id": CLIENT, "sub": subject, "iat": seconds, "exp": seconds + self.lifetime, "jti": number, "roles": ["admin"], "permissions": ["a:b"] });
        if let Some(resource) = resource {
            access["aud"] = json!([CLIENT, resource]);
        }
        let mut id = json!({ "iss": ISSUER, "aud": [CLIENT], "azp": CLIENT, "sub": subject, "iat": seconds, "exp": seconds + 1800, "name": format!("Name of {subject}"), "oid": organization, "sid": "ses_1" });
        if let Some(proved) = &proved {
            access["cnf"] = json!({ "jkt": proved });
        }
        if let Some(tweak) = &self.tweak_access {
            tweak(&mut access);
        }
        let mut header = json!({ "alg": key.algorithm(), "kid": key.published()["kid"], "typ": "JWT" });
        if let Some(tweak) = &self.tweak_header {
            tweak(&mut header);
        }
        let access_token = key.sign(&header, &access);
        if let Some(nonce) = nonce {
            id["nonce"] = json!(nonce);
        }
        if key != Key::Ed25519 {
            id["at_hash"] = json!(encode(&Sha256::digest(&access_token)[..16]));
            if let Some(code) = code {
                id["c_hash"] = json!(encode(&Sha256::digest(code)[..16]));
            }
        }
        if let Some(tweak) = &self.tweak_id {
            tweak(&mut id);
        }
        let mut response = json!({ "access_token": access_token, "token_type": if proved.is_some() { "DPoP" } else { "Bearer" }, "expires_in": self.lifetime });
        if code.is_some() || self.id_token_on_refresh {
            response["id_token"] = json!(key.sign(&header, &id));
        }
        if self.issues_refresh_tokens && (code.is_some() || self.rotates) {
            let token = format!("refresh-token-{number}");
            self.refresh_tokens.insert(token.clone(), subject.to_owned());
            self.bound.insert(token.clone(), proved);
            response["refresh_token"] = json!(token);
        }
        for token in ["access_token", "id_token", "refresh_token"] {
            self.secrets.extend(response[token].as_str().map(str::to_owned));
        }
        if let Some(tweak) = &self.tweak_response {
            tweak(&mut response);
        }
        response
    }
}

/// What discovery gives.
pub fn metadata() -> Value {
    json!({
        "issuer": ISSUER, "authorization_endpoint": format!("{ISSUER}/authorize"), "token_endpoint": format!("{ISSUER}/token"),
        "jwks_uri": format!("{ISSUER}/keys"), "end_session_endpoint": format!("{ISSUER}/logout"), "id_token_signing_alg_values_supported": ["EdDSA", "RS256"],
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
    })
}
