import type {Host} from 'aws-oidc/plugin'
import type {KeycloakSettings} from './settings.ts'

/**
 * Explains a sign-in that timed out: Keycloak shows some mistakes only in the browser, which then never comes back. Other
 * errors pass unchanged.
 */
export function timedOut(error: unknown, {realm, clientId}: KeycloakSettings, host: Host): unknown {
  if (codeOf(error) !== 'TIMED_OUT') return error
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
