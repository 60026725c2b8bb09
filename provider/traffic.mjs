import { setTimeout as delay } from 'node:timers/promises';

const ENDPOINTS = {
  '/oauth/authorize': 'authorize',
  '/oauth/token': 'token',
  '/keys': 'keys',
  '/.well-known/openid-configuration': 'discovery',
  '/userinfo': 'userinfo',
  '/oidc/logout': 'logout',
};
export const FAULTY = [...Object.values(ENDPOINTS), 'api'];

/** Parameters whose values give nothing away; of all others the log keeps only the name. */
const SAFE = new Set([
  'client_id', 'code_challenge_method', 'grant_type', 'organization_id', 'post_logout_redirect_uri',
  'prompt', 'redirect_uri', 'response_mode', 'response_type', 'scope', 'token_type_hint',
]);

const LOG_LIMIT = 5000;

function describe(params) {
  const names = Object.keys(params);
  return { params: names, values: Object.fromEntries(names.filter((name) => SAFE.has(name)).map((name) => [name, params[name]])) };
}

/** What came in, and what is to go wrong on purpose. For tests, through the control address. */
export class Traffic {
  log = [];
  #faults = new Map();

  /** Notes a request; more may be added to the returned entry later. */
  record({ method, headers }, url) {
    const entry = {
      at: Date.now(),
      method,
      path: url.pathname,
      origin: headers.origin ?? null,
      has_authorization: headers.authorization !== undefined,
      ...describe(Object.fromEntries(url.searchParams)),
    };
    this.log.push(entry);
    if (this.log.length > LOG_LIMIT) this.log.shift();
    return entry;
  }

  fail(endpoint, fault) {
    this.#faults.set(endpoint, fault);
  }

  /**
   * The fault due at this endpoint now, after its delay: undefined to go on as usual, otherwise
   * `{ status, body }`, where status 0 means to cut the connection.
   */
  async due(endpoint) {
    const fault = this.#faults.get(endpoint);
    if (!fault) return undefined;
    fault.times -= 1;
    if (fault.times <= 0) this.#faults.delete(endpoint);
    await delay(fault.delayMs);
    return fault.status === undefined ? undefined : { status: fault.status, body: { error: fault.error } };
  }

  /** Koa middleware: notes every request and its outcome, with the parameters of a posted form. */
  recorder = async (ctx, next) => {
    const entry = this.record(ctx.req, ctx.URL);
    await next();
    entry.status = ctx.respond === false ? 0 : ctx.status;
    if (ctx.method === 'POST' && ctx.oidc?.body) Object.assign(entry, describe(ctx.oidc.body));
  };

  /** Koa middleware: lets a request fail when a fault is due. */
  faults = async (ctx, next) => {
    const fault = await this.due(ENDPOINTS[ctx.path]);
    if (!fault) return next();
    if (fault.status === 0) {
      ctx.respond = false;
      ctx.req.socket.destroy();
    } else {
      ctx.status = fault.status;
      ctx.body = fault.body;
    }
    return undefined;
  };
}
