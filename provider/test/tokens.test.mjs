import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';

import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';

import { APP, Browser, CLIENT_ID, pkce, providerFor, refresh, startProvider, token } from './support.mjs';

let provider;
before(async () => {
  provider = await startProvider();
});
after(() => provider.stop());

const verify = (jwt) => jwtVerify(jwt, createRemoteJWKSet(new URL(`${provider.issuer}/keys`)), {
  issuer: provider.issuer, audience: CLIENT_ID, algorithms: ['RS256'],
});
const leftHalf = (value) => createHash('sha256').update(value).digest().subarray(0, 16).toString('base64url');

test('a sign-in gives tokens of the expected shape', async () => {
  const tokens = await new Browser(provider).signIn();
  assert.equal(tokens.token_type, 'Bearer');
  assert.equal(tokens.expires_in, 300);
  assert.equal(typeof tokens.refresh_token, 'string');

  const access = await verify(tokens.access_token);
  assert.deepEqual(Object.keys(access.protectedHeader).sort(), ['alg', 'kid', 'typ']);
  assert.equal(access.protectedHeader.typ, 'JWT');
  assert.match(access.protectedHeader.kid, /^snk_\d+$/);
  const claims = access.payload;
  assert.deepEqual(Object.keys(claims).sort(), [
    'aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'nbf', 'oid', 'permissions', 'roles', 'sid', 'sub',
  ]);
  assert.deepEqual(claims.aud, [CLIENT_ID]);
  assert.equal(claims.client_id, CLIENT_ID);
  assert.equal(claims.exp - claims.iat, 300);
  assert.equal(claims.nbf, claims.iat);
  assert.match(claims.jti, /^tkn_\d+$/);
  assert.match(claims.sub, /^usr_\d+$/);
  assert.match(claims.oid, /^org_\d+$/);
  assert.match(claims.sid, /^ses_\d+$/);
  assert.deepEqual(claims.roles, ['admin']);
  assert.ok(claims.permissions.includes('notes:write'));

  const { payload: identity, protectedHeader } = await verify(tokens.id_token);
  assert.equal(protectedHeader.typ, 'JWT');
  assert.equal(identity.nonce, 'nonce-1');
  assert.equal(identity.at_hash, leftHalf(tokens.access_token));
  assert.equal(identity.c_hash, leftHalf(tokens.code));
  assert.equal(identity.exp - identity.iat, 1800);
  for (const name of ['sub', 'sid', 'oid', 'client_id']) assert.equal(identity[name], claims[name], name);
  assert.equal(identity.azp, CLIENT_ID);
  assert.deepEqual(identity.amr, ['conn_password']);
  assert.equal(identity.email, 'alice@example.test');
  assert.equal(identity.email_verified, true);
  assert.deepEqual([identity.name, identity.given_name, identity.family_name], ['Alice Example', 'Alice', 'Example']);
  const picture = await fetch(identity.picture);
  assert.equal(picture.headers.get('content-type'), 'image/svg+xml');
});

test('without offline_access there is no refresh token', async () => {
  const tokens = await new Browser(provider).signIn({ person: 'bob' }, { scope: 'openid profile email' });
  assert.equal(typeof tokens.access_token, 'string');
  assert.equal(tokens.refresh_token, undefined);
});

test('refresh tokens rotate', async () => {
  const first = await new Browser(provider).signIn();
  const second = await refresh(provider, first.refresh_token);
  assert.equal(second.status, 200);
  assert.notEqual(second.json.refresh_token, first.refresh_token);
  const { payload } = await verify(second.json.id_token);
  assert.equal(payload.c_hash, undefined);
  assert.equal(payload.at_hash, leftHalf(second.json.access_token));
  assert.equal(payload.sid, decodeJwt(first.id_token).sid);
});

test('without a grace a used refresh token takes the whole family down', async (t) => {
  const strict = await providerFor(t, ['--refresh-grace', '0']);
  const first = await new Browser(strict).signIn();
  const second = await refresh(strict, first.refresh_token);
  const replay = await refresh(strict, first.refresh_token);
  assert.equal(replay.status, 400);
  assert.equal(replay.json.error, 'invalid_grant');
  assert.equal((await refresh(strict, second.json.refresh_token)).json.error, 'invalid_grant');
});

test('a code works once, with its verifier only, and PKCE is required', async () => {
  const browser = new Browser(provider);
  const { verifier, ...page } = await browser.authorize();
  const { answer } = await browser.submit(page, { person: 'alice' });
  const wrong = await browser.redeem({ verifier: pkce().verifier, answer });
  assert.equal(wrong.json.error, 'invalid_grant');
  assert.equal((await browser.redeem({ verifier, answer })).status, 200);
  assert.equal((await browser.redeem({ verifier, answer })).json.error, 'invalid_grant');

  const plain = await browser.authorize({ code_challenge_method: 'plain' });
  assert.equal(plain.answer.error, 'invalid_request');
  const missing = await browser.visit(`${provider.issuer}/oauth/authorize?${new URLSearchParams({
    response_type: 'code', client_id: CLIENT_ID, redirect_uri: `${APP}/callback`, scope: 'openid', state: 's',
  })}`);
  assert.equal(missing.answer.error, 'invalid_request');
});

test('userinfo takes the access token until the session ends', async () => {
  const { access_token: accessToken } = await new Browser(provider).signIn({ person: 'chandra' });
  const ask = (bearer) => fetch(`${provider.issuer}/userinfo`, { headers: { authorization: `Bearer ${bearer}` } });
  const response = await ask(accessToken);
  assert.equal(response.status, 200);
  const { sub, name } = await response.json();
  assert.deepEqual([sub, name], [decodeJwt(accessToken).sub, 'Chandra Śarmā']);
  assert.equal((await ask(`${accessToken.slice(0, -4)}AAAA`)).status, 401);
  await provider.control('POST', '/revoke-sessions');
  assert.equal((await ask(accessToken)).status, 401);
});

test('revocation ends a refresh token', async () => {
  const { refresh_token: refreshToken } = await new Browser(provider).signIn();
  const response = await fetch(`${provider.issuer}/revoke`, {
    method: 'POST', body: new URLSearchParams({ client_id: CLIENT_ID, token: refreshToken }),
  });
  assert.equal(response.status, 200);
  assert.equal((await refresh(provider, refreshToken)).json.error, 'invalid_grant');
});

test('CORS is for registered apps', async () => {
  const urls = ['/.well-known/openid-configuration', '/keys'].map((path) => provider.issuer + path);
  for (const url of urls) {
    const allowed = await fetch(url, { headers: { origin: APP } });
    assert.equal(allowed.headers.get('access-control-allow-origin'), APP);
    const other = await fetch(url, { headers: { origin: 'https://evil.test' } });
    assert.equal(other.headers.get('access-control-allow-origin'), null);
  }
  const fields = { grant_type: 'refresh_token', refresh_token: 'unknown' };
  assert.equal((await token(provider, fields)).headers.get('access-control-allow-origin'), APP);
  assert.equal((await token(provider, fields, 'https://evil.test')).headers.get('access-control-allow-origin'), null);

  const preflight = (origin) => fetch(`${provider.issuer}/userinfo`, {
    method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
  });
  const { headers } = await preflight(APP);
  assert.equal(headers.get('access-control-allow-origin'), APP);
  assert.match(headers.get('access-control-allow-headers'), /authorization/);
  assert.equal((await preflight('https://evil.test')).headers.get('access-control-allow-origin'), null);
});
