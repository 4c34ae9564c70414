import {randomUUID} from 'node:crypto'
import type {OidcClient, TokenSet} from '../plugin.ts'
import type {FakeMemory} from './script.ts'

/** The tokens of sign-ins in a fake's memory. Clients that differ only in `tokenParameters` share a sign-in. */
export interface FakeSignIns {
  load(client: OidcClient): Promise<KeptSignIn>
  save(client: OidcClient, tokens: TokenSet, kept: KeptSignIn): Promise<void>
  /** Forgets the sign-in, and with it the tokens for all `tokenParameters`. */
  remove(client: OidcClient): Promise<void>
}

export interface KeptSignIn {
  /** The sign-in, if it brings new tokens without the user. */
  readonly id?: string
  readonly tokens?: TokenSet
}

// As long as the host keeps a refresh token.
const renewableMilliseconds = 90 * 24 * 3_600_000

export function signInsIn(memory: FakeMemory, now: () => number): FakeSignIns {
  return {
    async load(client) {
      const signIn = parsed(await memory.get(signInName(client)))
      if (!signIn) return {}
      const kept = parsed(await memory.get(tokensName(client)))
      return {
        ...(signIn.renewable && {id: signIn.id}),
        ...(kept?.id === signIn.id && {tokens: readTokens(kept.tokens)}),
      }
    },

    async save(client, tokens, {id = randomUUID()}) {
      const {renewable, expiresAt} = tokens
      const end = renewable ? new Date(now() + renewableMilliseconds) : expiresAt
      await memory.set(signInName(client), JSON.stringify({id, renewable}), end)
      await memory.set(tokensName(client), JSON.stringify({id, tokens}), expiresAt)
    },

    async remove(client) {
      await memory.delete(signInName(client))
      await memory.delete(tokensName(client))
    },
  }
}

function signInName({issuer, clientId, scopes = []}: OidcClient): string {
  return `sign-in ${issuer.href} ${clientId} ${scopes.join(' ')}`
}

function tokensName(client: OidcClient): string {
  return `tokens of ${signInName(client)} ${JSON.stringify(client.tokenParameters ?? {})}`
}

function parsed(text: string | undefined) {
  return text === undefined ? undefined : JSON.parse(text)
}

function readTokens({expiresAt, ...others}: TokenSet & {readonly expiresAt: string | Date}): TokenSet {
  return {...others, expiresAt: new Date(expiresAt), remembered: true}
}
