import { createHash, randomBytes } from 'node:crypto';

/** Identifiers look like `usr_123456789012345678`: a prefix and eighteen digits. */
function format(prefix, bytes) {
  const number = (bytes.readBigUInt64BE() % 900_000_000_000_000_000n) + 100_000_000_000_000_000n;
  return `${prefix}_${number}`;
}

export const randomId = (prefix) => format(prefix, randomBytes(8));

/** The same seed always gives the same identifier, so that nothing has to be looked up. */
export const derivedId = (prefix, seed) => format(prefix, createHash('sha256').update(seed).digest());
