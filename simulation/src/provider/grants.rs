//! The token endpoint.

use super::{AccessToken, CLIENT, CODE_LIFETIME, GRACE, Grant, ISSUER, Provider, Refresh, RefreshToken};
use crate::{
    bridge::Answer,
    clock::SECOND,
    jwt::{self, REFRESH_MARK, Type},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256, Sha512};

/// An ID token lives so long: half an hour.
const ID_LIFETIME: u64 = 1800;

/// The fields of a token request.
#[derive(Debug, Default)]
pub(crate) struct TokenRequest {
    pub(crate) grant_type: String,
    pub(crate) code: String,
    pub(crate) verifier: String,
    pub(crate) refresh_token: String,
    redirect_uri: String,
}

impl TokenRequest {
    /// Reads a form.
    pub(crate) fn read(form: &str) -> Self {
        let mut request = Self::default();
        for (name, value) in form_urlencoded::parse(form.as_bytes()) {
            let field = match name.as_ref() {
                "grant_type" => &mut request.grant_type,
                "code" => &mut request.code,
                "code_verifier" => &mut request.verifier,
                "refresh_token" => &mut request.refresh_token,
                "redirect_uri" => &mut request.redirect_uri,
                _ => continue,
            };
            *field = value.into_owned();
        }
        request
    }
}

fn invalid_grant() -> Answer {
    Answer::Json(400, r#"{"error":"invalid_grant"}"#.to_owned())
}

impl Provider {
    /// Answers a token request.
    pub(crate) fn token(&mut self, form: &str, now: u64) -> Answer {
        let request = TokenRequest::read(form);
        if request.grant_type == "refresh_token" { self.refresh(&request, now) } else { self.redeem(&request, now) }
    }

    fn redeem(&mut self, request: &TokenRequest, now: u64) -> Answer {
        let Some(code) = self.codes.get_mut(&request.code) else { return invalid_grant() };
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&request.verifier));
        let grant = code.grant;
        if code.used {
            // RFC 6749 §4.1.2: what a code brought is revoked when the code comes again.
            self.grants[grant].revoked = true;
            return invalid_grant();
        }
        if code.challenge != challenge || code.redirect_uri != request.redirect_uri || now > code.issued + CODE_LIFETIME {
            return invalid_grant();
        }
        code.used = true;
        let nonce = code.nonce.clone();
        self.tokens(grant, nonce, None, true, now)
    }

    fn refresh(&mut self, request: &TokenRequest, now: u64) -> Answer {
        let Some(token) = self.refresh_tokens.get_mut(&request.refresh_token) else { return invalid_grant() };
        let (grant, nonce) = (token.grant, token.nonce.clone());
        if self.grants[grant].revoked {
            return invalid_grant();
        }
        let rotates = matches!(self.rules.refresh, Refresh::Rotating | Refresh::RotatingWithGrace);
        let grace = if self.rules.refresh == Refresh::RotatingWithGrace { GRACE } else { 0 };
        if let Some(used) = token.used.filter(|_| rotates)
            && (grace == 0 || now > used + grace)
        {
            self.grants[grant].revoked = true;
            self.reuse_detected += 1;
            return invalid_grant();
        }
        if rotates {
            token.used.get_or_insert(now);
        }
        let kept = (!rotates).then(|| request.refresh_token.clone());
        let with_id_token = self.rules.id_token_on_refresh;
        self.tokens(grant, nonce, kept, with_id_token, now)
    }

    /// Makes the tokens of a grant.
    fn tokens(&mut self, grant: usize, nonce: String, kept: Option<String>, with_id_token: bool, now: u64) -> Answer {
        let Grant { session, .. } = self.grants[grant];
        let (who, seconds, lifetime) = (session.who, now / SECOND, self.rules.lifetime);
        self.issued += 1;
        let number = self.issued;
        let honest = !std::mem::take(&mut self.signs_badly);
        let common = format!(
            r#"{{"iss":"{ISSUER}","aud":["{CLIENT}"],"sub":"usr_{}","iat":{seconds},"oid":"org_{}","sid":"ses_{}""#,
            who.person, who.organisation, session.number
        );
        let claims = format!(r#"{common},"exp":{},"client_id":"{CLIENT}","jti":"{number}"}}"#, seconds + lifetime);
        let access = jwt::compact(Type::Access, &claims, self.key, honest || with_id_token);
        let mut body = format!(r#"{{"access_token":"{access}","token_type":"Bearer","expires_in":{lifetime}"#);
        if with_id_token {
            let hash = if self.rules.hashes {
                format!(r#","at_hash":"{}""#, URL_SAFE_NO_PAD.encode(&Sha512::digest(&access)[..32]))
            } else {
                String::new()
            };
            let claims = format!(
                r#"{common},"exp":{},"auth_time":{},"nonce":"{nonce}","name":"Person {}"{hash}}}"#,
                seconds + ID_LIFETIME,
                session.authenticated,
                who.person
            );
            body += &format!(r#","id_token":"{}""#, jwt::compact(Type::Id, &claims, self.key, honest));
        }
        if self.rules.refresh != Refresh::None && kept.is_none() {
            let token = format!("{REFRESH_MARK}{number}");
            body += &format!(r#","refresh_token":"{token}""#);
            self.refresh_tokens.insert(token, RefreshToken { grant, nonce, used: None });
        }
        body.push('}');
        self.access_tokens.insert(access, AccessToken { grant, expires: now + lifetime * SECOND, revoked: false });
        Answer::Json(200, body)
    }
}
