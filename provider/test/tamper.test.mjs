import assert from 'node:assert/strict';
import { createHash, createHmac, createPublicKey } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';

import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';

import { APP, Browser, callApi, CLIENT_ID, startProvider } from './support.mjs';

let provider;
let browser;
before(async () => {
  provider = await startProvider();
  browser = new Browser(provider);
  await browser.signIn();
});
after(() => provider.stop());
beforeEach(() => provider.control('POST', '/tamper/clear'));

const tamper = async (...rules) => {
  for (const rule of rules) {
    const query = new URLSearchParams({ rule: typeof rule === 'string' ? rule : JSON.stringify(rule) });
    assert.deepEqual(await provider.control('POST', `/tamper?${query}`), { ok: true }, JSON.stringify(rule));
  }
};
const get = (path) => fetch(provider.issuer + path, { headers: { origin: APP }, redirect: 'manual' });
const keys = async () => (await get('/keys')).json();
const silent = () => browser.authorize({ prompt: 'none' });
const tokens = async () => (await browser.redeem(await silent())).json;
const idToken = async (...rules) => {
  await tamper(...rules);
  return (await tokens()).id_token;
};
const verify = async (jwt, set) => jwtVerify(jwt, createLocalJWKSet(set ?? await keys()));
const part = (jwt, at) => Buffer.from(jwt.split('.')[at], 'base64url').toString();

test('one member of an ID token is other, and everything else about it right', async () => {
  const honest = decodeJwt((await tokens()).id_token);
  for (const [change, expected] of [
    [{ member: 'iss', append: '1' }, { iss: `${honest.iss}1` }],
    [{ member: 'aud', append: '1' }, { aud: [`${CLIENT_ID}1`] }],
    [{ member: 'aud', push: '1' }, { aud: [CLIENT_ID, `${CLIENT_ID}1`] }],
    [{ member: 'aud', set: CLIENT_ID }, { aud: CLIENT_ID }],
    [{ member: 'sub', remove: true }, { sub: undefined }],
    [{ member: 'azp', swap_case: true }, { azp: 'SPAC_HUSHKEY' }],
    [{ member: 'events', set: {} }, { events: {} }],
  ]) {
    await provider.control('POST', '/tamper/clear');
    const token = await idToken({ in: 'id_token', ...change });
    const { iat, exp, at_hash, c_hash, ...claims } = (await verify(token)).payload;
    const { iat: _, exp: __, at_hash: ___, c_hash: ____, ...rest } = honest;
    assert.deepEqual(claims, JSON.parse(JSON.stringify({ ...rest, ...expected })), JSON.stringify(change));
    assert.equal(exp - iat, 1800);
  }
  const late = await idToken({ in: 'id_token', member: 'exp', add: -2160 });
  const { exp, iat } = decodeJwt(late);
  assert.equal(exp - iat, 1800 - 2160);
});

test('a member stands twice, or is a number that no number is', async () => {
  const doubled = await idToken({ in: 'id_token', member: 'iss', double: 'https://evil.test' });
  assert.match(part(doubled, 1), new RegExp(`"iss":"https://evil.test","iss":"${provider.issuer}"`));
  await verify(doubled);
  await provider.control('POST', '/tamper/clear');
  const raw = await idToken({ in: 'id_token', member: 'exp', raw: '1e400' });
  assert.match(part(raw, 1), /"exp":1e400[,}]/);
  await provider.control('POST', '/tamper/clear');
  await tamper({ in: 'token', member: 'access_token', double: true });
  const { verifier, answer } = await silent();
  const response = await fetch(`${provider.issuer}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: CLIENT_ID, grant_type: 'authorization_code', code: answer.code, redirect_uri: `${APP}/callback`, code_verifier: verifier,
    }),
  });
  assert.equal((await response.text()).match(/"access_token":/g).length, 2);
});

test('an access token can be changed, and the ID token belongs to it all the same', async () => {
  await tamper({ in: 'access_token', member: 'aud', append: '1' }, { in: 'access_token_header', member: 'typ', set: 'at+jwt' });
  const { id_token: identity, access_token: access } = await tokens();
  assert.deepEqual((await verify(access)).payload.aud, [`${CLIENT_ID}1`]);
  assert.equal(decodeProtectedHeader(access).typ, 'at+jwt');
  const half = createHash('sha256').update(access).digest().subarray(0, 16).toString('base64url');
  assert.equal(decodeJwt(identity).at_hash, half);
});

test('a token is signed by a key that is not meant for it', async () => {
  await provider.control('POST', '/rotate-keys');
  const set = await keys();
  const [own, other] = set.keys;
  const listed = await idToken({ in: 'id_token', sign: 'listed', kid: 'published' });
  assert.equal(decodeProtectedHeader(listed).kid, own.kid);
  await verify(listed, { keys: [{ ...other, kid: own.kid }] });
  await assert.rejects(verify(listed, set));

  await provider.control('POST', '/tamper/clear');
  const unlisted = await idToken({ in: 'id_token', sign: 'second' });
  await assert.rejects(verify(unlisted, set));
  await tamper({ in: 'keys', publish: 'second' });
  await verify(unlisted);

  await provider.control('POST', '/tamper/clear');
  const own_word = await idToken({ in: 'id_token', sign: 'jwk' });
  const { jwk, kid } = decodeProtectedHeader(own_word);
  assert.equal(kid, undefined);
  assert.deepEqual(Object.keys(jwk).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
  await verify(own_word, { keys: [jwk] });
});

test('a public key is taken for a secret', async () => {
  const [own] = (await keys()).keys;
  const key = createPublicKey({ key: own, format: 'jwk' });
  for (const [sign, secret] of Object.entries({
    'hs256-pem': key.export({ type: 'spki', format: 'pem' }),
    'hs256-der': key.export({ type: 'spki', format: 'der' }),
    'hs256-n': Buffer.from(own.n, 'base64url'),
    'hs256-client-id': CLIENT_ID,
    'hs256-empty': '',
  })) {
    await provider.control('POST', '/tamper/clear');
    const token = await idToken({ in: 'id_token', sign });
    const [header, payload, signature] = token.split('.');
    assert.deepEqual([decodeProtectedHeader(token).alg, decodeProtectedHeader(token).kid], ['HS256', own.kid]);
    assert.equal(signature, createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url'), sign);
  }
});

test('a token has no signature, another algorithm, or one wrong bit', async () => {
  for (const [sign, signature] of [['none', ''], ['none-garbage', 'Z2FyYmFnZQ']]) {
    await provider.control('POST', '/tamper/clear');
    const token = await idToken({ in: 'id_token', sign });
    assert.deepEqual([decodeProtectedHeader(token).alg, token.split('.')[2]], ['none', signature]);
  }
  await provider.control('POST', '/tamper/clear');
  const curve = await idToken({ in: 'id_token', sign: 'es256' }, { in: 'keys', publish: 'es256' });
  assert.equal((await verify(curve)).protectedHeader.alg, 'ES256');
  await provider.control('POST', '/tamper/clear');
  const flipped = await idToken({ in: 'id_token', flip: true });
  await assert.rejects(verify(flipped), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' });
  assert.equal(decodeJwt(flipped).iss, provider.issuer);
});

test('the key set has keys that it should not have, or not those that it should', async () => {
  const honest = await keys();
  const published = async (...rules) => {
    await provider.control('POST', '/tamper/clear');
    await tamper(...rules);
    return (await keys()).keys;
  };
  assert.equal((await published({ in: 'keys', withdraw: true })).length, honest.keys.length - 1);
  assert.equal((await published({ in: 'keys', publish: 'oct' })).at(-1).kty, 'oct');
  assert.equal(Buffer.from((await published({ in: 'keys', publish: 'weak' })).at(-1).n, 'base64url').length, 128);
  const own = await published({ in: 'keys', publish: 'private' });
  assert.equal(own.length, honest.keys.length);
  assert.equal(typeof own.at(-1).d, 'string');
  const nameless = await published({ in: 'keys', publish: 'second' }, { in: 'keys', member: 'keys.*.kid', remove: true });
  assert.equal(nameless.length, honest.keys.length + 1);
  assert.ok(nameless.every(({ kid, kty }) => kid === undefined && kty === 'RSA'));
  assert.equal((await published({ in: 'keys', member: 'keys.0.use', set: 'enc' }))[0].use, 'enc');
});

test('the keys are somewhere else, and the API finds them all the same', async () => {
  await tamper({ in: 'keys', path: '/7f3a/jwks' });
  const { jwks_uri } = await (await get('/.well-known/openid-configuration')).json();
  assert.equal(jwks_uri, `${provider.issuer}/7f3a/jwks`);
  assert.equal((await get('/7f3a/jwks')).headers.get('access-control-allow-origin'), APP);
  assert.ok((await (await get('/7f3a/jwks')).json()).keys.length > 0);
  assert.equal((await get('/keys')).status, 404);
  await provider.control('POST', '/rotate-keys');
  assert.equal((await callApi(provider, '/api/me', (await tokens()).access_token)).status, 200);
});

test('metadata and userinfo answers can be changed', async () => {
  await tamper({ in: 'discovery', member: 'issuer', append: 'INVALID' }, { in: 'userinfo', member: 'sub', append: 'invalid' });
  assert.equal((await (await get('/.well-known/openid-configuration')).json()).issuer, `${provider.issuer}INVALID`);
  const { access_token: bearer } = await tokens();
  const info = await fetch(`${provider.issuer}/userinfo`, { headers: { authorization: `Bearer ${bearer}` } });
  assert.equal((await info.json()).sub, `${decodeJwt(bearer).sub}invalid`);
});

test('an authorization response can be changed, success or error', async () => {
  await tamper({ in: 'authorize', member: 'state', append: '1' }, { in: 'authorize', member: 'iss', remove: true });
  assert.deepEqual(Object.keys((await silent()).answer).sort(), ['code', 'state']);
  assert.equal((await silent()).answer.state, 'state-11');
  assert.equal((await new Browser(provider).authorize({ prompt: 'none' })).answer.state, 'state-11');
  const other = new Browser(provider);
  assert.equal((await other.submit(await other.authorize(), { person: 'bob' })).answer.state, 'state-11', 'also after a page');
  await provider.control('POST', '/tamper/clear');
  await tamper(
    { in: 'authorize', member: 'code', double: 'other' },
    { in: 'authorize', member: 'access_token', set: 'stolen', part: 'fragment' },
  );
  const { location } = await silent();
  assert.equal(location.searchParams.getAll('code').length, 2);
  assert.equal(location.searchParams.getAll('code')[0], 'other');
  assert.equal(location.hash, '#access_token=stolen');
});

test('the way back from a sign-out can be changed', async () => {
  const { id_token: hint } = await tokens();
  const out = () => get(`/oidc/logout?${new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: `${APP}/signed-out`, state: 's' })}`);
  await tamper({ in: 'logout', member: 'state', append: '_INVALID' });
  assert.equal((await out()).headers.get('location'), `${APP}/signed-out?state=s_INVALID`);
});

test('an answer travels otherwise than it should', async () => {
  const answered = async (rule) => {
    await provider.control('POST', '/tamper/clear');
    await tamper({ in: 'keys', ...rule });
    const response = await get('/keys');
    return { status: response.status, headers: response.headers, text: Buffer.from(await response.arrayBuffer()).toString() };
  };
  const honest = JSON.stringify(await keys());
  const away = await answered({ status: 307, location: 'http://127.0.0.1:1/x' });
  assert.deepEqual([away.status, away.headers.get('location')], [307, 'http://127.0.0.1:1/x']);
  assert.equal(away.headers.get('access-control-allow-origin'), APP, 'a page could follow it');
  assert.match((await answered({ headers: { 'Content-Type': 'text/html' } })).headers.get('content-type'), /^text\/html/);
  assert.equal((await answered({ headers: { 'Cache-Control': 'max-age=86400' } })).headers.get('cache-control'), 'max-age=86400');
  assert.equal((await answered({ status: 201 })).status, 201);
  const empty = await answered({ status: 204 });
  assert.deepEqual([empty.status, empty.text], [204, '']);
  assert.equal((await answered({ truncate: 10 })).text, honest.slice(0, -10));
  assert.equal((await answered({ bom: true })).text, `\ufeff${honest}`);
  assert.equal((await answered({ pad: 2_000_000 })).text.length, honest.length + 2_000_000);
  assert.equal((await answered({ text: '[]' })).text, '[]');
  const failed = await answered({ status: 429, headers: { 'Retry-After': '7' } });
  assert.deepEqual([failed.status, failed.headers.get('retry-after')], [429, '7']);

  await provider.control('POST', '/tamper/clear');
  await tamper({ in: 'api', status: 302, location: 'http://127.0.0.1:1/' });
  const { access_token: bearer } = await tokens();
  assert.equal((await callApi(provider, '/api/me', bearer, { redirect: 'manual' })).status, 302);
});

test('a rule is followed as often as it says, and tells how often it was', async () => {
  await tamper({ in: 'keys', status: 500, times: 2 }, { in: 'userinfo', status: 500 });
  const statuses = [];
  for (let time = 0; time < 3; time += 1) statuses.push((await get('/keys')).status);
  assert.deepEqual(statuses, [500, 500, 200]);
  assert.deepEqual((await provider.control('GET', '/tamper')).map(({ followed }) => followed), [2, 0]);
  await provider.control('POST', '/tamper/clear');
  assert.deepEqual(await provider.control('GET', '/tamper'), []);
});

test('a rule that makes no sense is refused', async () => {
  for (const [rule, message] of [
    ['{', /JSON/],
    [{ member: 'iss', append: '1' }, /in must be/],
    [{ in: 'nowhere', member: 'iss', append: '1' }, /in must be/],
    [{ in: 'id_token', member: 'iss', appendd: '1' }, /appendd/],
    [{ in: 'id_token', member: 'iss' }, /one change/],
    [{ in: 'id_token', append: '1' }, /a member/],
    [{ in: 'id_token', member: 'iss', append: '1', remove: true }, /one change/],
    [{ in: 'id_token', sign: 'badly' }, /sign must be/],
    [{ in: 'keys', publish: 'nothing' }, /publish must be/],
    [{ in: 'token', sign: 'none' }, /does not know sign/],
    [{ in: 'authorize', member: 'code', remove: true, part: 'fragment' }, /part/],
    [{ in: 'id_token' }, /changes nothing/],
  ]) {
    const query = new URLSearchParams({ rule: typeof rule === 'string' ? rule : JSON.stringify(rule) });
    assert.match((await provider.control('POST', `/tamper?${query}`)).error ?? 'accepted', message, JSON.stringify(rule));
  }
  assert.deepEqual(await provider.control('GET', '/tamper'), []);
});
