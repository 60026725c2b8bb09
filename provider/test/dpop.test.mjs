import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { test } from 'node:test';

import { calculateJwkThumbprint, decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';

import { APP, Browser, callApi, CLIENT_ID, providerFor } from './support.mjs';

async function makeKey() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const thumbprint = await calculateJwkThumbprint(jwk);
  const prove = (claims, header = {}) => new SignJWT({ jti: randomUUID(), iat: Math.floor(Date.now() / 1000), ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header }).sign(privateKey);
  return { jwk, thumbprint, prove, privateJwk: await exportJWK(privateKey) };
}

const ath = (token) => createHash('sha256').update(token).digest('base64url');

async function redeem(provider, { verifier, answer }, key, nonce, fields = {}) {
  const url = `${provider.issuer}/oauth/token`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { origin: APP, dpop: await key.prove({ htm: 'POST', htu: url, nonce }) },
    body: new URLSearchParams(answer ? {
      client_id: CLIENT_ID, grant_type: 'authorization_code', code: answer.code, redirect_uri: `${APP}/callback`, code_verifier: verifier,
    } : { client_id: CLIENT_ID, ...fields }),
  });
  return { status: response.status, headers: response.headers, json: await response.json() };
}

async function code(provider, params = {}) {
  const browser = new Browser(provider);
  const { verifier, ...page } = await browser.authorize(params);
  const { answer } = await browser.submit(page, { person: 'alice' });
  return { verifier, answer };
}

const refreshWith = (provider, key, token, nonce) => redeem(provider, {}, key, nonce, { grant_type: 'refresh_token', refresh_token: token });

const call = (provider, token, proof, scheme = 'DPoP') => callApi(provider, '/api/me', undefined, {
  headers: { authorization: `${scheme} ${token}`, ...(proof && { dpop: proof }) },
});

test('dp-06-dp-12 a token that is bound to a key is good with a proof of that key, once, here and now', async (t) => {
  const provider = await providerFor(t, ['--dpop']);
  const key = await makeKey();
  const { json } = await redeem(provider, await code(provider, { dpop_jkt: key.thumbprint }), key);
  assert.equal(json.token_type, 'DPoP');
  const token = json.access_token;
  assert.deepEqual(decodeJwt(token).cnf, { jkt: key.thumbprint });
  const url = `${provider.api}/api/me`;
  const good = { htm: 'GET', htu: url, ath: ath(token) };

  const proof = await key.prove(good);
  assert.equal((await call(provider, token, proof)).status, 200);
  assert.equal((await call(provider, token, proof)).status, 401, 'the same proof again');
  assert.equal((await call(provider, token, await key.prove(good), 'Bearer')).status, 401);
  assert.equal((await call(provider, token)).status, 401, 'no proof');
  const other = await makeKey();
  for (const [why, bad] of [
    ['another key', await other.prove(good)],
    ['another method', await key.prove({ ...good, htm: 'POST' })],
    ['another address', await key.prove({ ...good, htu: `${provider.api}/api/echo` })],
    ['with a query', await key.prove({ ...good, htu: `${url}?a` })],
    ['no hash', await key.prove({ ...good, ath: undefined })],
    ['another token', await key.prove({ ...good, ath: ath('other') })],
    ['old', await key.prove({ ...good, iat: Math.floor(Date.now() / 1000) - 3600 })],
    ['no name', await key.prove({ ...good, jti: undefined })],
    ['another type', await key.prove(good, { typ: 'JWT' })],
    ['a private member', await key.prove(good, { jwk: { ...key.jwk, ext: true } })],
    ['nonsense', 'a.b.c'],
  ]) {
    const refused = await call(provider, token, bad);
    assert.equal(refused.status, 401, why);
    assert.match(refused.headers.get('www-authenticate'), /^DPoP error="invalid_dpop_proof"/, why);
  }
});

test('dp-13-dp-14 code and refresh token are good with their key only', async (t) => {
  const provider = await providerFor(t, ['--dpop']);
  const [key, other] = [await makeKey(), await makeKey()];
  const bound = await code(provider, { dpop_jkt: key.thumbprint });
  assert.equal((await redeem(provider, bound, other)).json.error, 'invalid_grant');
  const { json } = await redeem(provider, await code(provider, { dpop_jkt: key.thumbprint }), key);
  assert.equal((await refreshWith(provider, other, json.refresh_token)).json.error, 'invalid_grant');
  const renewed = await refreshWith(provider, key, json.refresh_token);
  assert.equal(renewed.json.token_type, 'DPoP');
  assert.equal(decodeJwt(renewed.json.access_token).cnf.jkt, key.thumbprint);
});

test('dp-07-dp-08-dp-09 with nonces both servers want one of their own, and the API a new one each time', async (t) => {
  const provider = await providerFor(t, ['--dpop-nonces']);
  const key = await makeKey();
  const granted = await code(provider);
  const asked = await redeem(provider, granted, key);
  assert.deepEqual([asked.status, asked.json.error], [400, 'use_dpop_nonce']);
  assert.match(asked.headers.get('access-control-expose-headers'), /DPoP-Nonce/i);
  const { json } = await redeem(provider, granted, key, asked.headers.get('dpop-nonce'));
  const token = json.access_token;
  const claims = { htm: 'GET', htu: `${provider.api}/api/me`, ath: ath(token) };

  const first = await call(provider, token, await key.prove({ ...claims, nonce: asked.headers.get('dpop-nonce') }));
  assert.equal(first.status, 401);
  assert.match(first.headers.get('www-authenticate'), /^DPoP error="use_dpop_nonce"/);
  const nonce = first.headers.get('dpop-nonce');
  const second = await call(provider, token, await key.prove({ ...claims, nonce }));
  assert.equal(second.status, 200);
  assert.equal((await call(provider, token, await key.prove({ ...claims, nonce }))).status, 401, 'used before');
  assert.equal((await call(provider, token, await key.prove({ ...claims, nonce: second.headers.get('dpop-nonce') }))).status, 200);
});

test('dp-06 the userinfo endpoint takes a bound token with a proof', async (t) => {
  const provider = await providerFor(t, ['--dpop']);
  const key = await makeKey();
  const { json } = await redeem(provider, await code(provider), key);
  const url = `${provider.issuer}/userinfo`;
  const ask = async (token, scheme) => fetch(url, {
    headers: { origin: APP, authorization: `${scheme} ${token}`, dpop: await key.prove({ htm: 'GET', htu: url, ath: ath(token) }) },
  });
  assert.equal((await ask(json.access_token, 'DPoP')).status, 200);
  assert.equal((await ask(json.access_token, 'Bearer')).status, 400);
});

test('dp-10 the headers can be kept from apps', async (t) => {
  const provider = await providerFor(t, ['--dpop-nonces', '--no-dpop-cors']);
  const asked = await redeem(provider, await code(provider), await makeKey());
  assert.equal(asked.json.error, 'use_dpop_nonce');
  assert.doesNotMatch(asked.headers.get('access-control-expose-headers') ?? '', /DPoP|WWW/i);
  assert.doesNotMatch((await callApi(provider, '/api/me')).headers.get('access-control-expose-headers'), /DPoP|WWW/i);
});

test('dp-11 whoever proves nothing gets a bearer token, and without the option nobody anything else', async (t) => {
  const provider = await providerFor(t, ['--dpop']);
  assert.equal((await new Browser(provider).signIn()).token_type, 'Bearer');
  const plain = await providerFor(t);
  assert.equal((await redeem(plain, await code(plain), await makeKey())).json.token_type, 'Bearer');
});

test('dp-15 a fault sends a call elsewhere, with a nonce or a challenge if that is wanted', async (t) => {
  const provider = await providerFor(t);
  await provider.control('POST', '/fail?endpoint=api&status=302&location=http://localhost:1/');
  const moved = await callApi(provider, '/api/me', undefined, { redirect: 'manual' });
  assert.deepEqual([moved.status, moved.headers.get('location')], [302, 'http://localhost:1/']);
  await provider.control('POST', '/fail?endpoint=api&status=401&nonce=n&challenge=Bearer');
  const refused = await callApi(provider, '/api/me');
  assert.deepEqual([refused.headers.get('dpop-nonce'), refused.headers.get('www-authenticate')], ['n', 'Bearer']);
  assert.match((await provider.control('POST', '/fail?endpoint=api&status=302')).error, /location/);
  assert.match((await provider.control('POST', '/fail?endpoint=api&hang=1&nonce=n')).error, /nonce needs/);
});
