/** All users, clients and roles of the sandbox: plain data, to be changed here. */

export const accountId = '123456789012'

export interface User {
  readonly name: string
  readonly displayName: string
  /** Names of roles listed in the `aws_roles` claim; no claim at all when absent. */
  readonly roles?: readonly string[]
  readonly disabled?: boolean
  /** Makes the ID token longer than the 20,000 characters that AWS accepts. */
  readonly paddingCharacters?: number
}

export interface Role {
  readonly name: string
  readonly maxSessionDurationSeconds: number
  /** Values of `aud` that may assume the role by web identity. */
  readonly audiences: readonly string[]
  /** Values of `sub` that may assume it by web identity; any if absent. */
  readonly subjects?: readonly string[]
  /** Values of `saml:aud`, which is the Recipient, that may assume the role through our SAML provider. */
  readonly samlAudiences: readonly string[]
  /** Names of roles whose sessions may assume this one by AssumeRole. */
  readonly trustedRoles: readonly string[]
}

export interface OAuthClient {
  readonly clientId: string
  readonly clientSecret?: string
}

export const publicClient: OAuthClient = {clientId: 'aws-oidc'}
export const confidentialClient = {clientId: 'aws-oidc-confidential', clientSecret: 'sandbox-client-secret'}
/** Accepts its secret only in the body; in HTTP Basic the secret would have to be encoded. */
export const postClient = {clientId: 'aws-oidc-post', clientSecret: 'sandbox+post:secret%21'}

/** Client ids registered with the IAM OIDC provider. The last one has no OAuth client: only minted tokens carry it. */
export const registeredAudiences: readonly string[] = [
  publicClient.clientId,
  confidentialClient.clientId,
  postClient.clientId,
  'another-client',
]

/** The address at which AWS accepts SAML responses: the Recipient of our assertions. */
export const awsSignIn = 'https://signin.aws.amazon.com/saml'

/** The name under which the account knows our SAML identity provider. */
export const samlProviderName = 'sandbox'

const teams = Array.from({length: 40}, (_, index) => `team-${String(index + 1).padStart(2, '0')}`)

export const users: readonly User[] = [
  {name: 'alice', displayName: 'Alice Adams', roles: ['developer', 'readonly']},
  {name: 'bob', displayName: 'Bob Brown', roles: ['developer']},
  {name: 'carol', displayName: 'Carol Clark'},
  {name: 'dave', displayName: 'Dave Davis', roles: teams},
  {name: 'erin', displayName: 'Erin Evans', roles: ['developer'], paddingCharacters: 20_000},
  {name: 'frank', displayName: 'Frank Foster', roles: ['developer'], disabled: true},
]

const hour = 3600

function federatedRole(name: string, maxSessionDurationSeconds = hour): Role {
  const audiences = [publicClient, confidentialClient, postClient].map(({clientId}) => clientId)
  return {...newRole(name), maxSessionDurationSeconds, audiences, samlAudiences: [awsSignIn]}
}

/** A role with sessions of at most one hour, which trusts nobody. */
export function newRole(name: string): Role {
  return {name, maxSessionDurationSeconds: hour, audiences: [], samlAudiences: [], trustedRoles: []}
}

export const initialRoles: readonly Role[] = [
  federatedRole('developer', 4 * hour),
  federatedRole('readonly'),
  federatedRole('short'),
  ...teams.map(name => federatedRole(name)),
  {...newRole('admin'), trustedRoles: ['developer']},
  newRole('locked'),
  {...newRole('foreign-audience'), audiences: ['another-client']},
]

export function roleArn(name: string): string {
  return `arn:aws:iam::${accountId}:role/${name}`
}

export function samlProviderArn(name: string): string {
  return `arn:aws:iam::${accountId}:saml-provider/${name}`
}

export function passwordOf(user: User): string {
  return `${user.name}-password`
}

export function findUser(name: string): User | undefined {
  return users.find(user => user.name === name)
}

/** The claims about `user` besides `sub`: those of OpenID Connect Core 5.1 and our own `aws_roles`. */
export function claimsOf(user: User): Record<string, unknown> {
  return {
    email: `${user.name}@example.com`,
    email_verified: true,
    name: user.displayName,
    preferred_username: user.name,
    ...(user.roles && {aws_roles: user.roles.map(roleArn)}),
    ...(user.paddingCharacters && {padding: 'x'.repeat(user.paddingCharacters)}),
  }
}
