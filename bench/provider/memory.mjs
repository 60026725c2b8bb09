/** Where the library keeps what it must remember: a map for each provider. Little is forgotten, since a run takes minutes. */
export function memory() {
  const kept = new Map();
  return class {
    constructor(kind) {
      this.kind = kind;
    }

    #name(id) {
      return `${this.kind} ${id}`;
    }

    async upsert(id, payload) {
      kept.set(this.#name(id), payload);
      if (payload.uid) kept.set(this.#name(payload.uid), payload);
    }

    async find(id) {
      return kept.get(this.#name(id));
    }

    async findByUid(uid) {
      return this.find(uid);
    }

    async consume(id) {
      kept.get(this.#name(id)).consumed = Math.floor(Date.now() / 1000);
    }

    async destroy(id) {
      kept.delete(this.#name(id));
    }

    async revokeByGrantId(grantId) {
      for (const [name, payload] of kept) if (payload.grantId === grantId) kept.delete(name);
    }
  };
}
