import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { editAnswer } from './answers.mjs';
import { checkSessionPage } from './pages.mjs';

export const CHECK_PATH = '/session/check';

const SCRIPT = readFileSync(new URL('./check-session.js', import.meta.url), 'utf8');

const sha256 = (text) => createHash('sha256').update(text);

/**
 * Koa middleware: OpenID Connect Session Management 1.0, which the library has no more. A cookie
 * that scripts can read says in whose session the browser is, without giving away which; answers
 * to apps carry `session_state`, a salted hash over it; and the frame at `check_session_iframe`
 * compares the two. The cookie is like the session's otherwise, so that browsers block both or none.
 */
export function sessionMonitoring({ apps, clientId, port }, cookie) {
  const name = `browser_state_${port}`;
  const readable = { ...cookie, httpOnly: false, overwrite: true };
  const page = checkSessionPage({ script: SCRIPT, clientId, cookie: name });
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${sha256(SCRIPT).digest('base64')}'`,
    `frame-ancestors ${apps.join(' ')}`,
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ');

  function sendFrame(ctx) {
    ctx.type = 'html';
    ctx.set('Content-Security-Policy', policy);
    ctx.set('Cache-Control', 'no-cache');
    ctx.state.framable = true; // X-Frame-Options cannot name the apps
    ctx.body = page.text;
  }

  return async (ctx, next) => {
    if (ctx.path === CHECK_PATH && ctx.method === 'GET') return sendFrame(ctx);
    await next();
    const leaving = ctx.path === '/oidc/logout' && ctx.status < 400;
    const session = ctx.path.startsWith('/oauth/authorize') ? ctx.oidc?.session : undefined;
    if (!leaving && !session) return undefined;

    const state = browserState(session);
    ctx.cookies.set(name, state, readable); // an empty one is taken away
    editAnswer(ctx, apps, (params, origin) => {
      const salt = randomBytes(12).toString('base64url');
      params.set('session_state', `${sha256(`${clientId} ${origin} ${state} ${salt}`).digest('base64url')}.${salt}`);
    });
    return undefined;
  };
}

/** Changes with the session and the person; the same, and empty, for all who are not signed in. */
function browserState(session) {
  if (!session?.accountId) return '';
  return sha256(`${session.uid} ${session.accountId}`).digest('base64url');
}
