import {createHash} from 'node:crypto'
import {type AwsOidcError, expectedFailure} from '../errors.ts'
import {discover, type OAuthTransport} from '../oauth/discovery.ts'
import {UnverifiedToken} from '../oauth/problems.ts'
import {refresh} from '../oauth/refresh.ts'
import {revoke} from '../oauth/revoke.ts'
import type {TokenClock, Tokens} from '../oauth/tokens.ts'
import type {Log, OidcClient, TokenSet} from '../plugin.ts'
import {clamped, parseObject} from '../text/json.ts'
import type {Secrets} from '../text/secrets.ts'
import type {CachedProvider} from './cached-provider.ts'
import type {SignInMemory} from './memory.ts'
import {type NewSignInDependencies, signInAnew} from './new-sign-in.ts'

export interface TokenDependencies extends OAuthTransport, Omit<NewSignInDependencies, 'keep' | 'noRenewal'> {
  readonly memory: SignInMemory
  readonly known: CachedProvider
  readonly now: () => Date
  /** Throws SIGN_IN_REQUIRED where nobody may be asked, with what has led to it where that is known; asks nobody. */
  readonly demandPerson: (where: string, because?: string) => void
  /** Whether a person wants to sign in: one that can't be renewed now is no reason not to. */
  readonly insists?: boolean | undefined
  readonly interactive: boolean
  readonly log: Log
}

// A token must still be alive when AWS looks at it.
const marginMilliseconds = 60_000
// Providers rarely say how long a refresh token lives; when it is dead they say so.
const refreshTokenDays = 90
// The end of the year 9999: ISO 8601 writes later years in another way.
const lastMoment = Date.UTC(9999, 11, 31)
// Whoever runs the provider may allow it after all.
const noRenewalDays = 7

/** Tokens for a client: remembered, refreshed, or from a new sign-in, in that order. */
export async function tokensFor(client: OidcClient, fresh: boolean, parts: TokenDependencies): Promise<TokenSet> {
  const {memory, secrets, now, known} = parts
  const remember = parts.provider.rememberSignIn
  const name = nameOf(client)
  const remembered = parseRemembered(await memory.get(name), secrets)
  if (remembered && !fresh && remembered.expiresAt.getTime() - now().getTime() > marginMilliseconds) {
    return tokenSet(remembered, {remember, remembered: true})
  }

  // Failing must be cheap: the AWS SDK for JavaScript starts us twice for each failure, others for each request.
  const mayRenew = remembered !== undefined && (await isSpendable(name, remembered, memory))
  if (!mayRenew) parts.demandPerson(client.issuer.host)
  const clock = (): TokenClock => ({now, offsetMilliseconds: parts.offsetTo(client.issuer)})
  const renewed = mayRenew ? await renewOrAsk(name, remembered, client, clock, parts) : undefined
  if (typeof renewed === 'object') {
    // Before anything else: the provider may have ended the old refresh token by giving a new one.
    await save(name, renewed.tokens, parts)
    await known.keep()
    if (serves(renewed, fresh, clock())) return tokenSet(renewed.tokens, {remember, remembered: false})
  } else if (renewed === 'dead') {
    await memory.delete(name)
  }

  const keep = async (tokens: Tokens) => {
    keepSecret(tokens, secrets)
    await save(name, tokens, parts)
    if (remember) await known.keep()
  }
  const refused = `no renewal of ${name}`
  const noRenewal = {
    known: (await memory.get(refused)) !== undefined,
    note: () => memory.set(refused, '{}', new Date(now().getTime() + noRenewalDays * 86_400_000)),
  }
  // A person is sent where the provider says now.
  const configuration = await known.found()
  const tokens = await signInAnew(configuration, client, clock(), {...parts, keep, noRenewal})
  return tokenSet(tokens, {remember, remembered: false})
}

/** As {@link renew}; `kept` where a person is to sign in, and what is remembered stays until they have. */
async function renewOrAsk(
  name: string,
  remembered: Tokens,
  client: OidcClient,
  clock: () => TokenClock,
  parts: TokenDependencies,
): Promise<Renewed | 'dead' | 'kept' | undefined> {
  try {
    return await renew(name, remembered, clock, parts)
  } catch (error) {
    const failure = expectedFailure(error)
    if (!failure || !leadsToSignIn(failure, parts)) throw error
    parts.demandPerson(client.issuer.host, failure.message)
    parts.log.warn(`The sign-in could not be renewed: ${failure.message}`)
    return 'kept'
  }
}

/** A token that nobody can verify will be no better the next time; what passes is waited for, but not by a person. */
function leadsToSignIn(failure: AwsOidcError, {insists, interactive, signal}: TokenDependencies): boolean {
  if (signal.aborted) return false
  if (failure instanceof UnverifiedToken) return true
  return insists === true && interactive && (failure.code === 'UNAVAILABLE' || failure.code === 'BAD_RESPONSE')
}

/**
 * Whether there is a refresh token, and a place for the one that may come in exchange: a provider that rotates them ends the
 * sign-in of whoever shows a spent one.
 */
async function isSpendable(
  name: string,
  {refreshToken, refreshTokenLasts = false}: Tokens,
  memory: SignInMemory,
): Promise<boolean> {
  return refreshToken !== undefined && (refreshTokenLasts || (await memory.takes(name)))
}

interface Renewed {
  readonly tokens: Tokens
  /** Whether the ID token came with the answer, or is the old one. */
  readonly idTokenIsNew: boolean
}

/** A provider may renew without an ID token. The old one then serves, unless it has ended or AWS has refused it. */
function serves({tokens, idTokenIsNew}: Renewed, fresh: boolean, clock: TokenClock): boolean {
  if (tokens.idToken === undefined || idTokenIsNew) return true
  return !fresh && idTokenEnd(tokens, clock) > clock.now()
}

/** A strategy gets no refresh token: the host alone uses and keeps it. */
function tokenSet(
  {accessToken, refreshToken, idToken, claims, expiresAt}: Tokens,
  {remember, remembered}: {readonly remember: boolean; readonly remembered: boolean},
): TokenSet {
  const renewable = remember && refreshToken !== undefined
  return {accessToken, claims, expiresAt, remembered, renewable, ...(idToken !== undefined && {idToken})}
}

/** Ends what is remembered for a client, at the provider and here; nothing where nothing is remembered. */
export async function revokeTokens(
  client: OidcClient,
  parts: OAuthTransport & Pick<TokenDependencies, 'memory' | 'secrets'>,
): Promise<void> {
  const name = nameOf(client)
  const remembered = parseRemembered(await parts.memory.get(name), parts.secrets)
  if (!remembered) return
  try {
    // With a refresh token end the tokens that came of it (RFC 7009, 2.1); without one only the access token is left.
    await revoke(await discover(client, parts), remembered.refreshToken ?? remembered.accessToken)
  } finally {
    await parts.memory.delete(name)
  }
}

/** New tokens, `dead` where the refresh token no longer works, `undefined` where there is none. */
async function renew(
  name: string,
  remembered: Tokens,
  clock: () => TokenClock,
  parts: TokenDependencies,
): Promise<Renewed | 'dead' | undefined> {
  const {refreshToken: spent, claims: earlier} = remembered
  if (spent === undefined) return undefined
  const answer = await parts.known.ask(
    configuration => refresh(configuration, spent, earlier, clock),
    text => saveLost(name, text, remembered, parts),
  )
  if (!answer) return 'dead'
  keepSecret(answer, parts.secrets)
  const refreshToken = answer.refreshToken ?? spent
  const lasting = refreshToken === spent ? {refreshTokenLasts: true} : {}
  if (answer.idToken !== undefined) {
    // The first ID token's nonce stays, to compare the next one with.
    const claims = {nonce: earlier.nonce, ...answer.claims}
    return {tokens: {...answer, refreshToken, ...lasting, claims}, idTokenIsNew: true}
  }
  const {idToken, claims} = remembered
  const expiresAt = earlierOf(answer.expiresAt, idTokenEnd(remembered, clock()))
  return {tokens: {...answer, refreshToken, ...lasting, idToken, claims, expiresAt}, idTokenIsNew: false}
}

/** Of tokens that can't be checked only the refresh token is kept, for the next renewal to be checked. */
async function saveLost(name: string, text: string, remembered: Tokens, parts: TokenDependencies): Promise<void> {
  const {refresh_token: refreshToken} = parseObject(text)
  if (typeof refreshToken !== 'string') return
  parts.secrets.add(refreshToken)
  const refreshTokenLasts = refreshToken === remembered.refreshToken ? remembered.refreshTokenLasts : undefined
  await save(name, {...remembered, refreshToken, refreshTokenLasts}, parts)
}

async function save(name: string, tokens: Tokens, {memory, now, provider}: TokenDependencies): Promise<void> {
  const kept = provider.rememberSignIn ? tokens : {...tokens, refreshToken: undefined}
  const until = kept.refreshToken ? new Date(now().getTime() + refreshTokenDays * 86_400_000) : tokens.expiresAt
  await memory.set(name, JSON.stringify(kept), until)
}

function nameOf({issuer, clientId, scopes = []}: OidcClient): string {
  const scope = createHash('sha256')
    .update(JSON.stringify([issuer.href, clientId, scopes]))
    .digest('hex')
  return `tokens ${scope}`
}

function parseRemembered(text: string | undefined, secrets: Secrets): Tokens | undefined {
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
  keepSecret(tokens, secrets)
  return tokens
}

function keepSecret({accessToken, refreshToken, idToken}: Tokens, secrets: Secrets): void {
  for (const token of [accessToken, refreshToken, idToken]) secrets.add(token)
}

function idTokenEnd({claims}: Tokens, {offsetMilliseconds}: TokenClock): Date {
  return new Date(typeof claims.exp === 'number' ? clamped(claims.exp * 1000 - offsetMilliseconds, 0, lastMoment) : 0)
}

function earlierOf(a: Date, b: Date): Date {
  return a < b ? a : b
}
