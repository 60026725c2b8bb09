import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { decodeJwt } from 'jose';

import { APP, Browser, providerFor, refresh } from './support.mjs';

const DISCOVERY = '/.well-known/openid-configuration';

test('a used refresh token works a little longer, then no more, and takes nothing down with it', async (t) => {
  const provider = await providerFor(t, ['--refresh-grace', '2']);
  const first = await new Browser(provider).signIn();
  const start = Date.now();
  const second = await refresh(provider, first.refresh_token);
  const again = await refresh(provider, first.refresh_token);
  assert.deepEqual([second.status, again.status], [200, 200]);
  assert.equal(decodeJwt(again.json.id_token).sid, decodeJwt(first.id_token).sid);

  let late = again;
  while (late.status === 200) {
    // Being used again and again does not prolong the grace.
    assert.ok(Date.now() - start < 5000, 'the grace has no end');
    await delay(100);
    late = await refresh(provider, first.refresh_token);
  }
  assert.ok(Date.now() - start >= 2000, 'the grace was short');
  assert.deepEqual([late.status, late.json], [400, { error: 'invalid_grant' }]);
  for (const { json } of [second, again]) assert.equal((await refresh(provider, json.refresh_token)).status, 200);
});

test('callbacks say who answers, and token responses which scope, unless told otherwise', async (t) => {
  const usual = await providerFor(t);
  const bare = await providerFor(t, ['--no-iss', '--no-scope']);
  const look = async (provider) => {
    const browser = new Browser(provider);
    const refused = await browser.authorize({ prompt: 'none' });
    const { verifier, ...page } = await browser.authorize();
    const granted = await browser.submit(page, { person: 'bob' });
    const { json } = await browser.redeem({ verifier, ...granted });
    const renewed = await refresh(provider, json.refresh_token);
    const metadata = await (await fetch(provider.issuer + DISCOVERY)).json();
    return {
      iss: [refused, granted].map(({ answer }) => answer.iss),
      others: [refused, granted].map(({ answer }) => Object.keys(answer).filter((name) => name !== 'iss').sort()),
      scope: [json, renewed.json].map(({ scope }) => scope),
      announced: metadata.authorization_response_iss_parameter_supported,
    };
  };
  const others = [['error', 'error_description', 'state'], ['code', 'state']];
  const scope = 'openid profile email offline_access';
  assert.deepEqual(await look(usual), { iss: [usual.issuer, usual.issuer], others, scope: [scope, scope], announced: true });
  const nothing = [undefined, undefined];
  assert.deepEqual(await look(bare), { iss: nothing, others, scope: nothing, announced: undefined });
});

test('discovery may be out of reach for pages, and only that', async (t) => {
  const provider = await providerFor(t, ['--no-discovery-cors']);
  const allowed = async (path, method) => {
    const response = await fetch(provider.issuer + path, { method, headers: { origin: APP } });
    return [response.ok, response.headers.get('access-control-allow-origin')];
  };
  for (const method of ['GET', 'OPTIONS']) {
    assert.deepEqual(await allowed(DISCOVERY, method), [true, null]);
    assert.deepEqual(await allowed('/keys', method), [true, APP]);
  }
});
