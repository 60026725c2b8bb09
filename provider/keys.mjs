import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';

import { randomId } from './ids.mjs';

async function newKey() {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  return { ...(await exportJWK(privateKey)), kid: randomId('snk'), use: 'sig', alg: 'RS256' };
}

const publicPart = ({ kty, n, e, kid, use, alg }) => ({ kty, n, e, kid, use, alg });

/** The signing keys, newest first. The first one signs, all of them are published and accepted. */
export class Keyring {
  #store;
  #issuer;
  #clock;
  #keys;

  static async open(store, issuer, clock) {
    const ring = new Keyring();
    ring.#store = store;
    ring.#issuer = issuer;
    ring.#clock = clock;
    ring.#keys = store.get('keys', []);
    if (ring.#keys.length === 0) await ring.rotate();
    return ring;
  }

  get privateJwks() {
    return { keys: this.#keys };
  }

  async rotate({ dropOld = false } = {}) {
    this.#keys = [await newKey(), ...(dropOld ? [] : this.#keys)];
    this.#store.put('keys', this.#keys);
  }

  /** The payload of a token made here; throws the errors of jose for any other. */
  async verify(token, audience) {
    const keys = createLocalJWKSet({ keys: this.#keys.map(publicPart) });
    const { payload } = await jwtVerify(token, keys, {
      issuer: this.#issuer, audience, algorithms: ['RS256'], currentDate: this.#clock.date,
    });
    return payload;
  }
}
