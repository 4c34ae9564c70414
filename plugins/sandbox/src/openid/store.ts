import type {Adapter, AdapterPayload} from 'oidc-provider'

interface StoredRecord {
  readonly payload: AdapterPayload
  readonly expiresAt: number
}

/** The provider's sessions, grants, codes and tokens, in memory. Survives rebuilding the provider with new keys. */
export class OpenIdStore {
  readonly #records = new Map<string, StoredRecord>()

  /** Ends all browser sessions, refresh tokens and pending sign-ins. */
  clear(): void {
    this.#records.clear()
  }

  adapter(model: string): Adapter {
    const keyOf = (id: string) => `${model}:${id}`
    const findBy = async (member: 'uid' | 'userCode', value: string) => this.#findBy(model, member, value)
    return {
      upsert: async (id, payload, expiresInSeconds) => this.#put(keyOf(id), payload, expiresInSeconds),
      find: async id => this.#get(keyOf(id)),
      findByUid: uid => findBy('uid', uid),
      findByUserCode: userCode => findBy('userCode', userCode),
      consume: async id => {
        const payload = this.#get(keyOf(id))
        if (payload) payload.consumed = Math.floor(Date.now() / 1000)
      },
      destroy: async id => void this.#records.delete(keyOf(id)),
      revokeByGrantId: async grantId => this.#deleteGrant(grantId),
    }
  }

  #put(key: string, payload: AdapterPayload, expiresInSeconds: number | undefined): void {
    // Keep an expired device code, so that its client gets "expired_token" rather than "invalid_grant".
    const lifetimeMs = ((payload.kind !== 'DeviceCode' && expiresInSeconds) || Number.POSITIVE_INFINITY) * 1000
    this.#records.set(key, {payload, expiresAt: Date.now() + lifetimeMs})
  }

  #get(key: string): AdapterPayload | undefined {
    const record = this.#records.get(key)
    return record && record.expiresAt > Date.now() ? record.payload : undefined
  }

  #findBy(model: string, member: 'uid' | 'userCode', value: string): AdapterPayload | undefined {
    const key = [...this.#records.keys()].find(
      candidate => candidate.startsWith(`${model}:`) && this.#get(candidate)?.[member] === value,
    )
    return key === undefined ? undefined : this.#get(key)
  }

  #deleteGrant(grantId: string): void {
    for (const [key, {payload}] of this.#records) {
      if (payload.grantId === grantId) this.#records.delete(key)
    }
  }
}
