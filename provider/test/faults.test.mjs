import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { APP, Browser, callApi, CLIENT_ID, refresh, startProvider } from './support.mjs';

let provider;
before(async () => {
  provider = await startProvider(['--session-management']);
});
after(() => provider.stop());
beforeEach(() => provider.control('POST', '/heal'));

const fail = async (query) => assert.deepEqual(await provider.control('POST', `/fail?${query}`), { ok: true });
const get = (path, init = {}) => fetch(provider.issuer + path, { headers: { origin: APP }, ...init });
const keys = () => get('/keys');
const post = (path) => get(path, { method: 'POST', body: new URLSearchParams({ client_id: CLIENT_ID }) });

const REQUESTS = {
  authorize: () => get('/oauth/authorize', { redirect: 'manual' }),
  token: () => post('/oauth/token'),
  keys,
  discovery: () => get('/.well-known/openid-configuration'),
  userinfo: () => get('/userinfo'),
  revoke: () => post('/revoke'),
  logout: () => get('/oidc/logout'),
  check_session: () => get('/session/check'),
  signin: () => get('/signin/unknown'),
  api: () => callApi(provider, '/api/me'),
};

test('every endpoint can fail, once unless said otherwise', async () => {
  for (const [endpoint, request] of Object.entries(REQUESTS)) {
    await fail(`endpoint=${endpoint}&status=503`);
    assert.equal((await request()).status, 503, endpoint);
    assert.notEqual((await request()).status, 503, endpoint);
  }
});

test('Retry-After can be read by a page', async () => {
  for (const endpoint of ['token', 'api']) {
    await fail(`endpoint=${endpoint}&status=429&error=slow_down&retry_after=7`);
    const response = await REQUESTS[endpoint]();
    assert.equal(response.status, 429);
    assert.equal(response.headers.get('retry-after'), '7');
    assert.match(response.headers.get('access-control-expose-headers'), /Retry-After/);
    assert.equal(response.headers.get('access-control-allow-origin'), APP);
    assert.deepEqual(await response.json(), { error: 'slow_down' });
  }
});

test('a fault without an end lasts until it is healed, there alone', async () => {
  await fail('endpoint=keys&status=500&times=0');
  await fail('endpoint=discovery&status=500&times=0');
  for (let time = 0; time < 4; time += 1) assert.equal((await keys()).status, 500);
  await provider.control('POST', '/heal?endpoint=keys');
  assert.equal((await keys()).status, 200);
  assert.equal((await REQUESTS.discovery()).status, 500);
  await provider.control('POST', '/heal');
  assert.equal((await REQUESTS.discovery()).status, 200);
});

const KEPT_ALIVE_MS = 5000; // how long Node keeps a connection on which nothing happens

/** Reads a response to its end or breaking point: how long it said it was, what came, whether it broke. */
async function readAll(response) {
  const pieces = [];
  let broken = false;
  try {
    for await (const piece of response.body) pieces.push(piece);
  } catch {
    broken = true;
  }
  return { length: Number(response.headers.get('content-length')), bytes: Buffer.concat(pieces), pieces: pieces.length, broken };
}

test('an answer is cut in the middle of the real one', async () => {
  for (const [endpoint, request] of [['keys', keys], ['api', REQUESTS.api]]) {
    const whole = Buffer.from(await (await request()).arrayBuffer());
    await fail(`endpoint=${endpoint}&cut=20`);
    const start = performance.now();
    const cut = await readAll(await request());
    assert.ok(performance.now() - start < KEPT_ALIVE_MS / 2, 'the socket was destroyed, not left to its timeout');
    assert.deepEqual(cut, { length: whole.length, bytes: whole.subarray(0, 20), pieces: 1, broken: true });
  }
  await fail('endpoint=keys&cut=0');
  const empty = await readAll(await keys());
  assert.deepEqual([empty.bytes.length, empty.broken], [0, true]);
  await fail('endpoint=keys&status=500&cut=5');
  assert.equal((await readAll(await keys())).bytes.toString(), '{"err');
});

test('an answer trickles, and is complete in the end', async () => {
  const whole = Buffer.from(await (await keys()).arrayBuffer());
  await fail('endpoint=keys&trickle_ms=40');
  const start = performance.now();
  const slow = await readAll(await keys());
  assert.deepEqual([slow.bytes, slow.length, slow.broken], [whole, whole.length, false]);
  assert.ok(slow.pieces > 3);
  assert.ok(performance.now() - start >= 38 * Math.ceil(whole.length / 64));

  await fail('endpoint=keys&trickle_ms=10&cut=100');
  const both = await readAll(await keys());
  assert.deepEqual([both.bytes.length, both.broken], [100, true]);
});

test('a request hangs until it is healed, unless its client has left', async () => {
  const { refresh_token: refreshToken } = await new Browser(provider).signIn();
  await fail('endpoint=token&hang=1&times=0');
  const waiting = refresh(provider, refreshToken);
  const body = new URLSearchParams({ client_id: CLIENT_ID, grant_type: 'refresh_token', refresh_token: refreshToken });
  await assert.rejects(fetch(`${provider.issuer}/oauth/token`, { method: 'POST', body, signal: AbortSignal.timeout(300) }));
  const early = await Promise.race([waiting, keys()]);
  assert.ok(early.url.endsWith('/keys'), 'the first request still hangs');

  await provider.control('POST', '/heal?endpoint=token');
  assert.equal((await waiting).status, 200);
  const log = await provider.control('GET', '/log');
  const statuses = log.filter(({ path }) => path === '/oauth/token').slice(-2).map(({ status }) => status);
  assert.deepEqual(statuses, [200, 0], 'the second was not carried out');
});

test('the provider shows a page instead of redirecting', async () => {
  const silent = () => new Browser(provider).authorize({ prompt: 'none' });
  await fail('endpoint=authorize&page=1');
  const page = await silent();
  assert.equal(page.status, 200);
  assert.equal(page.location, undefined);
  assert.match(page.headers.get('content-type'), /text\/html/);
  assert.match(page.body, /instead of going back/);
  assert.equal(page.headers.get('x-frame-options'), 'DENY');
  assert.match(page.headers.get('content-security-policy'), /frame-ancestors 'none'/);

  await fail('endpoint=authorize&page=1&frame_options=0&status=400');
  const framable = await silent();
  assert.equal(framable.status, 400);
  assert.equal(framable.headers.get('x-frame-options'), null);
  assert.doesNotMatch(framable.headers.get('content-security-policy'), /frame-ancestors/);
  assert.equal((await silent()).answer.error, 'login_required');
});

test('the API does not use up the faults of the keys', async () => {
  const { access_token: accessToken } = await new Browser(provider).signIn();
  await provider.control('POST', '/rotate-keys'); // so that the API has to fetch
  const { access_token: fresh } = await new Browser(provider).signIn();
  await fail('endpoint=keys&status=503');
  for (const token of [accessToken, fresh]) assert.equal((await callApi(provider, '/api/me', token)).status, 200);
  assert.equal((await keys()).status, 503);
});

test('a fault that makes no sense is refused, and changes nothing', async () => {
  const refused = {
    'status=503': /endpoint must be/,
    'endpoint=nothing&status=503': /endpoint must be/,
    'endpoint=keys': /no fault/,
    'endpoint=keys&status=200': /status/,
    'endpoint=keys&status=6e2': /status/,
    'endpoint=keys&status=503&times=-1': /times/,
    'endpoint=keys&status=503&tims=3': /tims/,
    'endpoint=keys&status=503&status=500': /once/,
    'endpoint=keys&hang=yes': /hang/,
    'endpoint=keys&retry_after=3': /retry_after/,
    'endpoint=keys&delay_ms=1&error=x': /error/,
    'endpoint=keys&page=1': /page/,
    'endpoint=authorize&page=1&status=0': /page/,
    'endpoint=authorize&status=400&frame_options=0': /frame_options/,
    'endpoint=keys&trickle_ms=0': /trickle_ms/,
    'endpoint=keys&cut=1.5': /cut/,
  };
  for (const [query, message] of Object.entries(refused)) {
    assert.match((await provider.control('POST', `/fail?${query}`)).error ?? 'accepted', message, query);
  }
  assert.match((await provider.control('POST', '/heal?endpoint=nothing')).error, /endpoint must be/);
  assert.equal((await keys()).status, 200);
});
