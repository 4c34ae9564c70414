import {expect} from 'chai'
import {fingerprintOf} from '../../src/journal.ts'
import {
  answerOf,
  authorizeUrl,
  callbackFor,
  callOidc,
  expectOidcError,
  type Members,
  type Registration,
  register,
  registerDevice,
  registered,
  renew,
  signInByCode,
  verifier,
} from '../support/identity-center.ts'
import {useSandbox} from '../support/running-sandbox.ts'

describe('IAM Identity Center: signing in with a code', () => {
  const sandbox = useSandbox()
  let client: Registration
  before(async () => {
    client = await registered(register(sandbox))
  })

  const redeem = (code: string, redirectUri: string, changes: Members = {}) =>
    callOidc(sandbox, '/token', {
      ...client,
      grantType: 'authorization_code',
      code,
      redirectUri,
      codeVerifier: verifier,
      ...changes,
    })
  const advance = (seconds: number) => sandbox.control('POST /clock', {offsetSeconds: seconds})

  it('comes back with code and state to any port (AWS CLI, SSOTokenFetcherAuth; RFC 8252, 7.3)', async () => {
    const {pathname, parameters} = await callbackFor(sandbox, client.clientId, 'alice')
    expect(pathname).to.equal('/oauth/callback')
    expect([...parameters.keys()]).to.have.members(['code', 'state'])
    expect(parameters.get('state')).to.equal('the-state')
  })

  it('gives tokens in camel case, an hour and a refresh token (model CreateTokenResponse; the hour as reported in aws-cli#7692)', async () => {
    const {answer} = await signInByCode(sandbox, 'alice', client)
    expect(answer.body).to.include({tokenType: 'Bearer', expiresIn: 3600, idToken: null})
    expect(answer.body.accessToken).to.be.a('string')
    expect(answer.body.refreshToken).to.be.a('string')
  })

  it('tells the client that the person declined (no source: RFC 6749, 4.1.2.1)', async () => {
    const {parameters} = await callbackFor(sandbox, client.clientId, 'deny')
    expect(Object.fromEntries(parameters)).to.deep.equal({error: 'access_denied', state: 'the-state'})
  })

  const refusals: [string, Record<string, string>, string][] = [
    ['an unknown client (https://github.com/kirodotdev/Kiro/issues/330)', {client_id: 'x'}, 'invalid_request'],
    [
      'another path than the registered one (model redirectUris)',
      {redirect_uri: 'http://127.0.0.1:1/'},
      'invalid_redirect_uri',
    ],
    [
      'another host (https://github.com/aws/aws-cli/issues/9148)',
      {redirect_uri: 'http://localhost:1/oauth/callback'},
      'invalid_redirect_uri',
    ],
    ['no PKCE (model: "authorization code grant with PKCE")', {code_challenge: ''}, 'invalid_request'],
    ['PKCE in plain (AWS CLI: S256)', {code_challenge_method: 'plain'}, 'invalid_request'],
    ['another response type (AWS CLI)', {response_type: 'token'}, 'invalid_request'],
    ['`scope` in place of `scopes` (AWS CLI)', {scopes: '', scope: 'sso:account:access'}, 'invalid_request'],
    [
      'a scope that was not registered (model scopes: "used to restrict permissions")',
      {scopes: 'openid'},
      'invalid_scope',
    ],
  ]
  for (const [what, changes, error] of refusals) {
    it(`shows JSON and no page for ${what}`, async () => {
      const url = authorizeUrl(sandbox, client.clientId, changes)
      const answer = await answerOf(await fetch(url, {redirect: 'manual'}))
      expect(answer.status).to.equal(400)
      expect(answer.body.error).to.equal(error)
    })
  }

  it('is not for a client of the device flow (model grantTypes: "used to restrict the token granting flows")', async () => {
    const {clientId} = await registered(registerDevice(sandbox))
    const answer = await answerOf(await fetch(authorizeUrl(sandbox, clientId), {redirect: 'manual'}))
    expectOidcError(answer, 400, 'UnauthorizedClientException', 'unauthorized_client')
  })

  for (const name of ['clientId', 'clientSecret', 'grantType']) {
    it(`needs ${name} at the token endpoint (model, required)`, async () => {
      expectOidcError(await redeem('x', 'y', {[name]: null}), 400, 'InvalidRequestException', 'invalid_request')
    })
  }
  for (const name of ['code', 'redirectUri', 'codeVerifier']) {
    it(`needs ${name} for a code (AWS CLI sends it; the exception is a guess)`, async () => {
      expectOidcError(await redeem('x', 'y', {[name]: null}), 400, 'InvalidRequestException', 'invalid_request')
    })
  }

  it('refuses a wrong secret with 401 (model InvalidClientException)', async () => {
    expectOidcError(await redeem('x', 'y', {clientSecret: 'z'}), 401, 'InvalidClientException', 'invalid_client')
  })

  it('refuses an expired registration with 401 (model InvalidClientException: "an expired clientSecret")', async () => {
    await advance(90 * 86_400 + 1)
    expectOidcError(await redeem('x', 'y'), 401, 'InvalidClientException', 'invalid_client')
  })

  it('refuses a grant that is none (model UnsupportedGrantTypeException)', async () => {
    const answer = await redeem('x', 'y', {grantType: 'password'})
    expectOidcError(answer, 400, 'UnsupportedGrantTypeException', 'unsupported_grant_type')
  })

  it('takes a code once (RFC 6749, 4.1.2)', async () => {
    const {code, redirectUri} = await callbackFor(sandbox, client.clientId, 'alice')
    expect((await redeem(code, redirectUri)).status).to.equal(200)
    expectOidcError(await redeem(code, redirectUri), 400, 'InvalidGrantException', 'invalid_grant')
  })

  const wrong: [string, Members][] = [
    ['another verifier (RFC 7636, 4.6)', {codeVerifier: 'w'.repeat(43)}],
    ['another port than the code came to (RFC 6749, 4.1.3)', {redirectUri: 'http://127.0.0.1:1/oauth/callback'}],
  ]
  for (const [what, changes] of wrong) {
    it(`refuses ${what}`, async () => {
      const {code, redirectUri} = await callbackFor(sandbox, client.clientId, 'alice')
      expectOidcError(await redeem(code, redirectUri, changes), 400, 'InvalidGrantException', 'invalid_grant')
    })
  }

  it("refuses another client's code (RFC 6749, 5.2)", async () => {
    const {code, redirectUri} = await callbackFor(sandbox, client.clientId, 'alice')
    const other = await registered(register(sandbox))
    expectOidcError(await redeem(code, redirectUri, {...other}), 400, 'InvalidGrantException', 'invalid_grant')
  })

  it('says that a code has expired (AWS CLI handles ExpiredTokenException there; the minute is a guess)', async () => {
    const {code, redirectUri} = await callbackFor(sandbox, client.clientId, 'alice')
    await advance(61)
    expectOidcError(await redeem(code, redirectUri), 400, 'ExpiredTokenException', 'expired_token')
  })

  it('journals who signed in, and fingerprints of refresh tokens', async () => {
    const signedIn = await signInByCode(sandbox, 'alice', client)
    await renew(sandbox, signedIn)
    const print = fingerprintOf(signedIn.refreshToken)
    const token = {kind: 'sso-oidc', action: 'CreateToken', user: 'alice', outcome: 'ok'}
    expect((await sandbox.journal()).map(({at: _, ...entry}) => entry)).to.deep.equal([
      {kind: 'sso-oidc', action: 'Authorize', outcome: 'ok'},
      {kind: 'sign-in', user: 'alice', outcome: 'ok'},
      {...token, grant: 'authorization_code', given: print},
      {...token, grant: 'refresh_token', spent: print, given: print},
    ])
  })
})
