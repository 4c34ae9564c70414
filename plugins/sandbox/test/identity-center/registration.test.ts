import {expect} from 'chai'
import {
  authorizeUrl,
  callOidc,
  expectOidcError,
  type Members,
  register,
  registerDevice,
  registered,
  type ServiceAnswer,
} from '../support/identity-center.ts'
import {useSandbox} from '../support/running-sandbox.ts'

describe('IAM Identity Center: registering a client', () => {
  const sandbox = useSandbox()

  it('answers with all members of the model, in epoch seconds (model RegisterClientResponse)', async () => {
    const {status, body} = await register(sandbox)
    expect(status).to.equal(200)
    expect(body).to.have.all.keys([
      'authorizationEndpoint',
      'clientId',
      'clientIdIssuedAt',
      'clientSecret',
      'clientSecretExpiresAt',
      'tokenEndpoint',
    ])
    expect(body.clientIdIssuedAt).to.be.closeTo(Date.now() / 1000, 5)
  })

  it('lasts 90 days (no source: a guess after the files of the AWS CLI)', async () => {
    const {body} = await register(sandbox)
    expect(Number(body.clientSecretExpiresAt) - Number(body.clientIdIssuedAt)).to.equal(90 * 86_400)
  })

  it('has a secret of the length that people see (https://github.com/aws/aws-cli/issues/7892: a request of 1942 bytes)', async () => {
    const {body} = await register(sandbox)
    expect(String(body.clientSecret)).to.have.length.within(1600, 1800)
  })

  it('needs no more than a name and a type (model; the device flow of the AWS CLI, SSOTokenFetcher)', async () => {
    expect((await registerDevice(sandbox, {scopes: null})).status).to.equal(200)
  })

  for (const name of ['clientName', 'clientType']) {
    it(`needs ${name} (model, required; InvalidRequestException: "a required parameter might be missing")`, async () => {
      expectOidcError(await register(sandbox, {[name]: null}), 400, 'InvalidRequestException', 'invalid_request')
    })
  }

  const refusals: [string, Members, string, string][] = [
    [
      'another type than public (model; which exception is a guess)',
      {clientType: 'confidential'},
      'InvalidClientMetadataException',
      'invalid_client_metadata',
    ],
    [
      'a scope that is none (model InvalidScopeException)',
      {scopes: ['sso:account:acess']},
      'InvalidScopeException',
      'invalid_scope',
    ],
    [
      'a grant that is none (model UnsupportedGrantTypeException)',
      {grantTypes: ['password']},
      'UnsupportedGrantTypeException',
      'unsupported_grant_type',
    ],
    [
      'localhost as redirect (https://github.com/aws/aws-cli/issues/9148)',
      {redirectUris: ['http://localhost/oauth/callback']},
      'InvalidRedirectUriException',
      'invalid_redirect_uri',
    ],
    [
      'another path (no source: a guess, all known clients use this one)',
      {redirectUris: ['http://127.0.0.1/callback']},
      'InvalidRedirectUriException',
      'invalid_redirect_uri',
    ],
    [
      'the issuer of another instance or region (https://github.com/Destrayon/Connapse/issues/413)',
      {issuerUrl: 'https://d-0987654321.awsapps.com/start'},
      'InvalidClientMetadataException',
      'invalid_client_metadata',
    ],
    [
      'an authorization code without issuer (model: "needed for user access"; the exception is a guess)',
      {issuerUrl: null},
      'InvalidRequestException',
      'invalid_request',
    ],
    [
      'an authorization code without redirect (no source: a guess)',
      {redirectUris: null},
      'InvalidRequestException',
      'invalid_request',
    ],
    [
      'scopes in one string (model: a list)',
      {scopes: 'sso:account:access'},
      'InvalidRequestException',
      'invalid_request',
    ],
  ]
  for (const [what, changes, code, error] of refusals) {
    it(`refuses ${what}`, async () => {
      expectOidcError(await register(sandbox, changes), 400, code, error)
    })
  }

  it('fails for a client of both kinds of grants (https://github.com/sorah/mairu/pull/18: status 500)', async () => {
    const grantTypes = ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code', 'refresh_token']
    expectOidcError(await register(sandbox, {grantTypes}), 500, 'InternalServerException', 'server_error')
  })

  it('throttles with 400 when ordered (model SlowDownException)', async () => {
    await sandbox.control('POST /faults', {
      on: 'sso-oidc',
      action: 'RegisterClient',
      error: 'SlowDownException',
      times: 1,
    })
    expectOidcError(await register(sandbox), 400, 'SlowDownException', 'slow_down')
    expect((await register(sandbox)).status).to.equal(200)
  })

  it('can give a reason that signing in again does not mend (model AccessDeniedExceptionReason)', async () => {
    const change = {reason: 'KMS_AccessDeniedException'}
    await sandbox.control('POST /faults', {on: 'sso-oidc', error: 'AccessDeniedException', change})
    const answer = await register(sandbox)
    expectOidcError(answer, 400, 'AccessDeniedException', 'access_denied')
    expect(answer.body).to.include(change)
  })

  it('takes JSON, not the forms of OAuth (model: protocol rest-json)', async () => {
    const body = new URLSearchParams({clientName: 'x', clientType: 'public'})
    const response = await fetch(`${sandbox.addresses.identityCenter.oidc}/client/register`, {method: 'POST', body})
    const answer: ServiceAnswer = {
      status: response.status,
      headers: response.headers,
      body: JSON.parse(await response.text()),
    }
    expectOidcError(answer, 400, 'InvalidRequestException', 'invalid_request')
  })

  it('has no other operations (no source: a guess)', async () => {
    expect((await callOidc(sandbox, '/register', {})).status).to.equal(404)
  })

  it('answers at the root too, where the AWS CLI looks for /authorize, and the SDK for Java for everything', async () => {
    const {origin} = new URL(sandbox.addresses.identityCenter.oidc)
    const body = JSON.stringify({clientName: 'x', clientType: 'public'})
    expect((await fetch(`${origin}/client/register`, {method: 'POST', body})).status).to.equal(200)
    const {clientId} = await registered(register(sandbox))
    const {search} = authorizeUrl(sandbox, clientId)
    expect((await fetch(`${origin}/authorize${search}`, {redirect: 'manual'})).status).to.equal(302)
    expect((await fetch(`${origin}/assignment/accounts`)).status).to.equal(401)
  })

  it('is journalled without a secret', async () => {
    await register(sandbox)
    await register(sandbox, {clientName: null})
    const entries = (await sandbox.journal()).map(({at: _, ...entry}) => entry)
    expect(entries).to.deep.equal([
      {kind: 'sso-oidc', action: 'RegisterClient', outcome: 'ok'},
      {kind: 'sso-oidc', action: 'RegisterClient', outcome: 'InvalidRequestException'},
    ])
  })
})
