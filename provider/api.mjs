import { createRemoteJWKSet, jwtVerify } from 'jose';

import { preflightHeaders, responseHeaders } from './cors.mjs';
import { OWN_AGENT } from './faults.mjs';

const BODY_LIMIT = 64 * 1024;

/** An answer other than success: thrown anywhere below, sent in one place. */
class Refusal extends Error {
  constructor(status, error, challenge) {
    super(error);
    this.status = status;
    // RFC 6750: a request without credentials is told the scheme only.
    this.challenge = challenge ?? (error ? `Bearer error="${error}"` : 'Bearer');
  }
}

/**
 * A small protected API. It trusts the provider the way any API would: through its published keys.
 * `isRefused(jti)` names tokens to turn down although they are valid.
 */
export function createApi({ options, traffic, faults, tampering, clock, assurance, isRefused }) {
  const { apps, clientId, issuer, resources } = options;
  const keys = createRemoteJWKSet(new URL(`http://localhost:${options.port}/keys`), {
    cooldownDuration: 0, // a key rotated a moment ago is looked up at once
    headers: { 'User-Agent': OWN_AGENT },
  });

  async function authenticate(request, audience = resources[0] ?? clientId) {
    const [, token] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (!token) throw new Refusal(401);
    const verified = await jwtVerify(token, keys, {
      issuer, audience, algorithms: ['RS256'], clockTolerance: 5, currentDate: clock.date,
    }).catch(() => undefined);
    if (!verified || isRefused(verified.payload.jti)) throw new Refusal(401, 'invalid_token');
    return verified.payload;
  }

  const about = ({ sub, oid, roles, exp, aud }) => ({
    message: 'This came from a protected API.',
    sub,
    organization: oid,
    roles,
    expires_at: exp,
    ...(resources.length > 0 && { audience: aud }),
  });

  const routes = {
    'GET /api/me': async (request) => {
      const claims = await authenticate(request);
      const challenge = assurance.challenge(claims, clock.seconds);
      if (challenge !== undefined) throw new Refusal(401, 'insufficient_user_authentication', challenge);
      return about(claims);
    },
    ...(resources.length > 1 && { 'GET /second/me': async (request) => about(await authenticate(request, resources[1])) }),
    'POST /api/echo': async (request) => {
      const { sub } = await authenticate(request);
      return { sub, body: await readJson(request) };
    },
    'GET /api/forbidden': async (request) => {
      await authenticate(request);
      throw new Refusal(403, 'insufficient_scope');
    },
  };

  return async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    const entry = traffic.record(request, url);
    const { origin } = request.headers;
    const allowed = apps.includes(origin);
    response.setHeader('Vary', 'Origin');
    response.setHeader('Cache-Control', 'no-store');

    const send = (status, body, headers = {}) => {
      const plain = { status, headers, text: body === undefined ? '' : JSON.stringify(body) };
      const { text, ...answer } = body === undefined ? plain : tampering.transported('api', plain);
      entry.status = answer.status;
      const length = text && { 'Content-Length': Buffer.byteLength(text) };
      response.writeHead(answer.status, { ...(allowed && responseHeaders(origin)), ...length, ...answer.headers });
      response.end(text);
    };

    if (request.method === 'OPTIONS') return send(204, undefined, allowed ? preflightHeaders(origin, 'GET, POST') : {});
    const fault = await faults.befall('api', response);
    if (fault?.over) {
      entry.status = 0;
      return undefined;
    }
    response.setHeader('Content-Type', 'application/json');
    if (fault) return send(fault.status, fault.body, fault.headers);

    try {
      const route = routes[`${request.method} ${url.pathname}`];
      if (!route) return send(404, { error: 'not_found' });
      return send(200, await route(request));
    } catch (error) {
      if (!(error instanceof Refusal)) return send(400, { error: 'invalid_request' });
      return send(error.status, { error: error.message || 'unauthorized' }, { 'WWW-Authenticate': error.challenge });
    }
  };
}

async function readJson(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > BODY_LIMIT) throw new Error('the body is too long');
  }
  return JSON.parse(text);
}
