/** Parameters whose values give nothing away; of all others the log keeps only the name. */
const SAFE = new Set([
  'client_id', 'code_challenge_method', 'dpop_jkt', 'grant_type', 'organization_id', 'post_logout_redirect_uri',
  'prompt', 'redirect_uri', 'resource', 'response_mode', 'response_type', 'scope', 'token_type_hint',
]);

const LOG_LIMIT = 5000;

function describe(params) {
  const names = Object.keys(params);
  return { params: names, values: Object.fromEntries(names.filter((name) => SAFE.has(name)).map((name) => [name, params[name]])) };
}

/** What a proof says, but for its signature: nothing in it is a secret. */
function proofOf(proof) {
  const part = (at) => JSON.parse(Buffer.from(proof.split('.')[at], 'base64url'));
  try {
    return proof === undefined ? null : { header: part(0), claims: part(1) };
  } catch {
    return null;
  }
}

/** What came in. For tests, through the control address. */
export class Traffic {
  log = [];

  /** Notes a request; more may be added to the returned entry later. */
  record({ method, headers }, url) {
    const entry = {
      at: Date.now(),
      method,
      path: url.pathname,
      origin: headers.origin ?? null,
      has_authorization: headers.authorization !== undefined,
      scheme: headers.authorization?.split(' ')[0] ?? null,
      proof: proofOf(headers.dpop),
      cookies: (headers.cookie ?? '').split('; ').filter(Boolean).map((pair) => pair.split('=')[0]),
      ...describe(Object.fromEntries(url.searchParams)),
    };
    this.log.push(entry);
    if (this.log.length > LOG_LIMIT) this.log.shift();
    return entry;
  }

  /** Koa middleware: notes every request and its outcome, with the parameters of a posted form. */
  recorder = async (ctx, next) => {
    const entry = this.record(ctx.req, ctx.URL);
    await next();
    entry.status = ctx.respond === false ? 0 : ctx.status;
    const form = ctx.oidc?.body ?? ctx.state.form;
    if (ctx.method === 'POST' && form) Object.assign(entry, describe(form));
  };
}
