import { readFileSync, renameSync, writeFileSync } from 'node:fs';

const SAVE_DELAY_MS = 200;

/**
 * Everything the provider remembers: what oidc-provider stores through its adapters (`entries`),
 * and small collections of our own (`document`: people, signing keys). It lives in memory and,
 * when a file is given, is copied there shortly after each change.
 */
export class Store {
  #file;
  #refreshGrace;
  #entries = new Map();
  #document = {};
  #timer;

  constructor({ stateFile, refreshGrace = 0 } = {}) {
    this.#file = stateFile;
    this.#refreshGrace = refreshGrace;
    if (stateFile) this.#load();
  }

  #load() {
    let saved;
    try {
      saved = JSON.parse(readFileSync(this.#file, 'utf8'));
    } catch (error) {
      if (error.code === 'ENOENT') return;
      throw new Error(`The state file ${this.#file} cannot be read: ${error.message}`);
    }
    this.#entries = new Map(saved.entries);
    this.#document = saved.document;
  }

  /** One of our own collections, by name; `fallback` until something was put there. */
  get(name, fallback) {
    return this.#document[name] ?? fallback;
  }

  put(name, value) {
    this.#document[name] = value;
    this.#changed();
  }

  /** What oidc-provider asks for: one adapter for each of its models. */
  adapter = (model) => ({
    upsert: async (id, payload, expiresIn) => this.upsert(model, id, payload, expiresIn),
    find: async (id) => (model === 'RefreshToken' ? this.#findRefreshToken(id) : this.find(model, id)),
    findByUid: async (uid) => this.#select((key, payload) => isOf(model, key) && payload.uid === uid)[0]?.payload,
    destroy: async (id) => this.#remove([`${model}:${id}`]),
    consume: async (id) => {
      this.#entries.get(`${model}:${id}`).payload.consumed ??= seconds(); // a second use does not prolong the grace
      this.#changed();
    },
    revokeByGrantId: async (grantId) => this.revokeGrant(grantId),
  });

  upsert(model, id, payload, expiresIn) {
    const expiresAt = expiresIn === undefined ? null : Date.now() + expiresIn * 1000;
    this.#entries.set(`${model}:${id}`, { payload: structuredClone(payload), expiresAt });
    this.#changed();
  }

  find(model, id) {
    const entry = this.#entries.get(`${model}:${id}`);
    return isAlive(entry) ? structuredClone(entry.payload) : undefined;
  }

  /**
   * A used refresh token is good for a little longer: its successor may have got lost on the way.
   * Later it is unknown. The library, which ends the whole family when it sees a used one, never
   * sees any, unless there is no grace.
   */
  #findRefreshToken(id) {
    const { consumed, ...unused } = this.find('RefreshToken', id) ?? {};
    if (consumed === undefined || this.#refreshGrace === 0) return this.find('RefreshToken', id);
    return seconds() - consumed <= this.#refreshGrace ? unused : undefined;
  }

  ids(model) {
    return [...this.#entries.keys()].filter((key) => isOf(model, key)).map((key) => key.slice(model.length + 1));
  }

  /** A grant takes all its codes and tokens along. */
  revokeGrant(grantId) {
    const bound = this.#select((_, payload) => payload.grantId === grantId).map(({ key }) => key);
    this.#remove([...bound, `Grant:${grantId}`]);
  }

  /** Ends every session and forgets every token; people and keys stay. */
  signEverybodyOut() {
    this.#entries.clear();
    this.#changed();
  }

  #select(matches) {
    return [...this.#entries]
      .filter(([key, entry]) => isAlive(entry) && matches(key, entry.payload))
      .map(([key, { payload }]) => ({ key, payload: structuredClone(payload) }));
  }

  #remove(keys) {
    for (const key of keys) this.#entries.delete(key);
    this.#changed();
  }

  #changed() {
    if (!this.#file || this.#timer) return;
    this.#timer = setTimeout(() => this.flush(), SAVE_DELAY_MS);
  }

  /** Writes pending changes now. A rename replaces the file in one step: no reader sees half of it. */
  flush() {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [key, entry] of this.#entries) if (!isAlive(entry)) this.#entries.delete(key);
    const content = JSON.stringify({ document: this.#document, entries: [...this.#entries] });
    const draft = `${this.#file}.${process.pid}.tmp`;
    writeFileSync(draft, content, { mode: 0o600 }); // private keys: for the owner only
    renameSync(draft, this.#file);
  }
}

const seconds = () => Math.floor(Date.now() / 1000);
const isOf = (model, key) => key.startsWith(`${model}:`);
const isAlive = (entry) => entry !== undefined && (entry.expiresAt === null || entry.expiresAt > Date.now());
