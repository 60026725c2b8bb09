import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { decodeJwt } from 'jose';

import { Browser, providerFor, refresh, startProvider } from './support.mjs';

let provider;
let acme;
let globex;
before(async () => {
  provider = await startProvider();
  const homeOf = async (person) => decodeJwt((await new Browser(provider).signIn({ person })).access_token).oid;
  [acme, globex] = await Promise.all(['bob', 'chandra'].map(homeOf));
});
after(() => provider.stop());

const accessClaims = async (browser, page) => decodeJwt((await browser.redeem(page)).json.access_token);
test('organizations can be switched within one session', async () => {
  const browser = new Browser(provider);
  const acme = decodeJwt((await browser.signIn()).access_token);

  const { verifier, ...chooser } = await browser.authorize({ prompt: 'select_account' });
  assert.match(chooser.body, /<h1>Choose an organization<\/h1>/);
  const offered = [...chooser.body.matchAll(/data-organization="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(offered.length, 2);
  const other = offered.find((id) => id !== acme.oid);
  const { answer } = await browser.submit(chooser, { organization: other });
  const { json } = await browser.redeem({ verifier, answer });
  const globex = decodeJwt(json.access_token);
  assert.equal(globex.oid, other);
  assert.equal(globex.sid, acme.sid);
  assert.deepEqual([acme.roles, globex.roles], [['admin'], ['member']]);

  const silent = await browser.redeem(await browser.authorize({ prompt: 'none' }));
  assert.equal(decodeJwt(silent.json.access_token).oid, other, 'the choice stays');
  const refreshed = await refresh(provider, silent.json.refresh_token);
  assert.equal(decodeJwt(refreshed.json.access_token).oid, other, 'also after a refresh');

  const direct = await browser.authorize({ prompt: 'select_account', organization_id: acme.oid });
  assert.equal(decodeJwt((await browser.redeem(direct)).json.id_token).oid, acme.oid);
});

test('organization_id at the sign-in chooses, foreign ones are ignored', async () => {
  const aliceIn = async (organization) =>
    decodeJwt((await new Browser(provider).signIn(undefined, { organization_id: organization })).access_token).oid;
  const globex = decodeJwt((await new Browser(provider).signIn({ person: 'chandra' })).access_token).oid;
  assert.equal(await aliceIn(globex), globex);
  assert.notEqual(await aliceIn('org_1'), 'org_1');

  const bob = new Browser(provider);
  await bob.signIn({ person: 'bob' });
  const { answer } = await bob.authorize({ prompt: 'select_account' });
  assert.equal(typeof answer.code, 'string', 'one organization, nothing to choose');
});

test('an organization is switched silently, within the same session', async () => {
  const browser = new Browser(provider);
  const before = decodeJwt((await browser.signIn()).access_token);
  const after = await accessClaims(browser, await browser.authorize({ prompt: 'none', organization_id: globex }));
  assert.deepEqual([before.oid, after.oid], [acme, globex]);
  assert.deepEqual([before.roles, after.roles], [['admin'], ['member']]);
  assert.equal(after.sid, before.sid);
  assert.equal(after.sub, before.sub);
  const later = await accessClaims(browser, await browser.authorize({ prompt: 'none' }));
  assert.equal(later.oid, globex, 'the switch stays');
});

test('a stranger to an organization is denied silently, and shown the chooser otherwise', async () => {
  for (const person of ['alice', 'bob']) {
    const browser = new Browser(provider);
    const before = decodeJwt((await browser.signIn({ person })).access_token);
    const { answer } = await browser.authorize({ prompt: 'none', organization_id: 'org_1' });
    assert.deepEqual([answer.error, answer.state], ['access_denied', 'state-1']);

    const { verifier, ...chooser } = await browser.authorize({ prompt: 'select_account', organization_id: 'org_1' });
    assert.match(chooser.body, /<h1>Choose an organization<\/h1>/);
    const chosen = await browser.submit(chooser, { organization: before.oid });
    assert.equal((await accessClaims(browser, { verifier, ...chosen })).oid, before.oid);
  }
  const nobody = await new Browser(provider).authorize({ prompt: 'none', organization_id: 'org_1' });
  assert.equal(nobody.answer.error, 'login_required');
});

test('a refused silent request switches nothing', async () => {
  const browser = new Browser(provider);
  const { access_token: before } = await browser.signIn();
  const { id_token: hint } = await new Browser(provider).signIn({ person: 'bob' });
  const { answer } = await browser.authorize({ prompt: 'none', organization_id: globex, id_token_hint: hint });
  assert.equal(answer.error, 'login_required');
  const after = await accessClaims(browser, await browser.authorize({ prompt: 'none' }));
  assert.equal(after.oid, decodeJwt(before).oid);
});

test('a provider may refuse to switch without a page', async (t) => {
  const strict = await providerFor(t, ['--no-silent-switch']);
  const browser = new Browser(strict);
  await browser.signIn();
  const { answer } = await browser.authorize({ prompt: 'none', organization_id: globex });
  assert.equal(answer.error, 'account_selection_required');
  const same = await accessClaims(browser, await browser.authorize({ prompt: 'none', organization_id: acme }));
  assert.equal(same.oid, acme, 'nothing was switched, and the present one can be asked for');
  const direct = await accessClaims(browser, await browser.authorize({ prompt: 'select_account', organization_id: globex }));
  assert.equal(direct.oid, globex);
});
