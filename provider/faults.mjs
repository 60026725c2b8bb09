import { setTimeout as delay } from 'node:timers/promises';

import { errorPage, sendPage } from './pages.mjs';

const ENDPOINTS = {
  '/oauth/authorize': 'authorize',
  '/oauth/token': 'token',
  '/oauth/par': 'par',
  '/keys': 'keys',
  '/.well-known/openid-configuration': 'discovery',
  '/.well-known/oauth-authorization-server': 'discovery',
  '/userinfo': 'userinfo',
  '/revoke': 'revoke',
  '/oidc/logout': 'logout',
  '/session/check': 'check_session',
};
export const FAULTY = [...new Set(Object.values(ENDPOINTS)), 'signin', 'api'];

/** The sample API fetches keys under this name. A fault is meant for others, and must not be used up by it. */
export const OWN_AGENT = 'hushkey-sample-api';

const PIECE = 64; // bytes that trickle at once: a token response then takes some forty pauses

/** What can be wrong with an answer that is otherwise the real one. */
const SHAPES = {
  status_200: (ctx) => { ctx.status = 200; },
  no_expires_in: (ctx) => { delete ctx.body.expires_in; },
  negative_expires_in: (ctx) => { ctx.body.expires_in = -1; },
  no_request_uri: (ctx) => { delete ctx.body.request_uri; },
  foreign_request_uri: (ctx) => { ctx.body.request_uri = 'https://evil.example/request'; },
};
export const SHAPED = Object.keys(SHAPES);

export const endpointAt = (path) => ENDPOINTS[path] ?? (path.startsWith('/signin/') ? 'signin' : undefined);

/**
 * What is to go wrong on purpose. A fault says when there is an answer (`delayMs`, `hang`), what
 * the answer is (`status`, `error`, `retryAfter`, `nonce`, `challenge`, `location`, `page`, `shape`; the real one without any of these), and
 * how it travels (`cut`, `trickleMs`). The three can be combined.
 */
export class Faults {
  #faults = new Map();
  #hanging = new Set();

  /** `times` 0 means until healed. */
  set(endpoint, fault) {
    this.#faults.set(endpoint, { ...fault, times: fault.times || Infinity });
  }

  /** Ends faults, at one endpoint or everywhere, and lets the requests that hang there go on. */
  heal(endpoint) {
    if (endpoint === undefined) this.#faults.clear();
    else this.#faults.delete(endpoint);
    for (const hanging of this.#hanging) {
      if (endpoint === undefined || endpoint === hanging.endpoint) hanging.release();
    }
  }

  /**
   * Lets the fault that is due at this endpoint happen. Resolves, when it is time to answer, to
   * undefined (answer as usual), `{ over: true }` (nothing more can be said), or what to answer.
   */
  async befall(endpoint, response) {
    const fault = this.#faults.get(endpoint);
    if (!fault) return undefined;
    fault.times -= 1;
    if (fault.times <= 0) this.#faults.delete(endpoint);

    travel(response, fault);
    await delay(fault.delayMs);
    if (fault.hang) await this.#hang(endpoint);
    // Whoever gave up while the request hung must not have it carried out behind their back.
    const gone = fault.hang && response.destroyed;
    if (fault.status === 0) response.destroy();
    if (gone || fault.status === 0) return { over: true };
    if (fault.shape) return { shape: fault.shape };
    if (fault.status === undefined && !fault.page) return undefined;
    const headers = {
      ...(fault.retryAfter !== undefined && { 'Retry-After': String(fault.retryAfter) }),
      ...(fault.nonce && { 'DPoP-Nonce': fault.nonce }),
      ...(fault.challenge && { 'WWW-Authenticate': fault.challenge }),
      ...(fault.location && { Location: fault.location }),
    };
    return { status: fault.status ?? 200, headers, body: { error: fault.error }, page: fault.page };
  }

  async #hang(endpoint) {
    await new Promise((resolve) => {
      const hanging = { endpoint, release: () => this.#hanging.delete(hanging) && resolve() };
      this.#hanging.add(hanging);
    });
  }

  /** Koa middleware: lets a request to the provider fail when a fault is due. */
  middleware = async (ctx, next) => {
    const own = ctx.get('User-Agent') === OWN_AGENT;
    const answer = own ? undefined : await this.befall(endpointAt(ctx.path), ctx.res);
    if (!answer) return next();
    if (answer.shape) {
      await next();
      return SHAPES[answer.shape](ctx);
    }
    if (answer.over) {
      ctx.respond = false;
      return undefined;
    }
    ctx.set(answer.headers);
    if (answer.page) return sendFaultPage(ctx, answer);
    ctx.status = answer.status;
    ctx.body = answer.body;
    return undefined;
  };
}

/** What providers show in place of a redirect they will not make, even when they were asked for no page. */
function sendFaultPage(ctx, { status, body, page }) {
  const content = errorPage({ error: body.error, description: 'The provider shows this page instead of going back to the app.' });
  sendPage(ctx, status, content, { framable: page.framable });
}

/** Makes a response lose its end, or take its time, whatever is sent in it. */
function travel(response, { cut, trickleMs }) {
  if (cut === undefined && trickleMs === undefined) return;
  const end = response.end.bind(response);
  response.on('error', () => {}); // its reader may leave in the middle
  response.end = (content = '') => {
    const whole = Buffer.from(content);
    if (!response.headersSent && whole.length > 0) response.setHeader('Content-Length', whole.length);
    sendPieces(response, whole.subarray(0, cut), trickleMs).then(() => (cut === undefined ? end() : response.destroy()));
    return response;
  };
}

async function sendPieces(response, bytes, pause) {
  response.flushHeaders();
  const step = pause === undefined ? bytes.length : PIECE;
  for (let at = 0; at < bytes.length; at += step) {
    if (pause !== undefined) await delay(pause);
    if (response.destroyed) return;
    // The callback tells that the system has it: only then can the socket be destroyed.
    await new Promise((resolve) => { response.write(bytes.subarray(at, at + step), resolve); });
  }
}
