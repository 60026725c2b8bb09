import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { decodeJwt } from 'jose';

import { APP, Browser, callApi, freePorts, providerFor, startProvider } from './support.mjs';

const MAIN = fileURLToPath(new URL('../main.mjs', import.meta.url));

async function commandLine(...args) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [[code], out, err] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}

test('the ready line tells tests what they need', async (t) => {
  const { ready, issuer, api } = await providerFor(t);
  assert.deepEqual({ ...ready, people: ready.people.length }, {
    ready: true, issuer, api, client_id: 'spac_hushkey', people: 4,
  });
  assert.deepEqual(ready.people[0], { name: 'Alice Example', email: 'alice@example.test' });
});

test('behind something that ends TLS, all addresses are those of the issuer', async (t) => {
  const { issuer } = await providerFor(t, ['--issuer', 'https://id.example.test']);
  const metadata = await (await fetch(`${issuer}/.well-known/openid-configuration`, { headers: { Host: 'id.example.test' } })).json();
  for (const name of ['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri']) assert.match(metadata[name], /^https:/, name);
  const query = new URLSearchParams({
    client_id: 'spac_hushkey', response_type: 'code', scope: 'openid', redirect_uri: `${APP}/callback`,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256', state: 'x',
  });
  const asked = await fetch(`${issuer}/oauth/authorize?${query}`, { redirect: 'manual' });
  assert.equal(asked.status, 303);
  for (const cookie of asked.headers.getSetCookie()) assert.match(cookie, /; secure/i);
});

test('a taken port is one sentence and code 98', async (t) => {
  const { ports: [port] } = await providerFor(t);
  const [free] = await freePorts(1);
  const { code, out, err } = await commandLine('--port', port, '--api-port', free);
  assert.equal(code, 98);
  assert.equal(out, '');
  assert.match(err, new RegExp(`^Port ${port} is already in use[^\\n]*\\n$`));
});

test('mistakes on the command line are explained', async () => {
  for (const args of [['--port', 'x'], ['--app', 'nonsense'], ['--redirect-path', '/a?b'], ['--refresh-grace', '1.5'], ['--cookies', 'strict'], ['--unknown']]) {
    const { code, err } = await commandLine(...args);
    assert.equal(code, 64, args.join(' '));
    assert.match(err, new RegExp(args[0]));
    assert.ok(!err.includes('    at '), 'no stack trace');
  }
});

test('it ends with SIGTERM, and with its stdin', async () => {
  const first = await startProvider();
  assert.equal(await first.stop(), 0);
  const second = await startProvider();
  second.child.stdin.end();
  assert.equal(await second.exited, 0);
});

test('a malformed request hurts nobody', async (t) => {
  const { issuer, api, ports, control } = await providerFor(t);
  for (const port of ports) {
    const request = get({ host: '127.0.0.1', port, path: '//' }, (response) => response.resume());
    request.on('error', () => {}); // a cut connection is as good as an answer
    await new Promise((resolve) => { request.on('close', resolve); });
  }
  assert.equal((await fetch(`${issuer}/keys`)).status, 200);
  assert.equal((await fetch(`${api}/api/me`)).status, 401);
  assert.ok(Array.isArray(await control('GET', '/log')));
});

test('the API answers those with a good token', async (t) => {
  const provider = await providerFor(t);
  const { access_token: accessToken, id_token: idToken } = await new Browser(provider).signIn();
  const claims = decodeJwt(accessToken);

  const me = await callApi(provider, '/api/me', accessToken);
  assert.equal(me.status, 200);
  assert.equal(me.headers.get('access-control-allow-origin'), APP);
  const { message, ...facts } = await me.json();
  assert.equal(typeof message, 'string');
  assert.deepEqual(facts, { sub: claims.sub, organization: claims.oid, roles: ['admin'], expires_at: claims.exp });

  const echo = await callApi(provider, '/api/echo', accessToken, { method: 'POST', body: '{"a":[1]}' });
  assert.deepEqual(await echo.json(), { sub: claims.sub, body: { a: [1] } });
  const forbidden = await callApi(provider, '/api/forbidden', accessToken);
  assert.equal(forbidden.status, 403);
  assert.match(forbidden.headers.get('www-authenticate'), /insufficient_scope/);

  const signature = accessToken.lastIndexOf('.') + 1;
  const forged = accessToken.slice(0, signature) + idToken.slice(idToken.lastIndexOf('.') + 1);
  for (const bad of ['nonsense', forged]) {
    const refused = await callApi(provider, '/api/me', bad);
    assert.equal(refused.status, 401);
    assert.equal(refused.headers.get('www-authenticate'), 'Bearer error="invalid_token"');
    assert.match(refused.headers.get('access-control-expose-headers'), /WWW-Authenticate/);
  }
  assert.equal((await callApi(provider, '/api/me')).status, 401);

  const preflight = await callApi(provider, '/api/me', undefined, { method: 'OPTIONS' });
  assert.equal(preflight.status, 204);
  assert.ok(Number(preflight.headers.get('access-control-max-age')) > 0);
  const foreign = await callApi(provider, '/api/me', accessToken, { headers: { origin: 'https://evil.test' } });
  assert.equal(foreign.headers.get('access-control-allow-origin'), null);
});

test('an expired access token is refused', async (t) => {
  const provider = await providerFor(t, ['--access-token-ttl', '1']);
  const { access_token: accessToken } = await new Browser(provider).signIn();
  const tolerance = 5;
  const over = (decodeJwt(accessToken).exp + tolerance + 1) * 1000;
  assert.equal((await callApi(provider, '/api/me', accessToken)).status, 200);
  await delay(over - Date.now());
  assert.equal((await callApi(provider, '/api/me', accessToken)).status, 401);
});
