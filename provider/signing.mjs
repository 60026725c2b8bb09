import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

import { randomId } from './ids.mjs';

const publicOf = (jwk) => createPublicKey({ key: jwk, format: 'jwk' });
const base64url = (text) => Buffer.from(text).toString('base64url');

const rsa = (bits) => () => ({ ...pair('rsa', { modulusLength: bits }), kid: randomId('snk'), use: 'sig', alg: 'RS256' });
const curve = () => ({ ...pair('ec', { namedCurve: 'P-256' }), kid: randomId('snk'), use: 'sig', alg: 'ES256' });
const secret = () => ({ kty: 'oct', k: randomBytes(32).toString('base64url'), kid: randomId('snk'), use: 'sig', alg: 'HS256' });
const pair = (kind, options) => generateKeyPairSync(kind, options).privateKey.export({ format: 'jwk' });

/** Keys that are in no set unless a rule publishes them. */
const STRAY = { second: rsa(2048), weak: rsa(1024), es256: curve, oct: secret };

const ALGORITHMS = {
  RS256: (key, input) => sign('RSA-SHA256', input, createPrivateKey({ key, format: 'jwk' })),
  ES256: (key, input) => sign('SHA256', input, { key: createPrivateKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }),
  HS256: ({ k }, input) => mac(Buffer.from(k, 'base64url'), input),
};
const mac = (key, input) => createHmac('sha256', key).update(input).digest();

/** The ways to confuse a public key with a secret. */
const CONFUSED = {
  'hs256-pem': (key) => publicOf(key).export({ type: 'spki', format: 'pem' }),
  'hs256-der': (key) => publicOf(key).export({ type: 'spki', format: 'der' }),
  'hs256-n': ({ n }) => Buffer.from(n, 'base64url'),
  'hs256-client-id': (_, clientId) => clientId,
  'hs256-empty': () => '',
};

/** What can stand behind `sign` and `publish` in a rule. */
export const SIGNED = ['listed', 'jwk', 'none', 'none-garbage', ...Object.keys(STRAY), ...Object.keys(CONFUSED)];
export const PUBLISHED = ['private', ...Object.keys(STRAY)];

/** Signs tokens: by the key that should, and in every way in which nobody should. */
export class Signer {
  #keyring;
  #clientId;
  #stray = {};

  constructor(keyring, clientId) {
    this.#keyring = keyring;
    this.#clientId = clientId;
  }

  /** One key of a name, the same until the end. */
  key(name) {
    this.#stray[name] ??= STRAY[name]();
    return this.#stray[name];
  }

  /** What is published of a key. `private` is all of the one that signs, `oct` all that there is. */
  published(name) {
    if (name === 'private') return this.#keyring.privateJwks.keys[0];
    const key = this.key(name);
    if (key.kty === 'oct') return key;
    const { d, p, q, dp, dq, qi, ...open } = key;
    return open;
  }

  /** The header that belongs to a way of signing, and what makes the signature. */
  way(name, { kid } = {}) {
    const [own, other] = this.#keyring.privateJwks.keys;
    const by = (key) => ({ header: { alg: key.alg, kid: key.kid, typ: 'JWT' }, make: (input) => ALGORITHMS[key.alg](key, input) });
    const as = (alg, make) => ({ header: { alg, kid: own.kid, typ: 'JWT' }, make });
    const way = () => {
      if (name === undefined) return by(own);
      if (name === 'listed') return by(other ?? own);
      if (name === 'none') return as('none', () => Buffer.alloc(0));
      if (name === 'none-garbage') return as('none', () => Buffer.from('garbage'));
      if (CONFUSED[name]) return as('HS256', (input) => mac(CONFUSED[name](own, this.#clientId), input));
      if (name !== 'jwk') return by(this.key(name));
      const { header, make } = by(this.key('second'));
      return { header: { ...header, kid: undefined, jwk: this.published('second') }, make };
    };
    const { header, make } = way();
    return { header: { ...header, ...(kid === 'published' && { kid: own.kid }) }, make };
  }
}

/** The token of two JSON texts. `flip` turns one bit of its signature over. */
export function compact({ header, payload, make, flip }) {
  const input = `${base64url(header)}.${base64url(payload)}`;
  const signature = Buffer.from(make(input));
  if (flip) signature[0] ^= 1;
  return `${input}.${signature.toString('base64url')}`;
}
