//! What the userinfo endpoint says about the person ([OpenID Connect Core §5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo)): asked
//! once for whoever is signed in, for display, and never part of the way to a session. Whatever is wrong with it, the session goes on without it.

use super::{
    checks::Subject,
    config::{Config, Provider, UserInfoWish},
    error::{Error, Finding},
    extension,
    ground::Ground,
    http::{Freshness, HttpRequest, HttpResponse, Outcome},
    id_token,
    json::{self, Object},
    jwks::NoKey,
    jwt::Unverified,
    knowledge::Knowledge,
    session::{Person, Session, TECHNICAL, shown},
    transaction::Ticket,
    turn::{Effect, Turn, Verdict},
};
use serde_json::Value;
use std::{fmt, rc::Rc};

/// The question, and what came of it.
#[derive(Default)]
pub(crate) struct UserInfo {
    /// Who was signed in when it was asked: subject and organisation.
    whom: Option<(String, Option<String>)>,
    stage: Stage,
}

#[derive(Default)]
enum Stage {
    /// There is nothing to wait for, and nothing to tell.
    #[default]
    Over,
    /// For the endpoint.
    Asked(Ticket),
    /// For keys to verify with, and whether they were asked for.
    Keys(Box<Unverified>, bool),
    /// For the signature to be checked.
    Signature(Ticket, Object),
    /// For somebody to look at the claims.
    Claims(Object),
    /// What may be shown, and the person that was completed with it last.
    Known(Object, Option<Rc<Person>>),
}

impl fmt::Debug for UserInfo {
    // What is said about a person is in no log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = match &self.stage {
            Stage::Over => "Over",
            Stage::Asked(_) => "Asked",
            Stage::Keys(..) => "Keys",
            Stage::Signature(..) => "Signature",
            Stage::Claims(_) => "Claims",
            Stage::Known(..) => "Known",
        };
        f.debug_tuple("UserInfo").field(&stage).finish()
    }
}

/// Reads the field of the configuration block.
pub(super) fn read(object: &Object) -> Result<Option<UserInfoWish>, Finding> {
    const FIELD: &str = "userinfo";
    let is_signed = match object.get(FIELD) {
        None | Some(Value::Bool(false)) => return Ok(None),
        Some(Value::Bool(true)) => false,
        Some(Value::String(text)) if text == "signed" => true,
        Some(other) => {
            return Err(Finding::unexpected(FIELD, "true, false or \"signed\"", other.as_str().unwrap_or_else(|| json::kind(other))));
        }
    };
    Ok(Some(UserInfoWish { extension: extension::for_field(FIELD)?, is_signed }))
}

/// Where the metadata are written by hand, the endpoint must be among them.
pub(super) fn check(config: &Config) -> Result<(), Finding> {
    match &config.provider {
        Provider::Known(metadata) if config.user_info.is_some() && metadata.userinfo_endpoint.is_none() => {
            Err(Finding::missing("metadata.userinfo_endpoint"))
        }
        Provider::Known(_) | Provider::Discovered { .. } => Ok(()),
    }
}

/// After every step: asks about whoever is signed in since, and completes them with what is known. Nothing of it outlives a session.
pub(crate) fn complete(session: Option<&mut Session>, ground: &mut Ground, turn: &mut Turn<'_>) {
    let Some(session) = session else {
        ground.user_info = UserInfo::default();
        return;
    };
    let whom = Some((session.claims.subject.clone(), session.person.organization.clone()));
    if ground.user_info.whom != whom {
        ground.user_info = UserInfo { whom, stage: ask(session, &ground.knowledge, turn) };
    }
    let info = &mut ground.user_info;
    info.stage = match std::mem::take(&mut info.stage) {
        Stage::Keys(token, asked) => verify(token, asked, &mut ground.knowledge, turn),
        Stage::Claims(claims) => match acceptable(&claims, session, turn) {
            Ok(()) => Stage::Known(claims, None),
            Err(finding) => refused(Error::UserInfo(finding), turn),
        },
        stage => stage,
    };
    if let Stage::Known(claims, completed) = &mut info.stage
        && completed.as_ref().is_none_or(|completed| !Rc::ptr_eq(completed, &session.person))
    {
        session.person = Rc::new(completed_with(&session.person, claims));
        *completed = Some(Rc::clone(&session.person));
    }
}

fn ask(session: &Session, knowledge: &Knowledge, turn: &mut Turn<'_>) -> Stage {
    match knowledge.latest_metadata(turn).and_then(|metadata| metadata.userinfo_endpoint) {
        Some(endpoint) => {
            let request =
                HttpRequest::get(endpoint, Freshness::FromServer).with_token(session.access_token.clone()).proving(session.key.clone());
            Stage::Asked(turn.send(request))
        }
        None => refused(Error::UserInfo(Finding::missing("userinfo_endpoint")), turn),
    }
}

fn refused(error: Error, turn: &mut Turn<'_>) -> Stage {
    turn.ask(Effect::Report(error));
    Stage::Over
}

impl UserInfo {
    /// Whether an answer with this ticket is waited for.
    pub(crate) fn holds(&self, ticket: Ticket) -> bool {
        matches!(&self.stage, Stage::Asked(own) | Stage::Signature(own, _) if *own == ticket)
    }

    /// The endpoint answered, or did not.
    pub(crate) fn responded(&mut self, outcome: Outcome, turn: &mut Turn<'_>) {
        let read = outcome.map_err(Error::Network).and_then(|response| read_response(&response, turn));
        self.stage = read.unwrap_or_else(|error| refused(error, turn));
    }

    /// The signature was checked.
    pub(crate) fn verified(&mut self, verdict: Verdict, turn: &mut Turn<'_>) {
        let Stage::Signature(_, claims) = std::mem::take(&mut self.stage) else { return };
        let checks = turn.checks.of(Subject::UserInfo);
        let finding = || Error::UserInfo(Finding::invalid("signature", "not made by the provider's key"));
        self.stage = match checks.require("signature", verdict == Verdict::Valid, finding) {
            Ok(()) => Stage::Claims(claims),
            Err(error) => refused(error, turn),
        };
    }
}

/// The form of an answer: that which was agreed on, and no other.
fn read_response(response: &HttpResponse, turn: &Turn<'_>) -> Result<Stage, Error> {
    if let Some(failure) = response.unavailable() {
        return Err(Error::Network(failure));
    }
    let checks = turn.checks.of(Subject::UserInfo);
    let status = || Finding::unexpected("status", "200", response.status.to_string());
    checks.require("status 200", response.status == 200, status).map_err(Error::UserInfo)?;
    let is_signed = turn.config.user_info.is_some_and(|wish| wish.is_signed);
    let kind = if is_signed { "application/jwt" } else { "application/json" };
    let other = || Finding::unexpected("content-type", kind, response.content_type.as_deref().unwrap_or("none"));
    checks.require(kind, response.is(kind), other).map_err(Error::UserInfo)?;
    let body = response.body.expose();
    let read = if is_signed {
        Unverified::parse(body, &turn.config.algorithms, checks).map(|token| Stage::Keys(Box::new(token), false))
    } else {
        Object::parse(body).map(Stage::Claims)
    };
    read.map_err(Error::UserInfo)
}

/// Chooses the key, and has the signature checked. The keys are those by which the ID token was believed a moment ago.
fn verify(token: Box<Unverified>, asked: bool, knowledge: &mut Knowledge, turn: &mut Turn<'_>) -> Stage {
    let Some(keys) = knowledge.keys(turn.now) else {
        // Once: a provider that does not give them now is not asked again and again.
        if asked && !knowledge.is_asking() {
            return refused(Error::UserInfo(Finding::missing("keys")), turn);
        }
        knowledge.want(turn);
        return Stage::Keys(token, true);
    };
    match turn.checks.of(Subject::UserInfo).hold("kid, of a published key", keys.check_for(&token)) {
        Ok(check) => {
            let ticket = turn.ticket();
            turn.ask(Effect::Verify { ticket, checks: vec![check] });
            Stage::Signature(ticket, token.claims)
        }
        Err(NoKey::NoMatch(finding) | NoKey::Ambiguous(finding)) => refused(Error::UserInfo(finding), turn),
    }
}

/// Whether the claims are about whoever is signed in, and, where they are signed, from this issuer and for this client.
fn acceptable(claims: &Object, session: &Session, turn: &Turn<'_>) -> Result<(), Finding> {
    let (checks, config) = (turn.checks.of(Subject::UserInfo), turn.config);
    if config.user_info.is_some_and(|wish| wish.is_signed) {
        id_token::exact(claims, "iss", &session.claims.issuer, checks)?;
        let audiences = claims.one_or_many("aud")?.ok_or_else(|| Finding::missing("aud"))?;
        let other = || Finding::unexpected("aud", &config.client_id, audiences.join(" "));
        checks.require("aud", audiences.contains(&config.client_id), other)?;
        if let Some(expires) = id_token::optional_time(claims, "exp")? {
            checks.require("exp", turn.now.wall < expires.plus(config.clock_skew), || Finding::invalid("exp", "passed"))?;
        }
    }
    let subject = claims.required_str("sub")?;
    // Neither of them is told: both name a person.
    checks.require("the same sub", subject == session.claims.subject, || Finding::invalid("sub", "not that of the ID token"))
}

/// Claims that are of the protocol, or that decide something: only the tokens say them. What others would say about the person (aggregated and
/// distributed claims, [§5.6.2](https://openid.net/specs/openid-connect-core-1_0.html#AggregatedDistributedClaims)) is not fetched and not shown.
const PROTECTED: [&str; 14] = [
    "sub", "sid", "acr", "amr", "oid", "events", "cnf", "s_hash", "sub_jwk", "scope", "roles", "permissions", "_claim_names",
    "_claim_sources",
];

/// What was proved to belong to the person, and by which claim that is said.
const PROVABLE: [(&str, &str); 2] = [("email", "email_verified"), ("phone_number", "phone_number_verified")];

/// The person, with what the endpoint says about them.
fn completed_with(person: &Person, more: &Object) -> Person {
    let is_said = |value: &Value| match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    };
    let is_protected = |name: &str| TECHNICAL.contains(&name) || PROTECTED.contains(&name);
    let more: Vec<_> = more.members().iter().filter(|(name, value)| !is_protected(name) && is_said(value)).collect();
    let mut claims = person.claims.clone();
    // That one address was proved says nothing about another.
    for (address, proof) in PROVABLE {
        if more.iter().any(|(name, value)| *name == address && claims.get(address) != Some(value)) {
            claims.remove(proof);
        }
    }
    claims.extend(more.into_iter().map(|(name, value)| (name.clone(), value.clone())));
    let all = Object::from_members(claims);
    let (name, email, picture) = shown(&all, &person.subject);
    Person { name, email, picture, claims: all.members().clone(), ..person.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_about_a_person_is_not_shown() {
        let claims = Object::parse(r#"{"sub":"canary","name":"canary"}"#).unwrap();
        let info = UserInfo { whom: Some(("canary".into(), None)), stage: Stage::Claims(claims) };
        assert_eq!(format!("{info:?}"), r#"UserInfo("Claims")"#);
    }
}
