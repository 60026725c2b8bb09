import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';

import { decodeJwt } from 'jose';

import { Browser, callApi, providerFor, refresh, startProvider } from './support.mjs';

let provider;
before(async () => {
  provider = await startProvider();
});
after(() => provider.stop());
afterEach(async () => {
  for (const control of ['assurance', 'demand', 'userinfo']) await provider.control('POST', `/${control}`);
});

const challengeOf = async (accessToken) => {
  const response = await callApi(provider, '/api/me', accessToken);
  return { status: response.status, challenge: response.headers.get('www-authenticate') };
};
const demand = (query) => provider.control('POST', `/demand?${query}`);

test('a level that is asked for is reached, told, and not asked for twice', async () => {
  const browser = new Browser(provider);
  const first = await browser.signIn();
  assert.equal(decodeJwt(first.id_token).acr, undefined);

  const silent = await browser.authorize({ prompt: 'none', acr_values: 'gold' });
  assert.equal(silent.answer.error, 'login_required');
  const stepped = await browser.signIn({ person: 'alice' }, { acr_values: 'platinum gold silver', max_age: 300 });
  const identity = decodeJwt(stepped.id_token);
  assert.deepEqual([identity.acr, typeof identity.auth_time], ['gold', 'number']);
  const access = decodeJwt(stepped.access_token);
  assert.deepEqual([access.acr, access.auth_time], ['gold', identity.auth_time]);
  assert.equal((await browser.authorize({ acr_values: 'gold' })).answer?.error, undefined, 'no page is shown again');
  const renewed = await refresh(provider, stepped.refresh_token);
  assert.equal(decodeJwt(renewed.json.access_token).acr, 'gold');
});

test('su-01-the API demands a level and an age, and is content with them', async () => {
  const browser = new Browser(provider);
  const weak = await browser.signIn();
  assert.equal((await challengeOf(weak.access_token)).status, 200);
  await demand('acr=gold&max_age=60');
  assert.deepEqual(await challengeOf(weak.access_token), {
    status: 401,
    challenge: 'Bearer error="insufficient_user_authentication", error_description="Another sign-in is needed", acr_values="gold", max_age=60',
  });
  const strong = await browser.signIn({ person: 'alice' }, { acr_values: 'gold', max_age: 60 });
  assert.equal((await challengeOf(strong.access_token)).status, 200);
  await demand('acr=gold&always=1');
  assert.equal((await challengeOf(strong.access_token)).status, 401, 'some are never content');
  const odd = 'Basic realm="a", Bearer error="x';
  await demand(`challenge=${encodeURIComponent(odd)}`);
  assert.equal((await challengeOf(strong.access_token)).challenge, odd);
});

test('su-03-a level that cannot be had is refused, or another is given', async () => {
  await provider.control('POST', '/assurance?level=unmet');
  const browser = new Browser(provider);
  const { verifier, ...page } = await browser.authorize({ acr_values: 'gold' });
  assert.equal((await browser.submit(page, { person: 'alice' })).answer.error, 'unmet_authentication_requirements');
  await provider.control('POST', '/assurance?level=bronze');
  const tokens = await new Browser(provider).signIn({ person: 'alice' }, { acr_values: 'gold' });
  assert.equal(decodeJwt(tokens.id_token).acr, 'bronze');
  assert.match((await provider.control('POST', '/assurance?level=platinum')).error, /one of/);
});

test('ui-02-a token in the query or in a body is refused', async () => {
  const { access_token: accessToken } = await new Browser(provider).signIn();
  const url = `${provider.issuer}/userinfo`;
  const asked = async (address, init) => (await fetch(address, init)).status;
  assert.equal(await asked(url, { headers: { authorization: `Bearer ${accessToken}` } }), 200);
  assert.equal(await asked(`${url}?access_token=${accessToken}`), 400);
  assert.equal(await asked(url, { method: 'POST', body: new URLSearchParams({ access_token: accessToken }) }), 401);
});

test('userinfo can be made to say something else', async () => {
  const { access_token: accessToken } = await new Browser(provider).signIn();
  const ask = () => fetch(`${provider.issuer}/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } });
  assert.equal((await (await ask()).json()).name, 'Alice Example');
  await provider.control('POST', `/userinfo?set=${encodeURIComponent('{"sub":"other","name":null,"exp":1}')}`);
  const changed = await (await ask()).json();
  assert.deepEqual([changed.sub, 'name' in changed, changed.exp], ['other', false, 1]);
  await provider.control('POST', '/userinfo?type=text/plain');
  assert.match((await ask()).headers.get('content-type'), /^text\/plain/);
  assert.match((await provider.control('POST', '/userinfo?set=no')).error, /JSON/);
});

test('the profile can be left to a signed userinfo answer', async (t) => {
  const signing = await providerFor(t, ['--profile-in-userinfo', '--signed-userinfo']);
  const tokens = await new Browser(signing).signIn();
  const identity = decodeJwt(tokens.id_token);
  assert.deepEqual([identity.name, identity.email, typeof identity.sub], [undefined, undefined, 'string']);
  const ask = () => fetch(`${signing.issuer}/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  const answer = await ask();
  assert.match(answer.headers.get('content-type'), /^application\/jwt/);
  const claims = decodeJwt(await answer.text());
  assert.deepEqual([claims.iss, claims.aud, claims.sub, claims.name], [signing.issuer, 'spac_hushkey', identity.sub, 'Alice Example']);
  await signing.control('POST', '/userinfo?alg=none');
  assert.match(await (await ask()).text(), /^[\w-]+\.[\w-]+\.$/);
});
