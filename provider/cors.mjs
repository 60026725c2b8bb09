const METHODS = {
  '/.well-known/openid-configuration': 'GET',
  '/.well-known/oauth-authorization-server': 'GET',
  '/keys': 'GET',
  '/oauth/token': 'POST',
  '/oauth/par': 'POST',
  '/userinfo': 'GET, POST',
  '/revoke': 'POST',
};

/**
 * CORS for the registered apps only. The library leaves the matter alone where the header is
 * already there; what it allows to other origins (discovery and keys are open to all) is taken back.
 * Without `discoveryCors` the discovery document is kept from the apps, too.
 */
export function corsForApps({ apps, discoveryCors, dpopCors }) {
  return async (ctx, next) => {
    const methods = METHODS[ctx.path];
    if (!methods) return next();

    ctx.vary('Origin');
    const origin = ctx.get('Origin');
    const allowed = apps.includes(origin) && (discoveryCors || !ctx.path.startsWith('/.well-known/'));
    if (ctx.method === 'OPTIONS') {
      ctx.status = 204;
      if (allowed) ctx.set(preflightHeaders(origin, methods));
      return undefined;
    }
    if (allowed) ctx.set(responseHeaders(origin, dpopCors));
    await next();
    if (!allowed) for (const name of Object.keys(responseHeaders(''))) ctx.remove(name);
    return undefined;
  };
}

/** With `dpopCors`, what a server says about proofs can be read, too. */
export const responseHeaders = (origin, dpopCors = true) => ({
  'Access-Control-Allow-Origin': origin,
  'Access-Control-Expose-Headers': dpopCors ? 'WWW-Authenticate, Retry-After, DPoP-Nonce' : 'Retry-After',
});

export const preflightHeaders = (origin, methods) => ({
  'Access-Control-Allow-Origin': origin,
  'Access-Control-Allow-Methods': methods,
  'Access-Control-Allow-Headers': 'authorization, content-type, dpop',
  'Access-Control-Max-Age': '600',
});
