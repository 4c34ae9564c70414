import {type AwsOidcError, expectedFailure} from '../errors.ts'
import {discover, type OAuthTransport} from '../oauth/discovery.ts'
import {UnverifiedToken} from '../oauth/problems.ts'
import {refresh} from '../oauth/refresh.ts'
import {revoke} from '../oauth/revoke.ts'
import type {TokenClock, Tokens} from '../oauth/tokens.ts'
import type {Log, OidcClient, TokenSet} from '../plugin.ts'
import {clamped, parseObject} from '../text/json.ts'
import type {CachedProvider} from './cached-provider.ts'
import {type KeptTokens, keptTokens, maskTokens} from './kept-tokens.ts'
import type {SignInMemory} from './memory.ts'
import {type NewSignInDependencies, signInAnew} from './new-sign-in.ts'

export interface TokenDependencies extends OAuthTransport, Omit<NewSignInDependencies, 'keep' | 'noRenewal'> {
  readonly memory: SignInMemory
  readonly known: CachedProvider
  readonly now: () => Date
  /** Throws SIGN_IN_REQUIRED, quoting `because`, if nobody may be asked. Does not ask. */
  readonly requireUser: (where: string, because?: string) => void
  /** Whether the user insists on signing in: a failing renewal then leads to a new sign-in. */
  readonly insists?: boolean | undefined
  readonly interactive: boolean
  readonly log: Log
}

// A token must still be valid when AWS checks it.
const marginMilliseconds = 60_000
// The end of the year 9999: ISO 8601 writes later years differently.
const lastMoment = Date.UTC(9999, 11, 31)
// After that, asks for a renewal again: the provider's administrator may have allowed it.
const noRenewalDays = 7

/** Tokens for a client: remembered, refreshed, or from a new sign-in, in that order. */
export async function tokensFor(client: OidcClient, fresh: boolean, deps: TokenDependencies): Promise<TokenSet> {
  const {memory, secrets, now, known} = deps
  const remember = deps.provider.rememberSignIn
  const kept = keptTokens(client, {...deps, remember})
  const {name} = kept
  const remembered = await kept.load()
  if (remembered && !fresh && remembered.expiresAt.getTime() - now().getTime() > marginMilliseconds) {
    return tokenSet(remembered, {remember, remembered: true})
  }

  // Failing must be cheap: the AWS SDK for JavaScript starts us twice per failure, other SDKs once per request.
  const mayRenew = remembered !== undefined && (await isSpendable(name, remembered, memory))
  if (!mayRenew) deps.requireUser(client.issuer.host)
  const clock = (): TokenClock => ({now, offsetMilliseconds: deps.offsetTo(client.issuer)})
  const renewed = mayRenew ? await renewOrAsk(kept, remembered, client, clock, deps) : undefined
  if (typeof renewed === 'object') {
    // Save first: the new refresh token may have invalidated the old one.
    await kept.save(renewed.tokens, 'renewal')
    await known.keep()
    if (serves(renewed, fresh, clock())) return tokenSet(renewed.tokens, {remember, remembered: false})
  } else if (renewed === 'dead') {
    await kept.remove()
  }

  const keep = async (tokens: Tokens) => {
    maskTokens(tokens, secrets)
    await kept.save(tokens, 'sign-in')
    if (remember) await known.keep()
  }
  const refusalName = `no renewal of ${name}`
  const noRenewal = {
    known: (await memory.get(refusalName)) !== undefined,
    note: () => memory.set(refusalName, '{}', new Date(now().getTime() + noRenewalDays * 86_400_000)),
  }
  // For a user, use the provider's current metadata.
  const configuration = await known.found()
  const tokens = await signInAnew(configuration, client, clock(), {...deps, keep, noRenewal})
  return tokenSet(tokens, {remember, remembered: false})
}

/** Like {@link renew}; `kept` if the user has to sign in, and the remembered tokens stay until that succeeds. */
async function renewOrAsk(
  kept: KeptTokens,
  remembered: Tokens,
  client: OidcClient,
  clock: () => TokenClock,
  deps: TokenDependencies,
): Promise<Renewed | 'dead' | 'kept' | undefined> {
  try {
    return await renew(kept, remembered, client, clock, deps)
  } catch (error) {
    const failure = expectedFailure(error)
    if (!failure || !leadsToSignIn(failure, deps)) throw error
    deps.requireUser(client.issuer.host, failure.message)
    deps.log.warn(`The sign-in could not be renewed: ${failure.message}`)
    return 'kept'
  }
}

/** An unverifiable token won't improve, so ask the user. Other failures may pass: ask only a user who insists. */
function leadsToSignIn(failure: AwsOidcError, {insists, interactive, signal}: TokenDependencies): boolean {
  if (signal.aborted) return false
  if (failure instanceof UnverifiedToken) return true
  return insists === true && interactive && (failure.code === 'UNAVAILABLE' || failure.code === 'BAD_RESPONSE')
}

/**
 * Whether there is a refresh token and its successor could be saved: a provider that rotates refresh tokens ends the
 * sign-in when a spent one is used.
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
  /** Whether the renewal brought a new ID token; otherwise it is the old one. */
  readonly idTokenIsNew: boolean
}

/** A provider may renew without a new ID token. The old one then serves unless it has expired or AWS has refused it. */
function serves({tokens, idTokenIsNew}: Renewed, fresh: boolean, clock: TokenClock): boolean {
  if (tokens.idToken === undefined || idTokenIsNew) return true
  return !fresh && idTokenEnd(tokens, clock) > clock.now()
}

/** The tokens without the refresh token, which only the host uses and keeps. */
function tokenSet(
  {accessToken, refreshToken, idToken, claims, expiresAt}: Tokens,
  {remember, remembered}: {readonly remember: boolean; readonly remembered: boolean},
): TokenSet {
  const renewable = remember && refreshToken !== undefined
  return {accessToken, claims, expiresAt, remembered, renewable, ...(idToken !== undefined && {idToken})}
}

/** Revokes a client's remembered tokens at the provider and deletes them here, even if revoking fails. */
export async function revokeTokens(
  client: OidcClient,
  deps: OAuthTransport & Pick<TokenDependencies, 'memory' | 'secrets' | 'now'>,
): Promise<void> {
  const kept = keptTokens(client, {...deps, remember: true})
  const remembered = await kept.load()
  if (!remembered) return
  try {
    // Revoking a refresh token also ends the tokens issued from it (RFC 7009, 2.1).
    await revoke(await discover(client, deps), remembered.refreshToken ?? remembered.accessToken)
  } finally {
    await kept.remove()
  }
}

/** New tokens; `dead` if the refresh token no longer works, `undefined` if there is none. */
async function renew(
  kept: KeptTokens,
  remembered: Tokens,
  {tokenParameters = {}}: OidcClient,
  clock: () => TokenClock,
  deps: TokenDependencies,
): Promise<Renewed | 'dead' | undefined> {
  const {refreshToken: spent, claims: earlier} = remembered
  if (spent === undefined) return undefined
  const answer = await deps.known.ask(
    configuration => refresh(configuration, spent, tokenParameters, earlier, clock),
    text => saveUnverified(kept, text, remembered, deps),
  )
  if (!answer) return 'dead'
  maskTokens(answer, deps.secrets)
  const refreshToken = answer.refreshToken ?? spent
  const lasting = refreshToken === spent ? {refreshTokenLasts: true} : {}
  if (answer.idToken !== undefined) {
    // Keep the first ID token's nonce, to compare the next one against.
    const claims = {nonce: earlier.nonce, ...answer.claims}
    return {tokens: {...answer, refreshToken, ...lasting, claims}, idTokenIsNew: true}
  }
  const {idToken, claims} = remembered
  const expiresAt = earlierOf(answer.expiresAt, idTokenEnd(remembered, clock()))
  return {tokens: {...answer, refreshToken, ...lasting, idToken, claims, expiresAt}, idTokenIsNew: false}
}

/** Saves only the refresh token of an answer that can't be verified, so that a later renewal can succeed. */
async function saveUnverified(
  kept: KeptTokens,
  text: string,
  remembered: Tokens,
  {secrets}: Pick<TokenDependencies, 'secrets'>,
): Promise<void> {
  const {refresh_token: refreshToken} = parseObject(text)
  if (typeof refreshToken !== 'string') return
  secrets.add(refreshToken)
  const refreshTokenLasts = refreshToken === remembered.refreshToken ? remembered.refreshTokenLasts : undefined
  await kept.save({...remembered, refreshToken, refreshTokenLasts}, 'renewal')
}

function idTokenEnd({claims}: Tokens, {offsetMilliseconds}: TokenClock): Date {
  return new Date(typeof claims.exp === 'number' ? clamped(claims.exp * 1000 - offsetMilliseconds, 0, lastMoment) : 0)
}

function earlierOf(a: Date, b: Date): Date {
  return a < b ? a : b
}
