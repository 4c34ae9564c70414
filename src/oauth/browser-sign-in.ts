import * as openid from 'openid-client'
import {AwsOidcError, expectedFailure} from '../errors.ts'
import type {OidcClient} from '../plugin.ts'
import {fetchKeys, type OAuthTransport} from './discovery.ts'
import {listenForRedirect, type PageAddresses, type Redirect} from './loopback.ts'
import {type PasteBack, pastedRedirect} from './pasted-redirect.ts'
import {explainOAuthFailure} from './problems.ts'
import {type TokenClock, type Tokens, tokensOf} from './tokens.ts'
import {verified} from './verified.ts'

export interface BrowserSignIn {
  readonly pages: PageAddresses
  /** Whether a refresh token is wanted. */
  readonly remember: boolean
  /**
   * Shows the address to the user and opens it where possible. `over` aborts once the browser has come back to
   * `redirect`: then say no more.
   */
  readonly show: (url: URL, redirect: URL, over: AbortSignal) => Promise<void>
  /** Set if the browser may be on another machine, which can't reach our listener. */
  readonly paste: PasteBack | undefined
  /** Called when the provider refuses this client a refresh token; the sign-in continues without. */
  readonly onNoRenewal: () => Promise<void>
  /** Masks the secret in all output from now on. */
  readonly maskSecret: (secret: string) => void
  /** Saves the tokens. Called before the browser shows that the sign-in succeeded. */
  readonly keep: (tokens: Tokens) => Promise<void>
  readonly transport: OAuthTransport
  readonly signal: AbortSignal
  readonly clock: TokenClock
}

/**
 * Authorization code flow with PKCE in the user's own browser: RFC 6749, 4.1; RFC 7636 with S256; RFC 8252. Checks
 * `state`, `nonce` and, if the provider sends it, `iss` (RFC 9207). Rejects with SIGN_IN_REFUSED if the provider
 * refuses, and with the signal's reason if nobody signs in.
 */
export async function signInByBrowser(
  configuration: openid.Configuration,
  client: OidcClient,
  {pages, remember, show, paste, onNoRenewal, maskSecret, keep, transport, signal, clock}: BrowserSignIn,
): Promise<Tokens> {
  const listener = await listenForRedirect(client.listen ?? {}, pages, signal)
  const {issuer, authorization_response_iss_parameter_supported: issuerIsSent = false} = configuration.serverMetadata()

  /** Shows the request to the user and resolves to its redirect, whether received by the listener or pasted. */
  async function answerTo(
    {url, state, verifier}: AuthorizationRequest,
    redirected = listener.received(state),
  ): Promise<Redirect> {
    maskSecret(verifier)
    const arrived = new AbortController()
    const expected = {url: listener.url, state, issuer, issuerIsSent}
    const pasted = () =>
      paste && !arrived.signal.aborted ? pastedRedirect(expected, paste, arrived.signal) : redirected
    try {
      // The browser may come back, and wait for our answer, before the program that opened it has exited.
      return await Promise.race([redirected, show(url, listener.url, arrived.signal).then(pasted)])
    } finally {
      // An open question would swallow Ctrl-C.
      arrived.abort()
    }
  }

  try {
    let request = await authorizationRequest(configuration, client, listener.url, remember)
    let redirect = await answerTo(request)
    const refused = redirect.address.searchParams.get('error')
    if (refused === scopeRefused && addsOfflineAccess(configuration, client, remember)) {
      await onNoRenewal()
      request = await authorizationRequest(configuration, client, listener.url, false)
      const again = listener.received(request.state)
      redirect = (await redirect.restartAt(request.url)) ? await again : await answerTo(request, again)
    }
    for (const code of redirect.address.searchParams.getAll('code')) maskSecret(code)
    const {verifier, state, nonce} = request
    return await settle(redirect, issuer, async () => {
      // Fetched first: nothing slow or fallible should come between receiving the tokens and saving them.
      const verifying = {...transport, now: clock.now}
      await fetchKeys(configuration, client, verifying)
      const answer = await verified(configuration, client, verifying, judge =>
        openid.authorizationCodeGrant(
          judge,
          redirect.address,
          {
            pkceCodeVerifier: verifier,
            expectedState: state,
            expectedNonce: nonce,
            idTokenExpected: true,
          },
          client.tokenParameters,
        ),
      )
      const tokens = tokensOf(answer, client.clientId, clock)
      await keep(tokens)
      return tokens
    })
  } catch (error) {
    signal.throwIfAborted()
    throw explainOAuthFailure(error, client.issuer.host)
  } finally {
    await listener.close()
  }
}

type AuthorizationRequest = Awaited<ReturnType<typeof authorizationRequest>>

/** The address that starts a sign-in, and the values that its answer is checked against. */
export async function authorizationRequest(
  configuration: openid.Configuration,
  client: OidcClient,
  redirect: URL,
  remember: boolean,
) {
  const verifier = openid.randomPKCECodeVerifier()
  const state = openid.randomState()
  const nonce = openid.randomNonce()
  const {offlineAccess} = client
  const url = openid.buildAuthorizationUrl(configuration, {
    ...client.parameters,
    ...(remember && typeof offlineAccess === 'object' && offlineAccess.parameters),
    redirect_uri: redirect.href,
    scope: scopesOf(configuration, client, remember).join(' '),
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  })
  return {url, verifier, state, nonce}
}

/** Answers the browser only after the tokens are saved, so that "signed in" is true when it appears. */
async function settle(redirect: Redirect, issuer: string, redeem: () => Promise<Tokens>): Promise<Tokens> {
  try {
    const tokens = await redeem()
    await redirect.answer()
    return tokens
  } catch (error) {
    const explained = explainOAuthFailure(error, new URL(issuer).host)
    await redirect.answer(expectedFailure(explained)?.message ?? 'Something went wrong in aws-oidc.')
    throw explained
  }
}

/**
 * The scopes to request. Adds `offline_access` if a refresh token is wanted and the provider lists that scope, unless
 * the client says how to ask.
 */
export function scopesOf(
  configuration: openid.Configuration,
  client: OidcClient,
  remember: boolean,
): readonly string[] {
  const scopes = client.scopes ?? ['openid', 'email']
  const {scopes_supported: offered, token_endpoint: endpoint} = configuration.serverMetadata()
  if (!remember) return scopes.filter(scope => scope !== 'offline_access')
  if (client.offlineAccess === 'none' || typeof client.offlineAccess === 'object') return scopes
  if (client.offlineAccess === 'scope') return [...new Set([...scopes, 'offline_access'])]
  if (!offered?.includes('offline_access') || scopes.includes('offline_access')) return scopes
  // Keycloak issues a refresh token without `offline_access`; with it, one that survives logout.
  if (endpoint?.endsWith('/protocol/openid-connect/token')) return scopes
  return [...scopes, 'offline_access']
}

/** The error for a client that may not have a scope (RFC 6749, 4.1.2.1 and 5.2). */
export const scopeRefused = 'invalid_scope'

/** Whether we request `offline_access` although the client's scopes do not contain it. */
export function addsOfflineAccess(configuration: openid.Configuration, client: OidcClient, remember: boolean): boolean {
  const asked = scopesOf(configuration, client, remember)
  return asked.includes('offline_access') && !client.scopes?.includes('offline_access')
}

export function timeLimitError(provider: string): AwsOidcError {
  return new AwsOidcError('TIMED_OUT', `You did not sign in to ${provider} within five minutes.`, {
    hint: 'aws-oidc login',
  })
}
