import assert from 'node:assert/strict';
import { createHash, webcrypto } from 'node:crypto';
import { after, before, test } from 'node:test';
import { runInNewContext } from 'node:vm';

import { decodeJwt } from 'jose';

import { APP, Browser, CLIENT_ID, OTHER_APP, providerFor, startProvider } from './support.mjs';

const EVIL = 'https://evil.test';

let provider;
let frame;
before(async () => {
  provider = await startProvider(['--session-management']);
  frame = await new Browser(provider).visit(`${provider.issuer}/session/check`);
});
after(() => provider.stop());

const scriptOf = ({ body }) => /<script>([^]*)<\/script>/.exec(body)[1];

/** Runs the frame's script as this browser would, and asks it one question. */
function ask(browser, message, origin = APP) {
  const [, client, cookie] = /<body data-client="([^"]*)" data-cookie="([^"]*)">/.exec(frame.body);
  return new Promise((resolve) => {
    runInNewContext(scriptOf(frame), {
      document: { body: { dataset: { client, cookie } }, cookie: browser.scriptCookies },
      crypto: webcrypto,
      TextEncoder,
      btoa,
      addEventListener: (type, listener) => {
        assert.equal(type, 'message');
        listener({ data: message, origin, source: { postMessage: (answer, to) => resolve([answer, to]) } });
      },
    });
  });
}

const verdict = async (browser, sessionState, origin = APP) => {
  const [answer, to] = await ask(browser, `${CLIENT_ID} ${sessionState}`, origin);
  assert.equal(to, origin);
  return answer;
};

/** Signs in, or again as somebody else, and returns what the callback carried. */
async function signIn(browser, person, params = {}) {
  const page = await browser.authorize(params);
  return (await browser.submit(page, { person })).answer;
}

test('discovery names the frame, when it is switched on', async (t) => {
  const plain = await providerFor(t);
  const frameOf = async ({ issuer }) => (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()).check_session_iframe;
  assert.equal(await frameOf(provider), `${provider.issuer}/session/check`);
  assert.equal(await frameOf(plain), undefined);
  assert.equal((await fetch(`${plain.issuer}/session/check`)).status, 404);
  const { answer } = await new Browser(plain).authorize({ prompt: 'none' });
  assert.equal(answer.session_state, undefined);
});

test('the frame allows its own script and the registered apps only', async () => {
  const policy = frame.headers.get('content-security-policy').split('; ');
  const hash = createHash('sha256').update(scriptOf(frame)).digest('base64');
  assert.deepEqual(policy, [
    "default-src 'none'", `script-src 'sha256-${hash}'`, `frame-ancestors ${APP} ${OTHER_APP}`, "form-action 'none'", "base-uri 'none'",
  ]);
  assert.equal(frame.headers.get('x-frame-options'), null);
  assert.match(frame.headers.get('content-type'), /text\/html/);
});

test('what is known of a session stays true until the session changes', async () => {
  const browser = new Browser(provider);
  const out = (await browser.authorize({ prompt: 'none' })).answer;
  assert.equal(out.error, 'login_required');
  assert.equal(await verdict(browser, out.session_state), 'unchanged', 'still nobody');

  const bob = (await signIn(browser, 'bob')).session_state;
  assert.match(bob, /^[\w-]+\.[\w-]+$/);
  assert.equal(await verdict(browser, out.session_state), 'changed', 'somebody signed in');
  assert.equal(await verdict(browser, bob), 'unchanged');
  const silent = (await browser.authorize({ prompt: 'none' })).answer.session_state;
  assert.notEqual(silent, bob, 'salted anew');
  for (const each of [bob, silent]) assert.equal(await verdict(browser, each), 'unchanged');
  const again = (await signIn(browser, 'bob', { prompt: 'login' })).session_state;
  for (const each of [bob, again]) assert.equal(await verdict(browser, each), 'unchanged', 'the same person again');

  const chandra = (await signIn(browser, 'chandra', { prompt: 'login' })).session_state;
  assert.equal(await verdict(browser, bob), 'changed', 'another person');
  assert.equal(await verdict(browser, chandra), 'unchanged');

  assert.equal((await browser.visit(`${provider.issuer}/oidc/logout?client_id=nobody`)).status, 400);
  assert.equal(await verdict(browser, chandra), 'unchanged', 'that was no sign-out');
  await browser.visit(`${provider.issuer}/oidc/logout`);
  assert.equal(await verdict(browser, chandra), 'changed', 'signed out');
  assert.equal(await verdict(browser, out.session_state), 'unchanged');
});

test('a session that ended elsewhere is noticed with the next silent request', async () => {
  const browser = new Browser(provider);
  const { session_state: before } = await signIn(browser, 'bob');
  await provider.control('POST', '/revoke-sessions');
  assert.equal(await verdict(browser, before), 'unchanged');
  const { answer } = await browser.authorize({ prompt: 'none' });
  assert.equal(answer.error, 'login_required');
  assert.equal(await verdict(browser, before), 'changed');
  assert.equal(await verdict(browser, answer.session_state), 'unchanged');
});

test('session_state is good for the origin that it was made for', async () => {
  const browser = new Browser(provider);
  const { session_state: mine } = await signIn(browser, 'bob', { redirect_uri: `${APP}/silent-refresh.html` });
  assert.equal(await verdict(browser, mine), 'unchanged');
  for (const origin of [OTHER_APP, EVIL]) assert.equal(await verdict(browser, mine, origin), 'changed');
  const other = await browser.authorize({ prompt: 'none', redirect_uri: `${OTHER_APP}/callback` });
  assert.equal(await verdict(browser, other.answer.session_state, OTHER_APP), 'unchanged');
});

test('what is no question is answered with error', async () => {
  const browser = new Browser(provider);
  const { session_state: state } = await signIn(browser, 'bob');
  for (const message of [
    '', 'changed', CLIENT_ID, `${CLIENT_ID} `, `${CLIENT_ID}  ${state}`, `other ${state}`, `${CLIENT_ID} nosalt`, { client: CLIENT_ID }, [`${CLIENT_ID} ${state}`],
  ]) {
    assert.deepEqual(await ask(browser, message), ['error', APP], JSON.stringify(message));
  }
});

test('scripts can read one cookie, which names neither session nor person', async () => {
  const browser = new Browser(provider);
  const tokens = await browser.signIn({ person: 'bob' });
  const { sid, sub } = decodeJwt(tokens.id_token);
  assert.match(browser.scriptCookies, /^browser_state_\d+=[\w-]{43}$/, 'no other cookie is readable');
  for (const secret of [sid, sub]) assert.ok(!browser.scriptCookies.includes(secret));
});
