import querystring from 'node:querystring';

import { errors } from 'jose';

import { leavingPage, sendPage, signedOutPage } from './pages.mjs';

const PATH = '/oidc/logout';

/** A refusal in the words of the endpoint: 400 with JSON. Nobody is redirected anywhere. */
class Refused extends Error {}

/**
 * GET or POST /oidc/logout, the way Scalekit does it: a good id_token_hint is enough, nothing has to be
 * clicked, and the session ends for all apps.
 */
export function signOutRoute({ provider, store, keyring, options, frontChannel }) {
  const { clientId, postLogoutUris } = options;

  async function checkHint(hint) {
    try {
      await keyring.verify(hint, clientId);
    } catch (error) {
      // The signature was checked before the dates: an old token still says who is leaving.
      if (!(error instanceof errors.JWTExpired)) throw new Refused('id_token_hint invalid');
    }
  }

  async function returnAddress({ id_token_hint: hint, client_id: client, post_logout_redirect_uri: uri, state }) {
    if (hint !== undefined) await checkHint(hint);
    if (client !== undefined && client !== clientId) throw new Refused('client_id invalid');
    if (uri === undefined) return undefined;
    const knownClient = hint !== undefined || client !== undefined;
    if (!knownClient || !postLogoutUris.includes(uri)) throw new Refused('post_logout_redirect_uri invalid');
    const address = new URL(uri);
    if (state !== undefined) address.searchParams.set('state', state);
    return address.href;
  }

  return async (ctx, next) => {
    if (ctx.path !== PATH || !['GET', 'POST'].includes(ctx.method)) return next();
    ctx.set('Cache-Control', 'no-store');
    try {
      const address = await returnAddress(singleParams(ctx.method === 'POST' ? await form(ctx) : ctx.query));
      const frames = frontChannel.isOn ? frontChannel.frames(await provider.Session.get(ctx)) : [];
      if (!frontChannel.pretends) await endSession(ctx, provider, store);
      if (frontChannel.isOn) {
        if (address) ctx.set('Refresh', `1; url=${address}`);
        sendPage(ctx, 200, leavingPage({ frames }), { frames: options.apps });
      } else if (address) ctx.redirect(address);
      else sendPage(ctx, 200, signedOutPage());
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      ctx.status = 400;
      ctx.body = { error: 'invalid_request', error_description: error.message };
    }
    return undefined;
  };
}

/** Ends this browser's session, with everything that was granted in it. */
export async function endSession(ctx, provider, store) {
  const session = await provider.Session.get(ctx);
  for (const { grantId } of Object.values(session.authorizations ?? {})) store.revokeGrant(grantId);
  await session.destroy();
  ctx.cookies.set(provider.cookieName('session'), null, { httpOnly: true, sameSite: 'lax' });
}

/** A posted form, in the shape of a query. */
async function form(ctx) {
  let text = '';
  for await (const piece of ctx.req) text += piece;
  ctx.state.form = querystring.parse(text);
  return ctx.state.form;
}

function singleParams(query) {
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) throw new Refused(`${name} must be given once`);
  }
  return query;
}
