import {createHash} from 'node:crypto'
import type {Tokens} from '../oauth/tokens.ts'
import type {Memory, OidcClient} from '../plugin.ts'
import {parseObject} from '../text/json.ts'
import type {Secrets} from '../text/secrets.ts'

/** The tokens of one client that are kept between commands. */
export interface KeptTokens {
  /** The entry that holds the refresh token. */
  readonly name: string
  load(): Promise<Tokens | undefined>
  /** Keeps the tokens until `expiresAt`, or as long as their refresh token may live. */
  save(tokens: Tokens): Promise<void>
  /** Forgets the sign-in, and the tokens of this client. */
  remove(): Promise<void>
}

export interface KeptTokensDependencies {
  readonly memory: Memory
  readonly secrets: Secrets
  readonly now: () => Date
  /** Whether refresh tokens are kept. */
  readonly remember: boolean
}

// Providers rarely say how long a refresh token lives, but do refuse a dead one.
const refreshTokenDays = 90

/**
 * Clients that differ only in `tokenParameters` share a sign-in: one entry has its refresh token, which may be used once,
 * and each of them has its other tokens in an entry of its own.
 */
export function keptTokens(client: OidcClient, deps: KeptTokensDependencies): KeptTokens {
  const {memory, secrets, now, remember} = deps
  const name = nameOf(client)
  const {tokenParameters = {}} = client
  const own = Object.keys(tokenParameters).length === 0 ? name : `${name} ${digestOf(sorted(tokenParameters))}`

  const read = async (entry: string) => parseKept(await memory.get(entry), secrets)
  async function write(entry: string, tokens: Tokens): Promise<void> {
    const kept = remember ? tokens : {...tokens, refreshToken: undefined}
    const until = kept.refreshToken ? new Date(now().getTime() + refreshTokenDays * 86_400_000) : tokens.expiresAt
    await memory.set(entry, JSON.stringify(kept), until)
  }

  return {
    name,

    async load() {
      const signIn = await read(name)
      if (own === name) return signIn
      const tokens = await read(own)
      return signIn ? {...(tokens ?? spent(signIn)), ...refreshOf(signIn)} : tokens
    },

    async save(tokens) {
      if (own === name) return write(name, tokens)
      // First, because it may have ended the refresh token before it.
      await write(name, {...((await read(name)) ?? spent(tokens)), ...refreshOf(tokens)})
      await write(own, {...tokens, refreshToken: undefined, refreshTokenLasts: undefined})
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

function nameOf({issuer, clientId, scopes = []}: OidcClient): string {
  return `tokens ${digestOf([issuer.href, clientId, scopes])}`
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}

function sorted(parameters: Readonly<Record<string, string>>) {
  return Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1))
}

function parseKept(text: string | undefined, secrets: Secrets): Tokens | undefined {
  if (text === undefined) return undefined
  const {accessToken, refreshToken, refreshTokenLasts, idToken, claims, expiresAt} = parseObject(text)
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
  return tokens
}

export function maskTokens({accessToken, refreshToken, idToken}: Tokens, secrets: Secrets): void {
  for (const token of [accessToken, refreshToken, idToken]) secrets.add(token)
}
