// The provider of the benchmark: the same library as the development provider's, without anything around it that would cost time, one public client
// for each app, and a second issuer for a library that insists on paths and on a slash at the end. Whoever comes to the sign-in page is Alice.
//
// It is told what to be by one JSON argument. It says one line of JSON when it is ready, one for every request as it comes in, and one when the
// delay before requests was changed by a line on its standard input; it ends with that.

import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

import { Provider } from '../../provider/library.mjs';
import { memory } from './memory.mjs';

const { name, issuers, clients } = JSON.parse(process.argv[2]);

const SCOPE = 'openid profile email';
const LIFETIME = 24 * 60 * 60; // longer than any run: no token is renewed in the middle of it

const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
const jwks = { keys: [{ ...key, kid: 'bench', use: 'sig', alg: 'RS256' }] };

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
let delay = 0;

function providerFor({ issuer, port, routes }) {
  const own = clients.filter((client) => client.issuer === issuer);
  const provider = new Provider(issuer, {
    adapter: memory(),
    jwks,
    clients: own.map(({ client_id, origin, callbacks }) => ({
      client_id,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      redirect_uris: callbacks.map((path) => origin + path),
      post_logout_redirect_uris: [`${origin}/`],
      scope: SCOPE,
      id_token_signed_response_alg: 'RS256',
    })),
    routes,
    // Cookies of localhost are shared between ports.
    cookies: { keys: ['bench'], names: { session: `session_${port}`, interaction: `signin_${port}`, resume: `resume_${port}` } },
    pkce: { required: () => true },
    clientBasedCORS: (_, origin) => own.some((client) => client.origin === origin),
    scopes: SCOPE.split(' '),
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    conformIdTokenClaims: false, // the name is in the ID token: no app needs a further request for it
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, name, email: 'alice@example.test' }) }),
    interactions: { url: (_, { uid }) => `/signin/${uid}` },
    loadExistingGrant: grantEverything,
    ttl: { AccessToken: LIFETIME, IdToken: LIFETIME, Session: LIFETIME, Grant: LIFETIME, AuthorizationCode: 60, Interaction: 600 },
    features: {
      devInteractions: { enabled: false },
      webMessageResponseMode: { enabled: true, ack: 'individual-draft-01' }, // what auth0-spa-js asks for in its frame
    },
  });
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith('/signin/')) return next();
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, { login: { accountId: 'alice' } }));
    return undefined;
  });
  provider.on('server_error', (ctx, error) => console.error(`The provider failed at ${ctx.method} ${ctx.path}:`, error));
  return provider.callback();
}

/** Nobody is asked for consent, so that prompt=none works. */
async function grantEverything({ oidc: { client, session, provider } }) {
  const existing = await provider.Grant.find(session.grantIdFor(client.clientId));
  if (existing) return existing;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(SCOPE);
  await grant.save();
  return grant;
}

for (const issuer of issuers) {
  const answer = providerFor(issuer);
  const handler = async (request, response) => {
    say({ at: performance.timeOrigin + performance.now(), method: request.method, path: request.url.split('?')[0] });
    if (delay > 0) await pause(delay);
    answer(request, response);
  };
  for (const host of ['127.0.0.1', '::1']) {
    // A connection outlives a round, so that no app has to open one in the middle of it.
    const server = createServer({ keepAliveTimeout: 10 * 60 * 1000 }, handler);
    server.listen(issuer.port, host);
    await once(server, 'listening').catch((error) => {
      if (host === '127.0.0.1' || error.code === 'EADDRINUSE') throw error; // a machine without IPv6 has one address
    });
  }
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    delay = Number(line);
    say({ delay });
  })
  .on('close', () => process.exit(0));
say({ ready: true });
