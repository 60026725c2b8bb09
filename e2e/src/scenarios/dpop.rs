//! Tokens that are bound to a key of the page.

use crate::{
    provider::Log,
    setup::Setup,
    wait::{until, yes},
    world::World,
};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::collections::HashSet;
use tokio::net::TcpListener;

/// Tokens are bound to keys. Servers ask for nonces by refusing, and what comes of it is told.
pub(super) const BOUND: Setup = Setup {
    provider: &["--dpop"],
    configuration: &[("dpop", "true")],
    console_may_say: &["status of 400", "status of 401", "hushkey: DPoP"],
    ..Setup::ORDINARY
};

/// Both servers want nonces.
pub(super) const NONCES: Setup = Setup { provider: &["--dpop-nonces"], ..BOUND };

/// They do, and the page cannot read them. Nobody gets as far as a token.
pub(super) const UNREADABLE: Setup = Setup { nobody_signs_in: true, provider: &["--dpop-nonces", "--no-dpop-cors"], ..BOUND };

/// The provider knows nothing of all this.
pub(super) const UNBOUND: Setup = Setup { provider: &[], console_may_say: &["hushkey: token response"], ..BOUND };

/// Requests are answered by redirects.
pub(super) const REDIRECTED: Setup =
    Setup { console_may_say: &["redirect", "Failed to fetch", "ERR_FAILED", "NetworkError", "CORS", "access control"], ..BOUND };

/// What is wrong with the proofs of a log, beyond what the servers refuse themselves.
fn are_proofs(proofs: &[Value]) -> Result<()> {
    let names: HashSet<_> = proofs.iter().filter_map(|proof| proof["claims"]["jti"].as_str()).collect();
    ensure!(names.len() == proofs.len(), "a proof was used twice");
    for proof in proofs {
        let header = proof["header"].as_object().context("there is no proof")?;
        let members: Vec<_> = header["jwk"].as_object().context("there is no key")?.keys().map(String::as_str).collect();
        ensure!(header["typ"] == "dpop+jwt" && header["alg"] == "ES256" && header.len() == 3, "the header: {header:?}");
        ensure!(members == ["crv", "kty", "x", "y"], "the key has {members:?}");
        let claims = &proof["claims"];
        ensure!(claims["iat"].is_u64(), "iat is no whole number: {}", claims["iat"]);
        ensure!(!claims["htu"].as_str().unwrap_or("?").contains(['?', '#']), "htu: {}", claims["htu"]);
    }
    Ok(())
}

fn key_of(proof: &Value) -> &Value {
    &proof["header"]["jwk"]["x"]
}

/// The proofs of all token requests, and of all calls of the sample API.
pub(super) fn proofs(log: &Log) -> Result<(Vec<Value>, Vec<Value>)> {
    let (tokens, calls) = (log.proofs_at("/oauth/token"), log.proofs_at("/api/me"));
    are_proofs(&[tokens.clone(), calls.clone()].concat())?;
    ensure!(tokens.iter().all(|proof| proof["claims"].get("ath").is_none()), "a token request names a token");
    ensure!(calls.iter().all(|proof| proof["claims"]["ath"].is_string()), "a call names no token");
    Ok((tokens, calls))
}

/// Signing in, a reload, calls and a renewal, where both servers want nonces.
pub(super) async fn from_sign_in_to_renewal(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    let log = world.provider.log().await?;
    let (tokens, _) = proofs(&log)?;
    ensure!(tokens.len() == 2 && log.statuses_at("/oauth/token") == [400, 200], "once without a nonce, once with it");
    ensure!(tokens[0]["claims"].get("nonce").is_none() && tokens[1]["claims"]["nonce"].is_string(), "the nonce is the provider's");

    world.provider.forget_log().await?;
    world.browser.reload().await?;
    world.is_signed_in().await?;
    let log = world.provider.log().await?;
    ensure!(log.silent_sign_ins() == 1 && log.parameters_at("/oauth/authorize").iter().any(|name| name == "dpop_jkt"), "no key was named");
    let restored = proofs(&log)?.0;
    ensure!(restored.iter().all(|proof| key_of(proof) == key_of(&restored[0])), "one key for one code");
    ensure!(key_of(&restored[0]) != key_of(&tokens[0]), "a key outlived its page");

    world.presses("API").await?;
    world.sees_api_answer().await?;
    world.presses("Call again").await?;
    until("two answers", async || Ok(yes(world.provider.log().await?.api_statuses() == [401, 200, 200]))).await?;
    let log = world.provider.log().await?;
    let calls = proofs(&log)?.1;
    // The third is not asked for one: it came with the answer before.
    let nonces: Vec<_> = calls.iter().filter_map(|proof| proof["claims"]["nonce"].as_str()).collect();
    ensure!(nonces.len() == 2 && nonces[0] != nonces[1], "the nonces of the calls: {nonces:?}");
    ensure!(restored.iter().all(|proof| proof["claims"].get("nonce").is_none_or(|nonce| nonce != nonces[0])), "nonces are mixed up");
    ensure!(log.schemes_at("/api/me").iter().all(|scheme| scheme == "DPoP"), "as {:?}", log.schemes_at("/api/me"));

    world.provider.forget_log().await?;
    world.presses("Account").await?;
    world.presses("Renew now").await?;
    world.sees("Renewed. You have a new access token.").await?;
    let log = world.provider.log().await?;
    let renewed = proofs(&log)?.0;
    ensure!(log.grants("refresh_token") == 1 && log.silent_sign_ins() == 0, "by the refresh token, with the nonce that is known");
    ensure!(renewed.iter().all(|proof| key_of(proof) == key_of(&restored[0])), "with the same key");
    Ok(())
}

/// What the browser makes cannot be had, and is nowhere but in memory.
pub(super) async fn keys_stay(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    // From here on it is seen what the browser makes for the app.
    let watch = "const make = SubtleCrypto.prototype.generateKey;
        window.made = [];
        SubtleCrypto.prototype.generateKey = async function (...how) {
            const pair = await make.apply(this, how);
            window.made.push(pair);
            return pair;
        };";
    world.browser.script(watch, Vec::new()).await?;
    world.provider.control("fail?endpoint=token&status=400&error=invalid_grant").await?;
    world.presses("Renew now").await?;
    world.sees("Renewed. You have a new access token.").await?;
    until("a key", async || Ok(yes(world.browser.script("return window.made.length > 0", Vec::new()).await? == true))).await?;
    let look = "window.found = undefined;
        (async () => {
            const list = [];
            for (const { privateKey } of window.made) {
                for (const format of ['jwk', 'pkcs8']) {
                    list.push(await crypto.subtle.exportKey(format, privateKey).then(() => 'given out', (why) => why.name));
                }
                list.push(privateKey.extractable);
            }
            const stored = JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, await indexedDB.databases?.() ?? [], await caches.keys()]);
            window.found = JSON.stringify([list, stored]);
        })();";
    world.browser.script(look, Vec::new()).await?;
    let found = until("what can be found", async || {
        let text = world.browser.text_of("return window.found ?? ''").await?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    })
    .await?;
    let found: Value = serde_json::from_str(&found)?;
    let list = found[0].as_array().context("a list")?;
    ensure!(!list.is_empty() && list.iter().all(|what| *what == "InvalidAccessError" || *what == false), "of the keys: {list:?}");
    let stored = found[1].as_str().context("a text")?;
    for word in ["jwk", "P-256", "ES256", "jkt"] {
        ensure!(!stored.contains(word), "{word} is stored: {stored}");
    }
    Ok(())
}

/// A provider that is never content with its own nonces.
pub(super) async fn endless(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.provider.forget_log().await?;
    world.provider.control("fail?endpoint=token&status=400&error=use_dpop_nonce&nonce=again&times=0").await?;
    world.browser.reload().await?;
    world.sees_code("dpop_nonce").await?;
    let log = world.provider.log().await?;
    ensure!(log.token_requests() == 2, "asked {} times", log.token_requests());
    world.provider.control("heal").await
}

/// The page cannot read the nonce that is asked for.
pub(super) async fn unreadable(world: &World) -> Result<()> {
    world.opens("/").await?;
    world.presses("Sign in").await?;
    world.chooses("alice").await?;
    world.sees_code("dpop_cors_expose").await?;
    ensure!(world.provider.log().await?.token_requests() == 1, "what cannot be read is not guessed");
    Ok(())
}

/// A provider that does not bind tokens.
pub(super) async fn bearer(world: &World) -> Result<()> {
    world.opens("/").await?;
    world.presses("Sign in").await?;
    world.chooses("alice").await?;
    world.sees_code("token_response_token_type").await?;
    ensure!(world.provider.log().await?.api_statuses().is_empty(), "a token was used");
    Ok(())
}

/// An API that would like another scheme.
pub(super) async fn never_as_bearer(world: &World) -> Result<()> {
    world.signs_in().await?;
    world.provider.control("fail?endpoint=api&status=401&challenge=Bearer&times=2").await?;
    world.presses("API").await?;
    until("both answers", async || Ok(yes(world.provider.log().await?.api_statuses() == [401, 401]))).await?;
    world.sees("Answered 401").await?;
    world.presses("Call again").await?;
    world.sees_api_answer().await?;
    let log = world.provider.log().await?;
    ensure!(log.schemes_at("/api/me") == ["DPoP", "DPoP", "DPoP"], "as {:?}", log.schemes_at("/api/me"));
    proofs(&log).map(drop)
}

/// Token and proof go where they were sent, and nowhere from there.
pub(super) async fn no_redirect(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    let elsewhere = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://127.0.0.1:{}/", elsewhere.local_addr()?.port());
    for (endpoint, status) in [("api", 302_u16), ("api", 307), ("token", 307)] {
        world.provider.control(&format!("fail?endpoint={endpoint}&status={status}&location={address}")).await?;
        world.presses(if endpoint == "api" { "API" } else { "Renew now" }).await?;
        if endpoint == "api" {
            world.sees("The API cannot be reached.").await?;
            world.presses("Account").await?;
        } else {
            until("the request", async || Ok(yes(world.provider.log().await?.statuses_at("/oauth/token").contains(&u64::from(status)))))
                .await?;
        }
    }
    // What was on its way would be here by now: the app has its answer.
    world.presses("API").await?;
    world.sees_api_answer().await?;
    let heard = tokio::time::timeout(std::time::Duration::ZERO, elsewhere.accept()).await;
    ensure!(heard.is_err(), "somebody came to {address}");
    ensure!(world.provider.log().await?.api_statuses() == [302, 307, 200], "what was sent");
    Ok(())
}
