import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decodeJwt } from 'jose';

import { APP, authorizationRequest, Browser, callApi, CLIENT_ID, pkce, providerFor, refresh, token } from './support.mjs';

const ONE = 'urn:example:one';
const TWO = 'https://two.example/';
const ALICE = 'alice@example.test';

async function push(provider, params = {}) {
  const { verifier, challenge } = pkce();
  const response = await fetch(`${provider.issuer}/oauth/par`, {
    method: 'POST',
    headers: { origin: APP },
    body: authorizationRequest(challenge, params),
  });
  return { verifier, status: response.status, headers: response.headers, json: await response.json() };
}

const goTo = (browser, { request_uri }) =>
  browser.visit(`${browser.provider.issuer}/oauth/authorize?${new URLSearchParams({ client_id: CLIENT_ID, request_uri })}`);

test('pa-02 a pushed request is answered with 201, used once, and brings everything that was asked for', async (t) => {
  const provider = await providerFor(t, ['--par', 'required']);
  const discovery = await (await fetch(`${provider.issuer}/.well-known/openid-configuration`)).json();
  assert.equal(discovery.pushed_authorization_request_endpoint, `${provider.issuer}/oauth/par`);
  assert.equal(discovery.require_pushed_authorization_requests, true);

  const pushed = await push(provider);
  assert.equal(pushed.status, 201);
  assert.equal(pushed.headers.get('access-control-allow-origin'), APP);
  const browser = new Browser(provider);
  const page = await goTo(browser, pushed.json);
  const { answer } = await browser.submit(page, { person: 'alice' });
  assert.equal(answer.state, 'state-1');
  const { json } = await browser.redeem({ verifier: pushed.verifier, answer });
  assert.ok(json.access_token && json.id_token && json.refresh_token, 'offline_access was asked for');

  const again = await goTo(browser, pushed.json);
  assert.ok(again.status === 400 || again.answer?.error, 'a reference serves once');
});

test('pa-03 the endpoint wants the client in the form and no plain request beside it', async (t) => {
  const provider = await providerFor(t, ['--par', 'required']);
  const { answer } = await new Browser(provider).authorize({ prompt: 'none' });
  assert.equal(answer.error, 'invalid_request', 'a plain request is refused where requests have to be pushed');
  const stranger = await push(provider, { client_id: 'somebody' });
  assert.equal(stranger.json.error, 'invalid_client');
  const referred = await push(provider, { request_uri: 'urn:x' });
  assert.notEqual(referred.status, 201);
});

test('pa-01 the endpoint can be made to answer wrongly in every way', async (t) => {
  const provider = await providerFor(t, ['--par', 'optional']);
  const fail = async (query) => assert.deepEqual(await provider.control('POST', `/fail?endpoint=par&${query}`), { ok: true });
  for (const status of [500, 400]) {
    await fail(`status=${status}`);
    assert.equal((await push(provider)).status, status);
  }
  await fail('shape=status_200');
  assert.equal((await push(provider)).status, 200);
  for (const [shape, wrong] of [
    ['no_expires_in', ({ expires_in: lasts }) => lasts === undefined],
    ['negative_expires_in', ({ expires_in: lasts }) => lasts === -1],
    ['no_request_uri', ({ request_uri: uri }) => uri === undefined],
    ['foreign_request_uri', ({ request_uri: uri }) => uri.startsWith('https://evil')],
  ]) {
    await fail(`shape=${shape}`);
    assert.ok(wrong((await push(provider)).json), shape);
    assert.equal((await push(provider)).status, 201, 'once');
  }
  for (const mistake of ['endpoint=token&shape=status_200', 'endpoint=par&shape=x', 'endpoint=par&shape=status_200&status=500']) {
    assert.match((await provider.control('POST', `/fail?${mistake}`)).error, /shape/, mistake);
  }
});

test('ri-01 each token is for the one resource that was named, and an unknown one is refused', async (t) => {
  const provider = await providerFor(t, ['--resource', ONE, '--resource', TWO]);
  const browser = new Browser(provider);
  const { challenge, verifier } = pkce();
  const query = new URLSearchParams({
    response_type: 'code', client_id: CLIENT_ID, redirect_uri: `${APP}/callback`, scope: 'openid offline_access', state: 's', nonce: 'n',
    code_challenge: challenge, code_challenge_method: 'S256',
  });
  query.append('resource', ONE);
  query.append('resource', TWO);
  const page = await browser.visit(`${provider.issuer}/oauth/authorize?${query}`);
  const { answer } = await browser.submit(page, { person: 'alice' });
  const { json: first } = await token(provider, {
    grant_type: 'authorization_code', code: answer.code, redirect_uri: `${APP}/callback`, code_verifier: verifier, resource: ONE,
  });
  assert.deepEqual(decodeJwt(first.access_token).aud, [ONE]);
  assert.equal(decodeJwt(first.id_token).aud[0], CLIENT_ID);
  const { json: second } = await token(provider, { grant_type: 'refresh_token', refresh_token: first.refresh_token, resource: TWO });
  assert.deepEqual(decodeJwt(second.access_token).aud, [TWO]);

  const statuses = async (path) => Promise.all([first, second].map(async (each) => (await callApi(provider, path, each.access_token)).status));
  assert.deepEqual(await statuses('/api/me'), [200, 401]);
  assert.deepEqual(await statuses('/second/me'), [401, 200]);

  const unknown = await token(provider, { grant_type: 'refresh_token', refresh_token: second.refresh_token, resource: 'urn:other' });
  assert.deepEqual([unknown.status, unknown.json.error], [400, 'invalid_target']);
  const none = await refresh(provider, second.refresh_token);
  assert.deepEqual(decodeJwt(none.json.access_token).aud, [CLIENT_ID], 'where none is named it is for neither');
  assert.equal((await callApi(provider, '/api/me', none.json.access_token)).status, 401);
  const silent = await browser.authorize({ prompt: 'none', resource: 'urn:other' });
  assert.equal(silent.answer.error, 'invalid_target');
});

test('a token for a resource is for the userinfo endpoint where the provider says so, and else refused there', async (t) => {
  const answers = await Promise.all([[], ['--userinfo-audience']].map(async (more) => {
    const provider = await providerFor(t, ['--resource', ONE, '--profile-in-userinfo', ...more]);
    const browser = new Browser(provider);
    const { challenge, verifier } = pkce();
    const page = await browser.visit(`${provider.issuer}/oauth/authorize?${authorizationRequest(challenge, { resource: ONE })}`);
    const { answer } = await browser.submit(page, { person: 'alice' });
    const { json } = await token(provider, {
      grant_type: 'authorization_code', code: answer.code, redirect_uri: `${APP}/callback`, code_verifier: verifier, resource: ONE,
    });
    const headers = { authorization: `Bearer ${json.access_token}` };
    const said = await fetch(`${provider.issuer}/userinfo`, { headers });
    const called = await callApi(provider, '/api/me', json.access_token);
    const { email } = decodeJwt(json.id_token);
    return [decodeJwt(json.access_token).aud.length, email, said.status, (await said.json()).email, called.status];
  }));
  assert.deepEqual(answers, [[1, ALICE, 401, undefined, 200], [2, undefined, 200, ALICE, 200]]);
});
