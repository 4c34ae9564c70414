import {createHash} from 'node:crypto'
import {readFile, rm, writeFile} from 'node:fs/promises'
import type {Keyring} from '../../src/plugin.ts'
import {type Envelope, endOf, readEnvelope} from '../../src/providers/envelope.ts'
import {parseSealingKey, seal, unseal} from '../../src/providers/sealing.ts'
import {entryFiles} from '../support/entry-files.ts'
import type {Home} from '../support/home.ts'

export type Value = Readonly<Record<string, unknown>>

/** Opens and seals cache entries as the callers do. */
export interface Opener {
  /** `undefined` for an entry that the current key can't open any more, or not yet. */
  open(envelope: Envelope): Promise<Value | undefined>
  close(envelope: Envelope, value: Value): Promise<Envelope>
}

export const plainOpener: Opener = {
  open: async ({enc, data}) => (enc === 'none' ? JSON.parse(data) : undefined),
  close: async (envelope, value) => ({...envelope, data: JSON.stringify(value)}),
}

/** Uses the key in the callers' keyring. */
export function keyringOpener(keyring: Keyring): Opener {
  const currentKey = async () => parseSealingKey(await keyring.get('cache-key'))
  let known: Awaited<ReturnType<typeof currentKey>>
  return {
    async open(envelope) {
      if (envelope.enc === 'none') return undefined
      if (known?.kid !== envelope.kid) known = await currentKey()
      const entry = known && unseal(envelope, known)
      return entry && JSON.parse(entry.value)
    },
    async close(envelope, value) {
      const key = await currentKey()
      if (!key) throw new Error('the keyring has lost its key')
      return seal(envelope.key, {value: JSON.stringify(value), expiresAt: endOf(envelope)}, key)
    },
  }
}

interface Entry {
  readonly path: string
  readonly envelope: Envelope
  readonly value: Value
}

/** The cache entries of the one sign-in, and means to age them. Nothing else may be running. */
export interface Kept {
  /** The fingerprint of the refresh token. */
  token(): Promise<string | undefined>
  hasFreshCredentials(): Promise<boolean>
  forgetCredentials(): Promise<void>
  /** Moves the expiry of the access token into the past. */
  outliveTokens(): Promise<void>
  /** Leaves the credentials ten minutes of their hour. */
  ageCredentials(): Promise<void>
}

export function keptIn({cache}: Home, opener: Opener): Kept {
  async function find(member: 'accessToken' | 'accessKeyId'): Promise<Entry | undefined> {
    for (const path of await entryFiles(cache)) {
      const envelope = readEnvelope(await readFile(path, 'utf8'))
      const value = envelope && (await opener.open(envelope))
      if (value && member in value) return {path, envelope, value}
    }
    return undefined
  }

  async function change({path, envelope}: Entry, value: Value, end = endOf(envelope)): Promise<void> {
    const aged = {...envelope, exp: Math.floor(end.getTime() / 1000)}
    await writeFile(path, JSON.stringify(await opener.close(aged, value)))
  }

  return {
    token: async () => tokenIn((await find('accessToken'))?.value),
    async hasFreshCredentials() {
      const entry = await find('accessKeyId')
      return entry !== undefined && endOf(entry.envelope).getTime() > Date.now() + 20 * 60_000
    },
    async forgetCredentials() {
      const entry = await find('accessKeyId')
      if (entry) await rm(entry.path)
    },
    async outliveTokens() {
      const entry = await find('accessToken')
      if (entry) await change(entry, {...entry.value, expiresAt: new Date(Date.now() - 1000)})
    },
    async ageCredentials() {
      const entry = await find('accessKeyId')
      const end = Date.now() + 10 * 60_000
      if (entry) await change(entry, {...entry.value, obtainedAt: new Date(end - 3_600_000)}, new Date(end))
    },
  }
}

/** The fingerprint of the refresh token in a cache entry, as in the sandbox's journal. */
export function tokenIn(value: Value | undefined): string | undefined {
  const token = value?.refreshToken
  return typeof token === 'string' ? createHash('sha256').update(token).digest('hex').slice(0, 16) : undefined
}
