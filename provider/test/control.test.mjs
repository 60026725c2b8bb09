import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decodeJwt, decodeProtectedHeader } from 'jose';

import { APP, Browser, callApi, providerFor, refresh } from './support.mjs';

test('keys rotate, with and without the old one', async (t) => {
  const provider = await providerFor(t);
  const kids = async () => (await (await fetch(`${provider.issuer}/keys`)).json()).keys.map(({ kid }) => kid);
  const browser = new Browser(provider);
  const before = await browser.signIn();
  const [old] = await kids();

  await provider.control('POST', '/rotate-keys');
  const [fresh, kept] = await kids();
  assert.equal(kept, old);
  const { json } = await browser.redeem(await browser.authorize({ prompt: 'none' }));
  assert.equal(decodeProtectedHeader(json.access_token).kid, fresh);
  assert.equal((await callApi(provider, '/api/me', before.access_token)).status, 200);
  assert.equal((await callApi(provider, '/api/me', json.access_token)).status, 200);

  await provider.control('POST', '/rotate-keys?drop=1');
  assert.equal((await kids()).length, 1);
  const query = new URLSearchParams({ id_token_hint: before.id_token });
  assert.equal((await browser.visit(`${provider.issuer}/oidc/logout?${query}`)).status, 400);
});

test('sessions can be ended and access tokens turned down', async (t) => {
  const provider = await providerFor(t);
  const browser = new Browser(provider);
  const old = await browser.signIn();
  await provider.control('POST', '/expire-access-tokens');
  assert.equal((await callApi(provider, '/api/me', old.access_token)).status, 401);
  const { json: renewed } = await refresh(provider, old.refresh_token);
  assert.equal((await callApi(provider, '/api/me', renewed.access_token)).status, 200);

  await provider.control('POST', '/revoke-sessions');
  assert.equal((await refresh(provider, renewed.refresh_token)).json.error, 'invalid_grant');
  assert.equal((await browser.authorize({ prompt: 'none' })).answer.error, 'login_required');
});

test('endpoints fail on purpose, as often as asked', async (t) => {
  const provider = await providerFor(t);
  const keys = () => fetch(`${provider.issuer}/keys`, { headers: { origin: APP } });
  await provider.control('POST', '/fail?endpoint=keys&status=503&times=2');
  for (const expected of [503, 503, 200]) {
    const response = await keys();
    assert.equal(response.status, expected);
    assert.equal(response.headers.get('access-control-allow-origin'), APP, 'apps can read the failure');
  }
  await provider.control('POST', '/fail?endpoint=keys&status=0');
  await assert.rejects(keys());
  await provider.control('POST', '/fail?endpoint=keys&delay_ms=300');
  const start = performance.now();
  assert.equal((await keys()).status, 200);
  assert.ok(performance.now() - start >= 290);
  await provider.control('POST', '/fail?endpoint=api&status=500');
  assert.equal((await callApi(provider, '/api/me')).status, 500);
  assert.match((await provider.control('POST', '/fail?endpoint=nothing&status=500')).error, /endpoint must be/);
});

test('the clock can be set wrong, for all of the provider and the API', async (t) => {
  const provider = await providerFor(t);
  const browser = new Browser(provider);
  const right = await browser.signIn(undefined, { max_age: '1000' });
  for (const offset of [7200, -7200]) {
    await provider.control('POST', `/clock?offset=${offset}`);
    const real = Date.now() / 1000;
    const { json: tokens } = await browser.redeem(await browser.authorize({ prompt: 'none', max_age: '1000' }));
    const [access, identity] = [tokens.access_token, tokens.id_token].map(decodeJwt);
    for (const { iat } of [access, identity]) assert.ok(Math.abs(iat - real - offset) < 30, `issued at ${iat}`);
    assert.ok(Math.abs(identity.auth_time - real - offset) < 30);
    assert.deepEqual([access.nbf, access.exp - access.iat, identity.exp - identity.iat], [access.iat, 300, 1800]);
    assert.equal(tokens.expires_in, 300);
    assert.equal((await callApi(provider, '/api/me', tokens.access_token)).status, 200);
    assert.equal((await callApi(provider, '/api/me', right.access_token)).status, 401, 'over, or not begun');
    const info = await fetch(`${provider.issuer}/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    assert.equal(info.status, 200);
  }
  await provider.control('POST', '/clock?offset=0');
  assert.equal((await callApi(provider, '/api/me', right.access_token)).status, 200);
  for (const query of ['', '?offset=soon', '?offset=1.5']) {
    assert.match((await provider.control('POST', `/clock${query}`)).error, /offset/);
  }
});

test('the log names parameters and hides secrets', async (t) => {
  const provider = await providerFor(t);
  const browser = new Browser(provider);
  const tokens = await browser.signIn();
  await refresh(provider, tokens.refresh_token);
  await callApi(provider, '/api/me', tokens.access_token);
  const log = await provider.control('GET', '/log');

  const [authorize] = log.filter(({ path }) => path === '/oauth/authorize');
  assert.equal(authorize.values.code_challenge_method, 'S256');
  assert.ok(authorize.params.includes('state'));
  const grants = log.filter(({ path }) => path === '/oauth/token').map(({ values }) => values.grant_type);
  assert.deepEqual(grants, ['authorization_code', 'refresh_token']);
  assert.equal(log.find(({ path }) => path === '/api/me').has_authorization, true);
  const written = JSON.stringify(log);
  for (const secret of ['state-1', 'nonce-1', tokens.code, tokens.refresh_token, tokens.access_token]) {
    assert.ok(!written.includes(secret));
  }

  await provider.control('POST', '/log/clear');
  assert.deepEqual(await provider.control('GET', '/log'), []);
});

test('web pages are turned away', async (t) => {
  const { ports: [, , control] } = await providerFor(t);
  const response = await fetch(`http://localhost:${control}/revoke-sessions`, { method: 'POST', headers: { origin: APP } });
  assert.equal(response.status, 403);
});
