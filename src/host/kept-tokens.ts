import {createHash, randomUUID} from 'node:crypto'
import type {Tokens} from '../oauth/tokens.ts'
import type {Memory, OidcClient} from '../plugin.ts'
import {parseObject} from '../text/json.ts'
import type {Secrets} from '../text/secrets.ts'

/** The tokens of one client that are kept between commands. */
export interface KeptTokens {
  /** The entry that holds the refresh token. */
  readonly name: string
  load(): Promise<Tokens | undefined>
  /**
   * Keeps the tokens until `expiresAt`, or as long as their refresh token may live. Those of a sign-in by somebody else
   * end what is kept of the earlier user, for all `tokenParameters`.
   */
  save(tokens: Tokens, from: 'sign-in' | 'renewal'): Promise<void>
  /** Forgets the sign-in, and with it the tokens for all `tokenParameters`. */
  remove(): Promise<void>
}

export interface KeptTokensDependencies {
  readonly memory: Memory
  readonly secrets: Secrets
  readonly now: () => Date
  /** Whether refresh tokens are kept. */
  readonly remember: boolean
}

interface Kept {
  readonly tokens: Tokens
  /** Whose sign-in it is; absent in entries of earlier versions. */
  readonly signIn: string | undefined
}

// Providers rarely say how long a refresh token lives, but do refuse a dead one.
const refreshTokenDays = 90

/**
 * Clients that differ only in `tokenParameters` share a sign-in: one entry has its refresh token, which may be used once,
 * and each of them has its other tokens in an entry of its own, which counts only with the sign-in that it came from.
 */
export function keptTokens(client: OidcClient, deps: KeptTokensDependencies): KeptTokens {
  const {memory, secrets, now, remember} = deps
  const name = nameOf(client)
  const {tokenParameters = {}} = client
  const own = Object.keys(tokenParameters).length === 0 ? name : `${name} ${digestOf(sorted(tokenParameters))}`

  const read = async (entry: string) => parseKept(await memory.get(entry), secrets)
  async function write(entry: string, {tokens, signIn}: Kept, expiresAt = tokens.expiresAt): Promise<void> {
    const kept = remember ? tokens : {...tokens, refreshToken: undefined}
    const until = kept.refreshToken ? new Date(now().getTime() + refreshTokenDays * 86_400_000) : expiresAt
    await memory.set(entry, JSON.stringify({...kept, signIn}), until)
  }

  return {
    name,

    async load() {
      const shared = await read(name)
      if (own === name || !shared) return shared?.tokens
      const kept = await read(own)
      const tokens = kept?.signIn === shared.signIn ? kept?.tokens : undefined
      return {...(tokens ?? spent(shared.tokens)), ...refreshOf(shared.tokens)}
    },

    async save(tokens, from) {
      const earlier = await read(name)
      const signIn = from === 'renewal' && earlier ? earlier.signIn : signInOf(tokens)
      if (own === name) return write(name, {tokens, signIn})
      const others = earlier?.signIn === signIn ? earlier?.tokens : undefined
      const shared = {...(others ?? spent(tokens)), ...refreshOf(tokens)}
      // Without a refresh token, the entry still has to say whose tokens the others are, for as long as they live.
      const expiresAt = others && others.expiresAt > tokens.expiresAt ? others.expiresAt : tokens.expiresAt
      // First, because it may have ended the refresh token before it.
      await write(name, {tokens: shared, signIn}, expiresAt)
      await write(own, {tokens: {...tokens, refreshToken: undefined, refreshTokenLasts: undefined}, signIn})
    },

    async remove() {
      await memory.delete(name)
      if (own !== name) await memory.delete(own)
    },
  }
}

/** The tokens without what serves nobody else: only their sign-in can be used. */
function spent({claims}: Tokens): Tokens {
  return {accessToken: '', claims, expiresAt: new Date(0)}
}

function refreshOf({refreshToken, refreshTokenLasts}: Tokens) {
  return {refreshToken, refreshTokenLasts}
}

/** By the user, so that a second sign-in of the same one ends nothing; by chance where no ID token says who it was. */
function signInOf({claims}: Tokens): string {
  return typeof claims.sub === 'string' ? digestOf(claims.sub) : randomUUID()
}

function nameOf({issuer, clientId, scopes = []}: OidcClient): string {
  return `tokens ${digestOf([issuer.href, clientId, scopes])}`
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}

function sorted(parameters: Readonly<Record<string, string>>) {
  return Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1))
}

function parseKept(text: string | undefined, secrets: Secrets): Kept | undefined {
  if (text === undefined) return undefined
  const {accessToken, refreshToken, refreshTokenLasts, idToken, claims, expiresAt, signIn} = parseObject(text)
  if (typeof accessToken !== 'string' || typeof expiresAt !== 'string') return undefined
  const tokens: Tokens = {
    accessToken,
    refreshToken: typeof refreshToken === 'string' ? refreshToken : undefined,
    ...(refreshTokenLasts === true && {refreshTokenLasts}),
    idToken: typeof idToken === 'string' ? idToken : undefined,
    claims: claims !== null && typeof claims === 'object' ? {...claims} : {},
    expiresAt: new Date(expiresAt),
  }
  maskTokens(tokens, secrets)
  return {tokens, signIn: typeof signIn === 'string' ? signIn : undefined}
}

export function maskTokens({accessToken, refreshToken, idToken}: Tokens, secrets: Secrets): void {
  for (const token of [accessToken, refreshToken, idToken]) secrets.add(token)
}
