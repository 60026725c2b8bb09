import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { decodeJwt } from 'jose';

import { APP, Browser, CLIENT_ID, OTHER_APP, providerFor, startProvider } from './support.mjs';

let provider;
before(async () => {
  provider = await startProvider(['--frontchannel-path', '/frontchannel-logout.html']);
});
after(() => provider.stop());

const framesOf = ({ body }) => [...body.matchAll(/<iframe src="([^"]*)"/g)].map(([, src]) => src.replaceAll('&amp;', '&'));

test('lo-06-a-sign-out-shows-each-app-issuer-and-session', async () => {
  const browser = new Browser(provider);
  const { id_token: hint } = await browser.signIn();
  const { sid } = decodeJwt(hint);
  const page = await browser.visit(`${provider.issuer}/oidc/logout?${new URLSearchParams({
    id_token_hint: hint, client_id: CLIENT_ID, post_logout_redirect_uri: `${APP}/signed-out`, state: 'bye',
  })}`);
  const query = new URLSearchParams({ iss: provider.issuer, sid });
  assert.deepEqual(framesOf(page), [APP, OTHER_APP].map((app) => `${app}/frontchannel-logout.html?${query}`));
  assert.match(page.headers.get('content-security-policy'), new RegExp(`frame-src ${APP} ${OTHER_APP};`));
  assert.equal(page.headers.get('refresh'), `1; url=${APP}/signed-out?state=bye`);
  assert.equal((await browser.authorize({ prompt: 'none' })).answer.error, 'login_required', 'it has ended');
});

test('lo-06-it-lies-on-demand-and-then-ends-nothing', async () => {
  const browser = new Browser(provider);
  await browser.signIn();
  await provider.control('POST', `/frontchannel?query=${encodeURIComponent('iss=https://evil.test')}`);
  assert.deepEqual(framesOf(await browser.visit(`${provider.issuer}/oidc/logout`)).map((src) => new URL(src).search), Array(2).fill('?iss=https://evil.test'));
  assert.ok((await browser.authorize({ prompt: 'none' })).answer.code, 'the session is still there');
  await provider.control('POST', '/frontchannel');
  assert.match(framesOf(await browser.visit(`${provider.issuer}/oidc/logout`))[0], /sid=ses_/);
});

test('lo-07-discovery-says-so-when-it-is-switched-on', async (t) => {
  const plain = await providerFor(t);
  const said = async ({ issuer }) => (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()).frontchannel_logout_session_supported;
  assert.equal(await said(provider), true);
  assert.equal(await said(plain), undefined);
  assert.deepEqual(framesOf(await new Browser(plain).visit(`${plain.issuer}/oidc/logout`)), []);
});

test('lo-03-a-form-ends-the-session-as-an-address-does', async (t) => {
  const plain = await providerFor(t);
  const browser = new Browser(plain);
  const { id_token: hint } = await browser.signIn();
  const fields = { id_token_hint: hint, client_id: CLIENT_ID, post_logout_redirect_uri: `${APP}/signed-out`, state: 'bye' };
  const post = (form) => browser.visit(`${plain.issuer}/oidc/logout`, { method: 'POST', body: new URLSearchParams(form) });
  assert.equal((await post({ ...fields, client_id: 'other' })).status, 400);
  assert.ok((await browser.authorize({ prompt: 'none' })).answer.code, 'a refused one ends nothing');
  assert.equal((await post(fields)).location.href, `${APP}/signed-out?state=bye`);
  assert.equal((await browser.authorize({ prompt: 'none' })).answer.error, 'login_required');
  const log = await plain.control('GET', '/log');
  assert.deepEqual(log.filter(({ path }) => path === '/oidc/logout').at(-1).params, Object.keys(fields));
});
