import {randomBytes} from 'node:crypto'
import {type Configuration, interactionPolicy, type KoaContextWithOIDC, Provider} from 'oidc-provider'
import {claimsOf, confidentialClient, findUser, postClient, publicClient, type User} from '../account.ts'
import type {SandboxState} from '../state.ts'
import {accessTokenSeconds} from './access-token.ts'
import {adjustAnswers} from './adjusted-answers.ts'
import {showCodeConfirmation, showCodeForm, showDeviceSignedIn} from './device-pages.ts'
import {deviceCodeGrant} from './device-requests.ts'
import {confirmLogout, showError, showSignedOut} from './pages.ts'
import {privateKeys} from './signing-keys.ts'
import {accessTokenNotes} from './subject-token.ts'
import {addTokenExchange, tokenExchangeGrant} from './token-exchange.ts'

const scopes = ['openid', 'email', 'profile', 'offline_access']
const cookieKey = randomBytes(32)

/**
 * The OpenID provider with the current keys. Sets every option whose default would make oidc-provider print a warning.
 */
export function createProvider(state: SandboxState): Provider {
  const provider = new Provider(state.issuer, configuration(state))
  // Behind a proxy the addresses in the metadata follow X-Forwarded-Host and X-Forwarded-Proto.
  provider.proxy = state.issuer.startsWith('https:')
  addTokenExchange(provider, state)
  provider.use(adjustAnswers(state))
  return provider
}

function configuration(state: SandboxState): Configuration {
  return {
    adapter: model => state.store.adapter(model),
    clients: [
      nativeClient(publicClient.clientId),
      confidential(confidentialClient, 'client_secret_basic'),
      confidential(postClient, 'client_secret_post'),
    ],
    jwks: privateKeys(state.keys),
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    enabledJWA: {idTokenSigningAlgValues: ['RS256']},
    scopes,
    claims: {
      openid: ['sub', 'aws_roles', 'padding'],
      email: ['email', 'email_verified'],
      profile: ['name', 'preferred_username'],
    },
    conformIdTokenClaims: false,
    cookies: {keys: [cookieKey]},
    pkce: {required: () => true},
    rotateRefreshToken: true,
    clientBasedCORS: () => false,
    extraTokenClaims: () => accessTokenNotes(state),
    findAccount: (_context, name) => accountOf(findUser(name)),
    loadExistingGrant: grantEverything,
    interactions: {
      url: (_context, interaction) => `${state.issuer}/interaction/${interaction.uid}`,
      policy: signInOnly(),
    },
    features: {
      deviceFlow: {
        enabled: true,
        userCodeInputSource: showCodeForm,
        userCodeConfirmSource: showCodeConfirmation,
        successSource: showDeviceSignedIn,
      },
      devInteractions: {enabled: false},
      dPoP: {enabled: false},
      pushedAuthorizationRequests: {enabled: false},
      revocation: {enabled: true, allowedPolicy: (_context, client, token) => token.clientId === client.clientId},
      rpInitiatedLogout: {enabled: true, logoutSource: confirmLogout, postLogoutSuccessSource: showSignedOut},
    },
    ttl: {
      AccessToken: accessTokenSeconds,
      AuthorizationCode: 60,
      DeviceCode: () => state.lifetimes.deviceCodeSeconds,
      Grant: 14 * 24 * 3600,
      IdToken: () => state.lifetimes.idTokenSeconds,
      Interaction: 3600,
      RefreshToken: () => state.lifetimes.refreshTokenSeconds,
      Session: 12 * 3600,
    },
    renderError: showError,
  }
}

function nativeClient(clientId: string) {
  return {
    client_id: clientId,
    application_type: 'native' as const,
    token_endpoint_auth_method: 'none' as const,
    grant_types: ['authorization_code', 'refresh_token', deviceCodeGrant, tokenExchangeGrant],
    response_types: ['code' as const],
    // Also without a path, as aws-cli-oidc has users register it.
    redirect_uris: ['127.0.0.1', 'localhost'].flatMap(host => [`http://${host}/callback`, `http://${host}/`]),
  }
}

function confidential(
  {clientId, clientSecret}: typeof confidentialClient,
  method: 'client_secret_basic' | 'client_secret_post',
) {
  return {...nativeClient(clientId), client_secret: clientSecret, token_endpoint_auth_method: method}
}

function accountOf(user: User | undefined) {
  if (!user || user.disabled) return undefined
  return {accountId: user.name, claims: () => ({sub: user.name, ...claimsOf(user)})}
}

/** Grants everything without consent. Each sign-in gets its own grant, so that its tokens are revoked separately. */
async function grantEverything({oidc}: KoaContextWithOIDC) {
  const {account, client, provider} = oidc
  if (!account || !client) return undefined
  const grant = new provider.Grant({accountId: account.accountId, clientId: client.clientId})
  grant.addOIDCScope(scopes.join(' '))
  await grant.save()
  return grant
}

function signInOnly() {
  const policy = interactionPolicy.base()
  policy.get('consent')?.checks.clear()
  return policy
}
