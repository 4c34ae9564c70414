import type {Host, ProviderRefusal} from 'aws-oidc/plugin'
import {meaningAtSignIn, quoted} from './refusals.ts'
import type {KeycloakSettings} from './settings.ts'

/** Explains a failed sign-in if its meaning at Keycloak is known; other errors pass unchanged. */
export function signInFailed(error: unknown, settings: KeycloakSettings, host: Host): unknown {
  if (codeOf(error) === 'TIMED_OUT') return timedOut(error, settings, host)
  const refusal = refusalIn(error)
  const meaning = refusal && meaningAtSignIn(refusal, settings)
  if (!meaning) return error
  const {url} = settings
  return host.error('SIGN_IN_REFUSED', `${url.host} refused the sign-in: ${quoted(refusal)}. ${meaning.usually}`, {
    hint: meaning.hint,
    cause: error,
  })
}

/** Keycloak shows some mistakes only in the browser, which then never comes back. */
function timedOut(error: unknown, {realm, clientId}: KeycloakSettings, host: Host): Error {
  const said = error instanceof Error ? error.message : ''
  const pages = [
    `"Invalid parameter: redirect_uri": "Valid redirect URIs" at Clients > ${clientId} > Settings > Access settings lacks http://127.0.0.1/callback, or the address that "redirect" of the provider makes of it`,
    `"Client not found.": the realm "${realm}" has no client "${clientId}"`,
    '"Client disabled.": the client is turned off at the top of its page',
    '"Account is disabled": the user is turned off under Users',
  ]
  return host.error('TIMED_OUT', `${said} If Keycloak's page said ${pages.join('; ')}.`, {
    hint: 'aws-oidc login',
    cause: error,
  })
}

export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function refusalIn(error: unknown): ProviderRefusal | undefined {
  const refusal: unknown = error instanceof Error && 'refusal' in error ? error.refusal : undefined
  if (refusal === null || typeof refusal !== 'object' || !('error' in refusal)) return undefined
  const description = 'description' in refusal ? refusal.description : undefined
  if (typeof refusal.error !== 'string') return undefined
  return {error: refusal.error, ...(typeof description === 'string' && {description})}
}
