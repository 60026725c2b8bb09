import { createHash, randomBytes } from 'node:crypto';

import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';

const LIFE = 5 * 60; // seconds for which a proof is good, and remembered
const NONCES = 50;

/** Why a proof is not taken: the code of RFC 9449. */
export class ProofRefused extends Error {
  constructor(code, why) {
    super(why);
    this.code = code;
  }
}

/**
 * Nonces of the sample API. Each is good for one call, so that only a client that takes the next one
 * from every answer gets along without being asked again.
 */
export class Nonces {
  #good = new Set();

  next() {
    const nonce = randomBytes(16).toString('base64url');
    this.#good.add(nonce);
    if (this.#good.size > NONCES) this.#good.delete(this.#good.values().next().value);
    return nonce;
  }

  take(nonce) {
    return this.#good.delete(nonce);
  }
}

/** Proofs that come with calls of the sample API (RFC 9449 §4.3). Each is good once. */
export class Proofs {
  #seen = new Map();
  #nonces;
  #clock;

  constructor({ clock, nonces }) {
    this.#clock = clock;
    this.#nonces = nonces;
  }

  /** Throws unless the proof of this request is one of this key, for this token, here and now. */
  async check(request, url, { token, thumbprint }) {
    const proof = request.headers.dpop;
    if (proof === undefined) throw new ProofRefused('invalid_dpop_proof', 'there is no proof');
    const refuse = (why) => new ProofRefused('invalid_dpop_proof', why);
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      algorithms: ['ES256'], typ: 'dpop+jwt', currentDate: this.#clock.date,
    }).catch((error) => { throw refuse(error.message); });
    const jwk = Object.keys(protectedHeader.jwk).sort().join();
    if (jwk !== 'crv,kty,x,y') throw refuse(`the key has other members than the public ones: ${jwk}`);
    const header = Object.keys(protectedHeader).sort().join();
    if (header !== 'alg,jwk,typ') throw refuse(`the header has other members: ${header}`);
    if (await calculateJwkThumbprint(protectedHeader.jwk) !== thumbprint) throw refuse('another key');
    if (payload.htm !== request.method) throw refuse('another method');
    if (payload.htu !== url.origin + url.pathname) throw refuse('another address');
    if (payload.ath !== createHash('sha256').update(token).digest('base64url')) throw refuse('another token');
    const now = this.#clock.seconds;
    if (!Number.isInteger(payload.iat) || Math.abs(now - payload.iat) > LIFE) throw refuse('another time');
    this.#once(payload.jti, now, refuse);
    if (this.#nonces && !this.#nonces.take(payload.nonce)) throw new ProofRefused('use_dpop_nonce', 'a nonce of this server is needed');
  }

  #once(jti, now, refuse) {
    for (const [old, until] of this.#seen) if (until < now) this.#seen.delete(old);
    if (typeof jti !== 'string' || jti.length < 16 || this.#seen.has(jti)) throw refuse('its name was used before, or is none');
    this.#seen.set(jti, now + 2 * LIFE);
  }
}

/** The feature of the library. Without nonces it only checks; with them every proof needs one. */
export function proofOfPossession({ dpop, dpopNonces }) {
  return { enabled: dpop, nonceSecret: dpop ? randomBytes(32) : undefined, requireNonce: () => dpopNonces };
}
