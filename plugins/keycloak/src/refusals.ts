import type {ProviderRefusal, RefusalMeaning} from 'aws-oidc/plugin'

/** The names to use in hints. */
export interface Names {
  readonly realm: string
  readonly clientId: string
  readonly audience: string
}

/** What an error from Keycloak usually means, and which setting to change. */
export interface Meaning extends RefusalMeaning {
  readonly hint: string
}

interface Row {
  readonly error: string
  /** Keycloak has few codes for many reasons, so only its descriptions (here of 26.7.4) tell them apart. */
  readonly description: RegExp
  readonly meaning: (names: Names) => Meaning
}

/** The features that a server needs to exchange a token for an assertion. */
export const features = '--features=token-exchange:v1,admin-fine-grained-authz:v1'

const clientUnknown = ({realm, clientId}: Names): Meaning => ({
  message: `The realm "${realm}" has no client "${clientId}", or the client is disabled, or it is confidential and has another secret.`,
  hint: 'Compare "clientId" of the provider with Clients in the admin console, and "clientSecret" with Credentials there.',
})

const switchedToStandard = ({clientId}: Names): Meaning => ({
  message: `The client "${clientId}" uses the standard token exchange, which gives no SAML assertions.`,
  hint: `Turn "Standard Token Exchange" off at Clients > ${clientId} > Settings > Capability config. The server needs ${features}.`,
})

const atSignIn: readonly Row[] = [
  {error: 'invalid_client', description: /^Invalid client or /, meaning: clientUnknown},
  {
    error: 'unauthorized_client',
    description: /^Invalid client or /,
    meaning: ({clientId}) => ({
      message: `The client "${clientId}" is confidential, and its secret was wrong or not sent.`,
      hint: `Set "clientSecret" of the provider to the secret at Clients > ${clientId} > Credentials.`,
    }),
  },
  {
    error: 'unauthorized_client',
    description: /Standard flow is disabled/,
    meaning: ({clientId}) => ({
      message: `The client "${clientId}" may not sign users in with the browser.`,
      hint: `Turn "Standard flow" on at Clients > ${clientId} > Settings > Capability config.`,
    }),
  },
  {
    error: 'unauthorized_client',
    description: /Device Authorization Grant/,
    meaning: ({clientId}) => ({
      message: `The client "${clientId}" may not sign users in with a code.`,
      hint: `Turn "OAuth 2.0 Device Authorization Grant" on at Clients > ${clientId} > Settings > Capability config.`,
    }),
  },
  {
    error: 'invalid_request',
    description: /code challenge method/,
    meaning: ({clientId}) => ({
      message: `The client "${clientId}" is set to a PKCE method other than S256.`,
      hint: `Set "PKCE Method" to S256 at Clients > ${clientId} > Settings > Capability config.`,
    }),
  },
  {
    error: 'invalid_request',
    description: /^Pushed Authorization Request/,
    meaning: ({clientId}) => ({
      message: `The client "${clientId}" demands pushed authorization requests, which aws-oidc does not send.`,
      hint: `Turn "Pushed authorization request required" off at Clients > ${clientId} > Advanced.`,
    }),
  },
  {
    error: 'invalid_request',
    description: /^DPoP proof/,
    meaning: ({clientId}) => ({
      message: `The client "${clientId}" demands DPoP, which aws-oidc does not support.`,
      hint: `Turn "Require DPoP bound tokens" off at Clients > ${clientId} > Settings > Capability config.`,
    }),
  },
  {
    error: 'invalid_scope',
    description: /^Invalid scopes/,
    meaning: ({clientId}) => ({
      message: `The client "${clientId}" lacks one of these scopes.`,
      hint: `Add it at Clients > ${clientId} > Client scopes.`,
    }),
  },
]

const atExchange: readonly Row[] = [
  {
    error: 'invalid_request',
    description: /^Standard token exchange is not enabled/,
    meaning: () => ({
      message: 'The server lacks the legacy token exchange, the only one that gives SAML assertions.',
      hint: `Start Keycloak with ${features}, or set "federation: oidc" of the provider.`,
    }),
  },
  {error: 'invalid_client', description: /^Public client is not allowed/, meaning: switchedToStandard},
  {error: 'invalid_request', description: /^requested_token_type unsupported/, meaning: switchedToStandard},
  {
    error: 'access_denied',
    description: /^Client not allowed to exchange/,
    meaning: ({clientId, audience}) => ({
      message: `The client "${clientId}" has no permission to exchange tokens for "${audience}", or the server runs admin-fine-grained-authz:v2, which has no such permission.`,
      hint: `Give it at Clients > ${audience} > Permissions > token-exchange, by a client policy with "${clientId}". Where there is no such tab, start Keycloak with ${features}.`,
    }),
  },
  {
    error: 'invalid_client',
    description: /^Audience not found/,
    meaning: ({realm, audience}) => ({
      message: `The realm "${realm}" has no client "${audience}".`,
      hint: 'Set "audience" of the provider to the Client ID that the SAML client for AWS has under Clients.',
    }),
  },
  {
    error: 'invalid_client',
    description: /^Client requires assertion consumer url/,
    meaning: ({audience}) => ({
      message: `The SAML client "${audience}" does not say where assertions go.`,
      hint: `Set "Assertion Consumer Service POST Binding URL" to https://signin.aws.amazon.com/saml at Clients > ${audience} > Advanced > Fine Grain SAML Endpoint Configuration.`,
    }),
  },
  {
    error: 'invalid_client',
    description: /^Client requires user consent/,
    meaning: ({audience}) => ({
      message: `The SAML client "${audience}" asks users for consent, which an exchange can't.`,
      hint: `Turn "Consent required" off at Clients > ${audience} > Settings > Login settings.`,
    }),
  },
  {
    error: 'invalid_client',
    description: /^Client disabled/,
    meaning: ({audience}) => ({
      message: `The SAML client "${audience}" is disabled.`,
      hint: `Turn "Enabled" on at the top of Clients > ${audience}.`,
    }),
  },
  {
    // All that Keycloak says where it makes an error page instead of an assertion.
    error: 'invalid_request',
    description: /^Can not get SAML 2\.0 token/,
    meaning: ({audience}) => ({
      message: `The SAML client "${audience}" probably wants encrypted assertions, and Keycloak can't encrypt without its certificate. AWS would need the key.`,
      hint: `Turn "Encrypt assertions" off at Clients > ${audience} > Keys. If it is off, check the log of Keycloak.`,
    }),
  },
  {error: 'invalid_client', description: /^Invalid client or /, meaning: clientUnknown},
  {
    error: 'invalid_request',
    description: /^Invalid token$/,
    meaning: () => ({
      message: 'Keycloak does not take the token of this sign-in: the session has ended, or the user is disabled.',
      hint: 'aws-oidc login --force',
    }),
  },
]

/** What a refusal before the exchange means: of a sign-in, a code or a renewal. */
export function meaningAtSignIn(refusal: ProviderRefusal, names: Names): Meaning | undefined {
  return meaningIn(atSignIn, refusal, names)
}

export function meaningAtExchange(refusal: ProviderRefusal, names: Names): Meaning | undefined {
  return meaningIn(atExchange, refusal, names)
}

function meaningIn(rows: readonly Row[], {error, description = ''}: ProviderRefusal, names: Names) {
  return rows.find(row => row.error === error && row.description.test(description))?.meaning(names)
}

/** The refusal in Keycloak's own words. */
export function quoted({error, description}: ProviderRefusal): string {
  return description ? `${error} (${description})` : error
}
