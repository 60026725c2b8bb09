import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { decodeJwt } from 'jose';

import { APP, Browser, CLIENT_ID, refresh, startProvider } from './support.mjs';

let provider;
before(async () => {
  provider = await startProvider();
});
after(() => provider.stop());

const userinfo = (accessToken) => fetch(`${provider.issuer}/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } });

async function signInAgain(browser, person) {
  const { verifier, ...page } = await browser.authorize({ prompt: 'login' });
  const { answer } = await browser.submit(page, { person });
  return (await browser.redeem({ verifier, answer })).json;
}

test('another person can take over a browser, whose session then is a new one', async () => {
  const browser = new Browser(provider);
  const bob = await browser.signIn({ person: 'bob' });
  const chandra = await signInAgain(browser, 'chandra');
  const [old, now] = [bob, chandra].map((tokens) => decodeJwt(tokens.id_token));
  assert.equal(now.email, 'chandra@example.test');
  assert.notEqual(now.sid, old.sid);
  assert.equal((await refresh(provider, bob.refresh_token)).json.error, 'invalid_grant');
  assert.deepEqual([(await userinfo(bob.access_token)).status, (await userinfo(chandra.access_token)).status], [401, 200]);

  const { json } = await browser.redeem(await browser.authorize({ prompt: 'none' }));
  assert.equal(decodeJwt(json.id_token).sid, now.sid, 'the browser is theirs from now on');
});

test('the same person signing in again stays in the session', async () => {
  const browser = new Browser(provider);
  const first = await browser.signIn({ person: 'bob' });
  const second = await signInAgain(browser, 'bob');
  assert.equal(decodeJwt(second.id_token).sid, decodeJwt(first.id_token).sid);
  assert.equal((await refresh(provider, first.refresh_token)).status, 200);
});

test('signing out ends every refresh token of the session, and of no other', async () => {
  const browser = new Browser(provider);
  const elsewhere = await new Browser(provider).signIn();
  const first = await browser.signIn();
  const tabs = [await signInAgain(browser, 'alice')];
  for (const params of [{ prompt: 'none' }, { prompt: 'none', redirect_uri: `${APP}/silent-refresh.html` }]) {
    tabs.push((await browser.redeem(await browser.authorize(params), params.redirect_uri)).json);
  }
  const { json: renewed } = await refresh(provider, first.refresh_token);
  const all = [first, renewed, ...tabs].map((tokens) => tokens.refresh_token);
  assert.equal(new Set(all).size, 5);

  await browser.visit(`${provider.issuer}/oidc/logout?${new URLSearchParams({ id_token_hint: first.id_token })}`);
  for (const each of all) assert.equal((await refresh(provider, each)).json.error, 'invalid_grant');
  assert.equal((await userinfo(renewed.access_token)).status, 401);
  assert.equal((await refresh(provider, elsewhere.refresh_token)).status, 200);
});

test('signing out ends the session and its refresh tokens at once', async () => {
  const browser = new Browser(provider);
  const tokens = await browser.signIn();
  const stubborn = browser.copy();
  const query = new URLSearchParams({
    id_token_hint: tokens.id_token, post_logout_redirect_uri: `${APP}/signed-out`, state: 'bye',
  });
  const { location } = await browser.visit(`${provider.issuer}/oidc/logout?${query}`);
  assert.equal(location.href, `${APP}/signed-out?state=bye`);
  for (const each of [browser, stubborn]) {
    assert.equal((await each.authorize({ prompt: 'none' })).answer.error, 'login_required');
  }
  assert.equal((await refresh(provider, tokens.refresh_token)).json.error, 'invalid_grant');
});

test('signing out refuses bad hints and unknown addresses, and then ends nothing', async () => {
  const browser = new Browser(provider);
  const { id_token: hint } = await browser.signIn();
  const forged = `${hint.slice(0, hint.lastIndexOf('.'))}.AAAA`;
  for (const params of [
    { id_token_hint: hint, post_logout_redirect_uri: 'https://evil.test/' },
    { id_token_hint: forged, post_logout_redirect_uri: `${APP}/signed-out` },
    { post_logout_redirect_uri: `${APP}/signed-out` },
    { client_id: 'other', post_logout_redirect_uri: `${APP}/signed-out` },
  ]) {
    const { status, body } = await browser.visit(`${provider.issuer}/oidc/logout?${new URLSearchParams(params)}`);
    assert.equal(status, 400);
    assert.equal(JSON.parse(body).error, 'invalid_request');
  }
  assert.equal(typeof (await browser.authorize({ prompt: 'none' })).answer.code, 'string');

  const plain = await browser.visit(`${provider.issuer}/oidc/logout?client_id=${CLIENT_ID}`);
  assert.match(plain.body, /You are signed out/);
  assert.equal((await browser.authorize({ prompt: 'none' })).answer.error, 'login_required');
});
