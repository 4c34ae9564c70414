import type {Host, Identity, Role} from 'aws-oidc/plugin'
import {type Exchanged, exchanged, exchangedAgain} from './exchange.ts'
import {rolesAt} from './roles-claim.ts'
import type {KeycloakSettings} from './settings.ts'
import {type SignedIn, userOf} from './tokens.ts'

// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
const longestToken = 20_000

/** An identity whose proof is the ID token itself. Throws BAD_RESPONSE without one. */
export function identityByIdToken({tokens}: SignedIn, settings: KeycloakSettings, host: Host): Identity {
  const {clientId, rolesClaim} = settings
  const {idToken, claims} = tokens
  const user = userOf(tokens)
  if (idToken === undefined) {
    throw host.error('BAD_RESPONSE', 'Keycloak gave no ID token, which AWS needs.', {
      hint: `Give the client the scope "openid" at Clients > ${clientId} > Client scopes.`,
    })
  }
  const proof = {kind: 'web-identity', token: idToken} as const
  return {
    ...user,
    ...(rolesClaim !== undefined && {
      roles: async () => {
        const roles = rolesAt(rolesClaim, claims)
        if (roles.length > 0) return roles
        throw host.error(
          'ROLE_NOT_OFFERED',
          `Keycloak lists no AWS role for ${user.subject ?? 'you'}: the claim "${rolesClaim}" of the ID token has no role ARN.`,
          {
            hint: `Give the user a role at Users > Role mapping, and see that a mapper at Clients > ${clientId} > Client scopes > ${clientId}-dedicated puts it into that claim.`,
          },
        )
      },
    }),
    proofFor: async () => {
      if (idToken.length <= longestToken) return proof
      throw host.error(
        'AWS_REFUSED',
        `The ID token has ${idToken.length} characters; AWS accepts at most ${longestToken}.`,
        {
          hint: `Turn "Add to ID token" off in the mappers that add the most, often groups, at Clients > ${clientId} > Client scopes > ${clientId}-dedicated.`,
        },
      )
    },
  }
}

/** An identity whose proof is a SAML assertion, for which the token is exchanged. */
export async function identityByAssertion(
  signedIn: SignedIn,
  settings: KeycloakSettings,
  host: Host,
): Promise<Identity> {
  const first = await exchanged(signedIn, settings, host)
  const user = userOf(first.signedIn.tokens)
  let latest: Exchanged = first
  const document = async () => {
    if (latest.until <= host.now()) latest = await exchangedAgain(first, settings, host)
    return latest.document
  }
  const roles = async (): Promise<readonly Role[]> => {
    checkReadable(await document(), settings, host)
    const found = await host.rolesIn(await document())
    if (found.length > 0) return found
    const {audience} = settings
    throw host.error(
      'ROLE_NOT_OFFERED',
      `Keycloak lists no AWS role for ${user.subject ?? 'you'}: its assertion has no attribute Role.`,
      {
        hint: `Give the user a role of the client "${audience}" at Users > Role mapping. The roles of that client are called "ROLE_ARN,SAML_PROVIDER_ARN", and a mapper "Role list" at Clients > ${audience} > Client scopes names their attribute https://aws.amazon.com/SAML/Attributes/Role.`,
      },
    )
  }
  return {
    ...user,
    roles,
    proofFor: async () => {
      checkReadable(await document(), settings, host)
      checkSigned(await document(), settings, host)
      await roles()
      return {kind: 'saml', document: await document()}
    },
  }
}

const signature = 'http://www.w3.org/2000/09/xmldsig#'

/** Rejects an encrypted assertion, naming Keycloak's setting for it. */
function checkReadable(document: string, {audience}: KeycloakSettings, host: Host): void {
  const xml = Buffer.from(document, 'base64url').toString()
  if (!/^[^>]*EncryptedAssertion/.test(xml)) return
  throw host.error('AWS_REFUSED', 'The SAML assertion is encrypted, and AWS would need the key.', {
    hint: `Turn "Encrypt assertions" off at Clients > ${audience} > Keys.`,
  })
}

/** Rejects an unsigned assertion, naming Keycloak's setting for it. The host checks everything else. */
function checkSigned(document: string, {audience}: KeycloakSettings, host: Host): void {
  const xml = Buffer.from(document, 'base64url').toString()
  if (xml.includes(signature)) return
  throw host.error('AWS_REFUSED', 'The SAML assertion is not signed.', {
    hint: `Turn "Sign assertions" on at Clients > ${audience} > Settings > Signature and Encryption; "Sign documents" does not sign an assertion from a token exchange.`,
  })
}
