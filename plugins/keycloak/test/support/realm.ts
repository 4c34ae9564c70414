import type {GrantAnswer, ProviderRefusal, Role} from 'aws-oidc/plugin'
import {type FakeHostOptions, fakeHost, fakeTokens, type Script} from 'aws-oidc/testing'
import type {KeycloakSettings} from '../../src/settings.ts'

export const settings: KeycloakSettings = {
  url: new URL('https://sso.example.com'),
  realm: 'example',
  clientId: 'aws-oidc',
  federation: 'oidc',
  audience: 'urn:amazon:webservices',
}
export const samlSettings: KeycloakSettings = {...settings, federation: 'saml2'}
export const issuer = 'https://sso.example.com/realms/example'

export const roles: readonly [Role, Role] = [roleNamed('developer'), roleNamed('auditor')]

function roleNamed(name: string): Role {
  return {accountId: '123456789012', name, arn: `arn:aws:iam::123456789012:role/${name}`}
}

export const claims = {sub: '1', email: 'alice@example.com', aws_roles: roles.map(({arn}) => arn)}

/** The metadata of the realm, as far as it is used. */
export const metadata = (changes: object = {}) => Response.json({issuer, ...changes})

/** A server that has nothing at that address. */
export const nothingThere = () => Response.json({error: 'Realm does not exist'}, {status: 404})

export const assertion = (text = 'http://www.w3.org/2000/09/xmldsig#') =>
  Buffer.from(`<saml:Assertion>${text}</saml:Assertion>`).toString('base64url')

export function given(document = assertion(), change: object = {}): GrantAnswer {
  const issued_token_type = 'urn:ietf:params:oauth:token-type:saml2'
  return {status: 200, body: {access_token: document, expires_in: 60, issued_token_type, ...change}}
}

export function refusing(error: string, description: string, status = 400): GrantAnswer {
  return {status, body: {error, error_description: description}}
}

/** The error of the host where the provider refuses. */
export function failure(code: string, refusal?: ProviderRefusal, message = 'The provider said no.'): Error {
  return Object.assign(new Error(message), {code, ...(refusal && {refusal})})
}

export function hostWith(script: Script, options?: FakeHostOptions) {
  return fakeHost({responses: [metadata()], tokens: [fakeTokens(claims)], ...script}, options)
}

/** The error with which the work rejects. */
export async function rejection(work: Promise<unknown>): Promise<{code: unknown; message: string; hint: string}> {
  const error: unknown = await work.then(
    () => new Error('it worked'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof Error)) throw new Error('no error')
  const {code, hint} = {code: '', hint: '', ...error}
  return {code, hint, message: error.message}
}
