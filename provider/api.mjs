import { createRemoteJWKSet, jwtVerify } from 'jose';

import { preflightHeaders, responseHeaders } from './cors.mjs';
import { Nonces, ProofRefused, Proofs } from './dpop.mjs';
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

  const nonces = options.dpopNonces ? new Nonces() : undefined;
  const proofs = new Proofs({ clock, nonces });

  async function authenticate(request, url, audience = resources[0] ?? clientId) {
    const [, scheme, token] = /^(Bearer|DPoP) (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (!token) throw new Refusal(401, undefined, options.dpop ? 'DPoP' : 'Bearer');
    const verified = await jwtVerify(token, keys, {
      issuer, audience, algorithms: ['RS256'], clockTolerance: 5, currentDate: clock.date,
    }).catch(() => undefined);
    if (!verified || isRefused(verified.payload.jti)) throw new Refusal(401, 'invalid_token', `${scheme} error="invalid_token"`);
    const thumbprint = verified.payload.cnf?.jkt;
    // A token that is bound to a key is no bearer token, and one that is not is no other (RFC 9449 §7.2).
    if ((thumbprint !== undefined) !== /^DPoP$/i.test(scheme)) throw new Refusal(401, 'invalid_token', `${scheme} error="invalid_token"`);
    if (thumbprint) await proofs.check(request, url, { token, thumbprint });
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
    'GET /api/me': async (request, url) => {
      const claims = await authenticate(request, url);
      const challenge = assurance.challenge(claims, clock.seconds);
      if (challenge !== undefined) throw new Refusal(401, 'insufficient_user_authentication', challenge);
      return about(claims);
    },
    ...(resources.length > 1 && { 'GET /second/me': async (request, url) => about(await authenticate(request, url, resources[1])) }),
    'POST /api/echo': async (request, url) => {
      const { sub } = await authenticate(request, url);
      return { sub, body: await readJson(request) };
    },
    'GET /api/forbidden': async (request, url) => {
      await authenticate(request, url);
      throw new Refusal(403, 'insufficient_scope');
    },
  };

  return async (request, response) => {
    // As the app has it, where somebody ends the TLS in front of this.
    const scheme = issuer.startsWith('https:') ? 'https' : 'http';
    const url = new URL(request.url, `${scheme}://${request.headers.host ?? 'localhost'}`);
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
      response.writeHead(answer.status, { ...(allowed && responseHeaders(origin, options.dpopCors)), ...length, ...answer.headers });
      response.end(text);
    };

    const nonce = () => nonces && { 'DPoP-Nonce': nonces.next() };

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
      const body = await route(request, url);
      return send(200, body, nonce());
    } catch (error) {
      if (error instanceof ProofRefused) {
        entry.refused = error.message;
        return send(401, { error: error.code }, { 'WWW-Authenticate': `DPoP error="${error.code}", algs="ES256"`, ...nonce() });
      }
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
