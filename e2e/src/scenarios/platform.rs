//! What browsers do by themselves, and what script in the page can do: told as it is.

use super::{REFUSALS, Scenario};
use crate::{
    person::ALICE,
    setup::Setup,
    tap::Side,
    wait::{until, yes},
    world::World,
};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use xtask::engines::Engine;

/// The scenarios.
#[rustfmt::skip]
pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!("ar-28-scrubbed", "nothing of an answer is left in the page that it came to, nor told to anybody who is asked next", scrubbed),
    scenario!("bp-15-used-code", "the code in the browser's own record of the load has been used, and is worth nothing", used_code, REFUSALS),
    scenario!("si-24-script-in-the-page", "script in the page gets tokens of its own: the limit that SECURITY.md tells of", script_in_the_page),
    scenario!("si-19-greedy-page", "a page in the hidden frame takes the app nowhere and reads and writes nothing of it", greedy_page,
        Setup {
            not_in: &[(Engine::WebKit, "no script runs before a document in this engine")],
            console_may_say: &["Unsafe attempt to initiate navigation", "Blocked", "blocked", "hushkey: silent sign-in", "X-Frame-Options", "prevented", "Attempting to navigate the top-level"],
            ..Setup::ORDINARY
        }),
];

/// The parameters of the latest answer that came by a redirect.
fn answer_of(world: &World) -> Result<Vec<(String, String)>> {
    let said = world.provider.wire.text(Side::Provider);
    let is_redirect = |line: &&str| line.to_ascii_lowercase().starts_with("location:") && line.contains("/callback?");
    let redirect = said.lines().rfind(is_redirect).context("there was no callback")?;
    let query = redirect.split_once('?').map_or("", |(_, query)| query.trim());
    Ok(query.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

async fn scrubbed(world: &World) -> Result<()> {
    world.signs_in().await?;
    let answer = answer_of(world)?;
    ensure!(answer.iter().any(|(name, _)| name == "code") && answer.iter().any(|(name, _)| name == "state"), "no answer: {answer:?}");
    let places = "return [location.href, document.URL, document.documentURI, document.referrer, JSON.stringify(history.state), document.cookie].join(' ')";
    let places = world.browser.text_of(places).await?;
    world.presses("API").await?;
    world.sees_api_answer().await?;
    let heads = world.provider.wire.text(Side::Browser);
    let referrers: Vec<&str> = heads.lines().filter(|line| line.to_ascii_lowercase().starts_with("referer:")).collect();
    for (name, value) in answer.iter().filter(|(name, _)| ["code", "state", "iss"].contains(&name.as_str())) {
        ensure!(!places.contains(&format!("{name}={value}")), "{name} is left in {places}");
        ensure!(!referrers.iter().any(|line| line.contains(value.as_str())), "{name} was told as a referrer");
    }
    world.browser.back().await?;
    ensure!(!world.browser.address().await?.contains("code="), "Back leads to the answer");
    world.opens("/").await?;
    world.is_signed_in().await
}

/// Looks for the code where no page can take it away, and redeems it once more.
const REDEEM: &str = "
    const done = arguments[arguments.length - 1];
    const { env_url, client_id } = JSON.parse(document.getElementById('hushkey').textContent);
    const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    const code = entries.map(({ name }) => URL.canParse(name) && new URL(name).searchParams.get('code')).find(Boolean);
    const form = { grant_type: 'authorization_code', client_id, code, redirect_uri: location.origin + '/callback', code_verifier: 'v'.repeat(43) };
    if (!code) done({ code: false });
    else fetch(env_url + '/oauth/token', { method: 'POST', body: new URLSearchParams(form) })
        .then(async (response) => done({ code: true, status: response.status, error: (await response.json()).error }), (why) => done({ why: String(why) }))";

async fn used_code(world: &World) -> Result<()> {
    world.signs_in().await?;
    ensure!(world.provider.log().await?.token_requests() == 1, "it was redeemed at once");
    let found = world.browser.script_with_callback(REDEEM).await?;
    ensure!(found["code"] == true, "this browser keeps no such record, so this shows nothing: {found}");
    ensure!(found == json!({ "code": true, "status": 400, "error": "invalid_grant" }), "it was worth something: {found}");
    Ok(())
}

/// What cross-site scripting would do: a silent sign-in of its own. It says what it got, and nothing of it.
const OWN_FLOW: &str = "
    const done = arguments[arguments.length - 1];
    (async () => {
        const { env_url, client_id } = JSON.parse(document.getElementById('hushkey').textContent);
        const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
        const [verifier, state, nonce] = [0, 0, 0].map(() => base64url(crypto.getRandomValues(new Uint8Array(32))));
        const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
        const redirect_uri = location.origin + '/silent-refresh.html';
        const frame = document.createElement('iframe');
        const said = new Promise((resolve) => addEventListener('message', ({ source, data }) => source === frame.contentWindow && resolve(JSON.parse(data))));
        frame.hidden = true;
        frame.src = env_url + '/oauth/authorize?' + new URLSearchParams({
            response_type: 'code', client_id, redirect_uri, scope: 'openid', state, nonce, code_challenge: base64url(digest), code_challenge_method: 'S256', prompt: 'none',
        });
        document.body.append(frame);
        const { query, fragment } = await said;
        frame.remove();
        const code = new URLSearchParams(query || fragment.slice(1)).get('code');
        const form = { grant_type: 'authorization_code', client_id, code, redirect_uri, code_verifier: verifier };
        const response = await fetch(env_url + '/oauth/token', { method: 'POST', body: new URLSearchParams(form) });
        const { access_token, id_token } = await response.json();
        done({ status: response.status, access_token: typeof access_token, id_token: typeof id_token });
    })().catch((why) => done(String(why)))";

/// If this ever fails because the flow is refused, SECURITY.md can promise more.
async fn script_in_the_page(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    let got = world.browser.script_with_callback(OWN_FLOW).await?;
    ensure!(got == json!({ "status": 200, "access_token": "string", "id_token": "string" }), "not what SECURITY.md says: {got}");
    world.sees_heading(ALICE).await?;
    world.is_signed_in().await
}

/// Runs in every document, and does something in the provider's frame alone. It opens no window: whether it could is for the browser's blocker, which drivers
/// switch off.
const GREEDY: &str = r#"
    if (window !== top && location.origin === ISSUER) {
        const tried = [() => { top.location = "https://evil.example/"; }, () => { parent.location.replace("https://evil.example/"); },
            () => { top.document.title = "evil"; }, () => { top.postMessage("evil", "*"); }];
        for (const one of tried) { try { one(); } catch { /* refused */ } }
    }
"#;

async fn greedy_page(world: &World) -> Result<()> {
    world.signs_in_to_account().await?;
    world.provider.control("fail?endpoint=authorize&page=1&frame_options=0&times=0").await?;
    world.browser.before_every_document(&GREEDY.replace("ISSUER", &format!("{:?}", world.issuer()))).await?;
    // A page that nobody has touched yet, as after a reload.
    world.opens("/").await?;
    until("the frame", async || {
        let count = world.browser.script("return document.querySelectorAll('iframe').length", Vec::new()).await?;
        Ok(yes(count != 0))
    })
    .await?;
    world.is_signed_out().await?;
    world.is_at("/").await?;
    ensure!(!world.browser.title().await?.contains("evil"), "the app's document was changed");
    world.provider.control("heal").await?;
    world.opens("/account").await?;
    world.sees_heading(ALICE).await
}
