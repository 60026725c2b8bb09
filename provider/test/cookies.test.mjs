import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Browser, providerFor } from './support.mjs';

async function cookiesOfASignIn(t, ...args) {
  const provider = await providerFor(t, ['--session-management', ...args]);
  const browser = new Browser(provider);
  await browser.signIn();
  const kept = browser.setCookie.filter((line) => !/=;/.test(line));
  for (const name of ['session', 'signin', 'resume', 'browser_state']) {
    assert.ok(kept.some((line) => line.startsWith(`${name}_${provider.ports[0]}=`)), name);
  }
  return kept;
}

test('no cookie is for frames at other sites', async (t) => {
  for (const line of await cookiesOfASignIn(t)) {
    assert.match(line, /; samesite=lax/i);
    assert.doesNotMatch(line, /; secure/i);
  }
});

test('with --cookies none every cookie is, and browsers will take it', async (t) => {
  for (const line of await cookiesOfASignIn(t, '--cookies', 'none')) {
    assert.match(line, /; samesite=none/i);
    assert.match(line, /; secure$/);
  }
});

test('with --cookies loose they are without Secure', async (t) => {
  for (const line of await cookiesOfASignIn(t, '--cookies', 'loose')) {
    assert.match(line, /; samesite=none/i);
    assert.doesNotMatch(line, /; secure/i);
  }
});

test('the log tells which cookies a request carried, and not what is in them', async (t) => {
  const provider = await providerFor(t);
  const browser = new Browser(provider);
  await browser.authorize({ prompt: 'none' });
  await browser.signIn();
  await browser.authorize({ prompt: 'none' });
  const silent = (await provider.control('GET', '/log')).filter(({ values }) => values.prompt === 'none');
  const name = `session_${provider.ports[0]}`;
  assert.deepEqual(silent.map(({ cookies }) => cookies.includes(name)), [false, true]);
  assert.ok(silent[1].cookies.every((each) => /^\w+$/.test(each)));
});
