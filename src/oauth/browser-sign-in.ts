import * as openid from 'openid-client'
import {AwsOidcError, expectedFailure} from '../errors.ts'
import type {OidcClient} from '../plugin.ts'
import {fetchKeys, type OAuthTransport} from './discovery.ts'
import {listenForRedirect, type Pages, type Redirect} from './loopback.ts'
import {type PasteBack, pastedRedirect} from './pasted-redirect.ts'
import {explainOAuthFailure} from './problems.ts'
import {type TokenClock, type Tokens, tokensOf} from './tokens.ts'
import {verified} from './verified.ts'

export interface BrowserSignIn {
  readonly pages: Pages
  /** Whether a refresh token is wanted. */
  readonly remember: boolean
  /**
   * Shows the address to the person and opens it where it can. The browser will come back to `redirect`; when `over` is
   * aborted it has, and there is nothing more to say.
   */
  readonly show: (url: URL, redirect: URL, over: AbortSignal) => Promise<void>
  /** Where the browser may be on another machine, which our listener can't hear. */
  readonly paste: PasteBack | undefined
  /** Told when the provider refuses this client a renewal, and the sign-in goes on without one. */
  readonly onNoRenewal: () => Promise<void>
  /** Masks what must not be seen from now on. */
  readonly keepSecret: (secret: string) => void
  /** Saves the tokens: called before the browser is told that it is over. */
  readonly keep: (tokens: Tokens) => Promise<void>
  readonly transport: OAuthTransport
  readonly signal: AbortSignal
  readonly clock: TokenClock
}

/**
 * Authorization code with PKCE in the person's own browser: RFC 6749, 4.1; RFC 7636 with S256; RFC 8252; `state`,
 * `nonce` and, where the provider sends it, `iss` (RFC 9207) are checked. Rejects with SIGN_IN_REFUSED when the
 * provider says no, and with the signal's reason when nobody signs in.
 */
export async function signInByBrowser(
  configuration: openid.Configuration,
  client: OidcClient,
  {pages, remember, show, paste, onNoRenewal, keepSecret, keep, transport, signal, clock}: BrowserSignIn,
): Promise<Tokens> {
  const listener = await listenForRedirect(client.listen ?? {}, pages, signal)
  const {issuer, authorization_response_iss_parameter_supported: issuerIsSent = false} = configuration.serverMetadata()

  /** The redirect that answers a request, which is shown to the person unless it is on its way to the provider. */
  async function answerTo(
    {url, state, verifier}: AuthorizationRequest,
    redirected = listener.received(state),
  ): Promise<Redirect> {
    keepSecret(verifier)
    const arrived = new AbortController()
    const expected = {url: listener.url, state, issuer, issuerIsSent}
    const pasted = () =>
      paste && !arrived.signal.aborted ? pastedRedirect(expected, paste, arrived.signal) : redirected
    try {
      // The browser may be back before the program that opens it has ended, and waits for our answer.
      return await Promise.race([redirected, show(url, listener.url, arrived.signal).then(pasted)])
    } finally {
      // A question that still stood there would take Ctrl-C for itself.
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
      redirect = (await redirect.sendOn(request.url)) ? await again : await answerTo(request, again)
    }
    for (const code of redirect.address.searchParams.getAll('code')) keepSecret(code)
    const {verifier, state, nonce} = request
    return await settle(redirect, issuer, async () => {
      // Beforehand: nothing that takes time or may fail should stand between the answer and its saving.
      const verifying = {...transport, now: clock.now}
      await fetchKeys(configuration, verifying)
      const answer = await verified(configuration, client, verifying, judge =>
        openid.authorizationCodeGrant(judge, redirect.address, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        }),
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

/** The address at which a browser begins to sign in, and what its answer is compared with. */
export async function authorizationRequest(
  configuration: openid.Configuration,
  client: OidcClient,
  redirect: URL,
  remember: boolean,
) {
  const verifier = openid.randomPKCECodeVerifier()
  const state = openid.randomState()
  const nonce = openid.randomNonce()
  const url = openid.buildAuthorizationUrl(configuration, {
    ...client.parameters,
    redirect_uri: redirect.href,
    scope: scopesOf(configuration, client, remember).join(' '),
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  })
  return {url, verifier, state, nonce}
}

/** The browser learns how it ended only when it has ended: a page that says "signed in" too early would lie. */
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

/** What is asked for: `offline_access` where it is what gives a refresh token, and one is wanted. */
export function scopesOf(
  configuration: openid.Configuration,
  client: OidcClient,
  remember: boolean,
): readonly string[] {
  const scopes = client.scopes ?? ['openid', 'email']
  const {scopes_supported: offered, token_endpoint: endpoint} = configuration.serverMetadata()
  if (!remember) return scopes.filter(scope => scope !== 'offline_access')
  if (!offered?.includes('offline_access') || scopes.includes('offline_access')) return scopes
  // Keycloak gives a refresh token without it; with it, one that outlives logout.
  if (endpoint?.endsWith('/protocol/openid-connect/token')) return scopes
  return [...scopes, 'offline_access']
}

/** What a client is refused with that may not have a scope (RFC 6749, 4.1.2.1 and 5.2). */
export const scopeRefused = 'invalid_scope'

/** Whether we ask for a scope that nobody has written into the configuration. */
export function addsOfflineAccess(configuration: openid.Configuration, client: OidcClient, remember: boolean): boolean {
  const asked = scopesOf(configuration, client, remember)
  return asked.includes('offline_access') && !client.scopes?.includes('offline_access')
}

export function timeLimitError(provider: string): AwsOidcError {
  return new AwsOidcError('TIMED_OUT', `Nobody signed in at ${provider} within five minutes.`, {hint: 'aws-oidc login'})
}
