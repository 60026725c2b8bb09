import { LEVELS } from './assurance.mjs';
import { FAULTY, SHAPED } from './faults.mjs';
import { Mistake } from './mistake.mjs';

const HOUR = 60 * 60;
const DECADE = 10 * 365 * 24 * HOUR;

/**
 * The control address: how tests arrange what cannot be arranged through the front door.
 * `rotateKeys({ dropOld })` and `refuseIssuedTokens()` reach into parts that live elsewhere.
 */
export function createControl({
  store, traffic, faults, tampering, clock, assurance, userInfoFaults, rotateKeys, refuseIssuedTokens, frontChannel,
}) {
  const routes = {
    'GET /log': [[], () => traffic.log],
    'POST /log/clear': [[], () => {
      traffic.log = [];
    }],
    'POST /revoke-sessions': [[], () => store.signEverybodyOut()],
    'POST /rotate-keys': [['drop'], (query) => rotateKeys({ dropOld: flag(query, 'drop') ?? false })],
    'POST /expire-access-tokens': [[], () => refuseIssuedTokens()],
    'POST /clock': [['offset'], (query) => {
      const offset = number(query, 'offset', { min: -DECADE, max: DECADE });
      if (offset === undefined) throw new Mistake('offset is missing');
      clock.offset = offset;
    }],
    'POST /frontchannel': [['query'], (query) => frontChannel.pretend(query.get('query') ?? undefined)],
    'POST /assurance': [['level'], (query) => {
      assurance.level = oneOf(query, 'level', [...LEVELS, 'unmet']);
    }],
    'POST /demand': [['acr', 'max_age', 'always', 'challenge'], (query) => {
      const demand = {
        acr: query.get('acr') ?? undefined,
        maxAge: number(query, 'max_age', { max: DECADE }),
        always: flag(query, 'always') ?? false,
        challenge: query.get('challenge') ?? undefined,
      };
      assurance.demand = [...query.keys()].length > 0 ? demand : undefined;
    }],
    'POST /userinfo': [['set', 'type', 'alg'], (query) => {
      Object.assign(userInfoFaults, {
        set: members(query, 'set'),
        type: query.get('type') ?? undefined,
        alg: oneOf(query, 'alg', ['none']),
      });
    }],
    'POST /fail': [FAULT, (query) => faults.set(endpoint(query), readFault(query))],
    'GET /tamper': [[], () => tampering.rules],
    'POST /tamper': [['rule'], (query) => tampering.add(query.get('rule'))],
    'POST /tamper/clear': [[], () => tampering.clear()],
    'POST /heal': [['endpoint'], (query) => faults.heal(query.has('endpoint') ? endpoint(query) : undefined)],
  };

  return async (request, response) => {
    const send = (status, body) => {
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    const [parameters, run] = routes[`${request.method} ${pathname}`] ?? [];
    // Browsers name the origin of every POST: no web page gets to work these controls.
    if (request.headers.origin !== undefined) return send(403, { error: 'not for web pages' });
    if (!run) return send(404, { error: 'not found' });
    try {
      onlyOnce(searchParams, parameters);
      return send(200, (await run(searchParams)) ?? { ok: true });
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      return send(400, { error: error.message });
    }
  };
}

const FAULT = [
  'endpoint', 'times', 'delay_ms', 'hang', 'status', 'error', 'retry_after', 'page', 'frame_options', 'cut', 'trickle_ms', 'shape',
  'nonce', 'challenge', 'location',
];

/** The fault that a request to `/fail` describes. What makes no sense together is a mistake, not ignored. */
function readFault(query) {
  const status = number(query, 'status', { max: 599 });
  const redirects = [302, 307].includes(status) && query.has('location');
  if (status > 0 && status < 400 && !redirects) throw new Mistake('status must be 0, from 400 to 599, or 302 or 307 with a location');
  const fault = {
    status,
    times: number(query, 'times') ?? 1,
    delayMs: number(query, 'delay_ms', { max: HOUR * 1000 }) ?? 0,
    hang: flag(query, 'hang') ?? false,
    error: query.get('error') ?? (status >= 500 ? 'server_error' : 'invalid_request'),
    retryAfter: number(query, 'retry_after', { max: DECADE }),
    page: flag(query, 'page') ? { framable: flag(query, 'frame_options') === false } : undefined,
    cut: number(query, 'cut'),
    trickleMs: number(query, 'trickle_ms', { min: 1, max: HOUR * 1000 }),
    nonce: query.get('nonce') ?? undefined,
    challenge: query.get('challenge') ?? undefined,
    location: query.get('location') ?? undefined,
    shape: query.get('shape') ?? undefined,
  };
  if (query.has('retry_after') && !status) throw new Mistake('retry_after needs a status');
  for (const header of ['nonce', 'challenge', 'location']) {
    if (query.has(header) && !status) throw new Mistake(`${header} needs a status`);
  }
  if (query.has('error') && !status && !fault.page) throw new Mistake('error needs a status or a page');
  if (fault.page && (status === 0 || query.get('endpoint') !== 'authorize')) {
    throw new Mistake('page is for the endpoint authorize, and not for a connection that is cut');
  }
  if (query.has('frame_options') && !fault.page) throw new Mistake('frame_options needs a page');
  if (fault.shape && (!SHAPED.includes(fault.shape) || query.get('endpoint') !== 'par' || status !== undefined)) {
    throw new Mistake(`shape is for the endpoint par, without a status, and one of ${SHAPED.join(', ')}`);
  }
  const effect = [status, fault.shape, fault.page, fault.cut, fault.trickleMs].some((each) => each !== undefined);
  if (!effect && !fault.hang && fault.delayMs === 0) throw new Mistake('this is no fault: say what goes wrong');
  return fault;
}

function endpoint(query) {
  const name = query.get('endpoint');
  if (!FAULTY.includes(name)) throw new Mistake(`endpoint must be one of ${FAULTY.join(', ')}`);
  return name;
}

function oneOf(query, name, known) {
  const value = query.get(name) ?? undefined;
  if (value !== undefined && !known.includes(value)) throw new Mistake(`${name} must be one of ${known.join(', ')}`);
  return value;
}

function members(query, name) {
  try {
    return JSON.parse(query.get(name) ?? '{}');
  } catch {
    throw new Mistake(`${name} must be a JSON object`);
  }
}

function onlyOnce(query, known) {
  const names = [...query.keys()];
  const stray = names.find((name) => !known.includes(name));
  if (stray !== undefined) throw new Mistake(`there is no parameter ${stray} here`);
  if (new Set(names).size !== names.length) throw new Mistake('a parameter must be given once');
}

function number(query, name, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}) {
  if (!query.has(name)) return undefined;
  const text = query.get(name);
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || value < min || value > max) throw new Mistake(`${name} must be a whole number from ${min} to ${max}`);
  return value;
}

function flag(query, name) {
  if (!query.has(name)) return undefined;
  if (!['0', '1'].includes(query.get(name))) throw new Mistake(`${name} must be 0 or 1`);
  return query.get(name) === '1';
}
