import type {FederationStrategy} from 'aws-oidc/plugin'
import {identityByAssertion, identityByIdToken} from './federation.ts'
import {issuerOf} from './issuer.ts'
import {meaningAtSignIn} from './refusals.ts'
import {clientOf, type KeycloakSettings} from './settings.ts'
import {signInAt} from './tokens.ts'

/** A Keycloak realm. AWS gets its ID token (AssumeRoleWithWebIdentity) or its SAML assertion (AssumeRoleWithSAML). */
export const keycloak: FederationStrategy<KeycloakSettings> = {
  settings: {
    url: {type: 'url', description: 'address of the server, without the realm', required: true},
    realm: {type: 'string', description: 'name of the realm, case-sensitive', required: true},
    clientId: {type: 'string', description: 'the OpenID Connect client registered for aws-oidc', required: true},
    clientSecret: {type: 'string', description: 'for a confidential client', secret: true},
    federation: {
      type: 'string',
      description: 'how the AWS accounts know the realm: as an OIDC or a SAML provider',
      oneOf: ['oidc', 'saml2'],
      default: 'oidc',
    },
    rolesClaim: {
      type: 'string',
      description: 'with "oidc": claim of the ID token that lists role ARNs; dots lead into objects',
      when: {federation: 'oidc'},
    },
    audience: {
      type: 'string',
      description: 'with "saml2": the client ID of the SAML client for AWS',
      default: 'urn:amazon:webservices',
      when: {federation: 'saml2'},
    },
    clientAuthentication: {
      type: 'string',
      description: 'how to send the client secret, if not as the server says',
      oneOf: ['basic', 'post'],
    },
  },

  async signIn(settings, host) {
    const signedIn = await signInAt(settings, host)
    return settings.federation === 'saml2'
      ? identityByAssertion(signedIn, settings, host)
      : identityByIdToken(signedIn, settings, host)
  },

  describeRefusal: meaningAtSignIn,

  async signOut(settings, host, {everywhere}) {
    const client = clientOf(settings, (await issuerOf(settings, host)).issuer)
    try {
      await host.revoke(client)
    } finally {
      if (everywhere) await host.endSession(client)
    }
  },
}
