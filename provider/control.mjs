import { FAULTY } from './traffic.mjs';

/** A mistake in a request to the control address. */
class Mistake extends Error {}

/**
 * The control address: how tests arrange what cannot be arranged through the front door.
 * `rotateKeys({ dropOld })` and `refuseIssuedTokens()` reach into parts that live elsewhere.
 */
export function createControl({ store, traffic, rotateKeys, refuseIssuedTokens }) {
  const routes = {
    'GET /log': () => traffic.log,
    'POST /log/clear': () => {
      traffic.log = [];
    },
    'POST /revoke-sessions': () => store.signEverybodyOut(),
    'POST /rotate-keys': (query) => rotateKeys({ dropOld: query.get('drop') === '1' }),
    'POST /expire-access-tokens': () => refuseIssuedTokens(),
    'POST /fail': (query) => {
      const endpoint = query.get('endpoint');
      if (!FAULTY.includes(endpoint)) throw new Mistake(`endpoint must be one of ${FAULTY.join(', ')}`);
      const status = number(query, 'status');
      if (status !== undefined && status !== 0 && (status < 400 || status > 599)) {
        throw new Mistake('status must be 0 or from 400 to 599');
      }
      traffic.fail(endpoint, {
        status,
        times: number(query, 'times') ?? 1,
        delayMs: number(query, 'delay_ms') ?? 0,
        error: query.get('error') ?? (status >= 500 ? 'server_error' : 'invalid_request'),
      });
    },
  };

  return async (request, response) => {
    const send = (status, body) => {
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    const route = routes[`${request.method} ${pathname}`];
    // Browsers name the origin of every POST: no web page gets to work these controls.
    if (request.headers.origin !== undefined) return send(403, { error: 'not for web pages' });
    if (!route) return send(404, { error: 'not found' });
    try {
      return send(200, (await route(searchParams)) ?? { ok: true });
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      return send(400, { error: error.message });
    }
  };
}

function number(query, name) {
  if (!query.has(name)) return undefined;
  const value = Number(query.get(name));
  if (!Number.isInteger(value) || value < 0) throw new Mistake(`${name} must be a whole number`);
  return value;
}
