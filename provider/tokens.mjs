import { createHash } from 'node:crypto';

import { decodeJwt } from 'jose';

import { derivedId, randomId } from './ids.mjs';
import { permissionsOf } from './people.mjs';
import { currentMembership } from './policy.mjs';

/** Remembers which opaque access token of the library stands behind a JWT: JWT id -> token. */
export const ISSUED = 'IssuedAccessToken';

const PROFILE = ['email', 'email_verified', 'name', 'given_name', 'family_name', 'picture'];

/**
 * Turns what the library issues into Scalekit's shapes. Its access tokens are opaque; the app gets
 * a JWT in place of each, and the userinfo endpoint is handed the opaque one again. Its ID token
 * gets the claims Scalekit adds, and a new signature.
 */
export function scalekitTokens({ provider, store, keyring, tampering, clock, people, options }) {
  const { clientId, userInfoAudience, profileInUserInfo } = options;
  const userInfo = `${provider.issuer}/userinfo`;
  const audiences = (resource) => (resource && userInfoAudience ? [resource, userInfo] : [].concat(resource ?? clientId));

  function accessToken({ oidc, body }, claims) {
    const now = clock.seconds;
    const jti = randomId('tkn');
    store.upsert(ISSUED, jti, { token: body.access_token, grantId: oidc.grant.jti }, body.expires_in);
    return tampering.sign('access_token', {
      ...claims,
      iss: provider.issuer,
      aud: audiences(oidc.accessToken.aud),
      iat: now,
      nbf: now,
      exp: now + body.expires_in,
      jti,
    });
  }

  /** The library knows the real time only. */
  function byOurClock(claims) {
    const dates = ['iat', 'exp', 'auth_time'].filter((name) => claims[name] !== undefined);
    return { ...claims, ...Object.fromEntries(dates.map((name) => [name, claims[name] + clock.offset])) };
  }

  /** The library puts the profile into the ID token, too, where it thinks that the access token is not for userinfo. */
  function withoutProfile(claims) {
    if (!userInfoAudience || !profileInUserInfo) return claims;
    return Object.fromEntries(Object.entries(claims).filter(([name]) => !PROFILE.includes(name)));
  }

  async function reshape(ctx) {
    const { oidc, body } = ctx;
    const session = await provider.Session.findByUid(oidc.accessToken.sessionUid);
    const who = people.bySub(oidc.account.accountId);
    const { id: oid, role } = currentMembership(session, clientId, who);
    const common = { client_id: clientId, oid, sid: derivedId('ses', session.uid), sub: who.sub };

    const { jkt } = oidc.accessToken;
    // Of a sign-in of which somebody wanted to know how good it is, it is told when it was, too.
    const { auth_time: authTime } = body.id_token ? byOurClock(decodeJwt(body.id_token)) : {};
    Object.assign(common, session.acr && { acr: session.acr, auth_time: session.authTime() + clock.offset });
    const claims = { auth_time: authTime, ...common, roles: [role], permissions: permissionsOf(role), ...(jkt && { cnf: { jkt } }) };
    const jwt = accessToken(ctx, claims);
    const idToken = body.id_token && tampering.sign('id_token', {
      ...withoutProfile(byOurClock(decodeJwt(body.id_token))),
      ...common,
      aud: [clientId],
      azp: clientId,
      at_hash: leftHalfHash(jwt),
      c_hash: leftHalfHash(oidc.params.code), // absent after a refresh, which has no code
    });
    ctx.body = { ...body, access_token: jwt, id_token: idToken };
  }

  async function opaqueToken(authorization) {
    const [, jwt] = /^Bearer (.+)$/i.exec(authorization) ?? [];
    return jwt && opaqueOf(jwt);
  }

  async function opaqueOf(jwt) {
    const { jti } = await keyring.verify(jwt, [clientId, userInfo]).catch(() => ({}));
    return store.find(ISSUED, jti)?.token;
  }

  // A proof is made for the token that the app has, so the library is left with it, and finds its own behind it.
  const proved = new Set();
  const find = provider.AccessToken.find.bind(provider.AccessToken);
  provider.AccessToken.find = async (value, ...rest) => {
    const token = await find((proved.has(value) && await opaqueOf(value)) || value, ...rest);
    // The library knows one audience for a token, and userinfo only for those without.
    if (token?.aud && userInfoAudience) Object.assign(token, { aud: undefined, scope: 'openid profile email' });
    return token;
  };

  return async (ctx, next) => {
    if (ctx.path === '/userinfo') {
      const opaque = await opaqueToken(ctx.get('Authorization'));
      if (opaque) ctx.req.headers.authorization = `Bearer ${opaque}`;
      const [, bound] = /^DPoP (.+)$/i.exec(ctx.get('Authorization')) ?? [];
      if (bound) proved.add(bound);
    }
    await next();
    if (ctx.path === '/oauth/token' && ctx.body?.access_token) await reshape(ctx);
  };
}

/** at_hash and c_hash of OpenID Connect Core 3.1.3.6, for RS256. */
function leftHalfHash(value) {
  if (value === undefined) return undefined;
  return createHash('sha256').update(value).digest().subarray(0, 16).toString('base64url');
}
