import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { decodeJwt, decodeProtectedHeader } from 'jose';

import { Browser, CLIENT_ID, providerFor, refresh, startProvider } from './support.mjs';

async function stateFolder(t) {
  const folder = await mkdtemp(join(tmpdir(), 'hushkey-provider-'));
  t.after(() => rm(folder, { recursive: true }));
  return { folder, args: ['--state', join(folder, 'state.json')] };
}

test('the state file keeps sessions, people and keys over a restart', async (t) => {
  const { folder, args } = await stateFolder(t);
  const first = await startProvider(args);
  const browser = new Browser(first);
  const tokens = await browser.signIn({ email: 'someone@corp.test' });
  assert.equal(await first.stop(), 0);
  assert.deepEqual(await readdir(folder), ['state.json']);

  const second = await providerFor(t, args, first.ports);
  const silent = await browser.authorize({ prompt: 'none' });
  const { json } = await browser.redeem(silent);
  assert.equal(decodeJwt(json.id_token).sub, decodeJwt(tokens.id_token).sub);
  assert.equal(decodeProtectedHeader(json.id_token).kid, decodeProtectedHeader(tokens.id_token).kid);
  assert.equal((await refresh(second, tokens.refresh_token)).status, 200);
});

test('without a state file a restart forgets everything', async (t) => {
  const first = await startProvider();
  const browser = new Browser(first);
  await browser.signIn();
  await first.stop();
  await providerFor(t, [], first.ports);
  assert.equal((await browser.authorize({ prompt: 'none' })).answer.error, 'login_required');
});

async function kill(provider) {
  provider.child.kill('SIGKILL');
  await provider.exited;
}

test('what a client was told is known after a kill', async (t) => {
  const { args } = await stateFolder(t);
  const first = await startProvider(args);
  const tokens = await new Browser(first).signIn();
  await kill(first);
  const second = await startProvider(args, first.ports);
  const { status, json } = await refresh(second, tokens.refresh_token);
  assert.equal(status, 200);
  await kill(second);
  const third = await startProvider(args, first.ports);
  const { json: last } = await refresh(third, json.refresh_token);
  await fetch(`${third.issuer}/revoke`, { method: 'POST', body: new URLSearchParams({ client_id: CLIENT_ID, token: last.refresh_token }) });
  await kill(third);
  const fourth = await providerFor(t, args, first.ports);
  assert.deepEqual((await refresh(fourth, last.refresh_token)).json, { error: 'invalid_grant' });
});

/** Polls until the provider has seen a token request. */
async function tokenRequestSeen(provider) {
  for (let time = 0; time < 100; time += 1) {
    const log = await provider.control('GET', '/log');
    if (log.some(({ path }) => path === '/oauth/token')) return;
    await delay(20);
  }
  assert.fail('no token request came');
}

test('a provider killed in the middle of a token request starts again, and the session goes on', async (t) => {
  const middles = {
    'before anything was done': 'hang=1',
    'after the token was rotated, before its successor was told': 'trickle_ms=2000',
    'in the middle of the answer': 'cut=40',
  };
  for (const [when, fault] of Object.entries(middles)) {
    const { args } = await stateFolder(t);
    const first = await startProvider(args);
    const browser = new Browser(first);
    const tokens = await browser.signIn();
    await first.control('POST', '/log/clear');
    await first.control('POST', `/fail?endpoint=token&${fault}`);
    const lost = assert.rejects(refresh(first, tokens.refresh_token), when);
    await tokenRequestSeen(first);
    await kill(first);
    await lost;

    const second = await providerFor(t, args, first.ports);
    const { status, json } = await refresh(second, tokens.refresh_token);
    assert.equal(status, 200, when);
    assert.equal(decodeJwt(json.id_token).sid, decodeJwt(tokens.id_token).sid);
    assert.equal((await refresh(second, json.refresh_token)).status, 200);
    assert.equal(typeof (await browser.authorize({ prompt: 'none' })).answer.code, 'string');
  }
});

test('a code that was lost with its provider costs no more than another silent request', async (t) => {
  const { args } = await stateFolder(t);
  const first = await startProvider(args);
  const browser = new Browser(first);
  await browser.signIn();
  const page = await browser.authorize({ prompt: 'none' });
  await first.control('POST', '/fail?endpoint=token&cut=0');
  await assert.rejects(browser.redeem(page));
  await kill(first);

  await providerFor(t, args, first.ports);
  assert.equal((await browser.redeem(page)).json.error, 'invalid_grant', 'it was redeemed');
  assert.equal((await browser.redeem(await browser.authorize({ prompt: 'none' }))).status, 200);
});
