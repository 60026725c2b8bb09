import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { decodeJwt } from 'jose';

import { APP, Browser, OTHER_APP, startProvider } from './support.mjs';

let provider;
before(async () => {
  provider = await startProvider();
});
after(() => provider.stop());

test('the answer carries code and state to any registered address', async () => {
  const browser = new Browser(provider);
  const page = await browser.authorize({ redirect_uri: `${OTHER_APP}/silent-refresh.html` });
  const { location, answer } = await browser.submit(page, { person: 'bob' });
  assert.equal(location.origin + location.pathname, `${OTHER_APP}/silent-refresh.html`);
  assert.equal(answer.state, 'state-1');
  assert.equal(typeof answer.code, 'string');
});

test('prompt=none answers without a page', async () => {
  const browser = new Browser(provider);
  const before = await browser.authorize({ prompt: 'none' });
  assert.deepEqual([before.answer.error, before.answer.state], ['login_required', 'state-1']);

  await browser.signIn();
  const after = await browser.authorize({ prompt: 'none' });
  assert.equal((await browser.redeem(after)).status, 200);
});

test('cancelling is denial', async () => {
  const browser = new Browser(provider);
  const { answer } = await browser.submit(await browser.authorize(), { action: 'cancel' });
  assert.equal(answer.error, 'access_denied');
  assert.equal(answer.error_description, 'User denied access');
  assert.equal(answer.state, 'state-1');
});

test('the sign-in page offers people, is strict, and escapes what it reflects', async () => {
  const browser = new Browser(provider);
  const page = await browser.authorize({ login_hint: '"><script>alert(1)</script>' });
  assert.match(page.body, /<title>Sign in<\/title>/);
  for (const key of ['alice', 'bob', 'chandra', 'eloise']) assert.ok(page.body.includes(`data-person="${key}"`), key);
  assert.ok(!page.body.includes('<script'));
  assert.ok(page.body.includes('value="&quot;&gt;&lt;script&gt;'));
  const policy = page.headers.get('content-security-policy');
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.ok(policy.includes(`form-action 'self' ${APP} ${OTHER_APP}`));
  assert.equal(page.headers.get('x-frame-options'), 'DENY');

  const rejected = await browser.submit(page, { email: 'nobody' });
  assert.equal(rejected.status, 422);
  assert.match(rejected.body, /role="alert"/);
  assert.ok(rejected.body.includes('value="nobody"'));
});

test('login_hint puts a known person first and fills in any other address', async () => {
  const hinted = await new Browser(provider).authorize({ login_hint: 'chandra@example.test' });
  assert.ok(hinted.body.indexOf('data-person="chandra"') < hinted.body.indexOf('data-person="alice"'));
  const typed = await new Browser(provider).authorize({ login_hint: 'zoe@example.test' });
  assert.ok(typed.body.includes('value="zoe@example.test"'));
});

test('any e-mail address makes a person, always the same one', async () => {
  const first = decodeJwt((await new Browser(provider).signIn({ email: 'Zoe.Quinn@Corp.test' })).id_token);
  assert.deepEqual([first.email, first.name], ['zoe.quinn@corp.test', 'Zoe Quinn']);
  const again = decodeJwt((await new Browser(provider).signIn({ email: 'zoe.quinn@corp.test' })).id_token);
  assert.equal(again.sub, first.sub);
  const known = decodeJwt((await new Browser(provider).signIn({ email: 'bob@example.test' })).id_token);
  assert.equal(known.name, 'Bob Baker');
});

test('prompt=create shows its own title, also to somebody signed in', async () => {
  const browser = new Browser(provider);
  await browser.signIn({ person: 'bob' });
  const page = await browser.authorize({ prompt: 'create' });
  assert.match(page.body, /<h1>Create your account<\/h1>/);
  const { answer } = await browser.submit(page, { person: 'bob' });
  assert.equal(typeof answer.code, 'string');
});

test('connection_id and provider end up in amr', async () => {
  const amr = async (params) => decodeJwt((await new Browser(provider).signIn(undefined, params)).id_token).amr;
  assert.deepEqual(await amr({ connection_id: 'conn_42' }), ['conn_42']);
  assert.deepEqual(await amr({ provider: 'google' }), ['conn_google']);
});

test('unknown addresses and clients are never redirected to', async () => {
  const browser = new Browser(provider);
  for (const params of [
    { redirect_uri: 'https://evil.test/callback' },
    { redirect_uri: `${APP}/callback/` },
    { redirect_uri: `${APP}/callback`, client_id: '<b>unknown</b>' },
  ]) {
    const page = await browser.authorize(params);
    assert.equal(page.status, 400, JSON.stringify(params));
    assert.equal(page.location, undefined);
    assert.ok(!page.body.includes('<b>'));
  }
});

test('an expired sign-in page says so', async () => {
  const page = await new Browser(provider).visit(`${provider.issuer}/signin/unknown`);
  assert.equal(page.status, 400);
  assert.match(page.body, /start again/);
});
