import { decodeJwt } from 'jose';

import { errors, Provider } from './library.mjs';
import { scalekitAnswers } from './answers.mjs';
import { cookieSettings, secureCookies } from './cookies.mjs';
import { corsForApps } from './cors.mjs';
import { proofOfPossession } from './dpop.mjs';
import { CHECK_PATH, sessionMonitoring } from './monitoring.mjs';
import { errorPage, sendPage } from './pages.mjs';
import { profileClaims } from './people.mjs';
import { promptPolicy, rememberOrganization } from './policy.mjs';
import { signInRoutes } from './signin.mjs';
import { signOutRoute } from './signout.mjs';
import { scalekitTokens } from './tokens.mjs';
import { userInfoAnswers } from './userinfo.mjs';

const SCOPE = 'openid profile email offline_access';

/** oidc-provider, made to look like a Scalekit environment with one public single-page client. */
export function createOpenIdProvider({
  options, store, keyring, clock, people, traffic, faults, tampering, frontChannel, assurance, userInfoFaults,
}) {
  const { issuer, apps, clientId, ttl } = options;
  const cookies = cookieSettings(options);
  const provider = new Provider(issuer, {
    adapter: store.adapter,
    jwks: keyring.privateJwks,
    clients: [{
      client_id: clientId,
      application_type: 'web',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: options.redirectUris,
      scope: SCOPE,
      id_token_signed_response_alg: 'RS256',
    }],
    routes: {
      authorization: '/oauth/authorize',
      token: '/oauth/token',
      pushed_authorization_request: '/oauth/par',
      jwks: '/keys',
      userinfo: '/userinfo',
      revocation: '/revoke',
      end_session: '/oidc/logout',
    },
    discovery: {
      end_session_endpoint: `${issuer}/oidc/logout`,
      check_session_iframe: options.sessionManagement ? issuer + CHECK_PATH : undefined,
      frontchannel_logout_supported: frontChannel.isOn || undefined,
      frontchannel_logout_session_supported: frontChannel.isOn || undefined,
    },
    cookies,
    responseTypes: ['code'],
    clientAuthMethods: ['none'],
    pkce: { required: () => true },
    scopes: SCOPE.split(' '),
    claims: {
      openid: ['sub', 'amr'],
      email: ['email', 'email_verified'],
      profile: ['name', 'given_name', 'family_name', 'picture'],
    },
    conformIdTokenClaims: options.profileInUserInfo, // Scalekit puts the profile into the ID token of the code flow, too
    extraParams: {
      organization_id: restoreOfflineAccess,
      connection_id: null,
      domain: null,
      domain_hint: null,
      provider: null,
    },
    findAccount: (_, sub) => {
      const who = people.bySub(sub);
      return who && { accountId: sub, claims: () => profileClaims(who, issuer) };
    },
    clientBasedCORS: (_, origin) => apps.includes(origin),
    interactions: { policy: promptPolicy(people, options, assurance), url: (_, interaction) => `/signin/${interaction.uid}` },
    loadExistingGrant: grantEverything,
    rotateRefreshToken: true,
    expiresWithSession: () => true, // signing out makes every refresh token worthless
    renderError: (ctx, { error, error_description: description }) =>
      sendPage(ctx, ctx.status, errorPage({ error, description })),
    ttl: {
      AccessToken: ttl.accessToken,
      AuthorizationCode: ttl.code,
      IdToken: ttl.idToken,
      RefreshToken: ttl.refreshToken,
      Session: ttl.session,
      Grant: ttl.session + ttl.refreshToken, // never the reason why something ends
      Interaction: 3600,
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: proofOfPossession(options), // Scalekit has none of this and the next two
      pushedAuthorizationRequests: { enabled: options.par !== 'no', requirePushedAuthorizationRequests: options.par === 'required' },
      resourceIndicators: { enabled: options.resources.length > 0, getResourceServerInfo: knownResource(options.resources) },
      rpInitiatedLogout: { enabled: false }, // signout.mjs: without a page to click through
      revocation: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId },
    },
  });

  if (issuer.startsWith('https:')) {
    // Whoever gave it this address ends the TLS in front of it.
    provider.proxy = true;
    provider.use((ctx, next) => {
      ctx.req.headers['x-forwarded-proto'] = 'https';
      return next();
    });
  }
  provider.use(traffic.recorder);
  if (options.cookies === 'none') provider.use(secureCookies);
  provider.use(secureHeaders);
  provider.use(corsForApps(options));
  provider.use(tampering.middleware);
  provider.use(faults.middleware);
  if (options.sessionManagement) provider.use(sessionMonitoring(options, cookies.long));
  provider.use(scalekitAnswers(options));
  provider.use(savedFirst(store));
  provider.use(signInRoutes({ provider, store, people, apps, assurance }));
  provider.use(signOutRoute({ provider, store, keyring, options, frontChannel }));
  provider.use(userInfoAnswers({ options, tampering, faults: userInfoFaults }));
  provider.use(scalekitTokens({ provider, store, keyring, tampering, clock, people, options }));
  provider.on('authorization.accepted', (ctx) => rememberOrganization(ctx, people));
  provider.on('server_error', (ctx, error) => {
    console.error(`The provider failed at ${ctx.method} ${ctx.path}: ${error.message}`);
  });
  return provider;
}

/**
 * The library drops offline_access unless a consent page is asked for, as OpenID Connect says.
 * Scalekit has no such page. The scope is put back here, at the first hook after it was dropped.
 */
function restoreOfflineAccess(ctx) {
  const { params, body, entities } = ctx.oidc;
  const pushed = entities.PushedAuthorizationRequest?.request;
  const asked = ctx.query.scope ?? body?.scope ?? (pushed && decodeJwt(pushed).scope);
  const dropped = asked?.split(' ').includes('offline_access') && !params.scope?.includes('offline_access');
  if (dropped) params.scope = [params.scope, 'offline_access'].filter(Boolean).join(' ');
}

/** Consent is never asked for: whoever signs in has granted everything, so that prompt=none works. */
async function grantEverything({ oidc: { client, session, provider } }) {
  const existing = await provider.Grant.find(session.grantIdFor(client.clientId));
  if (existing) return existing;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(SCOPE);
  await grant.save();
  return grant;
}

/** RFC 8707: the resources that tokens can be had for. They have no scopes of their own. */
const knownResource = (resources) => (_, resource) => {
  if (!resources.includes(resource)) throw new errors.InvalidTarget();
  return { scope: '', audience: resource, accessTokenFormat: 'opaque' };
};

/** Nobody is told of a token, or of the end of one, that a provider killed right now would not know after its restart. */
const savedFirst = (store) => async (ctx, next) => {
  await next();
  store.flush();
};

async function secureHeaders(ctx, next) {
  ctx.set('X-Content-Type-Options', 'nosniff');
  ctx.set('Referrer-Policy', 'no-referrer');
  await next();
  if (ctx.response.is('html') && !ctx.state.framable) ctx.set('X-Frame-Options', 'DENY');
}
